"""sentinels: which numbers of a column stand for a missing value; Model.doctor asks the same rule (tests/models)."""

import numpy as np
import pytest

from edunet.preprocessing.sentinels import codes_in, spikes_in, zeros_stand_apart

rng = np.random.default_rng(0)
N = 400
AGE, CRP = rng.normal(55, 15, N).clip(18, 90).round(), rng.lognormal(1, 1, N)
HIDDEN = rng.random(N) < 0.05


@pytest.mark.parametrize("code", [-1, -9, -99, -999, 999, 9999])
def test_a_code_is_found(code):
    assert codes_in(np.where(HIDDEN, code, AGE)) == [code]


def test_two_codes_from_outside_inwards():
    values = np.where(HIDDEN, -9, AGE)
    values[:5] = -999
    assert codes_in(values) == [-999, -9]


def test_what_is_not_finite_is_passed_over():
    values = np.where(HIDDEN, -9.0, AGE)
    values[10:14] = np.nan, np.inf, -np.inf, np.nan
    assert codes_in(values) == [-9]


@pytest.mark.parametrize("values", [[], [np.nan], [-9.0] * 5, [-9, -9, 60, 61], rng.integers(-9, 10, N)])
def test_no_code(values):
    assert codes_in(values) == []


@pytest.mark.parametrize("share", [0.01, 0.5, 0.9])
def test_zeros_where_nobody_has_zero(share):
    assert zeros_stand_apart(np.where(rng.random(N) < share, 0, rng.normal(30, 5, N).round(1)))


NOT_APART = {
    "counts": rng.poisson(2, N),
    "many counts": rng.negative_binomial(1, 0.02, N),
    "rounded amounts": CRP.round(1),
    "an amount that fades out": np.where(HIDDEN, 0, rng.gamma(2, 5, N)),
    "few classes": np.where(HIDDEN, 0, rng.integers(10, 20, N)),
    "scaled": np.where(HIDDEN, 0, rng.normal(size=N)),
    "no zero": AGE,
    "nothing": [],
}


@pytest.mark.parametrize("values", NOT_APART.values(), ids=NOT_APART)
def test_zeros_that_are_values(values):
    assert not zeros_stand_apart(values)


SPIKES = {
    "a code among continuous values": (np.where(HIDDEN, 99, rng.normal(100, 20, N)), [99]),
    "a common value": (np.where(HIDDEN, 99, rng.integers(95, 101, N)), []),
    "a digit": (np.where(HIDDEN, 9, rng.normal(10, 3, N)), []),
    "too few": (np.where(np.arange(N) < 9, 999, rng.normal(1000, 100, N)), []),
    "nothing else": (np.full(N, 999), []),
}


@pytest.mark.parametrize(("values", "codes"), SPIKES.values(), ids=SPIKES)
def test_spikes(values, codes):
    assert spikes_in(values) == codes
