"""Chances moved to another prevalence, and the prevalence read off them."""

import math

import numpy as np
import pytest

from edunet.clinic.prior import estimate_prior, shift_prior

DISTANCE = 1.466  # of the ill from the healthy: AUC 0.85


def chances(prevalence, n, learnt=0.3, seed=0):
    """Return labels and the true chances a model gives that learnt where 30 % are ill."""
    rng = np.random.default_rng(seed)
    y = rng.random(n) < prevalence
    odds = learnt / (1 - learnt) * np.exp(DISTANCE * (rng.normal(size=n) + DISTANCE * y) - DISTANCE**2 / 2)
    return y, odds / (1 + odds)


def logit(p):
    return np.log(p / (1 - p))


def test_the_logit_moves_by_the_difference():
    p = np.linspace(0.01, 0.99, 50)
    np.testing.assert_allclose(logit(shift_prior(p, 0.5, 0.02)), logit(p) + logit(0.02) - logit(0.5), rtol=1e-12)


def test_there_and_back():
    p = np.linspace(0, 1, 21).reshape(3, 7)
    back = shift_prior(shift_prior(p, 0.5, 0.02), 0.02, 0.5)
    np.testing.assert_allclose(back, p, atol=1e-12)
    assert back.shape == (3, 7)


def test_moved_chances_are_true_there():
    y, p = chances(0.05, 50_000)
    moved = shift_prior(p, 0.3, 0.05)
    assert abs(p.mean() - y.mean()) > 0.05
    assert moved.mean() == pytest.approx(y.mean(), abs=0.004)


@pytest.mark.parametrize("prior", [0, 1, 1.5, math.nan, "x"])
def test_prevalences_that_are_none(prior):
    with pytest.raises(ValueError, match="new is a share between 0 and 1"):
        shift_prior([0.5], 0.5, prior)
    with pytest.raises(ValueError, match="old is a share between 0 and 1"):
        estimate_prior([0.5], prior)


@pytest.mark.parametrize("p", [[1.2, 0.3], [np.nan, 0.3], [-0.1]])
def test_chances_that_are_none(p):
    with pytest.raises(ValueError, match="shift_prior"):
        shift_prior(p, 0.5, 0.2)


@pytest.mark.parametrize("prevalence", [0.05, 0.3, 0.8])
def test_the_place_found_is_where_em_ends(prevalence):
    _, p = chances(prevalence, 500)
    prior = 0.3
    for _ in range(2000):
        prior = shift_prior(p, 0.3, prior).mean()
    assert estimate_prior(p, 0.3) == pytest.approx(prior, abs=1e-9)


@pytest.mark.parametrize("prevalence", [0.02, 0.1, 0.7])
def test_the_prevalence_is_found(prevalence):
    found = estimate_prior(chances(prevalence, 20_000)[1], 0.3)
    assert found.low < prevalence < found.high
    assert found.high - found.low < 0.03


def test_at_the_end_the_interval_stays_inside():
    found = estimate_prior([0.001, 0.002, 0.01], 0.3)
    assert found == pytest.approx(0, abs=1e-9)
    assert 0 <= found.low < 0.01 < found.high < 1


def test_patients_who_tell_nothing():
    found = estimate_prior([0.3, 0.3], 0.3)
    assert (float(found), found.interval) == (0.3, (0.0, 1.0))


def test_chances_of_0_and_1_are_counted():
    assert estimate_prior([0, 0, 0, 1], 0.3) == pytest.approx(0.25)


def test_too_sure_a_model_is_misled():
    """Logits three times too large, as of a network trained too long: 0.05 are ill, it finds 0.08."""
    _, p = chances(0.05, 20_000)
    sure = 1 / (1 + np.exp(-3 * logit(p)))
    assert estimate_prior(sure, 0.3).low > 0.07


def test_an_uncalibrated_model_is_refused_with_validation_patients():
    y, p = chances(0.3, 1000, seed=1)
    new = chances(0.05, 500)[1]
    assert estimate_prior(new, 0.3, validation=(y, p)) == estimate_prior(new, 0.3)
    sure = 1 / (1 + np.exp(-3 * (logit(p) - logit(0.3)) - logit(0.3)))
    with pytest.raises(ValueError, match=r"not calibrated \(.*\): \d+ of 1000 validation patients are ill"):
        estimate_prior(new, 0.3, validation=(y, sure))
    with pytest.raises(ValueError, match="as a whole"):
        estimate_prior(new, 0.3, validation=(y, p / 2))


def test_validation_patients_come_as_a_pair():
    with pytest.raises(TypeError, match=r"validation is a pair \(y, p\)"):
        estimate_prior([0.1, 0.2], 0.3, validation=np.array([0.1, 0.2, 0.3]))


def test_of_nobody():
    assert estimate_prior([], 0.3).why == "there are no patients"
