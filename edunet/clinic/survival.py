"""How long until the event, when some patients were not watched until then: the Kaplan-Meier curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.clinic.inputs import labels
from edunet.clinic.proportion import wilson_interval
from edunet.metrics.labels import check_answers

__all__ = ["SurvivalCurve", "censoring_curve", "kaplan_meier", "one_horizon", "one_per_patient", "times_and_events"]

HOW = "Kaplan-Meier, Greenwood's variance, interval on the log-log scale"


@dataclass(frozen=True, repr=False)
class SurvivalCurve:
    """A Kaplan-Meier curve: steps down at the times at which something happened, flat between.

    Attributes, each (K,), for the K different times: times; survival, low, high, S(t) with its 95 % interval; at_risk,
    patients watched until just before t; events, those who had the event at t. And n, patients; median, an `Estimate`.
    """

    times: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray
    at_risk: np.ndarray
    events: np.ndarray
    n: int
    median: Estimate

    def at(self, t: float) -> Estimate:
        """Return S(t), the share still without the event after time t.

        >>> kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1]).at(2.5)
        0.500 [0.058 to 0.845], n = 4
        """
        t = one_horizon("SurvivalCurve.at", t)
        place = int(np.searchsorted(self.times, t, side="right")) - 1
        if place < 0:
            return Estimate(1.0, wilson_interval(self.n, self.n)[0], 1.0, self.n, how=HOW)
        if t > self.times[-1] and self.survival[-1] > 0:
            return undefined(f"nobody was watched beyond {self.times[-1]:g}", self.n, HOW)
        return Estimate(self.survival[place], self.low[place], self.high[place], self.n, how=HOW)

    def steps(self, t) -> np.ndarray:
        """Return S at many times t of any shape, without intervals; the curve stays level after its last time."""
        return np.concatenate([[1.0], self.survival])[np.searchsorted(self.times, t, side="right")]

    def number_at_risk(self, t) -> np.ndarray:
        """Return how many patients were still watched, and without the event, just before each time t.

        >>> kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1]).number_at_risk([0, 2, 3.5, 9]).tolist()
        [4, 3, 1, 0]
        """
        return np.concatenate([self.at_risk, [0]])[np.searchsorted(self.times, t, side="left")]

    def __str__(self):
        return f"{int(self.events.sum()):,} events among {self.n:,} patients; median {self.median.text()}"

    __repr__ = __str__


def kaplan_meier(time, event) -> SurvivalCurve:
    """Return the share of patients still without the event after each time.

        S(t) = Π_(t_k ≤ t) (1 − d_k/n_k)                        n_k at risk just before t_k, d_k of them have the event
        low, high = S^exp(±1.96 √v),  v = Σ_(t_k ≤ t) d_k / (n_k (n_k − d_k)) / (ln S)²        Greenwood, log-log
        median = the first t with S(t) ≤ ½; its interval, the first t at which low, and high, are ≤ ½
    Who drops out at a time at which others have the event was still at risk then. While nobody has had it, the interval
    is Wilson's for as many as are watched (many programs print 1 to 1); once S is 0 there is none (nan).
    Args: time (N,), from the start until the event or until the patient was seen last, in any unit, >= 0; event (N,),
    1 had the event, 0 was censored. Raises ValueError for negative or missing times and other events.
    The usual misuse: leaving the censored out, or counting them as healthy: the first makes everybody die early, the
    second nobody. The method also needs dropping out to be unrelated to the coming event: patients who leave because
    they are worse make every curve too good. Another cause of death that rules the event out is not censoring: 1 − S
    then overstates the risk.
    Source: Kaplan & Meier, Nonparametric estimation from incomplete observations (1958); Kalbfleisch & Prentice, The
    statistical analysis of failure time data (1980), on log-log; Brookmeyer & Crowley, A confidence interval for the
    median survival time (1982).

    >>> curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1])
    >>> curve.times, curve.survival
    (array([1., 2., 3., 4.]), array([0.75, 0.5 , 0.5 , 0.  ]))
    >>> curve.median
    2.000 [1.000 to inf], n = 4
    """
    time, event = times_and_events("kaplan_meier", time, event)
    times, place = np.unique(time, return_inverse=True)
    happened = np.bincount(place, weights=event, minlength=len(times)).astype(int)
    at_risk = len(time) - np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(times)))[:-1]])
    survival = np.cumprod(1 - happened / at_risk)
    low, high = _log_log(survival, happened, at_risk)
    median = _median(times, survival, low, high, len(time))
    return SurvivalCurve(times, survival, low, high, at_risk, happened, len(time), median)


def _log_log(survival, d, n):
    left = n - d
    greenwood = np.cumsum(np.divide(d, n * left, out=np.zeros(len(d)), where=left > 0))
    inside = (survival > 0) & (survival < 1)
    s = np.where(inside, survival, 0.5)
    power = np.exp(Z95 * np.sqrt(greenwood) / -np.log(s))
    low, high = s**power, s ** (1 / power)
    all_there, nobody = survival == 1, np.where(survival > 0, 1.0, np.nan)
    low = np.where(inside, low, np.where(all_there, n / (n + Z95**2), nobody))  # Wilson's for n of n
    return low, np.where(inside, high, nobody)


def _median(times, survival, low, high, n) -> Estimate:
    def first(curve):
        below = curve <= 0.5 + 1e-12
        return float(times[below.argmax()]) if below.any() else math.inf

    middle = first(survival)
    how = "the first time at which the Kaplan-Meier curve, and the ends of its log-log interval, are at one half"
    if math.isinf(middle):
        return undefined(f"more than half are still without the event at {times[-1]:g}, the last time", n, how)
    earliest = first(np.where(np.isnan(low), 0.0, low))
    return Estimate(middle, earliest, first(high), n, how=how)


def censoring_curve(time, event) -> SurvivalCurve:
    """Return the Kaplan-Meier curve G of being watched: the censored are the events.

        G(t) = Π_(t_k ≤ t) (1 − c_k / (n_k − d_k))            c_k censored at t_k, after the d_k events at that time
    Source: Graf et al. (1999); the weights 1/G of `brier_at` and `auc_at`.

    >>> censoring_curve([1, 2, 3, 4], [1, 0, 0, 1]).survival.round(3)
    array([1.   , 0.667, 0.333, 0.333])
    """
    time, event = times_and_events("censoring_curve", time, event)
    times, place = np.unique(time, return_inverse=True)
    lost = np.bincount(place, weights=~event, minlength=len(times)).astype(int)
    everyone = np.bincount(place, minlength=len(times))
    at_risk = len(time) - np.concatenate([[0], np.cumsum(everyone)[:-1]]) - (everyone - lost)
    survival = np.cumprod(1 - lost / np.maximum(at_risk, 1))
    low, high = _log_log(survival, lost, np.maximum(at_risk, 1))
    median = _median(times, survival, low, high, len(time))
    return SurvivalCurve(times, survival, low, high, at_risk, lost, len(time), median)


def times_and_events(what: str, time, event) -> tuple[np.ndarray, np.ndarray]:
    """Return time (N,) float64 and event (N,) bool, one of each for every patient, or say what is wrong."""
    time = np.asarray(time)
    if time.ndim == 2 and time.shape[1] == 2:
        raise ValueError(f"{what}: time has two columns; of y (N, 2) type time, event = y.T")
    if time.dtype.kind == "m":
        raise ValueError(
            f"{what}: time is in numbers. Received time spans; type time / np.timedelta64(1, 'D') for days."
        )
    if time.dtype.kind not in "biuf":
        raise ValueError(f"{what}: time is in numbers, from the start of watching. Received an array of {time.dtype}.")
    event = labels(f"{what}: event", event)
    time = time.reshape(-1) if time.shape == (len(event), 1) else time
    if time.shape != event.shape:
        raise ValueError(f"{what}: expected a time for each of {len(event)} events. Received shape {time.shape}.")
    if not len(time):
        raise ValueError(f"{what}: expected at least one patient. Received none.")
    time = time.astype(np.float64)
    odd = ~np.isfinite(time)
    if odd.any():
        raise ValueError(
            f"{what}: {odd.sum()} of {len(time)} times are NaN or infinite, the first in row {int(odd.argmax())}. "
            "Leave these patients out, and say how many they were."
        )
    if time.min() < 0:
        raise ValueError(
            f"{what}: a time is counted from when a patient began to be watched, >= 0. Received {time.min():g} in row "
            f"{int(time.argmin())}. Leave out who had the event before."
        )
    return time, event


def one_per_patient(what: str, name: str, values, n: int) -> np.ndarray:
    """Return finite numbers (N,) float64, one for each of n patients, or say what is wrong."""
    values = np.asarray(values)
    check_answers(f"{what}: {name}", values, finite=True)
    if values.shape not in ((n,), (n, 1)):
        raise ValueError(f"{what}: expected {name} of shape ({n},), one for each patient. Received {values.shape}.")
    return values.reshape(-1).astype(np.float64)


def one_horizon(what: str, t) -> float:
    """Return a time of the future as a float, or say what is wrong."""
    if isinstance(t, bool) or not isinstance(t, (int, float, np.number)) or not 0 <= float(t) < math.inf:
        raise ValueError(f"{what}: a horizon is one time >= 0 in the unit of time. Received: {t!r:.60}")
    return float(t)
