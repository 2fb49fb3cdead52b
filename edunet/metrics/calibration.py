"""Do probabilities keep their promise? Of a hundred patients with a risk of 0.2, twenty should fall ill."""

import numpy as np

from edunet.metrics.labels import check_labels, check_probabilities, check_yes_or_no, known_classes, like
from edunet.metrics.metric import MeanOf, Metric, spread, wanted_number

__all__ = ["BrierScore", "CalibrationError"]


class BrierScore(MeanOf):
    """Mean squared distance between the probabilities and what happened: 0 is perfect.

        one output: (p − t)²        K classes that exclude each other: Σ_k (p_k − t_k)², halved for two
    Labels 0 or 1, one-hot, or whole numbers.
    Source: Brier, Verification of forecasts expressed in terms of probability (1950).

    >>> round(BrierScore()([1, 0], [0.8, 0.4]), 3)
    0.1
    """

    def values(self, y_true, y_pred):
        p = y_pred.astype(np.float64)
        check_probabilities(self, p)
        if p.ndim < 2 or p.shape[-1] == 1:
            check_yes_or_no(self, y_true)
            return (p - like(self, y_true, p)) ** 2
        classes = p.shape[-1]
        if y_true.shape != p.shape:
            y_true = known_classes(self, y_true, p)[..., None] == np.arange(classes)
        check_labels(self, y_true)
        return ((p - y_true) ** 2).sum(axis=-1) / (2 if classes == 2 else 1)


class CalibrationError(Metric):
    """Expected calibration error: mean distance between promised and true shares, over bins of equal width.

        ECE = Σ_b (n_b / n) |mean of t in b − mean of p in b|
    One output: p is the probability of class 1, t is 0 or 1. Several: p is the largest output, t whether it is right.
    The value depends on the number of bins, and grows with few examples in each.
    Source: Naeini, Cooper & Hauskrecht (2015); Guo et al., On calibration of modern neural networks (2017).

    >>> round(CalibrationError(bins=2)([0, 1, 1, 1], [0.1, 0.3, 0.8, 0.8]), 3)
    0.25
    """

    def __init__(self, bins=15, name=None, dtype=None):
        self.bins = wanted_number(self, "bins", bins, 1, 10_000, whole=True)
        super().__init__(name, dtype)

    def reset_state(self):
        self.weight, self.promised, self.happened = np.zeros((3, self.bins))

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = np.asarray(y_true), np.asarray(y_pred, np.float64)
        check_probabilities(self, p)
        if p.ndim > 1 and p.shape[-1] > 1:
            check_labels(self, y)
            label = y.argmax(axis=-1) if y.shape == p.shape else known_classes(self, y, p)
            y, p = label == p.argmax(axis=-1), p.max(axis=-1)
        check_yes_or_no(self, y)
        y = like(self, y, p)
        w = np.ones(p.shape) if sample_weight is None else spread(self, sample_weight, p)
        place = np.clip(np.ceil(p * self.bins) - 1, 0, self.bins - 1).astype(int).reshape(-1)
        for total, what in ((self.weight, w), (self.promised, w * p), (self.happened, w * y)):
            total += np.bincount(place, weights=what.reshape(-1), minlength=self.bins)

    def result(self):
        n = self.weight.sum()
        return float(np.abs(self.happened - self.promised).sum() / n) if n else 0.0
