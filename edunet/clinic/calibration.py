"""Does a predicted risk keep its promise? Of a hundred patients told 20 %, twenty should fall ill.

    observed_expected             O/E: how many fell ill for each that was predicted
    calibration_intercept         are the risks too high or too low on the whole?
    calibration_slope             are they too extreme (below 1) or too timid (above 1)?
    calibration_slope_intercept   the slope with the intercept that belongs to it
    calibration_curve             share of the ill in groups of patients of about the same risk
    expected_calibration_error    the mean distance of these groups from their promise
    spiegelhalter_z               a test

The smooth curve with ICI, E50 and E90 is in `calibration_smooth`. A model that ranks well (a high AUROC) may promise
badly: the rank does not change if all risks are halved.
Source: Van Calster et al., Calibration: the Achilles heel of predictive analytics, BMC Medicine 17 (2019) 230.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from edunet.clinic.calibration_groups import CalibrationCurve, calibration_curve, expected_calibration_error
from edunet.clinic.clustered import widened
from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.clinic.groups import numbers
from edunet.clinic.inputs import labels_and_probabilities
from edunet.clinic.kinds import one_kind_only
from edunet.clinic.logistic import fit_logistic, log_odds, overlap, sigmoid
from edunet.clinic.proportion import wilson_interval

__all__ = [
    "CalibrationCurve",
    "SlopeIntercept",
    "SpiegelhalterTest",
    "calibration_curve",
    "calibration_intercept",
    "calibration_slope",
    "calibration_slope_intercept",
    "expected_calibration_error",
    "observed_expected",
    "spiegelhalter_z",
]


class SlopeIntercept(NamedTuple):
    """Slope and intercept of logit P(y = 1) = intercept + slope · logit p."""

    slope: Estimate
    intercept: Estimate


class SpiegelhalterTest(NamedTuple):
    """Spiegelhalter's z, and the chance of a z as far from 0 if every prediction is the true risk."""

    z: Estimate
    p_value: float


def observed_expected(y, p, *, groups=None) -> Estimate:
    """Return O/E: how many patients fell ill for each one predicted. Above 1 the risks are too low.

        O/E = Σ y_i / Σ p_i
    Args: y (N,) 0 or 1; p (N,) probabilities; groups (N,), whose each row is, if patients have several. Interval: on
    the log scale, both sums vary together, s² = N/(N−1) Σ (y_i/Σy − p_i/Σp)²; where all had the same outcome Wilson's,
    of the share that fell ill, over the mean of p, as where every prediction came true.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1.
    The usual misuse: resting content with 1. It is 1 for every model that errs upwards for half of the patients and
    downwards for the others.
    Source: Debray et al., A guide to systematic review and meta-analysis of prediction models, BMJ 356 (2017) i6460.

    >>> observed_expected([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4])
    2.000 [0.978 to 4.091], n = 4
    """
    y, p = labels_and_probabilities("observed_expected", y, p)
    whose = numbers("observed_expected", groups, y.size)
    how = "patients who fell ill over the sum of the predictions"
    if not y.size or not p.any():
        return undefined("all predictions are 0" if y.size else "there is no patient", y.size, how)
    ratio = float(y.sum() / p.sum())
    pull = y / max(y.sum(), 1) - p / p.sum()
    if whose is not None:
        if not y.any():
            return Estimate(0.0, n=int(whose.max()) + 1, how=f"{how}; no interval, as nobody fell ill")
        return widened(ratio, pull, whose, how, log=True)
    error = math.sqrt(y.size / max(y.size - 1, 1) * float(pull @ pull))
    if y.any() and not y.all() and error > 1e-9:
        times = math.exp(Z95 * error)
        return Estimate(ratio, ratio / times, ratio * times, y.size, how=f"{how}; interval on the log scale")
    low, high = (end / float(p.mean()) for end in wilson_interval(int(y.sum()), y.size))
    how += "; Wilson's interval of the share, over the mean of them"
    return Estimate(ratio, low, high, y.size, how=how)


def calibration_intercept(y, p, *, groups=None) -> Estimate:
    """Return the calibration-in-the-large: by how much the log-odds are too low on the whole (0 is right).

        logit P(y = 1) = a + logit p          a fitted, the slope held at 1
    Args: y (N,) 0 or 1; p (N,) probabilities; those nearer to 0 or 1 than 1e-8 are moved to there and counted in
    `how`; groups (N,), whose each row is, if patients have several. Interval: a ± 1.96 / √Σ μ(1−μ), μ the risks after
    the correction; with groups by Liang & Zeger's variance. Undefined where all had the same outcome.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1.
    The usual misuse: taking the intercept beside a fitted slope for it. That one, of `calibration_slope_intercept`,
    says what happens at p = 0.5 and is no judgement on the whole.
    Source: Cox, Two further applications of a model for binary regression, Biometrika 45 (1958) 562-565; Steyerberg,
    Clinical Prediction Models (2nd edition, 2019), chapter 15.

    >>> calibration_intercept([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.5, 0.3, 0.6, 0.8]).text(2)
    '0.44 [-1.40 to 2.28]'
    """
    y, p = labels_and_probabilities("calibration_intercept", y, p)
    whose = numbers("calibration_intercept", groups, y.size)
    how = "logistic regression with the log-odds of the predictions as offset"
    if not y.any() or y.all():
        return undefined(one_kind_only(y), y.size, how)
    z, moved = log_odds(p)
    b, covariance = fit_logistic(np.ones((y.size, 1)), y, z)
    how = _sentences(how, moved)
    if whose is not None:
        return widened(float(b[0]), covariance[0, 0] * (y - sigmoid(z + b[0])), whose, how)
    return _normal(b[0], covariance[0, 0], y.size, how)


