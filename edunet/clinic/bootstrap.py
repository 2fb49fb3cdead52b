"""An interval for any metric: what it would be in other patients, drawn from those who came.

bootstrap_ci            of one model
bootstrap_difference    of what one model is better than another, in the same patients
"""

from __future__ import annotations

import copy
import inspect
import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np

from edunet.clinic.auprc import auprc
from edunet.clinic.auroc import auroc
from edunet.clinic.estimate import Z95, Estimate, undefined
from edunet.clinic.groups import numbers
from edunet.clinic.inputs import labels_and_scores
from edunet.clinic.resampling import Patients, times_drawn
from edunet.metrics import Metric, average_precision, roc_auc
from edunet.names import look_up
from edunet.preprocessing.given import generator

__all__ = ["bootstrap_ci", "bootstrap_difference"]

METHODS = {"percentile": "percentile", "bca": "BCa"}
MOST_PARTS = 200  # of a stratum are left out one by one for BCa: its skewness is then known well enough


def bootstrap_ci(
    metric, y, p, *, groups=None, n: int = 2000, method: str = "percentile", seed=0, stratified: bool = True
) -> Estimate:
    """Return metric(y, p) with a 95 % interval from samples drawn from the patients, all rows of a patient together.

        θ*_b = metric(sample b)   b = 1 ... n        percentile: from the 2.5 % to the 97.5 % quantile of θ*
    "bca" shifts these two quantiles for bias (z₀) and skewness (a): Φ(z₀ + (z₀ ± 1.96) / (1 − a (z₀ ± 1.96))). It is
    the better one: with 20 to 50 ill patients it held the true area in 95 of 100 simulated samples, percentiles in 91
    to 95; the true average precision in 92 to 94 and 90 to 91. The ill and the healthy are drawn separately, so that no
    sample lacks one kind; not if some patients have rows of both kinds, nor with stratified=False.

    Args: metric, a function (y, p) → number, of `edunet.clinic`, `edunet.metrics` or your own (with further arguments:
    lambda y, p: sensitivity(y, p, 0.3)), or a metric object; y (N,) 0 or 1; p (N,); groups (N,), whose each row is; n,
    samples, at least 100; method; seed, a whole number or a `numpy.random.Generator`; stratified.
    Returns an Estimate; n counts patients. Samples in which the metric is NaN are left out, and `how` says how many. No
    interval if one patient is all there is, or the only one of a kind, or if the metric is the same in all samples.
    Raises ValueError for n below 100, an unknown method, labels that are not 0 or 1, NaN; TypeError if the metric
    returns no number.
    The usual misuse: to draw rows where patients have several. Ten rows of a patient are no ten patients: with 10 alike
    rows each, the interval is 3 times too narrow. Fewer than 20 patients of a kind are too few for any bootstrap. And
    PPV or F1 depend on how many are ill: unless that number was chosen beforehand, say stratified=False (stratified,
    the interval of a PPV held the true one in 83 of 100 simulated samples, else in 95).
    Speed: a metric that takes sample_weight is given how often each row was drawn, another the rows themselves; 2,000
    samples of 100,000 rows take about 15 seconds.
    Sources: Efron & Tibshirani, An introduction to the bootstrap (1993), chapters 13, 14; Field & Welsh, Bootstrapping
    clustered data (2007).

    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat([0, 1], 50)
    >>> bootstrap_ci(auroc, y, y + rng.normal(size=100), n=500)
    0.741 [0.639 to 0.825], n = 100
    """
    y, p = labels_and_scores("bootstrap_ci", y, p)
    whose, n, method, rng = _arguments("bootstrap_ci", metric, groups, len(y), n, method, seed)
    if not len(y):
        return undefined("there are no patients")
    return _interval(_counted(metric, y, p), _why(metric, y, p), Patients(y, whose, stratified), n, method, rng)


def bootstrap_difference(
    metric, y, p1, p2, *, groups=None, n: int = 2000, method: str = "percentile", seed=0, stratified: bool = True
) -> Estimate:
    """Return metric(y, p1) − metric(y, p2) with a 95 % interval: both models are measured in the same samples.

        θ*_b = metric(y, p1 of sample b) − metric(y, p2 of sample b)
    What both find hard or easy drops out, so the difference is known better than each of the two. An interval without 0
    says that one is better in such patients.

    Args: metric and all others as for `bootstrap_ci`; p1, p2 (N,), both models' predictions for the same rows.
    Returns an Estimate. Raises as `bootstrap_ci` does.
    The usual misuse: to subtract the ends of two separate intervals, or to say "they overlap, so there is no
    difference".
    Source: Efron & Tibshirani, An introduction to the bootstrap (1993), chapter 8.

    >>> rng = np.random.default_rng(0)
    >>> y, common = np.repeat([0, 1], 50), rng.normal(size=100)
    >>> better, worse = 1.5 * y + common, 0.5 * y + common
    >>> bootstrap_difference(auroc, y, better, worse, n=500)
    0.240 [0.193 to 0.293], n = 100
    """
    what = "bootstrap_difference"
    ill, p1 = labels_and_scores(what, y, p1)
    _, p2 = labels_and_scores(what, y, p2)
    whose, n, method, rng = _arguments(what, metric, groups, len(ill), n, method, seed)
    if not len(ill):
        return undefined("there are no patients")
    first, second = _counted(metric, ill, p1), _counted(metric, ill, p2)
    why = _why(metric, ill, p1) or _why(metric, ill, p2)
    patients = Patients(ill, whose, stratified)
    return _interval(lambda times: first(times) - second(times), why, patients, n, method, rng, paired="paired ")


