"""The numbers that go in: missing, constant, on different scales, in two units at once, codes outside their table."""

import numpy as np

from edunet import layers
from edunet.models.doctor.case import Case, Input, number
from edunet.models.doctor.report import Finding

__all__ = ["CHECKS"]

APART = 1000  # the spread of one column in that of another
WIDE = 50  # a spread that is not scaled, such as grey values 0 ... 255
ROWS = 10_000  # so many are looked at where all would take long
NORMALISING = (
    layers.BatchNormalization,
    layers.LayerNormalization,
    layers.GroupNormalization,
    layers.Normalization,
    layers.Rescaling,
)
UNITS = {  # factors between units of laboratories
    18.016: "mg/dl and mmol/l of glucose",
    38.67: "mg/dl and mmol/l of cholesterol",
    88.42: "µmol/l and mg/dl of creatinine",
    10.0: "g/l and g/dl, or mm and cm",
    100.0: "cm and m, or per cent and shares",
    1000.0: "mg and g, or ml and l",
}


def _measured(case: Case):
    return [part for part in case.inputs if part.codes is None and part.data.size]


def missing(case: Case):
    """NaN and infinite values, counted by column."""
    for part in _measured(case):
        if part.is_finite:
            continue
        broken = ~np.isfinite(part.data)
        first = tuple(int(i) for i in np.argwhere(broken)[0])
        by_column = broken.reshape(-1, broken.shape[-1]).sum(axis=0)
        named = ", ".join(f"{part.columns[i]} {by_column[i]}" for i in np.argsort(-by_column)[:5] if by_column[i])
        name = part.name
        yield Finding(
            "values missing",
            f"{int(broken.sum())} of {broken.size} values of {name} are NaN or infinite.",
            f"The first is {name}[{', '.join(map(str, first))}]; by column: {named}.",
            "Fill them in, SimpleImputer(add_indicator=True) of scikit-learn, or leave the rows out: "
            f"ok = np.isfinite({name}).reshape(len({name}), -1).all(axis=1); {name}, y = {name}[ok], y[ok].",
        )


def constant(case: Case):
    """Columns that say nothing."""
    for part in _measured(case):
        columns = part.data.reshape(-1, 1 if part.data.ndim > 3 else part.data.shape[-1])  # a picture as one
        first = columns[0]
        still = np.flatnonzero((columns[:: max(1, len(columns) // ROWS)] == first).all(axis=0))
        flat = np.array([i for i in still if (columns[:, i] == first[i]).all()], int)
        pixels = len(first) > 200 and len(flat) < len(first) / 2  # at the border of pictures laid flat
        if len(part.data) < 2 or not len(flat) or pixels:
            continue
        if len(flat) == len(first) and (first == first[0]).all():
            sentence = f"All values of {part.name} are the same."
        else:
            sentence = f"{len(flat)} of {len(first)} columns of {part.name} never change: they say nothing."
        yield Finding(
            "constant input",
            sentence,
            ", ".join(f"{part.columns[i]} is always {number(first[i])}" for i in flat[:5]) + ".",
            "Look how it was read. Columns are left out by "
            f"{part.name} = np.delete({part.name}, {flat[:20].tolist()}, axis=-1).",
        )


def unscaled(case: Case):
    """Columns on very different scales, and numbers that are large altogether."""
    if any(isinstance(layer, NORMALISING) for layer in case.layers()[1:3]):
        return  # the model begins with bringing them to one scale
    for part in _measured(case):
        spread = _rows(part).std(axis=0)
        moving = np.flatnonzero(spread > 0)
        if not len(moving):
            continue
        wide, narrow = (moving[f(spread[moving])] for f in (np.argmax, np.argmin))
        ratio = spread[wide] / spread[narrow]
        repair = (
            f"Scale by what the training rows say: mean, std = {part.name}.mean(axis=0), {part.name}.std(axis=0); "
            f"{part.name} = ({part.name} - mean) / std. Pictures of 0 ... 255: {part.name} / 255."
        )
        if ratio > APART and part.data.ndim < 4:
            yield Finding(
                "unscaled inputs",
                f"The columns of {part.name} are on very different scales: the small ones will not be heard.",
                f"The spread of {part.columns[wide]} is {number(spread[wide])}, that of {part.columns[narrow]} "
                f"{number(spread[narrow])}: {number(round(ratio))} times less.",
                repair,
            )
        elif spread[wide] > WIDE:
            yield Finding(
                "unscaled inputs",
                f"The numbers of {part.name} are large: the first steps of learning will be wild.",
                f"The spread of {part.columns[wide]} is {number(spread[wide])}; about 1 is right.",
                repair,
            )


def two_units(case: Case):
    """A column whose values fall into two heaps that one factor brings together, such as mg/dl and mmol/l."""
    for part in _measured(case):
        if part.data.ndim > 3:
            continue
        table = _rows(part)
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
                f"Ask the laboratory. If so: v = {part.name}[..., {i}]; v[v > {number(edge)}] /= {factor:g}.",
            )


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


def outside_the_table(case: Case):
    """Codes for which an Embedding has no vector."""
    for part in case.inputs:
        if part.codes is None or not part.data.size:
            continue
        whole = part.data.dtype.kind in "iub" or np.array_equal(part.data, np.floor(part.data))
        if not whole or part.data.min() < 0 or part.data.max() >= part.codes:
            yield Finding(
                "codes outside the table",
                f"{part.name} holds codes for which the Embedding has no vector.",
                f"Codes go from {number(part.data.min())} to {number(part.data.max())}"
                f"{'' if whole else ', not all whole'}; the table has rows 0 to {part.codes - 1}.",
                f"Embedding({int(np.nanmax(part.data)) + 1 if part.data.max() < 1e9 else '...'}, ...), or map rare and "
                "unknown codes to one row.",
            )


def _rows(part: Input) -> np.ndarray:
    """Return some of the numbers, finite ones, as a table whose columns are the last axis; pictures as one column."""
    x = part.data[:: max(1, len(part.data) // ROWS)]
    x = x.reshape(-1, 1) if x.ndim > 3 or x.ndim == 1 else x.reshape(-1, x.shape[-1])
    x = x[:: max(1, len(x) // ROWS)].astype(np.float64)
    return x[np.isfinite(x).all(axis=1)] if np.isfinite(x).all(axis=1).any() else np.zeros((1, x.shape[1]))


CHECKS = {
    "missing values": missing,
    "constant inputs": constant,
    "scales": unscaled,
    "units": two_units,
    "codes": outside_the_table,
}
