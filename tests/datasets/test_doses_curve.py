"""doses.curve: the formula, the population, the posterior mean found another way, and twelve real volunteers."""

from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import doses, doses_curve
from edunet.datasets.doses import concentration, curve, oracle_score, posterior
from edunet.datasets.doses_curve import weighed

REAL = Path(__file__).parents[2].parent / "shared/data/pharmacology/Theoph.csv"
N = 5000


@pytest.fixture(scope="module")
def patients():
    return curve(N, seed=1)


def rmse(y, answer):
    return float(np.sqrt(np.mean((np.asarray(y, float) - answer) ** 2)))


def test_form(patients):
    assert patients.x.shape == (N, 7)
    assert patients.x.dtype == patients.y.dtype == np.float32
    assert patients.truth["curve"].shape == (N, 26)
    assert patients.columns == doses_curve.CURVE_COLUMNS


def test_first_rows_are_pinned():
    patients = curve(3)
    assert patients.x[:, 1::2].tolist() == [[1.0, 5.25, 11.75], [1.0, 5.75, 12.5], [0.75, 4.25, 13.0]]
    np.testing.assert_allclose(patients.x[0, ::2], [5.3134017, 7.8855004, 6.2188592, 5.1419253], rtol=1e-6)
    np.testing.assert_allclose(patients.y, [1.3611864, 0.78070551, -0.554241], rtol=1e-6)
    np.testing.assert_allclose(patients.truth["ka"], [1.6380005, 1.6142899, 3.7369327], rtol=1e-6)
    np.testing.assert_allclose(patients.truth["expected"], [1.9513801, 1.0205338, 0.34839095], rtol=1e-6)
    np.testing.assert_allclose(patients.truth["sd"], [0.79446639, 0.67480489, 0.55060482], rtol=1e-6)


@pytest.mark.parametrize(("name", "median", "spread"), [("ka", 1.5, 0.7), ("CL", 0.043, 0.27), ("V", 0.46, 0.15)])
def test_parameters_are_log_normal(patients, name, median, spread):
    logs = np.log(patients.truth[name])
    assert logs.mean() == pytest.approx(np.log(median), abs=4 * spread / np.sqrt(N))
    assert logs.std() == pytest.approx(spread, rel=0.03)


def test_samples_are_taken_in_quarter_hours(patients):
    times = patients.x[:, 1::2]
    assert times.min(0).tolist() == [0.25, 2.25, 6.25]
    assert times.max(0).tolist() == [2, 6, 13]
    np.testing.assert_array_equal(times * 4 % 1, 0)


# --- the formula ------------------------------------------------------------------------------------------------------


def test_concentration_solves_the_equation():
    """Gut and blood by steps of Euler: a' = -ka·a, C' = ka·a/V - CL/V·C."""
    gut, C, h = 4.0, 0.0, 1e-4
    for _ in range(50_000):
        gut, C = gut - h * 1.5 * gut, C + h * (1.5 * gut / 0.46 - 0.043 / 0.46 * C)
    assert concentration(5.0, 4.0, 1.5, 0.043, 0.46) == pytest.approx(C, rel=1e-4)


def test_it_is_the_formula_of_the_books():
    t, ka, CL, V = np.arange(0, 25, 0.5), 1.5, 0.043, 0.46
    ke = CL / V
    np.testing.assert_allclose(
        concentration(t, 4.0, ka, CL, V),
        4 * ka / (V * (ka - ke)) * (np.exp(-ke * t) - np.exp(-ka * t)),
        rtol=1e-12,
        atol=1e-15,
    )


def test_equal_rates_are_no_division_by_zero():
    t = np.array([0.0, 1, 10])
    np.testing.assert_allclose(concentration(t, 1.0, 0.1, 0.05, 0.5), 0.1 * t / 0.5 * np.exp(-0.1 * t), rtol=1e-12)
    np.testing.assert_allclose(concentration(t, 1.0, 0.1, 0.05, 0.5), concentration(t, 1.0, 0.1 + 1e-9, 0.05, 0.5))


