"""Intercept, slope, groups and tests of calibration, against statsmodels' and scikit-learn's numbers."""

import math
import re

import numpy as np
import pytest
from sklearn.calibration import calibration_curve as of_sklearn

from edunet.clinic import wilson_interval
from edunet.clinic.brier import brier_score, scaled_brier
from edunet.clinic.calibration import (
    calibration_curve,
    calibration_intercept,
    calibration_slope,
    calibration_slope_intercept,
    expected_calibration_error,
    observed_expected,
    spiegelhalter_z,
)
from edunet.clinic.logistic import fit_logistic, sigmoid
from edunet.clinic.net_benefit import net_benefit
from edunet.preprocessing.student import student_quantile


def patients(n, power=2.0, noise=0.0):
    """Return outcomes, and predictions that are too extreme by 1 + noise."""
    rng = np.random.default_rng(7)
    risk = rng.random(n) ** power
    y = rng.random(n) < risk
    risk = np.clip(risk, 1e-6, 1 - 1e-6)
    z = (np.log(risk / (1 - risk)) + noise * 2 * (rng.random(n) - 0.5)) * (1 + noise)
    return y, 1 / (1 + np.exp(-z))


Y, P = patients(400, 1.5, 1.0)

# statsmodels 0.15: Logit(y, [1, z]) and GLM(y, [1], Binomial(), offset=z), .params and .conf_int(), z the log-odds
REFERENCE = {
    (60, 2, 0.0): (
        (0.8944942, 0.37777984, 1.41120856),
        (0.02817778, -0.69585689, 0.75221245),
        (0.08227899, -0.60920121, 0.77375919),
    ),
    (400, 1.5, 1.0): (
        (0.44944313, 0.35715649, 0.54172977),
        (-0.01496768, -0.26887753, 0.23894216),
        (0.13458721, -0.20115967, 0.47033409),
    ),
    (100_000, 3, 0.5): (
        (0.64716053, 0.63786912, 0.65645195),
        (-0.03346197, -0.0537636, -0.01316035),
        (0.21740438, 0.19560615, 0.23920261),
    ),
}


def numbers(estimate):
    return float(estimate), *estimate.interval


@pytest.mark.parametrize("case", REFERENCE, ids=["60", "400 overfitted", "100,000"])
def test_slope_and_intercepts_are_those_of_statsmodels(case):
    y, p = patients(*case)
    slope, intercept, in_the_large = REFERENCE[case]
    fitted = calibration_slope_intercept(y, p)
    assert numbers(fitted.slope) == pytest.approx(slope, abs=2e-8)
    assert numbers(fitted.intercept) == pytest.approx(intercept, abs=2e-8)
    assert numbers(calibration_intercept(y, p)) == pytest.approx(in_the_large, abs=2e-8)
    assert calibration_slope(y, p) == fitted.slope


def test_errors_of_several_rows_a_patient_are_those_of_statsmodels():
    # statsmodels 0.15: .bse with cov_type="cluster", use_correction=False, times √(G/(G−1)) of G = 80 patients
    whose = np.arange(400) // 5
    slope, intercept = calibration_slope_intercept(Y, P, groups=whose)
    found = slope, intercept, calibration_intercept(Y, P, groups=whose)
    errors = [(one.high - one.low) / 2 / student_quantile(0.975, 79) for one in found]
    assert errors == pytest.approx([0.04847585, 0.1230033, 0.23726552], abs=1e-8)
    assert {one.n for one in found} == {80}


def test_true_risks_have_slope_1_and_intercept_0():
    y, p = patients(100_000)
    slope, intercept = calibration_slope_intercept(y, p)
    assert slope.low < 1 < slope.high
    assert intercept.low < 0 < intercept.high
    assert calibration_intercept(y, p).low < 0 < calibration_intercept(y, p).high
    assert observed_expected(y, p).low < 1 < observed_expected(y, p).high


def test_slope_of_risks_too_extreme_is_below_1():
    assert calibration_slope(*patients(2000, noise=1.0)).high < 1


