"""Examples that come in: arrays, tables, lists, or data on disk that are read by rows; looked over before training."""

import array
import collections
from collections.abc import Iterator

import numpy as np

from edunet.backend import floatx
from edunet.models.tables import from_table
from edunet.names import did_you_mean
from edunet.tensor import Tensor

__all__ = [
    "all_by_name",
    "as_list",
    "as_numbers",
    "by_name",
    "check_examples",
    "check_finite",
    "gives_batches",
    "in_pieces",
    "is_on_disk",
    "take_rows",
]

PIECE = 2**22  # bytes that are looked over at a time
LARGEST = {np.dtype(name): np.finfo(name).max for name in ("float32", "float64")}


_ARRAYS = (np.ndarray, np.generic, Tensor, list, tuple, dict, str, bytes, range, int, float, type(None))
_MORE_ARRAYS = (array.array, collections.deque, memoryview, set, frozenset)


def gives_batches(x) -> bool:
    """Tell whether x makes batches by itself, rather than being the examples."""
    if isinstance(x, _ARRAYS + _MORE_ARRAYS) or hasattr(x, "__array__") or hasattr(x, "shape"):
        return False
    return hasattr(x, "__iter__") or (hasattr(x, "__getitem__") and hasattr(x, "__len__"))


def as_list(x) -> list:
    """Return [] for None, a list for several inputs, [x] for one."""
    if x is None:
        return []
    return list(x) if isinstance(x, (list, tuple)) and len(x) and getattr(x[0], "ndim", 0) > 0 else [x]


def by_name(x, names: list[str] | None, what: str):
    """Return a dict {name: array} as a list in the order of the names; everything else as it is."""
    if not isinstance(x, dict):
        return x
    part = "input" if what in ("x", "inputs") else "output"
    if not names:
        raise TypeError(f"{what}: the {part}s of this model have no names; give an array, or a list of arrays.")
    for name in x:
        if name not in names:
            raise ValueError(f"{what}: no {part} is called {name!r}; there are {names}." + did_you_mean(name, names))
    return [x.get(name) for name in names]


def all_by_name(x: dict, names: list[str] | None, what: str) -> list:
    """Return all parts of a dict in the order of the names, or say which is missing."""
    parts = by_name(x, names, what)
    for name in names or []:
        if name not in x or x[name] is None:
            raise ValueError(f"{what}: {name!r} is missing; expected all of {names}. Received: {sorted(x)}")
    return parts


def is_on_disk(a) -> bool:
    """Tell whether rows are read only when they are asked for: numpy.memmap, or an object like a dataset of h5py.

    Such an object has shape, a NumPy dtype and a[rows], and is no table.
    """
    if isinstance(a, (np.ndarray, np.generic, Tensor)):
        return isinstance(a, np.memmap)
    own = isinstance(getattr(a, "dtype", None), np.dtype) and hasattr(a, "shape") and hasattr(a, "__getitem__")
    return own and not hasattr(a, "iloc")


def check_examples(x, name: str = "x", names: list[str] | None = None) -> list:
    """Return the inputs as arrays of numbers with equally many examples, or say what is wrong with them.

    What is on disk is looked over in pieces and stays there.
    """
    parts = all_by_name(x, names, name) if isinstance(x, dict) else as_list(x)
    arrays = [as_numbers(a, name) for a in parts]
    if not arrays:
        raise ValueError(f"{name} is missing: expected an array with one example per row.")
    for a in arrays:
        if len(a.shape) == 0:
            raise ValueError(f"{name}: expected an array with one example per row. Received the single value {a}.")
        if 0 in a.shape:
            raise ValueError(f"{name} is empty (shape {tuple(a.shape)}): expected at least one example.")
    if len({a.shape[0] for a in arrays}) > 1:
        raise ValueError(f"{name}: all parts need equally many examples. Received {[a.shape[0] for a in arrays]}.")
    for a in arrays:
        check_finite(a, name)
    return arrays