def test_absorption_that_is_slower_than_elimination():
    """Flip-flop: in logarithms, where e^-331 and the like are ordinary numbers."""
    t, ka, CL, V = np.array([30.0, 330, 720, 5000]), 0.005, 0.46, 0.46
    ke = CL / V
    log = np.log(4 * ka / (V * (ke - ka))) - ka * t + np.log1p(-np.exp(-(ke - ka) * t))
    np.testing.assert_allclose(concentration(t, 4.0, ka, CL, V), np.exp(log), rtol=1e-12)
    assert concentration(720.0, 4, 0.005, 0.46, 0.46) == pytest.approx(0.0012, abs=1e-4)


@pytest.mark.parametrize(("name", "value"), [
    ("time", -5.0), ("time", np.nan), ("time", [1, np.inf]), ("dose", -1), ("ka", -1), ("CL", np.nan), ("V", 0),
    ("V", -1), ("V", [0.5, 0]),
])  # fmt: skip
def test_a_tablet_that_is_none(name, value):
    with pytest.raises(ValueError, match=f"concentration wants a {name}"):
        concentration(**{"time": 1.0, "dose": 4, "ka": 1.5, "CL": 0.04, "V": 0.5, name: value})


def test_numbers_that_are_text():
    with pytest.raises(TypeError, match="Received: ka"):
        concentration(1.0, 4, "1.5", 0.04, 0.5)


def test_curve_is_the_formula_at_each_hour(patients):
    truth = {name: patients.truth[name][:, None] for name in ("ka", "CL", "V")}
    again = concentration(np.arange(26.0), patients.x[:, :1].astype(float), **truth)
    np.testing.assert_allclose(patients.truth["curve"], again, rtol=1e-6)


def test_the_laboratory_errs_by_half_a_milligram_and_five_percent(patients):
    C = patients.truth["ahead"]
    z = (patients.y - C) / (0.5 + 0.05 * C)
    assert z.mean() == pytest.approx(0, abs=0.045)
    assert z.std() == pytest.approx(1, abs=0.03)


# --- the posterior ----------------------------------------------------------------------------------------------------


def by_quadrature(row):
    """Mean and sd of y from a grid of 60³ parameters, within 4.5 spreads of the medians."""
    z = np.linspace(-4.5, 4.5, 60)
    z = np.stack(np.meshgrid(z, z, z, indexing="ij"), axis=-1).reshape(-1, 3)
    ka, CL, V = np.exp(np.log([1.5, 0.043, 0.46]) + z * [0.7, 0.27, 0.15]).T
    log_w = -0.5 * (z**2).sum(1)
    for t, c in zip(row[1::2], row[2::2], strict=True):
        C = concentration(t, row[0], ka, CL, V)
        s = 0.5 + 0.05 * C
        log_w += -0.5 * ((c - C) / s) ** 2 - np.log(s)
    w = np.exp(log_w - log_w.max())
    w /= w.sum()
    C = concentration(row[5] + 12, row[0], ka, CL, V)
    mean = w @ C
    return mean, np.sqrt(w @ (C - mean) ** 2 + w @ (0.5 + 0.05 * C) ** 2)


def test_posterior_is_that_of_quadrature(patients):
    x = patients.x[:8].astype(float)
    best = posterior(x, draws=40_000)
    for row, mean, sd, error in zip(x, *best, strict=True):
        true_mean, true_sd = by_quadrature(row)
        assert abs(mean - true_mean) < 4 * error + 1e-3
        assert sd == pytest.approx(true_sd, rel=0.03)


def test_monte_carlo_error_is_the_spread_between_seeds(patients):
    runs = [weighed(patients.x[:50], 12, draws=500, seed=seed) for seed in range(40)]
    spread = np.std([run.mean for run in runs], axis=0, ddof=1)
    said = np.sqrt(np.mean([run.error**2 for run in runs], axis=0))
    assert np.median(spread / said) == pytest.approx(1, abs=0.15)


def test_error_falls_with_the_root_of_the_draws(patients):
    few, many = (np.median(weighed(patients.x[:100], 12, draws, 0).error) for draws in (1000, 16_000))
    assert few / many == pytest.approx(4, rel=0.25)


def test_posterior_is_calibrated(patients):
    """In ten groups of rising expectation, y is on average what was expected, and errs by sd."""
    z = (patients.y - patients.truth["expected"]) / patients.truth["sd"]
    for part in z[np.argsort(patients.truth["expected"])].reshape(10, -1):
        assert part.mean() == pytest.approx(0, abs=4 / np.sqrt(N / 10))
    assert z.std() == pytest.approx(1, abs=0.03)


