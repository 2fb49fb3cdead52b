"""How far apart are the groups of patients that are furthest apart?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from edunet.clinic.confusion import Confusion
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.proportion import wilson_interval

__all__ = ["Gap", "difference_interval", "gaps_of"]

FEW = 10  # a share of fewer patients would be the largest, or the smallest, by chance


@dataclass(frozen=True, repr=False)
class Gap:
    """The largest difference of a measure between two groups of an attribute.

    measure, "TPR", "FPR", "PPV" or "O/E"; highest and lowest, the names of the groups; difference, an `Estimate`;
    comparisons, pairs of groups it is the largest of; left_out, groups that are too small, or have no value.
    """

    attribute: str
    measure: str
    highest: str
    lowest: str
    difference: Estimate
    comparisons: int
    left_out: tuple[str, ...]

    def __str__(self):
        name = f"{self.attribute}, gap in {self.measure}".removeprefix(", ")
        between = f" ({self.highest} over {self.lowest})" if self.highest else ""
        out = f"; without {', '.join(self.left_out)}" if self.left_out else ""
        return f"{name}: {self.difference.text(2)}{between}{out}"

    __repr__ = __str__


def gaps_of(attribute: str, groups: list[tuple[str, Confusion, float]]) -> list[Gap]:
    """Return the largest differences in TPR, FPR, PPV and O/E between groups (name, counts, Σ p).

        difference = a − b        a − b − √((a − l_a)² + (u_b − b)²)  to  a − b + √((u_a − a)² + (b − l_b)²)
    with the Wilson intervals (l, u) of both groups, wide enough for all k (k − 1)/2 pairs of k groups together
    (Bonferroni): the largest of many differences is large by choice. Shares of fewer than ten patients are left out.
    Source: Newcombe, Interval estimation for the difference between independent proportions (1998), method 10; Donner &
    Zou, Closed-form confidence intervals for functions of the normal mean and standard deviation (2012), for O/E.
    """
    shares: dict[str, list] = {"TPR": [], "FPR": [], "PPV": [], "O/E": []}
    for name, (tp, fp, fn, tn), expected in groups:
        shares["TPR"].append((name, tp, tp + fn, 1.0))
        shares["FPR"].append((name, fp, fp + tn, 1.0))
        shares["PPV"].append((name, tp, tp + fp, 1.0))
        n = tp + fp + fn + tn if expected else 0
        shares["O/E"].append((name, tp + fn, n, expected / n if n else 1.0))
    return [_gap(attribute, measure, rows) for measure, rows in shares.items()]


def _gap(attribute: str, measure: str, rows: list) -> Gap:
    kept = [row for row in rows if row[2] >= FEW]
    left_out = tuple(row[0] for row in rows if row[2] < FEW)
    pairs = len(kept) * (len(kept) - 1) // 2
    if not pairs:
        why = f"fewer than two groups with {FEW} patients to count"
        return Gap(attribute, measure, "", "", undefined(why, sum(row[2] for row in kept)), 0, left_out)
    z = NormalDist().inv_cdf(1 - 0.025 / pairs)
    found = []
    for name, hits, n, risk in kept:  # risk, the mean prediction, turns a share into O/E
        low, high = wilson_interval(hits, n, z)
        found.append((hits / n / risk, low / risk, high / risk, name, n))
    a, b = max(found), min(found)
    low, high = difference_interval(a[:3], b[:3])
    how = f"largest of {pairs} differences; Newcombe's interval, for all of them together (Bonferroni)"
    return Gap(attribute, measure, a[3], b[3], Estimate(a[0] - b[0], low, high, a[4] + b[4], how=how), pairs, left_out)


def difference_interval(a, b) -> tuple[float, float]:
    """Return the interval of a − b of two independent estimates (value, low, high).

    >>> a, b = (56 / 70, *wilson_interval(56, 70)), (48 / 80, *wilson_interval(48, 80))
    >>> [round(end, 4) for end in difference_interval(a, b)]
    [0.0524, 0.3339]
    """
    (value_a, low_a, high_a), (value_b, low_b, high_b) = a, b
    difference = value_a - value_b
    below = math.hypot(value_a - low_a, high_b - value_b)
    above = math.hypot(high_a - value_a, value_b - low_b)
    return difference - below, difference + above