def calibration_slope(y, p, *, groups=None) -> Estimate:
    """Return by how much the log-odds must be stretched: below 1 the predictions are too extreme, as of overfitting.

    The slope of `calibration_slope_intercept`, where formula, arguments, errors and source are.
    The usual misuse: judging by the slope alone. It is 1 for a model that calls every risk twice too high on the odds.

    >>> calibration_slope([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.9]).text(2)
    '1.12 [-0.60 to 2.85]'
    """
    return _slope_intercept("calibration_slope", y, p, groups).slope


def calibration_slope_intercept(y, p, *, groups=None) -> SlopeIntercept:
    """Fit what the log-odds of the predictions should have been: slope 1 and intercept 0 for a model that keeps them.

        logit P(y = 1) = a + b · logit p          by Newton's method
    Args: y (N,) 0 or 1; p (N,) probabilities; those nearer to 0 or 1 than 1e-8 are moved to there and counted in
    `how`: with such predictions the slope hangs on that choice; groups (N,), whose each row is, if patients have
    several. Intervals: ± 1.96 standard errors, from the inverse of the information Xᵀ diag(μ(1−μ)) X; with groups by
    Liang & Zeger's variance. Both are undefined where all patients had the same outcome, where all
    predictions are the same, and where every ill patient has a higher (or every one a lower) prediction than the
    healthy: the most likely slope is then infinite.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1.
    The usual misuse: using the patients the model was trained on; a logistic regression has slope 1 there by
    construction.
    Source: Cox, Two further applications of a model for binary regression, Biometrika 45 (1958) 562-565; Miller, Hui &
    Tierney, Validation techniques for logistic regression models, Statistics in Medicine 10 (1991) 1213-1226.

    >>> fitted = calibration_slope_intercept([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.9])
    >>> fitted.slope.text(2), fitted.intercept.text(2)
    ('1.12 [-0.60 to 2.85]', '0.23 [-1.84 to 2.30]')
    """
    return _slope_intercept("calibration_slope_intercept", y, p, groups)


def spiegelhalter_z(y, p) -> SpiegelhalterTest:
    """Test whether the predictions can be the true risks, without any groups.

        z = Σ (y_i − p_i)(1 − 2p_i) / √Σ (1 − 2p_i)² p_i(1 − p_i)          normal if each p_i is the true risk
    Args: y (N,) 0 or 1; p (N,) probabilities. z above 0: the Brier score is larger than the
    predictions promise, Σ p(1−p)/n. Undefined where every prediction is 0, 0.5 or 1.
    Raises ValueError for other labels, NaN, probabilities outside 0 to 1.
    The usual misuse: taking a large p value for proof. With few patients nothing is found; with 100,000 a harmless
    deviation is.
    Source: Spiegelhalter, Probabilistic prediction in patient management and clinical trials, Statistics in Medicine 5
    (1986) 421-433.

    >>> test = spiegelhalter_z([0, 0, 1, 0, 1, 1], [0.1, 0.1, 0.1, 0.6, 0.7, 0.9])
    >>> round(float(test.z), 3), round(test.p_value, 3)
    (0.918, 0.359)
    """
    y, p = labels_and_probabilities("spiegelhalter_z", y, p)
    tilt = 1 - 2 * p
    spread = math.sqrt(float(np.sum(tilt**2 * p * (1 - p))))
    how = "Spiegelhalter's test: normal with mean 0 and variance 1 if each prediction is the true risk"
    if not spread:
        return SpiegelhalterTest(undefined("no prediction differs from 0, 0.5 and 1", y.size, how), math.nan)
    z = float(np.sum((y - p) * tilt)) / spread
    return SpiegelhalterTest(Estimate(z, n=y.size, how=how), 2 * NormalDist().cdf(-abs(z)))


# ---------------------------------------------------------------- how it is done


def _slope_intercept(what: str, y, p, groups) -> SlopeIntercept:
    y, p = labels_and_probabilities(what, y, p)
    whose = numbers(what, groups, y.size)
    how = "logistic regression on the log-odds of the predictions"
    z, moved = log_odds(p)
    why = _no_slope(y, z)
    if why:
        return SlopeIntercept(undefined(why, y.size, how), undefined(why, y.size, how))
    centre, scale = float(z.mean()), float(z.std())
    design = np.stack([np.ones(y.size), (z - centre) / scale], axis=1)
    b, covariance = fit_logistic(design, y)
    back = np.array([[1, -centre / scale], [0, 1 / scale]])  # to the scale of z itself
    how = _sentences(how, moved)
    if whose is not None:
        pull = (design * (y - sigmoid(design @ b))[:, None]) @ covariance @ back.T  # (N,2), of each row on b
        slope, intercept = (widened(float((back @ b)[i]), pull[:, i], whose, how) for i in (1, 0))
        return SlopeIntercept(slope, intercept)
    b, covariance = back @ b, back @ covariance @ back.T
    slope, intercept = (_normal(b[i], covariance[i, i], y.size, how) for i in (1, 0))
    return SlopeIntercept(slope, intercept)


def _no_slope(y, z) -> str:
    """Return why there is no finite slope, or ""."""
    if not y.any() or y.all():
        return one_kind_only(y)
    if z.min() == z.max():
        return "all predictions are the same"
    if not overlap(z, y):
        return "the predictions separate ill and healthy without overlap: the most likely slope is infinite"
    return ""


def _normal(value, variance, n: int, how: str) -> Estimate:
    half = Z95 * math.sqrt(variance)
    return Estimate(value, value - half, value + half, n, how=f"{how}; interval from the information")


def _sentences(how: str, moved: str) -> str:
    return f"{how}; {moved}" if moved else how
