"""One point of the ROC curve: what is reached of the one kind while the other is held."""

from __future__ import annotations

import math

from edunet.clinic.curves import counts_at_thresholds
from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.clinic.inputs import labels_and_scores
from edunet.clinic.kinds import one_kind_only
from edunet.clinic.proportion import wilson_interval
from edunet.clinic.shares import check_share

__all__ = ["sensitivity_at", "specificity_at"]


def sensitivity_at(y, p, specificity: float = 0.95) -> Estimate:
    """Return the largest share of the ill that is found while this share of the healthy is called healthy.

        max Se(t) over all t with Sp(t) ≥ s        Se ± √((Se − l)² + (Se − Se(s ± e))²),   e = 1.96 √(s(1−s)/n)
    Two things are uncertain: how many of the ill are above this threshold (Wilson's interval, ends l), and where the
    threshold lies, as only n healthy patients tell (so Se is read off at s ± e too). Both are added as squares. If all
    n are below the true threshold in more than 2.5 of 100 samples (sⁿ > 0.025: n < 72 at 0.95), they do not bound it,
    and the interval begins at 0. In simulations (at 0.9; 20 to 200 ill, 50 to 450 healthy) it held the true value in 96
    to 99 of 100 samples.

    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; specificity, above 0 and at most 1.
    Returns an Estimate; n counts all patients; "not computed" unless there are ill and healthy ones.
    Raises ValueError for a specificity that is no share, other labels, NaN, unequal lengths.
    The usual misuse: to take Wilson's interval of the sensitivity at the threshold found here: it forgets the second.
    Source: Linnet, Comparison of quantitative diagnostic tests: type I error, power, and sample size, Statistics in
    Medicine 6 (1987), on why both count; adding squares: Newcombe (1998).

    >>> sensitivity_at([0, 0, 0, 0, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.8], specificity=0.75)
    1.000 [0.000 to 1.000], n = 8
    """
    held = check_share("sensitivity_at", "specificity", specificity)
    y, p = labels_and_scores("sensitivity_at", y, p)
    return _at(y, p, held, "specificity")


def specificity_at(y, p, sensitivity: float = 0.95) -> Estimate:
    """Return the largest share of the healthy that is called healthy while this share of the ill is found.

        max Sp(t) over all t with Se(t) ≥ s        interval as for `sensitivity_at`, the ill and the healthy exchanged
    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; sensitivity, above 0 and at most 1.
    Returns an Estimate; n counts all patients; "not computed" unless there are ill and healthy ones.
    Raises ValueError for a sensitivity that is no share, other labels, NaN, unequal lengths.
    The usual misuse: to ask for a sensitivity of 0.99 with 30 ill patients. It is decided by the one with the lowest
    prediction; the interval tells.
    Source: as for `sensitivity_at`.

    >>> specificity_at([0, 0, 0, 0, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.4, 0.5, 0.7, 0.8], sensitivity=0.75)
    0.750 [0.000 to 1.000], n = 8
    """
    held = check_share("specificity_at", "sensitivity", sensitivity)
    y, p = labels_and_scores("specificity_at", y, p)
    return _at(~y, -p, held, "sensitivity")


def _at(y, p, held: float, name: str) -> Estimate:
    """Return the sensitivity at a specificity; with y and p turned round it is the specificity at a sensitivity."""
    missing = one_kind_only(y if name == "specificity" else ~y)
    if missing:
        return undefined(missing, len(y))
    _, tp, fp = counts_at_thresholds(y, p)
    ill, healthy = int(y.sum()), int((~y).sum())

    def found(least: float) -> int:
        """Return how many of the ill are found at most with at least this specificity."""
        fine = (healthy - fp) / healthy >= least
        return int(tp[fine][-1]) if fine.any() else 0

    hits, e = found(held), Z95 * math.sqrt(held * (1 - held) / healthy)
    value, (low, high) = hits / ill, wilson_interval(hits, ill)
    stricter, milder = found(min(held + e, 1.0)) / ill, found(held - e) / ill
    low, high = value - math.hypot(value - low, value - stricter), value + math.hypot(high - value, milder - value)
    how = f"at {name} {held:g}; Wilson's interval, widened because the threshold is uncertain too"
    if held**healthy > 0.025:
        low, how = 0.0, f"{how}; {healthy} patients of one kind are too few for a lower end at {name} {held:g}"
    return Estimate(value, max(low, 0.0), min(high, 1.0), len(y), how=how)
