"""Brier score, AUC and calibration at a date: without censoring they are the plain ones; what cannot be computed."""

import math

import numpy as np
import pytest

from edunet.clinic.survival import kaplan_meier
from edunet.clinic.survival_horizon import auc_at, brier_at, calibration_at, integrated_brier
from edunet.metrics import BrierScore, roc_auc

RNG = np.random.default_rng(5)
RISK = RNG.random(400)
DIED = RNG.exponential(1 / (0.2 + 2 * RISK))
LEFT = RNG.exponential(1.5, 400)
TIME, EVENT = np.minimum(DIED, LEFT), DIED <= LEFT
EVERYBODY = np.ones(400, bool)
TIED = [5, 3, 3, 3, 8, 8, 1, 5, 5, 9], [1, 1, 0, 1, 0, 1, 0, 1, 0, 0]  # time, event


@pytest.mark.parametrize(
    ("horizon", "brier", "auc"),  # scikit-survival 0.28.0, the censored given as a quarter later
    [
        (3, 0.2655555555555556, 0.6071428571428572),
        (5, 0.19277777777777783, 0.8173076923076923),
        (8, 0.3219753086419753, 0.6179245283018868),
    ],
)
def test_ties_as_in_scikit_survival(horizon, brier, auc):
    survival = [0.5, 0.1, 0.1, 0.8, 0.5, 0.9, 0.3, 0.5, 0.6, 0.9]
    risk = [0.5, 0.9, 0.9, 0.2, 0.5, 0.1, 0.7, 0.5, 0.4, 0.1]
    assert float(brier_at(*TIED, survival, horizon)) == pytest.approx(brier, abs=1e-14)
    assert float(auc_at(*TIED, risk, horizon)) == pytest.approx(auc, abs=1e-14)


def test_brier_without_censoring_is_the_plain_one():
    assert float(brier_at(DIED, EVERYBODY, 1 - RISK, 0.5)) == pytest.approx(BrierScore()(DIED <= 0.5, RISK), abs=1e-14)


def test_auc_without_censoring_is_the_plain_one():
    assert float(auc_at(DIED, EVERYBODY, RISK, 0.5)) == pytest.approx(roc_auc(DIED <= 0.5, RISK), abs=1e-14)


def test_auc_without_censoring_has_delongs_interval():
    """The standard error by the definition: variances of the two kinds of placement."""
    ill = DIED <= 0.5
    beats = (RISK[ill][:, None] > RISK[~ill]) + 0.5 * (RISK[ill][:, None] == RISK[~ill])
    error = math.sqrt(beats.mean(1).var(ddof=1) / ill.sum() + beats.mean(0).var(ddof=1) / (~ill).sum())
    auc = auc_at(DIED, EVERYBODY, RISK, 0.5)
    ends = [math.log(x / (1 - x)) for x in (auc.low, auc, auc.high)]
    assert np.diff(ends) == pytest.approx(1.959964 * error / (auc * (1 - auc)), rel=1e-6)


def test_weights_bring_back_what_censoring_hid():
    """Of 20,000 patients the plain share of errors is known; with a third lost before, the weighted one is near it."""
    rng = np.random.default_rng(1)
    risk = rng.random(20_000)
    died, left = rng.exponential(1 / (0.2 + 2 * risk)), rng.exponential(1.5, 20_000)
    seen = np.minimum(died, left), died <= left
    known = (seen[0] > 0.5) | seen[1]
    truth, dropped = roc_auc(died <= 0.5, risk), BrierScore()(seen[0][known] <= 0.5, risk[known])
    weighted, plain = brier_at(*seen, 1 - risk, 0.5), BrierScore()(died <= 0.5, risk)
    auc = auc_at(*seen, risk, 0.5)
    assert auc.low < truth < auc.high
    assert weighted.low < plain < weighted.high
    assert abs(weighted - plain) < abs(dropped - plain) / 2


def test_interval_of_brier_is_that_of_leaving_patients_out():
    """The jackknife re-estimates G each time; with ties. Squared errors alone would make it a tenth wider."""
    time, event, survival = np.ceil(8 * TIME[:80]), EVENT[:80], 1 - RISK[:80]
    whole = brier_at(time, event, survival, 4)
    without = [brier_at(*(np.delete(a, i) for a in (time, event, survival)), 4) for i in range(80)]
    error = math.sqrt(79 / 80 * np.sum((np.array(without) - np.mean(without)) ** 2))
    assert whole.high - whole.low == pytest.approx(2 * 1.959964 * error, rel=0.03)


def test_integrated_brier_of_two_horizons_is_their_mean():
    survival = np.stack([1 - RISK, (1 - RISK) ** 2], axis=1)
    both = [brier_at(TIME, EVENT, survival[:, k], t) for k, t in enumerate((0.3, 0.6))]
    found = integrated_brier(TIME, EVENT, survival, (0.3, 0.6))
    assert float(found) == pytest.approx(np.mean(both), abs=1e-14)
    assert found.how.endswith("from 0.3 to 0.6")


@pytest.mark.parametrize("metric", [brier_at, auc_at])
def test_nobody_watched_until_the_horizon(metric):
    late = metric([1, 2, 3], [1, 0, 0], [0.2, 0.4, 0.6], 3.5)
    assert late.why == "nobody was watched beyond 3; choose a horizon before"


