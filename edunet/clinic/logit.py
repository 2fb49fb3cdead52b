"""The logit scale, on which shares have no ends to run against."""

from __future__ import annotations

import math

from edunet.clinic.estimate import Z95

__all__ = ["expit", "logit", "logit_interval"]


def logit(p: float) -> float:
    """Return log(p / (1 − p)), which is ∓∞ at 0 and 1.

    >>> round(logit(0.9), 3), logit(1.0)
    (2.197, inf)
    """
    if p in (0, 1):
        return math.copysign(math.inf, p - 0.5)
    return math.log(p) - math.log1p(-p)


def expit(x: float) -> float:
    """Return 1 / (1 + e⁻ˣ), the way back from the logit.

    >>> round(expit(2.197), 3), expit(-1000.0)
    (0.9, 0.0)
    """
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


def logit_interval(share: float, error: float) -> tuple[float, float]:
    """Return the 95 % interval of a share between 0 and 1 with this standard error: it never leaves 0 to 1.

        logit p ± 1.96 · error / (p(1−p))
    >>> [round(end, 3) for end in logit_interval(0.9, 0.03)]
    [0.824, 0.945]
    """
    half = Z95 * error / (share * (1 - share))
    return expit(logit(share) - half), expit(logit(share) + half)
