"""How many answers are right?"""

import numpy as np

from edunet.metrics.labels import (
    check_answers,
    check_labels,
    check_yes_or_no,
    class_numbers,
    known_classes,
    like,
    one_hot,
)
from edunet.metrics.metric import MeanOf, wanted_number

__all__ = [
    "Accuracy",
    "AccuracyByLabels",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "SparseCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TopKCategoricalAccuracy",
]


class Accuracy(MeanOf):
    """Share of predictions that equal the truth."""

    def values(self, y_true, y_pred):
        if y_true.dtype.kind != "U" or y_pred.dtype.kind != "U":  # names of classes may be compared, too
            check_answers(self, y_pred)
            check_labels(self, y_true)
        return like(self, y_true, y_pred) == y_pred


QUANTITY = "Accuracy counts classes; for a quantity use metrics=['mae']."


class BinaryAccuracy(MeanOf):
    """Share of outputs on the right side of the threshold; labels 0 and 1, or −1 and 1.

    Raises ValueError for other labels: of a quantity it would count how often both exceed the threshold.
    """

    def __init__(self, threshold=0.5, name=None, dtype=None):
        self.threshold = wanted_number(self, "threshold", threshold, -float("inf"), float("inf"))
        super().__init__(name, dtype)

    def values(self, y_true, y_pred):
        check_answers(self, y_pred)
        y_true = like(self, y_true, y_pred)
        if y_true.dtype.kind not in "fbiu":
            check_labels(self, y_true)
        positive = y_true > 0
        if np.count_nonzero(y_true == positive) < y_true.size and not (np.abs(y_true) == 1).all():
            check_yes_or_no(self, y_true, QUANTITY)
        return positive == (y_pred > self.threshold)


class CategoricalAccuracy(MeanOf):
    """Share of examples whose largest output is the true class; labels one-hot."""

    def values(self, y_true, y_pred):
        check_answers(self, y_pred)
        return one_hot(self, y_true, y_pred).argmax(axis=-1) == y_pred.argmax(axis=-1)


class SparseCategoricalAccuracy(MeanOf):
    """Share of examples whose largest output is the true class; labels are whole numbers."""

    def values(self, y_true, y_pred):
        check_answers(self, y_pred)
        return class_numbers(self, y_true, y_pred) == y_pred.argmax(axis=-1)


class SparseTopKCategoricalAccuracy(MeanOf):
    """Share of examples whose true class is among the k largest outputs; labels are whole numbers.

    A class shares the place of those with an equal output, as in Keras.

    >>> SparseTopKCategoricalAccuracy(k=2)([2, 0], [[0.5, 0.2, 0.3], [0.1, 0.6, 0.3]])
    0.5
    """

    def __init__(self, k=5, name=None, dtype=None):
        self.k = wanted_number(self, "k", k, 1, float("inf"), whole=True)
        super().__init__(name, dtype)

    def values(self, y_true, y_pred):
        check_answers(self, y_pred)
        labels = known_classes(self, y_true, y_pred).astype(int)
        own = np.take_along_axis(y_pred, labels[..., None], axis=-1)
        return (y_pred > own).sum(axis=-1) < self.k


class TopKCategoricalAccuracy(SparseTopKCategoricalAccuracy):
    """Share of examples whose true class is among the k largest outputs; labels one-hot."""

    def values(self, y_true, y_pred):
        return super().values(one_hot(self, y_true, y_pred).argmax(axis=-1), y_pred)


class AccuracyByLabels(MeanOf):
    """What "accuracy" means if neither loss nor output tells: labels one-hot, or else whole numbers."""

    def values(self, y_true, y_pred):
        check_answers(self, y_pred)
        if y_true.shape == y_pred.shape:
            if y_true.min(initial=0) < 0 or not np.allclose(y_true.sum(axis=-1), 1, atol=1e-3):
                raise ValueError(
                    f"{self.name}: labels are one-hot, rows that sum to 1, or class numbers. Received a row like "
                    f"{y_true.reshape(-1, y_true.shape[-1])[0]}. {QUANTITY}"
                )
            return y_true.argmax(axis=-1) == y_pred.argmax(axis=-1)
        return class_numbers(self, y_true, y_pred) == y_pred.argmax(axis=-1)
