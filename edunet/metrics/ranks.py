"""Metrics of the order of the scores, exact: every score is a threshold. They keep all predictions of an epoch."""

import numpy as np

from edunet.metrics.counts import each_class, yes_or_no
from edunet.metrics.labels import check_answers, check_yes_or_no, like
from edunet.metrics.metric import Metric, spread, wanted_number
from edunet.names import look_up

__all__ = [
    "AUC",
    "PrecisionAtRecall",
    "RecallAtPrecision",
    "SensitivityAtSpecificity",
    "SpecificityAtSensitivity",
    "average_precision",
    "roc_auc",
]


class _Kept(Metric):
    """A metric that needs all predictions at once."""

    def reset_state(self):
        self.truths, self.scores, self.weights = [], [], []

    def keep(self, y_true, y_pred, sample_weight):
        weights = np.ones(y_pred.shape) if sample_weight is None else spread(self, sample_weight, y_pred)
        for kept, new in ((self.truths, y_true), (self.scores, y_pred), (self.weights, weights)):
            kept.append(np.array(new))

    def kept(self):
        """Return labels, scores and weights of all batches."""
        return tuple(np.concatenate(part) for part in (self.truths, self.scores, self.weights))


CURVES = {"ROC": 0, "PR": 0}
SUMMATIONS = dict.fromkeys(("interpolation", "minoring", "majoring"))


