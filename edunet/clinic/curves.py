"""The ROC and the precision-recall curve: every prediction is a threshold."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edunet.clinic.inputs import labels_and_scores

__all__ = ["PrCurve", "RocCurve", "counts_at_thresholds", "pr_curve", "roc_curve"]


class RocCurve(NamedTuple):
    """fpr, tpr, thresholds: 1 − specificity and sensitivity of calling ill from each threshold on, strictest first."""

    fpr: np.ndarray
    tpr: np.ndarray
    thresholds: np.ndarray


class PrCurve(NamedTuple):
    """precision, recall (both one longer), thresholds: of calling ill from each threshold on, mildest first."""

    precision: np.ndarray
    recall: np.ndarray
    thresholds: np.ndarray


def counts_at_thresholds(y: np.ndarray, score: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each different score, falling, and how many ill and healthy have it or a higher one, (T,) each."""
    order = np.argsort(-score, kind="stable")
    y, score = y[order], score[order]
    last = np.flatnonzero(np.append(score[1:] != score[:-1], True)) if len(score) else np.zeros(0, np.intp)
    tp = np.cumsum(y)[last]
    return score[last], tp, last + 1 - tp


def _share(part: np.ndarray, whole) -> np.ndarray:
    """Return part / whole, NaN where nobody is counted."""
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=np.asarray(whole) > 0)


def roc_curve(y, p) -> RocCurve:
    """Return sensitivity against 1 − specificity for every threshold, from "nobody is ill" to "everybody is".

        tpr(t) = P(p ≥ t | ill)        fpr(t) = P(p ≥ t | healthy)
    As scikit-learn's `roc_curve(drop_intermediate=False)`: the first threshold is ∞, where nobody is called ill. All
    points are kept, also those on a straight line. A rate of nobody is NaN (scikit-learn's too, with a warning).

    Args: y (N,) 0 or 1, who is ill; p (N,), any numbers that are higher for the ill. Returns a RocCurve of arrays
    (T+1,), for T different predictions. Raises ValueError for other labels, NaN, unequal lengths.
    The usual misuse: to read the best threshold off the test part; see `threshold_for`.
    Source: Swets, Measuring the accuracy of diagnostic systems, Science 240 (1988).

    >>> fpr, tpr, thresholds = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> fpr, tpr
    (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]))
    """
    y, p = labels_and_scores("roc_curve", y, p)
    thresholds, tp, fp = counts_at_thresholds(y, p)
    ill, healthy = y.sum(), (~y).sum()
    first = np.zeros(1)
    return RocCurve(
        _share(np.append(first, fp), healthy), _share(np.append(first, tp), ill), np.append(np.inf, thresholds)
    )


def pr_curve(y, p) -> PrCurve:
    """Return precision against recall (PPV against sensitivity) for every threshold, the mildest first.

        precision(t) = P(ill | p ≥ t)        recall(t) = P(p ≥ t | ill)
    As scikit-learn's `precision_recall_curve(drop_intermediate=False)`: thresholds rise (those of `roc_curve` fall),
    and a last point, precision 1 at recall 0, has no threshold: it is a convention, not a measurement. If nobody is
    ill recall is NaN (scikit-learn says 1 and warns).

    Args: y (N,) 0 or 1, who is ill; p (N,), any numbers that are higher for the ill. Returns a PrCurve of arrays
    (T+1,), (T+1,) and (T,), for T different predictions. Raises ValueError for other labels, NaN, unequal lengths.
    The usual misuse: to join the points by straight lines and take the area: it promises too much. `auprc` takes steps.
    Source: Davis & Goadrich, The relationship between precision-recall and ROC curves (2006).

    >>> precision, recall, thresholds = pr_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> precision.round(2), recall
    (array([0.5 , 0.67, 0.5 , 1.  , 1.  ]), array([1. , 1. , 0.5, 0.5, 0. ]))
    """
    y, p = labels_and_scores("pr_curve", y, p)
    thresholds, tp, fp = counts_at_thresholds(y, p)
    precision, recall = _share(tp, tp + fp), _share(tp, y.sum())
    return PrCurve(np.append(precision[::-1], 1.0), np.append(recall[::-1], 0.0), thresholds[::-1])
