"""How many of those who are called ill are, here and where fewer are ill."""

from __future__ import annotations

import math

from edunet.clinic.confusion import Confusion, answers, share_of_rows, table_of
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.groups import numbers
from edunet.clinic.likelihood import clustered_ratio, ratio_of_shares
from edunet.clinic.shares import check_prevalence

__all__ = ["npv", "ppv"]


def ppv(y, p, threshold: float = 0.5, *, prevalence: float | None = None, groups=None) -> Estimate:
    """Return the share of those called ill who are ill (precision), here or at another prevalence, with its interval.

        PPV = TP / (TP + FP)        at prevalence π:   PPV = Se π / (Se π + (1 − Sp)(1 − π))
    At Se 0.90 and Sp 0.586 it is 0.685 where half of the patients are ill, 0.195 where 1 in 10 is, and 0.042 where 1 in
    50 is: the same test. Here: Wilson's interval. At π: that of LR⁺ on the log scale, since logit PPV = logit π +
    log LR⁺; half a patient is added to each count if one of them is 0. In simulations (10 to 200 ill, 20 to 1,000
    healthy) it held the true value in 92 to 99 of 100 samples.

    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p: called ill if p ≥ it;
    prevalence, the share of the ill where the test is to be used, between 0 and 1; None for that of these patients;
    groups (N,), whose each row is, if patients have several: the interval then is that of so many patients.
    Returns an Estimate; n counts those called ill, or at π all. "Not computed" if nobody is called ill.
    Raises ValueError for a prevalence that is not between 0 and 1, and as `confusion` does.
    The usual misuse: to report the PPV of a sample with as many ill as healthy patients. Nobody's practice is like
    this: give the prevalence. At π sensitivity and specificity are taken to stay, which they do not if elsewhere the
    ill are less ill.
    Sources: Altman & Bland, Diagnostic tests 2: predictive values, BMJ 309 (1994) 102; Mercaldo, Lau & Zhou, Confidence
    intervals for predictive values with an emphasis to case-control studies, Statistics in Medicine 26 (2007).

    >>> y, p = [1] * 100 + [0] * 500, [0.9] * 90 + [0.1] * 10 + [0.9] * 207 + [0.1] * 293
    >>> ppv(y, p)
    0.303 [0.254 to 0.358], n = 297
    >>> ppv(y, p, prevalence=0.02)
    0.042 [0.038 to 0.048], n = 600
    """
    ill, called = answers("ppv", y, p, threshold)
    if prevalence is None:
        return share_of_rows("ppv", ill, called, "nobody is called ill", groups)
    clustered = clustered_ratio(ill, called, numbers("ppv", groups, len(ill)))
    return _at(table_of(ill, called), "ill", check_prevalence("ppv", "prevalence", prevalence), clustered)


def npv(y, p, threshold: float = 0.5, *, prevalence: float | None = None, groups=None) -> Estimate:
    """Return the share of those called healthy who are, here or at another prevalence, with its interval.

        NPV = TN / (TN + FN)        at prevalence π:   NPV = Sp (1 − π) / (Sp (1 − π) + (1 − Se) π)
    Here: Wilson's interval. At π: that of LR⁻ on the log scale, since logit NPV = −logit π − log LR⁻; half a patient is
    added to each count if one of them is 0. In simulations it held the true value in 94 to 97 of 100 samples; in 90
    to 93 with 10 or 20 ill patients and Se 0.90 or 0.95, where often nobody is missed.

    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p: called ill if p ≥ it;
    prevalence, the share of the ill where the test is to be used, between 0 and 1; None for that of these patients;
    groups (N,), whose each row is, if patients have several: the interval then is that of so many patients.
    Returns an Estimate; n counts those called healthy, or at π all. "Not computed" if nobody is called healthy.
    Raises ValueError for a prevalence that is not between 0 and 1, and as `confusion` does.
    The usual misuse: to praise 0.99. Where 1 in 100 is ill, calling everybody healthy reaches it: compare with 1 − π.
    Sources: Altman & Bland, BMJ 309 (1994) 102; Mercaldo, Lau & Zhou, Statistics in Medicine 26 (2007).

    >>> y, p = [1] * 100 + [0] * 500, [0.9] * 90 + [0.1] * 10 + [0.9] * 207 + [0.1] * 293
    >>> npv(y, p)
    0.967 [0.940 to 0.982], n = 303
    >>> npv(y, p, prevalence=0.02)
    0.997 [0.994 to 0.998], n = 600
    """
    ill, called = answers("npv", y, p, threshold)
    if prevalence is None:
        return share_of_rows("npv", ~ill, ~called, "nobody is called healthy", groups)
    clustered = clustered_ratio(~ill, ~called, numbers("npv", groups, len(ill)))
    return _at(table_of(ill, called), "healthy", check_prevalence("npv", "prevalence", prevalence), clustered)


def _at(table: Confusion, answer: str, prevalence: float, clustered: tuple[float, int] | None) -> Estimate:
    """Return by Bayes the share of those called ill (healthy) who are, where so many are ill."""
    tp, fp, fn, tn = table
    if table.missing:
        return undefined(table.missing, table.n)
    right, wrong, of_kind = (tp, fp, prevalence) if answer == "ill" else (tn, fn, 1 - prevalence)
    if not right + wrong:
        return undefined(f"nobody is called {answer}", table.n)
    kind, others = (tp + fn, fp + tn) if answer == "ill" else (fp + tn, tp + fn)
    odds = of_kind / (1 - of_kind)
    value = right * others * odds / (right * others * odds + wrong * kind)
    low, high, how = ratio_of_shares(right, kind, wrong, others, clustered)
    low, high = (1.0 if math.isinf(ratio) else ratio * odds / (1 + ratio * odds) for ratio in (low, high))
    how = f"by Bayes at prevalence {prevalence:g}, from the likelihood ratio; {how}"
    return Estimate(value, low, high, table.n if clustered is None else clustered[1], how=how)
