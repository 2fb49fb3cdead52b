"""Irregular measurements on a regular grid: what was measured, whether it was, and how long ago.

    event k of patient n:  at time τ_k variable v_k had the value r_k
    cell t covers          t·step ≤ τ < (t + 1)·step; within a billionth of a step of an edge, τ stands on it
    value[n,t,v]           the last r_k in the cell (or its mean, ...), NaN if there is none
    mask[n,t,v]            1 if there is one
    since[n,t,v]           time from the last measurement to the end of the cell; NaN before the first

A recurrent network gets the three side by side: that something was measured, and how long ago, tells what the doctor
thought. It also ties the model to the habits of one hospital.
Source: Z. Che et al., Recurrent neural networks for multivariate time series with missing values, Scientific Reports 8
(2018) 6085.
"""

from __future__ import annotations

import datetime as dt
from numbers import Real
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.given import array_of

__all__ = ["Grid", "carry_forward", "time_since_last", "to_grid"]

HOW = ("last", "first", "mean", "min", "max", "sum")
EDGE = 1e-9  # of a step: so near to an edge of a cell a time stands on it
EMPTY = {"first": np.nan, "last": np.nan, "min": np.inf, "max": -np.inf}


class Grid(NamedTuple):
    """Events on a grid of N patients, T cells and V variables."""

    values: np.ndarray  # (N,T,V) float32, NaN where nothing was measured
    mask: np.ndarray  # (N,T,V) bool
    since: np.ndarray  # (N,T,V) float32, in the unit of time, NaN before the first measurement
    counts: np.ndarray  # (N,T,V) int32, how many measurements


def to_grid(patient, time, variable, value, *, shape, step=1.0, how="last") -> Grid:
    """Lay events on a grid.

    Args: patient (E,), whole numbers from 0 to N-1; time (E,), from 0 on; variable (E,), whole numbers from 0 to V-1;
    value (E,); shape (N,T,V); step, how long a cell is, in the unit of time; how, what stands for several events in one
    cell: "last", "first", "mean", "min", "max" or "sum". Events after the last cell are left out; values that are NaN
    count as not measured. Edges are exact where step is whole: take minutes rather than hours for a step of 5 minutes.
    Raises ValueError for numbers outside the grid, negative times, and arrays of different lengths; TypeError for dates
    and for what is no number; MemoryError, with the size, for a grid that does not fit.

    >>> grid = to_grid([0, 0], [0.5, 2.2], [0, 0], [36.9, 38.4], shape=(1, 4, 1))
    >>> grid.values[0, :, 0]
    array([36.9,  nan, 38.4,  nan], dtype=float32)
    >>> grid.since[0, :, 0].round(1)
    array([0.5, 1.5, 0.8, 1.8], dtype=float32)
    """
    N, T, V = _shape(shape)
    if how not in HOW:
        raise ValueError(f"to_grid: how is one of {', '.join(map(repr, HOW))}. Received: {how!r}")
    step = _length("to_grid", step)
    patient, time, variable, value = _events(patient, time, variable, value, N, V)
    kept = ~np.isnan(value)
    kept[kept] = _cells(time[kept], step) < T
    order = np.flatnonzero(kept)[np.argsort(time[kept], kind="stable")]
    time, value = time[order], value[order]
    place = (patient[order] * T + _cells(time, step)) * V + variable[order]  # into a flat (N,T,V)
    try:
        return _laid(place, time, value, (N, T, V), step, how)
    except (MemoryError, OverflowError, ValueError) as error:  # what NumPy says, from large to larger
        raise MemoryError(
            f"to_grid: {N} x {T} x {V} cells need about {N * T * V * 48 / 2**30:,.0f} GiB. Is shape (patients, cells, "
            "variables)? Take longer steps, or some of the patients at a time."
        ) from error


