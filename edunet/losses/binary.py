"""Losses of yes or no: one disease, or several that do not exclude each other."""

import numpy as np

from edunet import ops
from edunet.losses.loss import EPSILON, Loss, number, over_outputs, scores_behind
from edunet.tensor import log, maximum

__all__ = ["BinaryCrossentropy", "BinaryFocalCrossentropy", "Hinge", "SquaredHinge", "clip"]


class BinaryCrossentropy(Loss):
    """−t ln p − (1 − t) ln(1 − p) for each output: one disease, or several that do not exclude each other.

    from_logits=True: predictions are scores z and p = σ(z).
    label_smoothing s: the targets are t(1 − s) + s/2, so that no answer has to become certain.
    """

    def __init__(self, from_logits=False, label_smoothing=0.0, reduction="sum_over_batch_size", name=None):
        super().__init__(name, reduction)
        self.from_logits = bool(from_logits)
        self.label_smoothing = number(self, "label_smoothing", label_smoothing, high=1)

    def scores(self, y_pred):
        z = y_pred if self.from_logits else scores_behind(y_pred, ops.sigmoid)
        if z is not None:
            return z
        p = clip(y_pred)
        return log(p) - log(1.0 - p)  # the inverse of σ

    def smooth(self, y_true):
        s = self.label_smoothing
        return y_true * (1 - s) + s / 2 if s else y_true

    def call(self, y_true, y_pred):
        return over_outputs(ops.sigmoid_crossentropy(self.scores(y_pred), target=self.smooth(y_true)))

    def check(self, y, output_shape):
        if output_shape[-1] > 1 and self.align(y, np.empty((0, *output_shape[1:]))).shape[1:] == ():
            raise ValueError(
                f"{self.name}: y holds one label per example, the model answers with {output_shape[-1]} values. "
                f"For {output_shape[-1]} classes that exclude each other use loss='sparse_categorical_crossentropy' "
                "and a softmax; for yes or no end the model with Dense(1, activation='sigmoid')."
            )
        super().check(y, output_shape)
        low, high = y.min(), y.max()
        if low < 0 or high > 1:
            raise ValueError(
                f"{self.name}: labels are 0 or 1 (or probabilities between). Received values from {low} to {high}. "
                + ("For labels -1 and 1 use (y + 1) / 2." if low == -1 and high == 1 else "")
                + ("For labels 1 and 2 use y - 1." if low == 1 and high == 2 else "")
                + (
                    "For more than two classes use loss='sparse_categorical_crossentropy'."
                    if high > 1 and (low, high) != (1, 2)
                    else ""
                )
            )


class BinaryFocalCrossentropy(BinaryCrossentropy):
    """Binary cross-entropy times q^gamma, q what is missing to the truth: easy examples hardly count.

    apply_class_balancing: examples with t = 1 count alpha times, those with t = 0 (1 − alpha) times.
    Formula: edunet.ops.sigmoid_focal_crossentropy
    """

    def __init__(
        self,
        apply_class_balancing=False,
        alpha=0.25,
        gamma=2.0,
        from_logits=False,
        label_smoothing=0.0,
        reduction="sum_over_batch_size",
        name=None,
    ):
        super().__init__(from_logits, label_smoothing, reduction, name)
        self.apply_class_balancing = bool(apply_class_balancing)
        self.alpha = number(self, "alpha", alpha, high=1)
        self.gamma = number(self, "gamma", gamma)

    def call(self, y_true, y_pred):
        t = self.smooth(y_true)
        losses = ops.sigmoid_focal_crossentropy(self.scores(y_pred), target=t, gamma=self.gamma)
        if self.apply_class_balancing:
            losses = losses * (t * self.alpha + (1 - t) * (1 - self.alpha)).astype(losses.dtype)
        return over_outputs(losses)


class Hinge(Loss):
    """Mean of max(1 − t·y_pred, 0) for scores y_pred; labels −1 and 1, or 0 and 1.   Formula: edunet.ops.hinge"""

    def __init__(self, reduction="sum_over_batch_size", name=None):
        super().__init__(name, reduction)

    def call(self, y_true, y_pred):
        return over_outputs(self.missing(y_true, y_pred))

    def missing(self, y_true, y_pred):
        """Return by how much each score misses its side of the margin."""
        if np.isin(y_true, (0, 1)).all():
            y_true = 2.0 * y_true - 1.0
        return ops.hinge(y_pred, target=y_true)


class SquaredHinge(Hinge):
    """Mean of max(1 − t·y_pred, 0)² for scores y_pred; labels −1 and 1, or 0 and 1."""

    def call(self, y_true, y_pred):
        missing = self.missing(y_true, y_pred)
        return over_outputs(missing * missing)


def clip(p):
    """Keep probabilities ε away from 0 and 1; where that changes p its gradient is 0."""
    return -maximum(-maximum(p, EPSILON), EPSILON - 1.0)  # min(p, 1 − ε), without rounding a small p
