"""A metric is found by its name, Keras's, and what is none is refused."""

import numpy as np
import pytest

from edunet import losses, metrics


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mse", metrics.MeanSquaredError),
        ("mae", metrics.MeanAbsoluteError),
        ("auc", metrics.AUC),
        ("AUC", metrics.AUC),
        ("Precision", metrics.Precision),
        ("recall", metrics.Recall),
        ("binary_accuracy", metrics.BinaryAccuracy),
        ("sparse_categorical_accuracy", metrics.SparseCategoricalAccuracy),
        ("top_k_categorical_accuracy", metrics.TopKCategoricalAccuracy),
        ("TopKCategoricalAccuracy", metrics.TopKCategoricalAccuracy),
        ("f1_score", metrics.F1Score),
        ("brier_score", metrics.BrierScore),
        ("r2_score", metrics.R2Score),
        ("sparse_categorical_crossentropy", metrics.SparseCategoricalCrossentropy),
    ],
)
def test_metrics_by_name(name, kind):
    metric = metrics.get(name)
    assert type(metric) is kind
    assert metric.name == name  # the key in the history, as it was typed


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (metrics.AUC, "auc"),
        (metrics.BinaryAccuracy, "binary_accuracy"),
        (metrics.MeanSquaredError, "mean_squared_error"),
    ],
)
def test_default_names_are_those_of_keras(kind, name):
    assert kind().name == name


def test_a_given_name_stays():
    assert metrics.AUC(name="auroc").name == "auroc"


def test_an_object_stays_itself():
    metric = metrics.AUC()
    assert metrics.get(metric) is metric


def test_an_own_function():
    def bias(y_true, y_pred):
        return y_pred - y_true

    metric = metrics.get(bias)
    assert (metric.name, metric([1.0, 2.0], [2.0, 4.0])) == ("bias", 1.5)


@pytest.mark.parametrize(("typo", "meant"), [("acuracy", "accuracy"), ("AUCC", "auc"), ("presicion", "precision")])
def test_a_mistyped_name_is_guessed(typo, meant):
    with pytest.raises(ValueError, match=rf"(?i)unknown metric {typo!r}.*Did you mean {meant!r}\?"):
        metrics.get(typo)


@pytest.mark.parametrize(
    ("metric", "message"),
    [(metrics.AUC, r"make an object of it: AUC\(\)"), (3, r"a metric is a name such as 'accuracy'.*Received: 3")],
)
def test_what_is_no_metric_is_refused(metric, message):
    with pytest.raises(TypeError, match=message):
        metrics.get(metric)


@pytest.mark.parametrize(
    ("loss", "shape", "kind"),
    [
        ("sparse_categorical_crossentropy", (None, 3), metrics.SparseCategoricalAccuracy),
        ("categorical_crossentropy", (None, 3), metrics.CategoricalAccuracy),
        ("binary_crossentropy", (None, 1), metrics.BinaryAccuracy),
        ("binary_crossentropy", (None, 3), metrics.BinaryAccuracy),
        ("mse", (None, 1), metrics.BinaryAccuracy),
    ],
)
def test_accuracy_means_the_one_that_fits_the_loss(loss, shape, kind):
    assert type(metrics.get("accuracy", losses.get(loss), shape)) is kind


@pytest.mark.parametrize(
    ("name", "y", "p", "expected"),
    [
        ("binary_accuracy", [[0, 1], [1, 1]], [[0.2, 0.7], [0.1, 0.9]], [[1, 1], [0, 1]]),
        ("categorical_accuracy", [[1, 0], [0, 1]], [[0.2, 0.7], [0.1, 0.9]], [0, 1]),
        ("sparse_categorical_accuracy", [1, 0], [[0.2, 0.7], [0.1, 0.9]], [1, 0]),
        ("top_k_categorical_accuracy", [[1, 0], [0, 1]], [[0.2, 0.7], [0.1, 0.9]], [1, 1]),
        ("sparse_top_k_categorical_accuracy", [1, 0], [[0.2, 0.7], [0.1, 0.9]], [1, 1]),
    ],
)
def test_accuracies_as_functions(name, y, p, expected):
    function = getattr(metrics, name)
    np.testing.assert_array_equal(function(y, np.array(p)), expected)
    assert type(metrics.get(function)) is type(metrics.get(name))


def test_losses_as_functions_are_metrics_too():
    assert type(metrics.get(metrics.mean_absolute_error)) is metrics.MeanAbsoluteError
    assert metrics.get("huber").name == "huber"
