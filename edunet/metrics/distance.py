"""How far are the answers from the truth? The means of losses, and the share of the variance that is explained."""

import math

import numpy as np

from edunet import losses
from edunet.metrics.labels import check_answers, check_has_classes, check_labels, like
from edunet.metrics.metric import MeanOf, Metric, spread
from edunet.names import look_up

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "CosineSimilarity",
    "KLDivergence",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanOfLoss",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "R2Score",
    "RootMeanSquaredError",
    "SparseCategoricalCrossentropy",
]


class MeanOfLoss(MeanOf):
    """The mean of a loss over all examples, without the penalties and weights of training."""

    clips = False  # True where the loss brings answers between bounds: of an infinite one it would make a number

    def __init__(self, loss, name=None, dtype=None):
        self.loss = loss
        super().__init__(name or loss.name, dtype)

    def values(self, y_true, y_pred):
        check_answers(self, y_pred, finite=self.clips)
        check_labels(self, y_true)
        check_has_classes(self, y_pred)
        if y_true.ndim and y_pred.ndim and len(y_true) != len(y_pred):
            raise ValueError(
                f"{self.name}: expected one label for each answer. Received labels of shape {y_true.shape} and answers "
                f"of shape {y_pred.shape}."
            )
        if y_pred.ndim > 1 and y_true.size:
            self.loss.check(y_true, y_pred.shape)
        # in float64, where a probability of 1 − 1e-7 is not rounded away
        y_pred = y_pred.astype(np.float64)
        return self.loss.call(self.loss.align(y_true, y_pred), y_pred)


class _Fixed(MeanOfLoss):
    """A loss that has no arguments."""

    def __init__(self, name=None, dtype=None):
        super().__init__(getattr(losses, type(self).__name__)(), name, dtype)


class MeanSquaredError(_Fixed):
    """Mean of (y_pred − y_true)²."""


class MeanAbsoluteError(_Fixed):
    """Mean of |y_pred − y_true|."""


class MeanAbsolutePercentageError(_Fixed):
    """Mean of 100 |y_pred − y_true| / |y_true|."""


class MeanSquaredLogarithmicError(_Fixed):
    """Mean of (ln(1 + y_pred) − ln(1 + y_true))²."""

    clips = True


class Poisson(_Fixed):
    """Mean of y_pred − y_true ln y_pred."""


class KLDivergence(_Fixed):
    """Mean of Σ_k t_k ln(t_k / p_k)."""

    clips = True


class CosineSimilarity(MeanOfLoss):
    """Mean cosine of the angle between y_true and y_pred along an axis: 1 where they point the same way."""

    def __init__(self, name=None, dtype=None, axis=-1):
        super().__init__(losses.CosineSimilarity(axis), name, dtype)
        self.axis = self.loss.axis

    def values(self, y_true, y_pred):
        return -super().values(y_true, y_pred)  # the loss is smallest where they agree


class BinaryCrossentropy(MeanOfLoss):
    """Mean of −t ln p − (1 − t) ln(1 − p), see losses.BinaryCrossentropy."""

    def __init__(self, name=None, dtype=None, from_logits=False, label_smoothing=0.0):
        super().__init__(losses.BinaryCrossentropy(from_logits, label_smoothing), name, dtype)
        self.from_logits, self.label_smoothing = self.loss.from_logits, self.loss.label_smoothing
        self.clips = not self.from_logits


class CategoricalCrossentropy(MeanOfLoss):
    """Mean of −Σ_k t_k ln p_k; labels one-hot, see losses.CategoricalCrossentropy."""

    def __init__(self, name=None, dtype=None, from_logits=False, label_smoothing=0.0):
        super().__init__(losses.CategoricalCrossentropy(from_logits, label_smoothing), name, dtype)
        self.from_logits, self.label_smoothing = self.loss.from_logits, self.loss.label_smoothing
        self.clips = not self.from_logits


class SparseCategoricalCrossentropy(MeanOfLoss):
    """Mean of −ln p_label; labels are whole numbers, see losses.SparseCategoricalCrossentropy."""

    def __init__(self, name=None, dtype=None, from_logits=False):
        super().__init__(losses.SparseCategoricalCrossentropy(from_logits), name, dtype)
        self.from_logits = self.loss.from_logits
        self.clips = not self.from_logits


class RootMeanSquaredError(MeanSquaredError):
    """Root of the mean of (y_pred − y_true)², in the unit of y."""

    def __init__(self, name=None, dtype=None):
        MeanOfLoss.__init__(self, losses.MeanSquaredError(), name or "root_mean_squared_error", dtype)

    def result(self):
        return math.sqrt(super().result())


AGGREGATIONS = dict.fromkeys(("uniform_average", "variance_weighted_average"))


class R2Score(Metric):
    """Share of the variance of the truth that the answers explain; 0 for always answering the mean.

        R² = 1 − Σ w (y − ŷ)² / Σ w (y − ȳ)²        for each output, then their mean
    class_aggregation: "uniform_average"; "variance_weighted_average"; None, an array with one value per output.
    A truth that never changes has R² = 1 if it is met exactly, else 0, as in scikit-learn.

    >>> R2Score()([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """

    def __init__(self, class_aggregation="uniform_average", name=None, dtype=None):
        if class_aggregation is not None:
            look_up("class_aggregation", AGGREGATIONS, class_aggregation)
        self.class_aggregation = class_aggregation
        super().__init__(name, dtype)

    def reset_state(self):
        self.weight, self.mean = 0.0, 0.0
        self.spread = self.residual = np.zeros(0)

    def update_state(self, y_true, y_pred, sample_weight=None):
        p = np.asarray(y_pred, np.float64)
        check_answers(self, p)
        y = np.asarray(y_true)
        check_labels(self, y)
        y = like(self, y.astype(np.float64), p)
        w = np.ones(p.shape) if sample_weight is None else spread(self, sample_weight, p)
        y, p, w = (a.reshape(-1, p.shape[-1] if p.ndim > 1 else 1) for a in (y, p, w))
        weight = float(w[:, 0].sum())
        if not weight:
            return
        mean = (w * y).sum(axis=0) / weight
        both, step = self.weight + weight, mean - self.mean  # deviations add up around the mean of both parts
        between = step**2 * self.weight * weight / both
        self.spread = (self.spread if self.weight else 0.0) + (w * (y - mean) ** 2).sum(axis=0) + between
        self.residual = (self.residual if self.weight else 0.0) + (w * (y - p) ** 2).sum(axis=0)
        self.mean, self.weight = self.mean + step * weight / both, both

    def result(self):
        if not self.weight:
            return 0.0
        changes = self.spread > 0
        scores = np.where(changes, 1 - self.residual / np.where(changes, self.spread, 1), self.residual == 0)
        if self.class_aggregation is None:
            return scores
        weigh = self.class_aggregation == "variance_weighted_average" and changes.any()
        return float(np.average(scores, weights=self.spread if weigh else None))
