"""Metrics of yes and no: of answers above a threshold, which are right?"""

import numpy as np

from edunet.metrics.labels import check_answers, check_yes_or_no, known_classes, like
from edunet.metrics.metric import Metric, spread, wanted_number
from edunet.names import look_up

__all__ = [
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Precision",
    "Recall",
    "Sensitivity",
    "Specificity",
    "TrueNegatives",
    "TruePositives",
    "each_class",
    "yes_or_no",
]


def yes_or_no(metric, y_true, y_pred, class_id=None):
    """Return labels and answers of one class, alike in shape; labels may be one-hot or whole numbers."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    check_answers(metric, y_pred)
    if class_id is not None:
        if y_pred.ndim < 2 or class_id >= y_pred.shape[-1]:
            raise ValueError(
                f"{metric.name}: class_id={class_id} wants answers (N, K) with an output for that class. "
                f"Received answers of shape {y_pred.shape}."
            )
        if y_true.shape != y_pred.shape:
            return known_classes(metric, y_true, y_pred) == class_id, y_pred[..., class_id]
        y_true, y_pred = y_true[..., class_id], y_pred[..., class_id]
    elif y_pred.ndim > 1 and y_pred.shape[-1] > 1 and y_true.size * y_pred.shape[-1] == y_pred.size:
        raise ValueError(
            f"{metric.name} counts yes-or-no answers, but the model gives {y_pred.shape[-1]} for each label. Choose a "
            f"class with {type(metric).__name__}(class_id=1), or use metrics=['accuracy'] here, and "
            "metrics.confusion_matrix(y, p.argmax(axis=-1)) for each class."
        )
    check_yes_or_no(metric, y_true)
    return like(metric, y_true, y_pred), y_pred


def each_class(metric, y_true, y_pred):
    """Return labels and answers (N,K), a column for each class; labels may be one-hot or whole numbers."""
    y, p = np.asarray(y_true), np.asarray(y_pred)
    check_answers(metric, p)
    classes = p.shape[-1] if p.ndim > 1 else 1
    if classes > 1 and y.shape != p.shape:
        y = known_classes(metric, y, p).reshape(-1, 1) == np.arange(classes)
    else:
        check_yes_or_no(metric, y)
        y = like(metric, y, p).reshape(-1, classes) > 0.5
    return y, p.reshape(-1, classes)


class _Counts(Metric):
    """A metric of counts at a threshold: true and false positives and negatives.

    Args: thresholds, one number, 0.5 unless given; class_id, the class that is a yes, of several outputs.
    """

    top_k = None  # there is none; the word is known only to be refused

    def __init__(self, thresholds=None, class_id=None, name=None, dtype=None, *, top_k=None):
        if top_k is not None:
            raise TypeError(
                f"{type(self).__name__} has no top_k: whether the truth is among the k largest outputs tells "
                "TopKCategoricalAccuracy(k), or SparseTopKCategoricalAccuracy(k) for class numbers."
            )
        if thresholds is not None and not isinstance(thresholds, (int, float, np.number)):
            raise TypeError(
                f"{type(self).__name__}: thresholds is one number, such as 0.5; a list wants a metric for each: "
                f"[{type(self).__name__}(0.3, name='at_0.3'), ...]. Received: {thresholds!r}"
            )
        anywhere = (-float("inf"), float("inf"))  # of scores, too
        self.thresholds = 0.5 if thresholds is None else wanted_number(self, "thresholds", thresholds, *anywhere)
        whole = {"low": 0, "high": float("inf"), "whole": True}
        self.class_id = None if class_id is None else wanted_number(self, "class_id", class_id, **whole)
        super().__init__(name, dtype)

    def reset_state(self):
        self.true_positive = self.false_positive = self.false_negative = self.true_negative = 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true, y_pred = yes_or_no(self, y_true, y_pred, self.class_id)
        truth, said = y_true > 0.5, y_pred > self.thresholds
        w: float | np.ndarray = 1.0 if sample_weight is None else spread(self, sample_weight, y_pred)
        self.true_positive += np.sum(w * (truth & said))
        self.false_positive += np.sum(w * (~truth & said))
        self.false_negative += np.sum(w * (truth & ~said))
        self.true_negative += np.sum(w * (~truth & ~said))


class TruePositives(_Counts):
    """Number of the ill who were called ill."""

    def result(self):
        return float(self.true_positive)


class FalsePositives(_Counts):
    """Number of the healthy who were called ill."""

    def result(self):
        return float(self.false_positive)


class TrueNegatives(_Counts):
    """Number of the healthy who were called healthy."""

    def result(self):
        return float(self.true_negative)


class FalseNegatives(_Counts):
    """Number of the ill who were called healthy."""

    def result(self):
        return float(self.false_negative)


class Precision(_Counts):
    """Of those called ill, the share that is ill: TP / (TP + FP); 0 if nobody was called ill."""

    def result(self):
        return _share(self.true_positive, self.false_positive)


class Recall(_Counts):
    """Of the ill, the share that was found (sensitivity): TP / (TP + FN); 0 if nobody is ill."""

    def result(self):
        return _share(self.true_positive, self.false_negative)


class Sensitivity(Recall):
    """Of the ill, the share that was found: TP / (TP + FN), the clinical name of Recall; 0 if nobody is ill."""


class Specificity(_Counts):
    """Of the healthy, the share that was called healthy: TN / (TN + FP); 0 if everybody is ill. (Not in Keras.)"""

    def result(self):
        return _share(self.true_negative, self.false_positive)


def _share(part, rest) -> float:
    return float(part / (part + rest)) if part + rest else 0.0


AVERAGES = dict.fromkeys(("micro", "macro", "weighted"))


class FBetaScore(Metric):
    """Harmonic mean of precision and recall, recall counting β times as much.

        F = (1 + β²) TP / ((1 + β²) TP + β² FN + FP)        for each class; 0 where nothing is and nothing was said
    Args: average, "macro", the mean over the classes; "weighted", by how many examples a class has; "micro", all counts
    together; None, an array with one value per class (a number for one output). threshold: an output above it is a
    yes; None: the largest output is, and of a single output 0.5 (which Keras would always take as a yes).
    Labels one-hot, or whole numbers.
    Source: van Rijsbergen, Information retrieval (1979).
    """

    def __init__(self, average=None, beta=1.0, threshold=None, name=None, dtype=None):
        if average is not None:
            look_up("average", AVERAGES, average)
        self.average = average
        self.beta = wanted_number(self, "beta", beta, 0, 1e6)  # F is almost the recall by then
        self.threshold = None if threshold is None else wanted_number(self, "threshold", threshold)
        super().__init__(name, dtype)

    def reset_state(self):
        self.true_positive, self.called, self.ill = 0.0, 0.0, 0.0

    def update_state(self, y_true, y_pred, sample_weight=None):
        truth, p = each_class(self, y_true, y_pred)
        classes = p.shape[1]
        w = 1.0 if sample_weight is None else spread(self, sample_weight, np.asarray(y_pred)).reshape(-1, classes)
        if self.threshold is None and classes > 1:
            said = p.argmax(axis=1)[:, None] == np.arange(classes)
        else:
            said = p > (0.5 if self.threshold is None else self.threshold)
        self.true_positive += np.sum(w * (truth & said), axis=0)
        self.called += np.sum(w * said, axis=0)
        self.ill += np.sum(w * truth, axis=0)

    def result(self):
        hits, called, ill = (np.atleast_1d(n) for n in (self.true_positive, self.called, self.ill))
        if self.average == "micro":
            hits, called, ill = (n.sum(keepdims=True) for n in (hits, called, ill))
        both = self.beta**2 * ill + called
        scores = (1 + self.beta**2) * hits / np.where(both > 0, both, 1)
        if self.average == "weighted":
            return float(np.average(scores, weights=ill)) if ill.any() else 0.0
        return float(scores.mean()) if self.average or len(scores) == 1 else scores


class F1Score(FBetaScore):
    """Harmonic mean of precision and recall: 2 TP / (2 TP + FN + FP), see FBetaScore.

    >>> F1Score(average="macro")([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    0.6666666666666666
    """

    def __init__(self, average=None, threshold=None, name=None, dtype=None):
        super().__init__(average, 1.0, threshold, name, dtype)
