"""What the generated sets share: the table of patients, the drawing in blocks, the best score that anybody can reach.

A generator knows the true risk p = P(y=1 | everything that can be seen) of every patient. No model, however large, has
a better expectation over the labels than p itself:

    auc        Σ_{i≠j} pᵢ(1-pⱼ)·([pᵢ>pⱼ] + ½[pᵢ=pⱼ]) / Σ_{i≠j} pᵢ(1-pⱼ)    i ill, j healthy: this often
    accuracy   mean max(p, 1-p)                                              answer 1 where p > ½
    brier      mean p(1-p)
    log_loss   mean -p·ln p - (1-p)·ln(1-p)                                  natural logarithm

Sources: T. Gneiting, A. E. Raftery, Strictly proper scoring rules, Journal of the American Statistical Association 102
(2007) 359-378. W. Hoeffding, A class of statistics with asymptotically normal distribution, Annals of Mathematical
Statistics 19 (1948) 293-325, for the standard error of the AUC.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

__all__ = [
    "METRICS", "Cohort", "KerasData", "Oracle", "oracle_score",  # for learners
    "BLOCK", "Drawn", "draw_patients", "identify", "sigmoid", "split", "tell", "whole_number",  # for the generators
]  # fmt: skip

Drawn = dict[str, np.ndarray]  # x, y and the truth by name; the first axis counts patients
KerasData = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]  # (x_train, y_train), (x_test, y_test)

BLOCK = 1000  # patients drawn together


@dataclass(frozen=True, eq=False)
class Cohort:
    """n synthetic patients with their truth."""

    x: np.ndarray = field(repr=False)  # (n,...), what a model may see
    y: np.ndarray = field(repr=False)  # (n,) uint8, index into class_names
    columns: tuple[str, ...]  # what stands in the last axis of x; one name for a record of codes
    units: dict[str, str] = field(repr=False)  # of everything in columns and in truth, by name
    patient_id: np.ndarray = field(repr=False)  # (n,) text, "B0-000017": set, seed, number; no two patients share one
    site: np.ndarray = field(repr=False)  # (n,) uint8, the hospital: constant 0, there is only one
    truth: dict[str, np.ndarray] = field(repr=False)  # name -> (n,...); "risk" is P(y=1 | x), the rest is latent
    class_names: tuple[str, str]
    note: str
    synthetic: bool = True

    def __len__(self) -> int:
        """Give the number of patients."""
        return len(self.y)


class Oracle(NamedTuple):
    """The best possible score, and how far it moves from one draw of so many patients to the next."""

    score: float
    standard_error: float


def oracle_score(truth: Mapping[str, np.ndarray], metric: str = "auc") -> Oracle:
    """Give the best score that a model can be expected to reach on these patients, from their true risks.

    The formulas stand at the top of `edunet.datasets.cohort`. The expectation over the labels is exact.
    standard_error is the Monte-Carlo error that the score has as a figure of the population, for only n patients were
    drawn: s/√n of the n terms of a mean (s with n - 1), and for the AUC Hoeffding's projection,

        √(Σᵢ (aᵢ - auc·bᵢ)²) / Σ_{i≠j} pᵢ(1-pⱼ)      bᵢ weight of the pairs that i is part of, aᵢ of those ranked right

    The labels add to that: on 4,000 patients of `blood_risk` (standard_error 0.003), the AUC of the true risk itself
    strays by 0.009. So compare your model with what truth["risk"] reaches on the same y.

    Arguments: truth, `Cohort.truth`, or {"risk": p} with p (n,), n at least 2: of the test part of `load_data()`,
        {"risk": load(12_000).truth["risk"][8000:]}; metric, "auc", "accuracy", "brier" or "log_loss".
    Returns: `Oracle(score, standard_error)`.
    Raises: TypeError if truth is no such table; ValueError for another metric, for risks outside 0..1, for fewer than
        two patients, and for the AUC of patients who certainly are all ill, or all healthy.

    >>> risk = np.array([0.1, 0.1, 0.8])
    >>> round(oracle_score({"risk": risk}, "accuracy").score, 4)
    0.8667
    >>> oracle_score({"risk": np.array([0, 0, 1])}).score
    1.0
    """
    if metric not in tuple(METRICS):
        names = ", ".join(f'"{name}"' for name in METRICS)
        raise ValueError(
            f"oracle_score knows the metrics {names}. Received: metric={metric!r}. Did you mean one of them?"
        )
    if not isinstance(truth, Mapping) or "risk" not in truth:
        raise TypeError(
            f"oracle_score wants the truth of a cohort, a dict with 'risk' in it. Received: {type(truth).__name__}. "
            'Type oracle_score(load().truth), or oracle_score({"risk": risk}) for a part of the patients.'
        )
    p = np.asarray(truth["risk"])
    if p.dtype.kind not in "fiub":
        raise TypeError(f"oracle_score wants risks that are numbers from 0 to 1. Received: an array of {p.dtype}.")
    p = p.astype(np.float64)
    if p.ndim != 1 or len(p) < 2 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError(
            "oracle_score wants the risks of at least two patients, (n,) numbers from 0 to 1. "
            f"Received: shape {p.shape}" + (f", from {p.min()} to {p.max()}." if p.size else ".")
        )
    return METRICS[metric](p)


def best_auc(p: np.ndarray) -> Oracle:
    """Compare every pair of patients, i ill and j healthy, weighted by how often that happens."""
    q = 1 - p
    _, group = np.unique(p, return_inverse=True)  # patients of equal risk, in rising order
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
    return Oracle(float(score), float(2 * np.sqrt(np.sum((wins - score * pairs) ** 2)) / pairs.sum()))


def best_accuracy(p: np.ndarray) -> Oracle:
    """Answer 1 where p > ½."""
    return mean_of(np.maximum(p, 1 - p))


def best_brier(p: np.ndarray) -> Oracle:
    """Answer p: the square of the error is then the variance of y."""
    return mean_of(p * (1 - p))


def best_log_loss(p: np.ndarray) -> Oracle:
    """Answer p: the loss is then the entropy of y; 0·ln 0 = 0."""
    q = 1 - p
    return mean_of(-p * np.log(np.where(p > 0, p, 1)) - q * np.log(np.where(q > 0, q, 1)))


def mean_of(terms: np.ndarray) -> Oracle:
    """Mean of one term per patient, and its standard error."""
    return Oracle(float(terms.mean()), float(terms.std(ddof=1) / np.sqrt(len(terms))))


METRICS = {"auc": best_auc, "accuracy": best_accuracy, "brier": best_brier, "log_loss": best_log_loss}


# --- for the generators -----------------------------------------------------------------------------------------------


def draw_patients(draw: Callable[[np.random.Generator], Drawn], n: int, seed: int) -> Drawn:
    """Draw n patients from PCG64(seed), block by block, so that a larger n only adds patients at the end.

    An option that needs further numbers takes them from a generator of its own, PCG64([seed, 1]), [seed, 2], ...: the
    numbers of the default then stay what they are.

    Arguments: draw, which makes BLOCK patients; n, at least 1; seed, from 0 up.
    Raises: TypeError or ValueError if n or seed is not such a number.
    """
    n, seed = whole_number("n", n, 1), whole_number("seed", seed, 0)
    rng = np.random.Generator(np.random.PCG64(seed))
    blocks = [draw(rng) for _ in range(-(-n // BLOCK))]
    return {name: np.concatenate([block[name] for block in blocks])[:n] for name in blocks[0]}


def identify(letter: str, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Give n patients an id each, of the set's letter, the seed and their number; and the one site there is."""
    seed = operator.index(seed)
    return np.array([f"{letter}{seed}-{i:06d}" for i in range(n)]), np.zeros(n, np.uint8)