class AUC(_Kept):
    """Area under the ROC curve, or with curve="PR" under the precision-recall curve; exact, by ranks.

    One output: that of class 1. Several outputs: the mean over the classes, each against the rest; multi_label=False
    takes all outputs together as answers to one question (Keras's default). label_weights: weights of this mean.
    A class that nobody (or everybody) has leaves its area undefined (nan) and the mean skips it.
    PR: Σ (R_i − R_(i−1)) P_i, the average precision: no line is drawn between the points, which would promise too much.
    num_thresholds, thresholds, summation_method, num_labels and from_logits may be given, as for Keras, and change
    nothing: every score is a threshold, and the order of scores is that of probabilities.
    """

    def __init__(
        self,
        num_thresholds=200,
        curve="ROC",
        summation_method="interpolation",
        name=None,
        dtype=None,
        thresholds=None,
        multi_label=True,
        num_labels=None,
        label_weights=None,
        from_logits=False,
    ):
        look_up("curve", CURVES, curve)
        look_up("summation_method", SUMMATIONS, summation_method)
        self.num_thresholds, self.curve, self.multi_label = num_thresholds, curve, bool(multi_label)
        self.label_weights = None
        if label_weights is not None:
            self.label_weights = [wanted_number(self, "each label_weight", w, 0, 1e300) for w in label_weights]
        self.summation_method, self.thresholds, self.num_labels = summation_method, thresholds, num_labels
        self.from_logits = bool(from_logits)
        super().__init__(name, dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = each_class(self, y_true, y_pred)
        weights = None if sample_weight is None else spread(self, sample_weight, np.asarray(y_pred)).reshape(p.shape)
        self.keep(y.astype(int), p, weights)

    def result(self):
        if not self.scores:
            return 0.0
        area = roc_auc if self.curve == "ROC" else average_precision
        y, p, w = self.kept()
        if not self.multi_label:
            return area(y.reshape(-1), p.reshape(-1), w.reshape(-1))
        classes = p.shape[1]
        if classes == 2 and np.array_equal(y.sum(axis=1), np.ones(len(y))):
            return area(y[:, 1], p[:, 1], w[:, 1])
        if self.label_weights is not None and len(self.label_weights) != classes:
            raise ValueError(f"AUC: expected {classes} label_weights. Received {len(self.label_weights)}.")
        areas = np.array([area(y[:, k], p[:, k], w[:, k]) for k in range(classes)])
        shares = np.ones(classes) if self.label_weights is None else np.array(self.label_weights)
        shares = np.where(np.isnan(areas), 0, shares)
        return float(np.nansum(areas * shares) / shares.sum()) if shares.sum() else float("nan")


class _At(_Kept):
    """The best value of the measure sought among all thresholds at which another is at least as large as wanted."""

    wanted = ""
    sought = ""

    def __init__(self, value, num_thresholds=200, class_id=None, name=None, dtype=None):
        setattr(self, self.wanted, wanted_number(self, self.wanted, value))
        self.num_thresholds = num_thresholds  # may be given, as for Keras; every score is a threshold
        whole = {"low": 0, "high": float("inf"), "whole": True}
        self.class_id = None if class_id is None else wanted_number(self, "class_id", class_id, **whole)
        super().__init__(name, dtype)

    def update_state(self, y_true, y_pred, sample_weight=None):
        y, p = yes_or_no(self, y_true, y_pred, self.class_id)
        self.keep(y, p, sample_weight)

    def result(self):
        if not self.scores:
            return 0.0
        measured = self.measured()
        met = measured[self.wanted] >= getattr(self, self.wanted)
        return float(measured[self.sought][met].max()) if met.any() else 0.0

    def measured(self) -> dict[str, np.ndarray]:
        """Return each measure at every threshold; 0 where nobody is counted."""
        y, p, w = (a.reshape(-1) for a in self.kept())
        tp, fp = _found(y, p, w)
        called, ill, well = tp + fp, tp[-1], fp[-1]
        found = tp / ill if ill else np.zeros_like(tp)
        return {
            "precision": tp / np.where(called > 0, called, 1),
            "recall": found,
            "sensitivity": found,
            "specificity": (well - fp) / well if well else np.zeros_like(tp),
        }


class SensitivityAtSpecificity(_At):
    """Largest share of the ill that can be found while at least this share of the healthy is called healthy.

    Exact: every score is a threshold; num_thresholds may be given and changes nothing.

    >>> SensitivityAtSpecificity(0.5)([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.8])
    1.0
    """

    wanted, sought = "specificity", "sensitivity"

    def __init__(self, specificity, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(specificity, num_thresholds, class_id, name, dtype)


class SpecificityAtSensitivity(_At):
    """Largest share of the healthy that is called healthy while at least this share of the ill is found; exact."""

    wanted, sought = "sensitivity", "specificity"

    def __init__(self, sensitivity, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)


class PrecisionAtRecall(_At):
    """Largest precision while at least this share of the ill is found; exact."""

    wanted, sought = "recall", "precision"

    def __init__(self, recall, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(recall, num_thresholds, class_id, name, dtype)


class RecallAtPrecision(_At):
    """Largest share of the ill that can be found while at least this share of those called ill is; exact."""

    wanted, sought = "precision", "recall"

    def __init__(self, precision, num_thresholds=200, class_id=None, name=None, dtype=None):
        super().__init__(precision, num_thresholds, class_id, name, dtype)


def _found(y_true, score, weights=None):
    """Return the weight of the ill and of the healthy with a score at or above each threshold, from nobody to all."""
    ill, score = np.asarray(y_true) > 0.5, np.asarray(score, np.float64)
    w = np.ones(score.shape) if weights is None else np.asarray(weights, np.float64)
    _, place = np.unique(-score, return_inverse=True)
    place = place.reshape(-1)
    counts = [np.bincount(place, weights=w * side) for side in (ill, ~ill)]
    return tuple(np.concatenate([[0.0], np.cumsum(count)]) for count in counts)


def _checked(what, y_true, score, sample_weight) -> tuple:
    """Return labels, scores and weights in a row, or say what is wrong with them."""
    y_true, score = np.asarray(y_true), np.asarray(score)
    check_answers(what, score)
    if score.shape[:1] != (score.size,):
        raise ValueError(
            f"{what}: expected one score for each person, (N,). Received scores of shape {score.shape}. For several "
            "classes use metrics.AUC(), or take one of them: y == k, p[:, k]."
        )
    check_yes_or_no(what, y_true)
    weights = None if sample_weight is None else spread(what, sample_weight, score).reshape(-1)
    return like(what, y_true, score).reshape(-1), score.reshape(-1), weights


def roc_auc(y_true, score, sample_weight=None) -> float:
    """Chance that an ill person has a higher score than a healthy one, ties counted half.

        AUC = P(s⁺ > s⁻) + ½ P(s⁺ = s⁻)
    Args: y_true (N,) 0 or 1; score (N,); sample_weight (N,). Returns nan unless both kinds are present. Raises
    ValueError for other labels, NaN or unequal lengths.
    Source: Hanley & McNeil (1982).

    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.875
    """
    tp, fp = _found(*_checked("roc_auc", y_true, score, sample_weight))
    if not tp[-1] or not fp[-1]:
        return float("nan")
    return float(np.sum(np.diff(fp) * (tp[:-1] + tp[1:])) / (2 * tp[-1] * fp[-1]))


def average_precision(y_true, score, sample_weight=None) -> float:
    """Area under the precision-recall curve in steps: Σ_i (R_i − R_(i−1)) P_i, over all thresholds from the highest.

    Args: y_true (N,) 0 or 1; score (N,); sample_weight (N,). Returns nan if nobody is ill. Raises ValueError for
    other labels, NaN or unequal lengths.
    Source: Davis & Goadrich, The relationship between precision-recall and ROC curves (2006), on why not in lines.

    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    tp, fp = _found(*_checked("average_precision", y_true, score, sample_weight))
    if not tp[-1]:
        return float("nan")
    called = tp + fp
    return float(np.sum(np.diff(tp) * tp[1:] / np.where(called[1:] > 0, called[1:], 1)) / tp[-1])
