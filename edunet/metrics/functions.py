"""Accuracies as functions, as Keras has them: which answers are right, one by one, 1.0 or 0.0.

The errors stand here too, as in Keras: `metrics.mean_squared_error` is `losses.mean_squared_error`.
"""

import numpy as np

from edunet.metrics import accuracy
from edunet.tensor import as_array

__all__ = [
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def _each(metric, y_true, y_pred):
    return metric.values(np.asarray(as_array(y_true)), np.asarray(as_array(y_pred))).astype(np.float32)


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """Return 1 where an answer is on the side of its label, (N,K); y_true 0 or 1, y_pred a probability.

    >>> binary_accuracy([[1, 0], [0, 1]], [[0.9, 0.1], [0.8, 0.2]])
    array([[1., 1.],
           [0., 0.]], dtype=float32)
    """
    return _each(accuracy.BinaryAccuracy(threshold), y_true, y_pred)


def categorical_accuracy(y_true, y_pred):
    """Return 1 for each example whose largest output is the true class, (N,); y_true one-hot, (N,K)."""
    return _each(accuracy.CategoricalAccuracy(), y_true, y_pred)


def sparse_categorical_accuracy(y_true, y_pred):
    """Return 1 for each example whose largest output is the true class, (N,); y_true whole numbers, (N,).

    >>> float(sparse_categorical_accuracy([0, 1], [[0.9, 0.1], [0.8, 0.2]]).mean())
    0.5
    """
    return _each(accuracy.SparseCategoricalAccuracy(), y_true, y_pred)


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """Return 1 for each example whose true class is among the k largest outputs, (N,); y_true one-hot, (N,K)."""
    return _each(accuracy.TopKCategoricalAccuracy(k), y_true, y_pred)


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5):
    """Return 1 for each example whose true class is among the k largest outputs, (N,); y_true whole numbers, (N,)."""
    return _each(accuracy.SparseTopKCategoricalAccuracy(k), y_true, y_pred)
