"""Quantiles of Student's t."""

import math

import numpy as np
import pytest

from edunet.clinic.student import mean_estimate, t95


@pytest.mark.parametrize(
    ("df", "expected"),  # scipy.stats.t.ppf(0.975, df), SciPy 1.17.1
    [
        (1, 12.706204736174694),
        (2, 4.302652729749462),
        (3, 3.1824463052837078),
        (4, 2.7764451051977934),
        (5, 2.5705818356363146),
        (9, 2.262157162798205),
        (30, 2.0422724563012378),
        (99, 1.9842169515864174),
        (199, 1.9719565442517533),
        (200, 1.9718962236339088),
        (1_000, 1.9623390808264083),
        (100_000, 1.9599877075346095),
    ],
)
def test_quantiles(df, expected):
    assert t95(df) == pytest.approx(expected, rel=1e-9)


def test_one_value_has_no_interval():
    assert math.isnan(mean_estimate(np.array([2.0]), "").low)


def test_interval_is_cut_at_the_bounds():
    assert mean_estimate(np.array([0.1, 0.9]), "", (0, 1)).interval == (0, 1)


def test_no_value():
    assert mean_estimate(np.array([]), "").why == "nothing to average"
