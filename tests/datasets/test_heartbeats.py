"""heartbeats: form, the Bayes probabilities against their definition, intervals, the signal."""

import itertools

import numpy as np
import pytest

from edunet.datasets import heartbeats, heartbeats_rhythm, heartbeats_signal
from edunet.datasets.heartbeats import oracle_score

both = pytest.mark.parametrize("load", [heartbeats.load, heartbeats.load_rhythm])

# --- the contract of a generated set ----------------------------------------------------------------------------------


def test_form():
    beats = heartbeats.load(30)
    assert beats.x.shape == (30, 125, 1)
    assert set(beats.units) == {*beats.columns, *beats.truth}
    assert "SYNTHETIC" in repr(beats)


@both
def test_everything_that_is_known_has_a_unit_and_nothing_else(load):
    patients = load(2)
    assert set(patients.units) == {*patients.columns, *patients.truth}


@both
def test_says_that_it_is_synthetic(load):
    assert "SYNTHETIC" in load(1).note
    assert "SYNTHETIC" in repr(load(1))
    assert "SYNTHETIC" in load.__doc__


@pytest.mark.parametrize("module", [heartbeats, heartbeats_rhythm, heartbeats_signal])
def test_the_module_says_that_it_is_synthetic_and_unrealistic(module):
    assert "SYNTHETIC" in module.__doc__
    assert "What is unrealistic:" in module.__doc__


def test_first_beats():
    beats = heartbeats.load(3)
    assert beats.y.tolist() == [3, 2, 2]
    assert beats.truth["shift"].tolist() == [3, -21, -15]
    first = [0.08949929475784302, 0.0031427338253706694, 0.11160065978765488, -0.14777125418186188]
    np.testing.assert_allclose(beats.x[0, :4, 0], first, rtol=1e-6)


def test_first_records():
    records = heartbeats.load_rhythm(3)
    assert records.y.tolist() == [1, 0, 0]
    assert np.flatnonzero(records.truth["beat"][0]).tolist() == [2, 4, 23]
    np.testing.assert_allclose(records.truth["mean_interval"], [1.05, 0.95, 0.85], rtol=1e-6)
    first = [1.1000500917434692, 1.0773259401321411, 0.7743988037109375, 0.9650784730911255]
    np.testing.assert_allclose(records.x[0, :4, 0], first, rtol=1e-6)


@both
def test_ids_are_unique_and_there_is_one_site(load):
    patients = load(1005)
    assert len(np.unique(patients.patient_id)) == 1005
    assert not patients.site.any()


def test_beats_and_records_share_no_id():
    assert not set(heartbeats.load(20).patient_id) & set(heartbeats.load_rhythm(20).patient_id)


@both
def test_same_seed_same_patients(load):
    a, b = load(20, seed=4), load(20, seed=4)
    for name in a.truth:
        np.testing.assert_array_equal(a.truth[name], b.truth[name])
    np.testing.assert_array_equal(a.x, b.x)


@both
def test_other_seed_other_patients(load):
    assert not (load(20, seed=4).x == load(20, seed=5).x).any()


@both
def test_larger_n_only_adds(load):
    few, many = load(20), load(1001)
    np.testing.assert_array_equal(few.x, many.x[:20])
    np.testing.assert_array_equal(few.y, many.y[:20])
    for name in few.truth:
        np.testing.assert_array_equal(few.truth[name], many.truth[name][:20])


@pytest.mark.parametrize("draw", [heartbeats.load, heartbeats.load_rhythm, heartbeats.signal])
def test_global_random_state_is_left_alone(draw):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    draw(2)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@both
@pytest.mark.parametrize(("n", "error"), [(0, ValueError), (10.0, TypeError), ("10", TypeError), (True, TypeError)])
def test_wrong_n(load, n, error):
    with pytest.raises(error, match="n must be"):
        load(n)


@both
@pytest.mark.parametrize(("seed", "error"), [(-1, ValueError), (0.5, TypeError), (None, TypeError)])
def test_wrong_seed(load, seed, error):
    with pytest.raises(error, match="seed must be"):
        load(1, seed=seed)


