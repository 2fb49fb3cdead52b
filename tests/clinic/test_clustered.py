"""Several rows of a patient: rows that only repeat others add nothing to what is known."""

import math

import numpy as np
import pytest

from edunet.clinic.brier import brier_score, scaled_brier
from edunet.clinic.calibration import calibration_intercept, calibration_slope, observed_expected
from edunet.clinic.clustered import clustered_error
from edunet.clinic.confusion import accuracy, sensitivity, specificity
from edunet.clinic.likelihood import likelihood_ratios
from edunet.clinic.net_benefit import net_benefit
from edunet.clinic.predictive import npv, ppv

METRICS = {
    "sensitivity": lambda y, p, **k: sensitivity(y, p, 0.3, **k),
    "specificity": lambda y, p, **k: specificity(y, p, 0.3, **k),
    "accuracy": lambda y, p, **k: accuracy(y, p, 0.3, **k),
    "ppv": lambda y, p, **k: ppv(y, p, 0.3, **k),
    "npv": lambda y, p, **k: npv(y, p, 0.3, **k),
    "ppv elsewhere": lambda y, p, **k: ppv(y, p, 0.3, prevalence=0.05, **k),
    "npv elsewhere": lambda y, p, **k: npv(y, p, 0.3, prevalence=0.05, **k),
    "LR+": lambda y, p, **k: likelihood_ratios(y, p, 0.3, **k).positive,
    "LR-": lambda y, p, **k: likelihood_ratios(y, p, 0.3, **k).negative,
    "brier": brier_score,
    "scaled brier": scaled_brier,
    "net benefit": lambda y, p, **k: net_benefit(y, p, 0.3, **k),
    "net benefit elsewhere": lambda y, p, **k: net_benefit(y, p, 0.3, prevalence=0.05, **k),
    "O/E": observed_expected,
    "intercept": calibration_intercept,
    "slope": calibration_slope,
}


@pytest.fixture(scope="module")
def patients():
    rng = np.random.default_rng(7)
    p = rng.beta(1, 2, 600)
    return rng.random(600) < p, p


@pytest.fixture(params=METRICS)
def metric(request):
    return METRICS[request.param]


def width(estimate):
    return estimate.high - estimate.low


def test_rows_that_repeat_others_leave_value_and_interval_as_they_are(metric, patients):
    y, p = patients
    once = metric(y, p)
    again = metric(np.repeat(y, 5), np.repeat(p, 5), groups=np.repeat(np.arange(600), 5))
    assert float(again) == pytest.approx(float(once), rel=1e-9)
    assert width(again) == pytest.approx(width(once), rel=0.13)  # O/E of rows holds the predictions fixed
    assert width(metric(np.repeat(y, 5), np.repeat(p, 5))) < 0.6 * width(once)


def test_one_row_a_patient_is_no_grouping(metric, patients):
    y, p = patients
    assert metric(y, p, groups=[f"P{i}" for i in range(600)]) == metric(y, p)


def test_one_patient_has_no_interval(metric, patients):
    y, p = patients
    found = metric(y, p, groups=np.zeros(600))
    assert float(found) == pytest.approx(float(metric(y, p)))
    assert math.isnan(found.low)
    assert found.n == 1
    assert "no interval" in found.how


def test_one_ill_patient_does_not_tell_how_others_are():
    """Of ten rows of the only ill patient half are called ill; 50 healthy ones have two rows each."""
    y, whose = np.repeat([1, 0], [10, 100]), np.append(np.zeros(10), 1 + np.arange(100) // 2)
    found = likelihood_ratios(y, np.arange(110) % 2, groups=whose).positive
    assert (float(found), math.isnan(found.low)) == (1, True)


def test_the_order_of_the_rows_does_not_matter(metric, patients):
    y, p = patients
    whose = np.arange(600) // 6
    order = np.random.default_rng(0).permutation(600)
    there, here = metric(y[order], p[order], groups=whose[order]), metric(y, p, groups=whose)
    assert (there.low, there.high) == pytest.approx((here.low, here.high))


def test_a_share_of_all_still_has_an_interval(patients):
    found = sensitivity([1] * 20, [0.9] * 20, groups=np.repeat([1, 2], 10))
    assert (float(found), found.high) == (1, 1)
    assert found.low < 0.4  # two patients, not twenty


@pytest.mark.parametrize("rows", range(2, 40))
def test_two_patients_that_differ_altogether(rows):
    """They are worth one independent row, which rounding must not make less than one."""
    found = sensitivity(np.ones(2 * rows), np.repeat([1.0, 0.0], rows), groups=np.repeat(["a", "b"], rows))
    assert found == 0.5
    assert found.low < 0.05 < 0.95 < found.high


def test_few_patients_with_uneven_rows():
    """Of 5 ill patients with 1 to 40 rows each: 1.96 in the place of t holds the truth in 80 of 100 samples."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(400):
        whose = np.repeat(np.arange(10), rng.geometric(1 / 8, 10))
        ill = (np.arange(10) % 2 == 0)[whose]
        found_rows = rng.normal(size=10)[whose] * 0.77 + rng.normal(size=len(whose)) * 0.63 > 0
        found = sensitivity(ill, found_rows, groups=whose)
        held += found.low <= 0.5 <= found.high
    assert held / 400 > 0.9


def test_intervals_hold_the_truth_where_those_of_rows_do_not():
    rng = np.random.default_rng(1)
    held = {"rows": 0, "patients": 0}
    whose = np.repeat(np.arange(60), 12)
    for _ in range(300):
        skill = rng.beta(4, 1, 60)  # the share of right answers differs from patient to patient, 0.8 on the average
        right = rng.random(720) < skill[whose]
        for name, groups in (("rows", None), ("patients", whose)):
            found = accuracy(np.ones(720), right.astype(float), groups=groups)
            held[name] += found.low <= 0.8 <= found.high
    assert held["patients"] / 300 > 0.91
    assert held["rows"] / 300 < 0.85


def test_the_error_is_that_of_a_mean_where_each_row_is_a_patient():
    values = np.random.default_rng(2).normal(size=50)
    error = clustered_error((values - values.mean()) / 50, np.arange(50))
    assert error == pytest.approx(values.std(ddof=1) / math.sqrt(50))
