"""Tables of pandas whose columns are of several kinds: numbers, yes or no, values that may be missing."""

import numpy as np

__all__ = ["from_table"]

KINDS: dict[str, type] = {"b": np.bool_, "i": np.int64, "u": np.uint64, "f": np.float64}


def from_table(a, name: str):
    """Return a table (N,D) or a column (N,) of pandas as one array of numbers; None if it is none, or holds others.

    Raises ValueError that names the first column in which values are missing.
    """
    if not hasattr(a, "isna") or not hasattr(a, "iloc"):
        return None
    table = hasattr(a, "columns")
    columns = [(key, a.iloc[:, i]) for i, key in enumerate(a.columns)] if table else [(None, a)]
    arrays = []
    for key, column in columns:
        missing = np.asarray(column.isna(), bool)
        kind = KINDS.get(getattr(column.dtype, "kind", ""))
        if kind is None:
            if missing.all() or not all(isinstance(v, (int, float, np.bool_, np.number)) for v in column[~missing]):
                return None
            kind = np.float64
        if missing.any():
            what = f"{name}[{key!r}]" if table else name
            raise ValueError(
                f"{name}: {f'the column {key!r}' if table else 'the column'} misses {int(missing.sum())} of "
                f"{len(missing)} values. Fill them in, {what} = {what}.fillna({what}.median()), or leave the rows out "
                f"of x and y alike: keep = {what}.notna()."
            )
        arrays.append(column.to_numpy(dtype=kind))
    return np.column_stack(arrays) if table else arrays[0]
