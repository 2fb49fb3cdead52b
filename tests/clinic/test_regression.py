"""Errors of quantities: published examples, clusters of rows, glucose in both units."""

import math

import numpy as np
import pytest

from edunet.clinic.regression import bland_altman, mae, mard, rmse, within_iso15197

# peak flow by two meters, l/min, first readings: Bland & Altman (1986), table
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]


def clustered():
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(12), rng.integers(1, 9, 12))
    y = rng.normal(size=len(groups)) + rng.normal(size=12)[groups]
    return y, y + rng.normal(size=12)[groups] + 0.3 * rng.normal(size=len(groups)), groups


# statsmodels 0.14: OLS of the errors on a constant, conf_int(), and with cov_type "cluster", use_t
def test_mae_equals_statsmodels():
    y, p, _ = clustered()
    error = mae(y, p)
    assert (error, error.low, error.high) == pytest.approx((0.58567761, 0.44308243, 0.72827279), abs=1e-8)


def test_rows_of_a_patient_widen_the_interval_as_in_statsmodels():
    error = mae(*clustered()[:2], groups=clustered()[2])
    assert (error, error.low, error.high) == pytest.approx((0.58567761, 0.29077929, 0.88057593), abs=1e-8)
    assert error.n == 12


def test_rmse_equals_statsmodels():
    error = rmse(*clustered()[:2])
    assert (error, error.low, error.high) == pytest.approx((0.771378, 0.57324334, 0.92813798), abs=1e-8)


@pytest.mark.parametrize("metric", [mae, rmse, mard])
def test_nobody(metric):
    assert metric(np.empty(0), np.empty(0)).why == "nothing to average"


@pytest.mark.parametrize("metric", [mae, rmse, mard])
def test_one_patient_has_no_interval(metric):
    found = metric([2.0], [3.0])
    assert found > 0
    assert math.isnan(found.low)


@pytest.mark.parametrize("metric", [mae, rmse])
@pytest.mark.parametrize(
    ("y", "p", "message"),
    [
        ([1.0, np.nan], [1, 2], "1 of 2 labels are NaN"),
        ([1.0, 2], [1, np.inf], "1 of 2 answers are NaN or infinite"),
        ([1.0, 2], [1], "one label for each answer"),
        (np.ones((2, 3)), np.ones((2, 3)), r"\(N,\). Received shape \(2, 3\). Take one column"),
        (["a"], ["b"], "answers are numbers"),
    ],
    ids=["nan", "infinite", "lengths", "columns", "words"],
)
def test_what_is_refused(metric, y, p, message):
    with pytest.raises(ValueError, match=message):
        metric(y, p)


def test_a_column_is_a_row_of_numbers():
    assert mae([[1], [2]], np.float32([2, 3])) == 1


# ---------------------------------------------------------------- Bland and Altman


def test_peak_flow_as_published():
    """Mean difference −2.1 l/min, standard deviation 38.8; their interval of the bias, with t = 2.12: −22.0 to 17.8."""
    found = bland_altman(MINI, WRIGHT)
    assert found.differences.std(ddof=1) == pytest.approx(38.8, abs=0.05)
    assert found.bias == pytest.approx(-2.1, abs=0.05)
    assert found.bias.interval == pytest.approx((-22.0, 17.8), abs=0.1)
    assert (found.lower, found.upper) == pytest.approx((-2.1 - 1.96 * 38.8, -2.1 + 1.96 * 38.8), abs=0.1)


def test_limits_cover_the_true_ones():
    """95 of 100 samples of 30 differences from N(0, 1): the interval of the upper limit holds 1.96."""
    rng = np.random.default_rng(0)
    upper = [bland_altman(np.zeros(30), rng.normal(size=30)).upper for _ in range(400)]
    assert 0.92 < np.mean([u.low < 1.96 < u.high for u in upper]) < 0.98


def test_a_correlation_of_one_is_no_agreement():
    found = bland_altman([10, 20, 30], [20, 40, 60])
    assert found.bias == 20
    assert found.means.tolist() == [15, 30, 45]


def test_limits_of_one_patient():
    found = bland_altman([1], [2])
    assert found.bias == 1
    assert found.lower.why == "limits need two patients or more"


# ---------------------------------------------------------------- glucose


def test_mard_is_in_percent_of_the_reference():
    assert mard([100, 200], [110, 190]) == pytest.approx(7.5)


@pytest.mark.parametrize("metric", [mard, within_iso15197])
def test_a_reference_of_zero_is_refused(metric):
    with pytest.raises(ValueError, match="references are > 0. Received 0 in row 1. Is it missing"):
        metric([100, 0], [100, 90])


@pytest.mark.parametrize(
    ("reference", "measured", "inside"),
    [(99, 114, 1), (99, 114.2, 0), (100, 115, 1), (100, 116, 0), (300, 255, 1), (300, 254, 0), (60, 45, 1)],
)
def test_iso_15197_in_mg_per_dl(reference, measured, inside):
    assert within_iso15197([reference], [measured]) == inside


@pytest.mark.parametrize(
    ("reference", "measured", "inside"),
    [(5.0, 5.83, 1), (5.0, 5.84, 0), (5.55, 4.73, 1), (5.54, 4.70, 0), (10, 11.5, 1), (10, 11.6, 0)],
)
def test_iso_15197_in_mmol_per_l(reference, measured, inside):
    assert within_iso15197([reference], [measured], unit="mmol/l") == inside


def test_twenty_twenty():
    assert within_iso15197([90, 200], [110, 240], limit=20) == 1


@pytest.mark.parametrize(("values", "unit"), [([4.2, 11.0], "mg/dl"), ([80, 200], "mmol/l")])
def test_the_other_unit_is_noticed(values, unit):
    with pytest.raises(ValueError, match=f"are no glucose in {unit}. Type unit="):
        within_iso15197(values, values, unit=unit)


def test_an_unknown_unit():
    with pytest.raises(ValueError, match="mg/l"):
        within_iso15197([90], [90], unit="mg/l")


@pytest.mark.parametrize("limit", [0, -15, 0.0, "15", None, np.nan], ids=repr)
def test_what_is_no_limit(limit):
    with pytest.raises(ValueError, match="limit is in mg/dl and percent"):
        within_iso15197([90], [90], limit=limit)


def test_no_values():
    assert within_iso15197(np.empty(0), np.empty(0)).why == "no values"
