"""The calibration curve without groups: the share of the ill as a smooth function of the predicted risk (loess).

Fitted on at most 200 places and, above 1,000 different predictions, to 1,000 groups of neighbours: 100,000 patients
take milliseconds and the curve moves by less than its line is wide.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.groups import numbers
from edunet.clinic.inputs import labels_and_probabilities
from edunet.preprocessing.given import generator

__all__ = ["SmoothCalibration", "ici", "smooth_calibration"]

PLACES, CELLS = 200, 1000
WIDE, NARROW, MANY = 0.75, 0.3, 2000  # spans of few and of many patients
CHANCES = 50  # outcomes drawn from the predictions themselves, for what a perfect model gets


@dataclass(frozen=True)
class SmoothCalibration:
    """A smooth calibration curve, `share` of the ill at each `predicted` risk, and its distances from the diagonal."""

    predicted: np.ndarray
    share: np.ndarray
    ici: Estimate
    e50: Estimate
    e90: Estimate
    emax: Estimate


def smooth_calibration(
    y, p, *, span: float | None = None, resamples: int | None = 200, groups=None, seed=0
) -> SmoothCalibration:
    """Fit the share of the ill as a smooth curve c of the predicted risk; return it with its distances from p.

        c(x) = a of the line a + b (p − x) that minimises Σ w_i (y_i − a − b (p_i − x))²,  clipped to 0 to 1
        w_i = (1 − |(p_i − x)/h|³)³          h, the distance of x to the nearest span · N patients
        ICI = mean of |c(p_i) − p_i|         E50 its median, E90 its 90th centile, Emax the largest
    Args: y (N,) 0 or 1; p (N,) probabilities; span, the share of the patients that each line sees: unless given 0.75,
    which keeps the curve of 100 patients quiet, and of more than 2,000 patients, whose curve that would flatten, 0.3;
    resamples, how many of the
    patients with replacement for the percentile intervals, None for no intervals; groups (N,), whose each row is, for
    patients with several rows; seed, a whole number or a `numpy.random.Generator`.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, span outside 0 to 1, resamples below 2.
    The usual misuse: reading the ends of the curve. Where few patients are, it is drawn by three of them. And a
    distance is never below 0: chance alone keeps it above, and its interval hardly ever reaches 0. `how` says what a
    perfect model would get from as many patients, the mean of 50 draws of outcomes from the predictions.
    Of simulated models with log-odds 1.6 times too large, the interval of ICI held the true value in 92 of 100 samples
    of 300 patients, 91 of 1,000 and 93 of 3,000; that of E50 in 89, 81 and 95 (67 with span=0.75).
    Source: Austin & Steyerberg, The Integrated Calibration Index (ICI) and related metrics, Statistics in Medicine 38
    (2019) 4051-4065; Cleveland, Robust locally weighted regression and smoothing scatterplots (1979). R's `loess`, of
    the first, fits parabolas; these are lines, which swing less at the ends.

    >>> p = np.repeat([0.2, 0.8], 50)
    >>> y = np.r_[np.arange(50) < 10, np.arange(50) < 35]  # of those told 80 %, 70 % fell ill
    >>> smooth_calibration(y, p, resamples=None).ici
    0.050, n = 100
    """
    y, p = labels_and_probabilities("smooth_calibration", y, p)
    whose = numbers("smooth_calibration", groups, y.size)
    patients = y.size if whose is None else int(whose.max()) + 1
    span = (WIDE if patients <= MANY else NARROW) if span is None else span
    _check(span, resamples)
    how = f"loess of the outcome on the prediction (lines, span {span:g})"
    if not y.size:
        none = undefined("there is no patient", how=how)
        return SmoothCalibration(p, p, none, none, none, none)
    where, cell = _cells(p)
    places = _places(where)
    values = _Distances(where, places, span)
    n, ill = np.bincount(cell).astype(np.float64), np.bincount(cell, weights=y)
    share, found = values(n, ill)
    ends, chance = np.full((4, 2), math.nan), None
    rng = generator("smooth_calibration", seed)
    if resamples is not None and patients > 1:
        drawn = [values(*counts)[1] for counts in _resampled(rng, resamples, cell, y, whose)]
        low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
        ends = np.stack([np.minimum(low, found), np.maximum(high, found)], axis=1)  # chance may lift all resamples
        ends[np.ptp(ends, axis=1) < 1e-12] = math.nan  # resamples of patients who are all alike know of no others
        chance = np.mean([values(n, rng.binomial(n.astype(int), where))[1] for _ in range(CHANCES)], axis=0)
        how += f"; percentile interval of {resamples} resamples of {patients:,} patients"
    made = []
    for k, (value, (low, high)) in enumerate(zip(found, ends, strict=True)):
        said = "" if chance is None else f"; chance alone gives a perfect model about {chance[k]:.2g}"
        made.append(Estimate(value, low, high, patients, how=how + said))
    return SmoothCalibration(places, share, *made)


def ici(y, p, **options) -> Estimate:
    """Return the integrated calibration index: the mean distance of the predictions from the smooth calibration curve.

    `smooth_calibration(y, p, **options).ici`, where formula, arguments, errors, misuse and source are.

    >>> ici([0, 0, 1, 1], [0, 0, 1, 1], resamples=None)
    0.000, n = 4
    """
    return smooth_calibration(y, p, **options).ici


# ---------------------------------------------------------------- how it is done


class _Distances:
    """The curve through cells of patients, and its distances: what stays the same in every resample."""

    def __init__(self, where, places, span):
        self.where, self.places, self.span = where, places, span
        self.shift = where - places[:, None]  # (places, cells)

    def __call__(self, n, ill) -> tuple[np.ndarray, tuple[float, ...]]:
        """Return the curve at the places, and ICI, E50, E90, Emax; n, ill (cells,)."""
        share = _loess(self.where, n, ill, self.places, self.shift, self.span)
        off = np.abs(np.interp(self.where, self.places, share) - self.where)
        there = n > 0
        off, n = off[there], n[there]
        mean = float(np.sum(off * n) / n.sum())
        return share, (mean, _centile(off, n, 0.5), _centile(off, n, 0.9), float(off.max()))


def _loess(where, n, ill, places, shift, span):
    """Return the local lines' heights at the places: weighted least squares, all places at once."""
    far = np.abs(shift) / _reach(where, n, places, span)[:, None]
    near = np.maximum(1 - far * far * far, 0)
    weight = near * near * near
    pull = weight * shift
    total = weight @ n
    height, first = weight @ ill / total, pull @ n / total
    spread = (pull * shift) @ n / total - first**2
    slant = (pull @ ill / total - first * height) / np.where(spread > 1e-12, spread, np.inf)
    return np.clip(height - slant * first, 0, 1)


