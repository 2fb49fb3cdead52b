"""model.doctor on the rows to judge by, on class_weight, on groups, and on the last activation: what fit would meet."""

import re

import numpy as np
import pytest

from edunet import Model, Sequential, losses
from edunet import layers as L

rng = np.random.default_rng(0)
N = 200
X = rng.normal(size=(N, 4)).astype("f4")
Y = rng.integers(0, 2, N)
NAN = np.where(np.arange(20) == 3, np.nan, rng.normal(size=(4, 20))).T
BCE = "binary_crossentropy"


def model(*ends, loss=BCE):
    made = Sequential([L.Input((4,), name="blood"), *(ends or [L.Dense(1, activation="sigmoid", name="ill")])])
    made.compile("adam", loss)
    return made


def others(n=20):
    return rng.normal(size=(n, 4))


HELD = {
    "text": ("abc", "validation_data does not fit", "pair"),
    "a number": (5, "validation_data does not fit", "a int"),
    "nothing in it": ((), "validation_data does not fit", "of 0"),
    "an array": (X, "validation_data does not fit", "ndarray"),
    "four things": ((X, Y, Y, Y), "validation_data does not fit", "of 4"),
    "None twice": ((None, None), "nothing to learn from", "validation_data[0] is missing"),
    "no labels": ((others(), None), "nothing to learn from", "validation_data[1] is missing"),
    "no rows": ((X[:0], Y[:0]), "nothing to learn from", "empty"),
    "texts": ((["a", "b"], [0, 1]), "not numbers", "validation_data[0]"),
    "a generator": (((a, b) for a, b in [(X, Y)]), "validation not looked at", "generator"),
    "an iterator": (iter([(X, Y)]), "validation not looked at", "(x, y)"),
    "other lengths": ((others(), Y[:19]), "different lengths", "(19,)"),
    "other columns": ((others()[:, :3], Y[:20]), "validation_data does not fit", "Received (20, 3)"),
    "NaN": ((NAN, Y[:20]), "values missing", "4 of 80 values of validation_data[0]"),
    "NaN in labels": ((others(), np.full(20, np.nan)), "values missing", "20 of 20 values of validation_data[1]"),
    "labels of another kind": ((others(), Y[:20] + 1), "labels against loss", "validation_data[1]"),
    "an unknown name": (({"bones": others()}, Y[:20]), "names do not fit", "bones"),
}


@pytest.mark.parametrize(("data", "name", "words"), HELD.values(), ids=HELD)
def test_validation_data_that_do_not_fit(data, name, words):
    report = model().doctor(X, Y, validation_data=data)
    assert set(report.names()) == {name}
    assert words in str(report)


def test_a_generator_is_not_used_up():
    batches = iter([(X, Y)])
    model().doctor(X, Y, validation_data=batches)
    assert len(list(batches)) == 1


