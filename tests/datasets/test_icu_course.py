"""icu_course: what is drawn, the list of events, the filter against Kalman's and against sampling, weaker models."""

import math

import numpy as np
import pytest

from edunet.datasets import blood_risk, icu_course
from edunet.datasets.cohort import BLOCK
from edunet.datasets.icu_course import oracle_score

N = 6000
LOG = [False] * 4 + [True] * 4
A = [86, 79, 19.5, 37.1, math.log(75), math.log(1.1), math.log(20), math.log(2.0)]
B = [6, -5, 1.5, -0.1, -0.35, 0.3, 0.3, 0.4]
S = [14, 13, 4.5, 0.8, 0.8, 0.5, 0.5, 0.45]
Q = [0.90, 0.88, 0.24, 0.37, 0.68, 0.07, 0.07, 0.04]
LEFT = 1 - 0.95**2  # variance that an hour adds


@pytest.fixture(scope="module")
def stays():
    return icu_course.load(N, seed=1)


@pytest.fixture(scope="module")
def informative():
    return icu_course.load(N, seed=1, missing="informative")


def scaled(x):
    """Measurements on the scale on which they are linear in the severity."""
    x = x.astype(float)
    x[..., LOG] = np.log(x[..., LOG])
    return x


def at_the_end(values, stays):
    return values[np.arange(len(values)), stays.truth["length"] - 1]


# --- what is drawn ----------------------------------------------------------------------------------------------------


def test_form(stays):
    assert stays.x.shape == stays.truth["time"].shape == (N, 48, 8)
    assert stays.x.dtype == np.float32
    assert stays.truth["severity"].shape == stays.truth["risk_by_hour"].shape == (N, 48)
    assert stays.patient_id[17] == "I1-000017"


def test_first_rows_are_pinned():
    stays = icu_course.load(64)
    assert np.flatnonzero(stays.y).tolist() == [26, 56, 57, 61]
    assert stays.truth["length"][:8].tolist() == [43, 35, 30, 21, 23, 13, 14, 12]
    np.testing.assert_allclose(stays.x[0, 0, [0, 1, 6]], [64.95282, 58.767929, 41.918526], rtol=1e-6)
    np.testing.assert_allclose(stays.truth["risk"][:3], [0.2473238, 0.081629591, 0.0025491748], rtol=1e-6)


def test_lengths_are_uniform_on_12_to_48(stays):
    count = np.bincount(stays.truth["length"], minlength=49)
    assert not count[:12].any()
    np.testing.assert_allclose(count[12:] / N, 1 / 37, atol=0.008)


@pytest.mark.parametrize("name", ["severity", "risk_by_hour"])
def test_nothing_is_known_after_the_end(stays, name):
    ended = np.arange(48) >= stays.truth["length"][:, None]
    np.testing.assert_array_equal(np.isnan(stays.truth[name]), ended)
    assert np.isnan(stays.x[ended]).all()


def test_severity_is_stationary(stays):
    z = stays.truth["severity"]
    for t in (0, 11, 30):
        assert np.nanstd(z[:, t]) == pytest.approx(1, abs=0.04)
    assert np.nanmean(z[:, :-1] * z[:, 1:]) == pytest.approx(0.95, abs=0.03)
    assert np.nanstd(z[:, 1:] - 0.95 * z[:, :-1]) == pytest.approx(math.sqrt(LEFT), rel=0.01)


def test_measurements_follow_the_severity(stays):
    noise = scaled(stays.x) - np.array(A) - stays.truth["severity"][..., None] * np.array(B)
    count = (~np.isnan(noise)).sum((0, 1))
    assert (abs(np.nanmean(noise, (0, 1))) < 4.5 * np.array(S) / np.sqrt(count)).all()
    np.testing.assert_allclose(np.nanstd(noise, (0, 1)), S, rtol=0.03)


def test_how_often_each_is_measured(stays):
    during = ~np.isnan(stays.truth["severity"])
    np.testing.assert_allclose((~np.isnan(stays.x[during])).mean(0), Q, atol=0.005)


