"""The columns of a table, whatever kind of table it is, and the same table with some of them changed.

A table is a pandas DataFrame, a `datasets.tables.Table`, a dict {name: values}, or an array (N,D), whose columns are
called by their numbers 0, 1, ... The table that is given stays as it is.
"""

from __future__ import annotations

import numbers
from dataclasses import replace
from typing import Any

import numpy as np

from edunet.preprocessing.given import array_of

__all__ = ["Columns", "as_numbers", "columns_of", "with_columns"]

ONE_COLUMN = "For one column type {'glucose': x}."
Columns = dict[Any, np.ndarray]  # name -> values (N,); names are texts, or whole numbers where columns have none


def columns_of(what: str, x) -> Columns:
    """Return the columns of a table: name -> values (N,). `what` begins the messages.

    Raises TypeError for what is no table, ValueError for an array of another shape, for two columns of one name and for
    columns of different lengths.

    >>> columns_of("demo", np.array([[1.0, 2.0], [3.0, 4.0]]))
    {0: array([1., 3.]), 1: array([2., 4.])}
    """
    if hasattr(x, "iloc") and hasattr(x, "columns"):
        names = list(x.columns)
        twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
        if twice:
            raise ValueError(f"{what}: each column needs a name of its own. Received twice: {twice[0]!r}.")
        return {name: _series(x[name]) for name in names}
    if hasattr(x, "columns") and hasattr(x, "categories") and hasattr(x, "x"):
        return {name: x.column(name) for name in x.columns}
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError(f"{what}: x is masked; what is hidden would come back. Type x.astype(float).filled(np.nan).")
    if hasattr(x, "toarray"):
        raise TypeError(f"{what}: x is sparse, and its columns are looked at one by one. Type x.toarray().")
    if hasattr(x, "to_pandas"):
        raise TypeError(f"{what}: a {type(x).__name__} of {type(x).__module__.split('.')[0]}: type x.to_pandas().")
    if hasattr(x, "iloc"):
        raise TypeError(f"{what}: a Series is one column. Type x.to_frame().")
    if hasattr(x, "keys") and hasattr(x, "__getitem__"):
        columns = {name: _values(x[name]) for name in x}
        lengths = {name: values.shape for name, values in columns.items()}
        if len(set(lengths.values())) > 1 or any(values.ndim != 1 for values in columns.values()):
            raise ValueError(f"{what}: the columns of a dict are (N,), all of one length. Received shapes: {lengths}.")
        return columns
    otherwise = _as_dict(x)
    array = np.empty(0) if otherwise else array_of(what, "x", x)
    if array.ndim != 2 or array.dtype.kind == "c":
        error = ValueError if isinstance(x, np.ndarray) else TypeError
        shape = f" of shape {array.shape}, {array.dtype}" if array.ndim and not otherwise else ""
        raise error(
            f"{what}: expected a table: a DataFrame, a dict of columns or an array (N,D) of real numbers. Received: "
            f"{type(x).__name__}{shape}. {otherwise or ONE_COLUMN}"
        )
    return {k: array[:, k] for k in range(array.shape[1])}


def _as_dict(x) -> str:
    """Write how what holds columns becomes a dict of them; "" for what holds none."""
    if hasattr(x, "columns_dict"):
        return "Type records.columns_dict."
    if hasattr(x, "columns") and hasattr(x, "x") and np.ndim(x.x) == 2:
        return "Type dict(zip(cohort.columns, cohort.x.T))."
    if getattr(getattr(x, "dtype", None), "names", None):
        return "Type {name: x[name] for name in x.dtype.names}."
    if isinstance(x, (list, tuple)) and x and all(hasattr(row, "keys") for row in x):
        return "Of a dict for each row make {name: [row.get(name) for row in rows] for name in rows[0]}."
    return ""


def with_columns(x, changed: Columns):
    """Return a copy of the table in which these columns hold these values; whole numbers become floats for NaN.

    >>> with_columns({"age": [61, 58], "sex": ["F", "M"]}, {"age": np.array([61.0, np.nan])})
    {'age': array([61., nan]), 'sex': ['F', 'M']}
    """
    if hasattr(x, "iloc") and hasattr(x, "columns"):
        new = x.copy()
        for name, values in changed.items():
            new[name] = values
        return new
    if hasattr(x, "columns") and hasattr(x, "categories") and hasattr(x, "x"):
        return _table(x, changed)
    if hasattr(x, "keys"):
        return {**x, **changed}
    array = np.asarray(x)
    array = array.astype(array.dtype if array.dtype.kind in "fO" else np.float64)  # a copy
    for k, values in changed.items():
        array[:, k] = values
    return array


def as_numbers(what: str, name, values) -> np.ndarray:
    """Return a column as float64 (N,), a copy; None and pandas' NA become NaN.

    Raises ValueError for texts, with the row of the first.

    >>> as_numbers("demo", "age", [61, None])
    array([61., nan])
    """
    array = np.asarray(values)
    if array.dtype.kind in "biuf":
        return array.astype(np.float64)
    result = np.full(len(array), np.nan)
    for row, value in enumerate(array.tolist()):
        if isinstance(value, numbers.Real):
            result[row] = value
        elif not (value is None or type(value).__name__ in ("NAType", "NaTType")):
            raise ValueError(
                f"{what}: column {name!r} holds numbers, or NaN where nothing was measured. Received in row {row}: "
                f"{value!r:.40}. Of a DataFrame, pd.to_numeric(x[{name!r}], errors='coerce') makes it NaN: count how "
                "many, then look at them."
            )
    return result


def _table(table, changed: Columns):
    """Return a `Table` with changed columns; words as codes with a new list of words."""
    array, categories, missing = table.x.copy(), dict(table.categories), dict(table.missing)
    for name, values in changed.items():
        if name in categories:
            words = sorted(set(values) - {""})
            categories[name] = tuple(words)
            values = np.array([words.index(word) if word else np.nan for word in values])
        array[:, table.columns.index(name)] = values
        missing[name] = int(np.isnan(values).sum())
    return replace(table, x=array, categories=categories, missing=missing)


def _values(values) -> np.ndarray:
    """Return a column of a dict; NumPy would make 1.5 a text if a text stands beside it."""
    if hasattr(values, "to_numpy"):
        return _series(values)
    if isinstance(values, np.ma.MaskedArray):
        return np.ma.filled(values.astype(np.float64), np.nan)
    array = np.asarray(values)
    return np.array(values, dtype=object) if array.dtype.kind in "US" and array is not values else array


def _series(series) -> np.ndarray:
    """Return the values of a pandas Series; numbers that may be NA as float64."""
    dtype = series.dtype
    if getattr(dtype, "kind", "O") in "biuf" and not isinstance(dtype, np.dtype):
        return series.to_numpy(dtype=np.float64, na_value=np.nan)
    return series.to_numpy()
