"""Predictive values, here and elsewhere."""

import math

import numpy as np
import pytest

from edunet.clinic.likelihood import likelihood_ratios
from edunet.clinic.predictive import npv, ppv


def with_counts(tp, fp, fn, tn):
    """Return labels and predictions of so many patients."""
    return np.repeat([1, 0, 1, 0], [tp, fp, fn, tn]), np.repeat([0.9, 0.9, 0.1, 0.1], [tp, fp, fn, tn])


TEST = with_counts(900, 414, 100, 586)  # Se 0.90, Sp 0.586


@pytest.mark.parametrize(("prevalence", "expected"), [(0.5, 0.685), (0.1, 0.195), (0.02, 0.042)])
def test_the_same_test_where_fewer_are_ill(prevalence, expected):
    assert ppv(*TEST, prevalence=prevalence) == pytest.approx(expected, abs=6e-4)


def test_at_its_own_prevalence_it_is_what_is_counted():
    y, p = with_counts(30, 20, 10, 140)
    assert ppv(y, p, prevalence=0.2) == pytest.approx(ppv(y, p), abs=1e-15)
    assert npv(y, p, prevalence=0.2) == pytest.approx(npv(y, p), abs=1e-15)


def test_interval_is_that_of_mercaldo():
    """logit PPV ± 1.96 √((1−Se)/(Se m) + Sp/((1−Sp) n)), and logit NPV with Se/((1−Se) m) + (1−Sp)/(Sp n)."""
    y, p = with_counts(30, 20, 10, 140)
    se, sp, m, n = 30 / 40, 140 / 160, 40, 160
    for metric, variance in (
        (ppv, (1 - se) / (se * m) + sp / ((1 - sp) * n)),
        (npv, se / ((1 - se) * m) + (1 - sp) / (sp * n)),
    ):
        found = metric(y, p, prevalence=0.02)
        middle, half = math.log(found / (1 - found)), 1.959963984540054 * math.sqrt(variance)
        assert found.interval == pytest.approx([1 / (1 + math.exp(-middle - s * half)) for s in (-1, 1)], rel=1e-12)


def test_nobody_wrongly_called_ill_is_open_above_only():
    found = ppv(*with_counts(30, 0, 10, 160), prevalence=0.02)
    assert (float(found), found.high) == (1, 1)
    assert 0.05 < found.low < 0.9
    assert "half a patient" in found.how


def test_nobody_rightly_called_ill_is_open_below_only():
    found = ppv(*with_counts(0, 5, 10, 160), prevalence=0.02)
    assert (float(found), found.low) == (0, 0)
    assert 0 < found.high < 1


@pytest.mark.parametrize("metric", [ppv, npv])
def test_nobody_called_so(metric):
    called = {"ppv": "ill", "npv": "healthy"}[metric.__name__]
    y, p = with_counts(0, 0, 5, 5) if called == "ill" else with_counts(5, 5, 0, 0)
    assert metric(y, p).why == metric(y, p, prevalence=0.1).why == f"nobody is called {called}"


@pytest.mark.parametrize(("counts", "why"), [((5, 0, 5, 0), "nobody is healthy"), ((0, 5, 0, 5), "nobody is ill")])
@pytest.mark.parametrize("metric", [ppv, npv])
def test_elsewhere_needs_both_kinds(metric, counts, why):
    assert metric(*with_counts(*counts), prevalence=0.1).why == why


@pytest.mark.parametrize("prevalence", [0, 1, 2, -0.1, math.nan, "2 %"])
@pytest.mark.parametrize("metric", [ppv, npv])
def test_prevalences_that_are_none(metric, prevalence):
    with pytest.raises(ValueError, match=f"{metric.__name__}: prevalence is a share between 0 and 1, such as 0.02"):
        metric(*TEST, prevalence=prevalence)


# ---------------------------------------------------------------- likelihood ratios


def test_interval_on_the_log_scale_by_hand():
    """Se 75/100, Sp 60/100: LR⁺ 1.875, interval exp(log 1.875 ± 1.96 √(0.25/75 + 0.6/40))."""
    found = likelihood_ratios(*with_counts(75, 40, 25, 60)).positive
    half = 1.959963984540054 * math.sqrt(0.25 / 75 + 0.6 / 40)
    assert found == pytest.approx(1.875)
    assert found.interval == pytest.approx((1.875 * math.exp(-half), 1.875 * math.exp(half)), rel=1e-12)


def test_no_false_alarm_is_infinite_and_says_so():
    found = likelihood_ratios(*with_counts(30, 0, 10, 160)).positive
    assert (float(found), found.high) == (math.inf, math.inf)
    assert found.low > 1
    assert "half a patient" in found.how


def test_nobody_missed_does_not_make_the_sensitivity_certain():
    """10 of 10 found: the interval of LR⁺ is that of half a patient more in each count, not of Se 1 without error."""
    y, p = with_counts(10, 414, 0, 586)
    found = likelihood_ratios(y, p).positive
    half = 1.959963984540054 * math.sqrt((1 - 10.5 / 11) / 10.5 + (1 - 414.5 / 1001) / 414.5)
    middle = math.log(10.5 / 11) - math.log(414.5 / 1001)
    assert found.interval == pytest.approx((math.exp(middle - half), math.exp(middle + half)), rel=1e-12)
    assert math.isnan(likelihood_ratios(y, p, groups=np.arange(1010) // 2).positive.low)


def test_nobody_missed_is_zero():
    found = likelihood_ratios(*with_counts(40, 30, 0, 130)).negative
    assert (float(found), found.low) == (0, 0)
    assert 0 < found.high < 1


def test_everybody_called_ill_tells_nothing():
    found = likelihood_ratios(*with_counts(40, 60, 0, 0))
    assert float(found.positive) == 1
    assert found.positive.low < 1 < found.positive.high
    assert found.negative.why == "nobody is called healthy"