def test_informative_the_severely_ill_are_measured_more_often(informative):
    z = informative.truth["severity"]
    for low, high in ((-1.1, -0.9), (-0.1, 0.1), (0.9, 1.1)):
        there = ~np.isnan(informative.x[(z > low) & (z < high)])
        odds = np.array(Q) / (1 - np.array(Q)) * math.exp(0.7 * (low + high) / 2)
        np.testing.assert_allclose(there.mean(0), odds / (1 + odds), atol=0.015)


def test_missing_mechanism_leaves_patients_and_outcomes_as_they_are(stays, informative):
    for name in ("severity", "length"):
        np.testing.assert_array_equal(stays.truth[name], informative.truth[name])
    np.testing.assert_array_equal(stays.y, informative.y)
    both = ~np.isnan(stays.x) & ~np.isnan(informative.x)
    np.testing.assert_array_equal(stays.x[both], informative.x[both])


def test_informative_larger_n_only_adds_stays():
    few, many = (icu_course.load(n, seed=4, missing="informative") for n in (BLOCK - 7, BLOCK + 1))
    np.testing.assert_array_equal(few.x, many.x[: BLOCK - 7])
    np.testing.assert_array_equal(few.truth["risk"], many.truth["risk"][: BLOCK - 7])


def test_who_dies_is_decided_by_the_severity_at_the_end(stays):
    z = at_the_end(stays.truth["severity"], stays)
    p = np.array([math.erfc((1.26 - v) / (0.6 * math.sqrt(2))) / 2 for v in z])
    assert stays.y.mean() == pytest.approx(p.mean(), abs=4 * math.sqrt((p * (1 - p)).sum()) / N)
    assert stays.y.mean() == pytest.approx(0.14, abs=4 * 0.35 / math.sqrt(N))
    assert stays.y[p > 0.95].mean() > 0.95


# --- the list ---------------------------------------------------------------------------------------------------------


def test_events_are_the_grid_as_a_list(stays):
    listed = icu_course.events(stays)
    grid = np.full(stays.x.shape, np.nan, np.float32)
    grid[listed.patient, listed.hour.astype(int), listed.variable] = listed.value
    np.testing.assert_array_equal(grid, stays.x)
    assert len(listed.value) == (~np.isnan(stays.x)).sum()


def test_events_are_in_order(stays):
    listed = icu_course.events(stays)
    assert (np.diff(listed.patient) >= 0).all()
    assert (np.diff(listed.hour)[np.diff(listed.patient) == 0] >= 0).all()
    assert (listed.hour < stays.truth["length"][listed.patient]).all()


def test_minutes_are_uniform(stays):
    minute = np.rint(icu_course.events(stays).hour % 1 * 60).astype(int)
    np.testing.assert_allclose(np.bincount(minute) / len(minute), 1 / 60, atol=0.001)


@pytest.mark.parametrize("stays", [None, np.zeros((3, 48, 8)), blood_risk.load(2)])
def test_events_of_something_else(stays):
    with pytest.raises(TypeError, match=r"events\(icu_course\.load\(\)\)"):
        icu_course.events(stays)


# --- the filter -------------------------------------------------------------------------------------------------------


def phi(z):
    return math.erfc(-z / math.sqrt(2)) / 2


def kalman(x, length):
    """Mean and variance of the severity after each hour, measurement by measurement."""
    mean, variance, after = 0.0, 1.0, []
    for t in range(length):
        if t:
            mean, variance = 0.95 * mean, 0.95**2 * variance + LEFT
        for j in range(8):
            if not np.isnan(x[t, j]):
                gain = variance * B[j] / (B[j] ** 2 * variance + S[j] ** 2)
                mean, variance = mean + gain * (x[t, j] - A[j] - B[j] * mean), (1 - gain * B[j]) * variance
        after.append((mean, variance))
    return after


def test_risk_is_kalmans(stays):
    x = scaled(stays.x[:60])
    for i in range(60):
        mean, variance = kalman(x[i], stays.truth["length"][i])[-1]
        expected = phi((mean - 1.26) / math.sqrt(variance + 0.6**2))
        assert stays.truth["risk"][i] == pytest.approx(expected, rel=1e-5, abs=1e-8)


