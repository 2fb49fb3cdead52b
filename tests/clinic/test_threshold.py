"""Thresholds chosen on validation patients, and single points of the curve."""

import math
import pickle

import numpy as np
import pytest

from edunet.clinic.confusion import confusion, sensitivity, specificity
from edunet.clinic.operating_points import sensitivity_at, specificity_at
from edunet.clinic.predictive import ppv
from edunet.clinic.threshold import threshold_for
from edunet.metrics import SensitivityAtSpecificity, SpecificityAtSensitivity

rng = np.random.default_rng(4)
Y = np.arange(200) < 60
P = np.round(rng.normal(size=200) + 1.2 * Y, 2)


@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.95, 1.0])
def test_sensitivity_is_reached_at_the_highest_threshold(wanted):
    t = threshold_for(Y, P, sensitivity=wanted)
    assert sensitivity(Y, P, t) >= wanted
    assert sensitivity(Y, P, np.nextafter(t, np.inf)) < wanted


@pytest.mark.parametrize("wanted", [0.5, 0.8, 0.95])
def test_specificity_is_reached_at_the_lowest_threshold(wanted):
    t = threshold_for(Y, P, specificity=wanted)
    lower = np.unique(P)[np.searchsorted(np.unique(P), float(t)) - 1]
    assert specificity(Y, P, t) >= wanted > specificity(Y, P, lower)


def test_ppv_is_reached_with_the_largest_sensitivity():
    t = threshold_for(Y, P, ppv=0.6)
    assert ppv(Y, P, t) >= 0.6
    assert all(ppv(Y, P, other) < 0.6 for other in np.unique(P[float(t) > P]))


def test_it_remembers_where_it_comes_from():
    t = threshold_for(Y, P, sensitivity=0.95)
    table = confusion(Y, P, t)
    assert (t.wanted, t.n, t.ill) == ("sensitivity >= 0.95", 200, 60)
    assert (t.sensitivity, t.specificity, t.ppv) == (
        table.tp / 60,
        table.tn / 140,
        table.tp / (table.tp + table.fp),
    )
    assert "chosen for sensitivity >= 0.95 on 200 patients, 60 of them ill" in repr(t)


def test_it_is_a_float_and_survives_being_saved():
    t = threshold_for(Y, P, sensitivity=0.95)
    assert repr(pickle.loads(pickle.dumps(t))) == repr(t)
    assert t + 1 == float(t) + 1


def test_what_cannot_be_reached_says_what_can():
    y, p = [0, 1, 1, 0, 0, 0], [0.9, 0.8, 0.7, 0.2, 0.1, 0.1]
    with pytest.raises(
        ValueError, match=r"specificity 0.95 is not reached .* is 0.750, from 0.9 on, with a sensitivity of 0"
    ):
        threshold_for(y, p, specificity=0.95)
    with pytest.raises(
        ValueError, match=r"ppv 0.9 is not reached .* largest is 0.667, from 0.7 on, with a sensitivity of 1"
    ):
        threshold_for(y, p, ppv=0.9)


@pytest.mark.parametrize("y", [[1, 1], [0, 0], []])
def test_one_kind_only(y):
    with pytest.raises(ValueError, match="expected ill and healthy patients"):
        threshold_for(y, np.zeros(len(y)), sensitivity=0.9)


@pytest.mark.parametrize("given", [{}, {"sensitivity": 0.9, "specificity": 0.9}], ids=["none", "two"])
def test_one_thing_is_wanted(given):
    with pytest.raises(ValueError, match="say one of sensitivity=, specificity= and ppv="):
        threshold_for(Y, P, **given)


def test_percent_are_understood_and_refused():
    with pytest.raises(ValueError, match=r"Received: 95. For 95 % type 0.95"):
        threshold_for(Y, P, sensitivity=95)
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        sensitivity_at(Y, P, 0)


def test_chosen_on_the_same_patients_it_promises_too_much():
    """40 ill patients, AUC 0.85: what the choice reaches there, and in 2,000 new ones each time."""
    promised, kept = [], []
    for _ in range(200):
        new = np.repeat([True, False], [40, 100])
        t = threshold_for(new, rng.normal(size=140) + 1.466 * new, sensitivity=0.95)
        promised.append(float(t.sensitivity))
        kept.append((rng.normal(size=2000) + 1.466 >= t).mean())
    assert np.mean(promised) == pytest.approx(0.95, abs=1e-3)
    assert np.mean(kept) == pytest.approx(0.925, abs=0.01)


# ---------------------------------------------------------------- points of the curve


@pytest.mark.parametrize("bound", [0.3, 0.8, 0.95, 1.0])
def test_points_are_those_of_metrics(bound):
    assert sensitivity_at(Y, P, bound) == SensitivityAtSpecificity(bound)(Y.astype(int), P)
    assert specificity_at(Y, P, bound) == SpecificityAtSensitivity(bound)(Y.astype(int), P)


def test_the_interval_is_wider_than_at_a_known_threshold():
    point = sensitivity_at(Y, P, 0.8)
    known = sensitivity(Y, P, threshold_for(Y, P, specificity=0.8))
    assert float(point) == float(known)
    assert point.low < known.low < known.high < point.high


def test_too_few_patients_do_not_bound_it_below():
    found = specificity_at(np.arange(220) < 20, np.where(np.arange(220) < 20, 2.0, 0.0) + rng.normal(size=220), 0.9)
    assert found.low == 0
    assert "20 patients of one kind are too few" in found.how


@pytest.mark.parametrize("point", [sensitivity_at, specificity_at])
@pytest.mark.parametrize(("y", "why"), [([1, 1], "nobody is healthy"), ([0, 0], "nobody is ill"), ([], "no patients")])
def test_points_of_one_kind(point, y, why):
    found = point(y, np.zeros(len(y)))
    assert math.isnan(found)
    assert why in found.why
