"""model.doctor: one planted case for each finding; clean sets in test_doctor_clean.py."""

import re

import numpy as np
import pytest

import edunet
from edunet import Model, Sequential, losses
from edunet import layers as L

N = 400
rng = np.random.default_rng(0)
X = rng.normal(size=(N, 4)).astype(np.float32)
Y = (X[:, 0] + rng.normal(size=N) > 0).astype(int)
CLASSES = rng.integers(0, 3, N)
SERIES = rng.normal(size=(N, 12, 2)).astype(np.float32)
QUANTITY = X[:, 0] * X[:, 1] - X[:, 2]
BCE = "binary_crossentropy"


def model(*ends, loss=BCE, shape=(4,), units=8, **options):
    made = Sequential([L.Input(shape, **options), L.Dense(units, activation="relu"), *ends])
    made.compile("adam", loss)
    return made


def yes_or_no(shape=(4,)):
    return model(L.Dense(1, activation="sigmoid"), shape=shape)


def pictures():
    made = Sequential([L.Flatten(input_shape=(8, 8, 1)), L.Dense(1, activation="sigmoid")])
    made.compile("adam", BCE)
    return made


def three(last="softmax", loss="sparse_categorical_crossentropy", units=3):
    return model(L.Dense(units, activation=last), loss=loss)


def stepwise(*layers, end=1, loss="mse"):
    made = Sequential([L.Input((12, 2)), *layers, L.Dense(end)])
    made.compile("adam", loss)
    return made


def causal(**options):
    return stepwise(L.GRU(4, return_sequences=True), **options)


def with_column(i, values):
    x = X.copy()
    x[:, i] = values
    return x


def glucose():
    """A tenth of the laboratory reports in mg/dl, the others in mmol/l."""
    mmol = rng.normal(5.5, 0.8, N).clip(3)
    return with_column(1, np.where(np.arange(N) % 10 == 0, 18.016 * mmol, mmol) / 1)


def padded(side="end"):
    steps = np.arange(12) < rng.integers(4, 13, N)[:, None]
    return SERIES * (steps if side == "end" else steps[:, ::-1])[..., None]


def sequence_model(**options):
    made = Sequential([L.Input((12, 2)), L.GRU(4), L.Dense(1, activation="sigmoid")])
    made.compile("adam", BCE)
    return made


def code_model(mask_zero=False):
    made = Sequential([L.Embedding(30, 4, mask_zero=mask_zero, input_shape=(12,)), L.GRU(4), L.Dense(1, "sigmoid")])
    made.compile("adam", BCE)
    return made


def codes():
    return rng.integers(1, 30, (N, 12)) * (np.arange(12) < rng.integers(4, 13, N)[:, None])


class Forgets(L.Layer):
    """Takes a mask and hands none on."""

    def call(self, x, mask=None):
        return edunet.ops.tanh(x)

    def compute_mask(self, inputs, mask=None):
        return None


def forgetful():
    made = Sequential(
        [L.Embedding(30, 4, mask_zero=True, input_shape=(12,)), Forgets(name="here"), L.GRU(4), L.Dense(1, "sigmoid")]
    )
    made.compile("adam", BCE)
    return made


FOLLOWING = np.cumsum(rng.normal(size=(N, 16, 1)), axis=1).astype(np.float32)  # a walk: no step follows from the others


def lead(k):
    """A second column that knows the target k steps ahead."""
    return np.concatenate([FOLLOWING[:, :12], FOLLOWING[:, 1 + k : 13 + k]], axis=2)


