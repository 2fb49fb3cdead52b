"""The best score that anybody can reach on a generated set, from what its truth holds.

A generator knows how likely every answer was. No model, however large, has a better expectation over the labels than
that knowledge itself.

    truth["risk"]          p = P(y=1 | everything that can be seen), (n,); or (n,T), NaN where nothing is asked
        auc        Σ_{i≠j} pᵢ(1-pⱼ)·([pᵢ>pⱼ] + ½[pᵢ=pⱼ]) / Σ_{i≠j} pᵢ(1-pⱼ)    i ill, j healthy: this often
        auprc      Σᵢ pᵢ·(mean of pⱼ over all pⱼ ≥ pᵢ) / Σᵢ pᵢ    precision at each threshold, weighed by who is ill
        accuracy   mean max(p, 1-p)                               answer 1 where p > ½
        brier      mean p(1-p)
        log_loss   mean -p·ln p - (1-p)·ln(1-p)                   natural logarithm
    truth["probability"]   q_k = P(y=k | everything that can be seen), (n,K)
        accuracy   mean max_k q_k
        log_loss   mean -Σ_k q_k·ln q_k
    truth["sd"]            s, the standard deviation of a quantity y around truth["expected"], (n,...)
        rmse       √(mean s²)

"Everything that can be seen" is x, and what x says of itself: which values are missing, and of other patients how the
set is made. Some sets know more than that, and say so on their page; there no model quite reaches the score:
`hospitals` (the values before noise, rounding and gaps), `phantoms` (the list of nuclei), `epidemic` and `glucose`
(each patient's own parameters), `clinic_records` with dirty=True (the records before the faults). With site_shift,
`blood_risk` counts the hospital among what is seen, with its gain and offset.

auprc divides two expectations, so it is exact for many patients only; the others are exact for the patients given.

Sources: T. Gneiting, A. E. Raftery, Strictly proper scoring rules, Journal of the American Statistical Association 102
(2007) 359-378. W. Hoeffding, A class of statistics with asymptotically normal distribution, Annals of Mathematical
Statistics 19 (1948) 293-325, and B. Efron, C. Stein, The jackknife estimate of variance, Annals of Statistics 9 (1981)
586-596, for the standard errors of the areas.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

__all__ = ["METRICS", "Oracle", "oracle_score"]

FOLDS = 20  # of the jackknife


class Oracle(NamedTuple):
    """The best possible score, and how far it moves from one draw of so many patients to the next."""

    score: float
    standard_error: float


def oracle_score(truth: Mapping[str, np.ndarray], metric: str | None = None) -> Oracle:
    """Give the best score that a model can be expected to reach on these patients, from what is true of them.

    The formulas stand at the top of `edunet.datasets.oracle`, and which sets promise more than x allows. The
    expectation over the labels is exact.
    standard_error is the Monte-Carlo error that the score has as a figure of the population, for only n patients were
    drawn: of a mean s/√n (where a patient has several terms, their sums are compared), and for the AUC Hoeffding's
    projection,

        √(Σᵢ (aᵢ - auc·bᵢ)²) / Σ_{i≠j} pᵢ(1-pⱼ)      bᵢ weight of the pairs that i is part of, aᵢ of those ranked right

    The labels add to that: on 4,000 patients of `blood_risk` (standard_error 0.003), the AUC of the true risk itself
    strays by 0.009. So compare your model with what truth["risk"] reaches on the same y.

    Arguments: truth, `Cohort.truth`, or {"risk": p} with p of at least two patients: of the test part of `load_data()`,
        {"risk": load(12_000).truth["risk"][8000:]}; metric, a name from the list at the top; unless given the first of
        what this truth can tell.
    Returns: `Oracle(score, standard_error)`.
    Raises: TypeError if truth is no such table; ValueError for another metric, for risks outside 0..1, for fewer than
        two patients, and for the areas of patients who certainly are all ill, or all healthy.

    >>> risk = np.array([0.1, 0.1, 0.8])
    >>> round(oracle_score({"risk": risk}, "accuracy").score, 4)
    0.8667
    >>> oracle_score({"risk": np.array([0, 0, 1])}).score
    1.0
    """
    if not isinstance(truth, Mapping) or not any(name in truth for name in METRICS):
        raise TypeError(
            "oracle_score wants the truth of a cohort, a dict with 'risk', 'probability' or 'sd' in it. Received: "
            f'{type(truth).__name__}. Type oracle_score(load().truth), or oracle_score({{"risk": risk}}) for a part of '
            "the patients."
        )
    known = next(name for name in METRICS if name in truth)
    if metric is None:
        metric = next(iter(METRICS[known]))
    if metric not in tuple(METRICS[known]):
        names = ", ".join(f'"{name}"' for name in METRICS[known])
        raise ValueError(
            f"oracle_score knows the metrics {names} of a truth with {known!r}. Received: metric={metric!r}. "
            "Did you mean one of them?"
        )
    return METRICS[known][metric](CHECKS[known](truth[known]))


def numbers(values, name: str, what: str) -> np.ndarray:
    """Return an array of float64, or say that these are no numbers."""
    a = np.asarray(values)
    if a.dtype.kind not in "fiub":
        raise TypeError(f"oracle_score wants {what}. Received: {name!r}, an array of {a.dtype}.")
    return a.astype(np.float64)


def checked_risk(values) -> np.ndarray:
    """Return risks (n,T), NaN where nothing is asked."""
    p = numbers(values, "risk", "risks that are numbers from 0 to 1")
    asked = ~np.isnan(p) if p.ndim == 2 else np.ones(p.shape, bool)
    if p.ndim not in (1, 2) or len(p) < 2 or not asked.any() or not ((p[asked] >= 0) & (p[asked] <= 1)).all():
        raise ValueError(
            "oracle_score wants the risks of at least two patients, (n,) numbers from 0 to 1, or (n,T) with NaN where "
            f"nothing is asked. Received: shape {p.shape}" + (f", from {p.min()} to {p.max()}." if p.size else ".")
        )
    return p.reshape(len(p), -1)


def checked_probability(values) -> np.ndarray:
    """Return probabilities (n,K)."""
    q = numbers(values, "probability", "probabilities of classes")
    if q.ndim != 2 or len(q) < 2 or not (q >= 0).all() or not np.allclose(q.sum(-1), 1, atol=1e-6):
        raise ValueError(
            "oracle_score wants the probabilities of K classes for at least two patients, (n,K), rows that sum to 1. "
            f"Received: shape {q.shape}."
        )
    return q


def checked_sd(values) -> np.ndarray:
    """Return standard deviations (n,T), NaN where nothing is asked; of one a patient, all are asked."""
    s = numbers(values, "sd", "standard deviations")
    asked = ~np.isnan(s) if s.ndim > 1 else np.ones(s.shape, bool)
    if not s.ndim or len(s) < 2 or not asked.any() or not ((s[asked] >= 0) & (s[asked] < np.inf)).all():
        raise ValueError(
            "oracle_score wants standard deviations >= 0 for at least two patients, (n,), or (n,...) with NaN where "
            f"nothing is asked. Received: shape {s.shape}" + (f", from {s.min()} to {s.max()}." if s.size else ".")
        )
    return s.reshape(len(s), -1)


def best_auc(p: np.ndarray) -> Oracle:
    """Compare every pair, i ill and j healthy, weighted by how often that happens. p (n,T)."""
    patient, hour = np.nonzero(~np.isnan(p))
    p = p[patient, hour]
    q = 1 - p
    _, group = np.unique(p, return_inverse=True)  # those of equal risk, in rising order
    ill, healthy = np.bincount(group, p), np.bincount(group, q)
    beaten = (healthy.cumsum() - healthy / 2)[group] - q / 2  # healthy others below p, ties half
    beating = p.sum() - (ill.cumsum() - ill / 2)[group] - p / 2  # ill others above p, ties half
    wins = p * beaten + q * beating  # (n,), each pair stands in it twice
    pairs = p * (q.sum() - q) + q * (p.sum() - p)
    if pairs.sum() <= 0:
        raise ValueError(
            "oracle_score: the AUC compares ill with healthy patients, and here all are certainly the same."
        )
    score = wins.sum() / pairs.sum()
    strays = np.bincount(patient, wins - score * pairs)
    return Oracle(float(score), float(2 * np.sqrt(np.sum(strays**2)) / pairs.sum()))


def best_auprc(p: np.ndarray) -> Oracle:
    """Lower the threshold from risk to risk; precision is the mean risk above it. p (n,T)."""
    folds = min(FOLDS, len(p))
    parts = [average_precision(np.delete(p, np.s_[k::folds], axis=0)) for k in range(folds)]
    return Oracle(average_precision(p), float(np.sqrt((folds - 1) * np.var(parts))))


def average_precision(p: np.ndarray) -> float:
    """Σ_g ill_g · precision_g / Σ_g ill_g over groups g of equal risk, from the highest."""
    p = p[~np.isnan(p)]
    risk, count = np.unique(p, return_counts=True)
    ill = (risk * count)[::-1]
    if not ill.sum():
        raise ValueError("oracle_score: the auprc looks for ill patients, and here all are certainly healthy.")
    return float((ill * ill.cumsum() / count[::-1].cumsum()).sum() / ill.sum())


def best_accuracy(p: np.ndarray) -> Oracle:
    """Answer 1 where p > ½."""
    return mean_of(np.maximum(p, 1 - p))


def best_brier(p: np.ndarray) -> Oracle:
    """Answer p: the square of the error is then the variance of y."""
    return mean_of(p * (1 - p))


def best_log_loss(p: np.ndarray) -> Oracle:
    """Answer p: the loss is then the entropy of y."""
    return mean_of(surprise(p) + surprise(1 - p))


def best_class(q: np.ndarray) -> Oracle:
    """Answer the likeliest class. q (n,K)."""
    return mean_of(q.max(-1, keepdims=True))


def best_class_log_loss(q: np.ndarray) -> Oracle:
    """Answer q: the loss is then the entropy of y."""
    return mean_of(surprise(q).sum(-1, keepdims=True))


def best_rmse(s: np.ndarray) -> Oracle:
    """Answer the expected value: what is left is the noise."""
    square, error = mean_of(s**2)
    root = np.sqrt(square)
    return Oracle(float(root), float(error / (2 * root)) if root else 0.0)  # d√u = du/(2√u)


def surprise(p: np.ndarray) -> np.ndarray:
    """-p·ln p, where 0·ln 0 = 0."""
    return -p * np.log(np.where(p > 0, p, 1))


def mean_of(terms: np.ndarray) -> Oracle:
    """Mean of the terms (n,T) that are not NaN, and its standard error: patients are independent, their hours not."""
    asked = ~np.isnan(terms)
    score = terms[asked].mean()
    strays = np.where(asked, terms - score, 0).sum(1)  # (n,)
    return Oracle(float(score), float(np.sqrt(len(terms) / (len(terms) - 1) * np.sum(strays**2)) / asked.sum()))


METRICS: dict[str, dict[str, Callable[[np.ndarray], Oracle]]] = {
    "risk": {
        "auc": best_auc,
        "auprc": best_auprc,
        "accuracy": best_accuracy,
        "brier": best_brier,
        "log_loss": best_log_loss,
    },
    "probability": {"accuracy": best_class, "log_loss": best_class_log_loss},
    "sd": {"rmse": best_rmse},
}
CHECKS = {"risk": checked_risk, "probability": checked_probability, "sd": checked_sd}
