"""One column in two units: glucose in mg/dl and here and there in mmol/l, a decimal point that slipped.

Whoever writes 5.4 mmol/l among 97 mg/dl leaves two heaps whose distance is the factor between the units: 18.016. On the
logarithm of the values, at the cut that sets the heaps furthest apart,

    d = median(above) - median(below),  s = (s_above + s_below)/2    s, half the range of the middle 68 %

two heaps are two units if d is ln(factor) up to the error of the medians, d ≥ 6·s, the heaps are about as wide, few
values lie between, and the smaller heap, converted, lies among the larger. Where a value varies tenfold by nature (CRP,
bilirubin, ferritin) the heaps overlap: such mixtures are not found. Weights in kg and lb are found if each is a tenth
of the values or more. At least 30 values are needed, 3 of them in the other unit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_swaps import swapped_rows
from edunet.preprocessing.audit_writing import number, share

__all__ = ["CHECKS", "Mixture", "mixture_of"]


class Ratio(NamedTuple):
    """A factor between two units, and the names of columns where it is looked for."""

    factor: float
    high: str  # the unit with the larger numbers
    low: str
    names: str  # regular expression; "" for every column


RATIOS = (
    Ratio(18.016, "mg/dl", "mmol/l", "gluc|glyc|sugar|bgr|bgl"),
    Ratio(88.42, "µmol/l", "mg/dl", "crea|(^|_)(s?cr|sc|scr)(_|$)"),
    Ratio(38.67, "mg/dl", "mmol/l", "chol|hdl|ldl"),
    Ratio(88.57, "mg/dl", "mmol/l", "trig|(^|_)tg(_|$)"),
    Ratio(2.801, "mg/dl", "mmol/l", "bun|urea"),
    Ratio(6.006, "mg/dl", "mmol/l", "urea"),
    Ratio(59.48, "µmol/l", "mg/dl", "uric|urate"),
    Ratio(17.10, "µmol/l", "mg/dl", "bili"),
    Ratio(4.008, "mg/dl", "mmol/l", "calcium|(^|_)ca(_|$)"),
    Ratio(2.2046, "lb", "kg", "weight|wt|mass"),
    Ratio(2.54, "cm", "in", "height|length|waist|hip|circum|ht"),
    Ratio(7.5006, "mmHg", "kPa", "po2|pco2|pressure|bp"),
    Ratio(12, "months", "years", "(^|_)age(_|$)"),
    Ratio(10, "ten times the unit", "the unit", ""),
    Ratio(100, "a hundred times the unit", "the unit", ""),
    Ratio(1000, "a thousand times the unit", "the unit", ""),
)
TEMPERATURE = "temp|tmp|fever"
CELSIUS, FAHRENHEIT = (25, 45), (77, 113)  # what a living body has
NAMELESS = re.compile(r"column \d+|x?\d+|v\d+|unnamed.*|feature.?\d+")
ROWS = 50_000  # so many are looked at, spread over the values
ENOUGH = 30  # values
DIFFERENT = 10  # values: fewer are classes, or doses
FEWEST = 3  # values of the second unit
SMALLEST_SHARE = 0.002  # of the values
APART = 6  # half-widths s
APART_NAMED = 3.4  # for heaps of a tenth of the values or more, where the name of the column tells the units
ROUGHLY = 0.04  # of the logarithm of the ratio, besides the error of the medians
BETWEEN = 0.2  # of the smaller heap, in the middle third between the heaps
ALIKE = 2.5  # times as wide is the one heap as the other, at most; from 5 values on
SUITS = 0.9  # of the smaller heap, converted, lie within the middle 99 % of the larger, a little widened


class Mixture(NamedTuple):
    """Two heaps in one column."""

    ratio: Ratio
    cut: float  # between them
    above: int  # values above the cut
    below: int
    medians: tuple[float, float]  # of those below and above

    @property
    def rare_is_above(self) -> bool:
        return self.above <= self.below

    def is_rare(self, values) -> np.ndarray:
        """Tell which values are in the rarer unit."""
        return values > self.cut if self.rare_is_above else (values > 0) & (values < self.cut)


def mixtures(frame: Frame) -> Iterator[Finding]:
    """Two units in one column."""
    moved = swapped_rows(frame)
    for column in frame.numbers():
        found = mixture_of(column, moved.get(column))
        if found is not None:
            yield _told(frame, column, found)


def unit_columns(frame: Frame) -> Iterator[Finding]:
    """A column that says which unit each value has, and says more than one."""
    names = {column.name for column in frame.every()}
    for column in frame.words():
        measured = re.sub(r"[ _.]*units?$", "", column.name, flags=re.IGNORECASE)
        if measured == column.name or column.text is None:
            continue
        said = [word.strip().lower() for word in column.text.tolist() if word.strip()]
        kinds, count = np.unique(said, return_counts=True)
        if len(kinds) > 1 and len(kinds) <= 10:
            yield Finding(
                "several units",
                (column.name,) + ((measured,) if measured in names else ()),
                f"{column.name} says that {measured or 'the values'} come in {len(kinds)} units.",
                ", ".join(f"{kind} {n:,}" for kind, n in zip(kinds.tolist(), count.tolist(), strict=True)) + ".",
                "Numbers of different units are learnt as if they were of one.",
                "Convert all to one unit, by the factor of this substance, before anything is scaled.",
            )


# ---------------------------------------------------------------- how it is done


def mixture_of(column: Column, moved=None) -> Mixture | None:
    """Return the two heaps of a column of numbers, if they are two units; None otherwise.

    Args: column; moved (n,) bool, rows that are left out, for they stand in another column's place.
    """
    values = column.measured
    if moved is not None:
        values = np.sort(column.values[np.isfinite(column.values) & ~column.is_code() & ~moved])
    values = values[np.searchsorted(values, 0, side="right") :]
    found = _looked_for(values[:: max(1, len(values) // ROWS)], column.name.lower())
    if found is None:
        return None
    below = int(np.searchsorted(values, found.cut))
    return found._replace(below=below, above=len(values) - below)


def _looked_for(values, name: str) -> Mixture | None:
    """Look for two units among sorted values > 0: first those that the name tells, then a power of ten."""
    if len(values) < ENOUGH or values[-1] < 2 * values[0] or len(np.unique(values)) < DIFFERENT:
        return None
    nameless = bool(NAMELESS.fullmatch(name))
    if nameless or re.search(TEMPERATURE, name):
        found = _temperatures(values)
        if found is not None:
            return found
    named = [r for r in RATIOS if r.names and (nameless or re.search(r.names, name))]
    logs = np.log(values)
    for ratios in (named, [r for r in RATIOS if not r.names]):
        fitting = [one for r in ratios if (one := _heaps(values, logs, r, bool(r.names) and not nameless)) is not None]
        if fitting:
            return min(fitting)[1]
    return None


def _heaps(values, logs, ratio: Ratio, is_named: bool) -> tuple[float, Mixture] | None:
    """Return how far the distance of the two heaps is from the ratio, and the heaps; None if there are none."""
    n, d = len(logs), math.log(ratio.factor)
    fewest = max(FEWEST, math.ceil(SMALLEST_SHARE * n))
    i = np.arange(fewest, n - fewest + 1)  # so many are below the cut
    i = i[values[i] > values[i - 1]]
    if not len(i):
        return None
    below, above = ([logs[np.clip((at(q)).astype(int), 0, n - 1)] for q in (0.16, 0.5, 0.84)] for at in _places(i, n))
    s = np.maximum(((below[2] - below[0]) + (above[2] - above[0])) / 4, 1e-3)
    error = 1.25 * s * np.sqrt(1 / i + 1 / (n - i))
    off = np.abs(above[1] - below[1] - d)
    gap = logs[i] - logs[i - 1]
    rare = np.minimum(i, n - i) / n
    needed = np.where(is_named & (rare >= 0.1), APART_NAMED, APART)
    wide = [np.maximum(part[2] - part[0], 1e-3) for part in (below, above)]
    alike = (np.maximum(wide[0] / wide[1], wide[1] / wide[0]) <= ALIKE) | (np.minimum(i, n - i) < 5)
    fits = alike & (off <= ROUGHLY * d + np.minimum(3 * error, 0.15 * d)) & (d >= needed * s)
    if not fits.any():
        return None
    k = int(np.argmax(np.where(fits, gap - 1e-3 * off, -np.inf)))
    cut = math.exp((logs[i[k]] + logs[i[k] - 1]) / 2)
    found = Mixture(ratio, cut, n - int(i[k]), int(i[k]), (math.exp(below[1][k]), math.exp(above[1][k])))
    return (float(off[k]), found) if _suits(logs, int(i[k]), d, is_named) else None


def _places(i, n):
    return (lambda q: q * (i - 1)), (lambda q: i + q * (n - i - 1))


def _suits(logs, i: int, d: float, is_named: bool) -> bool:
    """Tell whether there is a valley between the heaps, and the smaller one, converted, lies among the larger."""
    below, above = logs[:i], logs[i:]
    small, large = (above - d, below) if len(above) <= len(below) else (below + d, above)
    low, high = np.quantile(large, [0.005, 0.995])
    wider = 0.1 * (high - low) + 0.02
    among = np.mean((small > low - wider) & (small < high + wider)) >= SUITS
    start, end = np.median(below) + d / 3, np.median(below) + 2 * d / 3
    between = int(np.searchsorted(logs, end) - np.searchsorted(logs, start))
    shallow = BETWEEN * (2 if is_named else 1)
    return bool(among and between <= shallow * len(small))


def _temperatures(values) -> Mixture | None:
    celsius, fahrenheit = ((values >= low) & (values <= high) for low, high in (CELSIUS, FAHRENHEIT))
    n_low, n_high = int(celsius.sum()), int(fahrenheit.sum())
    if min(n_low, n_high) < FEWEST or n_low + n_high < 0.95 * len(values):
        return None
    low, high = float(np.median(values[celsius])), float(np.median(values[fahrenheit]))
    if abs((high - 32) / 1.8 - low) > 1:
        return None
    return Mixture(Ratio(1.8, "°F", "°C", TEMPERATURE), 60.0, n_high, n_low, (low, high))


def _told(frame: Frame, column: Column, found: Mixture) -> Finding:
    n, rare = found.above + found.below, min(found.above, found.below)
    ratio, cut = found.ratio, float(f"{found.cut:.2g}")
    if not found.medians[0] < cut < found.medians[1]:
        cut = found.cut
    is_heat = ratio.high == "°F"
    if is_heat:
        new = "({c} - 32) / 1.8" if found.rare_is_above else "{c} * 1.8 + 32"
        what = "the smaller heap is the larger one in °F" if found.rare_is_above else "the smaller heap is in °C"
    else:
        new = f"{{c}} {'/' if found.rare_is_above else '*'} {ratio.factor:g}"
        apart = f"the medians are {found.medians[1] / found.medians[0]:.4g} times apart"
        what = f"{apart}, {ratio.high} and {ratio.low} {ratio.factor:g} times"
    where = f"{{c}} {'>' if found.rare_is_above else '<'} {cut:g}"
    slip = "" if ratio.names else " (or the decimal point slipped)"
    return Finding(
        "two units in one column",
        (column.name,),
        f"{column.name} seems to hold {ratio.high} and {ratio.low}{slip}: {rare:,} of {n:,} values are in the other.",
        f"{found.below:,} values below {number(cut)} with median {number(found.medians[0])}, {found.above:,} above "
        f"with median {number(found.medians[1])}: {what}.{_of_one_site(frame, column, found)}",
        "These patients look gravely ill, or well, for a slip of the pen; the scale of the whole column is theirs.",
        f"Ask the laboratory, then: {frame.changed(column, new, where)}.",
    )


def _of_one_site(frame: Frame, column: Column, found: Mixture) -> str:
    """Write at which site the rarer unit is used, if at one."""
    if frame.site is None or column.values is None:
        return ""
    rare = found.is_rare(np.where(np.isfinite(column.values), column.values, 0))
    sites = frame.site.values if frame.site.values is not None else np.asarray(frame.site.text)
    kinds, count = np.unique(sites[rare], return_counts=True)
    if not len(kinds) or count.max() < 0.9 * count.sum() or len(np.unique(sites[~rare])) < 2:
        return ""
    name = kinds[int(np.argmax(count))]
    called = f"{name:g}" if frame.site.text is None else name
    return f" {share(count.max(), count.sum())} of the smaller heap are of site {called}."


CHECKS = {"units": mixtures, "columns of units": unit_columns}
