"""Shares of patients, and how far they can be trusted."""

import math

__all__ = ["wilson_interval"]


def wilson_interval(hits: float, n: float, z: float = 1.959963984540054) -> tuple[float, float]:
    """Return the interval in which the true share lies, given `hits` out of n.

        centre ± half = (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)          p = hits/n
    Args: hits, n, counts of patients; z, 1.96 for 95 %. Unlike p ± z√(p(1−p)/n) it never leaves 0 to 1 and does not
    shrink to nothing at p = 0 or 1. Raises ValueError unless 0 <= hits <= n and n >= 1.
    The usual misuse: to count rows where patients have several: `sensitivity(y, p, groups=...)` counts patients.
    Source: Wilson, Probable inference, the law of succession, and statistical inference (1927).

    >>> [round(end, 3) for end in wilson_interval(95, 100)]
    [0.888, 0.978]
    """
    if not (n >= 1 and 0 <= hits <= n):
        raise ValueError(f"wilson_interval: expected 0 <= hits <= n and n >= 1. Received hits={hits}, n={n}.")
    p = hits / n
    centre = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return 0.0 if hits == 0 else low, 1.0 if hits == n else high  # without what rounding adds at an end
