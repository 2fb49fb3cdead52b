"""Losses of numbers: a dose, a length of stay, a count."""

from edunet import ops
from edunet.losses.loss import Loss, number, over_outputs

__all__ = [
    "CosineSimilarity",
    "Huber",
    "LogCosh",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Pinball",
    "Poisson",
]


class _Mean(Loss):
    """The mean of a formula of `edunet.ops.distance` over the outputs of an example."""

    def __init__(self, reduction="sum_over_batch_size", name=None):
        super().__init__(name, reduction)

    def formula(self, y_pred, target):
        raise NotImplementedError(f"{type(self).__name__} must define formula(y_pred, target)")

    def call(self, y_true, y_pred):
        return over_outputs(self.formula(y_pred, y_true))


class MeanSquaredError(_Mean):
    """Mean of (y_pred − y_true)².   Formula: edunet.ops.squared_error"""

    def formula(self, y_pred, target):
        return ops.squared_error(y_pred, target=target)


class MeanAbsoluteError(_Mean):
    """Mean of |y_pred − y_true|.   Formula: edunet.ops.absolute_error"""

    def formula(self, y_pred, target):
        return ops.absolute_error(y_pred, target=target)


class MeanAbsolutePercentageError(_Mean):
    """Mean of 100 |y_pred − y_true| / |y_true|.   Formula: edunet.ops.percentage_error"""

    def formula(self, y_pred, target):
        return ops.percentage_error(y_pred, target=target)


class MeanSquaredLogarithmicError(_Mean):
    """Mean of (ln(1 + y_pred) − ln(1 + y_true))², for amounts that are not negative.

    Formula: edunet.ops.squared_log_error
    """

    def formula(self, y_pred, target):
        return ops.squared_log_error(y_pred, target=target)


class LogCosh(_Mean):
    """Mean of ln cosh(y_pred − y_true): squared near the target, absolute far from it.

    Formula: edunet.ops.log_cosh
    """

    def formula(self, y_pred, target):
        return ops.log_cosh(y_pred, target=target)


class Poisson(_Mean):
    """Mean of y_pred − y_true ln y_pred, for counts; y_pred > 0, as softplus or exponential gives.

    Formula: edunet.ops.poisson
    """

    def formula(self, y_pred, target):
        return ops.poisson(y_pred, target=target)


class Huber(_Mean):
    """Squared error near the target, absolute error beyond delta.   Formula: edunet.ops.huber"""

    def __init__(self, delta=1.0, reduction="sum_over_batch_size", name=None):
        super().__init__(reduction, name)
        self.delta = number(self, "delta", delta)

    def formula(self, y_pred, target):
        return ops.huber(y_pred, target=target, delta=self.delta)


class Pinball(_Mean):
    """The cheapest answer is the quantile of the target: 0.9 asks for the value that nine of ten stay below.

    Two models with 0.05 and 0.95 span a range that holds nine of ten. (Not in Keras.)   Formula: edunet.ops.pinball
    """

    def __init__(self, quantile=0.5, reduction="sum_over_batch_size", name=None):
        super().__init__(reduction, name)
        self.quantile = number(self, "quantile", quantile, high=1)

    def formula(self, y_pred, target):
        return ops.pinball(y_pred, target=target, quantile=self.quantile)


class CosineSimilarity(Loss):
    """Minus the cosine of the angle between y_true and y_pred along an axis.   Formula: edunet.ops.cosine_similarity"""

    def __init__(self, axis=-1, reduction="sum_over_batch_size", name=None):
        super().__init__(name, reduction)
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise ValueError(f"CosineSimilarity: axis is a whole number, such as -1. Received: {axis!r}")
        self.axis = axis

    def call(self, y_true, y_pred):
        return ops.cosine_similarity(y_pred, target=y_true, axis=self.axis)
