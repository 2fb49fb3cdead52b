"""What all metrics have in common: batches, weights, a new start, a config."""

import numpy as np
import pytest
from scored_answers import CALLED, SAID, TRUE, WEIGHTS, P, W, Y, over_batches

from edunet import metrics

DEFINITIONS = {
    "BinaryAccuracy": lambda w: w @ (CALLED == Y) / w.sum(),
    "MeanSquaredError": lambda w: w @ (P - Y) ** 2 / w.sum(),
    "MeanAbsoluteError": lambda w: w @ abs(P - Y) / w.sum(),
    "Precision": lambda w: w @ (CALLED & (Y == 1)) / (w @ CALLED),
    "Recall": lambda w: w @ (CALLED & (Y == 1)) / (w @ Y),
}
ALL = pytest.mark.parametrize("name", DEFINITIONS)


@ALL
def test_values_over_several_batches(name):
    found = over_batches(getattr(metrics, name)(), TRUE, SAID)
    np.testing.assert_allclose(found, DEFINITIONS[name](np.ones_like(W)))


@ALL
def test_weights(name):
    found = over_batches(getattr(metrics, name)(), TRUE, SAID, WEIGHTS)
    np.testing.assert_allclose(found, DEFINITIONS[name](W))


@ALL
def test_labels_may_be_a_list_or_a_column(name):
    found = over_batches(getattr(metrics, name)(), [y.ravel() for y in TRUE], SAID)
    np.testing.assert_allclose(found, DEFINITIONS[name](np.ones_like(W)))


@pytest.mark.parametrize("name", [*DEFINITIONS, "AUC"])
def test_reset_forgets_everything(name):
    metric = getattr(metrics, name)()
    metric.update_state(1 - TRUE[0], SAID[0])
    metric.reset_state()
    assert over_batches(metric, TRUE, SAID) == over_batches(getattr(metrics, name)(), TRUE, SAID)


AT_ONCE = [
    *DEFINITIONS,
    *("AUC", "Accuracy", "CategoricalAccuracy", "TruePositives", "Specificity", "F1Score", "R2Score", "BrierScore"),
    *("CalibrationError", "DiceScore", "RootMeanSquaredError", "BinaryCrossentropy", "Mean", "Sum"),
]


@pytest.mark.parametrize("name", AT_ONCE)
def test_before_the_first_batch_the_result_is_zero(name):
    assert getattr(metrics, name)().result() == 0


def test_means_and_sums_of_a_training_loop():
    mean, total = metrics.Mean(name="loss"), metrics.Sum()
    for value in (1.0, 2.0, 6.0):
        mean.update_state(value)
        total.update_state([value, value])
    assert (mean.name, mean.result(), total.result()) == ("loss", 3, 18)
    mean.reset_state()
    assert mean([1.0, 3.0], sample_weight=[3, 1]) == 1.5


EVERY = [
    *(metrics.AUC(curve="PR", name="auprc"), metrics.F1Score("macro", threshold=0.3), metrics.FBetaScore(beta=2)),
    *(metrics.SensitivityAtSpecificity(0.9), metrics.PrecisionAtRecall(0.5, class_id=1), metrics.Precision(0.3)),
    *(metrics.MeanIoU(3, ignore_class=2), metrics.IoU(3, [1]), metrics.DiceScore(None), metrics.R2Score(None)),
    *(metrics.BinaryAccuracy(0.3), metrics.TopKCategoricalAccuracy(3), metrics.CalibrationError(5)),
    *(metrics.BinaryCrossentropy(label_smoothing=0.1), metrics.MeanSquaredError(), metrics.Mean("loss")),
]


@pytest.mark.parametrize("metric", EVERY, ids=lambda metric: metric.name)
def test_a_metric_can_be_made_again_from_its_config(metric):
    config = metric.get_config()
    assert type(metric)(**config).get_config() == config


NEEDED = {"FBetaScore": {}, "IoU": {"num_classes": 2, "target_class_ids": [1]}, "MeanIoU": {"num_classes": 2}}
AT = {"SensitivityAtSpecificity": "specificity", "SpecificityAtSensitivity": "sensitivity"}
AT |= {"PrecisionAtRecall": "recall", "RecallAtPrecision": "precision"}


@pytest.mark.parametrize("name", [n for n in metrics.__all__ if n[0].isupper() and n != "Metric"])
def test_every_metric_takes_a_dtype_as_in_keras(name):
    arguments = NEEDED.get(name, {AT[name]: 0.5} if name in AT else {})
    metric = getattr(metrics, name)(**arguments, name="m", dtype="float32")
    assert (metric.name, metric.dtype, metric.get_config()["dtype"]) == ("m", "float32", "float32")


def test_how_keras_sums_up_an_area_changes_nothing():
    areas = [
        metrics.AUC(10, "PR", how, "a", np.float32, [0.5], True, 1)(Y, P)
        for how in ("interpolation", "minoring", "majoring")
    ]
    assert len(set(areas)) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.AUC(summation_method="trapezoid"), "unknown summation_method 'trapezoid'"),
        (lambda: metrics.AUC(curve="roc"), "unknown curve 'roc'.*Did you mean 'ROC'"),
        (lambda: metrics.F1Score(average="mean"), "unknown average 'mean'"),
        (
            lambda: metrics.TopKCategoricalAccuracy(k=0),
            "TopKCategoricalAccuracy: k is a whole number >= 1. Received: 0",
        ),
        (lambda: metrics.SensitivityAtSpecificity(90), "specificity is a number between 0 and 1. Received: 90"),
        (lambda: metrics.CalibrationError(bins=1.5), "bins is a whole number between 1 and 10000. Received: 1.5"),
        (lambda: metrics.Precision(float("nan")), "thresholds is a number .*Received: nan"),
        (lambda: metrics.FBetaScore(beta=float("inf")), "beta is a number between 0 and 1e.06. Received: inf"),
        (lambda: metrics.MeanIoU(2, ignore_class="none"), "ignore_class is a whole number .*Received: 'none'"),
        (lambda: metrics.AUC(label_weights=[1, -1]), "each label_weight is a number .*Received: -1"),
        (lambda: metrics.CalibrationError(bins=10**12), "bins is a whole number between 1 and 10000"),
        (lambda: metrics.MeanIoU(2**62), "num_classes is a whole number between 1 and 10000"),
        (lambda: metrics.IoU(20_000, [0]), "num_classes is a whole number between 1 and 10000"),
        (lambda: metrics.confusion_matrix([0, 10**9], [0, 1]), "at most 10000 classes. .*np.unique"),
        (lambda: metrics.IoU(2, [2]), "each target_class_id is a whole number between 0 and 1. Received: 2"),
        (lambda: metrics.Mean()([1.0, 2.0], [1.0, 2.0, 3.0]), r"expected one weight per example, \(2,\).*\(3,\)"),
    ],
)
def test_arguments_are_looked_over(make, message):
    with pytest.raises(ValueError, match=message):
        make()
