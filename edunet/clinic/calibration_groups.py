"""Calibration in groups of patients of about the same predicted risk."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from edunet.clinic.clustered import clustered_share
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.groups import numbers
from edunet.clinic.inputs import labels_and_probabilities
from edunet.clinic.proportion import wilson_interval

__all__ = ["CalibrationCurve", "calibration_curve", "expected_calibration_error", "risk_groups", "totals"]

STRATEGIES = ("quantile", "uniform")


class CalibrationCurve(NamedTuple):
    """One entry for each group of patients that is not empty, the lowest risks first."""

    share: np.ndarray  # of the group that fell ill
    predicted: np.ndarray  # mean prediction of the group
    n: np.ndarray  # rows in the group: patients, unless they have several
    low: np.ndarray  # Wilson's interval of the share
    high: np.ndarray


def calibration_curve(y, p, bins: int = 10, strategy: str = "quantile", *, groups=None) -> CalibrationCurve:
    """Compare prediction and outcome in groups of patients of about the same risk.

        share_k = ȳ of group k          predicted_k = p̄ of group k          groups that are empty are left out
    Args: y (N,) 0 or 1; p (N,) probabilities; bins, the number of groups; strategy, "quantile" for groups of about
    equally many patients (equal p stay together, so that there may be fewer groups), "uniform" for groups of equal
    width, of which the last ones may hold three patients: look at n; groups (N,), whose each row is, if patients have
    several. low and high: Wilson's interval of the share, of so many patients; nan where all rows are of one.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, bins below 1, another strategy.
    The usual misuse: a verdict from ten groups of ten patients, or from a Hosmer-Lemeshow test on them: with few
    patients it passes every model, with many none.
    Source: Niculescu-Mizil & Caruana, Predicting good probabilities with supervised learning (2005).

    >>> curve = calibration_curve([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.9], bins=2)
    >>> curve.share.round(2), curve.predicted.round(2), curve.n
    (array([0.33, 0.67]), array([0.2 , 0.73]), array([3, 3]))
    """
    y, p = labels_and_probabilities("calibration_curve", y, p)
    place = risk_groups("calibration_curve", p, bins, strategy)
    whose = numbers("calibration_curve", groups, y.size)
    n, ill, said = totals(place, y, p)
    if whose is None:
        ends = [wilson_interval(int(hits), int(size)) for hits, size in zip(ill, n, strict=True)]
    else:
        ends = [clustered_share(y, place == k, whose, "nobody").interval for k in range(len(n))]
    low, high = np.array(ends).reshape(-1, 2).T
    return CalibrationCurve(ill / n, said / n, n, low, high)


def expected_calibration_error(y, p, bins: int = 10) -> Estimate:
    """Mean distance between promised and true shares, over groups of equally many patients.

        ECE = Σ_k n_k/n |ȳ_k − p̄_k|
    Args: y (N,) 0 or 1; p (N,) probabilities; bins, M, the number of groups as in `calibration_curve`. No interval: a
    distance is never below 0, so that chance alone keeps it above, the more so with few patients and many groups.
    `how` says what a perfect model would get from as many patients, √(2/π) Σ_k √(Σ p(1−p)) / n.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, bins below 1.
    The usual misuse: comparing it between test sets of different size, or with other M; `metrics.CalibrationError` has
    groups of equal width, and another value. Rows of one patient: chance then gives more than `how` says.
    Source: Naeini, Cooper & Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning (2015); Nguyen
    & O'Connor, Posterior calibration and exploratory analysis for NLP models (2015), for equal numbers in the groups.

    >>> error = expected_calibration_error([0, 1, 0, 1], [0.1, 0.3, 0.6, 0.8], bins=2)
    >>> error, error.how
    (0.250, n = 4, '2 groups of about equally many patients; chance alone gives a perfect model about 0.24')
    """
    y, p = labels_and_probabilities("expected_calibration_error", y, p)
    place = risk_groups("expected_calibration_error", p, bins, "quantile")
    if not y.size:
        return undefined("there is no patient", how=f"{bins} groups of about equally many patients")
    n, ill, said = totals(place, y, p)
    chance = math.sqrt(2 / math.pi) * float(np.sqrt(np.bincount(place, weights=p * (1 - p))).sum()) / y.size
    how = f"{len(n)} groups of about equally many patients; chance alone gives a perfect model about {chance:.2g}"
    return Estimate(np.abs(ill - said).sum() / y.size, n=y.size, how=how)


def risk_groups(what: str, p, bins: int, strategy: str) -> np.ndarray:
    """Return the number of each patient's group (N,), from 0, empty groups left out.

    quantile: about equally many patients in each, those with the same p together; uniform: equally wide.
    Raises ValueError for bins below 1 or another strategy.
    """
    if isinstance(bins, bool) or not isinstance(bins, (int, np.integer)) or bins < 1:
        raise ValueError(f"{what}: bins is a whole number >= 1. Received: {bins!r}")
    if strategy not in STRATEGIES:
        raise ValueError(f"{what}: strategy is one of {', '.join(map(repr, STRATEGIES))}. Received: {strategy!r}")
    if not p.size:
        return np.zeros(0, np.intp)
    shares = np.linspace(0, 1, int(bins) + 1)
    edges = np.percentile(p, shares * 100) if strategy == "quantile" else shares
    return np.unique(np.searchsorted(edges[1:-1], p), return_inverse=True)[1].reshape(-1)


def totals(place, y, p) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of each group the number of patients, of the ill among them, and the sum of their predictions."""
    return np.bincount(place), np.bincount(place, weights=y), np.bincount(place, weights=p)
