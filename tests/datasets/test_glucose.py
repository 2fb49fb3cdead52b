"""glucose: the equations solved another way, the noise of the sensor, the floor, and a test in a real volunteer."""

from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import glucose
from edunet.datasets.glucose import ivgtt, oracle_score

REAL = Path(__file__).parents[2].parent / "shared/data/pharmacology/ivgtt_pacini_bergman_1986.csv"
N = 5000


@pytest.fixture(scope="module")
def patients():
    return glucose.load(N, seed=1)


@pytest.fixture(scope="module")
def volunteer():
    if not REAL.exists():
        pytest.skip("the intravenous test of Pacini & Bergman 1986 is not beside this checkout")
    return np.loadtxt(REAL, delimiter=",", skiprows=1).T  # minutes, mg/dl, µU/ml


def rmse(y, answer):
    return float(np.sqrt(np.mean((np.asarray(y, float) - answer) ** 2)))


def test_form(patients):
    assert patients.x.shape == (N, 72, 2)
    assert patients.y.shape == (N,)
    assert patients.x.dtype == patients.y.dtype == np.float32
    assert patients.truth["G"].shape == patients.truth["X"].shape == patients.truth["I"].shape == (N, 78)


def test_first_rows_are_pinned():
    patients = glucose.load(3)
    assert [(k, int(g)) for k, g in enumerate(patients.x[0, :, 1]) if g] == [(19, 77), (57, 70)]
    assert patients.truth["type_2"].tolist() == [1, 1, 1]
    np.testing.assert_allclose(patients.y, [270.10168, 172.74902, 150.69225], rtol=1e-6)
    np.testing.assert_allclose(patients.truth["G"][:, -1], [254.89088, 166.85569, 142.11563], rtol=1e-6)
    np.testing.assert_allclose(patients.truth["SI"], [9.2523172e-05, 6.5958819e-05, 0.00011114093], rtol=1e-6)


def test_half_have_type_2(patients):
    assert patients.truth["type_2"].mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("name", "normal", "ratio", "spread"), [
    ("SG", 0.026, 1, 0.15), ("SI", 5e-4, 1 / 4, 0.25), ("g", 0.198, 1 / 3, 0.25), ("Gb", 92, 140 / 92, 0.06),
])  # fmt: skip
def test_parameters_are_log_normal_about_the_stated_medians(patients, name, normal, ratio, spread):
    for kind, middle in ((0, normal), (1, normal * ratio)):
        logs = np.log(patients.truth[name][patients.truth["type_2"] == kind])
        assert logs.mean() == pytest.approx(np.log(middle), abs=0.016)
        assert logs.std() == pytest.approx(spread, rel=0.04)


def test_meals_are_some_hours_apart_and_not_in_the_half_hour_asked_for(patients):
    eaten = patients.x[..., 1]
    assert set(np.unique(eaten[eaten > 0])) == set(range(40, 81))
    for gap in range(1, 36):
        assert not ((eaten[:, gap:] > 0) & (eaten[:, :-gap] > 0)).any()
    assert (eaten[:, :48] > 0).any(1).all()


def test_the_patient_starts_at_rest(patients):
    first = {name: patients.truth[name][:, 0] for name in "GXI"}
    np.testing.assert_array_equal(first["G"], patients.truth["Gb"])
    assert not first["X"].any()
    assert (first["I"] == 11).all()


def test_course_is_that_of_the_equations_solved_by_small_steps_of_euler(patients):
    """Of order 1, with the meals as the curve s/τ²·e^(-s/τ) itself, not as two compartments."""
    m, h = 6, 0.02
    truth = {name: patients.truth[name][:m] for name in ("SG", "SI", "g", "Gb")}
    G, X, I = truth["Gb"].copy(), np.zeros(m), np.full(m, 11.0)
    meal, start = patients.x[:m, :, 1].astype(float), 5.0 * np.arange(72)
    for step in range(int(77 * 5 / h)):
        s = np.maximum(step * h - start, 0)
        R = 0.8 * 1000 / 130 * meal @ (s / 40**2 * np.exp(-s / 40))
        dG = truth["SG"] * (truth["Gb"] - G) - X * G + R
        dX = 0.025 * (truth["SI"] * (I - 11) - X)
        dI = -0.3 * (I - 11) + truth["g"] * np.maximum(G - truth["Gb"], 0)
        G, X, I = G + h * dG, X + h * dX, I + h * dI
    np.testing.assert_allclose(patients.truth["G"][:m, -1], G, rtol=3e-4)
    np.testing.assert_allclose(patients.truth["X"][:m, -1], X, rtol=3e-3)
    np.testing.assert_allclose(patients.truth["I"][:m, -1], I, rtol=3e-3)


