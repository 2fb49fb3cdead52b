"""Metrics: numbers for people, counted over all batches of an epoch. Names as in Keras.

One difference, on purpose: AUC is exact (by ranks), not read off 200 thresholds.
"""

import numpy as np

from edunet.names import look_up, missing_name

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "Recall",
    "SparseCategoricalAccuracy",
    "confusion_matrix",
    "get",
    "roc_auc",
]


class Metric:
    """Collect by `update_state(y_true, y_pred, sample_weight=None)`, read by `result()`, clear by `reset_state()`."""

    def __init__(self, name: str | None = None):
        self.name = name or _snake(type(self).__name__)
        self.reset_state()

    def __call__(self, y_true, y_pred, sample_weight=None) -> float:
        self.update_state(y_true, y_pred, sample_weight)
        return self.result()

    def reset_state(self) -> None:
        """Forget everything."""
        raise NotImplementedError(f"{type(self).__name__} must define reset_state()")

    def update_state(self, y_true, y_pred, sample_weight=None) -> None:
        """Take in one batch."""
        raise NotImplementedError(f"{type(self).__name__} must define update_state(y_true, y_pred)")

    def result(self) -> float:
        """Return the value over all batches since the last reset."""
        raise NotImplementedError(f"{type(self).__name__} must define result()")


def _snake(name: str) -> str:
    return "".join(
        f"_{c.lower()}" if c.isupper() and i and not name[i - 1].isupper() else c.lower() for i, c in enumerate(name)
    )


class _Mean(Metric):
    """A metric that is the (weighted) mean of one value per prediction."""

    def reset_state(self):
        self.total = self.count = 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        values = np.asarray(self.values(np.asarray(y_true), np.asarray(y_pred)))
        if sample_weight is None:
            self.total += values.sum(dtype=np.float64)
            self.count += values.size
            return
        w = np.asarray(sample_weight, np.float64)
        w = np.broadcast_to(w.reshape(w.shape + (1,) * (values.ndim - w.ndim)), values.shape)
        self.total += (values * w).sum()
        self.count += w.sum()

    def result(self):
        return self.total / self.count if self.count else 0.0

    def values(self, y_true, y_pred):
        raise NotImplementedError(f"{type(self).__name__} must define values(y_true, y_pred)")


def _like(y_true, y_pred):
    return y_true.reshape(y_pred.shape) if y_true.size == y_pred.size else y_true


class Accuracy(_Mean):
    """Share of predictions that equal the truth."""

    def values(self, y_true, y_pred):
        return _like(y_true, y_pred) == y_pred


class BinaryAccuracy(_Mean):
    """Share of outputs on the right side of the threshold."""

    def __init__(self, threshold=0.5, name=None):
        super().__init__(name)
        self.threshold = threshold

    def values(self, y_true, y_pred):
        return (_like(y_true, y_pred) > self.threshold) == (y_pred > self.threshold)


class CategoricalAccuracy(_Mean):
    """Share of examples whose largest output is the true class; labels one-hot."""

    def values(self, y_true, y_pred):
        if y_true.shape != y_pred.shape:
            raise ValueError(
                f"{self.name}: expected one-hot labels of shape {y_pred.shape}. Received {y_true.shape}. "
                "For labels as whole numbers use 'sparse_categorical_accuracy'."
            )
        return y_true.argmax(axis=-1) == y_pred.argmax(axis=-1)


class SparseCategoricalAccuracy(_Mean):
    """Share of examples whose largest output is the true class; labels are whole numbers."""

    def values(self, y_true, y_pred):
        return y_true.reshape(y_pred.shape[:-1]) == y_pred.argmax(axis=-1)


class MeanSquaredError(_Mean):
    """Mean of (y_pred − y_true)²."""

    def values(self, y_true, y_pred):
        return (_like(y_true, y_pred) - y_pred) ** 2


class MeanAbsoluteError(_Mean):
    """Mean of |y_pred − y_true|."""

    def values(self, y_true, y_pred):
        return np.abs(_like(y_true, y_pred) - y_pred)


class _Counts(Metric):
    """A metric of counts at a threshold: true and false positives, false negatives."""

    def __init__(self, thresholds=0.5, name=None):
        if not isinstance(thresholds, (int, float, np.number)):
            raise TypeError(f"{type(self).__name__}: thresholds is one number, such as 0.5. Received: {thresholds!r}")
        self.thresholds = thresholds
        super().__init__(name)

    def reset_state(self):
        self.true_positive = self.false_positive = self.false_negative = 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = np.asarray(y_pred)
        if np.size(y_true) != y_pred.size:
            raise ValueError(
                f"{self.name} counts yes-or-no answers, but the model gives {y_pred.shape[-1]} for each label. Use "
                "metrics=['accuracy'] here, and metrics.confusion_matrix(y, p.argmax(axis=-1)) for each class."
            )
        truth, said = _like(np.asarray(y_true), y_pred) > 0.5, y_pred > self.thresholds
        w: float | np.ndarray = 1.0
        if sample_weight is not None:
            w = np.asarray(sample_weight, np.float64)
            w = w.reshape(w.shape + (1,) * (y_pred.ndim - w.ndim))
        self.true_positive += np.sum(w * (truth & said))
        self.false_positive += np.sum(w * (~truth & said))
        self.false_negative += np.sum(w * (truth & ~said))


class Precision(_Counts):
    """Of those called ill, the share that is ill: TP / (TP + FP); 0 if nobody was called ill."""

    def result(self):
        called = self.true_positive + self.false_positive
        return float(self.true_positive / called) if called else 0.0