def test_floor_and_baselines(patients):
    x, y = patients.x.astype(float), patients.y
    score, error = oracle_score(patients.truth)
    assert score == pytest.approx(0.768, abs=4 * error)
    assert rmse(y, patients.truth["expected"]) == pytest.approx(score, rel=0.03)
    assert rmse(y, concentration(x[:, 5] + 12, x[:, 0], 1.5, 0.043, 0.46)) == pytest.approx(0.95, abs=0.03)
    assert rmse(y, x[:, 6] * np.exp(-12 * 0.043 / 0.46)) == pytest.approx(0.80, abs=0.025)


def test_hours_ahead_may_differ(patients):
    x = patients.x[:5]
    one = posterior(x, ahead=np.full(5, 12.0))
    np.testing.assert_allclose(one.mean, patients.truth["expected"][:5], rtol=1e-9)
    assert (posterior(x, ahead=24).mean < one.mean).all()


@pytest.mark.parametrize("x", [np.zeros((2, 6)), np.zeros(7), np.full((1, 7), np.nan)])
def test_posterior_wants_the_table(x):
    with pytest.raises(ValueError, match=r"\(n,7\) of finite numbers"):
        posterior(x)


def test_who_fits_no_candidate_is_told_of():
    x = np.array([[4, 1, 7, 4, 6, 10, 3], [4, 1, 500, 4, 500, 10, 500.0]])
    with pytest.warns(RuntimeWarning, match=r"fits 1 of 2 patients, rows \[1\].*draws=40000"):
        best = posterior(x)
    assert best.error[0] < 0.1
    assert best.error[1] == np.inf


@pytest.mark.parametrize("ahead", [-50, np.nan, np.inf, [12, 12], np.array([3, -1, 3])])
def test_no_look_back(ahead):
    with pytest.raises(ValueError, match="ahead from 0 hours up"):
        posterior(np.ones((3, 7)), ahead)


@pytest.mark.parametrize("column", [0, 1, 3, 5])
def test_negative_doses_and_times(column):
    x = np.ones((2, 7))
    x[1, column] = -1
    with pytest.raises(ValueError, match="doses and times from 0 up"):
        posterior(x)


def test_too_few_draws():
    with pytest.raises(ValueError, match=r"draws must be at least 100.*posterior\(x, draws=4000\)"):
        posterior(np.ones((1, 7)), draws=10)


def test_doses_offers_the_tablet():
    assert {"concentration", "curve", "posterior"} <= set(doses.__all__)


# --- twelve volunteers ------------------------------------------------------------------------------------------------


def fitted(t, c, dose):
    """ka, CL, V by Gauss and Newton with Marquardt's damping, in their logarithms; and the RMSE."""

    def residual(p):
        return concentration(t, dose, *np.exp(p)) - c

    p = np.log([1.5, 0.043, 0.46])
    r, damping = residual(p), 1e-3
    for _ in range(60):
        J = np.stack([(residual(p + 1e-6 * e) - r) / 1e-6 for e in np.eye(3)], axis=1)
        A = J.T @ J
        q = p - np.linalg.solve(A + damping * np.diag(np.diag(A)), J.T @ r)
        if (s := residual(q)) @ s < r @ r:
            p, r, damping = q, s, damping / 3
        else:
            damping *= 4
    return *np.exp(p), np.sqrt(np.mean(r**2))


def test_medians_are_those_of_theophylline():
    if not REAL.exists():
        pytest.skip("Theoph.csv is not beside this checkout")
    _, subject, _, dose, t, c = np.loadtxt(REAL, delimiter=",", skiprows=1).T
    fits = [fitted(t[subject == i], c[subject == i], dose[subject == i][0]) for i in range(1, 13)]
    ka, CL, V, error = np.array(fits).T
    assert np.median(ka) == pytest.approx(1.42, abs=0.01)
    assert np.median(CL) == pytest.approx(0.043, abs=0.0005)
    assert np.median(V) == pytest.approx(0.463, abs=0.001)
    assert np.median(CL / V) == pytest.approx(0.090, abs=0.0005)
    assert np.median(error) == pytest.approx(0.49, abs=0.005)
    np.testing.assert_allclose(np.log([ka, CL, V]).std(1, ddof=1), doses_curve.SPREAD, rtol=0.1)