def test_slope_of_a_model_that_learnt_by_heart_is_below_1():
    """Logistic regression of 15 columns, 12 of them noise, on 90 patients: 1 on these, far less on new ones."""
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(3090), rng.normal(size=(3090, 15))])
    y = rng.random(3090) < sigmoid(x[:, 1:4].sum(axis=1))
    weights, _ = fit_logistic(x[:90], y[:90])
    p = sigmoid(x @ weights)
    assert calibration_slope(y[:90], p[:90]) == pytest.approx(1, abs=1e-6)
    assert calibration_slope(y[90:], p[90:]).high < 0.8


def test_intercept_is_the_shift_of_the_odds():
    y, p = patients(100_000)
    halved = p / 2 / (p / 2 + (1 - p))  # odds halved
    assert calibration_intercept(y, halved) == pytest.approx(calibration_intercept(y, p) + math.log(2), abs=1e-9)


def test_corrected_risks_are_calibrated():
    slope, intercept = calibration_slope_intercept(Y, P)
    z = intercept + slope * np.log(P / (1 - P))
    again = calibration_slope_intercept(Y, 1 / (1 + np.exp(-z)))
    assert (again.slope, again.intercept) == pytest.approx((1, 0), abs=1e-9)


# ---------------------------------------------------------------- what cannot be computed, and odd predictions


@pytest.mark.parametrize(
    ("y", "p", "why"),
    [
        ([1, 1, 1], [0.2, 0.4, 0.9], "nobody is healthy"),
        ([0, 0, 0], [0.2, 0.4, 0.9], "nobody is ill"),
        ([], [], "no patients"),
        ([0, 1, 1], [0.3, 0.3, 0.3], "all predictions are the same"),
        ([0, 0, 1], [0.1, 0.2, 0.7], "without overlap"),
        ([1, 1, 0], [0.1, 0.2, 0.7], "without overlap"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.2, 0.7], "without overlap"),
    ],
    ids=["all ill", "all healthy", "nobody", "all p equal", "separated", "upside down", "they touch"],
)
def test_no_slope(y, p, why):
    slope, intercept = calibration_slope_intercept(y, p)
    assert why in slope.why
    assert why in intercept.why
    assert math.isnan(slope)
    assert slope.n == len(y)


def test_three_patients_with_overlap_have_a_slope():
    slope = calibration_slope([0, 1, 0], [0.2, 0.4, 0.7])
    assert math.isfinite(slope)
    assert slope.low < slope < slope.high


@pytest.mark.parametrize("y", [[], [1, 1], [0, 0]], ids=["nobody", "all ill", "all healthy"])
def test_no_intercept(y):
    assert re.search("nobody is (ill|healthy)|no patients", calibration_intercept(y, [0.5] * len(y)).why)


def test_intercept_where_all_predictions_are_equal():
    share = 0.25
    expected = math.log(share / (1 - share)) - math.log(0.4 / 0.6)
    assert calibration_intercept([0, 0, 0, 1], [0.4] * 4) == pytest.approx(expected)


def test_predictions_of_exactly_0_and_1_are_moved_and_counted():
    p = P.copy()
    p[:3], p[3:5] = 0, 1
    slope, intercept = calibration_slope_intercept(Y, p)
    said = "5 of 400 predictions nearer to 0 or 1 than 1e-08 were taken as 1e-08 from it"
    assert math.isfinite(slope)
    for estimate in (slope, intercept, calibration_intercept(Y, p)):
        assert said in estimate.how
    assert said not in calibration_slope(Y, P).how


def test_hard_answers_have_a_slope():
    y = np.arange(100) < 50
    p = np.where(np.arange(100) % 10 == 0, ~y, y).astype(float)  # nine of ten are right
    slope, intercept = calibration_slope_intercept(y, p)
    assert slope == pytest.approx(math.log(9) / math.log((1 - 1e-8) / 1e-8), rel=1e-6)
    assert intercept == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_the_likelihood_is_at_its_top(seed):
    rng = np.random.default_rng(seed)
    y, p = rng.random(12) < 0.3, rng.random(12) ** rng.choice([0.05, 1, 30], size=12)
    y[:2] = 0, 1
    p[:4] = np.sort(p[:4])
    y[:4] = 1, 0, 1, 0  # overlap
    slope, intercept = calibration_slope_intercept(y, p)
    p = np.clip(p, 1e-8, 1 - 1e-8)
    z = np.log(p / (1 - p))
    left = y - 1 / (1 + np.exp(-np.clip(intercept + slope * z, -700, 700)))
    assert (left.sum(), (left * z).sum()) == pytest.approx((0, 0), abs=1e-6)


