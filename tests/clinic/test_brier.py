"""The Brier score is scikit-learn's, and its parts add up to it."""

import math

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from edunet.clinic.brier import brier_parts, brier_score, scaled_brier
from edunet.metrics import BrierScore


def patients(n, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.random(n) ** 2
    return (rng.random(n) < p).astype(int), p


Y, P = patients(300)
CASES = {
    "continuous": (Y, P),
    "ties": (Y, P.round(1)),
    "one ill": (np.arange(50) == 7, P[:50]),
    "100,000 rows": patients(100_000),
    "float32": (Y, P.astype(np.float32)),
    "bool labels": (Y == 1, P),
    "float labels": (Y.astype(float), P),
    "column": (Y[:, None], P[:, None]),
    "lists": (Y.tolist(), P.tolist()),
    "exactly 0 and 1": (Y, P.round()),
    "all p equal": (Y, np.full(300, 0.3)),
}


@pytest.mark.parametrize("case", CASES)
def test_score_is_scikit_learns(case):
    y, p = CASES[case]
    expected = brier_score_loss(np.asarray(y).reshape(-1), np.asarray(p, np.float64).reshape(-1))
    assert brier_score(y, p) == pytest.approx(expected, abs=1e-12)


def test_score_of_one_kind_of_patient_has_no_interval():
    score = brier_score([0, 0, 0], [0.2, 0.2, 0.2])
    assert score == pytest.approx(0.04)
    assert math.isnan(score.low)
    assert "same outcome" in score.how


@pytest.mark.parametrize("metric", [brier_score, scaled_brier])
@pytest.mark.parametrize("p", [[0, 0, 1, 1], [0.2, 0.2, 0.8, 0.8]], ids=["all right", "equally far off"])
def test_distances_that_do_not_vary_have_no_interval(metric, p):
    found = metric([0, 0, 1, 1], p)
    assert math.isnan(found.low)
    assert "equally far off" in found.how


def test_interval_is_the_mean_and_its_standard_error():
    score, squares = brier_score(Y, P), (P - Y) ** 2
    half = 1.959963984540054 * squares.std(ddof=1) / math.sqrt(300)
    assert score.interval == pytest.approx((squares.mean() - half, squares.mean() + half))


def test_interval_stays_within_0_and_1():
    assert brier_score([0, 1, 1], [0.1, 0.9, 0.1]).low == 0
    assert brier_score([0, 1, 1], [1.0, 0.0, 0.9]).high == 1


def test_score_is_that_of_training():
    assert brier_score(Y, P) == pytest.approx(BrierScore()(Y, P))


def test_interval_of_patients_stays_within_0_and_1():
    score = brier_score([0, 1, 1, 0], [0.1, 0.9, 0.1, 0.1], groups=[0, 0, 1, 2])
    assert (score.low, score.n) == (0, 3)
    assert math.isnan(brier_score([0, 1], [0.1, 0.9], groups=[0, 0]).low)


def test_scaled_score_of_the_prevalence_is_zero_and_of_the_truth_one():
    assert scaled_brier(Y, np.full(300, Y.mean())) == pytest.approx(0, abs=1e-12)
    assert scaled_brier(Y, Y) == 1


def test_scaled_interval_agrees_with_resampling():
    rng = np.random.default_rng(1)
    drawn = rng.integers(300, size=(4000, 300))
    values = [1 - np.mean((P[i] - Y[i]) ** 2) / (Y[i].mean() * (1 - Y[i].mean())) for i in drawn]
    assert scaled_brier(Y, P).interval == pytest.approx(tuple(np.percentile(values, [2.5, 97.5])), abs=0.02)


def test_scaled_score_is_undefined_where_all_had_the_same_outcome():
    assert scaled_brier([1, 1], [0.4, 0.9]).why == "nobody is healthy"


@pytest.mark.parametrize("metric", [brier_score, scaled_brier])
def test_nobody(metric):
    assert math.isnan(metric([], []))


@pytest.mark.parametrize("bins", [None, 1, 2, 10, 1000])
@pytest.mark.parametrize("case", CASES)
def test_parts_add_up_to_the_score(case, bins):
    y, p = CASES[case]
    assert brier_parts(y, p, bins).score == pytest.approx(float(brier_score(y, p)), abs=1e-12)


def test_parts_are_those_of_murphy():
    y, p = CASES["ties"]
    parts = brier_parts(y, p)
    groups = [y[p == value] for value in np.unique(p)]
    reliability = sum(len(g) * (g.mean() - v) ** 2 for g, v in zip(groups, np.unique(p), strict=True)) / 300
    resolution = sum(len(g) * (g.mean() - y.mean()) ** 2 for g in groups) / 300
    assert (parts.reliability, parts.resolution) == pytest.approx((reliability, resolution))
    assert parts.uncertainty == pytest.approx(y.mean() * (1 - y.mean()))
    assert (parts.within_variance, parts.within_covariance) == pytest.approx((0, 0))
    assert (parts.groups, parts.n) == (len(groups), 300)


def test_parts_of_a_single_group():
    parts = brier_parts(Y, P, bins=1)
    assert parts.resolution == pytest.approx(0, abs=1e-15)
    assert parts.reliability == pytest.approx((P.mean() - Y.mean()) ** 2)
    assert parts.within_variance == pytest.approx(P.var())


def test_parts_of_nobody_are_refused():
    with pytest.raises(ValueError, match="there is no patient"):
        brier_parts([], [])


@pytest.mark.parametrize("bins", [0, -1, 2.5, True, "ten"])
def test_odd_bins(bins):
    with pytest.raises(ValueError, match="bins is a whole number >= 1"):
        brier_parts(Y, P, bins)


@pytest.mark.parametrize("metric", [brier_score, scaled_brier, brier_parts])
@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([0, 1], [0.2, 1.2], "between 0 and 1"),
        ([0, 1], [0.2, np.nan], "NaN"),
        ([0, 2], [0.2, 0.3], "labels are 0 or 1"),
        ([0, 1, 1], [0.2, 0.3], "one label for each answer"),
        ([0, 1], [[0.2, 0.8], [0.3, 0.7]], "two columns"),
    ],
    ids=["beyond 1", "NaN", "label 2", "lengths", "two columns"],
)
def test_wrong_input_is_refused(metric, y, p, message):
    with pytest.raises(ValueError, match=message):
        metric(y, p)
