"""Losses of areas, for models that draw the outline of what they look for."""

from edunet import ops
from edunet.losses.loss import Loss

__all__ = ["Dice"]


class Dice(Loss):
    """One minus twice the common area over the sum of both areas.   Formula: edunet.ops.dice

    axis=None takes the whole batch as one picture, as in Keras; axis=(1, 2, 3) gives every picture (N,H,W,C) its loss.
    """

    def __init__(self, reduction="sum_over_batch_size", name=None, axis=None):
        super().__init__(name, reduction)
        numbers = axis if isinstance(axis, (tuple, list)) else [] if axis is None else [axis]
        if not all(isinstance(n, int) and not isinstance(n, bool) for n in numbers):
            raise ValueError(f"Dice: axis is None or whole numbers such as (1, 2, 3). Received: {axis!r}")
        self.axis = tuple(axis) if isinstance(axis, list) else axis

    def __call__(self, y_true, y_pred, sample_weight=None):
        if sample_weight is not None and self.axis is None:
            raise ValueError(
                "Dice: with axis=None the whole batch has one loss and its examples no weights of their own. "
                "For pictures (N, H, W, C) use Dice(axis=(1, 2, 3))."
            )
        return super().__call__(y_true, y_pred, sample_weight)

    def call(self, y_true, y_pred):
        return ops.dice(y_pred, target=y_true, axis=self.axis)