PATIENTS = np.repeat(np.arange(N // 4), 4)
rng.shuffle(PATIENTS)

# what is planted: the model, x, y, further arguments, the finding, and a part of its words
PLANTED = {
    "labels counted from 1": (three, X, CLASSES + 1, {}, "labels against loss", "use y - 1"),
    "one-hot for a sparse loss": (three, X, np.eye(3)[CLASSES], {}, "labels against loss", "categorical_crossentropy"),
    "labels -1 and 1": (yes_or_no, X, 2 * Y - 1, {}, "labels against loss", r"\(y \+ 1\) / 2"),
    "several classes at once": (
        lambda: three(loss="categorical_crossentropy"),
        X,
        np.column_stack([Y, 1 - Y, CLASSES > 0]),
        {},
        "labels against loss",
        "loss='binary_crossentropy' with a sigmoid",
    ),
    "a quantity as a class": (three, X, QUANTITY, {}, "labels against loss", "loss='mse'"),
    "classes as a quantity": (lambda: model(L.Dense(1), loss="mse"), X, Y, {}, "labels against loss", BCE),
    "labels missing": (yes_or_no, X, np.where(Y, np.nan, 0), {}, "labels missing", "isfinite"),
    "one label only": (yes_or_no, X, 0 * Y, {}, "one label only", "y is 0 in all 400 rows"),
    "a rare class": (
        yes_or_no,
        X,
        (np.arange(N) < 9).astype(int),
        {},
        "rare class",
        r"class_weight=\{0: 0.51, 1: 22.22\}",
    ),
    "outputs without labels": (lambda: three(units=10), X, CLASSES, {}, "outputs without labels", r"Dense\(3\)"),
    "softmax and from_logits": (
        lambda: three(loss=losses.SparseCategoricalCrossentropy(from_logits=True)),
        X,
        CLASSES,
        {},
        "softmax twice",
        "Leave from_logits=True away",
    ),
    "softmax of a softmax": (
        lambda: model(L.Dense(3, activation="softmax"), L.Softmax(), loss="sparse_categorical_crossentropy"),
        X,
        CLASSES,
        {},
        "softmax twice",
        "squeezed",
    ),
    "sigmoid and from_logits": (
        lambda: model(L.Dense(1, activation="sigmoid"), loss=losses.BinaryCrossentropy(from_logits=True)),
        X,
        Y,
        {},
        "sigmoid twice",
        "from_logits",
    ),
    "no activation": (lambda: three(last=None), X, CLASSES, {}, "no probabilities", "activation='softmax'"),
    "no activation, yes or no": (lambda: model(L.Dense(1)), X, Y, {}, "no probabilities", "activation='sigmoid'"),
    "relu at the end": (lambda: model(L.Dense(1, activation="relu")), X, Y, {}, "no probabilities", "ends with relu"),
    "sigmoid for classes that exclude each other": (
        lambda: three("sigmoid"),
        X,
        CLASSES,
        {},
        "no probabilities",
        "softmax",
    ),
    "a softmax over one unit": (
        lambda: model(L.Dense(1, activation="softmax")),
        X,
        Y,
        {},
        "softmax over one unit",
        "always answers 1",
    ),
    "negative labels, relu": (
        lambda: model(L.Dense(1, activation="relu"), loss="mse"),
        X,
        QUANTITY,
        {},
        "labels out of reach",
        "relu",
    ),
    "large labels, sigmoid": (
        lambda: model(L.Dense(1, activation="sigmoid"), loss="mse"),
        X,
        9 + QUANTITY,
        {},
        "labels out of reach",
        "sigmoid",
    ),
    "not compiled": (lambda: Sequential([L.Dense(1, input_shape=(4,))]), X, Y, {}, "not compiled", "compile"),
    "NaN": (
        yes_or_no,
        with_column(2, np.where(np.arange(N) == 7, np.nan, X[:, 2])),
        Y,
        {},
        "values missing",
        r"x\[7, 2\]",
    ),
    "infinite": (
        yes_or_no,
        with_column(2, np.where(np.arange(N) == 7, np.inf, X[:, 2])),
        Y,
        {},
        "values missing",
        "column 2 1",
    ),
    "a constant column": (yes_or_no, with_column(3, 5), Y, {}, "constant input", "column 3 is always 5"),
    "all constant": (yes_or_no, 0 * X, Y, {}, "constant input", "All values"),
    "one column 5000 times the spread": (yes_or_no, X * [1, 1, 5000, 1], Y, {}, "unscaled inputs", "column 2"),
    "grey values": (
        lambda: pictures(),
        rng.integers(0, 256, (N, 8, 8, 1)).astype(np.uint8),
        Y,
        {},
        "unscaled inputs",
        "/ 255",
    ),
    "two units": (yes_or_no, glucose(), Y, {}, "two units", "mg/dl and mmol/l of glucose"),
    "codes too large": (code_model, rng.integers(0, 31, (N, 12)), Y, {}, "codes outside the table", r"Embedding\(31"),
    "patients in a split": (
        yes_or_no,
        X,
        Y,
        {"groups": PATIENTS, "validation_split": 0.25},
        "patients on both sides",
        "Split whole patients",
    ),
    "patients in validation": (
        yes_or_no,
        X,
        Y,
        {"groups": PATIENTS, "validation_data": (X[:9] + 1, Y[:9]), "validation_groups": np.arange(9)},
        "patients on both sides",
        "9 patients",
    ),
    "groups too short": (yes_or_no, X, Y, {"groups": PATIENTS[1:]}, "groups do not fit", "399"),
    "duplicates": (
        yes_or_no,
        np.concatenate([X, X[:30]]),
        np.concatenate([Y, 1 - Y[:30]]),
        {},
        "duplicate rows",
        "30 copies have another label",
    ),
    "copies in validation": (
        yes_or_no,
        X,
        Y,
        {"validation_data": (X[10:20], Y[10:20])},
        "duplicate rows",
        "10 of 10 rows of validation_data",
    ),
    "padding at the end": (sequence_model, padded(), Y, {}, "padding counts as measured", r"layers.Masking\(\)"),
    "padding at the beginning": (sequence_model, padded("beginning"), Y, {}, "padding counts as measured", "beginning"),
    "padding of codes": (code_model, codes(), Y, {}, "padding counts as measured", "mask_zero=True"),
    "a mask that ends": (forgetful, codes(), Y, {}, "mask lost", "'here'"),
    "the target in the same step": (
        causal,
        np.tile(FOLLOWING[:, :12], 2) * [1, -1],
        FOLLOWING[:, :12],
        {},
        "future values",
        "copied",
    ),
    "a column that knows the future": (
        causal,
        lead(1),
        FOLLOWING[:, :12],
        {},
        "future values",
        "",
    ),
    "a column two steps ahead": (
        causal,
        np.concatenate([SERIES[:, :, :1], FOLLOWING[:, 2:14]], axis=2),
        FOLLOWING[:, :12],
        {},
        "future values",
        r"target of step t \+ 2",
    ),
    "the next value, seen": (
        lambda: stepwise(L.Conv1D(4, 3, padding="same")),
        np.tile(FOLLOWING[:, :12], 2) + SERIES * [0, 1],
        FOLLOWING[:, 1:13],
        {},
        "future values",
        "the model can see",
    ),
    "a model that looks ahead": (
        lambda: stepwise(L.Conv1D(4, 3, padding="same")),
        SERIES,
        SERIES[..., :1] ** 2,
        {"causal": True},
        "looks ahead",
        "padding='causal'",
    ),
    "the label in a column": (yes_or_no, with_column(1, 2 * Y + 1), Y, {}, "answer in the input", "column 1"),
    "text": (yes_or_no, np.array([["a", "b", "c", "d"]] * N), Y, {}, "not numbers", "np.unique"),
    "ragged rows": (yes_or_no, [[1.0], [1.0, 2.0]], [0, 1], {}, "rows of different length", "Pad"),
    "no labels": (yes_or_no, X, None, {}, "nothing to learn from", "y is missing"),
    "nothing": (yes_or_no, X[:0], Y[:0], {}, "nothing to learn from", "empty"),
    "labels cut": (yes_or_no, X, Y[1:], {}, "different lengths", r"\(399,\)"),
    "too many columns": (
        yes_or_no,
        np.ones((N, 5)) * rng.normal(size=(N, 5)),
        Y,
        {},
        "inputs against model",
        r"Received \(400, 5\)",
    ),
    "labels for one of two outputs": (lambda: two_outputs(), X, Y, {}, "labels against outputs", "2 outputs"),
}


def two_outputs():
    x = L.Input((4,))
    made = Model(x, [L.Dense(1, activation="sigmoid")(x), L.Dense(1, activation="sigmoid")(x)])
    made.compile("adam", BCE)
    return made


@pytest.mark.parametrize(("make", "x", "y", "options", "name", "words"), PLANTED.values(), ids=PLANTED)
def test_what_is_planted_is_found(make, x, y, options, name, words):
    report = make().doctor(x, y, **options)
    assert name in report.names()
    assert set(report.names()) <= {name, "looks ahead"}  # nothing else is made up
    assert all(part.strip() for found in report for part in (found.sentence, found.evidence, found.repair))
    assert re.search(words, str(report))
