"""model.doctor: numbers that stand for 'not measured', and numbers that only look so."""

import numpy as np
import pytest

from edunet import Sequential
from edunet import layers as L

rng = np.random.default_rng(0)
N = 400
X = rng.normal(size=(N, 3))
Y = np.arange(N) % 2
NAME = "missing value as a number"
MISSING = rng.random(N) < 0.05
AGE, CRP, SEX = rng.normal(55, 15, N).clip(18, 90).round(), rng.lognormal(1, 1, N), rng.integers(0, 2, N)


def table(*stack, end=1, activation="sigmoid", loss="binary_crossentropy", shape=(3,)):
    model = Sequential([L.Input(shape), *stack, L.Dense(end, activation=activation)])
    model.compile("adam", loss)
    return model


def with_column(values, missing=None):
    x = X.copy()
    x[:, 1] = values if missing is None else np.where(MISSING, missing, values)
    return x


PLANTED = {
    **{f"{code} in scaled values": (X[:, 1], code) for code in (-9, -99, -999, -9999, 9, 99, 999)},
    **{f"{code} in ages": (AGE, code) for code in (-1, -9, -99, -999, 999, 9999)},
    **{f"{code} in CRP": (CRP, code) for code in (-1, -9, -99, -999, 999)},
    **{f"{code} in yes or no": (SEX, code) for code in (9, 99, -9, -99)},
}


@pytest.mark.parametrize(("values", "code"), PLANTED.values(), ids=PLANTED)
def test_a_code_for_missing_is_found(values, code):
    (found,) = table().doctor(with_column(values, code), Y)
    assert found.name == NAME
    assert found.sentence.startswith(f"{code:,} in x stands for 'not measured'")
    assert f"column 1 {MISSING.sum()};" in found.evidence
    assert f"== {code}" in found.repair


CLEAN = {
    "scores from -1 to 5": rng.integers(-1, 6, N),
    "-1, 0 and 1": rng.integers(-1, 2, N),
    "a code of one's own for all": np.where(SEX, 9, 1),
    "ages of up to 99": rng.normal(70, 15, N).clip(18, 99).round() / 10,
    "one outlier": np.where(np.arange(N) == 5, 99, X[:, 1]),
    "counts": rng.poisson(0.3, N),
    "heavy tails": rng.standard_t(2, N).round(1),
    "integers -9 to 9": rng.integers(-9, 10, N),
}


@pytest.mark.parametrize("values", CLEAN.values(), ids=CLEAN)
def test_what_only_looks_like_a_code(values):
    assert NAME not in table().doctor(with_column(values), Y).names()


def test_two_codes_and_two_columns():
    x = X.copy()
    x[::20, 0], x[1::20, 2], x[2::20, 2] = -99, -99, -999
    report = table().doctor(x, Y)
    assert report.names() == [NAME, NAME]
    assert "column 0 20, column 2 20;" in str(report)


def test_steps_of_a_sequence():
    x = rng.normal(size=(N, 6, 2))
    x[::10, 2, 1] = -99
    (found,) = table(L.GRU(4), shape=(6, 2)).doctor(x, Y)
    assert found.name == NAME
    assert "axis=(0, 1)" in found.repair


def test_a_code_that_is_masked_is_meant():
    x = rng.normal(size=(N, 6, 2))
    x[::10, 4:] = -99
    assert NAME not in table(L.Masking(-99), L.GRU(4), shape=(6, 2)).doctor(x, Y).names()


def test_labels_of_a_quantity():
    y = np.where(MISSING, -999, CRP)
    (found,) = table(activation=None, loss="mse").doctor(X, y)
    assert found.name == NAME
    names = {"np": np, "x": X, "y": y}
    exec(found.repair.split(": ", 1)[1].rstrip("."), names)
    assert len(names["x"]) == len(names["y"]) == N - MISSING.sum()
