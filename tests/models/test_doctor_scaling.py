"""model.doctor: scales of labels, of validation and inside the model; windows and answers of forecasts; odd ends."""

import re

import numpy as np
import pytest

from edunet import Sequential
from edunet import layers as L

rng = np.random.default_rng(0)
N = 300
X = rng.normal(size=(N, 4)).astype(np.float32)
Y = (X[:, 0] > 0).astype(int)
CLASSES = rng.integers(0, 4, N)
QUANTITY = X[:, 0] * X[:, 1]
GREY = rng.integers(0, 256, (N, 6, 6, 1)) / 255
WALK = np.cumsum(rng.normal(size=(N + 20, 2)), axis=0)
WINDOWS = np.stack([WALK[i : i + 12] for i in range(N)])
APART = rng.normal(size=(N, 12, 2))
NEW = rng.normal(size=(60, 4))


def table(*stack, end=1, last="sigmoid", loss="binary_crossentropy", shape=(4,)):
    model = Sequential([L.Input(shape), *stack, L.Dense(end, activation=last)])
    model.compile("adam", loss)
    return model


def regression(*stack, shape=(4,)):
    return table(*stack, last=None, loss="mse", shape=shape)


def sequence():
    return regression(L.GRU(4), shape=(12, 2))


def grey(scale):
    return table(L.Rescaling(scale), L.Flatten(), shape=(6, 6, 1))


def relu_before_softmax():
    model = Sequential([L.Input((4,)), L.Dense(4, activation="relu"), L.Softmax()])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


PLANTED = {
    "large labels": (regression, X, 1e5 * (QUANTITY + 3), {}, "unscaled labels", r"predict\(x\) \* s \+ m"),
    "class numbers": (regression, X, CLASSES, {}, "labels against loss", r"Dense\(4, .*y = y\. "),
    "classes from 1": (regression, X, CLASSES + 1, {}, "labels against loss", r"Dense\(4, .*y = y - 1\. "),
    "binary loss of a softmax": (
        lambda: table(end=4, last="softmax"),
        X,
        np.eye(4)[CLASSES],
        {},
        "labels against loss",
        "loss='categorical_crossentropy'",
    ),
    "relu before softmax": (
        relu_before_softmax,
        X,
        CLASSES,
        {},
        "relu before softmax",
        "before the softmax",
    ),
    "validation on another scale": (
        table,
        X,
        Y,
        {"validation_data": (NEW * 100 + 50, Y[:60])},
        "another scale",
        "column 0: middle .* in validation_data",
    ),
    "validation of grey values": (
        lambda: grey(1.0),
        GREY,
        Y,
        {"validation_data": (255 * rng.random((60, 6, 6, 1)), Y[:60])},
        "another scale",
        "Scale both",
    ),
    "scaled twice": (lambda: grey(1 / 255), GREY, Y, {}, "scaled twice", "Scale once"),
    "the last step is the answer": (sequence, APART, APART[:, -1, 0], {}, "answer in the input", r"y = x\[:, :-1\], y"),
    "another step is the answer": (sequence, APART, APART[:, 7, 1:], {}, "answer in the input", "at step 7"),
    "windows": (
        sequence,
        WINDOWS,
        WALK[12 : 12 + N, 0],
        {"validation_split": 0.2},
        "windows overlap",
        r"share 11 of 12 steps.*fit\(x\[:228\].*x\[240:\]",
    ),
}


@pytest.mark.parametrize(("make", "x", "y", "options", "name", "words"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(make, x, y, options, name, words):
    (found,) = make().doctor(x, y, **options)
    assert found.name == name
    assert re.search(words, str(found).replace("\n", " "))


CLEAN = {
    "labels of some hundreds": (regression, X, 250 + 80 * QUANTITY, {}),
    "counts": (regression, X, rng.poisson(1.0, N), {}),
    "class numbers as floats are counts": (regression, X, CLASSES.astype(float), {}),
    "another hospital": (table, X, Y, {"validation_data": (2 * NEW + 1, Y[:60])}),
    "scaled in the model": (lambda: grey(1 / 255), 255 * GREY, Y, {}),
    "the step after": (sequence, APART, rng.normal(size=N), {}),
    "windows that follow each other": (
        sequence,
        rng.normal(size=(N * 12, 2)).reshape(N, 12, 2),
        QUANTITY,
        {"validation_split": 0.2},
    ),
    "windows that are all learnt from": (sequence, WINDOWS / WALK.std(), QUANTITY, {}),
}


@pytest.mark.parametrize(("make", "x", "y", "options"), CLEAN.values(), ids=CLEAN)
def test_what_is_in_order(make, x, y, options):
    report = make().doctor(x, y, **options)
    assert not report, report
