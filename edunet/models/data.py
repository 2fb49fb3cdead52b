"""What comes in: examples and labels, looked over once before training, then handed out in batches."""

from collections.abc import Iterator

import numpy as np

from edunet.backend import floatx

__all__ = [
    "as_list",
    "batches",
    "by_class",
    "check_examples",
    "check_finite",
    "check_weights",
    "split_validation",
    "take_rows",
]


def as_list(x) -> list:
    """Return [] for None, a list for several inputs, [x] for one."""
    if x is None:
        return []
    return list(x) if isinstance(x, (list, tuple)) and len(x) and getattr(x[0], "ndim", 0) > 0 else [x]


def check_examples(x, name: str = "x") -> list[np.ndarray]:
    """Return the inputs as arrays of numbers with equally many examples, or say what is wrong with them."""
    arrays = [_numbers(a, name) for a in as_list(x)]
    if not arrays:
        raise ValueError(f"{name} is missing: expected an array with one example per row.")
    for a in arrays:
        if a.ndim == 0:
            raise ValueError(f"{name}: expected an array with one example per row. Received the single value {a}.")
        if a.size == 0:
            raise ValueError(f"{name} is empty (shape {a.shape}): expected at least one example.")
    if len({len(a) for a in arrays}) > 1:
        raise ValueError(f"{name}: all parts need equally many examples. Received {[len(a) for a in arrays]}.")
    for a in arrays:
        check_finite(a, name)
    return arrays


def _numbers(a, name):
    if isinstance(a, np.ma.MaskedArray):
        raise TypeError(f"{name}: masked values would be learnt from. Fill them first: {name}.filled(...).")
    if isinstance(a, Iterator):
        raise TypeError(
            f"{name}: expected an array. Received {type(a).__name__}: collect it first, np.stack(list(...))."
        )
    try:
        array = np.asarray(a)
    except ValueError as error:
        raise ValueError(f"{name}: the rows have different lengths. Pad them to one length first. ({error})") from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name}: expected numbers. Received {_describe(a, array)}")
    return array


def _describe(a, array) -> str:
    """Say what was given in place of numbers, and how it becomes numbers."""
    if not array.ndim:
        return f"{type(a).__name__}; an array, a list or a table with one example per row is wanted."
    value = array.flat[0]
    found = f"an array of dtype {array.dtype}"
    for column in getattr(a, "columns", ()):  # a table: name the column that is to blame
        cells = np.asarray(a[column])
        if cells.dtype.kind not in "biuf":
            odd = [v for v in cells if not isinstance(v, (int, float, np.number))]
            value, found = (odd or list(cells))[0], f"a table whose column {column!r} is not numbers only"
            break
    return (
        f"{found}, such as {value!r:.60}. Text becomes numbers with np.unique(column, return_inverse=True)[1], numbers "
        "kept as text with .astype('float32'); gaps must be filled in first."
    )


def check_finite(a: np.ndarray, name: str) -> None:
    """Raise ValueError that counts the values that are NaN, infinite or too large, and points at the first."""
    if a.dtype.kind != "f":
        return
    top = np.finfo(floatx()).max
    if np.minimum.reduce(a, axis=None) >= -top and np.maximum.reduce(a, axis=None) <= top:  # never so with NaN
        return
    for start in range(0, len(a), 4096):  # in pieces: no second copy of a large array
        broken = ~(np.abs(a[start : start + 4096]) <= top)
        if broken.any():
            total = sum(int((~(np.abs(a[i : i + 4096]) <= top)).sum()) for i in range(start, len(a), 4096))
            place = tuple(int(i) for i in np.argwhere(broken)[0])
            place = (place[0] + start, *place[1:])
            raise ValueError(
                f"{name}: {total} of {a.size} values are NaN or infinite in {floatx()}, the first at "
                f"{name}[{', '.join(map(str, place))}]. Missing measurements must be filled in (for example by "
                "scikit-learn's SimpleImputer) or their rows left out: "
                f"{name}[np.isfinite({name}).reshape(len({name}), -1).all(axis=1)]."
            )


def check_weights(w, n: int, name: str = "sample_weight") -> np.ndarray | None:
    """Return one finite weight >= 0 per example, or say what is wrong with them."""
    if w is None:
        return None
    w = _numbers(w, name)
    if w.ndim == 2 and w.shape[1] == 1:
        w = w[:, 0]
    if w.ndim == 0 or len(w) != n:
        found = len(w) if w.ndim else f"the single value {w}"
        raise ValueError(f"{name}: expected {n} weights, one per example. Received {found}.")
    if w.ndim > 2:
        raise ValueError(f"{name}: expected one weight per example, or per step (N, T). Received shape {w.shape}.")
    check_finite(w, name)
    if w.min() < 0:
        raise ValueError(f"{name}: weights are >= 0. Received {w.min()}.")
    return w


def by_class(class_weight: dict | None, y: np.ndarray, weights: np.ndarray | None) -> np.ndarray | None:
    """Return the weight of each example: that of its class, times its own if it has one."""
    if class_weight is None:
        return weights
    if not isinstance(class_weight, dict):
        raise TypeError(
            f"class_weight is a dict {{class: weight}}, such as {{0: 1.0, 1: 5.0}}. Received: {class_weight!r}"
        )
    labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.reshape(len(y), -1)[:, 0]
    missing = sorted(set(np.unique(labels).tolist()) - set(class_weight))
    if missing:
        raise ValueError(f"class_weight has no weight for class {missing[0]:g}; it knows {sorted(class_weight)}.")
    own = np.zeros(len(y))
    for k, weight in class_weight.items():
        if not isinstance(weight, (int, float, np.number)) or not 0 <= weight < np.inf:
            raise ValueError(f"class_weight: weights are numbers >= 0. Received {weight!r} for class {k!r}.")
        own[labels == k] = weight
    if weights is None:
        return own
    return own.reshape(-1, *(1,) * (weights.ndim - 1)) * weights


def split_validation(arrays: list, share: float) -> tuple[list, list]:
    """Cut the last `share` of the rows off every array (None stays None), before any shuffling, as Keras does."""
    if isinstance(share, str) or not 0 < share < 1:
        raise ValueError(f"validation_split is a share between 0 and 1, such as 0.2. Received: {share!r}")
    n = len(arrays[0])
    cut = int(n * (1 - share))
    if cut == 0 or cut == n:
        raise ValueError(
            f"validation_split={share} leaves an empty part of {n} examples. Give validation_data instead."
        )
    return [a if a is None else a[:cut] for a in arrays], [a if a is None else a[cut:] for a in arrays]


def batches(n: int, batch_size: int, rng: "np.random.Generator | None" = None):
    """Hand out the rows 0 ... n−1 in batches: slices in order, or shuffled index arrays if there is a generator."""
    order = None if rng is None else rng.permutation(n)
    for start in range(0, n, batch_size):
        rows = slice(start, min(start + batch_size, n))
        yield rows if order is None else order[rows]


def take_rows(arrays: list, rows) -> list:
    """Return the same rows of every array; None stays None."""
    return [None if a is None else a[rows] for a in arrays]