# ---------------------------------------------------------------- how often the intervals hold the truth


@pytest.fixture(scope="module")
def intervals():
    """Return, of 400 samples of 200 patients, each number and what it is in a million."""
    rng = np.random.default_rng(0)

    def sample(n):
        risk = rng.random(n) ** 3 * 0.98 + 0.01
        return rng.random(n) < risk, sigmoid(0.3 + 1.4 * np.log(risk / (1 - risk)))

    def numbers(y, p):
        slope, intercept = calibration_slope_intercept(y, p)
        return {
            "slope": slope,
            "intercept": intercept,
            "in the large": calibration_intercept(y, p),
            "O/E": observed_expected(y, p),
            "Brier": brier_score(y, p),
            "scaled Brier": scaled_brier(y, p),
            "net benefit": net_benefit(y, p, 0.2),
            "net benefit elsewhere": net_benefit(y, p, 0.2, prevalence=0.1),
        }

    truth = numbers(*sample(1_000_000))
    found = [numbers(*sample(200)) for _ in range(400)]
    return {name: np.mean([one[name].low <= truth[name] <= one[name].high for one in found]) for name in truth}


@pytest.mark.parametrize(
    "name",
    ["slope", "intercept", "in the large", "O/E", "Brier", "scaled Brier", "net benefit", "net benefit elsewhere"],
)
def test_intervals_hold_the_truth_95_times_of_100(intervals, name):
    assert 0.92 < intervals[name] < 0.985


# ---------------------------------------------------------------- observed and expected


def test_observed_over_expected():
    assert observed_expected(Y, P) == pytest.approx(Y.sum() / P.sum())


def test_interval_of_observed_over_expected_agrees_with_resampling():
    rng = np.random.default_rng(1)
    values = [Y[i].sum() / P[i].sum() for i in rng.integers(400, size=(4000, 400))]
    assert observed_expected(Y, P).interval == pytest.approx(tuple(np.percentile(values, [2.5, 97.5])), abs=0.02)


def test_observed_of_nobody_ill_keeps_its_interval():
    ratio = observed_expected([0] * 20, [0.1] * 20)
    assert ratio == 0
    assert ratio.interval == pytest.approx(tuple(10 * end for end in wilson_interval(0, 20)))


@pytest.mark.parametrize("y", [[1, 1, 1], [1, 0, 1]], ids=["all ill", "known for certain"])
def test_observed_has_an_interval_where_nothing_varies(y):
    ratio = observed_expected(y, np.where(y, 0.5, 0.0))
    assert ratio.low < ratio <= ratio.high
    assert "Wilson" in ratio.how


@pytest.mark.parametrize(("y", "p", "why"), [([], [], "no patient"), ([0, 1], [0.0, 0.0], "all predictions are 0")])
def test_no_ratio(y, p, why):
    assert why in observed_expected(y, p).why


# ---------------------------------------------------------------- groups

CASES = {
    "continuous": (Y, P),
    "ties": (Y, P.round(1)),
    "one ill": (np.arange(400) == 7, P),
    "100,000 rows": patients(100_000),
    "float32": (Y, P.astype(np.float32)),
    "whole labels": (Y.astype(int), P),
    "exactly 0 and 1": (Y, P.round()),
    "all p equal": (Y, np.full(400, 0.3)),
    "three patients": ([0, 1, 1], np.array([0.2, 0.4, 0.4])),
}


@pytest.mark.parametrize("strategy", ["quantile", "uniform"])
@pytest.mark.parametrize("bins", [1, 5, 10, 40])
@pytest.mark.parametrize("case", CASES)
def test_curve_is_scikit_learns(case, bins, strategy):
    y, p = CASES[case]
    curve = calibration_curve(y, p, bins, strategy)
    expected = of_sklearn(y, p.astype(np.float64), n_bins=bins, strategy=strategy)
    np.testing.assert_allclose(curve.share, expected[0], atol=1e-12)
    np.testing.assert_allclose(curve.predicted, expected[1], atol=1e-12)
    assert curve.n.sum() == len(p)


