"""Answers that may be several, or none: prediction sets that hold the truth as often as promised, and abstention."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from edunet.clinic.inputs import labels_and_probabilities
from edunet.clinic.learnt import Learnt
from edunet.metrics import roc_auc
from edunet.metrics.labels import check_probabilities, known_classes

__all__ = ["AbstentionCurve", "SplitConformal", "abstention_curve"]


class SplitConformal(Learnt):
    """Sets of classes of which the true one is a member for at least `coverage` of new patients.

        score_i = 1 − p_i(y_i) of n calibration patients          q, the ⌈(n+1) coverage⌉-th smallest score
        set(x) = {k : 1 − p_k(x) ≤ q}          P(y in set) ≥ coverage, whatever the model
    by_class=True takes a q_k for each class from its own patients: the promise then holds for each class, also for
    the rare one. Attributes after fit: cutoff, q (K,); n; text, a sentence.
    The usual misuse: reading 90 % as the chance for this patient: it holds over patients of the kind it was fitted on.
    Without by_class the ill may be covered half as often as the healthy. An empty set says: like nobody seen before.
    Source: Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World (2005); Sadinle, Lei & Wasserman, Least
    ambiguous set-valued classifiers with bounded error levels (2019); Angelopoulos & Bates (2021) for an introduction.

    >>> p = np.array([[0.8, 0.2], [0.7, 0.3], [0.4, 0.6], [0.1, 0.9], [0.9, 0.1], [0.3, 0.7], [0.6, 0.4], [0.2, 0.8]])
    >>> sets = SplitConformal(coverage=0.8).fit(p, [0, 0, 1, 1, 0, 1, 1, 1])
    >>> sets.text
    'sets of at least 80 % coverage, from 8 patients'
    >>> sets.predict([[0.95, 0.05], [0.5, 0.5]])
    array([[ True, False],
           [ True,  True]])
    """

    def __init__(self, coverage: float = 0.9, by_class: bool = False):
        if not 0 < coverage < 1:
            raise ValueError(f"SplitConformal: expected 0 < coverage < 1, such as 0.9. Received: {coverage!r}")
        self.coverage, self.by_class = coverage, bool(by_class)

    def fit(self, p, y) -> SplitConformal:
        """Learn the cutoffs from p (N,K) probabilities, or (N,) that of being ill, and y (N,) class numbers.

        The patients are new to the model. Raises ValueError for NaN, probabilities outside 0 to 1, other labels.
        """
        p = _columns(p)
        if not p.size:
            raise ValueError("SplitConformal.fit(p, y): there is no patient to learn from. Received p of length 0.")
        y = known_classes("SplitConformal.fit(p, y)", np.asarray(y), p).astype(int)
        scores = 1 - p[np.arange(y.size), y]
        kinds = [scores[y == k] for k in range(p.shape[1])] if self.by_class else [scores] * p.shape[1]
        self.cutoff = np.array([self._cutoff(one) for one in kinds])
        self.n = y.size
        each = " of each class" * self.by_class
        self.text = f"sets of at least {100 * self.coverage:g} % coverage{each}, from {self.n:,} patients"
        if np.isinf(self.cutoff).any():
            self.text += "; too few for it, so that a class is in every set"
        return self

    def _cutoff(self, scores) -> float:
        place = math.ceil((scores.size + 1) * self.coverage - 1e-9)
        return float(np.sort(scores)[place - 1]) if place <= scores.size else math.inf

    def predict(self, p) -> np.ndarray:
        """Return (N,K) bool: which classes are in the set of each patient."""
        self.check_learnt()
        p = _columns(p)
        if p.shape[1] != self.cutoff.size:
            raise ValueError(f"SplitConformal: learnt {self.cutoff.size} classes. Received {p.shape[1]} columns.")
        return 1 - p <= self.cutoff


class AbstentionCurve(NamedTuple):
    """How good the answers are if only the surest are given; see `abstention_curve`."""

    share: np.ndarray  # of the patients who get an answer
    accuracy: np.ndarray  # of these answers
    auroc: np.ndarray  # among these patients; nan where all are ill or all healthy
    n: np.ndarray


def abstention_curve(y, p, *, threshold: float = 0.5, shares=None) -> AbstentionCurve:
    """Answer only for the patients of whom the model is surest, and leave the others to a person: how good is it then?

        answered: the share of the patients with the largest |logit p − logit t|          equal ones are kept together
    Args: y (N,) 0 or 1; p (N,) probabilities; threshold t, from which on a patient is called ill; shares, 0 < s <= 1,
    None for 0.05 to 1.
    Raises ValueError for other labels, NaN, probabilities, threshold or shares outside 0 to 1, no patients.
    The usual misuse: claiming the accuracy of the answered for all. And whether the others are seen in time is not in
    the curve.
    Source: Geifman & El-Yaniv, Selective classification for deep neural networks (2017).

    >>> curve = abstention_curve([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.4, 0.6, 0.7, 0.9], shares=[0.5, 1])
    >>> curve.share, curve.accuracy.round(2), curve.auroc.round(2)
    (array([0.5, 1. ]), array([1.  , 0.67]), array([1.  , 0.89]))
    """
    y, p = labels_and_probabilities("abstention_curve", y, p)
    shares = np.arange(1, 21) / 20 if shares is None else np.asarray(shares, np.float64).reshape(-1)
    if not 0 < threshold < 1 or not ((shares > 0) & (shares <= 1)).all():
        raise ValueError(
            f"abstention_curve: expected 0 < threshold < 1 and 0 < share <= 1. Received {threshold!r} and "
            f"{np.array2string(shares, threshold=5)}."
        )
    if not y.size:
        raise ValueError("abstention_curve: there is no patient. Received y and p of length 0.")
    ill, well = p * (1 - threshold), (1 - p) * threshold
    sure = np.maximum(ill, well) / (ill + well)  # rises with |logit p − logit t|, and is finite for a p of 0 or 1
    floor = np.sort(sure)[::-1][np.ceil(shares * y.size - 1e-9).astype(int) - 1]
    right = (p >= threshold) == y
    answered = [sure >= one for one in floor]
    n = np.array([int(who.sum()) for who in answered])
    accuracy = np.array([right[who].mean() for who in answered])
    areas = np.array([roc_auc(y[who], p[who]) for who in answered])
    return AbstentionCurve(n / y.size, accuracy, areas, n)


def _columns(p) -> np.ndarray:
    """Return probabilities as (N,K); of one probability those of being healthy and ill."""
    p = np.asarray(p)
    check_probabilities("SplitConformal", p)
    p = p.astype(np.float64)
    if p.ndim < 2 or p.shape[-1] == 1:
        p = np.stack([1 - p.reshape(-1), p.reshape(-1)], axis=1)
    return p
