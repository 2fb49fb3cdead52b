"""One number for a table of four: balanced accuracy, Youden's J and F1."""

from __future__ import annotations

import math

from edunet.clinic.confusion import Confusion, counted
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.proportion import wilson_interval

__all__ = ["balanced_accuracy", "f1_score", "youden"]


def balanced_accuracy(y, p, threshold: float = 0.5) -> Estimate:
    """Return the mean of sensitivity and specificity, with its interval.

        (Se + Sp) / 2        value − √((Se − l₁)² + (Sp − l₂)²) / 2,  lower ends l of Wilson's intervals; up alike
    0.5 is a coin's, and everybody's who calls all patients the same, however few are ill.

    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p: called ill if p ≥ it.
    Returns an Estimate; "not computed" unless there are ill and healthy patients. Raises as `confusion` does.
    The usual misuse: to choose a threshold by it, as if a missed illness cost as much as a needless examination.
    Source of the interval: Newcombe, Interval estimation for the difference between independent proportions (1998).

    >>> balanced_accuracy([0, 0, 0, 1, 1], [0.1, 0.2, 0.6, 0.4, 0.9])
    0.583 [0.277 to 0.827], n = 5
    """
    return _both(counted("balanced_accuracy", y, p, threshold), 0.5, 0.0)


def youden(y, p, threshold: float = 0.5) -> Estimate:
    """Return Youden's J, what a test is better than a coin, with its interval.

        J = Se + Sp − 1        J − √((Se − l₁)² + (Sp − l₂)²),  lower ends l of Wilson's intervals; up alike
    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p: called ill if p ≥ it.
    Returns an Estimate; "not computed" unless there are ill and healthy patients. Raises as `confusion` does.
    The usual misuse: to report J at the threshold where it is largest in these patients: it is too high (see
    `threshold_for`), and that threshold takes both kinds of error for equally bad.
    Sources: Youden, Index for rating diagnostic tests (1950); of the interval: Newcombe (1998).

    >>> youden([0, 0, 0, 1, 1], [0.1, 0.2, 0.6, 0.4, 0.9])
    0.167 [-0.446 to 0.655], n = 5
    """
    return _both(counted("youden", y, p, threshold), 1.0, -1.0)


def _both(table: Confusion, times: float, plus: float) -> Estimate:
    """Return times · (Se + Sp) + plus."""
    tp, fp, fn, tn = table
    ill, healthy = tp + fn, fp + tn
    if table.missing:
        return undefined(table.missing, table.n)
    se, sp = tp / ill, tn / healthy
    (low1, high1), (low2, high2) = wilson_interval(tp, ill), wilson_interval(tn, healthy)
    low, high = se + sp - math.hypot(se - low1, sp - low2), se + sp + math.hypot(high1 - se, high2 - sp)
    value, low, high = (times * both + plus for both in (se + sp, low, high))
    return Estimate(value, low, high, table.n, how="Newcombe's interval from Wilson's two")


def f1_score(y, p, threshold: float = 0.5) -> Estimate:
    """Return F1, the harmonic mean of sensitivity and PPV, with its interval.

        F1 = 2 TP / (2 TP + FP + FN) = 2 J / (1 + J),   J = TP / (TP + FP + FN)
    J is a share of the patients who are ill or called so, with Wilson's interval, whose ends give those of F1. If the
    number of the ill is chosen beforehand, F1 varies less and the interval is wider than needed.

    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p: called ill if p ≥ it.
    Returns an Estimate; "not computed" if nobody is ill nor called so. Raises as `confusion` does.
    The usual misuse: to compare it between places with other prevalences; and to forget that it ignores who is rightly
    called healthy: with 1 and 0 exchanged it is another number.
    Source: van Rijsbergen, Information retrieval (1979).

    >>> f1_score([0, 0, 0, 1, 1], [0.1, 0.2, 0.6, 0.4, 0.9])
    0.500 [0.116 to 0.884], n = 3
    """
    table = counted("f1_score", y, p, threshold)
    there = table.tp + table.fp + table.fn
    if not there:
        return undefined("nobody is ill nor called so" if table.n else "there are no patients", table.n)
    low, high = (2 * end / (1 + end) for end in wilson_interval(table.tp, there))
    value = 2 * table.tp / (table.tp + there)
    return Estimate(value, low, high, there, how="from Wilson's interval of TP / (TP + FP + FN)")
