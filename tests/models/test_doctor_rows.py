"""model.doctor on rows that are equal: copies are counted exactly, and told from what chance gives."""

import numpy as np
import pytest

from edunet import Sequential
from edunet import layers as L

rng = np.random.default_rng(0)


def table(columns):
    model = Sequential([L.Input((columns,)), L.Dense(8, activation="relu"), L.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    return model


def copies(x, y=None, **options):
    """Return the findings about equal rows."""
    y = np.arange(len(x)) % 2 if y is None else y
    return [f for f in table(x.shape[1]).doctor(x, y, **options) if f.name == "duplicate rows"]


def symptoms(n, columns):
    """Yes or no, each by itself."""
    return (rng.random((n, columns)) < 0.5).astype("f4")


def syndrome(n):
    """Twelve signs that come and go together, but for one in a hundred."""
    ill = rng.random((n, 1)) < 0.3
    return (ill ^ (rng.random((n, 12)) < 0.01)).astype("f4")


def one_hot(n):
    return np.concatenate([np.eye(8)[rng.integers(0, 8, n)], np.eye(4)[rng.integers(0, 4, n)]], axis=1)


def standardised(n):
    x = symptoms(n, 6)
    return (x - x.mean(axis=0)) / x.std(axis=0)


BY_CHANCE = {
    "independent symptoms": lambda n: symptoms(n, 6),
    "many symptoms": lambda n: symptoms(n, 12),
    "symptoms that go together": syndrome,
    "kinds": one_hot,
    "scaled symptoms": standardised,
    "scores": lambda n: rng.integers(0, 5, (n, 4)),
    "mostly healthy": lambda n: (rng.random((n, 20)) < 0.02).astype("f4"),
}


@pytest.mark.parametrize("n", [100, 1000, 5000])
@pytest.mark.parametrize("make", BY_CHANCE.values(), ids=BY_CHANCE)
def test_equal_rows_by_chance_are_no_finding(make, n):
    assert not copies(make(n))
    x = make(n)
    assert not copies(x, validation_data=(make(n // 2), np.arange(n // 2) % 2))


def test_each_kind_of_row_is_compared_with_its_own_copy():
    a, b = rng.normal(size=(2, 4))
    (found,) = copies(np.stack([a, a, b, b]), np.array([0, 1, 1, 1]))
    assert "2 of 4 rows" in found.sentence
    assert "Rows 0 and 1, counted from 0, are the same; 1 copy has another label" in found.evidence


@pytest.mark.parametrize("columns", [4, 200])
def test_copies_are_counted_exactly(columns):
    x = rng.normal(size=(300, columns)).astype("f4")
    y = np.arange(300) % 2
    (found,) = copies(np.concatenate([x, x[7:20]]), np.concatenate([y, y[7:20]]))
    assert "13 of 313 rows" in found.sentence
    assert "Rows 7 and 300, counted from 0, are the same." in found.evidence


def test_rows_that_differ_in_one_place_are_different():
    x = np.repeat(rng.normal(size=(100, 300)), 2, axis=0)
    x[1::2, 137] += 1
    assert not copies(x)


def test_a_row_that_was_measured_in_whole_numbers():
    x = rng.integers(0, 200, (300, 5))
    (found,) = copies(np.concatenate([x, x[:40]]))
    assert "40 of 340" in found.sentence


def test_minus_zero_is_zero():
    x = np.repeat(rng.normal(size=(50, 3)), 2, axis=0)
    x[:, 1] = np.tile([0.0, -0.0], 50)
    assert "50 of 100" in copies(x)[0].sentence


def test_validation_rows_are_not_rounded_to_the_type_of_x():
    x = rng.integers(0, 200, (300, 5))
    assert not copies(x, validation_data=(x[:50] + 0.5, np.arange(50) % 2))


def test_validation_rows_in_another_precision():
    x = rng.normal(size=(300, 5))
    (found,) = copies(x, validation_data=(x[:50].astype("f4"), np.arange(50) % 2))
    assert "50 of 50 rows of validation_data" in found.sentence
