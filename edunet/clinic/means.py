"""The mean over patients, with Student's interval: few patients are less sure than the normal distribution says."""

import math

import numpy as np

from edunet.clinic.clustered import clustered_error
from edunet.clinic.estimate import Estimate, undefined
from edunet.preprocessing.splits_groups import numbered
from edunet.preprocessing.student import student_quantile

__all__ = ["mean_estimate"]


def mean_estimate(values, how: str, bounds=(-math.inf, math.inf), groups=None) -> Estimate:
    """Return the mean of values (N,) with its interval x̄ ± t SE, cut at the bounds.

        SE² = Σ (x_i − x̄)² / (N (N − 1))                                  rows of N patients
        SE² = G/(G − 1) Σ_g (Σ_(i ∈ g) (x_i − x̄))² / N²                   rows of G patients, groups (N,)
    t has as many degrees of freedom as there are patients, less one; n is the number of patients.
    No interval of one patient, nor where all values are alike: they know of no others.

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
    if np.ptp(values) <= 1e-12 * abs(mean):
        return Estimate(mean, n=n, how=f"{how}; no interval, as all are alike")
    half = student_quantile(0.975, n - 1) * clustered_error((values - mean) / len(values), whose)
    return Estimate(mean, max(mean - half, bounds[0]), min(mean + half, bounds[1]), n, how=how)
