"""Means over patients."""

import math

import numpy as np

from edunet.clinic.means import mean_estimate


def test_one_value_has_no_interval():
    assert math.isnan(mean_estimate(np.array([2.0]), "").low)


def test_values_that_are_all_alike_know_of_no_others():
    found = mean_estimate(np.full(3, 1.0), "", (0, 1))
    assert (float(found), found.n, math.isnan(found.low)) == (1, 3, True)
    assert "alike" in found.how
    assert math.isnan(mean_estimate(np.zeros(4), "", groups=[1, 1, 2, 2]).low)


def test_interval_is_cut_at_the_bounds():
    assert mean_estimate(np.array([0.1, 0.9]), "", (0, 1)).interval == (0, 1)


def test_no_value():
    assert mean_estimate(np.array([]), "").why == "nothing to average"
