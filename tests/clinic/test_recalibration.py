"""What recalibration learns is what scikit-learn learns, and what was wrong is right after it."""

import numpy as np
import pytest
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from edunet.clinic.calibration import calibration_intercept, calibration_slope_intercept
from edunet.clinic.recalibration import InterceptUpdate, IsotonicCalibration, PlattScaling
from edunet.clinic.temperature import TemperatureScaling
from edunet.metrics import roc_auc


def patients(n, power=1.5, noise=1.0):
    """Return predictions that are too extreme by 1 + noise, and outcomes."""
    rng = np.random.default_rng(7)
    risk = rng.random(n) ** power
    y = rng.random(n) < risk
    z = (np.log(risk / (1 - risk)) + noise * 2 * (rng.random(n) - 0.5)) * (1 + noise)
    return 1 / (1 + np.exp(-z)), y


P, Y = patients(400)
NEW = np.linspace(0, 1, 101)
ALL = [InterceptUpdate, PlattScaling, TemperatureScaling, IsotonicCalibration]


def logit(p):
    p = np.clip(p, 1e-8, 1 - 1e-8)
    return np.log(p / (1 - p))


CASES = {
    "continuous": (P, Y),
    "ties": (P.round(1), Y),
    "one ill": (P, np.arange(400) == np.argsort(P)[200]),
    "100,000 rows": patients(100_000),
    "float32": (P.astype(np.float32), Y),
    "whole labels": (P, Y.astype(int)),
    "lists": (P.tolist(), Y.tolist()),
    "three patients": ([0.2, 0.4, 0.7], [0, 1, 0]),
}


# ---------------------------------------------------------------- against scikit-learn