def _reach(where, n, places, span):
    """Return the distance of each place to the nearest span · N patients, by halving an interval."""
    wanted = max(math.floor(span * n.sum() + 1e-10), 1)
    upto = np.append(0, np.cumsum(n))
    low, high = np.zeros(places.size), np.full(places.size, 1.0)
    for _ in range(45):
        middle = (low + high) / 2
        seen = upto[np.searchsorted(where, places + middle, "right")] - upto[np.searchsorted(where, places - middle)]
        enough = seen >= wanted
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    return np.maximum(high, 1e-9) * (1 + 1e-9)  # a trace of weight for the farthest, if there are no others


def _cells(p) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean prediction of each cell, ascending, and the cell of each patient; equal p are in one cell."""
    where, cell, n = np.unique(p, return_inverse=True, return_counts=True)
    cell = cell.reshape(-1)
    if where.size > CELLS:
        rank = np.cumsum(n) - n
        joint = np.unique(rank * CELLS // p.size, return_inverse=True)[1].reshape(-1)
        cell = joint[cell]
        where = np.bincount(cell, weights=p) / np.bincount(cell)
    return where, cell


def _places(where):
    """Return where the curve is fitted: everywhere, or half of the places as the patients lie and half evenly."""
    if where.size <= PLACES:
        return where
    half = PLACES // 2
    as_they_lie = where[np.linspace(0, where.size - 1, half).astype(int)]
    return np.unique(np.append(as_they_lie, np.linspace(where[0], where[-1], half)))


def _centile(values, n, share: float) -> float:
    """Return the centile of values that stand for n patients each, as np.percentile of all of them."""
    order = np.argsort(values)
    upto = np.cumsum(n[order])
    at = (upto[-1] - 1) * share
    low, high = (values[order[np.searchsorted(upto, math.floor(at) + k, "right").clip(max=len(n) - 1)]] for k in (0, 1))
    return float(low + (high - low) * (at - math.floor(at)))


def _resampled(rng, resamples, cell, y, whose):
    """Yield patients and ill patients of each cell in every resample."""
    cells = int(cell.max()) + 1
    kind = 2 * cell + y  # a cell's healthy and its ill: drawing rows is drawing how many of each
    if whose is None:
        share = np.bincount(kind, minlength=2 * cells) / len(y)
        for counts in rng.multinomial(len(y), share, size=resamples):
            counts = counts.astype(np.float64)
            yield counts.reshape(-1, 2).sum(axis=1), counts[1::2]
        return
    patients = int(whose.max()) + 1
    for _ in range(resamples):
        times = np.bincount(rng.integers(patients, size=patients), minlength=patients)
        counts = np.bincount(kind, weights=times[whose], minlength=2 * cells)
        yield counts.reshape(-1, 2).sum(axis=1), counts[1::2]


def _check(span, resamples) -> None:
    if not 0 < span <= 1:
        raise ValueError(f"smooth_calibration: span is a share of the patients, 0 < span <= 1. Received: {span!r}")
    whole = isinstance(resamples, (int, np.integer)) and not isinstance(resamples, bool)
    if resamples is not None and not (whole and resamples >= 2):
        raise ValueError(f"smooth_calibration: resamples is None or a whole number >= 2. Received: {resamples!r}")
