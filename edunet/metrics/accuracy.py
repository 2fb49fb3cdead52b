"""How many answers are right?"""

import numpy as np

from edunet.metrics.metric import MeanOf, like, wanted_number

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
        return like(y_true, y_pred) == y_pred


class BinaryAccuracy(MeanOf):
    """Share of outputs on the right side of the threshold."""

    def __init__(self, threshold=0.5, name=None):
        self.threshold = wanted_number(self, "threshold", threshold, -float("inf"), float("inf"))
        super().__init__(name)

    def values(self, y_true, y_pred):
        return (like(y_true, y_pred) > self.threshold) == (y_pred > self.threshold)


class CategoricalAccuracy(MeanOf):
    """Share of examples whose largest output is the true class; labels one-hot."""

    def values(self, y_true, y_pred):
        return _one_hot(self, y_true, y_pred).argmax(axis=-1) == y_pred.argmax(axis=-1)


class SparseCategoricalAccuracy(MeanOf):
    """Share of examples whose largest output is the true class; labels are whole numbers."""

    def values(self, y_true, y_pred):
        return y_true.reshape(y_pred.shape[:-1]) == y_pred.argmax(axis=-1)


class SparseTopKCategoricalAccuracy(MeanOf):
    """Share of examples whose true class is among the k largest outputs; labels are whole numbers.

    A class shares the place of those with an equal output, as in Keras.

    >>> SparseTopKCategoricalAccuracy(k=2)([2, 0], [[0.5, 0.2, 0.3], [0.1, 0.6, 0.3]])
    0.5
    """

    def __init__(self, k=5, name=None):
        self.k = wanted_number(self, "k", k, 1, float("inf"), whole=True)
        super().__init__(name)

    def values(self, y_true, y_pred):
        labels = y_true.reshape(y_pred.shape[:-1]).astype(int)
        own = np.take_along_axis(y_pred, labels[..., None], axis=-1)
        return (y_pred > own).sum(axis=-1) < self.k


class TopKCategoricalAccuracy(SparseTopKCategoricalAccuracy):
    """Share of examples whose true class is among the k largest outputs; labels one-hot."""

    def values(self, y_true, y_pred):
        return super().values(_one_hot(self, y_true, y_pred).argmax(axis=-1), y_pred)


class AccuracyByLabels(MeanOf):
    """What "accuracy" means if neither loss nor output tells: labels one-hot, or else whole numbers."""

    def values(self, y_true, y_pred):
        labels = y_true.argmax(axis=-1) if y_true.shape == y_pred.shape else y_true.reshape(y_pred.shape[:-1])
        return labels == y_pred.argmax(axis=-1)


def _one_hot(metric, y_true, y_pred):
    if y_true.shape != y_pred.shape:
        raise ValueError(
            f"{metric.name}: expected one-hot labels of shape {y_pred.shape}. Received {y_true.shape}. "
            f"For labels as whole numbers use 'sparse_{metric.name.removeprefix('sparse_')}'."
        )
    return y_true