@pytest.mark.parametrize("noise", [0, 11, np.nan, np.inf])
def test_noise_out_of_range(noise):
    with pytest.raises(ValueError, match="noise must lie between"):
        heartbeats.load(1, noise=noise)


@pytest.mark.parametrize("noise", ["0.15", None, True, [0.15]])
def test_noise_must_be_a_number(noise):
    with pytest.raises(TypeError, match=r"noise must be a number.*load\(noise=0.15\)"):
        heartbeats.load(1, noise=noise)


@both
def test_probabilities_are_calibrated(load):
    """In ten groups of rising probability, as many are of a kind as it says, within four standard errors."""
    patients = load(10_000, seed=3)
    for k in range(len(patients.class_names)):
        order = np.argsort(patients.truth["probability"][:, k], kind="stable")
        p, hit = (v[order].reshape(10, -1) for v in (patients.truth["probability"][:, k], patients.y == k))
        error = np.sqrt((p * (1 - p)).sum(1)) / 1000
        assert (abs(hit.mean(1) - p.mean(1)) < 4 * error + 0.002).all()  # and two patients, where p is 0 or 1


# --- beats ------------------------------------------------------------------------------------------------------------


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


def test_the_noise_changes_neither_kind_nor_place():
    quiet, loud = heartbeats.load(20, noise=0.01), heartbeats.load(20, noise=1)
    np.testing.assert_array_equal(quiet.truth["clean"], loud.truth["clean"])
    np.testing.assert_allclose((loud.x[..., 0] - loud.truth["clean"]).std(), 1, atol=0.05)


def test_softmax_regression_on_the_samples_stays_far_below():
    beats = heartbeats.load(6000)
    x = np.column_stack([beats.x[..., 0], np.ones(6000)])
    train, test = slice(0, 4500), slice(4500, None)
    w, step = np.zeros((126, 4)), np.zeros((126, 4))
    for _ in range(120):
        p = np.exp(x[train] @ w)
        p /= p.sum(1, keepdims=True)
        step = 0.9 * step - 0.5 * x[train].T @ (p - np.eye(4)[beats.y[train]]) / 4500
        w += step
    accuracy = ((x[test] @ w).argmax(1) == beats.y[test]).mean()
    assert 0.70 < accuracy < 0.80


# --- intervals --------------------------------------------------------------------------------------------------------


def test_filter_is_the_sum_over_all_courses_of_a_short_record():
    """3^6 courses of normal, atrial and ventricular beats, and 11 means, by the rules and without states."""
    record = heartbeats.load_rhythm(4, seed=1).x[:, :6, 0].astype(float)
    m = np.arange(60, 111, 5)[:, None] / 100
    total = np.zeros((4, 3))
    for course in itertools.product(range(3), repeat=6):
        before = (0, *course[:-1])
        if any(a and b for a, b in zip(before, course, strict=True)):
            continue  # two extra beats in a row
        f = np.array([0.75 if b else 1.25 if a == 2 else 1 for a, b in zip(before, course, strict=True)])
        prior = np.prod([1 if a else 0.03 if b else 0.94 for a, b in zip(before, course, strict=True)])
        density = np.exp(-(((record[:, None] / m - f) / 0.05) ** 2) / 2) / m
        total[:, next((b for b in course[::-1] if b), 0)] += prior * density.prod(2).sum(1)
    expected = total / total.sum(1, keepdims=True)
    np.testing.assert_allclose(heartbeats_rhythm.posterior(record), expected, rtol=1e-9, atol=1e-12)


def test_best_accuracy_of_intervals():
    score, error = oracle_score(heartbeats.load_rhythm(10_000, seed=1).truth, "accuracy")
    assert score == pytest.approx(0.951, abs=4 * error + 0.0005)


# --- the signal -------------------------------------------------------------------------------------------------------


def test_r_peaks_are_the_highest_samples_around():
    ecg = heartbeats.signal(20, heart_rate_sd=3)
    for r in ecg.r_peaks[1:-1]:
        assert abs(ecg.mv[r - 50 : r + 50].argmax() - 50) <= 1


