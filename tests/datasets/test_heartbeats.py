"""heartbeats: form, the Bayes probabilities against their definition, intervals, the signal."""

import numpy as np
import pytest

from edunet.datasets import heartbeats
from edunet.datasets.heartbeats import oracle_score


def test_form():
    beats = heartbeats.load(30)
    assert beats.x.shape == (30, 125, 1)
    assert set(beats.units) == {*beats.columns, *beats.truth}
    assert "SYNTHETIC" in repr(beats)


@pytest.mark.parametrize("load", [heartbeats.load, heartbeats.load_rhythm])
def test_larger_n_only_adds(load):
    np.testing.assert_array_equal(load(20).x, load(1001).x[:20])


@pytest.mark.parametrize(("noise", "best"), [(0.10, 0.984), (0.15, 0.932), (0.20, 0.870)])
def test_best_accuracy(noise, best):
    truth = heartbeats.load(20_000, seed=1, noise=noise).truth
    score, error = oracle_score(truth, "accuracy")
    assert score == pytest.approx(best, abs=4 * error + 0.0005)


def test_probability_is_bayes_rule_over_all_shifts():
    beats = heartbeats.load(5, seed=2)
    t, x = heartbeats.templates(), beats.x[:, None, None, :, 0].astype(float)
    log = np.logaddexp.reduce(-((x - t) ** 2).sum(-1) / (2 * 0.15**2), axis=2)
    expected = np.exp(log - np.logaddexp.reduce(log, axis=1)[:, None])
    np.testing.assert_allclose(beats.truth["probability"], expected, rtol=1e-6)


@pytest.mark.parametrize("load", [heartbeats.load, heartbeats.load_rhythm])
def test_probabilities_are_calibrated(load):
    patients = load(10_000, seed=3)
    for k in range(len(patients.class_names)):
        p = patients.truth["probability"][:, k]
        assert abs((patients.y == k).mean() - p.mean()) < 4 * np.sqrt((p * (1 - p)).sum()) / 10_000


def test_r_peaks_are_the_highest_samples_around():
    ecg = heartbeats.signal(20, heart_rate_sd=3)
    for r in ecg.r_peaks[1:-1]:
        assert abs(ecg.mv[r - 50 : r + 50].argmax() - 50) <= 1


@pytest.mark.parametrize("noise", [0, 11, np.nan])
def test_noise_out_of_range(noise):
    with pytest.raises(ValueError, match="noise must lie between"):
        heartbeats.load(1, noise=noise)
