"""On which scale numbers are: columns far apart, large numbers where they meet the first weights, two units at once."""

import numpy as np

from edunet.models.doctor.case import Case, Input, number, rows_of
from edunet.models.doctor.first import Reading
from edunet.models.doctor.report import Finding
from edunet.models.doctor.sentinels import stand_ins

__all__ = ["CHECKS"]

APART = 1000  # the spread of one column in that of another
WIDE = 50  # a spread that is not scaled, such as grey values 0 ... 255
FAINT = 0.01  # a spread of which little is heard
UNITS = {  # factors between units of laboratories
    18.016: "mg/dl and mmol/l of glucose",
    38.67: "mg/dl and mmol/l of cholesterol",
    88.42: "µmol/l and mg/dl of creatinine",
    10.0: "g/l and g/dl, or mm and cm",
    100.0: "cm and m, or per cent and shares",
    1000.0: "mg and g, or ml and l",
}


def unscaled(case: Case):
    """Columns on very different scales, and large numbers, where they meet the first weights."""
    for part in case.measured():
        if stand_ins(part):  # their numbers hide how wide the measured ones are
            continue
        met = [Reading(None, part.data)] if part.met is None else part.met
        yield from next((found for found in (list(_unscaled(part, reading)) for reading in met) if found), [])


def _unscaled(part: Input, reading: Reading):
    laid_flat = part.data.ndim > 3 and reading.values.ndim == 2  # its columns are pixels
    spread = rows_of(reading.values.reshape(-1, 1, 1, 1) if laid_flat else reading.values).std(axis=0)
    moving = np.flatnonzero(spread > 0)
    if not len(moving):
        return
    wide, narrow = (moving[f(spread[moving])] for f in (np.argmax, np.argmin))
    ratio = spread[wide] / spread[narrow]
    own = len(part.columns) == len(spread)
    names = [part.columns[i] if own else f"column {i}" for i in (wide, narrow)]
    where = "" if reading.layer is None else f" where they reach layer {reading.layer.name!r}"
    if ratio > APART and reading.values.ndim < 4 and not part.looks_like_pixels:
        yield Finding(
            "unscaled inputs",
            f"The columns of {part.name} are on very different scales{where}: the small ones will not be heard.",
            f"The spread of {names[0]} is {number(spread[wide])}, that of {names[1]} {number(spread[narrow])}: "
            f"{number(round(ratio))} times less.",
            _scaling(part, reading),
        )
    elif _is_scaled_away(part, reading, spread[wide]):
        yield Finding(
            "scaled twice",
            f"The numbers of {part.name} are scaled before the model and in it again: hardly anything is left of them.",
            f"The spread of {part.name} is {number(part.data.std())}, where they reach layer {reading.layer.name!r} "
            f"{number(spread[wide])}.",
            "Scale once: leave the Rescaling or Normalization of the model away, or give it the numbers as they were "
            "read.",
        )
    elif spread[wide] > WIDE:
        yield Finding(
            "unscaled inputs",
            f"The numbers of {part.name} are large{where}: the first steps of learning will be wild.",
            f"The spread of {names[0]} is {number(spread[wide])}; about 1 is right.",
            _scaling(part, reading),
        )


def _is_scaled_away(part: Input, reading: Reading, spread: float) -> bool:
    """Tell whether numbers that were on a good scale come to the first weights as next to nothing."""
    return reading.layer is not None and spread < FAINT and FAINT * 5 < part.data.std() < WIDE


def _scaling(part: Input, reading: Reading) -> str:
    name = part.name
    if reading.adaptable is not None:
        return f"Adapt the layer {reading.adaptable.name!r} to the training rows before: layer.adapt({name})."
    grey = bool(part.data.min() >= 0 and 200 < part.data.max() <= 255)
    if grey and (part.data.ndim > 3 or part.looks_like_pixels):
        return f"Grey values of 0 ... 255: {name} = {name} / 255."
    axis = "0" if part.data.ndim < 3 else str(tuple(range(part.data.ndim - 1)))
    return (
        f"Scale by what the training rows say: mean, std = np.mean({name}, axis={axis}), np.std({name}, axis={axis}); "
        f"{name} = ({name} - mean) / np.where(std > 0, std, 1)." + f" Grey values of 0 ... 255: {name} / 255." * grey
    )


def two_units(case: Case):
    """A column whose values fall into two heaps that one factor brings together, such as mg/dl and mmol/l."""
    for part in case.measured():
        if part.data.ndim > 3:
            continue
        table = rows_of(part.data)
        for i, column in enumerate(table.T):
            found = _heaps(column[column > 0]) if (column > 0).mean() > 0.9 else None
            if found is None:
                continue
            factor, edge, few, many = found
            yield Finding(
                "two units",
                f"{part.columns[i]} of {part.name} seems to hold two units: {UNITS[factor]}.",
                f"Nothing lies around {number(edge)}; {few[0]} values have the middle {number(few[1])}, {many[0]} "
                f"{number(many[1])}, {max(few[1], many[1]) / min(few[1], many[1]):.4g} times apart.",
                f"Ask the laboratory. If so: {_divided(part, i, edge, factor)}.",
            )


def _divided(part: Input, i: int, edge: float, factor: float) -> str:
    """Write how the larger values of a column are brought to the other unit."""
    name = part.name
    if part.table:
        other = f"v.where(v < {edge:.4g}, v / {factor:g})"
        return f"v = {name}.iloc[:, {i}]; {name} = {name}.copy(); {name}.isetitem({i}, {other})"
    return f"{name} = np.array({name}, float); v = {name}[..., {i}]; v[v > {edge:.4g}] /= {factor:g}"


def _heaps(values):
    """Return factor, edge and (size, median) of both heaps if a gap parts the values, and one factor joins them again.

    The gap is the widest between neighbours in ln v that leaves at least 10 values and 1 % on either side. It must be
    a quarter of ln factor; the medians must be that factor apart to within 20 %; and both heaps equally wide in ln v to
    within a factor of 3, as one quantity is in two units.
    """
    n = len(values)
    least = max(10, n // 100)
    if n < 100:  # in a few values gaps are nothing strange
        return None
    v = np.log(np.sort(values.astype(np.float64)))
    gaps = np.diff(v)[least - 1 : n - least]
    cut = int(gaps.argmax()) + least
    low, high = v[:cut], v[cut:]
    apart = float(np.median(high) - np.median(low))
    factor = min(UNITS, key=lambda f: abs(np.log(f) - apart))
    widths = [np.subtract(*np.percentile(heap, [90, 10])) for heap in (low, high)]
    same_shape = min(widths) > 0 and max(widths) < 3 * min(widths)
    continuous = min(len(np.unique(low)), len(np.unique(high))) >= 8
    if abs(np.log(factor) - apart) > np.log(1.2) or gaps.max() < np.log(factor) / 4 or not (same_shape and continuous):
        return None
    heaps = [(len(heap), float(np.exp(np.median(heap)))) for heap in (low, high)]
    return factor, float(np.exp((low[-1] + high[0]) / 2)), *sorted(heaps)


CHECKS = {
    "scales": unscaled,
    "units": two_units,
}
