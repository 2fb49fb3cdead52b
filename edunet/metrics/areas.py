"""Metrics of what was drawn, and the table of who was called what."""

import numpy as np

from edunet.metrics.labels import check_answers, check_labels, like, name_of
from edunet.metrics.metric import Metric, spread, wanted_number

__all__ = ["BinaryIoU", "DiceScore", "IoU", "MeanIoU", "confusion_matrix"]


MOST_CLASSES = 10_000  # a table of them all has 800 MB


class DiceScore(Metric):
    """Twice the common area over the sum of the drawn and the true area, counted over all pictures of an epoch.

        Dice = 2 Σ t y / (Σ t + Σ y)        for each channel that has any area, then their mean
    threshold: outputs above it are drawn; None: outputs count as they are, as in the loss. (Not in Keras.)
    Source: Dice, Measures of the amount of ecologic association between species (1945).

    >>> DiceScore()([[1, 1, 0, 0]], [[0.9, 0.2, 0.7, 0.1]])
    0.5
    """

    def __init__(self, threshold=0.5, name=None, dtype=None):
        self.threshold = None if threshold is None else wanted_number(self, "threshold", threshold)
        super().__init__(name, dtype)

    def reset_state(self):
        self.common, self.both = np.zeros(1), np.zeros(1)

    def update_state(self, y_true, y_pred, sample_weight=None):
        p = np.asarray(y_pred, np.float64)
        check_answers(self, p)
        y = np.asarray(y_true)
        check_labels(self, y)
        y = like(self, y.astype(np.float64), p)
        if y.size and not (y.min() >= 0 and y.max() <= 1):
            raise ValueError(
                f"{self.name}: labels are 0 or 1, or shares between. Received values from {y.min():g} to {y.max():g}."
            )
        w = np.ones(p.shape) if sample_weight is None else spread(self, sample_weight, p)
        drawn = p if self.threshold is None else p > self.threshold
        rest = tuple(range(p.ndim - 1)) if p.ndim > 2 else None  # a channel stands last; (N,D) is one picture each
        self.common = self.common + np.atleast_1d((w * y * drawn).sum(axis=rest))
        self.both = self.both + np.atleast_1d((w * (y + drawn)).sum(axis=rest))

    def result(self):
        there = self.both > 0
        return float((2 * self.common[there] / self.both[there]).mean()) if there.any() else 0.0


class IoU(Metric):
    """Common area over joint area (intersection over union), the mean over some classes.

        IoU = TP / (TP + FP + FN)        for each class that occurs, in truth or answer
    Args: num_classes, at most 10000; target_class_ids, those looked at; ignore_class, a label that does not count;
    sparse_y_true=False for one-hot labels; sparse_y_pred=False for outputs (...,K) of a softmax.
    Raises ValueError for labels that are out of range.
    """

    def __init__(
        self,
        num_classes,
        target_class_ids,
        name=None,
        dtype=None,
        ignore_class=None,
        sparse_y_true=True,
        sparse_y_pred=True,
    ):
        self.num_classes = wanted_number(self, "num_classes", num_classes, 1, MOST_CLASSES, whole=True)
        of_class = {"low": 0, "high": self.num_classes - 1, "whole": True}
        self.target_class_ids = [wanted_number(self, "each target_class_id", k, **of_class) for k in target_class_ids]
        anywhere = {"low": -float("inf"), "high": float("inf"), "whole": True}
        self.ignore_class = (
            None if ignore_class is None else wanted_number(self, "ignore_class", ignore_class, **anywhere)
        )
        self.sparse_y_true, self.sparse_y_pred = bool(sparse_y_true), bool(sparse_y_pred)
        super().__init__(name, dtype)

    def reset_state(self):
        self.common, self.true, self.said = np.zeros((3, self.num_classes))  # per class: no table of all pairs

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = np.asarray(y_true), np.asarray(y_pred)
        check_labels(self, y)
        y = y if self.sparse_y_true else y.argmax(axis=-1)
        if self.sparse_y_pred and p.size and p.size == y.size * self.num_classes and self.num_classes > 1:
            raise ValueError(
                f"{self.name}: expected one class for each place. Received answers of shape {p.shape}. For the "
                f"outputs of a softmax use {type(self).__name__}({self.num_classes}, ..., sparse_y_pred=False)."
            )
        check_answers(self, p)
        p = p if self.sparse_y_pred else p.argmax(axis=-1)
        y = like(self, y, p)
        w = np.ones(p.shape) if sample_weight is None else spread(self, sample_weight, p)
        if self.ignore_class is not None:
            known = y != self.ignore_class
            y, p, w = y[known], p[known], w[known]
        y, p, w, k = _classes(self, "y_true", y), _classes(self, "y_pred", p), w.reshape(-1), self.num_classes
        _check_known(self, y, p, k)
        for total, classes, weights in ((self.common, y, w * (y == p)), (self.true, y, w), (self.said, p, w)):
            total += np.bincount(classes, weights, minlength=k)

    def result(self):
        looked_at = list(self.target_class_ids)
        common, joint = self.common[looked_at], (self.true + self.said - self.common)[looked_at]
        there = joint > 0
        return float((common[there] / joint[there]).mean()) if there.any() else 0.0


