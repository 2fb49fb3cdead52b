"""Metrics: numbers for people, counted over all batches of an epoch. Names as in Keras.

One difference, on purpose: AUC and its relatives are exact (by ranks), not read off 200 thresholds.
"""

import functools

import numpy as np

from edunet import losses
from edunet.configs import described, is_description, made
from edunet.losses import (
    Loss,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from edunet.metrics.accuracy import (
    Accuracy,
    AccuracyByLabels,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
)
from edunet.metrics.areas import (
    BinaryIoU,
    DiceScore,
    IoU,
    MeanIoU,
    confusion_matrix,
)
from edunet.metrics.calibration import (
    BrierScore,
    CalibrationError,
)
from edunet.metrics.counts import (
    F1Score,
    FalseNegatives,
    FalsePositives,
    FBetaScore,
    Precision,
    Recall,
    Sensitivity,
    Specificity,
    TrueNegatives,
    TruePositives,
)
from edunet.metrics.distance import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    CosineSimilarity,
    KLDivergence,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanOfLoss,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    Poisson,
    R2Score,
    RootMeanSquaredError,
    SparseCategoricalCrossentropy,
)
from edunet.metrics.functions import (
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from edunet.metrics.metric import (
    Mean,
    MeanOf,
    Metric,
    Sum,
)
from edunet.metrics.ranks import (
    AUC,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    average_precision,
    roc_auc,
)
from edunet.names import look_up, missing_name, snake_case

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "BrierScore",
    "CalibrationError",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CosineSimilarity",
    "DiceScore",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "IoU",
    "KLDivergence",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "Sensitivity",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "Specificity",
    "SpecificityAtSensitivity",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "average_precision",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "confusion_matrix",
    "deserialize",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "roc_auc",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]

_BY_NAME = {
    "auc": AUC,
    "bce": BinaryCrossentropy,
    "binary_accuracy": BinaryAccuracy,
    "binary_crossentropy": BinaryCrossentropy,
    "brier_score": BrierScore,
    "calibration_error": CalibrationError,
    "categorical_accuracy": CategoricalAccuracy,
    "categorical_crossentropy": CategoricalCrossentropy,
    "binary_io_u": BinaryIoU,
    "cosine_similarity": CosineSimilarity,
    "dice_score": DiceScore,
    "f1_score": F1Score,
    "f_beta_score": FBetaScore,
    "false_negatives": FalseNegatives,
    "false_positives": FalsePositives,
    "kl_divergence": KLDivergence,
    "mae": MeanAbsoluteError,
    "mape": MeanAbsolutePercentageError,
    "mean_absolute_error": MeanAbsoluteError,
    "mean_absolute_percentage_error": MeanAbsolutePercentageError,
    "mean_squared_error": MeanSquaredError,
    "mean_squared_logarithmic_error": MeanSquaredLogarithmicError,
    "mse": MeanSquaredError,
    "msle": MeanSquaredLogarithmicError,
    "poisson": Poisson,
    "precision": Precision,
    "r2_score": R2Score,
    "recall": Recall,
    "rmse": RootMeanSquaredError,
    "root_mean_squared_error": RootMeanSquaredError,
    "sensitivity": Sensitivity,
    "sparse_categorical_accuracy": SparseCategoricalAccuracy,
    "sparse_categorical_crossentropy": SparseCategoricalCrossentropy,
    "sparse_top_k_categorical_accuracy": SparseTopKCategoricalAccuracy,
    "specificity": Specificity,
    "top_k_categorical_accuracy": TopKCategoricalAccuracy,
    "true_negatives": TrueNegatives,
    "true_positives": TruePositives,
}
_CLASSES = {name: kind for name in __all__ if isinstance(kind := globals().get(name), type)}


def get(metric, loss=None, output_shape: tuple = ()) -> Metric:
    """Return a metric from its name, a function `f(y_true, y_pred)` as a metric, a loss as its mean, or itself.

    "accuracy" means the accuracy that fits the loss (by its name) or else the shape of the output. Names may be
    spelled as in a history ("top_k_categorical_accuracy") or as the class ("TopKCategoricalAccuracy").
    """
    if isinstance(metric, str):
        if metric in ("accuracy", "acc"):
            found = _accuracy_for(loss, output_shape)(name=metric)
        elif metric in losses.functions.__all__ and metric not in _BY_NAME:
            found = MeanOfLoss(losses.get(metric))
        else:
            classes = {kind.__name__: kind for kind in _BY_NAME.values()}
            found = look_up("metric", {**_BY_NAME, **classes, "accuracy": None}, metric)(name=metric)
    elif isinstance(metric, Metric):
        found = metric
    elif is_description(metric):
        found = deserialize(metric)
    elif isinstance(metric, Loss):
        found = MeanOfLoss(metric)
    elif isinstance(metric, type) and issubclass(metric, (Metric, Loss)):
        raise TypeError(f"the metric is a class; make an object of it: {metric.__name__}()")
    elif callable(metric):
        found = _from_function(metric)
    else:
        raise TypeError(f"a metric is a name such as 'accuracy', an object or a function. Received: {metric!r}")
    if isinstance(found, FBetaScore) and found.average is None and (output_shape or [1])[-1] != 1:
        raise ValueError(
            f"{found.name} would have one value for each of {output_shape[-1]} classes, a history holds one number. "
            f"Use {type(found).__name__}(average='macro'), or 'micro' or 'weighted'."
        )
    return found


def _from_function(function) -> Metric:
    """Return a function as a metric; one of ours as the metric, or loss, of its name, which looks over the labels."""
    name = getattr(function, "__name__", "")
    if function not in (globals().get(name), getattr(losses, name, None)):
        return _Function(function)
    return _BY_NAME[name](name=name) if name in _BY_NAME else MeanOfLoss(losses.get(name))


def serialize(metric) -> dict:
    """Return the metric as {"class_name": ..., "config": {...}}: what makes it again."""
    return described(metric)


def deserialize(config, custom_objects=None) -> Metric:
    """Return a new metric from what `serialize` returned; custom_objects, {name: class}, of those of your own."""
    return made("metric", _CLASSES, config, custom_objects)


def _accuracy_for(loss, output_shape):
    name = snake_case(type(loss).__name__) if loss is not None else ""
    if name == "sparse_categorical_crossentropy":
        return SparseCategoricalAccuracy
    if name == "categorical_crossentropy":
        return CategoricalAccuracy
    if name in ("hinge", "squared_hinge"):  # of scores, a yes is above 0
        return functools.partial(BinaryAccuracy, threshold=0.0)
    if name in ("binary_crossentropy", "binary_focal_crossentropy") or output_shape[-1:] == (1,):
        return BinaryAccuracy
    return AccuracyByLabels


class _Function(MeanOf):
    def __init__(self, function):
        self.function = function
        super().__init__(getattr(function, "__name__", "metric"))

    def values(self, y_true, y_pred):
        values = np.asarray(self.function(y_true, y_pred))
        if values.dtype.kind not in "biuf":
            raise TypeError(
                f"{self.name}: a metric function returns a number, or one value per example. Received: "
                f"{values.tolist()!r:.80}." + " Is its return missing?" * (values.shape == () and values[()] is None)
            )
        return values


def __getattr__(name):
    raise missing_name("edunet.metrics", name, __all__)
