"""The losses as functions, as Keras has them: `mean_squared_error(y_true, y_pred)` returns one value per example."""

import numpy as np

from edunet.losses import binary, classes, distance, overlap
from edunet.tensor import Tensor, as_array

__all__ = [
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "cosine_similarity",
    "dice",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "sparse_categorical_crossentropy",
    "squared_hinge",
]


def _each(loss, y_true, y_pred):
    """Return the loss of each example, without their mean."""
    y_pred = y_pred if isinstance(y_pred, Tensor) else as_array(y_pred)
    y_true = y_true.numpy() if isinstance(y_true, Tensor) else np.asarray(y_true)
    return loss.call(loss.align(y_true, y_pred), y_pred)


def mean_squared_error(y_true, y_pred):
    """Mean of (y_pred − y_true)² over the outputs of each example.

    >>> mean_squared_error([[0.0, 1.0], [2.0, 2.0]], np.array([[0.0, 3.0], [2.0, 3.0]]))
    array([2. , 0.5])
    """
    return _each(distance.MeanSquaredError(), y_true, y_pred)


def mean_absolute_error(y_true, y_pred):
    """Mean of |y_pred − y_true| over the outputs of each example."""
    return _each(distance.MeanAbsoluteError(), y_true, y_pred)


def mean_absolute_percentage_error(y_true, y_pred):
    """Mean of 100 |y_pred − y_true| / |y_true| over the outputs of each example."""
    return _each(distance.MeanAbsolutePercentageError(), y_true, y_pred)


def mean_squared_logarithmic_error(y_true, y_pred):
    """Mean of (ln(1 + y_pred) − ln(1 + y_true))² over the outputs of each example."""
    return _each(distance.MeanSquaredLogarithmicError(), y_true, y_pred)


def huber(y_true, y_pred, delta=1.0):
    """Squared error near the target, absolute error beyond delta; the mean over the outputs of each example."""
    return _each(distance.Huber(delta), y_true, y_pred)


def log_cosh(y_true, y_pred):
    """Mean of ln cosh(y_pred − y_true) over the outputs of each example."""
    return _each(distance.LogCosh(), y_true, y_pred)


def poisson(y_true, y_pred):
    """Mean of y_pred − y_true ln y_pred over the outputs of each example."""
    return _each(distance.Poisson(), y_true, y_pred)


def cosine_similarity(y_true, y_pred, axis=-1):
    """Minus the cosine of the angle between the vectors of each example."""
    return _each(distance.CosineSimilarity(axis), y_true, y_pred)


def hinge(y_true, y_pred):
    """Mean of max(1 − y_true·y_pred, 0) over the outputs of each example; labels −1 and 1, or 0 and 1."""
    return _each(binary.Hinge(), y_true, y_pred)


def squared_hinge(y_true, y_pred):
    """Mean of max(1 − y_true·y_pred, 0)² over the outputs of each example; labels −1 and 1, or 0 and 1."""
    return _each(binary.SquaredHinge(), y_true, y_pred)


def categorical_hinge(y_true, y_pred):
    """max(1 + the largest score of another class − that of the class, 0) of each example; labels one-hot."""
    return _each(classes.CategoricalHinge(), y_true, y_pred)


def binary_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0):
    """Mean of −t ln p − (1 − t) ln(1 − p) over the outputs of each example."""
    return _each(binary.BinaryCrossentropy(from_logits, label_smoothing), y_true, y_pred)


def binary_focal_crossentropy(
    y_true, y_pred, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0
):
    """Binary cross-entropy in which easy examples hardly count, see BinaryFocalCrossentropy."""
    made = binary.BinaryFocalCrossentropy(apply_class_balancing, alpha, gamma, from_logits, label_smoothing)
    return _each(made, y_true, y_pred)


def categorical_crossentropy(y_true, y_pred, from_logits=False, label_smoothing=0.0):
    """−Σ_k t_k ln p_k of each example; labels one-hot."""
    return _each(classes.CategoricalCrossentropy(from_logits, label_smoothing), y_true, y_pred)


def categorical_focal_crossentropy(y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0):
    """Cross-entropy in which easy examples hardly count, see CategoricalFocalCrossentropy; labels one-hot."""
    return _each(classes.CategoricalFocalCrossentropy(alpha, gamma, from_logits, label_smoothing), y_true, y_pred)


def sparse_categorical_crossentropy(y_true, y_pred, from_logits=False, ignore_class=None):
    """−ln p_label of each example; labels are whole numbers."""
    return _each(classes.SparseCategoricalCrossentropy(from_logits, ignore_class), y_true, y_pred)


def kl_divergence(y_true, y_pred):
    """Σ_k t_k ln(t_k / p_k) of each example."""
    return _each(classes.KLDivergence(), y_true, y_pred)


def dice(y_true, y_pred, axis=None):
    """One minus twice the common area over the sum of both areas."""
    return _each(overlap.Dice(axis=axis), y_true, y_pred)