def test_groups_have_wilsons_intervals():
    curve = calibration_curve(Y, P)
    for share, n, low, high in zip(curve.share, curve.n, curve.low, curve.high, strict=True):
        assert (low, high) == pytest.approx(wilson_interval(round(share * n), int(n)))


def test_groups_of_risk_count_patients_where_they_have_several_rows():
    curve = calibration_curve(np.repeat(Y, 8), np.repeat(P, 8), 5, groups=np.repeat(np.arange(Y.size), 8))
    once = calibration_curve(Y, P, 5)
    np.testing.assert_allclose(curve.share, once.share, atol=0.05)
    np.testing.assert_allclose(curve.high - curve.low, once.high - once.low, rtol=0.15)


def test_groups_of_risk_of_one_patient_have_no_interval():
    assert np.isnan(calibration_curve(Y, P, 5, groups=np.zeros(Y.size)).low).all()


def test_curve_of_nobody_is_empty():
    assert [part.size for part in calibration_curve([], [])] == [0] * 5


def test_odd_strategy():
    with pytest.raises(ValueError, match="strategy is one of 'quantile', 'uniform'. Received: 'equal'"):
        calibration_curve(Y, P, strategy="equal")


def test_ece_is_the_mean_distance_of_the_groups():
    curve = calibration_curve(Y, P, 7)
    expected = np.average(np.abs(curve.share - curve.predicted), weights=curve.n)
    assert expected_calibration_error(Y, P, 7) == pytest.approx(expected)


def test_ece_says_what_chance_alone_gives():
    """A perfect model is simulated; the value that `how` names is what it gets on average."""
    rng = np.random.default_rng(0)
    p = rng.random(300)
    values = [float(expected_calibration_error(rng.random(300) < p, p)) for _ in range(300)]
    said = float(expected_calibration_error(p < 0.5, p).how.split("about ")[-1])
    assert np.mean(values) == pytest.approx(said, abs=0.003)


def test_ece_of_nobody():
    assert "no patient" in expected_calibration_error([], []).why


# ---------------------------------------------------------------- Spiegelhalter


def test_spiegelhalter_is_the_excess_of_the_brier_score():
    z = spiegelhalter_z(Y, P).z
    excess = np.sum((P - Y) ** 2) - np.sum(P * (1 - P))
    assert z == pytest.approx(excess / math.sqrt(np.sum((1 - 2 * P) ** 2 * P * (1 - P))))


def test_spiegelhalter_finds_what_is_too_extreme():
    assert spiegelhalter_z(Y, P).p_value < 1e-6
    assert spiegelhalter_z(*patients(2000)).p_value > 0.05


def test_spiegelhalter_is_right_one_time_in_twenty():
    rng = np.random.default_rng(0)
    p = rng.random(200) ** 2
    wrong = [spiegelhalter_z(rng.random(200) < p, p).p_value < 0.05 for _ in range(400)]
    assert 0.03 < np.mean(wrong) < 0.075


@pytest.mark.parametrize("p", [[], [0.5, 0.5], [0, 1.0]], ids=["nobody", "0.5", "0 and 1"])
def test_spiegelhalter_undefined(p):
    test = spiegelhalter_z([0, 1][: len(p)], p)
    assert "no prediction differs from 0, 0.5 and 1" in test.z.why
    assert math.isnan(test.p_value)


@pytest.mark.parametrize(
    "metric",
    [
        calibration_curve,
        calibration_intercept,
        calibration_slope,
        calibration_slope_intercept,
        expected_calibration_error,
        observed_expected,
        spiegelhalter_z,
    ],
)
@pytest.mark.parametrize(
    ("y", "p", "message"),
    [([0, 1], [0.2, 1.2], "between 0 and 1"), ([0, 1], [0.2, np.nan], "NaN"), ([0, 2], [0.2, 0.3], "0 or 1")],
    ids=["beyond 1", "NaN", "label 2"],
)
def test_wrong_input_is_refused(metric, y, p, message):
    with pytest.raises(ValueError, match=rf"^{metric.__name__}: .*{message}"):
        metric(y, p)