def as_numbers(a, name: str):
    """Return an array, or what is on disk as it is, or say why they are no numbers."""
    if type(a) is np.ndarray and a.dtype.kind in "biuf":  # nearly always
        return a
    if isinstance(a, np.ma.MaskedArray):
        raise TypeError(f"{name}: masked values would be learnt from. Fill them first: {name}.filled(...).")
    if isinstance(a, Iterator):
        raise TypeError(
            f"{name}: expected an array. Received {type(a).__name__}: collect it first, np.stack(list(...)); or let it "
            "give batches (x, y) and leave y out."
        )
    if gives_batches(a):
        raise TypeError(
            f"{name}: expected an array. Received {type(a).__name__}: if it makes batches (x, y), leave y out."
        )
    if hasattr(a, "toarray") and hasattr(a, "nnz"):
        raise TypeError(
            f"{name}: expected an array. Received {type(a).__name__}, which stores only what is not 0: give "
            f"{name}.toarray()."
        )
    numbers = a
    if not is_on_disk(a):
        try:
            numbers = np.asarray(a)
        except ValueError as error:
            raise ValueError(
                f"{name}: the rows have different lengths. Pad them to one length first. ({error})"
            ) from error
    if numbers.dtype.kind not in "biuf":
        known = from_table(a, name)
        if known is not None:
            return known
        raise TypeError(
            f"{name}: expected numbers. Received {_describe(a, np.asarray(numbers[:1] if is_on_disk(a) else a))}"
        )
    return numbers


def _describe(a, found_in) -> str:
    """Say what was given in place of numbers, and how it becomes numbers."""
    if not found_in.ndim:
        return f"{type(a).__name__}; an array, a list or a table with one example per row is wanted."
    value = found_in.flat[0]
    found = f"an array of dtype {found_in.dtype}"
    for column in getattr(a, "columns", ()):  # a table: name the column that is to blame
        cells = np.asarray(a[column])
        if cells.dtype.kind not in "biuf":
            odd = [v for v in cells if isinstance(v, str)] or [v for v in cells if not isinstance(v, (int, float))]
            value, found = (odd or list(cells))[0], f"a table whose column {column!r} is not numbers only"
            break
    return (
        f"{found}, such as {value!r:.60}. Text becomes numbers with np.unique(column, return_inverse=True)[1], numbers "
        "kept as text with .astype('float32'); gaps must be filled in first."
    )


def in_pieces(a):
    """Yield (first row, rows as an array) until all rows were seen: no second copy of a large array."""
    rows = max(1, PIECE // max(1, a.dtype.itemsize * int(np.prod(a.shape[1:], dtype=np.int64))))
    for start in range(0, a.shape[0], rows):
        yield start, np.asarray(a[start : start + rows])


def check_finite(a, name: str) -> None:
    """Raise ValueError that counts the values that are NaN, infinite or too large, and points at the first."""
    if a.dtype.kind != "f":
        return
    top = LARGEST[floatx()]
    if all(  # never so with NaN
        np.minimum.reduce(part, axis=None) >= -top and np.maximum.reduce(part, axis=None) <= top
        for part in ([a] if type(a) is np.ndarray else (part for _, part in in_pieces(a)))
    ):
        return
    total, place = 0, None
    for start, part in in_pieces(a):
        broken = ~(np.abs(part) <= top)
        total += int(broken.sum())
        if place is None and broken.any():
            row, *rest = (int(i) for i in np.argwhere(broken)[0])
            place = (row + start, *rest)
    raise ValueError(
        f"{name}: {total} of {int(np.prod(a.shape))} values are NaN or infinite in {floatx()}, the first at "
        f"{name}[{', '.join(map(str, place or ()))}]. Missing measurements must be filled in (for example by "
        "scikit-learn's SimpleImputer) or their rows left out: "
        f"{name}[np.isfinite({name}).reshape(len({name}), -1).all(axis=1)]."
    )


def take_rows(a, rows):
    """Return rows (a slice, or an array of places) as an array; from disk they are read in their order there."""
    if not is_on_disk(a):
        return a[rows]
    if isinstance(rows, slice):
        return np.array(a[rows])
    order = np.argsort(rows)
    read = np.asarray(a[rows[order]])
    shuffled = np.empty_like(read)
    shuffled[order] = read
    return shuffled