def test_half_the_step_changes_less_than_a_millionth(patients):
    meal = np.pad(patients.x[:200, :, 1].astype(float), ((0, 0), (0, 6)))
    body = [patients.truth[name][:200] for name in ("SG", "SI", "g", "Gb")]
    for whole, half in zip(glucose.day(meal, *body), glucose.day(meal, *body, step=glucose.STEP / 2), strict=True):
        np.testing.assert_allclose(whole, half, rtol=1e-6, atol=1e-6 * abs(half).max())


def test_glucose_is_such_as_is_measured(patients):
    G, type_2 = patients.truth["G"], patients.truth["type_2"] == 1
    assert 65 < G.min() < G.max() < 340
    assert np.median(G[~type_2].max(1)) == pytest.approx(160, abs=4)
    assert np.median(G[type_2].max(1)) == pytest.approx(235, abs=4)


# --- the sensor and the floor -----------------------------------------------------------------------------------------


def test_noise_is_autoregressive_with_the_stated_spread(patients):
    e = patients.truth["noise"]
    np.testing.assert_allclose(patients.x[..., 0], patients.truth["G"][:, :72] + e[:, :72], rtol=1e-6)
    np.testing.assert_allclose(e.std(0), 7, rtol=0.04)
    for lag in (1, 2, 6):
        assert (e[:, lag:] * e[:, :-lag]).mean() / 49 == pytest.approx(0.7**lag, abs=0.01)


def test_floor_is_what_is_left_of_noise_after_six_steps(patients):
    """Brute force: the noise of the last sample goes on at random, 200,000 times."""
    rng = np.random.Generator(np.random.PCG64(5))
    e = np.full(200_000, 10.0)
    for _ in range(6):
        e = 0.7 * e + 7 * np.sqrt(1 - 0.7**2) * rng.standard_normal(len(e))
    score, error = oracle_score(patients.truth)
    assert e.std() == pytest.approx(score, rel=0.01)
    assert e.mean() == pytest.approx(10 * 0.7**6, abs=0.06)
    assert score == pytest.approx(6.9514, abs=1e-4)
    assert error < 1e-9  # every patient has the same


def test_the_true_course_reaches_the_floor(patients):
    z = (patients.y - patients.truth["expected"]) / patients.truth["sd"]
    assert z.mean() == pytest.approx(0, abs=0.045)
    assert z.std() == pytest.approx(1, abs=0.03)
    for part in (patients.truth["type_2"] == 1, patients.truth["expected"] > 150, patients.x[:, -1, 0] > 150):
        assert z[part].mean() == pytest.approx(0, abs=0.06)


def test_baselines_are_far_from_the_floor(patients):
    sensor, y = patients.x[..., 0].astype(float), patients.y
    assert rmse(y, patients.truth["expected"]) == pytest.approx(6.95, abs=0.2)
    assert rmse(y, sensor[:, -1]) == pytest.approx(23.2, abs=0.9)
    slope = (sensor[:, -1] - sensor[:, -3]) / 2  # of the straight line through three values
    assert rmse(y, sensor[:, -3:].mean(1) + 7 * slope) == pytest.approx(31.0, abs=0.9)


def test_noise_of_the_last_sample_is_worth_knowing(patients):
    """The glucose to come, without it, errs by the whole 7 mg/dl."""
    assert rmse(patients.y, patients.truth["G"][:, -1]) == pytest.approx(7, abs=0.2)


# --- the intravenous test ---------------------------------------------------------------------------------------------