def test_signal_solves_the_equations_in_three_dimensions():
    ecg = heartbeats.signal(2, seed=2, heart_rate=70, heart_rate_sd=3)
    peaks = heartbeats_signal.peak_times(np.random.Generator(np.random.PCG64(2)), 2, 60 / 70, 60 * 3 / 70**2)
    angles, a, b = np.radians([-60, -15, 0, 15, 90]), np.array([1.2, -5, 30, -7.5, 0.75]), [0.25, 0.1, 0.1, 0.1, 0.4]

    def slope(t, state):
        x, y, z = state
        i = np.searchsorted(peaks, t, side="right")
        omega = 2 * np.pi / (peaks[i] - peaks[i - 1])
        back = 1 - np.hypot(x, y)
        away = (np.arctan2(y, x) - angles + np.pi) % (2 * np.pi) - np.pi
        waves = (27.5 * 70 / 60 * a * away * np.exp(-(away**2) / (2 * np.square(b)))).sum()
        baseline = 0.15 * np.sin(2 * np.pi * 0.25 * t)
        return np.array([back * x - omega * y, back * y + omega * x, -waves - (z - baseline)])

    i, h = np.searchsorted(peaks, 0), 1 / 1000
    start = 2 * np.pi * -peaks[i - 1] / (peaks[i] - peaks[i - 1])
    state, found = np.array([np.cos(start), np.sin(start), ecg.clean[0] - 0.05]), []
    for step in range(2000):
        if step % 4 == 0:
            found.append(state[2] + 0.05)
        t = step * h
        k1 = slope(t, state)
        k2 = slope(t + h / 2, state + h / 2 * k1)
        k3 = slope(t + h / 2, state + h / 2 * k2)
        k4 = slope(t + h, state + h * k3)
        state = state + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    np.testing.assert_allclose(ecg.clean, found, atol=1e-3)


def test_signal_says_that_it_is_synthetic():
    ecg = heartbeats.signal(1)
    assert ecg.synthetic is True
    assert "SYNTHETIC" in ecg.note
    assert "SYNTHETIC" in repr(ecg)
    assert "SYNTHETIC" in heartbeats.signal.__doc__


def test_longer_signal_begins_as_the_shorter():
    np.testing.assert_array_equal(heartbeats.signal(3, seed=5).mv, heartbeats.signal(5, seed=5).mv[:750])


def test_first_beats_of_the_signal():
    ecg = heartbeats.signal(5)
    assert ecg.r_peaks.tolist() == [24, 269, 528, 785, 1029]
    first = [-0.048875197768211365, -0.061637602746486664, -0.073304183781147, -0.08438151329755783]
    np.testing.assert_allclose(ecg.mv[:4], first, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seconds", 0.5), ("seconds", 3601), ("seconds", np.nan), ("seed", -1), ("rate", 49), ("rate", 5001),
        ("heart_rate", 29), ("heart_rate", 201), ("heart_rate_sd", -1), ("heart_rate_sd", 7), ("noise", -0.1),
    ],
)  # fmt: skip
def test_signal_out_of_range(name, value):
    with pytest.raises(ValueError, match=f"{name} must.*{name}={value}"):
        heartbeats.signal(**{name: value})


@pytest.mark.parametrize("name", ["seconds", "seed", "rate", "heart_rate", "heart_rate_sd", "noise"])
@pytest.mark.parametrize("value", ["1", None, True])
def test_signal_wants_numbers(name, value):
    with pytest.raises(TypeError, match=f"{name} must be a"):
        heartbeats.signal(**{name: value})


def test_records_of_rhythm_in_the_form_of_keras():
    (x_train, y_train), (x_test, y_test) = heartbeats.load_rhythm_data(100, seed=3)
    records = heartbeats.load_rhythm(100, seed=3)
    assert len(x_train) == len(y_train) == 66
    np.testing.assert_array_equal(np.concatenate([x_train, x_test]), records.x)
    np.testing.assert_array_equal(np.concatenate([y_train, y_test]), records.y)
