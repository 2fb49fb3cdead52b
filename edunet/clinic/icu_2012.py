"""The two scores of the PhysioNet/Computing in Cardiology Challenge 2012: who dies in intensive care?"""

import numpy as np

from edunet.clinic.confusion import counted
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.inputs import labels_and_probabilities
from edunet.preprocessing.given import generator

__all__ = ["event_1", "event_2"]

RESAMPLES = 2000


def event_1(y, p, *, threshold: float = 0.5, seed=0) -> Estimate:
    """Return the smaller of sensitivity and positive predictive value: deaths found, and alarms that are true.

        score = min(TP / (TP + FN), TP / (TP + FP))            0 worst, 1 best; 0 if nobody is called
    Args: y (N,), 1 died in hospital; p (N,), predictions, called if p ≥ threshold: 0 and 1 are predictions too; seed of
    the 2,000 resamples of patients for the interval. Undefined if nobody died. Raises ValueError as `confusion` does.
    The challenge's own figures on set-c, by 4,000 stays: best 0.5353, second 0.5345, tenth 0.4513, SAPS-I 0.3125.
    The usual misuse: choosing the threshold on the patients it is scored on; 0.5, at which a calibrated model with a
    seventh of deaths calls hardly anybody: about the share of deaths is nearer to the best.
    Source: Silva et al., Predicting in-hospital mortality of ICU patients (2012).

    >>> event_1([1, 1, 0, 0, 0, 0], [0.9, 0.2, 0.8, 0.6, 0.3, 0.1])
    0.333 [0.000 to 0.750], n = 6
    """
    table, rng = counted("event_1", y, p, threshold), generator("event_1", seed)
    how = f"called from {threshold:g} on; 2,000 resamples of patients, percentiles"
    if not table.tp + table.fn:
        return undefined("nobody died", table.n, how)
    counts = np.array(table)
    # resampling patients resamples these four counts
    drawn = rng.multinomial(table.n, counts / table.n, RESAMPLES)
    drawn = drawn[drawn[:, 0] + drawn[:, 2] > 0]
    low, high = np.percentile(_smaller(drawn), [2.5, 97.5])
    if low == high:  # resamples of patients of whom all, or none, are rightly called know of no others
        low, high, how = np.nan, np.nan, f"{how}; no interval, as they are all alike"
    return Estimate(_smaller(counts[np.newaxis])[0], low, high, table.n, how=how)


def _smaller(counts) -> np.ndarray:
    hits, wrong, missed, _ = counts.T
    return hits / np.maximum(hits + np.maximum(missed, wrong), 1)  # the smaller share has the larger rest


def event_2(y, p) -> Estimate:
    """Return the Hosmer-Lemeshow statistic over ten groups of rising risk, divided by the range of risk.

        H = Σ_g (O_g − E_g)² / (n p̄_g (1 − p̄_g) + 0.001)           O_g deaths, E_g = n p̄_g expected, p̄_g mean risk
        score = H / (p̄_10 − p̄_1), less is better                    in the ten groups of n = ⌊N/10⌋
    As in the challenge's code, the N mod 10 patients of the highest risk belong to no group, and equal risks keep the
    order in which they stand. Undefined for fewer than ten patients, and if the first and last group have one risk.
    Args: y (N,), 1 died in hospital; p (N,), the risk, 0 to 1. Raises ValueError for other values. No
    interval: H of resampled patients is larger than H.
    The challenge's own figures on set-c, by 4,000 stays: best 17.88, SAPS-I 68.58.
    The usual misuse: comparing it between sets of different size: H of a wrong model grows with N, so that few patients
    look well calibrated; taking it, or its p-value, as proof of calibration: look at the curve.
    Source: Silva et al., Predicting in-hospital mortality of ICU patients (2012), and `lemeshow.m`, version 1.4, there;
    Hosmer & Lemeshow, Applied logistic regression (2000).

    >>> p = np.linspace(0.05, 0.95, 20)
    >>> round(event_2(p > 0.5, p), 3)
    9.469
    """
    y, p = labels_and_probabilities("event_2", y, p)
    how = "Hosmer-Lemeshow over ten groups, by the range of risk; no interval, resamples would be larger"
    size = len(p) // 10
    if not size:
        return undefined("ten groups need ten patients", len(p), how)
    order = np.argsort(p, kind="stable")[: 10 * size]
    risk, died = p[order].reshape(10, size).mean(axis=1), y[order].reshape(10, size).sum(axis=1)
    if risk[-1] <= risk[0]:
        return undefined("the first and the last tenth have the same risk", len(p), how)
    h = np.sum((died - size * risk) ** 2 / (size * risk * (1 - risk) + 0.001))
    return Estimate(h / (risk[-1] - risk[0]), n=len(p), how=how)