def test_at_rest_nothing_happens():
    test = ivgtt(np.arange(0, 100, 7), np.full(15, 11.0), G0=92)
    np.testing.assert_allclose(test.G, 92)
    np.testing.assert_allclose(test.X, 0, atol=1e-12)


def test_without_insulin_action_glucose_falls_by_itself():
    t = np.array([0.0, 10, 60])
    np.testing.assert_allclose(ivgtt(t, SI=0).G, 92 + (279 - 92) * np.exp(-0.026 * t), rtol=1e-9)


def test_injected_insulin_leaves_at_its_rate_while_glucose_is_low():
    t = np.array([0.0, 4, 10])
    np.testing.assert_allclose(ivgtt(t, G0=80, Gb=80).I, 11 + (403 - 11) * np.exp(-0.3 * t), rtol=1e-4)


def test_intravenous_test_does_not_depend_on_the_step(monkeypatch):
    t = np.array([0.0, 4, 20, 60, 182])
    whole = ivgtt(t)
    monkeypatch.setattr(glucose, "STEP", glucose.STEP / 2)
    np.testing.assert_allclose(whole.G, ivgtt(t).G, rtol=1e-6)


@pytest.mark.parametrize("time", [[1, 2], [0, 5, 5], [0, 9, 3], [], [[0, 1]], [0, np.nan], [0, np.inf]])
def test_times_must_rise_from_0(time):
    with pytest.raises(ValueError, match="rise from 0"):
        ivgtt(time)


def test_one_insulin_for_each_time():
    with pytest.raises(ValueError, match="one insulin for each time"):
        ivgtt([0, 1, 2], [11, 12])


@pytest.mark.parametrize(
    ("name", "value"), [("SI", np.nan), ("SG", 10), ("SG", -1), ("k3", 2), ("G0", np.inf), ("Gb", np.nan), ("Ib", -3)]
)
def test_parameters_are_numbers_of_their_size(name, value):
    with pytest.raises(ValueError, match=rf"{name} must lie between.*ivgtt\(time, {name}="):
        ivgtt([0, 10], **{name: value})


@pytest.mark.parametrize("insulin", [np.nan, -1, np.inf, 1e5])
def test_insulin_is_a_number_of_its_size(insulin):
    with pytest.raises(ValueError, match="at minute 10"):
        ivgtt([0, 10, 20], [11, insulin, 11])


def test_published_parameters_fit_the_volunteer(volunteer):
    t, G, insulin = volunteer
    late = t >= 8
    assert rmse(G[late], ivgtt(t, insulin).G[late]) == pytest.approx(6.9, abs=0.05)


def test_least_squares_finds_a_better_fit(volunteer):
    """SG, k3, SI and G0 by Gauss and Newton with Marquardt's damping, in their logarithms."""
    t, G, insulin = volunteer
    late, names, p = t >= 8, ("SG", "k3", "SI", "G0"), np.log([0.026, 0.025, 5e-4, 279])

    def residual(p):
        return ivgtt(t, insulin, **dict(zip(names, np.exp(p), strict=True))).G[late] - G[late]

    r, damping = residual(p), 1e-3
    for _ in range(15):
        J = np.stack([(residual(p + 1e-5 * e) - r) / 1e-5 for e in np.eye(4)], axis=1)
        A = J.T @ J
        q = p - np.linalg.solve(A + damping * np.diag(np.diag(A)), J.T @ r)
        if (s := residual(q)) @ s < r @ r:
            p, r, damping = q, s, damping / 3
        else:
            damping *= 4
    assert np.sqrt(np.mean(r**2)) == pytest.approx(3.6, abs=0.05)
    np.testing.assert_allclose(np.exp(p[:3]), [0.019, 0.021, 8.1e-4], rtol=0.03)


def test_own_secretion_is_like_the_insulin_of_the_volunteer(volunteer):
    t, G, insulin = volunteer
    test = ivgtt(t)
    assert test.I[t == 4] == pytest.approx(130, rel=0.03)
    late = t >= 8
    assert rmse(insulin[late], test.I[late]) < 8
    assert rmse(G[late], test.G[late]) < 12
