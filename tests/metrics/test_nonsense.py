"""Labels and answers that a metric cannot mean: a sentence, never a number."""

import numpy as np
import pytest

from edunet import layers, losses, metrics, models

YES_OR_NO = [
    *(metrics.AUC(), metrics.Precision(), metrics.Recall(), metrics.Specificity(), metrics.F1Score()),
    *(
        metrics.BrierScore(),
        metrics.CalibrationError(),
        metrics.BinaryAccuracy(),
        metrics.SensitivityAtSpecificity(0.5),
    ),
    *(metrics.roc_auc, metrics.average_precision),
]
ANSWERS = [*YES_OR_NO, metrics.DiceScore(), metrics.R2Score(), metrics.MeanSquaredError(), metrics.Accuracy()]


def named(metric):
    return getattr(metric, "name", getattr(metric, "__name__", ""))


@pytest.mark.parametrize("metric", ANSWERS, ids=named)
def test_answers_that_are_nan(metric):
    with pytest.raises(ValueError, match="1 of 3 answers are NaN; expected numbers"):
        metric([0, 1, 1], [0.2, np.nan, 0.7])


@pytest.mark.parametrize("metric", YES_OR_NO, ids=named)
def test_labels_other_than_0_and_1(metric):
    with pytest.raises(ValueError, match="labels are 0 or 1. Received 1 of 3 others, such as 2"):
        metric([0, 1, 2], [0.2, 0.5, 0.7])


@pytest.mark.parametrize("metric", ANSWERS, ids=named)
def test_unequal_lengths(metric):
    with pytest.raises(ValueError, match=r"Received labels of shape \(3,\) and answers of shape \(2,\)"):
        metric([0, 1, 1], [0.2, 0.5])


@pytest.mark.parametrize("metric", [metrics.BrierScore(), metrics.CalibrationError()], ids=named)
def test_answers_that_are_no_probabilities(metric):
    with pytest.raises(ValueError, match="expected probabilities between 0 and 1. Received values from -0.2 to 1.5"):
        metric([0, 1], [-0.2, 1.5])


@pytest.mark.parametrize("n", [3, 4])  # three examples of three classes must not pair by accident
@pytest.mark.parametrize(
    "metric", [metrics.Accuracy(), metrics.BinaryAccuracy(), metrics.R2Score(), metrics.MeanSquaredError()], ids=named
)
def test_class_numbers_against_three_outputs(metric, n):
    with pytest.raises(ValueError, match=rf"shape \({n},\).*\(.*, 3\)"):
        metric(np.zeros(n, int), np.full((n, 3), 0.3))


@pytest.mark.parametrize("kind", [metrics.SparseCategoricalAccuracy, metrics.SparseTopKCategoricalAccuracy])
def test_as_many_class_numbers_as_answers(kind):
    with pytest.raises(ValueError, match=r"expected class numbers of shape \(2,\)"):
        kind()([0, 1, 1], np.full((2, 3), 0.3))


OF_CLASSES = [
    *(metrics.SparseTopKCategoricalAccuracy(2), metrics.F1Score("macro"), metrics.AUC(), metrics.BrierScore()),
    *(metrics.CalibrationError(), metrics.Precision(class_id=1)),
]


@pytest.mark.parametrize("metric", OF_CLASSES, ids=named)
def test_a_class_without_an_output(metric):
    with pytest.raises(ValueError, match="labels run from 1 to 3; expected 0 to 2"):
        metric([1, 3], np.full((2, 3), 0.3))


def test_confusion_matrix_pairs_no_unequal_lengths():
    with pytest.raises(ValueError, match=r"labels of shape \(3,\)"):
        metrics.confusion_matrix([0, 1, 1], [0, 1])


def _fit(loss, y, outputs=1, activation=None):
    model = models.Sequential([layers.Dense(outputs, activation, kernel_initializer="zeros", input_shape=(2,))])
    model.compile("sgd", loss, metrics=["accuracy"])
    return model.fit(np.ones((len(y), 2)), y, verbose=0).history["accuracy"]


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
@pytest.mark.parametrize("outputs", [1, 3])
def test_accuracy_of_a_quantity_is_refused(loss, outputs):
    y = np.linspace(0, 7, 4 * outputs).reshape(4, outputs)
    with pytest.raises(ValueError, match=r"Accuracy counts classes; for a quantity use metrics=\['mae'\]"):
        _fit(loss, y, outputs)


@pytest.mark.parametrize("labels", [[-1, -1, -1, 1], [0, 0, 0, 1]])
def test_accuracy_of_hinge_parts_scores_at_0(labels):
    assert _fit("hinge", np.array(labels)) == [0.75]
    metric = metrics.get("accuracy", losses.Hinge(), (None, 1))
    assert metric(labels, [[-2.0], [-0.1], [0.3], [0.2]]) == 0.75


def test_labels_minus_1_and_1_of_precision_are_told_the_repair():
    with pytest.raises(ValueError, match=r"use \(y \+ 1\) / 2"):
        metrics.Precision()([-1, 1], [0.2, 0.7])


def test_a_training_that_has_gone_to_nan_has_metrics_that_are_nan():
    model = models.Sequential([layers.Dense(1, "sigmoid", input_shape=(2,))])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy", "auc"])
    model.set_weights([np.full((2, 1), np.nan), np.zeros(1)])
    history = model.fit(np.ones((4, 2)), [0, 1, 0, 1], verbose=0).history
    assert np.isnan([history["loss"], history["accuracy"], history["auc"]]).all()


def test_precision_among_the_k_largest_has_another_name():
    with pytest.raises(TypeError, match=r"Precision has no top_k: .* TopKCategoricalAccuracy\(k\)"):
        metrics.Precision(top_k=3)
