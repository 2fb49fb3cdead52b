"""audit_copies: columns that repeat another, in any unit; related measurements and codes in common are no copies."""

import numpy as np
import pytest

from edunet.preprocessing.audit_copies import copies, linear_copies
from edunet.preprocessing.audit_reading import read_frame

N = 200
RNG = np.random.default_rng(0)
WEIGHT = RNG.normal(75, 15, N).round(1)
HEIGHT = RNG.normal(170, 9, N).round()
SEX = RNG.integers(0, 2, N)


def pairs(columns):
    return [found.columns for found in copies(read_frame(columns))]


@pytest.mark.parametrize(
    "copy",
    [
        WEIGHT,
        WEIGHT * 2.2046,
        (WEIGHT * 2.2046).round(),
        200 - WEIGHT,
        np.where(np.arange(N) % 4, WEIGHT, np.nan),
        np.where(WEIGHT > 70, WEIGHT, np.nan),
    ],
    ids=["equal", "pounds", "whole pounds", "falling", "with gaps", "without the light ones"],
)
def test_a_line_of_another_column(copy):
    assert pairs({"kg": WEIGHT, "height": HEIGHT, "other": copy}) == [("kg", "other")]
    assert pairs({"other": copy, "kg": WEIGHT}) == [("other", "kg")]


def test_the_same_dates_twice():
    days = np.datetime64("2021-01-01") + np.arange(N)
    assert pairs({"visit": days, "date": days, "next": days + 1}) == [("visit", "date")]


def test_the_line_is_told():
    (found,) = copies(read_frame({"c": WEIGHT, "f": 1.8 * WEIGHT + 32}))
    assert found.evidence == "f = 1.8 · c +32 in 200 rows, correlation +1.0000."
    assert found.repair == "columns = {k: v for k, v in columns.items() if k not in ['f']}"


def test_two_measurements_of_one_thing_are_no_copies():
    assert pairs({"left": WEIGHT, "right": WEIGHT + np.random.default_rng(1).normal(0, 0.5, N)}) == []


def test_a_common_code_does_not_make_copies():
    gone = np.arange(N) < 20
    assert pairs({"kg": np.where(gone, 99999, WEIGHT), "cm": np.where(gone, 99999, HEIGHT)}) == []


def test_three_of_a_kind_are_told_against_the_first():
    assert pairs({"a": WEIGHT, "b": 2 * WEIGHT, "c": 3 * WEIGHT}) == [("a", "b"), ("a", "c")]


def test_words_for_zero_and_one():
    assert pairs({"male": SEX, "sex": np.where(SEX, "m", "f")}) == [("male", "sex")]


def test_the_same_words_twice():
    ward = RNG.choice([f"ward {i}" for i in range(9)], N)
    assert pairs({"ward": ward, "unit": ward}) == [("ward", "unit")]


def test_many_words_that_stand_for_each_other_are_a_name_and_its_code():
    place = np.arange(N) % 9
    assert pairs({"city": [f"city {i}" for i in place], "state": [f"state {i}" for i in place]}) == []


def test_rare_flags_may_agree_by_chance():
    flag = np.arange(N) < 4
    assert pairs({"a": flag, "b": flag, "c": np.where(flag, "y", "n")}) == []


@pytest.mark.parametrize("n", [0, 1, 3, 9])
def test_few_rows(n):
    assert pairs({"a": np.arange(n), "b": np.arange(n), "c": ["x", "y"][: n % 2 + 1] * n if n < 1 else ["x"] * n}) == []


def test_columns_without_values():
    assert (
        pairs({"a": np.full(N, np.nan), "b": np.full(N, np.inf), "c": [""] * N, "d": np.ones(N), "e": np.ones(N)}) == []
    )


def test_columns_that_are_never_measured_together():
    assert pairs({"a": np.where(SEX, WEIGHT, np.nan), "b": np.where(SEX, np.nan, WEIGHT)}) == []


def test_more_columns_than_a_block():
    x = np.random.default_rng(0).normal(size=(30, 600))
    x[:, 599] = 1 - x[:, 3]
    x[:, 300] = x[:, 299]
    assert linear_copies(x) == [(3, 599), (299, 300)]


@pytest.mark.parametrize("offset", [1e9, -1e12])
def test_large_offsets_are_no_trouble(offset):
    x = np.random.default_rng(0).normal(size=(50, 2)).round(2)
    assert linear_copies(x + offset) == []
