"""What model.doctor says to type can be typed: for arrays, tables of pandas, typed lists and several inputs."""

import re

import numpy as np
import pytest

from edunet import Model, Sequential
from edunet import layers as L

rng = np.random.default_rng(0)
N = 300
X = rng.normal(size=(N, 4))
Y = (X[:, 0] + rng.normal(size=N) > 0).astype(float)


def table(columns=4):
    model = Sequential([L.Input((columns,)), L.Dense(8, activation="relu"), L.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model


def with_column(i, values):
    x = X.copy()
    x[:, i] = values
    return x


def typed(report, x, y, **names):
    """Do what the only finding says, and return x and y after that."""
    (found,) = report
    code = re.search(r"\b(ok|mean, std|keep|x|v|c|order|held) = .*?(?=\.$|\. [A-Z])", found.repair)
    assert code, found.repair
    names |= {"np": np, "x": x, "y": y}
    exec(code[0], names)
    return names["x"], names["y"]


MMOL = rng.normal(5.5, 0.8, N).clip(3)
CASES = {
    "duplicates": (np.concatenate([X, X[:30]]), np.concatenate([Y, Y[:30]])),
    "missing": (with_column(2, np.where(np.arange(N) == 7, np.nan, X[:, 2])), Y),
    "labels missing": (X, np.where(np.arange(N) == 7, np.nan, Y)),
    "constant": (with_column(3, 5), Y),
    "scales": (X * [1, 1, 1, 5000], Y),
    "large": (X * 500, Y),
    "not measured": (with_column(1, np.where(np.arange(N) % 10 == 0, -999, X[:, 1])), Y),
    "units": (with_column(1, np.where(np.arange(N) % 10 == 0, 18.016 * MMOL, MMOL)), Y),
}


def frames(x, y):
    pandas = pytest.importorskip("pandas")
    index = np.arange(len(x))[::-1] * 7  # rows that were filtered and sorted before
    return pandas.DataFrame(x, index=index, columns=["age", "crp", "bmi", "sex"]), pandas.Series(y, index=index)


FORMS = {
    "arrays": lambda x, y: (x, y),
    "tables": frames,
    "a table and an array": lambda x, y: (frames(x, y)[0], y),
    "an array and a column": lambda x, y: (x, frames(x, y)[1]),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(("x", "y"), CASES.values(), ids=CASES)
def test_afterwards_nothing_is_found(x, y, form):
    x, y = form(x, y)
    x, y = typed(table().doctor(x, y), x, y)
    assert type(x) is type(form(X, Y)[0])
    assert len(x) == len(y)
    again = table(np.shape(x)[1]).doctor(x, y)
    assert not again, again


def test_rows_stay_in_their_order():
    x, y = CASES["duplicates"]
    x, y = typed(table().doctor(x, y), x, y)
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y)


def test_a_typed_list():
    x, y = (a.tolist() for a in CASES["missing"])
    x, y = typed(table().doctor(x, y), x, y)
    assert np.shape(x) == (N - 1, 4)
    assert len(y) == N - 1


def test_scaling_with_a_column_that_never_changes():
    x = with_column(3, 5) * [1, 1, 5000, 1]
    report = table().doctor(x, Y)
    assert sorted(report.names()) == ["constant input", "unscaled inputs"]
    scaled, _ = typed([found for found in report if found.name == "unscaled inputs"], x, Y)
    assert np.isfinite(scaled).all()


def two():
    a, b = L.Input((4,), name="a"), L.Input((4,), name="b")
    model = Model([a, b], L.Dense(1, activation="sigmoid")(L.Concatenate()([a, b])))
    model.compile("adam", "binary_crossentropy")
    return model


def test_several_inputs():
    broken, other = CASES["missing"][0], rng.normal(size=(N, 4))
    for x in ([broken, other], {"a": broken, "b": other}):
        made, y = typed(two().doctor(x, Y), x, Y)
        assert not two().doctor(made, y)
        assert len(y) == N - 1


def test_several_inputs_with_copies():
    x = [np.concatenate([a, a[:30]]) for a in (X, rng.normal(size=(N, 4)))]
    y = np.concatenate([Y, Y[:30]])
    made, y = typed(two().doctor(x, y), x, y)
    assert [len(a) for a in made] == [N, N]
    assert not two().doctor(made, y)