def test_risk_by_hour_is_kalmans_averaged_over_the_hours_still_to_come(stays):
    x = scaled(stays.x[:20])
    for i in range(20):
        for t, (mean, variance) in enumerate(kalman(x[i], stays.truth["length"][i])):
            later = [length - 1 - t for length in range(12, 49) if length > t]
            kept = [(0.95**k * mean, 0.95 ** (2 * k) * variance + 1 - 0.95 ** (2 * k)) for k in later]
            expected = np.mean([phi((m - 1.26) / math.sqrt(v + 0.6**2)) for m, v in kept])
            assert stays.truth["risk_by_hour"][i, t] == pytest.approx(expected, rel=1e-5, abs=1e-8)


def test_informative_risk_is_that_of_sampled_severities(informative):
    """Draw courses of severity without a look at x, and weigh each by how well it explains x."""
    rng = np.random.Generator(np.random.PCG64(7))
    z = rng.standard_normal((12, 100_000))
    for t in range(1, 12):
        z[t] = 0.95 * z[t - 1] + math.sqrt(LEFT) * z[t]
    dies = z[-1] + 0.6 * rng.standard_normal(z.shape[1]) > 1.26
    for i in np.flatnonzero(informative.truth["length"] == 12)[:3]:
        log_weight = np.zeros(z.shape[1])
        for j, values in enumerate(scaled(informative.x[i, :12]).T):
            odds = Q[j] / (1 - Q[j]) * np.exp(0.7 * z)
            fit = np.log(odds) - ((values[:, None] - A[j] - B[j] * z) / S[j]) ** 2 / 2
            log_weight += (np.where(np.isnan(fit), 0, fit) - np.log1p(odds)).sum(0)
        weight = np.exp(log_weight - log_weight.max())
        p = weight @ dies / weight.sum()
        error = np.sqrt((weight**2) @ (dies - p) ** 2) / weight.sum()
        assert informative.truth["risk"][i] == pytest.approx(p, abs=4 * error)
        assert error < 0.01


@pytest.mark.parametrize("hour", [0, 11, 30])
@pytest.mark.parametrize("missing", ["random", "informative"])
def test_risk_by_hour_is_calibrated(missing, hour, request):
    stays = request.getfixturevalue("stays" if missing == "random" else "informative")
    there = stays.truth["length"] > hour
    risk, y = stays.truth["risk_by_hour"][there, hour], stays.y[there]
    for group in np.array_split(np.argsort(risk), 5):
        p = risk[group]
        assert abs((y[group] - p).sum()) < 4 * math.sqrt((p * (1 - p)).sum())


def test_informative_risk_is_calibrated(informative):
    risk = informative.truth["risk"]
    for group in np.array_split(np.argsort(risk), 10):
        p = risk[group]
        assert abs((informative.y[group] - p).sum()) < 4 * math.sqrt((p * (1 - p)).sum()) + 1e-9


def test_best_scores(stays, informative, auc):
    for cohort, best in ((stays, 0.8638), (informative, 0.8876)):
        score, error = oracle_score(cohort.truth)
        assert score == pytest.approx(best, abs=4 * error)
        assert auc(cohort.y, cohort.truth["risk"]) == pytest.approx(best, abs=0.02)


def test_neither_the_last_values_nor_the_means_are_enough(stays, auc, logistic):
    """Each value carried forward to the end; the mean of each; what is normal where there is none."""
    x = scaled(stays.x)
    newest = 47 - (~np.isnan(x))[:, ::-1].argmax(1)
    last = np.take_along_axis(x, newest[:, None], axis=1)[:, 0]
    mean = np.nansum(x, axis=1) / np.maximum((~np.isnan(x)).sum(1), 1)
    for values, expected in ((last, 0.80), (np.where(mean == 0, np.nan, mean), 0.78)):
        values = np.where(np.isnan(values), A, values)
        score = logistic(values[:5000], stays.y[:5000], values[5000:])
        assert auc(stays.y[5000:], score) == pytest.approx(expected, abs=0.03)


def test_counts_alone_tell_something_only_if_missing_does(stays, informative, auc):
    count = [(~np.isnan(cohort.x)).sum((1, 2)) / cohort.truth["length"] for cohort in (stays, informative)]
    assert auc(stays.y, count[0]) == pytest.approx(0.5, abs=0.03)
    assert auc(informative.y, count[1]) == pytest.approx(0.775, abs=0.03)


def test_unknown_mechanism():
    with pytest.raises(ValueError, match='missing="MNAR"'):
        icu_course.load(1, missing="MNAR")