def _events(patient, time, variable, value, N, V) -> tuple[np.ndarray, ...]:
    """Return the four as arrays (E,), or say what is wrong with them."""
    patient, variable = _numbers("patient", patient, N), _numbers("variable", variable, V)
    time, value = _floats("time", time), _floats("value", value)
    if not patient.shape == variable.shape == time.shape == value.shape or time.ndim != 1:
        raise ValueError(
            "to_grid: patient, time, variable and value have one entry for each event. Received: "
            f"{patient.shape}, {time.shape}, {variable.shape}, {value.shape}."
        )
    wrong = ~((time >= 0) & (time < np.inf))
    if wrong.any():
        raise ValueError(
            f"to_grid: times count from 0 on. Received: {wrong.sum()} of {len(time)} that do not, such as "
            f"{time[wrong][0]}."
        )
    wrong = np.isfinite(value) & (abs(value) > np.finfo(np.float32).max)
    if wrong.any():
        raise ValueError(f"to_grid: value goes into float32, up to 3.4e+38. Received: {value[wrong][0]}.")
    return patient, time, variable, value


def _cells(time, step) -> np.ndarray:
    """Return t where t·step <= time < (t + 1)·step.

    A time as it was typed or added up may miss its edge by a rounding: 0.3/0.1 is 2.9999999999999996.
    """
    steps = np.minimum(time / step, 2.0**53)  # beyond, floats have no ones
    nearest = np.rint(steps)
    on_edge = abs(steps - nearest) <= EDGE * np.maximum(nearest, 1)
    return np.where(on_edge, nearest, np.floor(steps)).astype(np.intp)


def _laid(place, time, value, shape, step, how) -> Grid:
    """Fill the grid with events in the order of time; place (E,), into the flat grid."""
    N, T, V = shape
    count = np.bincount(place, minlength=N * T * V)
    values = _gathered(place, value, count, how)
    latest = np.full(N * T * V, np.nan)
    latest[place] = time  # of several the last is kept
    latest = carry_forward(latest.reshape(N, T, V))
    ends = step * np.arange(1, T + 1)[:, None]
    return Grid(
        values.reshape(N, T, V).astype(np.float32),
        (count > 0).reshape(N, T, V),
        (ends - latest).astype(np.float32),
        count.reshape(N, T, V).astype(np.int32),
    )


def _gathered(place, value, count, how) -> np.ndarray:
    if how in ("mean", "sum"):
        total = np.bincount(place, value, minlength=len(count))
        return np.where(count > 0, total / (np.maximum(count, 1) if how == "mean" else 1), np.nan)
    values = np.full(len(count), EMPTY[how])
    if how == "last":
        values[place] = value
    elif how == "first":
        values[place[::-1]] = value[::-1]
    else:
        (np.minimum if how == "min" else np.maximum).at(values, place, value)
    return np.where(count > 0, values, np.nan)


def carry_forward(values, limit=None) -> np.ndarray:
    """Return a copy in which gaps hold the last value before them: (N,T,...) -> (N,T,...).

    Args: values (N,T,...), NaN where nothing was measured; limit, over how many steps a value is carried, unless it is
    carried to the end. Before the first value NaN stays.

    >>> carry_forward(np.array([[1.0, np.nan, np.nan, 4.0]]), limit=1).tolist()
    [[1.0, 1.0, nan, 4.0]]
    """
    values = _measured(values)
    if values.ndim < 2:
        raise ValueError(f"carry_forward: expected (N, T, ...). Received: {values.shape}. For one series type x[None].")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, (int, np.integer)) or limit < 1):
        raise ValueError(f"carry_forward: limit is a whole number of steps >= 1. Received: {limit!r}")
    steps = np.arange(values.shape[1]).reshape(-1, *(1,) * (values.ndim - 2))
    last = np.maximum.accumulate(np.where(np.isnan(values), -1, steps), axis=1)  # where the last value stands
    carried = np.take_along_axis(values, np.maximum(last, 0), axis=1)
    gone = (last < 0) if limit is None else (last < 0) | (steps - last > limit)
    carried[gone] = np.nan
    return carried


def time_since_last(mask, step=1.0) -> np.ndarray:
    """Return how long ago the last measurement was, counted in cells: (N,T,...) float32, NaN before the first.

    Args: mask (N,T,...), true or 1 where something was measured; step, how long a cell is.
    Raises ValueError for values in the place of their mask, and for a step that is not positive.

    >>> time_since_last(np.array([[0, 1, 0, 0]]), step=2.0).tolist()
    [[nan, 0.0, 2.0, 4.0]]
    """
    mask, step = _mask(mask), _length("time_since_last", step)
    steps = np.broadcast_to(np.arange(mask.shape[1]).reshape(-1, *(1,) * (mask.ndim - 2)), mask.shape)
    last = carry_forward(np.where(mask, steps, np.nan))
    return ((steps - last) * step).astype(np.float32)


