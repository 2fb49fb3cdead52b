"""Where more or fewer are ill than where the model learnt: its chances moved to the other prevalence."""

from __future__ import annotations

import math

import numpy as np

from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.inputs import labels_and_probabilities
from edunet.clinic.shares import check_prevalence
from edunet.metrics.labels import check_probabilities

__all__ = ["estimate_prior", "shift_prior"]

HALF_CHI2 = 1.920729410347062  # half the 95 % point of χ² with one degree of freedom
TOO_FAR = 3.29  # standard errors: 1 calibrated model of 1,000 is so far off by chance


def shift_prior(p, old: float, new: float) -> np.ndarray:
    """Return predicted chances as they would be where another share of the patients is ill.

        logit p' = logit p + logit π' − logit π
    If only the number of the ill differs and the ill are as ill there as here, this is Bayes' theorem: the order of the
    patients, and with it the AUC, stays; only the chances move.

    Args: p (...), chances between 0 and 1; old, π, the prevalence where the model learnt (after any resampling); new,
    π', where it is used. Returns p' of the same shape in float64; 0 stays 0, and 1 stays 1.
    Raises ValueError for chances or prevalences that are none.
    The usual misuse: to train on as many ill as healthy patients and to show the chances as they are: where 2 in 100
    are ill, 0.5 means 0.02. The second: to correct where also the kind of patients differs; look at the calibration.
    Source: Elkan, The foundations of cost-sensitive learning (2001), theorem 2.

    >>> shift_prior([0.0, 0.5, 0.9, 1.0], old=0.5, new=0.02).round(3)
    array([0.   , 0.02 , 0.155, 1.   ])
    """
    old, new = check_prevalence("shift_prior", "old", old), check_prevalence("shift_prior", "new", new)
    p = _chances("shift_prior", p)
    ill, healthy = p * (new / old), (1 - p) * ((1 - new) / (1 - old))
    return ill / (ill + healthy)


def estimate_prior(p, old: float, *, validation=None) -> Estimate:
    """Estimate how many are ill in new patients without any diagnosis: from what a calibrated model says of them.

        repeat   p'_i = shift_prior(p_i, π, π')        π' = mean p'_i        until π' stays (EM)
    This climbs to the largest likelihood of π'. Here the same place is found by halving, as EM dawdles near 0 and 1:
    mean p' − π' is positive below it and negative above. The interval holds all π' whose log likelihood
    Σ log(π'/π · p_i + (1−π')/(1−π) · (1−p_i)) is at most 1.92 below the largest.

    Args: p (N,), chances that the model gives to new patients; old, π, the prevalence where it learnt; validation,
    (y, p) of patients from there whom it has not seen: if their chances are not calibrated, nothing is estimated.
    Returns an Estimate; its interval takes the model for right and knows of the N patients only. Raises ValueError for
    chances or a prevalence that are none; and for chances of the validation patients that are off: as a whole (mean
    p − y), or too sure or not sure enough (Spiegelhalter's z), by more than 3.29 standard errors.
    The usual misuse: to do so with a model that is too sure of itself, as networks are: it finds too many ill or too
    few. Calibrate first. And it sees only that *more* are ill: if they are ill otherwise, it is wrong.
    Sources: Saerens, Latinne & Decaestecker, Adjusting the outputs of a classifier to new a priori probabilities,
    Neural Computation 14 (2002); Spiegelhalter, Probabilistic prediction in patient management (1986).

    >>> estimate_prior([0.1, 0.1, 0.2, 0.2, 0.3, 0.6, 0.8, 0.9], old=0.5)
    0.252 [0.000 to 0.782], n = 8
    """
    old = check_prevalence("estimate_prior", "old", old)
    p = _chances("estimate_prior", p).reshape(-1)
    if validation is not None:
        _refuse_uncalibrated(validation)
    if not len(p):
        return undefined("there are no patients")
    ill, healthy = p / old, (1 - p) / (1 - old)

    def climbs(prior: float) -> bool:
        return bool(np.mean(prior * ill / (prior * ill + (1 - prior) * healthy)) > prior)

    def likely(prior: float) -> float:
        return float(np.sum(np.log(prior * ill + (1 - prior) * healthy)))

    if np.array_equal(ill, healthy):
        return Estimate(old, 0.0, 1.0, len(p), how="all chances are the prevalence: the patients tell nothing")
    best = _halved(0.0, 1.0, climbs)
    bar = likely(best) - HALF_CHI2
    low = _halved(0.0, best, lambda prior: likely(prior) < bar)
    high = _halved(best, 1.0, lambda prior: likely(prior) > bar)
    return Estimate(best, low, high, len(p), how="EM of Saerens; likelihood interval, taking the model for calibrated")


def _halved(low: float, high: float, below) -> float:
    """Return the place between low and high where `below` turns from true to false."""
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


def _refuse_uncalibrated(validation) -> None:
    if not isinstance(validation, (tuple, list)) or len(validation) != 2:
        raise TypeError(
            f"estimate_prior: validation is a pair (y, p), labels and chances. Received: {type(validation).__name__}"
        )
    y, p = labels_and_probabilities("estimate_prior: validation", *validation)
    spread = p * (1 - p)
    for off, variance, fault in (
        (p - y, spread, "as a whole"),
        ((y - p) * (1 - 2 * p), (1 - 2 * p) ** 2 * spread, "too sure, or not sure enough"),
    ):
        error = math.sqrt(variance.sum())
        if abs(off.sum()) > TOO_FAR * error:
            raise ValueError(
                f"estimate_prior: the chances are not calibrated ({fault}): {y.sum()} of {len(y)} validation patients "
                f"are ill, the model expects {p.sum():.1f}. Calibrate it first, on these patients, then come back."
            )


def _chances(what: str, p) -> np.ndarray:
    p = np.asarray(p)
    check_probabilities(what, p)
    return p.astype(np.float64)
