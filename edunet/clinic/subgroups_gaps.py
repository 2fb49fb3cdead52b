"""How far apart are the groups of patients that are furthest apart?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.clinic.proportion import wilson_interval

__all__ = ["Gap", "difference_interval", "gaps_of"]

MEASURES = ("TPR", "FPR", "PPV", "O/E")
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


def gaps_of(attribute: str, groups: list[tuple[str, dict[str, Estimate]]]) -> list[Gap]:
    """Return the largest differences in TPR, FPR, PPV and O/E between groups (name, {measure: estimate}).

        difference = a − b        a − b − √((a − l_a)² + (u_b − b)²)  to  a − b + √((u_a − a)² + (b − l_b)²)
    with the intervals (l, u) of both groups, made wide enough for all k (k − 1)/2 pairs of k groups together
    (Bonferroni): the largest of many differences is large by choice. Groups with fewer than ten patients to count are
    left out.
    Source: Newcombe, Interval estimation for the difference between independent proportions (1998), method 10; Donner &
    Zou, Closed-form confidence intervals for functions of the normal mean and standard deviation (2012), for O/E.
    """
    return [_gap(attribute, measure, [(name, found[measure]) for name, found in groups]) for measure in MEASURES]


def _gap(attribute: str, measure: str, rows: list[tuple[str, Estimate]]) -> Gap:
    kept = [(name, e) for name, e in rows if e.n >= FEW and not math.isnan(e.low)]
    left_out = tuple(name for name, e in rows if e.n < FEW or math.isnan(e.low))
    pairs = len(kept) * (len(kept) - 1) // 2
    if not pairs:
        reasons = {e.why for _, e in rows}
        why = reasons.pop() if len(reasons) == 1 and any(reasons) else f"fewer than two groups with {FEW} to count"
        return Gap(attribute, measure, "", "", undefined(why, sum(e.n for _, e in kept)), 0, left_out)
    z = NormalDist().inv_cdf(1 - 0.025 / pairs)
    found = [(float(e), *_wider(e, z, measure), name, e.n) for name, e in kept]
    a, b = max(found), min(found)
    low, high = difference_interval(a[:3], b[:3])
    how = f"largest of {pairs} differences; Newcombe's interval, for all of them together (Bonferroni)"
    return Gap(attribute, measure, a[3], b[3], Estimate(a[0] - b[0], low, high, a[4] + b[4], how=how), pairs, left_out)


def _wider(e: Estimate, z: float, measure: str) -> tuple[float, float]:
    """Return the interval of an estimate at z in the place of 1.96."""
    if measure != "O/E":
        # an end θ of (r − θ)² = z² θ (1 − θ)/n tells n: how many independent rows those of the patients are worth
        end = e.low if e.low < e else e.high
        n = Z95**2 * end * (1 - end) / (e - end) ** 2
        return wilson_interval(e * n, n, z)
    if e > 0:
        return e * (e.low / e) ** (z / Z95), e * (e.high / e) ** (z / Z95)
    return 0.0, e.high * (z / Z95) ** 2  # of none among n, the upper end is about z²/n


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