def split(load: Callable[[int, int], Cohort], n: int, seed: int) -> KerasData:
    """Load n patients: the first two thirds to train, the others to test."""
    cohort = load(whole_number("n", n, 2), seed)
    cut = len(cohort) * 2 // 3
    return (cohort.x[:cut], cohort.y[:cut]), (cohort.x[cut:], cohort.y[cut:])


def sigmoid(logit: np.ndarray) -> np.ndarray:
    """1/(1 + e^-logit), without overflow."""
    return np.exp(-np.logaddexp(0, -logit))


def tell(record: Sequence[int] | np.ndarray, names: tuple[str, ...], n_events: int, place: str) -> str:
    """Tell a record of codes in words: a line for each code below n_events, and how many others there are.

    Raises: TypeError or ValueError if record is not one row of x.
    """
    codes = np.asarray(record)
    if codes.ndim != 1 or codes.dtype.kind not in "iu":
        raise TypeError(
            f"describe wants the record of one patient, a row of whole numbers. Received: {codes.dtype} of shape "
            f"{codes.shape}. Type describe(x[0])."
        )
    if codes.size and not 0 <= codes.min() <= codes.max() < len(names):
        raise ValueError(f"describe: codes go from 0 to {len(names) - 1}. Received: {codes.min()} to {codes.max()}.")
    events = [f"{place} {t:2d}  {names[code]}" for t, code in enumerate(codes) if code < n_events]
    return "\n".join([*events, f"{len(codes) - len(events)} other codes"])


def whole_number(name: str, value: object, least: int) -> int:
    """Return value as an int, or say what is wrong with it."""
    example = f"Type for example load({name}={7000 if name == 'n' else 0})."
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be a whole number. Received: {value!r} ({type(value).__name__}). {example}")
    number = operator.index(value)
    if number < least:
        raise ValueError(f"{name} must be at least {least}. Received: {name}={number}. {example}")
    return number
