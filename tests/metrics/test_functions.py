"""Metrics as functions, as Keras has them, by themselves and in compile."""

import numpy as np
import pytest

import edunet
from edunet import layers, losses, metrics
from edunet.metrics.distance import MeanOfLoss

rng = np.random.default_rng(0)
P = rng.random((8, 3))
LABELS = rng.integers(0, 3, 8)
ONE_HOT = np.eye(3)[LABELS]
RIGHT = P.argmax(axis=1) == LABELS

FOUND = {
    "binary_accuracy": (ONE_HOT, (P > 0.5) == ONE_HOT),
    "categorical_accuracy": (ONE_HOT, RIGHT),
    "sparse_categorical_accuracy": (LABELS, RIGHT),
    "sparse_categorical_accuracy ": (LABELS[:, None], RIGHT),
    "top_k_categorical_accuracy": (ONE_HOT, np.ones(8)),
    "sparse_top_k_categorical_accuracy": (LABELS, np.ones(8)),
}


@pytest.mark.parametrize(("name", "y", "expected"), [(n.strip(), *case) for n, case in FOUND.items()])
def test_values_one_by_one(name, y, expected):
    found = getattr(metrics, name)(y, P)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)


def test_a_threshold_and_a_k():
    np.testing.assert_array_equal(metrics.binary_accuracy(ONE_HOT, P, threshold=0.9), (P > 0.9) == ONE_HOT)
    np.testing.assert_array_equal(metrics.top_k_categorical_accuracy(ONE_HOT, P, k=1), RIGHT)


def test_errors_are_those_of_losses():
    assert metrics.mean_squared_error is losses.mean_squared_error
    np.testing.assert_allclose(metrics.mean_absolute_error(ONE_HOT, P), np.abs(ONE_HOT - P).mean(axis=1))


@pytest.mark.parametrize(
    ("function", "kind"),
    [
        (metrics.binary_accuracy, metrics.BinaryAccuracy),
        (metrics.mean_squared_error, metrics.MeanSquaredError),
        (metrics.huber, MeanOfLoss),
    ],
)
def test_compile_takes_them(function, kind):
    model = edunet.Sequential([layers.Dense(1, activation="sigmoid", input_shape=(3,))])
    model.compile("sgd", "binary_crossentropy", metrics=[function])
    y = (LABELS > 0).astype(int)
    found = model.evaluate(P, y, verbose=0)[1]
    assert type(model.metrics[0]) is kind
    assert model.metrics_names[1] == function.__name__
    assert found == pytest.approx(float(np.mean(function(y[:, None], model.predict(P)))), rel=1e-5)