FINE = {
    "a pair": lambda: {"validation_data": (others(), Y[:20])},
    "a list": lambda: {"validation_data": [others(), Y[:20]]},
    "with weights": lambda: {"validation_data": (others(), Y[:20], np.ones(20))},
    "by name": lambda: {"validation_data": ({"blood": others()}, {"ill": Y[:20]})},
    "a share of NumPy": lambda: {"validation_split": np.float32(0.2)},
    "no share": lambda: {"validation_split": 0},
    "weights": lambda: {"class_weight": {0: 1.0, 1: 2.0}},
    "groups without a split": lambda: {"groups": np.arange(N) // 2},
    "groups of texts": lambda: {"groups": [f"P{i // 40}" for i in range(N)], "validation_split": 0.2},
}


@pytest.mark.parametrize("options", FINE.values(), ids=FINE)
def test_what_fit_takes_is_no_finding(options):
    report = model().doctor(X, Y, **options())
    assert not report, report


def test_x_and_y_by_name():
    assert not model().doctor({"blood": X}, {"ill": Y})
    assert model().doctor({"bones": X}, Y).names() == ["names do not fit"]


@pytest.mark.parametrize("share", [20, -0.1, 1.0, "0.2", None, np.array([0.1, 0.2]), np.nan])
def test_a_share_that_is_none(share):
    (found,) = model().doctor(X, Y, validation_split=share)
    assert found.name == "validation_split"


# ---------------------------------------------------------------- sorted rows


def test_sorted_labels():
    (found,) = model().doctor(X, np.sort(Y), validation_split=0.2)
    assert found.name == "sorted labels"
    assert "of class 0 none is among the last 40 rows" in found.sentence
    code = re.search(r"order = .*(?=\.$)", found.repair)
    names = {"np": np, "x": X, "y": np.sort(Y)}
    exec(code[0], names)
    assert not model().doctor(names["x"], names["y"], validation_split=0.2)


def test_as_few_rows_as_the_flowers_of_iris():
    y = np.repeat([0, 1, 2], 20)
    (found,) = model(L.Dense(3, "softmax"), loss="sparse_categorical_crossentropy").doctor(
        X[:60], y, validation_split=0.2
    )
    assert "of class 2 are all of the last 12 rows" in found.sentence


def test_a_class_of_three_that_training_never_sees():
    y = np.where(np.arange(N) < 160, rng.integers(0, 2, N), rng.integers(0, 3, N))
    (found,) = model(L.Dense(3, "softmax"), loss="sparse_categorical_crossentropy").doctor(X, y, validation_split=0.2)
    assert "of class 2 all" in found.sentence


def test_a_rare_class_may_be_missing_by_chance():
    y = np.zeros(N, int)
    y[3:16] = 1
    assert not model().doctor(X, y, validation_split=0.2)


def test_one_patient_of_many_rows_is_no_sorting():
    y = (np.arange(N) < 100).astype(int)
    report = model().doctor(X, y, groups=np.arange(N) // 50, validation_split=0.25)
    assert not report, report


# ---------------------------------------------------------------- class_weight

WEIGHTS = {
    "counted from 1": {1: 1.0, 2: 3.0},
    "texts": {"healthy": 1.0, "ill": 3.0},
    "one too many": {0: 1.0, 1: 1.0, 7: 2.0},
    "a list": [1.0, 3.0],
    "negative": {0: 1.0, 1: -1.0},
    "no number": {0: 1.0, 1: "much"},
}


@pytest.mark.parametrize("weights", WEIGHTS.values(), ids=WEIGHTS)
def test_a_class_weight_that_does_not_fit(weights):
    (found,) = model().doctor(X, Y, class_weight=weights)
    assert found.name == "class_weight does not fit"
    assert "{0: 1.0, 1: 1.0}" in found.repair


# ---------------------------------------------------------------- groups


def test_groups_that_nobody_looked_at_are_not_in_the_report():
    assert "patients" not in str(model().doctor(X, Y, groups=np.arange(N)))
    assert "patients" not in str(model().doctor(X, Y, validation_split=0.2))
    assert "patients on both sides" in str(model().doctor(X, Y, groups=np.arange(N), validation_split=0.2))


@pytest.mark.parametrize("missing", [None, np.nan, float("nan")])
def test_rows_of_nobody(missing):
    groups = [missing if i in (5, 190) else f"P{i}" for i in range(N)]
    (found,) = model().doctor(X, Y, groups=groups, validation_split=0.2)
    assert found.name == "patients not known"
    assert "Whose 2 rows" in found.sentence


def test_groups_of_several_kinds():
    groups = [3 if i in (5, 190) else f"P{i}" for i in range(N)]
    (found,) = model().doctor(X, Y, groups=np.array(groups, object), validation_split=0.2)
    assert found.name == "patients on both sides"
    assert found.evidence == "3; 1 of 40 rows of validation are theirs."


def test_groups_of_validation_data_that_do_not_fit():
    (found,) = model().doctor(
        X, Y, groups=np.arange(N), validation_data=(others(), Y[:20]), validation_groups=np.arange(N, N + 19)
    )
    assert found.name == "groups do not fit"
    assert "validation_data has 20 rows" in found.evidence


ODD = [
    *(None, 1, "a", [], (), {}, np.nan, {"a": [1]}, {None: 1}, {0: {}}, object(), {1}, b"x", range(3), (X,), (X, "a")),
    *(("a", Y), (X, X), ([X], [Y]), ({}, {}), [[1], [1, 2]], [None] * N, [1, None, "a", 2.5] * (N // 4)),
    *(np.array(None), np.zeros((5, 4), complex), np.array([{}] * 5), np.ma.masked_array(X, X > 0)),
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:20])
def test_it_never_raises(odd):
    held_out = {"groups": np.arange(N), "validation_data": (others(), Y[:20])}
    for options in (
        {"validation_data": odd},
        {"validation_split": odd},
        {"class_weight": odd},
        {"groups": odd, "validation_split": 0.2},
        {**held_out, "validation_groups": odd},
    ):
        assert "could not be examined" not in str(model().doctor(X, Y, **options))


# ---------------------------------------------------------------- the end of the model


def test_a_softmax_for_several_diseases_at_once():
    y = rng.integers(0, 2, (N, 3))
    made = model(L.Dense(3, activation="softmax"))
    (found,) = made.doctor(X, y)
    assert found.name == "softmax for several labels"
    assert "Dense(3, activation='sigmoid')" in found.repair
    (found,) = made.doctor(X, np.eye(3)[rng.integers(0, 3, N)])
    assert found.repair == "Compile with loss='categorical_crossentropy'."


@pytest.mark.parametrize("loss", [BCE, losses.BinaryCrossentropy()])
def test_a_relu_before_the_last_sigmoid(loss):
    made = model(L.Dense(1, activation="relu"), L.Activation("sigmoid"), loss=loss)
    (found,) = made.doctor(X, Y)
    assert found.name == "relu before sigmoid"
    assert not model(L.Dense(8, activation="relu"), L.Dense(1, activation="sigmoid")).doctor(X, Y)


def test_two_outputs_with_a_class_weight_each():
    x = L.Input((4,))
    made = Model(x, [L.Dense(1, activation="sigmoid", name=name)(x) for name in ("a", "b")])
    made.compile("adam", BCE)
    both = {"a": {0: 1.0, 1: 2.0}, "b": None}
    assert not made.doctor(X, [Y, Y], class_weight=both)
    assert made.doctor(X, [Y, Y], class_weight={0: 1.0, 1: 2.0}).names() == ["class_weight does not fit"]