@pytest.mark.parametrize("case", CASES)
def test_plain_platt_is_logistic_regression(case):
    p, y = CASES[case]
    z = logit(np.asarray(p, np.float64))[:, None]
    expected = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000, solver="newton-cholesky").fit(z, y)
    scaling = PlattScaling(smoothed=False).fit(p, y)
    np.testing.assert_allclose(scaling.predict(NEW), expected.predict_proba(logit(NEW)[:, None])[:, 1], atol=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_smoothed_platt_is_sigmoid_calibration(case):
    p, y = CASES[case]
    expected = _SigmoidCalibration().fit(logit(np.asarray(p, np.float64)), np.asarray(y))
    np.testing.assert_allclose(PlattScaling().fit(p, y).predict(NEW), expected.predict(logit(NEW)), atol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_isotonic_is_scikit_learns(case):
    p, y = CASES[case]
    expected = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(np.asarray(p, np.float64), y)
    np.testing.assert_allclose(IsotonicCalibration().fit(p, y).predict(NEW), expected.predict(NEW), atol=1e-12)


def test_isotonic_of_a_rising_curve_is_itself():
    p = np.repeat([0.1, 0.5, 0.9], 10)
    y = np.r_[np.arange(10) < 2, np.arange(10) < 4, np.arange(10) < 9]
    curve = IsotonicCalibration().fit(p, y)
    np.testing.assert_allclose(curve.share, [0.2, 0.4, 0.9])
    np.testing.assert_allclose(curve.predicted, [0.1, 0.5, 0.9])
    assert curve.predict([0.0, 0.3, 1.0]) == pytest.approx([0.2, 0.3, 0.9])


def test_isotonic_of_a_falling_curve_is_flat():
    curve = IsotonicCalibration().fit([0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0])
    np.testing.assert_allclose(curve.predict(NEW), 0.5)
    assert curve.text == "isotonic: 1 step, from 4 patients (2 ill)"


# ---------------------------------------------------------------- what is wrong is right after it


def test_intercept_update_predicts_as_many_as_fall_ill():
    update = InterceptUpdate().fit(P, Y)
    assert update.predict(P).sum() == pytest.approx(Y.sum())
    assert update.intercept == pytest.approx(float(calibration_intercept(Y, P)))


def test_platt_leaves_slope_1_and_intercept_0():
    moved = PlattScaling(smoothed=False).fit(P, Y).predict(P)
    assert calibration_slope_intercept(Y, moved) == pytest.approx((1, 0), abs=1e-8)


@pytest.mark.parametrize("kind", [InterceptUpdate, PlattScaling, TemperatureScaling])
def test_the_order_of_patients_stays(kind):
    moved = kind().fit(P, Y).predict(P)
    assert roc_auc(Y, moved) == pytest.approx(roc_auc(Y, P), abs=1e-12)


@pytest.mark.parametrize("kind", [PlattScaling, TemperatureScaling, IsotonicCalibration])
def test_new_patients_are_better_served(kind):
    p, y = patients(4000)
    moved = kind().fit(p[:2000], y[:2000]).predict(p[2000:])
    assert np.mean((moved - y[2000:]) ** 2) < np.mean((p[2000:] - y[2000:]) ** 2)


def test_platt_with_separation_stays_finite_if_smoothed():
    scaling = PlattScaling().fit([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1])
    assert 0.5 < scaling.predict([0.9])[0] < 0.99


# ---------------------------------------------------------------- temperature


def test_temperature_is_that_of_logistic_regression_without_intercept():
    # statsmodels 0.15: 1 / Logit(y, z).fit().params, z the log-odds
    assert TemperatureScaling().fit(P, Y).temperature == pytest.approx(2.22074696, abs=1e-8)


def test_temperature_of_true_risks_is_1():
    assert TemperatureScaling().fit(*patients(100_000, noise=0.0)).temperature == pytest.approx(1, abs=0.02)


def several(n=3000, sharpness=3.0):
    """Return probabilities of three classes that are too sure by `sharpness`, and classes."""
    rng = np.random.default_rng(5)
    z = rng.normal(size=(n, 3))
    true = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    y = (rng.random(n)[:, None] > true.cumsum(axis=1)[:, :2]).sum(axis=1)
    sure = np.exp(sharpness * z)
    return sure / sure.sum(axis=1, keepdims=True), y


def test_temperature_of_several_classes():
    p, y = several()
    scaling = TemperatureScaling().fit(p, y)
    assert scaling.temperature == pytest.approx(3, rel=0.06)
    cooled = scaling.predict(p)
    np.testing.assert_allclose(cooled.sum(axis=1), 1)
    np.testing.assert_array_equal(cooled.argmax(axis=1), p.argmax(axis=1))


def test_temperature_has_the_largest_likelihood():
    p, y = several(300)
    scaling = TemperatureScaling().fit(p, y)

    def loss(temperature):
        scaling.temperature = temperature
        return -np.log(scaling.predict(p)[np.arange(len(y)), y]).sum()

    best = scaling.temperature
    assert loss(best) < min(loss(best * 1.001), loss(best / 1.001))


def test_one_probability_is_two_classes():
    one, two = TemperatureScaling().fit(P, Y), TemperatureScaling().fit(np.stack([1 - P, P], axis=1), Y)
    assert one.temperature == pytest.approx(two.temperature)
    np.testing.assert_allclose(one.predict(P), two.predict(np.stack([1 - P, P], axis=1))[:, 1])
    assert one.predict(P[:, None]).shape == (400, 1)


@pytest.mark.parametrize("sure", [1e-3, 0.05, 30.0])
def test_temperatures_far_from_1_are_found(sure):
    p, y = several(400, sure)
    assert TemperatureScaling().fit(p, y).temperature == pytest.approx(sure, rel=0.35)


@pytest.mark.parametrize(
    ("p", "y", "message"),
    [
        ([0.9, 0.8, 0.1], [1, 1, 0], "every prediction is right, the best T is 0"),
        ([0.9, 0.8, 0.1], [0, 0, 1], "no better than chance"),
        ([0.5, 0.5], [0, 1], "no better than chance"),
        ([[0.5, 0.2], [0.4, 0.6]], [0, 1], "rows that sum to 1. Received sums from 0.7 to 1"),
        ([[0.5, 0.5], [0.4, 0.6]], [0, 2], "labels run from 0 to 2; expected 0 to 1"),
        ([[0.5, 0.5], [0.4, 0.6]], [1, 1], "two classes at least. Received 2 patients of 1 class"),
        ([[[0.5, 0.5]]], [1], r"\(N,\) or \(N,K\). Received shape \(1, 1, 2\)"),
    ],
    ids=["all right", "all wrong", "no opinion", "sums", "class 2", "one class", "three axes"],
)
def test_no_temperature(p, y, message):
    with pytest.raises(ValueError, match=message):
        TemperatureScaling().fit(p, y)


# ---------------------------------------------------------------- what all of them say and refuse


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (InterceptUpdate, "logit p' = 0.13 + logit p, from 400 patients (162 ill)"),
        (PlattScaling, "logit p' = -0.02 + 0.44 logit p, from 400 patients (162 ill)"),
        (TemperatureScaling, "T = 2.22, from 400 patients"),
        (IsotonicCalibration, "isotonic: 16 steps, from 400 patients (162 ill)"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_it_says_what_was_learnt(kind, text):
    learnt = kind().fit(P, Y)
    assert learnt.text == text
    assert repr(learnt) == f"<{kind.__name__}: {text}>"
    assert repr(kind()) == f"<{kind.__name__}: has learnt nothing yet>"


@pytest.mark.parametrize("kind", ALL)
def test_risks_stay_risks_at_the_ends(kind):
    p = P.copy()
    p[:4] = 0, 1, 0, 1
    moved = kind().fit(p, Y).predict([0, 1e-300, 0.5, 1])
    assert ((moved >= 0) & (moved <= 1)).all()
    assert (np.diff(moved) >= 0).all()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(
    ("p", "y", "message"),
    [
        ([0.2, 0.4], [1, 1], "Received 2 patients"),
        ([0.2, 0.4], [0, 0], "Received 2 patients"),
        ([], [], "expected"),
        ([0.2, np.nan], [0, 1], "NaN"),
        ([0.2, 1.4], [0, 1], "between 0 and 1"),
        ([0, 1, 1], [0.2, 0.4, 0.6], "labels are 0 or 1"),
        ([0.2, 0.4, 0.5], [0, 1], "one label for each answer"),
    ],
    ids=["all ill", "all healthy", "nobody", "NaN", "beyond 1", "(y, p)", "lengths"],
)
def test_what_nothing_can_be_learnt_from(kind, p, y, message):
    with pytest.raises(ValueError, match=message):
        kind().fit(p, y)


@pytest.mark.parametrize("kind", ALL)
def test_nothing_learnt_yet(kind):
    with pytest.raises(ValueError, match=r"learnt nothing yet. Type .*fit\(p_val, y_val\) first"):
        kind().predict([0.5])


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize(("p", "message"), [([np.nan], "NaN"), ([1.2], "between 0 and 1")], ids=["NaN", "beyond 1"])
def test_wrong_predictions_are_refused(kind, p, message):
    with pytest.raises(ValueError, match=message):
        kind().fit(P, Y).predict(p)


@pytest.mark.parametrize("kind", ALL)
def test_nobody_new(kind):
    assert kind().fit(P, Y).predict([]).shape == (0,)


def test_platt_without_a_slope():
    with pytest.raises(ValueError, match=r"all predictions are the same, there is no slope. Type InterceptUpdate\(\)"):
        PlattScaling().fit([0.3, 0.3, 0.3], [0, 1, 0])


def test_plain_platt_without_overlap():
    with pytest.raises(ValueError, match="do not overlap, the most likely slope is infinite"):
        PlattScaling(smoothed=False).fit([0.1, 0.2, 0.8], [0, 0, 1])
