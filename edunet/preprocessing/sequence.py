"""Sequences of different lengths in one array, and windows cut out of long ones."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edunet.preprocessing.given import array_of

__all__ = ["Windows", "pad_sequences", "window"]


def pad_sequences(sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0) -> np.ndarray:
    """Bring sequences to one length T: shorter ones are filled up with a value, longer ones cut.

    Args: sequences, N lists or arrays (T_n,) or (T_n, ...); maxlen T, that of the longest unless given; dtype of the
    result, "float32" for measurements, object for words; padding, "pre" or "post", whether what is filled in stands
    before or after; truncating, "pre" or "post", whether the first or the last steps are cut off; value, what is filled
    in. Returns (N, T, ...).
    With padding="post" and value 0, `Embedding(..., mask_zero=True)` or `Masking()` tell the layers what was filled in.
    Codes must then begin at 1: where 0 is an event of its own, add 1 to each first, [codes + 1 for codes in sequences],
    and to the Embedding's input_dim, or mask_zero hides that event.
    Raises TypeError for what is no list of sequences of numbers, ValueError for steps of different shapes, numbers that
    the dtype would change, and options that are none.

    >>> pad_sequences([[1, 2, 3], [4]], padding="post")
    array([[1, 2, 3],
           [4, 0, 0]], dtype=int32)
    """
    dtype = np.dtype(dtype)
    if dtype.kind in "US":
        raise ValueError(f"pad_sequences: in {dtype} longer words would be cut. Give dtype=object.")
    for name, side in (("padding", padding), ("truncating", truncating)):
        if side not in ("pre", "post"):
            raise ValueError(f"pad_sequences: {name} is 'pre' or 'post'. Received: {side!r}")
    if not hasattr(sequences, "__iter__"):
        raise TypeError(f"pad_sequences: expected a list of sequences. Received {type(sequences).__name__}.")
    rows = [_steps(i, sequence, dtype) for i, sequence in enumerate(sequences)]
    if not rows:
        raise ValueError("pad_sequences: expected at least one sequence.")
    length = max(map(len, rows)) if maxlen is None else _whole("pad_sequences", "maxlen", maxlen)
    padded = np.full((len(rows), length, *_shape_of_a_step(rows)), _kept("value", np.asarray(value), dtype), dtype)
    for row, steps in zip(padded, rows, strict=True):
        steps = steps[max(0, len(steps) - length) :] if truncating == "pre" else steps[:length]
        if len(steps):
            row[slice(length - len(steps), None) if padding == "pre" else slice(len(steps))] = steps
    return padded


class Windows(NamedTuple):
    """n windows cut out of series."""

    x: np.ndarray  # (n,length,...)
    y: np.ndarray | None  # (n,...), the step `ahead` steps after the last one of the window; None unless asked for
    series: np.ndarray  # (n,), out of which series each was cut: the groups for a split by patient
    start: np.ndarray  # (n,), its first step


def window(series, length, step=1, ahead=0) -> Windows:
    """Cut windows out of long series, none of which reaches over the end of one patient into the next.

        x[i] = series[start_i : start_i + length]        y[i] = series[start_i + length - 1 + ahead]
    Args: series, a list of arrays (T_n,...), one for each patient, or one array (N,T,...) of many; length of a window;
    step, how far the next one begins; ahead, how many steps after its end the value to be predicted lies, 0 for none.
    Windows that overlap know each other: split them by `series`, not at random.
    Raises ValueError for numbers that are none of these, and if no series is long enough.

    >>> cut = window([np.arange(5), np.arange(10, 13)], length=2, ahead=1)
    >>> cut.x.tolist(), cut.y.tolist(), cut.series.tolist()
    ([[0, 1], [1, 2], [2, 3], [10, 11]], [2, 3, 4, 12], [0, 0, 0, 1])
    """
    length, step = _whole("window", "length", length), _whole("window", "step", step)
    ahead = 0 if ahead == 0 and ahead is not False else _whole("window", "ahead", ahead)
    if isinstance(series, np.ndarray) and series.ndim < 2:
        raise ValueError(f"window: expected a list of series, or (N, T, ...). Received: {series.shape}. Type [series].")
    if not hasattr(series, "__iter__"):
        raise TypeError(f"window: expected a list of series, or (N, T, ...). Received: {type(series).__name__}.")
    each = [array_of("window", f"series {n}", one) for n, one in enumerate(series)]
    if any(one.ndim < 1 or one.shape[1:] != each[0].shape[1:] for one in each):
        raise ValueError(f"window: all steps need one shape. Received series of {sorted({a.shape[1:] for a in each})}.")
    starts = [np.arange(0, len(one) - length - ahead + 1, step) for one in each]
    whose = np.repeat(np.arange(len(each)), [len(s) for s in starts])
    if not len(whose):
        longest = max(map(len, each), default=0)
        raise ValueError(
            f"window: no series has {length + ahead} steps, {length} of a window and {ahead} ahead; the longest has "
            f"{longest}."
        )
    pairs = [(one, s) for one, s in zip(each, starts, strict=True) if len(s)]
    x = np.concatenate([one[s[:, None] + np.arange(length)] for one, s in pairs])
    y = np.concatenate([one[s + length - 1 + ahead] for one, s in pairs]) if ahead else None
    return Windows(x, y, whose, np.concatenate(starts))


def _whole(name: str, argument: str, value) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{name}: {argument} is a whole number >= 1. Received: {value!r}")
    return int(value)


def _steps(i: int, sequence, dtype) -> np.ndarray:
    """Return a sequence as an array of that dtype, or say why it is none."""
    if isinstance(sequence, (str, bytes)) or not hasattr(sequence, "__len__"):
        raise TypeError(
            f"pad_sequences: sequence {i} is {sequence!r:.40}, which has no steps: expected a list of sequences, such "
            "as [[1, 2, 3], [4]]. For a single sequence type [sequence]."
        )
    try:
        steps = np.asarray(sequence, object if dtype.kind == "O" else None)
    except ValueError as error:
        raise ValueError(f"pad_sequences: the steps of sequence {i} differ in shape. ({error})") from error
    return _kept(f"sequence {i}", steps, dtype)


def _kept(what: str, a: np.ndarray, dtype) -> np.ndarray:
    """Return numbers in a dtype in which they are what they were."""
    if dtype.kind == "O" or not a.size:
        return a.astype(dtype)
    if a.dtype.kind not in "biuf":
        raise TypeError(
            f"pad_sequences: {what} holds no numbers, such as {a.item(0)!r:.40}. Turn words into numbers first; to pad "
            "the words themselves give dtype=object and value=''."
        )
    with np.errstate(all="ignore"):
        new = a.astype(dtype)
    changed = np.isfinite(a) & ~np.isfinite(new) if dtype.kind == "f" else new != a  # floats may be rounded
    if changed.any():
        raise ValueError(
            f"pad_sequences: {what} would change in {dtype}, such as {a[changed].item(0)!r}. Give dtype='float32'."
        )
    return new


def _shape_of_a_step(rows: list[np.ndarray]) -> tuple:
    """Return the shape that all steps have; a sequence without any says nothing."""
    told = [(i, row.shape[1:]) for i, row in enumerate(rows) if len(row)] or [(0, ())]
    for i, shape in told:
        if shape != told[0][1]:
            raise ValueError(
                f"pad_sequences: all steps need one shape. Received steps of shape {shape} in sequence {i}, "
                f"{told[0][1]} in sequence {told[0][0]}."
            )
    return told[0][1]
