"""audit_selection: a class that keeps to a range most others leave; a good test and a small class are none."""

import numpy as np
import pytest

from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_selection import outside, selected

ILL = np.repeat([0, 1], [150, 250])
NORMAL = np.random.default_rng(0).uniform(13, 17, 400)  # haemoglobin, g/dl
U = np.random.default_rng(1).random(400)


def found(columns, target=ILL):
    return list(selected(read_frame(columns, target=target)))


def test_controls_chosen_by_their_haemoglobin():
    (one,) = found({"hb": np.where(ILL & (U < 0.85), NORMAL - 5, NORMAL), "age": NORMAL})
    assert one.columns == ("hb",)
    assert one.sentence == "All with target = 0 keep to a range that most others leave: were they chosen by hb?"
    assert "in 150 rows, 8" in one.evidence
    assert ", AUC 0.9" in one.evidence


def test_controls_chosen_by_words():
    urine = np.where(ILL & (U < 0.9), np.where(NORMAL > 15, "+", "++"), "clear")
    (one,) = found({"urine": urine})
    assert one.evidence.startswith("urine clear in 150 rows, ")


@pytest.mark.parametrize("sd", [0.45, 2.0])
def test_a_test_however_good_is_none(sd):
    assert found({"marker": ILL + np.random.default_rng(2).normal(0, sd, 400)}) == []


def test_a_small_class_has_a_small_range():
    ill = np.repeat([0, 1], [380, 20])
    assert found({"marker": np.where(ill, 0.5, U)}, ill) == []


@pytest.mark.parametrize("n", [0, 1, 3])
def test_few_rows(n):
    assert found({"x": np.arange(n)}, np.arange(n) % 2) == []


def test_outside_of_nothing():
    assert outside(np.empty(0), np.ones(3)) == outside(np.ones(3), np.empty(0)) == 0
    assert outside(np.array([1, 3]), np.array([2, 3, 4, 4]), ordered=False) == 0.75


@pytest.mark.parametrize("name", ["survival_time", "marker"])
def test_a_leak_is_not_told_again(name):
    x = np.where(ILL, -5, NORMAL) if name == "marker" else np.where(ILL & (U < 0.85), NORMAL - 5, NORMAL)
    assert found({name: x}) == []


def test_few_others_prove_nothing():
    ill = np.repeat([0, 1], [380, 20])
    assert found({"marker": np.where(ill & (np.arange(400) < 397), -5, NORMAL)}, ill) == []
