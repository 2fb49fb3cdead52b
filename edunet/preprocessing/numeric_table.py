"""A table of numbers only: its names and its values, or which column is to blame."""

from __future__ import annotations

import numpy as np

from edunet.preprocessing.columns import as_numbers, columns_of

__all__ = ["called", "numeric_table", "place"]


def numeric_table(what: str, x) -> tuple[list, np.ndarray]:
    """Return the names of the columns and their values (n,k) float64, NaN where there is nothing.

    `what` begins the messages. Raises TypeError for what is no table; ValueError for text, dates and infinite values,
    by the name of the column, and for a table without rows or columns.

    >>> numeric_table("demo", {"age": [61, None]})
    (['age'], array([[61.],
           [nan]]))
    """
    columns = columns_of(what, x)
    if not columns or not len(next(iter(columns.values()))):
        raise ValueError(f"{what}: expected a table (n,k) with at least one row and one column. Received an empty one.")
    values = np.column_stack([_numbers(what, name, column) for name, column in columns.items()])
    endless = np.isinf(values)
    if endless.any():
        j = int(endless.any(axis=0).argmax())
        raise ValueError(
            f"{what}: {called(list(columns)[j])} holds {endless[:, j].sum()} infinite values. If they are missing, "
            "type np.where(np.isinf(x), np.nan, x)."
        )
    return list(columns), values


def _numbers(what: str, name, column: np.ndarray) -> np.ndarray:
    if column.dtype.kind in "mM":
        raise ValueError(
            f"{what}: {called(name)} holds dates or durations: expected numbers. Type days, such as "
            "(date - admission) / np.timedelta64(1, 'D'), or leave the column out."
        )
    text = [value for value in column if isinstance(value, str)] if column.dtype.kind in "OUT" else []
    if text:
        raise ValueError(
            f"{what}: {called(name)} holds text, such as {text[0]!r:.40}: expected numbers. Leave it out, "
            f"x.drop(columns=[{name!r}]), or make it codes, such as x[{name!r}].map({{'F': 0, 'M': 1}})."
        )
    return as_numbers(what, name, column)


def called(name) -> str:
    """Return the name of a column for a sentence: as it is, or "column 3" where columns have only numbers."""
    return name if isinstance(name, str) else f"column {name}"


def place(what: str, names: list, name) -> int:
    """Return which column is called so, or say which there are.

    >>> place("demo", ["age", "bmi"], "bmi")
    1
    """
    if isinstance(name, (bool, np.bool_)) or name not in names:
        some = ", ".join(map(repr, names[:12])) + ", ..." * (len(names) > 12)
        raise ValueError(f"{what}: there is no column {name!r:.40}. The table has {some}.")
    return names.index(name)
