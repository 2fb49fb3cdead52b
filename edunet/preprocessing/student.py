"""How far to go on each side of an estimate: quantiles of Student's t distribution, without SciPy.

    P(T > t) = ½ I_x(ν/2, ½),  x = ν/(ν + t²)      ν degrees of freedom, t >= 0, I the incomplete beta function
    I_x(a,b) = x^a (1-x)^b / (a B(a,b)) · 1/(1 + d₁/(1 + d₂/(1 + ...)))
    d_2m = m(b-m)x / ((a+2m-1)(a+2m)),    d_2m+1 = -(a+m)(a+b+m)x / ((a+2m)(a+2m+1))
    I_x(a,b) = 1 - I_1-x(b,a)                      whichever of the two fractions converges fast

The quantile is found by halving: no derivative, no start value to be afraid of.
Source: NIST Digital Library of Mathematical Functions, 8.17(v), dlmf.nist.gov; Abramowitz & Stegun 26.7.5 for ν > 10⁵.
"""

from __future__ import annotations

import math
from statistics import NormalDist

__all__ = ["student_quantile", "student_tail"]

LARGE = 1e5  # from here on the next term of the series in 1/ν is below 1e-12


def student_quantile(p: float, df: float) -> float:
    """Return the t below which Student's distribution has the share p: 2.776 for p = 0.975 and df = 4.

    Args: p, between 0 and 1; df, degrees of freedom, > 0; infinitely many give the normal distribution.
    Raises ValueError for others. The usual misuse: p = 0.95 for a 95 % interval, which leaves out 5 % on each side.
    Source: Student (W. S. Gosset), The probable error of a mean, Biometrika 6 (1908) 1-25.

    >>> round(student_quantile(0.975, 4), 6), round(student_quantile(0.975, math.inf), 6)
    (2.776445, 1.959964)
    """
    if not 0 < p < 1:
        raise ValueError(f"student_quantile: p lies between 0 and 1: 0.975 for 95 %. Received: {p!r:.40}.")
    if not df > 0:
        raise ValueError(f"student_quantile: degrees of freedom are > 0. Received: {df!r:.40}.")
    if p == 0.5:
        return 0.0
    if p < 0.5:
        return -_quantile_above(p, df)
    return _quantile_above(1 - p, df)


def _quantile_above(q: float, df: float) -> float:
    """Return the t > 0 above which the share q < ½ lies."""
    if df > LARGE:
        z = -NormalDist().inv_cdf(q)
        return z + (z**3 + z) / (4 * df) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * df**2)
    low, high = 0.0, 1.0
    while student_tail(high, df) > q:
        low, high = high, 2 * high
        if high > 1e150:
            return math.inf  # so few degrees of freedom that the interval holds everything
    for _ in range(200):
        t = (low + high) / 2
        if t in (low, high):
            break
        low, high = (t, high) if student_tail(t, df) > q else (low, t)
    return (low + high) / 2


def student_tail(t: float, df: float) -> float:
    """Return P(T > t) for t >= 0: ½ at 0.

    >>> round(student_tail(2.776445, 4), 6)
    0.025
    """
    u = t * t / df
    if u == 0:
        return 0.5
    log_x, log_rest = -math.log1p(u), math.log(u) - math.log1p(u)
    a, b = df / 2, 0.5
    front = math.exp(a * log_x + b * log_rest - _log_beta_half(a))  # x^a (1-x)^b / B(a,b)
    if 1 / (1 + u) < (a + 1) / (a + b + 2):
        return front * _fraction(a, b, 1 / (1 + u)) / (2 * a)
    return 0.5 - front * _fraction(b, a, u / (1 + u)) / (2 * b)


def _log_beta_half(a: float) -> float:
    """Return ln B(a, ½); for large a by a series, where the difference of two large lgamma would lose digits."""
    if a < 20:
        return math.lgamma(a) - math.lgamma(a + 0.5) + math.lgamma(0.5)
    rise = 0.5 * math.log(a) - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5) + 17 / (14336 * a**7)
    return 0.5 * math.log(math.pi) - rise


def _fraction(a: float, b: float, x: float) -> float:
    """Return 1/(1 + d₁/(1 + d₂/(1 + ...))) by the method of Lentz, front to back."""
    tiny = 1e-300
    value, above, below = 1.0, 1.0, 0.0
    for j in range(1, 10_000):
        m = j // 2
        if j % 2:
            d = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            d = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        below = 1 / (1 + d * below or tiny)
        above = 1 + d / above or tiny
        value *= above * below
        if abs(above * below - 1) < 1e-16:
            break
    return 1 / value