class Recall(_Counts):
    """Of the ill, the share that was found (sensitivity): TP / (TP + FN); 0 if nobody is ill."""

    def result(self):
        ill = self.true_positive + self.false_negative
        return float(self.true_positive / ill) if ill else 0.0


class AUC(Metric):
    """Area under the ROC curve, exact. It keeps all predictions of an epoch.

    One output: that of class 1. Several outputs: the mean over the classes, each against the rest.
    A class that nobody (or everybody) has leaves its area undefined (nan) and the mean skips it.
    """

    def reset_state(self):
        self.truths, self.scores = [], []

    def update_state(self, y_true, y_pred, sample_weight=None):
        if sample_weight is not None:
            raise ValueError("AUC: sample weights are not supported; give AUC under metrics=, not weighted.")
        self.truths.append(np.array(y_true))
        self.scores.append(np.array(y_pred))

    def result(self):
        if not self.scores:
            return 0.0
        y, p = np.concatenate(self.truths), np.concatenate(self.scores)
        if p.ndim == 1 or p.shape[-1] == 1:
            return roc_auc(y.reshape(-1), p.reshape(-1))
        if y.shape != p.shape:
            y = y.reshape(-1, 1) == np.arange(p.shape[-1])
        if p.shape[-1] == 2 and np.array_equal(y.sum(axis=-1), np.ones(len(y))):
            return roc_auc(y[:, 1], p[:, 1])
        areas = np.array([roc_auc(y[:, k], p[:, k]) for k in range(p.shape[-1])])
        defined = ~np.isnan(areas)
        return float(areas[defined].mean()) if defined.any() else float("nan")


def roc_auc(y_true, score) -> float:
    """Chance that an ill person has a higher score than a healthy one, ties counted half.

        AUC = P(s⁺ > s⁻) + ½ P(s⁺ = s⁻) = (Σ ranks of the ill − n⁺(n⁺+1)/2) / (n⁺ n⁻)        by mid-ranks
    Args: y_true (N,) 0 or 1; score (N,). Returns nan unless both kinds are present.
    Source: Hanley & McNeil (1982).

    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.875
    """
    ill, score = np.asarray(y_true).astype(bool), np.asarray(score, np.float64)
    _, place, count = np.unique(score, return_inverse=True, return_counts=True)
    mid_rank = np.cumsum(count) - (count - 1) / 2
    n_ill, n_well = int(ill.sum()), int((~ill).sum())
    if not n_ill or not n_well:
        return float("nan")
    return float((mid_rank[place.reshape(-1)][ill].sum() - n_ill * (n_ill + 1) / 2) / (n_ill * n_well))


def confusion_matrix(y_true, y_pred, classes: int | None = None) -> np.ndarray:
    """Count who was called what: entry [i, j] is the number of examples of class i that were called j.

    >>> confusion_matrix([0, 1, 1], [0, 1, 0])
    array([[1, 0],
           [1, 1]])
    """
    y_true, y_pred = np.asarray(y_true).reshape(-1).astype(int), np.asarray(y_pred).reshape(-1).astype(int)
    k = classes or int(max(y_true.max(), y_pred.max())) + 1
    return np.bincount(y_true * k + y_pred, minlength=k * k).reshape(k, k)


_BY_NAME = {
    "auc": AUC,
    "binary_accuracy": BinaryAccuracy,
    "categorical_accuracy": CategoricalAccuracy,
    "mae": MeanAbsoluteError,
    "mean_absolute_error": MeanAbsoluteError,
    "mean_squared_error": MeanSquaredError,
    "mse": MeanSquaredError,
    "precision": Precision,
    "recall": Recall,
    "sparse_categorical_accuracy": SparseCategoricalAccuracy,
}


def get(metric, loss=None, output_shape: tuple = ()) -> Metric:
    """Return a metric from its name, a function `f(y_true, y_pred)` as a metric, or itself.

    "accuracy" means the accuracy that fits the loss (by its name) or else the shape of the output.
    """
    if isinstance(metric, str):
        if metric in ("accuracy", "acc"):
            kind = _accuracy_for(loss, output_shape)
        else:
            kind = look_up(
                "metric", {**_BY_NAME, "AUC": AUC, "Precision": Precision, "Recall": Recall, "accuracy": None}, metric
            )
        return kind(name=metric)
    if isinstance(metric, Metric):
        return metric
    if isinstance(metric, type) and issubclass(metric, Metric):
        raise TypeError(f"the metric is a class; make an object of it: {metric.__name__}()")
    if callable(metric):
        return _Function(metric)
    raise TypeError(f"a metric is a name such as 'accuracy', an object or a function. Received: {metric!r}")


def _accuracy_for(loss, output_shape):
    name = _snake(type(loss).__name__) if loss is not None else ""
    if name == "sparse_categorical_crossentropy":
        return SparseCategoricalAccuracy
    if name == "categorical_crossentropy":
        return CategoricalAccuracy
    if name == "binary_crossentropy" or output_shape[-1:] == (1,):
        return BinaryAccuracy
    return _AccuracyByLabels


class _AccuracyByLabels(_Mean):
    """What "accuracy" means if neither loss nor output tells: labels one-hot, or else whole numbers."""

    def values(self, y_true, y_pred):
        labels = y_true.argmax(axis=-1) if y_true.shape == y_pred.shape else y_true.reshape(y_pred.shape[:-1])
        return labels == y_pred.argmax(axis=-1)


class _Function(_Mean):
    def __init__(self, function):
        self.function = function
        super().__init__(getattr(function, "__name__", "metric"))

    def values(self, y_true, y_pred):
        return self.function(y_true, y_pred)


def __getattr__(name):
    raise missing_name("edunet.metrics", name, __all__)
