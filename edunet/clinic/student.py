"""Student's t: the mean of few patients is less sure than the normal distribution says."""

import math

import numpy as np

from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.preprocessing.splits_groups import numbered

__all__ = ["mean_estimate", "t95"]


def t95(df: int) -> float:
    """Return t with P(−t < T < t) = 0.95 for Student's T of `df` degrees of freedom, a whole number >= 1.

        P(|T| < t) = sin θ (1 + ½ cos²θ + (1·3)/(2·4) cos⁴θ + ...)                       df even, to cos^(df−2)
        P(|T| < t) = 2/π (θ + sin θ cos θ (1 + ⅔ cos²θ + (2·4)/(3·5) cos⁴θ + ...))       df odd, to cos^(df−3)
    with θ = arctan(t/√df); from 200 up the expansion around the normal distribution, which is then exact to 1e-9.
    Source: Abramowitz & Stegun, Handbook of mathematical functions (1964), 26.7.3, 26.7.4 and 26.7.5.

    >>> [round(t95(df), 3) for df in (1, 2, 10, 30, 1000)]
    [12.706, 4.303, 2.228, 2.042, 1.962]
    """
    z = Z95
    if df >= 200:
        first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
        third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
        return z + first / df + second / df**2 + third / df**3
    low, high = z, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, df) < 0.95 else (low, middle)
    return low


def _within(t: float, df: int) -> float:
    theta = math.atan(t / math.sqrt(df))
    sine, cosine = math.sin(theta), math.cos(theta)
    total, term = 0.0, 1.0
    for k in range(df // 2):
        total += term
        term *= cosine**2 * ((2 * k + 2) / (2 * k + 3) if df % 2 else (2 * k + 1) / (2 * k + 2))
    return 2 / math.pi * (theta + sine * cosine * total) if df % 2 else sine * total


def mean_estimate(values, how: str, bounds=(-math.inf, math.inf), groups=None) -> Estimate:
    """Return the mean of values (N,) with its interval x̄ ± t SE, cut at the bounds; none for one patient.

        SE² = Σ (x_i − x̄)² / (N (N − 1))                                  rows of N patients
        SE² = G/(G − 1) Σ_g (Σ_(i ∈ g) (x_i − x̄))² / N²                   rows of G patients, groups (N,)
    t has as many degrees of freedom as there are patients, less one; n is the number of patients.

    >>> mean_estimate(np.array([1.0, 2.0, 3.0]), "Student's t")
    2.000 [-0.484 to 4.484], n = 3
    """
    if not len(values):
        return undefined("nothing to average", 0, how)
    mean = float(np.mean(values))
    whose = np.arange(len(values)) if groups is None else numbered("groups", groups, len(values))[0]
    n = int(whose.max()) + 1
    how += " over patients" * (groups is not None)
    if n == 1:
        return Estimate(mean, n=1, how=how)
    error = math.sqrt(n / (n - 1) * float(np.sum(np.bincount(whose, values - mean) ** 2))) / len(values)
    half = t95(n - 1) * error
    return Estimate(mean, max(mean - half, bounds[0]), min(mean + half, bounds[1]), n, how=how)
