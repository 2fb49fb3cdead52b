"""The part of the area under the ROC curve where a test is of use: few false alarms, or hardly anyone missed."""

from __future__ import annotations

import math

import numpy as np

from edunet.clinic.auroc import FEW as FEW_PAIRS
from edunet.clinic.curves import roc_curve
from edunet.clinic.delong import covariance, independent_pairs, placements, share_below
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.inputs import labels_and_scores
from edunet.clinic.kinds import one_kind_only
from edunet.clinic.logit import logit_interval
from edunet.clinic.shares import check_share

__all__ = ["partial_auroc"]

FEW = 15  # so many patients of the kind whose errors are limited should lie in the range


def partial_auroc(
    y, p, *, max_fpr: float | None = None, min_tpr: float | None = None, standardised: bool = True
) -> Estimate:
    """Return the area under the ROC curve up to a false positive rate, or above a sensitivity, with its interval.

        A = ∫₀ᵉ Se d(1 − Sp)        standardised ½ (1 + (A − e²/2) / (e − e²/2)),   e = max_fpr
    so that 0.5 is a coin's and 1 is perfect, as of the whole area (McClish). For screening, where a specificity below
    0.9 is of no use, max_fpr=0.1. min_tpr=0.9 is the same with the ill and the healthy exchanged: the area
    above the line Se = 0.9 and right of the curve; for what must not be missed. The interval is on the logit scale of
    A/e, with the variance of DeLong's idea: A is the mean of max(e − share of the healthy above, 0) over the ill.

    Args: y (N,) 0 or 1, who is ill; p (N,), any numbers that are higher for the ill; one of max_fpr (above 0, at most
    1) and min_tpr (at least 0, below 1); standardised=False for A itself, which is at most e.
    Returns an Estimate; "not computed" unless there are ill and healthy patients. Raises ValueError unless exactly one
    of both is given, for what is no share, and as `auroc` does.
    The usual misuse: to set standardised numbers of different max_fpr side by side; and to choose the range after a
    look at the curves. A tenth of the area rests on a tenth of the healthy patients. With fewer than 15 of them there,
    or hardly any ill patient who is not above nearly all of them, the interval can be too narrow (it held the true area
    in 84 to 98 of 100 simulated samples, in 75 with 10 ill of 1,000 at an AUC of 0.99; else in 94 to 97), and `how`
    says so.
    Sources: McClish, Analyzing a portion of the ROC curve (1989); Jiang, Metz & Nishikawa, A receiver operating
    characteristic partial area index for highly sensitive diagnostic tests (1996); variance: He & Escobar (2008).

    >>> partial_auroc([0, 0, 0, 0, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.8], max_fpr=0.5)
    0.833 [0.419 to 0.989], n = 8
    """
    e = _range(max_fpr, min_tpr)
    y, p = labels_and_scores("partial_auroc", y, p)
    missing = one_kind_only(y)
    if missing:
        return undefined(missing, len(y))
    if min_tpr is not None:  # missing an ill one takes the place of alarming a healthy one
        y, p = ~y, -p
    area = _area(y, p, e)
    low, high, how = _interval(y, p, e, area)
    if standardised:
        coin = e * e / 2
        area, low, high = (0.5 * (1 + (a - coin) / (e - coin)) for a in (area, low, high))
    return Estimate(area, low, high, len(y), how=how)


def _range(max_fpr, min_tpr) -> float:
    if (max_fpr is None) == (min_tpr is None):
        raise ValueError("partial_auroc: say one of max_fpr= and min_tpr=, such as max_fpr=0.1.")
    if min_tpr is None:
        return check_share("partial_auroc", "max_fpr", max_fpr)
    if min_tpr == 0:
        return 1.0
    if min_tpr == 1:
        raise ValueError("partial_auroc: above a sensitivity of 1 there is no area. Take min_tpr=0.9.")
    return 1 - check_share("partial_auroc", "min_tpr", min_tpr)


def _area(y: np.ndarray, p: np.ndarray, e: float) -> float:
    """Return the area left of the false positive rate e, the curve being straight between its points."""
    fpr, tpr, _ = roc_curve(y, p)
    if tpr[fpr == 0][-1] == 1:
        return e  # a sum would be rounded to a little more, or less
    inside = fpr <= e
    x = np.append(fpr[inside], e)
    height = np.append(tpr[inside], np.interp(e, fpr, tpr))
    return float(np.sum(np.diff(x) * (height[1:] + height[:-1])) / 2)


def _interval(y: np.ndarray, p: np.ndarray, e: float, area: float) -> tuple[float, float, str]:
    """Return the ends for A, and how they were found."""
    above = 1 - placements(y, p)[y]  # the share of the healthy above each of the ill
    near = above < e
    placed = np.empty(len(y))
    placed[y] = np.maximum(e - above, 0)
    placed[~y] = -share_below(np.sort(p[y][near]), p[~y]) * near.mean() if near.any() else 0.0
    variance, pairs = covariance(y, placed[np.newaxis])[0, 0], independent_pairs(y)
    if 0 < area < e and variance > 0:
        low, high = logit_interval(area / e, math.sqrt(variance) / e)
        there, wrong = e * np.count_nonzero(~y), pairs * min(area / e, 1 - area / e)
        few = f"; it may be too narrow: it rests on about {there:.0f} patients of one kind" if there < FEW else ""
        few = few or f"; it may be too narrow: of {pairs} pairs of patients, few are out of order" * (wrong < FEW_PAIRS)
        return low * e, high * e, f"DeLong's idea for a part of the area, on the logit scale{few}"
    if area == e and not above.any():  # k pairs are all in order with a chance of at most (1 − e + A)ᵏ
        low = max(e - 1 + 0.025 ** (1 / pairs), 0.0)
        return low, e, f"exact bound for {pairs} pairs of patients: all the ill are above all the healthy"
    return math.nan, math.nan, "no interval: too few patients in this range"