class MeanIoU(IoU):
    """Common area over joint area (intersection over union), the mean over all classes, see IoU.

    >>> round(MeanIoU(num_classes=2)([0, 0, 1, 1], [0, 1, 0, 1]), 4)
    0.3333
    """

    def __init__(self, num_classes, name=None, dtype=None, ignore_class=None, sparse_y_true=True, sparse_y_pred=True):
        classes = wanted_number(self, "num_classes", num_classes, 1, MOST_CLASSES, whole=True)
        super().__init__(num_classes, range(classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred)


class BinaryIoU(IoU):
    """Common area over joint area of what is above a threshold, the mean over the classes 0 and 1, see IoU.

    >>> round(BinaryIoU(target_class_ids=[1])([[1, 1, 0, 0]], [[0.9, 0.2, 0.7, 0.1]]), 4)
    0.3333
    """

    def __init__(self, target_class_ids=(0, 1), threshold=0.5, name=None, dtype=None):
        self.threshold = wanted_number(self, "threshold", threshold)
        super().__init__(2, target_class_ids, name, dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        p = np.asarray(y_pred)
        check_answers(self, p)
        super().update_state(y_true, p >= self.threshold, sample_weight)


def confusion_matrix(y_true, y_pred, classes: int | None = None, sample_weight=None) -> np.ndarray:
    """Count who was called what: entry [i, j] is the number of examples of class i that were called j.

    With sample_weight each example counts as much as it weighs. Raises ValueError for a label that is no class.

    >>> confusion_matrix([0, 1, 1], [0, 1, 0])
    array([[1, 0],
           [1, 1]])
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    check_answers("confusion_matrix", y_pred)
    check_labels("confusion_matrix", y_true)
    y_true = like("confusion_matrix", y_true, y_pred)
    weights = None if sample_weight is None else spread("confusion_matrix", sample_weight, y_pred).reshape(-1)
    y, p = _classes("confusion_matrix", "y_true", y_true), _classes("confusion_matrix", "y_pred", y_pred)
    k = classes or int(max(y.max(initial=0), p.max(initial=0))) + 1
    if k > MOST_CLASSES:
        raise ValueError(
            f"confusion_matrix: a table has at most {MOST_CLASSES} classes. Received {k}. Classes may be renumbered: "
            "np.unique(y, return_inverse=True)[1]."
        )
    _check_known("confusion_matrix", y, p, k)
    return np.bincount(y * k + p, weights, minlength=k * k).reshape(k, k)


def _classes(metric, what, labels) -> np.ndarray:
    """Return classes as whole numbers in a row, or raise ValueError for a number between."""
    if labels.dtype.kind == "f":
        odd = labels[~np.isfinite(labels) | (labels != np.floor(labels))]
        if odd.size:
            raise ValueError(
                f"{name_of(metric)}: {what} holds classes, whole numbers. Received {odd[0]:g}. "
                "Probabilities become classes by p > 0.5, or of several by p.argmax(axis=-1)."
            )
    return labels.reshape(-1).astype(int)


def _check_known(metric, y_true, y_pred, k) -> None:
    """Raise ValueError for a label that is none of the k classes."""
    for what, labels in (("y_true", y_true), ("y_pred", y_pred)):
        if labels.size and not (labels.min() >= 0 and labels.max() < k):
            raise ValueError(
                f"{name_of(metric)}: {what} runs from {labels.min()} to {labels.max()}; expected classes 0 to {k - 1}."
            )
