"""model.doctor: what keeps a model from learning, and metrics that mean nothing."""

import re

import numpy as np
import pytest

from edunet import Sequential, optimizers
from edunet import layers as L

rng = np.random.default_rng(0)
X = rng.normal(size=(300, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int)
QUANTITY = X[:, 0] * X[:, 1]


class New(L.Layer):
    def call(self, x):
        return L.Dense(4)(x)


def model(*stack, optimizer="adam", loss="binary_crossentropy", metrics=None, last="sigmoid", **options):
    made = Sequential([L.Input((4,)), *stack, L.Dense(1, activation=last, **options)])
    made.compile(optimizer, loss, metrics=metrics)
    return made


def frozen():
    made = model()
    made.trainable = False
    return made


PLANTED = {
    "frozen": (frozen, Y, "nothing to learn", "Type model.trainable = True"),
    "frozen layers": (lambda: model(trainable=False), Y, "nothing to learn", "layer.trainable = True"),
    "made anew": (lambda: model(New()), Y, "layers made anew", "has made dense.*Make them once, in __init__"),
    "rate 0": (lambda: model(optimizer=optimizers.SGD(0.0)), Y, "learning rate", "is 0: no weight"),
    "rate 10": (lambda: model(optimizer=optimizers.Adam(10.0)), Y, "learning rate", r"Adam\(0.001\)"),
    "accuracy": (
        lambda: model(loss="mse", last=None, metrics=["accuracy"]),
        QUANTITY,
        "accuracy of a quantity",
        r"metrics=\['mae'\]",
    ),
}


@pytest.mark.parametrize(("make", "y", "name", "words"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(make, y, name, words):
    (found,) = make().doctor(X, y)
    assert found.name == name
    assert re.search(words, str(found).replace("\n", " "))


@pytest.mark.parametrize(
    "optimizer", [optimizers.SGD(1.5), optimizers.Adam(0.5), optimizers.Adadelta(1.0)], ids=lambda o: type(o).__name__
)
def test_rates_that_can_work(optimizer):
    assert not model(optimizer=optimizer).doctor(X, Y)


def test_codes_outside_the_table_are_told_once():
    made = Sequential([L.Embedding(5, 4), L.Flatten(), L.Dense(1, "sigmoid")])
    made.compile("adam", "binary_crossentropy")
    assert made.doctor(rng.integers(1, 9, (300, 8)), Y).names() == ["codes outside the table"]


def test_noise_is_no_layer():
    assert not model(L.GaussianNoise(0.1), L.Dropout(0.1)).doctor(X, Y)


def test_accuracy_of_yes_or_no():
    assert "accuracy of a quantity" not in model(loss="mse", metrics=["accuracy"]).doctor(X, Y).names()


def test_a_generator_is_not_looked_at():
    (found,) = model().doctor((X[i : i + 9] for i in range(9)), None)
    assert (found.name, "next(iter(batches))" in found.repair) == ("batches", True)


def test_a_mask_that_a_convolution_cannot_hand_on():
    made = Sequential([L.Embedding(9, 4, mask_zero=True), L.Conv1D(4, 3), L.Flatten(), L.Dense(1, "sigmoid")])
    made.compile("adam", "binary_crossentropy")
    (found,) = made.doctor(rng.integers(0, 9, (300, 8)), Y)
    assert "padding='same'" in found.repair


def test_pixels_that_are_always_black_are_rightly_zero_when_standardized():
    x = rng.normal(size=(300, 64)).clip(0) * (np.arange(64) % 8 > 0)
    x = (x - x.mean(axis=0)) / np.where(x.std(axis=0) > 0, x.std(axis=0), 1)
    made = Sequential([L.Input((64,)), L.Dense(1, activation="sigmoid")])
    made.compile("adam", "binary_crossentropy")
    assert not made.doctor(x, Y)
