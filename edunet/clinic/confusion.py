"""Who is called what at a threshold, and the shares that are read off this table of four."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edunet.clinic.clustered import clustered_share
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.groups import numbers
from edunet.clinic.inputs import labels, labels_and_scores
from edunet.clinic.kinds import missing_kind
from edunet.clinic.proportion import wilson_interval

__all__ = [
    "Confusion", "accuracy", "answers", "confusion", "counted", "prevalence", "sensitivity", "share", "share_of_rows",
    "specificity", "table_of",
]  # fmt: skip


class Confusion(NamedTuple):
    """tp, ill and called ill; fp, healthy but called ill; fn, ill but called healthy; tn, healthy and called so."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def n(self) -> int:
        return sum(self)

    @property
    def missing(self) -> str:
        """Which kind of patients is not there, as a reason; "" if both are."""
        return missing_kind(self.tp + self.fn, self.fp + self.tn)


def confusion(y, p, threshold: float = 0.5) -> Confusion:
    """Return how many of the ill and of the healthy are called ill: those with a prediction p ≥ threshold.

    Args: y (N,) 0 or 1, who is ill; p (N,), any numbers that are higher for the ill; threshold, on the scale of p.
    Returns a Confusion of four counts.
    Raises ValueError for other labels, NaN, unequal lengths; and for predictions outside of 0 to 1 with the threshold
    0.5, unless one of them is 0.5: they are no probabilities, whose half it is.
    The usual misuse: to keep 0.5 where 2 in 100 are ill. Chances are low there, nobody is called ill, and the accuracy
    is 0.98. See `threshold_for`.

    >>> confusion([0, 0, 1, 1], [0.1, 0.6, 0.5, 0.9])
    Confusion(tp=2, fp=1, fn=0, tn=1)
    """
    return counted("confusion", y, p, threshold)


def counted(what: str, y, p, threshold) -> Confusion:
    """Return the same as `confusion`; an error bears the name of the metric that asks."""
    return table_of(*answers(what, y, p, threshold))


def table_of(ill: np.ndarray, called: np.ndarray) -> Confusion:
    """Count who is ill and who is called ill, (N,) bool each."""
    tp, fp = int(np.count_nonzero(called & ill)), int(np.count_nonzero(called & ~ill))
    n = int(np.count_nonzero(ill))
    return Confusion(tp, fp, n - tp, len(ill) - n - fp)


def answers(what: str, y, p, threshold) -> tuple[np.ndarray, np.ndarray]:
    """Return who is ill and who is called ill, (N,) bool each."""
    y, p = labels_and_scores(what, y, p)
    limit = _threshold(what, threshold)
    if limit == 0.5 and len(p) and not (p.min() >= 0 and p.max() <= 1) and not (p == limit).any():
        raise ValueError(
            f"{what}: 0.5 is a threshold of probabilities. Received predictions from {p.min():g} to {p.max():g}. Of "
            "logits take p = 1 / (1 + np.exp(-p)), or threshold=0; of another score say threshold=."
        )
    return y, p >= limit


def _threshold(what: str, threshold) -> float:
    try:
        limit = float(threshold)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{what}: threshold is one number, such as 0.5. Received: {threshold!r:.60}") from error
    if limit != limit:
        raise ValueError(f"{what}: threshold is a number, such as 0.5. Received: nan")
    return limit


def share(hits: int, n: int, nobody: str, total: int) -> Estimate:
    """Return hits / n with Wilson's interval; or if nobody of the total is counted, "not computed" and why."""
    if not n:
        return undefined(nobody if total else "there are no patients", total)
    return Estimate(hits / n, *wilson_interval(hits, n), n, how=f"Wilson's interval, {hits:,} of {n:,} patients")


def share_of_rows(what: str, hits: np.ndarray, of: np.ndarray, nobody: str, groups) -> Estimate:
    """Return the share of hits (N,) among the rows that count, `of` (N,); with groups for so many patients."""
    whose = numbers(what, groups, len(hits))
    if whose is not None:
        return clustered_share(hits, of, whose, nobody)
    return share(int(np.count_nonzero(hits & of)), int(np.count_nonzero(of)), nobody, len(hits))


def prevalence(y) -> Estimate:
    """Return the share of patients who are ill, with Wilson's interval.

        π = (TP + FN) / N
    Args: y (N,) 0 or 1, who is ill. Raises ValueError for other labels.
    The usual misuse: to take the share in a sample for that in practice. Where as many ill as healthy patients were
    collected (a case-control study), it is 0.5 by design and says nothing.
    Source of the interval: Wilson (1927).

    >>> prevalence([0, 0, 0, 1])
    0.250 [0.046 to 0.699], n = 4
    """
    y = labels("prevalence", y)
    return share(int(y.sum()), len(y), "", len(y))


def sensitivity(y, p, threshold: float = 0.5, *, groups=None) -> Estimate:
    """Return the share of the ill who are called ill (recall, true positive rate), with Wilson's interval.

        Se = TP / (TP + FN)        called ill: p ≥ threshold
    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p; groups (N,), whose each
    row is, if patients have several: Wilson's interval then is for as many independent rows as they are worth.
    Returns an Estimate; n counts the ill. "Not computed" if nobody is. Raises as `confusion` does.
    The usual misuse: to give it without the specificity. Whoever calls everybody ill has a sensitivity of 1.
    Source: Altman & Bland, Diagnostic tests 1: sensitivity and specificity, BMJ 308 (1994) 1552.

    >>> sensitivity([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9])
    0.500 [0.095 to 0.905], n = 2
    """
    ill, called = answers("sensitivity", y, p, threshold)
    return share_of_rows("sensitivity", called, ill, "nobody is ill", groups)


def specificity(y, p, threshold: float = 0.5, *, groups=None) -> Estimate:
    """Return the share of the healthy who are called healthy (true negative rate), with Wilson's interval.

        Sp = TN / (TN + FP)        called ill: p ≥ threshold
    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p; groups (N,), whose each
    row is, if patients have several: Wilson's interval then is for as many independent rows as they are worth.
    Returns an Estimate; n counts the healthy. "Not computed" if nobody is. Raises as `confusion` does.
    The usual misuse: to think 0.95 harmless. Where 1 in 100 is ill, 5 healthy persons are called ill for every ill one.
    Source: Altman & Bland, Diagnostic tests 1: sensitivity and specificity, BMJ 308 (1994) 1552.

    >>> specificity([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9])
    0.500 [0.095 to 0.905], n = 2
    """
    ill, called = answers("specificity", y, p, threshold)
    return share_of_rows("specificity", ~called, ~ill, "nobody is healthy", groups)


def accuracy(y, p, threshold: float = 0.5, *, groups=None) -> Estimate:
    """Return the share of patients who are called what they are, with Wilson's interval.

        (TP + TN) / N        called ill: p ≥ threshold
    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill; threshold, on the scale of p; groups (N,), whose each
    row is, if patients have several: Wilson's interval then is for as many independent rows as they are worth.
    Returns an Estimate. Raises as `confusion` does.
    The usual misuse: to give it at all where few are ill. If 2 in 100 are, calling everybody healthy reaches 0.98.
    Source of the interval: Wilson (1927).

    >>> accuracy([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9])
    0.500 [0.150 to 0.850], n = 4
    """
    ill, called = answers("accuracy", y, p, threshold)
    return share_of_rows("accuracy", called == ill, np.ones(len(ill), bool), "there are no patients", groups)
