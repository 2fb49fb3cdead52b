"""Accuracies as functions, as Keras has them: `binary_accuracy(y_true, y_pred)` returns 1 for right, 0 for wrong."""

import numpy as np

from edunet.backend import floatx
from edunet.metrics import accuracy
from edunet.tensor import as_array

__all__ = [
    "binary_accuracy",
    "categorical_accuracy",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]


def _each(metric, y_true, y_pred) -> np.ndarray:
    """Return 1 or 0 for each answer, without their mean."""
    return np.asarray(metric.values(as_array(y_true), as_array(y_pred))).astype(floatx())


def binary_accuracy(y_true, y_pred, threshold=0.5):
    """1 where an output is on the right side of the threshold; labels 0 and 1, or −1 and 1.

    >>> binary_accuracy([1, 0], np.array([0.7, 0.6]))
    array([1., 0.], dtype=float32)
    """
    return _each(accuracy.BinaryAccuracy(threshold), y_true, y_pred)


def categorical_accuracy(y_true, y_pred):
    """1 for each example whose largest output is the true class; labels one-hot."""
    return _each(accuracy.CategoricalAccuracy(), y_true, y_pred)


def sparse_categorical_accuracy(y_true, y_pred):
    """1 for each example whose largest output is the true class; labels are whole numbers."""
    return _each(accuracy.SparseCategoricalAccuracy(), y_true, y_pred)


def top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 for each example whose true class is among the k largest outputs; labels one-hot."""
    return _each(accuracy.TopKCategoricalAccuracy(k), y_true, y_pred)


def sparse_top_k_categorical_accuracy(y_true, y_pred, k=5):
    """1 for each example whose true class is among the k largest outputs; labels are whole numbers."""
    return _each(accuracy.SparseTopKCategoricalAccuracy(k), y_true, y_pred)