def _arguments(what: str, metric, groups, rows: int, n, method, seed):
    if not callable(metric):
        raise TypeError(f"{what}: metric is a function (y, p), such as auroc. Received: {metric!r:.60}")
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or n < 100:
        raise ValueError(f"{what}: n, the number of samples, is a whole number >= 100, such as 2000. Received: {n!r}")
    look_up("method", METHODS, method)
    return numbers(what, groups, rows), int(n), method, generator(what, seed)


def _why(metric, y: np.ndarray, p: np.ndarray) -> str:
    """Return what keeps the metric from being computed, if it says so."""
    return "" if isinstance(metric, Metric) else getattr(metric(y.astype(int), p), "why", "")


def _counted(metric, y: np.ndarray, p: np.ndarray) -> Callable[[np.ndarray], float]:
    """Return the metric as a function of how often each row is there, (N,)."""
    # the value alone, of the metrics that work out an interval of their own besides
    plain = roc_auc if metric is auroc else average_precision if metric is auprc else metric
    y = y.astype(int)
    if isinstance(plain, Metric):
        plain = copy.deepcopy(plain)  # the caller's keeps what it has counted

        def value(times):
            plain.reset_state()
            plain.update_state(y[:, np.newaxis], p[:, np.newaxis], sample_weight=times)
            return plain.result()

    elif "sample_weight" in _parameters(plain):
        order = np.argsort(p, kind="stable")  # sorted scores are sorted again in half the time
        y, p = y[order], p[order]

        def value(times):
            return plain(y, p, sample_weight=times[order])

    else:

        def value(times):
            rows = np.repeat(np.arange(len(y)), times.astype(int))  # in the order they came in
            return plain(y[rows], p[rows])

    return lambda times: _number(value(times))


def _parameters(function) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # of C, which shows none
        return ()


def _number(value) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"bootstrap: a metric returns one number. Received: {value!r:.60}. Of several take one, such as "
            "metric=lambda y, p: likelihood_ratios(y, p).positive."
        ) from error


def _interval(value, why: str, patients: Patients, n: int, method: str, rng, paired: str = "") -> Estimate:
    """Return the estimate of a function of how often each row is there."""
    whole = value(patients.rows(np.ones(patients.n)))
    if math.isnan(whole):
        return undefined(why or "the metric is NaN for these patients", patients.n)
    if patients.why_not:
        return Estimate(whole, n=patients.n, how=f"no interval: {patients.why_not}")
    drawn = np.array([value(patients.rows(times_drawn(patients, rng))) for _ in range(n)])
    kept = drawn[~np.isnan(drawn)]
    how = f"{paired}{METHODS[method]} bootstrap, {n:,} samples of {patients.n:,} patients"
    if not patients.alone:
        how += f" with {len(patients.whose):,} rows"
    if patients.stratified:
        how += ", the ill and the healthy drawn separately"
    if len(kept) < n:
        how += f"; {n - len(kept):,} samples left out: the metric is NaN in them"
    if len(kept) < n / 2:
        return Estimate(whole, n=patients.n, how=f"no interval: {how}")
    if not paired and kept.min() == kept.max():  # a perfect area is perfect in every sample, in other patients not
        return Estimate(whole, n=patients.n, how=f"no interval: the same in all of them; {how}")
    ends = [0.025, 0.975]
    if method == "bca":
        ends = _bca_ends(whole, kept, _acceleration(value, patients, rng))
    low, high = np.quantile(kept, ends, method="inverted_cdf")  # without interpolation, as ratios may be infinite
    return Estimate(whole, low, high, patients.n, how=how)


def _bca_ends(whole: float, drawn: np.ndarray, a: float) -> list[float]:
    """Return the quantiles that BCa takes."""
    normal, n = NormalDist(), len(drawn)
    below = (np.count_nonzero(drawn < whole) + np.count_nonzero(drawn == whole) / 2) / n
    z0 = normal.inv_cdf(min(max(below, 0.5 / n), 1 - 0.5 / n))
    return [normal.cdf(z0 + (z0 + z) / max(1 - a * (z0 + z), 0.1)) for z in (-Z95, Z95)]


def _acceleration(value, patients: Patients, rng) -> float:
    """Return a = Σ d³ / (6 (Σ d²)^1.5), d how far the metric moves if a patient, or one of many parts, stays away."""
    moved: dict[int, list[float]] = {}
    for stratum, times in patients.without_parts(MOST_PARTS, rng):
        moved.setdefault(stratum, []).append(value(patients.rows(times)))
    known = [np.array(values)[np.isfinite(values)] for values in moved.values()]
    d = np.concatenate([one.mean() - one for one in known if len(one)] or [np.zeros(1)])
    squares = float(np.sum(d * d))
    return float(np.sum(d**3)) / (6 * squares**1.5) if squares > 0 else 0.0
