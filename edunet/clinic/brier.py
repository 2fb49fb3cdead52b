"""The Brier score: how far probabilities are from what happened, and of what that distance is made.

brier_score     mean of (p − y)²
scaled_brier    the share of the distance that the model takes away from calling the prevalence for everybody
brier_parts     reliability, resolution, uncertainty
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edunet.clinic.calibration_groups import risk_groups, totals
from edunet.clinic.clustered import widened
from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.clinic.groups import numbers
from edunet.clinic.inputs import labels_and_probabilities
from edunet.clinic.kinds import one_kind_only

__all__ = ["BrierParts", "brier_parts", "brier_score", "scaled_brier"]

ALIKE = 1e-12  # what rounding makes of equal distances


def brier_score(y, p, *, groups=None) -> Estimate:
    """Mean squared distance between the predictions and what happened: 0 is perfect, 0.25 is "50 %" for everybody.

        Brier = 1/n Σ (p_i − y_i)²
    Args: y (N,) 0 or 1; p (N,) probabilities; groups (N,), whose each row is, if patients have several. Interval: the
    mean of n squared distances ± 1.96 standard errors; none where all patients are alike (all ill or all healthy, or
    all equally far off), for then there is no telling how far it would move.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1.
    The usual misuse: comparing two populations with it. At a prevalence of 2 % calling 2 % for everybody scores 0.0196,
    which looks excellent and finds nobody; `scaled_brier` of that is 0.
    `metrics.BrierScore` is the same number during training, also of several classes.
    Source: Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78 (1950) 1-3.

    >>> brier_score([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.143 [0.000 to 0.298], n = 4
    """
    y, p = labels_and_probabilities("brier_score", y, p)
    whose = numbers("brier_score", groups, y.size)
    how = "mean squared distance between prediction and outcome"
    if not y.size:
        return undefined("there is no patient", how=how)
    squares = (p - y) ** 2
    score = float(squares.mean())
    if y.all() or not y.any():
        return Estimate(score, n=y.size, how=f"{how}; no interval, as all patients had the same outcome")
    if np.ptp(squares) < ALIKE:
        return Estimate(score, n=y.size, how=f"{how}; no interval, as all predictions are equally far off")
    if whose is not None:
        found = widened(score, (squares - score) / y.size, whose, how)
        return Estimate(score, max(found.low, 0.0), min(found.high, 1.0), found.n, how=found.how)
    half = Z95 * math.sqrt(squares.var(ddof=1) / y.size)
    how += "; interval from its standard error"
    return Estimate(score, max(score - half, 0.0), min(score + half, 1.0), y.size, how=how)


def scaled_brier(y, p, *, groups=None) -> Estimate:
    """Share of the Brier score of "the prevalence for everybody" that the model takes away: 1 is perfect, 0 no use.

        scaled Brier = 1 − Brier / (π (1−π))          π = mean of y
    Args: y (N,) 0 or 1; p (N,) probabilities; groups (N,), whose each row is, if patients have several. It is negative
    for a model that is worse than the prevalence. Interval: by the delta method, Brier and π vary together; none where
    all predictions are equally far off. Undefined where all patients had the same outcome.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1.
    The usual misuse: reading it as R² of a treatment effect, or as the share of patients called right.
    Source: Steyerberg et al., Assessing the performance of prediction models, Epidemiology 21 (2010) 128-138.

    >>> scaled_brier([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8]).text(2)
    '0.43 [-0.19 to 1.00]'
    """
    y, p = labels_and_probabilities("scaled_brier", y, p)
    whose = numbers("scaled_brier", groups, y.size)
    how = "1 minus the Brier score over that of the prevalence for everybody"
    if not y.size or y.all() or not y.any():
        return undefined(one_kind_only(y), y.size, how)
    squares, share = (p - y) ** 2, float(y.mean())
    score, worst = float(squares.mean()), share * (1 - share)
    pull = (score - squares) / worst + score * (1 - 2 * share) / worst**2 * (y - share)  # of each patient on the value
    value = 1 - score / worst
    if np.ptp(squares) < ALIKE:
        return Estimate(value, n=y.size, how=f"{how}; no interval, as all predictions are equally far off")
    if whose is not None:
        return widened(value, pull / y.size, whose, how)
    half = Z95 * math.sqrt(pull.var(ddof=1) / y.size)
    how += "; interval by the delta method"
    return Estimate(value, value - half, min(value + half, 1.0), y.size, how=how)


@dataclass(frozen=True)
class BrierParts:
    """What a Brier score is made of; see `brier_parts`."""

    reliability: float
    resolution: float
    uncertainty: float
    within_variance: float
    within_covariance: float
    groups: int
    n: int

    @property
    def score(self) -> float:
        """The Brier score: the sum of the parts with their signs."""
        spread = self.within_variance - self.within_covariance
        return self.reliability - self.resolution + self.uncertainty + spread


def brier_parts(y, p, bins: int | None = None) -> BrierParts:
    """Take the Brier score apart: how wrong the predictions are, how well they sort, how hard the question is.

        Brier = reliability − resolution + uncertainty + within_variance − within_covariance
        reliability        Σ_k n_k/n (p̄_k − ȳ_k)²        0: of those told 20 %, 20 % fall ill
        resolution         Σ_k n_k/n (ȳ_k − ȳ)²          large: the groups differ in what happens to them
        uncertainty        ȳ (1 − ȳ)                     of the question, not of the model
        within_variance    1/n Σ_k Σ_i (p_ki − p̄_k)²                    both 0 where the patients of a group
        within_covariance  2/n Σ_k Σ_i (y_ki − ȳ_k)(p_ki − p̄_k)         all have the same p
    Args: y (N,) 0 or 1; p (N,) probabilities; bins, None for a group k of each distinct p (right for a score with a
    few values), or the number of groups of about equal size, equal p together, as in `calibration_curve`.
    The sum is exact in every case: without the last two parts, as most texts write it, it is not with bins.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1, no patients, bins below 1.
    The usual misuse: bins=None for predictions that are all different. Each patient is then a group of one, the
    reliability is the Brier score itself, and the resolution the whole uncertainty.
    Source: Murphy, A new vector partition of the probability score (1973); Stephenson, Coelho & Jolliffe, Two extra
    components in the Brier score decomposition, Weather and Forecasting 23 (2008) 752-757.

    >>> parts = brier_parts([0, 0, 0, 1, 1, 1], [0.2, 0.2, 0.2, 0.2, 0.8, 0.8])
    >>> round(parts.reliability, 4), round(parts.resolution, 4), parts.uncertainty, round(parts.score, 4)
    (0.015, 0.125, 0.25, 0.14)
    """
    y, p = labels_and_probabilities("brier_parts", y, p)
    if not y.size:
        raise ValueError("brier_parts: there is no patient. Received y and p of length 0.")
    if bins is None:
        place = np.unique(p, return_inverse=True)[1].reshape(-1)
    else:
        place = risk_groups("brier_parts", p, bins, "quantile")
    n, ill, said = totals(place, y, p)
    share = float(y.mean())
    off_y, off_p = y - (ill / n)[place], p - (said / n)[place]
    return BrierParts(
        reliability=float(np.sum(n * ((said - ill) / n) ** 2) / y.size),
        resolution=float(np.sum(n * (ill / n - share) ** 2) / y.size),
        uncertainty=share * (1 - share),
        within_variance=float(np.mean(off_p**2)),
        within_covariance=float(2 * np.mean(off_y * off_p)),
        groups=len(n),
        n=y.size,
    )
