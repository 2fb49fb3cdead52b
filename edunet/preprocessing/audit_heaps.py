"""Two heaps in a column whose distance is the factor between two units.

On the logarithm of the values > 0, at the cut that leaves the widest gap among those that fit,

    d = median(above) - median(below),  s = (s_above + s_below)/2    s, half the range of the middle 68 %

two heaps are two units if d is ln(factor) up to the error of the medians, d ≥ 6·s, the heaps are about as wide, few
values lie between, and the smaller heap, converted, lies among the larger. If the name of the column tells the units,
they are less than 3 times apart and each heap is a tenth of the values, d ≥ 3.4·s is enough: weights in kg and lb.
Where a value varies tenfold by nature (CRP, bilirubin, ferritin) the heaps overlap, and nothing is found. A line that
does not pass through 0 (°F, HbA1c) is looked for between the values that a living body has in each unit.

Measured on lognormal columns of glucose, creatinine, cholesterol and potassium (60 draws each): 6 of 300 values in the
other unit, or ten times too large, are found in 97 to 100 of 100 columns, 40 of 2,000 in all, 3 of 100 in 92 to 93; of
300 columns in one unit none is told. Weights of which 2 of 100 are in lb are never found, 30 of 100 in 95.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

__all__ = ["FEWEST", "Heaps", "Pair", "heaps_of"]

FEWEST = 3  # values of the second unit
SMALLEST_SHARE = 0.002  # of the values
APART, APART_NEAR = 6.0, 3.4  # half-widths s
NEAR = 3  # times: such units are told apart where the name of the column tells them
TENTH = 0.1  # of the values, to be found nearer
ROUGHLY = 0.04  # of ln(factor), besides the error of the medians, which is at most 0.15 of it
ALIKE, WIDE = 2.5, 10  # times as wide is the one heap as the other, at most; from 10 values on
SUITS = 0.9  # of the smaller heap, converted, lie within the middle 99 % of the larger, a little widened
EMPTY = 1 / 3  # of ln(factor), between the heaps, where no name speaks for two units
BETWEEN, BETWEEN_NEAR = 0.2, 0.4  # of the smaller heap, in the middle third between the heaps
COVERED = 0.95  # of the values are what a living body has in one of the units


class Pair(NamedTuple):
    """Two units: high = slope·low + offset."""

    high: str  # the unit with the larger numbers
    low: str
    slope: float
    offset: float = 0.0
    analyte: str = ""  # "" for a power of ten
    ranges: tuple[tuple[float, float], tuple[float, float]] | None = None  # in the low unit and the high, if offset


class Heaps(NamedTuple):
    """The values below and above a cut."""

    pair: Pair
    cut: float
    below: int
    above: int
    medians: tuple[float, float]  # of those below and above
    off: float  # how far their distance is from the factor, on the logarithm

    @property
    def rare_is_above(self) -> bool:
        return self.above <= self.below

    def is_rare(self, values) -> np.ndarray:
        """Tell which values are in the rarer unit."""
        return values > self.cut if self.rare_is_above else (values > 0) & (values < self.cut)


def heaps_of(values: np.ndarray, pair: Pair, is_named: bool = False) -> Heaps | None:
    """Return the two heaps of a pair of units; None if there are none.

    Args: values (n,), sorted, all > 0; pair; is_named, whether the name of the column tells that these are its units.

    >>> mg_dl, mmol_l = np.linspace(70, 140, 95), np.linspace(4, 7, 5)
    >>> heaps_of(np.r_[mmol_l, mg_dl], Pair("mg/dl", "mmol/l", 18.016))[2:4]
    (5, 95)
    """
    if pair.ranges is not None:
        return _by_ranges(values, pair)
    logs, d = np.log(values), math.log(pair.slope)
    i = _cuts(values)
    if not len(i):
        return None
    n = len(values)
    below = [logs[(q * (i - 1)).astype(int)] for q in (0.16, 0.5, 0.84)]
    above = [logs[(i + q * (n - i - 1)).astype(int)] for q in (0.16, 0.5, 0.84)]
    width = [np.maximum(part[2] - part[0], 1e-3) for part in (below, above)]
    s = (width[0] + width[1]) / 4
    off = np.abs(above[1] - below[1] - d)
    error = 1.25 * s * np.sqrt(1 / i + 1 / (n - i))
    fewer = np.minimum(i, n - i)
    near = is_named and pair.slope < NEAR
    needed = np.where(near & (fewer >= TENTH * n), APART_NEAR, APART)
    alike = (np.maximum(width[0], width[1]) <= ALIKE * np.minimum(width[0], width[1])) | (fewer < WIDE)
    fits = alike & (off <= ROUGHLY * d + np.minimum(3 * error, 0.15 * d)) & (d >= needed * s)
    gap = logs[i] - logs[i - 1]
    if not pair.analyte:
        fits &= gap >= EMPTY * d
    if not fits.any():
        return None
    k = int(np.argmax(np.where(fits, gap - 1e-3 * off, -np.inf)))
    cut = int(i[k])
    if not _suits(logs, cut, d, BETWEEN_NEAR if near else BETWEEN):
        return None
    medians = math.exp(below[1][k]), math.exp(above[1][k])
    return Heaps(pair, math.sqrt(values[cut - 1] * values[cut]), cut, n - cut, medians, float(off[k]))


def _cuts(values) -> np.ndarray:
    """Return how many values are below each cut that is looked at: enough on both sides, between different values."""
    n = len(values)
    fewest = max(FEWEST, math.ceil(SMALLEST_SHARE * n))
    i = np.arange(fewest, n - fewest + 1)
    return i[values[i] > values[i - 1]]


def _suits(logs, i: int, d: float, shallow: float) -> bool:
    """Tell whether there is a valley between the heaps, and the smaller one, converted, lies among the larger."""
    below, above = logs[:i], logs[i:]
    small, large = (above - d, below) if len(above) <= len(below) else (below + d, above)
    low, high = np.quantile(large, [0.005, 0.995])
    wider = 0.1 * (high - low) + 0.02
    among = np.mean((small > low - wider) & (small < high + wider)) >= SUITS
    start, end = np.searchsorted(logs, [np.median(below) + d / 3, np.median(above) - d / 3])
    return bool(among and end - start <= max(1, shallow * len(small)))


def _by_ranges(values, pair: Pair) -> Heaps | None:
    """Look for heaps between the limits of each unit, whose middles are the same when converted."""
    if pair.ranges is None:
        return None
    (low, low_end), (high, high_end) = pair.ranges
    below, above = values[(values >= low) & (values <= low_end)], values[(values >= high) & (values <= high_end)]
    if min(len(below), len(above)) < FEWEST or len(below) + len(above) < COVERED * len(values):
        return None
    medians = float(np.median(below)), float(np.median(above))
    off = abs((medians[1] - pair.offset) / pair.slope - medians[0])
    if off > 0.1 * (low_end - low):
        return None
    return Heaps(pair, (low_end + high) / 2, len(below), len(above), medians, off / medians[0])
