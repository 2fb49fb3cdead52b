"""A part of the area; its value is compared with scikit-learn in test_against_sklearn.py."""

import math

import numpy as np
import pytest

from edunet.clinic.auroc import auroc
from edunet.clinic.partial_auroc import partial_auroc

rng = np.random.default_rng(2)
Y = np.arange(120) < 40
P = rng.normal(size=120) + Y


def test_the_whole_range_is_the_whole_area():
    whole, part = auroc(Y, P), partial_auroc(Y, P, max_fpr=1)
    assert part == pytest.approx(float(whole), abs=1e-14)
    raw = partial_auroc(Y, P, min_tpr=0, standardised=False)
    assert (raw, *raw.interval) == pytest.approx((float(whole), *whole.interval), rel=1e-12)


def test_standardised_is_a_line_through_the_raw_area():
    raw, scaled = partial_auroc(Y, P, max_fpr=0.2, standardised=False), partial_auroc(Y, P, max_fpr=0.2)
    for a, b in zip((raw, *raw.interval), (scaled, *scaled.interval), strict=True):
        assert b == pytest.approx(0.5 * (1 + (a - 0.02) / (0.2 - 0.02)))


def test_variance_is_that_of_leaving_out_one_patient():
    """The jackknife of 3,000 patients has much the same standard error."""
    n = 3000
    y = np.arange(n) % 4 == 0
    p = rng.normal(size=n) + 1.2 * y
    e, found = 0.2, partial_auroc(y, p, max_fpr=0.2, standardised=False)
    share = found / e
    error = (math.log(found.high / (e - found.high)) - math.log(found.low / (e - found.low))) / 2 / 1.959964
    parts = [np.arange(n) % 100 != k for k in range(100)]
    left = np.array([partial_auroc(y[rest], p[rest], max_fpr=e, standardised=False) for rest in parts])
    jackknife = math.sqrt(99 / 100 * np.sum((left - left.mean()) ** 2))
    assert error * share * (1 - share) * e == pytest.approx(jackknife, rel=0.2)


def test_perfect_separation_has_the_exact_bound():
    found = partial_auroc([0] * 30 + [1] * 50, np.arange(80.0), max_fpr=0.5, standardised=False)
    assert (float(found), found.high) == (0.5, 0.5)
    assert (1 - 0.5 + found.low) ** 30 == pytest.approx(0.025)


@pytest.mark.parametrize("part", [{"max_fpr": 0.9}, {"min_tpr": 0.1}], ids=["max_fpr", "min_tpr"])
def test_perfect_separation_is_one_to_the_last_digit(part):
    for healthy in range(2, 40):
        y = [0] * healthy + [1] * 5
        found = partial_auroc(y, np.r_[np.linspace(0, 0.4, healthy), np.linspace(0.6, 0.9, 5)], **part)
        assert (float(found), found.high, found.how[:11]) == (1.0, 1.0, "exact bound")


def test_few_patients_in_the_range_are_warned_of():
    assert "too narrow: it rests on about 8 patients" in partial_auroc(Y, P, max_fpr=0.1).how
    assert "too narrow" not in partial_auroc(Y, P, max_fpr=0.3).how


def test_few_pairs_out_of_order_are_warned_of():
    y = np.arange(1000) < 10
    p = np.r_[np.linspace(1.9, 3, 10), np.linspace(0, 2, 990)]  # two of the ill are below a few of the healthy
    assert "few are out of order" in partial_auroc(y, p, max_fpr=0.3).how


def test_no_patients_in_the_range_have_no_interval():
    found = partial_auroc([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9], max_fpr=0.1)
    assert math.isnan(found.low)
    assert "no interval" in found.how


@pytest.mark.parametrize("given", [{}, {"max_fpr": 0.1, "min_tpr": 0.9}], ids=["none", "both"])
def test_one_of_both_is_given(given):
    with pytest.raises(ValueError, match="say one of max_fpr= and min_tpr="):
        partial_auroc(Y, P, **given)


@pytest.mark.parametrize("given", [{"max_fpr": 0}, {"max_fpr": 5}, {"min_tpr": 1}, {"min_tpr": 90}, {"max_fpr": "x"}])
def test_shares_that_are_none(given):
    with pytest.raises(ValueError, match="partial_auroc"):
        partial_auroc(Y, P, **given)


def test_one_kind_only():
    assert partial_auroc([1, 1], [0.1, 0.2], min_tpr=0.9).why == "nobody is healthy"
