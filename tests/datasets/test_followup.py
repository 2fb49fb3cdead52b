"""followup: the equations, the censoring, the best scores by a second way, and what a linear Cox model misses."""

import numpy as np
import pytest

from edunet.datasets import followup
from edunet.datasets.cohort import BLOCK
from edunet.datasets.followup import best_c_index, oracle_score, true_survival

N = 60_000


@pytest.fixture(scope="module")
def patients():
    return followup.load(N, seed=1)


def eta_of(x):
    """Go back from the columns to the log hazard, by the equation as it is printed."""
    age, sex, stage, marker, treated = x.astype(float).T
    g = np.array([0, 0.4, 0.9, 1.6])[stage.astype(int) - 1]
    z = np.log(marker / 20) / 0.8
    return 0.03 * (age - 65) + g + 0.2 * sex - 0.5 * treated + 0.6 * (z**2 - 1)


def harrell(time, event, score):
    """Enumerate every pair of which the first death was seen; ties of the score count half."""
    first = (time[:, None] < time) & (event[:, None] == 1)
    right = (score[:, None] > score) + 0.5 * (score[:, None] == score)
    return (first * right).sum() / first.sum()


# --- the contract -----------------------------------------------------------------------------------------------------


def test_form(patients):
    assert patients.x.shape == (N, 5)
    assert patients.y.shape == (N, 2)
    assert patients.x.dtype == patients.y.dtype == np.float32
    assert patients.columns == followup.COLUMNS
    assert followup.TARGETS == ("time", "event")
    assert patients.class_names == ()
    assert not patients.site.any()
    assert len(np.unique(patients.patient_id)) == N
    assert patients.patient_id[7] == "F1-000007"


def test_everything_that_is_known_has_a_row_and_a_unit(patients):
    assert set(patients.units) == {*followup.TARGETS, *patients.columns, *patients.truth}
    assert all(len(values) == N for values in patients.truth.values())
    assert patients.truth["survival"].shape == (N, 4)


def test_says_that_it_is_synthetic(patients):
    assert patients.synthetic is True
    assert all("SYNTHETIC" in text for text in (patients.note, repr(patients), followup.__doc__))
    assert all(text in followup.__doc__ for text in ("What is unrealistic:", "Measured with", "Source"))


def test_same_seed_same_patients_and_a_larger_n_only_adds():
    few, many = followup.load(BLOCK - 7, seed=4), followup.load(BLOCK + 20, seed=4)
    for a, b in [(few.x, many.x), (few.y, many.y), *((few.truth[k], many.truth[k]) for k in few.truth)]:
        np.testing.assert_array_equal(a, b[: BLOCK - 7])
    assert not (few.x == followup.load(BLOCK - 7, seed=5).x).all(1).any()


def test_global_random_state_is_left_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    followup.load(10)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize(("n", "seed", "error"), [(0, 0, ValueError), (5, -1, ValueError), (2.5, 0, TypeError)])
def test_wrong_n_or_seed(n, seed, error):
    with pytest.raises(error, match=r"must be .*Received"):
        followup.load(n, seed)


def test_first_rows_are_pinned():
    patients = followup.load(6)
    assert patients.y[:, 1].tolist() == [0, 0, 0, 0, 0, 1]
    np.testing.assert_allclose(patients.y[:3, 0], [2.5611978, 8.7839861, 6.3237705], rtol=1e-6)
    np.testing.assert_allclose(
        patients.x[:2],
        [[66.257301, 1.0, 4.0, 13.375657, 1.0], [63.678951, 1.0, 1.0, 14.290647, 0.0]],
        rtol=1e-6,
    )
    np.testing.assert_allclose(patients.truth["risk"][:3], [0.541521722, 0.205074778, 0.48198392], rtol=1e-6)


# --- the equations ----------------------------------------------------------------------------------------------------


def test_log_hazard_is_the_printed_equation_of_what_can_be_seen(patients):
    np.testing.assert_allclose(patients.truth["log_hazard"], eta_of(patients.x), atol=2e-5)


