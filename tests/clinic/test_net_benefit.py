"""Net benefit counts cases found less false alarms, and the curve is that count at each threshold."""

import math
import re

import numpy as np
import pytest

from edunet.clinic.net_benefit import decision_curve, net_benefit
from edunet.clinic.proportion import wilson_interval


def patients(n, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.random(n) ** 2
    return rng.random(n) < p, p


Y, P = patients(300)


def by_hand(y, p, t):
    called = np.asarray(p) >= t
    tp, fp = np.sum(called & (y == 1)), np.sum(called & (y == 0))
    return tp / len(y) - fp / len(y) * t / (1 - t)


@pytest.mark.parametrize("t", [0.01, 0.1, 0.25, 0.5, 0.9, 0.99])
def test_it_is_the_formula(t):
    assert net_benefit(Y, P, t) == pytest.approx(by_hand(Y, P, t), abs=1e-15)


def test_a_worked_example():
    """Of 1,000 patients 100 are ill; treating from 10 % on finds 80 of them with 270 false alarms."""
    y = np.arange(1000) < 100
    p = np.where(np.arange(1000) < 80, 0.3, 0.05)
    p[100:370] = 0.2
    assert net_benefit(y, p, 0.1) == pytest.approx(0.080 - 0.270 / 9)


def test_who_has_the_threshold_itself_is_treated():
    assert net_benefit([0, 1], [0.2, 0.3], 0.3) == 0.5


def test_treating_all_is_what_it_is_for_everybody_above():
    y = np.arange(100) < 30
    everybody = net_benefit(y, np.ones(100), 0.2)
    assert everybody == pytest.approx(0.3 - 0.7 * 0.25)
    assert decision_curve(y, np.ones(100), [0.2]).treat_all == pytest.approx([float(everybody)])


def test_nobody_treated_is_zero_and_others_might_be():
    nobody = net_benefit(Y, P * 0.5, 0.9)
    none_of_300 = wilson_interval(0, 300)[1]
    assert (float(nobody), *nobody.interval) == pytest.approx((0, -9 * none_of_300, none_of_300))


def test_interval_holds_the_truth_where_few_are_ill():
    """1 in 90 is ill and hardly anybody is treated: ± 1.96 standard errors held the truth in every second sample."""
    rng = np.random.default_rng(0)

    def risks(n):
        return 1 / (1 + np.exp(5 - rng.normal(size=n)))

    many = risks(1_000_000)
    truth = np.mean(np.where(many >= 0.1, many - (1 - many) / 9, 0))
    held = 0
    for _ in range(300):
        p = risks(1000)
        found = net_benefit(rng.random(1000) < p, p, 0.1)
        held += found.low <= truth <= found.high
    assert held / 300 > 0.93


@pytest.mark.parametrize("p", [np.ones(4), np.zeros(4)], ids=["everybody", "nobody"])
@pytest.mark.parametrize("y", [[1, 1, 1, 1], [0, 0, 0, 0], [1, 0, 1, 0]], ids=["all ill", "all healthy", "both"])
def test_interval_holds_its_value(y, p):
    found = net_benefit(y, p, 0.3)
    assert found.low <= found <= found.high


def test_interval_agrees_with_resampling():
    rng = np.random.default_rng(1)
    values = [by_hand(Y[i], P[i], 0.3) for i in rng.integers(300, size=(4000, 300))]
    assert net_benefit(Y, P, 0.3).interval == pytest.approx(tuple(np.percentile(values, [2.5, 97.5])), abs=0.005)


def test_prevalence_of_the_sample_changes_nothing():
    assert net_benefit(Y, P, 0.3, prevalence=Y.mean()) == pytest.approx(float(net_benefit(Y, P, 0.3)))
    with_, without = decision_curve(Y, P, prevalence=Y.mean()), decision_curve(Y, P)
    for one, other in zip(with_, without, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_cases_and_controls_need_the_prevalence():
    """As many controls as cases: with prevalence=, the value is that of the cohort they came from."""
    y, p = patients(100_000)
    few = np.append(np.flatnonzero(y)[:5000], np.flatnonzero(~y)[:5000])
    corrected = net_benefit(y[few], p[few], 0.3, prevalence=float(y.mean()))
    assert corrected == pytest.approx(float(net_benefit(y, p, 0.3)), abs=0.005)
    assert abs(net_benefit(y[few], p[few], 0.3) - net_benefit(y, p, 0.3)) > 0.05
    assert corrected.low < corrected < corrected.high


@pytest.mark.parametrize("y", [[], [1, 1], [0, 0]], ids=["nobody", "all ill", "all healthy"])
def test_prevalence_takes_both_kinds(y):
    p = [0.4] * len(y)
    assert re.search("nobody is (ill|healthy)|no patients", net_benefit(y, p, 0.3, prevalence=0.1).why)
    assert math.isnan(decision_curve(y, p, [0.3], prevalence=0.1).model[0])


def test_of_nobody_there_is_none():
    assert "no patient" in net_benefit([], [], 0.1).why
    assert np.isnan(decision_curve([], []).model).all()


def test_one_kind_of_patient_has_a_net_benefit():
    assert net_benefit([0, 0], [0.1, 0.6], 0.5) == -0.5
    assert net_benefit([1, 1], [0.1, 0.6], 0.5) == 0.5


# ---------------------------------------------------------------- the curve


@pytest.mark.parametrize(
    ("y", "p"),
    [(Y, P), (Y, P.round(1)), (Y.astype(int), P.astype(np.float32)), ([0, 1, 1], [0.2, 0.5, 0.6])],
    ids=["continuous", "ties", "float32", "three patients"],
)
def test_the_curve_is_the_net_benefit_at_each_threshold(y, p):
    curve = decision_curve(y, p)
    np.testing.assert_allclose(curve.model, [float(net_benefit(y, p, t)) for t in curve.thresholds], atol=1e-12)
    np.testing.assert_array_equal(curve.thresholds, np.arange(1, 100) / 100)
    assert not curve.treat_none.any()


def test_the_best_of_all_and_none_is_no_better_than_the_truth():
    y, p = patients(100_000)
    curve = decision_curve(y, p)
    assert (curve.model >= np.maximum(curve.treat_all, 0) - 1e-3).all()


def test_interventions_avoided():
    """60 of 100 healthy people are spared without a case missed: 60 for 100 patients."""
    y = np.zeros(100, int)
    y[:20] = 1
    p = np.where(np.arange(100) < 40, 0.9, 0.01)
    assert decision_curve(y, p, [0.1, 0.5]).avoided == pytest.approx([60, 60])


def test_a_hundred_thousand_patients():
    y, p = patients(100_000)
    assert decision_curve(y, p, [0.25]).model[0] == pytest.approx(by_hand(y, p, 0.25))


@pytest.mark.parametrize("t", [0, 1, -0.1, 1.2, math.nan])
@pytest.mark.parametrize("metric", [net_benefit, decision_curve])
def test_odd_thresholds(metric, t):
    with pytest.raises(ValueError, match=f"{metric.__name__}: expected 0 < threshold < 1. Received: "):
        metric(Y, P, t)


def test_a_threshold_in_words():
    with pytest.raises(ValueError, match="expected 0 < threshold < 1. Received: '10 %'"):
        net_benefit(Y, P, "10 %")


@pytest.mark.parametrize("share", [0, 1, 30, math.nan])
@pytest.mark.parametrize("metric", [net_benefit, decision_curve])
def test_odd_prevalence(metric, share):
    with pytest.raises(ValueError, match=f"{metric.__name__}: expected 0 < prevalence < 1. Received: {share}"):
        metric(Y, P, 0.3, prevalence=share)


@pytest.mark.parametrize("metric", [net_benefit, decision_curve])
@pytest.mark.parametrize(
    ("y", "p", "message"),
    [([0, 1], [0.2, 1.2], "between 0 and 1"), ([0, 1], [0.2, np.nan], "NaN"), ([0, 2], [0.2, 0.3], "0 or 1")],
    ids=["beyond 1", "NaN", "label 2"],
)
def test_wrong_input_is_refused(metric, y, p, message):
    with pytest.raises(ValueError, match=rf"^{metric.__name__}: .*{message}"):
        metric(y, p, 0.3)