def test_who_is_lost_at_the_horizon_was_watched_until_it():
    """The last one stands for the two who were left after the event: 0.2²/3 + 0.4²·2/3."""
    assert float(brier_at([1, 2, 3], [1, 0, 0], [0.2, 0.4, 0.6], 3)) == pytest.approx((0.04 + 2 * 0.16) / 3)


def test_training_patients_watched_for_less_time_do_not_tell():
    train = [1, 2, 2], [1, 0, 1]
    assert brier_at([1, 2, 3], [1, 0, 0], [0.2, 0.4, 0.6], 3, train=train).why.startswith("nobody was watched beyond 2")


def test_when_all_have_died_the_brier_score_is_still_known():
    assert float(brier_at([1, 2], [1, 1], [0.0, 0.5], 9)) == pytest.approx(0.125)


@pytest.mark.parametrize(
    ("event", "horizon", "why"),
    [
        ([0, 0, 1], 2, "nobody has had the event by 2"),
        ([1, 1, 1], 3, "nobody is known to be without the event after 3"),
    ],
    ids=["no case", "no control"],
)
def test_auc_needs_both_kinds(event, horizon, why):
    assert auc_at([1, 2, 3], event, [1, 2, 3], horizon).why == why


def test_how_says_whose_weights_they_are():
    train = [1, 2, 9], [1, 0, 1]
    assert "of the training patients" in brier_at(*TIED, np.full(10, 0.5), 5, train=train).how
    assert "training" not in brier_at(*TIED, np.full(10, 0.5), 5).how


def test_one_patient_has_no_interval():
    assert math.isnan(brier_at([2], [1], [0.5], 1).low)


def test_calibration_observes_by_kaplan_meier():
    groups = calibration_at(TIME, EVENT, RISK, 0.5, groups=4)
    assert [g.n for g in groups] == [100] * 4
    assert np.diff([g.predicted for g in groups]).min() > 0
    assert str(groups[0]).startswith("predicted 0.")
    true = [np.mean(DIED[np.argsort(RISK)[k : k + 100]] <= 0.5) for k in range(0, 400, 100)]
    assert all(g.observed.low < t < g.observed.high for g, t in zip(groups, true, strict=True))


def test_equal_predictions_stay_together():
    assert [g.n for g in calibration_at([1, 2, 3, 4], [1, 1, 1, 1], [0.2, 0.2, 0.2, 0.7], 2, groups=4)] == [3, 1]


def test_a_group_not_watched_until_the_horizon_says_so():
    rows = calibration_at([1, 2, 8, 9], [0, 0, 1, 1], [0.1, 0.1, 0.9, 0.9], 5, groups=2)
    assert [row.observed.why for row in rows] == ["nobody was watched beyond 2", ""]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: brier_at([1, 2], [1, 0], [0.5, 1.2], 1), "survival_probability: expected probabilities between 0 and"),
        (lambda: brier_at([1, 2], [1, 0], [0.5, 0.2], -1), "a horizon is one time >= 0"),
        (lambda: brier_at([1, 2], [1, 0], [0.5, 0.2], 1, train=[1, 2, 3]), r"train is a pair \(time, event\)"),
        (lambda: auc_at([1, 2], [1, 0], [[0.5, 0.2]], 1), r"expected risk of shape \(2,\)"),
        (lambda: integrated_brier([1, 2], [1, 0], [[0.5], [0.2]], [1]), "two or more horizons, rising"),
        (lambda: integrated_brier([1, 2], [1, 0], [0.5, 0.2], [1, 1.5]), r"expected survival \(2, 2\)"),
        (lambda: calibration_at([1, 2], [1, 0], [0.5, 0.2], 1, groups=0), "groups is a whole number >= 1"),
    ],
    ids=["no chance", "horizon", "train", "shape", "one horizon", "one column", "no group"],
)
def test_what_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- how often the intervals hold the truth


def drawn(rng, n, whole_years):
    """Patients whose risk is e^z; a quarter of them are lost before the horizon, or drop out at the end of a year."""
    z = rng.normal(size=n)
    if whole_years:
        hazard = 1 / (1 + np.exp(1.5 - z))
        died, left, survival, horizon = rng.geometric(hazard), rng.integers(1, 7, n), (1 - hazard) ** 3, 3
    else:
        died, left = rng.exponential(np.exp(-z)), rng.exponential(1.5, n)
        survival, horizon = np.exp(-0.7 * np.exp(0.7 * z)), 0.7
    return z, died, left, survival, horizon


@pytest.mark.parametrize("whole_years", [False, True], ids=["days", "whole years"])
def test_intervals_hold_the_truth(whole_years):
    """95 of 100; 300 samples tell it to ± 1.3."""
    rng = np.random.default_rng(2)
    z, died, _, survival, horizon = drawn(rng, 400_000, whole_years)
    alive = died > horizon
    truth = [np.mean((alive - survival) ** 2), roc_auc(~alive, z), alive.mean()]
    held = np.zeros(3)
    for _ in range(300):
        z, died, left, survival, horizon = drawn(rng, 150, whole_years)
        seen = np.minimum(died, left), died <= left
        found = brier_at(*seen, survival, horizon), auc_at(*seen, z, horizon), kaplan_meier(*seen).at(horizon)
        held += [e.low < t < e.high for e, t in zip(found, truth, strict=True)]
    assert held.min() > 0.905 * 300, held / 3


def test_brier_of_chances_that_are_all_as_far_off_has_no_interval():
    found = brier_at([1, 2, 3, 4], [1, 1, 1, 1], [0.5] * 4, 2.5)
    assert (float(found), math.isnan(found.low)) == (0.25, True)