def test_survival_is_the_printed_curve(patients):
    rate = np.exp(eta_of(patients.x))[:, None]
    survival = np.exp(-((np.array([1, 2, 5, 10]) / 12) ** 1.3) * rate)
    np.testing.assert_allclose(patients.truth["survival"], survival, atol=1e-5)
    np.testing.assert_array_equal(patients.truth["risk"], 1 - patients.truth["survival"][:, 2])


def test_half_are_dead_at_the_median(patients):
    eta, median = patients.truth["log_hazard"], patients.truth["median"]
    np.testing.assert_allclose(true_survival(eta, median), 0.5)


def test_mean_is_the_area_under_the_curve(patients):
    """By a sum over 400,000 steps, of three patients."""
    step = 0.01
    t = (np.arange(400_000) + 0.5) * step
    for i in np.argsort(patients.truth["mean"])[[100, N // 2, N - N // 10]]:
        area = true_survival(patients.truth["log_hazard"][i], t).sum() * step
        assert patients.truth["mean"][i] == pytest.approx(area, rel=1e-4)


def test_deaths_follow_the_curve(patients):
    """S(T|x) is uniform on 0..1 for everybody, if T is drawn from S."""
    u = np.sort(true_survival(patients.truth["log_hazard"], patients.truth["event_time"]))
    assert abs(u - (np.arange(N) + 0.5) / N).max() < 1.63 / np.sqrt(N)  # Kolmogorov and Smirnov, 1 %


def test_risk_is_calibrated_against_deaths_within_five_years(patients):
    order = np.argsort(patients.truth["risk"])
    risk = patients.truth["risk"][order].reshape(10, -1)
    dead = (patients.truth["event_time"] <= 5)[order].reshape(10, -1)
    error = np.sqrt((risk * (1 - risk)).sum(1)) / (N / 10)
    assert (abs(dead.mean(1) - risk.mean(1)) < 4 * error).all()


def test_time_is_the_first_of_death_and_censoring(patients):
    died, left = patients.truth["event_time"], patients.truth["censoring_time"]
    np.testing.assert_allclose(patients.y[:, 0], np.minimum(died, left), rtol=1e-6)
    np.testing.assert_array_equal(patients.y[:, 1], died <= left)
    assert patients.y[:, 0].max() <= 10


def test_censoring_is_independent_of_the_patient_and_follows_its_curve(patients):
    left = patients.truth["censoring_time"]
    for t, watched in [(2, np.exp(-2 / 15)), (5, np.exp(-5 / 15)), (8, np.exp(-8 / 15) * 0.4)]:
        assert (left > t).mean() == pytest.approx(watched, abs=0.008)
    assert abs(np.corrcoef(left, patients.truth["log_hazard"])[0, 1]) < 4 / np.sqrt(N)


def test_the_kaplan_meier_curve_finds_the_true_survival(patients):
    """Though more than half are censored."""
    time, event = patients.y[np.argsort(patients.y[:, 0])].astype(float).T
    km = np.cumprod(1 - event / np.arange(N, 0, -1))
    for j, t in enumerate((1, 2, 5)):
        assert km[np.searchsorted(time, t) - 1] == pytest.approx(patients.truth["survival"][:, j].mean(), abs=0.009)
    naive = (patients.y[:, 0] > 5).mean()  # as if those who left had died
    assert naive < patients.truth["survival"][:, 2].mean() - 0.1


def test_how_many_are_censored(patients):
    assert patients.y[:, 1].mean() == pytest.approx(0.431, abs=0.009)
    assert patients.truth["risk"].mean() == pytest.approx(0.403, abs=0.006)


# --- the best scores --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("metric", "best"), [("auc", 0.793), ("accuracy", 0.742), ("brier", 0.1746)])
def test_best_scores_at_five_years(patients, metric, best):
    """Of 100,000 patients."""
    score, error = oracle_score(patients.truth, metric)
    assert score == pytest.approx(best, abs=4 * error + 0.0005)


def test_true_risk_reaches_the_best_area(patients, auc):
    dead = patients.truth["event_time"] <= 5
    assert auc(dead, patients.truth["risk"]) == pytest.approx(oracle_score(patients.truth).score, abs=0.008)


@pytest.mark.parametrize("censored", [True, False])
def test_best_concordance_is_that_of_drawn_deaths(censored):
    """Every pair of 3,000 patients is enumerated, for five draws."""
    found, best = [], []
    for seed in range(5):
        patients = followup.load(3000, seed=20 + seed)
        eta = patients.truth["log_hazard"]
        time, event = patients.y.T if censored else (patients.truth["event_time"], np.ones(3000))
        found.append(harrell(time, event, eta))
        best.append(best_c_index(patients.truth, censored=censored).score)
    assert np.mean(found) == pytest.approx(np.mean(best), abs=4 * np.std(found) / np.sqrt(5))
    assert np.mean(best) == pytest.approx(0.750 if censored else 0.721, abs=0.006)


def test_best_concordance_of_few_patients_is_the_sum_over_pairs():
    eta = np.random.default_rng(0).normal(size=9)
    rate = np.exp(eta)
    pairs = [max(rate[i], rate[j]) / (rate[i] + rate[j]) for i in range(9) for j in range(i)]
    assert best_c_index({"log_hazard": eta}, censored=False).score == pytest.approx(np.mean(pairs))


def test_error_of_the_best_concordance():
    draws = [best_c_index(followup.load(400, seed=k).truth) for k in range(30)]
    spread = np.std([draw.score for draw in draws])
    assert 0.6 * spread < np.mean([draw.standard_error for draw in draws]) < 1.7 * spread


@pytest.mark.parametrize("truth", [None, {}, {"risk": np.zeros(3)}])
def test_concordance_of_another_truth(truth):
    with pytest.raises(TypeError, match=r"best_c_index\(load\(\).truth\)"):
        best_c_index(truth)


@pytest.mark.parametrize("eta", [np.zeros(1), np.zeros((3, 2)), np.float64(0)])
def test_concordance_of_no_pair(eta):
    with pytest.raises(ValueError, match="two patients or more"):
        best_c_index({"log_hazard": eta})


def cox(x, time, event, steps=6):
    """Fit β of a Cox model by Newton steps on the partial likelihood."""
    order = np.argsort(-time)  # who dies later is at risk first
    x, event = x[order], event[order]
    beta = np.zeros(x.shape[1])
    for _ in range(steps):
        r = np.exp(x @ beta)[:, None]
        total = r.cumsum(0)
        mean = (r * x).cumsum(0) / total
        second = (r[:, :, None] * x[:, :, None] * x[:, None]).cumsum(0) / total[:, :, None]
        gradient = (event[:, None] * (x - mean)).sum(0)
        curvature = (event[:, None, None] * (second - mean[:, :, None] * mean[:, None])).sum(0)
        beta += np.linalg.solve(curvature, gradient)
    return beta


def test_a_linear_cox_model_misses_the_marker(patients):
    x = patients.x.astype(float)
    x[:, 3] = np.log(x[:, 3])
    x -= x.mean(0)
    bent = np.column_stack([x, x[:, 3] ** 2])
    (time, event), (t, e) = patients.y[:8000].astype(float).T, patients.y[8000:12_000].astype(float).T
    linear, square = (harrell(t, e, z[8000:12_000] @ cox(z[:8000], time, event)) for z in (x, bent))
    assert linear == pytest.approx(0.652, abs=0.02)
    assert square > harrell(t, e, patients.truth["log_hazard"][8000:12_000]) - 0.004
    beta = cox(bent, time, event)
    np.testing.assert_allclose(beta[[0, 4]], [0.03, -0.5], atol=0.12)
    assert beta[5] == pytest.approx(0.6 / 0.8**2, rel=0.1)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_log_hazards_are_finite(wrong):
    with pytest.raises(ValueError, match="finite numbers.*in row 1"):
        best_c_index({"log_hazard": np.array([0, wrong, 1])})