def _shape(shape) -> tuple[int, int, int]:
    whole = isinstance(shape, (tuple, list)) and all(isinstance(n, (int, np.integer)) for n in shape)
    if not whole or len(shape) != 3 or min(shape) < 1 or any(isinstance(n, bool) for n in shape):
        raise ValueError(f"to_grid: shape is (patients, cells, variables), whole numbers >= 1. Received: {shape!r}")
    return int(shape[0]), int(shape[1]), int(shape[2])


def _length(name: str, step) -> float:
    if isinstance(step, bool) or not isinstance(step, Real) or not 0 < float(step) < np.inf:
        raise ValueError(f"{name}: step is a length > 0, a number such as 1.0. Received: {step!r:.40}")
    return float(step)


def _numbers(name: str, given, n: int) -> np.ndarray:
    numbers = array_of("to_grid", name, given)
    if not numbers.size:
        return numbers.astype(np.intp)
    if numbers.dtype.kind not in "iu" or numbers.min() < 0 or numbers.max() >= n:
        raise ValueError(
            f"to_grid: {name} is whole numbers from 0 to {n - 1}. Received: {numbers.dtype}"
            + (f" from {numbers.min()} to {numbers.max()}." if numbers.dtype.kind in "iuf" else ".")
            + f" Names become numbers with np.unique({name}, return_inverse=True)."
        )
    return numbers.astype(np.intp)


def _floats(name: str, given) -> np.ndarray:
    """Return numbers, None as NaN. Dates and spans of time are refused: in which unit would they be meant?"""
    numbers = array_of("to_grid", name, given)
    sample = numbers.flat[0] if numbers.size else None
    if numbers.dtype.kind == "m" or isinstance(sample, dt.timedelta):
        raise TypeError(
            f"to_grid: {name} is numbers. Received: spans of time, such as {sample!s:.40}, without a unit. In hours, "
            f"with step in hours, type {name} / np.timedelta64(1, 'h')."
        )
    if numbers.dtype.kind == "M" or isinstance(sample, dt.date):
        raise TypeError(
            f"to_grid: {name} is numbers, from 0 on. Received: dates, such as {sample!s:.40}. In hours since the start "
            f"of each patient's course, with step in hours, type ({name} - start) / np.timedelta64(1, 'h')."
        )
    try:
        return numbers.astype(np.float64, casting="unsafe" if numbers.dtype.kind in "OU" else "same_kind")
    except (TypeError, ValueError) as error:
        raise TypeError(f"to_grid: {name} is numbers. Received: {numbers.dtype}, such as {sample!r:.40}") from error


def _measured(given) -> np.ndarray:
    """Return a copy of values as floats, None as NaN."""
    values = array_of("carry_forward", "values", given)
    try:
        if values.dtype.kind == "O":
            values = values.astype(np.float64)
        if values.dtype.kind in "biuf":
            return np.array(values, np.result_type(values, np.float32))
    except (TypeError, ValueError):
        pass
    raise TypeError(
        f"carry_forward: values are numbers, NaN where nothing was measured. Received: {values.dtype}, such as "
        f"{values.flat[0]!r:.40}. Numbers written as text become numbers with values.astype(float)."
    )


def _mask(given) -> np.ndarray:
    mask = array_of("time_since_last", "mask", given)
    if mask.ndim < 2:
        raise ValueError(f"time_since_last: expected (N, T, ...). Received: {mask.shape}. For one series type x[None].")
    if mask.dtype.kind != "b" and not (mask.dtype.kind in "iuf" and np.isin(mask, (0, 1)).all()):
        raise ValueError(
            "time_since_last: mask is true, or 1, where something was measured, else false, or 0. Received: "
            f"{mask.dtype}, other numbers too. Of values with gaps type time_since_last(~np.isnan(values))."
        )
    return mask.astype(bool)
