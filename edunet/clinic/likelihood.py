"""What a test result does to the odds of being ill: likelihood ratios and the diagnostic odds ratio."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from edunet.clinic.clustered import clustered_error
from edunet.clinic.confusion import answers, counted, table_of
from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.clinic.groups import numbers
from edunet.preprocessing.student import student_quantile

__all__ = ["LikelihoodRatios", "clustered_ratio", "diagnostic_odds_ratio", "likelihood_ratios", "ratio_of_shares"]


class LikelihoodRatios(NamedTuple):
    """positive: what being called ill multiplies the odds of being ill by; negative: what being called healthy does."""

    positive: Estimate
    negative: Estimate


def likelihood_ratios(y, p, threshold: float = 0.5, *, groups=None) -> LikelihoodRatios:
    """Return by what each answer multiplies the odds of being ill, with 95 % intervals on the log scale.

        LR⁺ = Se / (1 − Sp)        LR⁻ = (1 − Se) / Sp        odds after = LR · odds before
        log LR ± 1.96 √((1−a)/(m a) + (1−b)/(n b)),   a of the m ill and b of the n healthy got this answer
    10 and 0.1 change a mind, 1 tells nothing. Unlike PPV and NPV they do not depend on how many are ill. Where none of
    the healthy (ill) got the answer the ratio is ∞ (0). For the interval half a patient is added to each of the four
    counts if one of them is 0: if nobody is missed too, or the sensitivity would be taken for certain; `how` says so.

    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p: called ill if p ≥ it;
    groups (N,), whose each row is, if patients have several: the interval then is that of so many patients.
    Returns LikelihoodRatios of two Estimates; "not computed" if nobody got this answer, or only one kind of patients is
    there. Raises as `confusion` does.
    The usual misuse: to multiply a probability by it. It multiplies odds: from 0.10 (odds 1 to 9), LR⁺ 9 leads to odds
    of 1 to 1, which is 0.50.
    Source: Simel, Samsa & Matchar, Likelihood ratios with confidence, Journal of Clinical Epidemiology 44 (1991).

    >>> y, p = [1] * 50 + [0] * 100, [0.9] * 45 + [0.1] * 5 + [0.9] * 20 + [0.1] * 80
    >>> likelihood_ratios(y, p)
    LikelihoodRatios(positive=4.500 [3.008 to 6.732], n = 150, negative=0.125 [0.054 to 0.289], n = 150)
    """
    y, called = answers("likelihood_ratios", y, p, threshold)
    tp, fp, fn, tn = table = table_of(y, called)
    whose = numbers("likelihood_ratios", groups, len(y))
    if table.missing:
        return LikelihoodRatios(undefined(table.missing, table.n), undefined(table.missing, table.n))
    positive, negative = ((tp, tp + fn, fp, fp + tn), (fn, tp + fn, tn, fp + tn))
    return LikelihoodRatios(
        _ratio(*positive, "ill", clustered_ratio(y, called, whose)),
        _ratio(*negative, "healthy", clustered_ratio(y, ~called, whose)),
    )


def clustered_ratio(y: np.ndarray, called: np.ndarray, whose: np.ndarray | None) -> tuple[float, int] | None:
    """Return t standard errors of log((a/m) / (b/n)) and the number of patients; None if each row is a patient.

    a of the m ill rows and b of the n healthy ones were called so; nan where that is none or all of them, or where the
    rows of one kind are of one patient. t has as many degrees of freedom as the rarer kind has patients, less one.
    """
    if whose is None:
        return None
    patients = int(whose.max()) + 1
    rarer = min(len(np.unique(whose[kind])) for kind in (y, ~y))
    if rarer < 2 or any(not side.any() or side.all() for side in (called[y], called[~y])):
        return math.nan, patients
    a, b = called[y].mean(), called[~y].mean()
    influence = np.where(y, (called - a) / (a * y.sum()), -(called - b) / (b * (~y).sum()))
    return student_quantile(0.975, rarer - 1) * clustered_error(influence, whose), patients


def _ratio(a: int, m: int, b: int, n: int, answer: str, clustered: tuple[float, int] | None) -> Estimate:
    if not a + b:
        return undefined(f"nobody is called {answer}", m + n)
    low, high, how = ratio_of_shares(a, m, b, n, clustered)
    value = a * n / (b * m) if b else math.inf
    return Estimate(value, low, high, m + n if clustered is None else clustered[1], how=how)


def ratio_of_shares(
    a: int, m: int, b: int, n: int, clustered: tuple[float, int] | None = None
) -> tuple[float, float, str]:
    """Return the ends of the 95 % interval of (a/m) / (b/n), and in words how; clustered, see `clustered_ratio`."""
    if clustered is not None:
        half, patients = clustered
        if not half > 0:
            return math.nan, math.nan, "no interval: a count is 0, or all patients of a kind are one, or alike"
        middle = math.log(a / m) - math.log(b / n)
        return math.exp(middle - half), math.exp(middle + half), f"interval of {patients:,} patients on the log scale"
    halves = 0 in (a, b, m - a, n - b)  # 0 has no logarithm, and all of all would have no variance
    c, d, k, l = (a + 0.5, b + 0.5, m + 1, n + 1) if halves else (a, b, m, n)
    middle, half = math.log(c / k) - math.log(d / l), Z95 * math.sqrt((1 - c / k) / c + (1 - d / l) / d)
    low, high = (math.exp(middle - half) if a else 0.0), (math.exp(middle + half) if b else math.inf)
    how = "Simel's interval on the log scale"
    return low, high, how + ", half a patient added to each count because of a count of 0" * halves


def diagnostic_odds_ratio(y, p, threshold: float = 0.5) -> Estimate:
    """Return the odds of being called ill of the ill, over those of the healthy, with Woolf's 95 % interval.

        DOR = TP·TN / (FP·FN) = LR⁺ / LR⁻        log DOR ± 1.96 √(1/TP + 1/FP + 1/FN + 1/TN)
    With a count of 0 the value is 0 or ∞, and half a patient is added to each count for the interval.

    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p: called ill if p ≥ it.
    Returns an Estimate; "not computed" if only one kind of patients is there, or all get the same answer.
    Raises as `confusion` does.
    The usual misuse: to judge a test by it. Se 0.99, Sp 0.50 and Se 0.50, Sp 0.99 have the same ratio, 99, and are of
    use for opposite purposes.
    Source: Glas et al., The diagnostic odds ratio: a single indicator of test performance (2003).

    >>> y, p = [1] * 50 + [0] * 100, [0.9] * 45 + [0.1] * 5 + [0.9] * 20 + [0.1] * 80
    >>> diagnostic_odds_ratio(y, p)
    36.000 [12.650 to 102.447], n = 150
    """
    table = counted("diagnostic_odds_ratio", y, p, threshold)
    tp, fp, fn, tn = table
    if table.missing or not tp + fp or not fn + tn:
        same = "ill" if tp + fp else "healthy"
        return undefined(table.missing or f"everybody is called {same}", table.n)
    halves = 0 in table
    counts = [count + 0.5 * halves for count in table]
    middle = math.log(counts[0] * counts[3] / (counts[1] * counts[2]))
    half = Z95 * math.sqrt(sum(1 / count for count in counts))
    right, wrong = tp * tn, fp * fn
    low, high = (math.exp(middle - half) if right else 0.0), (math.exp(middle + half) if wrong else math.inf)
    how = "Woolf's interval on the log scale" + ", half a patient added to each count because of a count of 0" * halves
    return Estimate(right / wrong if wrong else math.inf, low, high, table.n, how=how)
