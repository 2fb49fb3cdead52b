"""Harrell's C: every pair by hand, ties, intervals."""

import math

import numpy as np
import pytest

from edunet.clinic.survival_concordance import c_index


def by_hand(time, event, risk):
    right = pairs = 0.0
    for i in range(len(time)):
        for j in range(len(time)):
            if event[i] and (time[i] < time[j] or (time[i] == time[j] and not event[j])):
                right += (risk[i] > risk[j]) + 0.5 * (risk[i] == risk[j])
                pairs += 1
    return right / pairs


@pytest.mark.parametrize("n", [2, 3, 4, 5, 16, 17, 60])
def test_equals_the_count_over_all_pairs(n):
    rng = np.random.default_rng(n)
    for _ in range(5):
        time, risk = rng.integers(0, n, (2, n))  # many ties
        event = rng.random(n) < 0.6
        event[time.argmin()] = time.min() < time.max()
        if event.any():
            assert float(c_index(time, event, risk)) == pytest.approx(by_hand(time, event, risk), abs=1e-14)


def test_ties_as_in_lifelines_and_scikit_survival():
    """Both give 2/3: 14 right, 6 wrong, 4 tied risks; 5 pairs of events at one time are left out."""
    time, event = [5, 3, 3, 3, 8, 8, 1, 5, 5, 9], [1, 1, 0, 1, 0, 1, 0, 1, 0, 0]
    risk = [0.5, 0.9, 0.9, 0.2, 0.5, 0.1, 0.7, 0.5, 0.4, 0.1]
    assert float(c_index(time, event, risk)) == pytest.approx(2 / 3, abs=1e-14)


def test_events_at_one_time_are_not_compared():
    assert math.isnan(c_index([2, 2], [1, 1], [3, 1]))


def test_who_is_censored_at_the_time_of_an_event_outlived_it():
    assert c_index([2, 2], [1, 0], [3, 1]) == 1


def test_interval_is_that_of_resampled_patients():
    """1,000 resamples of these patients gave 0.697 to 0.784."""
    rng = np.random.default_rng(0)
    risk = rng.normal(size=300)
    time, left = rng.exponential(np.exp(-risk)), rng.exponential(1, 300)
    c = c_index(np.minimum(time, left), time <= left, risk)
    assert c.interval == pytest.approx((0.697, 0.784), abs=0.006)


def test_without_a_mistake_there_is_no_interval():
    c = c_index([1, 2, 3], [1, 1, 1], [3, 2, 1])
    assert np.isnan(c.interval).all()
    assert c.how == "Harrell's C; no interval: all pairs are alike"


def test_nobody_with_an_event():
    assert c_index([1, 2], [0, 0], [1, 2]).why.startswith("no pair of patients")


def test_float32_and_columns_are_taken():
    assert c_index(np.float32([[1], [2]]), [[1], [0]], np.float32([[2], [1]])) == 1


def test_risk_of_nan_is_refused():
    with pytest.raises(ValueError, match="c_index: risk: 1 of 2 answers are NaN"):
        c_index([1, 2], [1, 0], [np.nan, 1])


def test_risk_of_another_length_is_refused():
    with pytest.raises(ValueError, match=r"expected risk of shape \(2,\)"):
        c_index([1, 2], [1, 0], [1, 2, 3])


def test_intervals_hold_the_truth():
    """0.735 is that of 200,000 such patients; 95 of 100 samples, and 300 tell it to ± 1.3."""
    rng, held = np.random.default_rng(1), 0
    for _ in range(300):
        risk = rng.normal(size=150)
        died, left = rng.exponential(np.exp(-risk)), rng.exponential(1.5, 150)
        c = c_index(np.minimum(died, left), died <= left, risk)
        held += c.low < 0.735 < c.high
    assert held > 0.905 * 300
