"""Whose each row is: names of patients become numbers, and rows that hold the same are known again."""

from __future__ import annotations

from numbers import Number

import numpy as np

from edunet.preprocessing.given import array_of

__all__ = ["distinct", "is_missing", "missing", "numbered", "repeats", "rows_of"]

PRINTED = ("nan", "None", "NaT", "<NA>")  # what a missing value becomes where it is turned into text
NAN = object()  # one key for every NaN


def repeats(x) -> np.ndarray:
    """Return a number for each row, the same for rows that hold the same: (N,), from 0, in the order of their coming.

    Args: x (N,...), numbers (NaN is as NaN, -0 as 0), texts or objects; or N sequences of different lengths.
    Raises ValueError for what has no rows.

    >>> repeats(np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]]))
    array([0, 1, 0])
    """
    try:
        rows = np.asarray(x)
    except ValueError:  # of different lengths
        rows = np.empty(len(x), object)
        rows[:] = list(x)
    if not rows.ndim:
        raise ValueError(
            f"repeats: expected an array with one example per row. Received: {type(x).__name__}. Of a sparse matrix "
            "type repeats(x.toarray())."
        )
    if rows.dtype.kind in "fc":  # one way to write 0 and NaN
        rows = np.where(np.isnan(rows), np.array(np.nan, rows.dtype), rows + 0.0)
    keys = map(_key, rows) if rows.dtype.kind == "O" else (row.tobytes() for row in rows)
    known: dict = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], np.intp)


def _key(value):
    """Return what is equal for equal values, inside of lists and arrays too."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return tuple(map(_key, value))
    if value is not None and is_missing(value):
        return NAN
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value


def rows_of(name: str, x, what: str = "x") -> int:
    """Return how many rows there are, of sparse matrices too."""
    shape = getattr(x, "shape", None)
    if shape is None and hasattr(x, "__len__") and not isinstance(x, (str, bytes, dict, set)):
        shape = (len(x),)
    if not shape:
        raise TypeError(f"{name}: {what} is an array with one example per row. Received: {type(x).__name__}.")
    if not shape[0]:
        raise ValueError(f"{name}: {what} has no rows.")
    return int(shape[0])


def numbered(name: str, groups, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return groups as numbers from 0, and their names."""
    if isinstance(groups, (range, tuple, list)):  # ["a", nan] must not become text
        groups = np.asarray(list(groups), object)
    groups = array_of(name, "groups", groups)
    if groups.shape != (n,):
        raise ValueError(f"{name}: groups says whose each of the {n} rows is, ({n},). Received: {groups.shape}.")
    gone = missing(groups)
    if gone.any():
        row = int(gone.argmax())
        first = "NaT" if groups.dtype.kind in "mM" else repr(groups[[row]].item())
        raise ValueError(
            f"{name}: {gone.sum()} of {n} groups are missing, the first in row {row}: {first}. Whose are these rows? "
            "Leave them out of x, y and groups; or, if each is another patient's, give each a name of its own."
        )
    names, whose = distinct(name, "groups", groups)
    return whose, names


def distinct(name: str, what: str, given: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the different values in rising order, and which of them each one is; refuse 1 beside "1"."""
    if given.dtype.kind == "O":
        kinds: dict = {}  # and the first of each
        for value in given:
            kinds.setdefault(_kind(value), value)
        strange = kinds.keys() & {"list", "tuple", "dict", "set", "ndarray"}
        if strange:
            raise TypeError(f"{name}: {what} holds {strange.pop()}: expected numbers, texts or dates.")
        if len(kinds) > 1:
            mixed = ", and ".join(f"{kind}, such as {value!r:.40}" for kind, value in list(kinds.items())[:2])
            raise TypeError(
                f"{name}: {what} mixes {mixed}: are they the same? Make them one kind, such as "
                f"{what}=list(map(str, {what})) if they are."
            )
    try:
        values, which = np.unique(given, return_inverse=True)
    except TypeError as error:
        raise TypeError(f"{name}: {what} holds {type(given[0]).__name__}: expected numbers, texts or dates.") from error
    return values, which.reshape(-1)


def _kind(value) -> str:
    return "text" if isinstance(value, str) else "number" if isinstance(value, Number) else type(value).__name__


def missing(given: np.ndarray) -> np.ndarray:
    """Return where there is nothing: NaN, NaT, None, pandas.NA, blank text and the text of these."""
    kind = given.dtype.kind
    if kind in "fc":
        return np.isnan(given)
    if kind in "mM":
        return np.isnat(given)
    if kind in "US":
        nothing = PRINTED if kind == "U" else tuple(text.encode() for text in PRINTED)
        return (np.char.strip(given) == nothing[0][:0]) | np.isin(given, nothing)
    if kind == "O":
        return np.array(
            [is_missing(v) or (isinstance(v, str) and (not v.strip() or v in PRINTED)) for v in given], bool
        )
    return np.zeros(given.shape, bool)


def is_missing(value) -> bool:
    """Return whether an object is None, NaN, NaT or pandas.NA."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # pandas.NA is neither equal nor unequal
        return True
    except ValueError:  # an array
        return False
