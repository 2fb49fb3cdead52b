"""epidemic: the equations against what they conserve, the counts, the floor, and an outbreak that happened."""

from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import epidemic
from edunet.datasets.epidemic import oracle_score, sir

REAL = Path(__file__).parents[2].parent / "shared/data/epidemic/boarding_school_influenza_1978.csv"
N = 8000


@pytest.fixture(scope="module")
def towns():
    return epidemic.load(N, seed=1)


def rmse(y, answer):
    return float(np.sqrt(np.mean((np.asarray(y, float) - answer) ** 2)))


def test_form(towns):
    assert towns.x.shape == (N, 28, 1)
    assert towns.y.shape == towns.truth["expected"].shape == towns.truth["sd"].shape == (N, 14)
    assert towns.x.dtype == towns.y.dtype == np.float32
    for name in ("beta", "S", "E", "I", "R_t"):
        assert towns.truth[name].shape == (N, 42)


def test_first_rows_are_pinned():
    towns = epidemic.load(3)
    assert towns.x[0, -5:, 0].tolist() == [4288, 2241, 2873, 1059, 1107]
    assert towns.y[:, :4].tolist() == [[1128, 317, 358, 369], [105, 109, 88, 155], [119, 277, 189, 280]]
    assert towns.truth["infected"].tolist() == [45, 12, 29]
    np.testing.assert_allclose(towns.truth["beta"][:, 0], [0.49108851, 0.38093601, 0.31229206], rtol=1e-6)
    np.testing.assert_allclose(towns.truth["expected"][:, -1], [59.136521, 389.1402, 901.35652], rtol=1e-6)
    np.testing.assert_allclose(towns.truth["R_t"][:, -1], [0.079959349, 1.4643194, 1.5324898], rtol=1e-6)


@pytest.mark.parametrize(("name", "least", "most"), [("beta", 0.3, 0.6), ("gamma", 0.1, 0.25), ("rho", 0.2, 0.6)])
def test_parameters_are_uniform(towns, name, least, most):
    values = towns.truth[name]
    assert least <= values.min() < values.max() <= most
    assert values.mean() == pytest.approx((least + most) / 2, rel=0.02)
    assert values.std() == pytest.approx((most - least) / np.sqrt(12), rel=0.03)


# --- the equations ----------------------------------------------------------------------------------------------------


def test_a_quantity_that_the_equations_conserve():
    """I + S - N·γ/β·ln S stays what it was: dI/dS = -1 + N·γ/(β·S)."""
    beta, gamma = np.array([0.3, 0.45, 0.6]), np.array([0.25, 0.1, 0.2])
    course = sir(beta, gamma, 150)
    kept = course.I + course.S - 1e5 * (gamma / beta)[:, None] * np.log(course.S)
    np.testing.assert_allclose(kept, np.repeat(kept[:, :1], 151, axis=1), rtol=1e-7)


def test_final_size():
    """The share z that is ever infected solves z = 1 - e^(-R₀·z)."""
    z = 0.5
    for _ in range(200):
        z = 1 - np.exp(-2 * z)
    assert sir(0.4, 0.2, 400, infected=0.01).R[-1] / 1e5 == pytest.approx(z, rel=1e-6)


def test_at_first_an_outbreak_grows_exponentially():
    early = sir(0.5, 0.2, 10, people=1e9, infected=1)
    np.testing.assert_allclose(early.I, np.exp(0.3 * np.arange(11)), rtol=1e-6)


def test_with_incubation_it_grows_as_the_larger_eigenvalue_says():
    early = sir(0.5, 0.2, 60, people=1e14, infected=1, incubation=3)
    growth = np.linalg.eigvals(np.array([[-1 / 3, 0.5], [1 / 3, -0.2]])).real.max()
    assert np.log(early.I[-1] / early.I[-2]) == pytest.approx(growth, rel=1e-6)


@pytest.mark.parametrize("incubation", [0, 0.5, 3])
def test_nobody_is_lost(incubation):
    course = sir(0.5, 0.2, 80, incubation=incubation)
    np.testing.assert_allclose(course.S + course.E + course.I + course.R, 1e5)
    np.testing.assert_allclose(course.infections.sum(), course.S[0] - course.S[-1])
    assert (np.diff(course.R) > 0).all()
    assert (course.infections > 0).all()
    assert (course.E > 0)[1:].all() == (incubation > 0)


@pytest.mark.parametrize("incubation", [0, 3])
def test_half_the_step_changes_less_than_a_millionth(monkeypatch, incubation):
    beta, gamma = np.linspace(0.3, 1, 30), np.linspace(0.25, 0.1, 30)
    whole = sir(beta, gamma, incubation=incubation)
    monkeypatch.setattr(epidemic, "STEP", epidemic.STEP / 2)
    for values, finer in zip(whole, sir(beta, gamma, incubation=incubation), strict=True):
        np.testing.assert_allclose(values, finer, rtol=1e-6, atol=1e-9)


def test_beta_of_each_day_goes_on_where_the_day_before_ended():
    steps = np.repeat([0.5, 0.1], 20)
    course, first = sir(steps, 0.2, 40), sir(0.5, 0.2, 20)
    np.testing.assert_allclose(course.I[:21], first.I)
    second = sir(0.1, 0.2, 20, people=1e5, infected=course.I[20])
    assert course.I[40] < course.I[20]
    assert second.I[-1] == pytest.approx(course.I[40], rel=0.2)


@pytest.mark.parametrize(("arguments", "error", "text"), [
    ({"beta": [0.1, 0.2], "gamma": 0.1}, ValueError, r"shape of gamma, \(\).*\(42,\).*\(2,\)"),
    ({"beta": -0.1, "gamma": 0.1}, ValueError, "from 0 up"),
    ({"beta": 0.1, "gamma": float("nan")}, ValueError, "from 0 up"),
    ({"beta": 0.1, "gamma": 0.1, "infected": 11, "people": 10}, ValueError, "infected=11, people=10"),
    ({"beta": 0.1, "gamma": 0.1, "people": 0}, ValueError, "people=0"),
    ({"beta": 0.1, "gamma": 0.1, "days": 0}, ValueError, r"at least 1.*sir\(0.5, 0.2, days=42\)"),
    ({"beta": 0.1, "gamma": 0.1, "incubation": -1}, ValueError, "incubation"),
])  # fmt: skip
def test_what_sir_refuses(arguments, error, text):
    with pytest.raises(error, match=text):
        sir(**arguments)


# --- the counts and the floor -----------------------------------------------------------------------------------------


def test_a_town_is_what_sir_says(towns):
    truth = {name: towns.truth[name][:50] for name in ("beta", "gamma", "rho", "infected", "expected", "S", "I", "R_t")}
    course = sir(truth["beta"][:, 0], truth["gamma"], infected=truth["infected"])
    np.testing.assert_allclose(truth["I"], course.I[:, :-1])
    np.testing.assert_allclose(truth["expected"], (truth["rho"][:, None] * course.infections)[:, 28:])
    R_t, growth = truth["R_t"], np.diff(truth["I"])
    assert (growth[R_t[:, 1:] > 1] > 0).all()  # still above 1 at the end of the day
    assert (growth[R_t[:, :-1] < 1] < 0).all()


def test_cases_have_the_mean_and_the_variance_of_the_negative_binomial(towns):
    z = (towns.y - towns.truth["expected"]) / towns.truth["sd"]
    order = np.argsort(towns.truth["expected"], axis=None)
    for part in z.ravel()[order].reshape(10, -1):  # from few cases to many
        assert part.mean() == pytest.approx(0, abs=0.04)
        assert part.std() == pytest.approx(1, abs=0.06)


def test_few_cases_are_as_frequent_as_the_formula_says(towns):
    """P(0) = (k/(k + m))^k,  P(1) = P(0)·k·m/(k + m), k = 10: in x and y of all towns, m from the true course."""
    course = sir(towns.truth["beta"][:, 0], towns.truth["gamma"], infected=towns.truth["infected"])
    m = towns.truth["rho"][:, None] * course.infections
    cases = np.concatenate([towns.x[..., 0], towns.y], axis=1)[m < 5]
    m = m[m < 5]
    none = (10 / (10 + m)) ** 10
    error = 4 * np.sqrt(none.mean() / len(m))
    assert len(m) > 3000
    assert (cases == 0).mean() == pytest.approx(none.mean(), abs=error)
    assert (cases == 1).mean() == pytest.approx((none * 10 * m / (10 + m)).mean(), abs=1.5 * error)


def test_floor_and_baselines(towns):
    score, error = oracle_score(towns.truth)
    assert score == pytest.approx(322, abs=4 * error + 0.5)
    x, y = towns.x[..., 0].astype(float), towns.y
    assert rmse(y, towns.truth["expected"]) == pytest.approx(score, rel=0.03)
    assert rmse(y, y.mean(0)) == pytest.approx(718, rel=0.03)
    assert rmse(y, x[:, -7:].mean(1, keepdims=True)) == pytest.approx(1327, rel=0.03)
    powers = np.vander(np.arange(42.0) - 28, 3)
    parabola = np.linalg.lstsq(powers[:28], x.T, rcond=None)[0]
    assert rmse(y, (powers[28:] @ parabola).T) == pytest.approx(2950, rel=0.04)


# --- the options ------------------------------------------------------------------------------------------------------


def test_a_step_down_in_beta():
    towns, plain = epidemic.load(500, change=True), epidemic.load(500)
    before, after = towns.truth["beta"][:, 0], towns.truth["beta"][:, -1]
    np.testing.assert_array_equal(before, plain.truth["beta"][:, 0])
    np.testing.assert_array_equal(towns.truth["rho"], plain.truth["rho"])
    assert 0.3 <= (after / before).min() < (after / before).max() <= 0.7
    day = (np.diff(towns.truth["beta"]) != 0).argmax(1) + 1
    assert (day.min(), day.max()) == (7, 20)
    assert ((np.diff(towns.truth["beta"]) != 0).sum(1) == 1).all()
    assert towns.y.sum() < 0.5 * plain.y.sum()


def test_an_incubation_slows_the_outbreak():
    towns, plain = epidemic.load(500, incubation=3), epidemic.load(500)
    assert not plain.truth["E"].any()
    assert (towns.truth["E"][:, 1:] > 0).all()
    assert towns.x.sum() < 0.6 * plain.x.sum()


@pytest.mark.parametrize("incubation", [-1, 0.1, 31, float("nan")])
def test_such_an_incubation_is_refused(incubation):
    with pytest.raises(ValueError, match=r"from 0.5 to 30 days.*incubation=3"):
        epidemic.load(10, incubation=incubation)


@pytest.mark.parametrize("arguments", [{"incubation": "3"}, {"incubation": True}, {"change": 1}])
def test_options_of_another_kind(arguments):
    with pytest.raises(TypeError, match="must be"):
        epidemic.load(10, **arguments)


# --- an outbreak that happened ----------------------------------------------------------------------------------------


def test_influenza_in_a_boarding_school():
    """β, γ and I(0) by Gauss and Newton with Marquardt's damping, in their logarithms."""
    if not REAL.exists():
        pytest.skip("the boarding school of 1978 is not beside this checkout")
    in_bed = np.loadtxt(REAL, delimiter=",", skiprows=1, usecols=1)

    def residual(p):
        beta, gamma, first = np.exp(p)
        return sir(beta, gamma, len(in_bed) - 1, people=763, infected=first).I - in_bed

    p = np.log([1.5, 0.4, 3])
    r, damping = residual(p), 1e-3
    for _ in range(25):
        J = np.stack([(residual(p + 1e-5 * e) - r) / 1e-5 for e in np.eye(3)], axis=1)
        A = J.T @ J
        q = p - np.linalg.solve(A + damping * np.diag(np.diag(A)), J.T @ r)
        if (s := residual(q)) @ s < r @ r:
            p, r, damping = q, s, damping / 3
        else:
            damping *= 4
    beta, gamma, first = np.exp(p)
    assert beta == pytest.approx(1.79, abs=0.01)
    assert gamma == pytest.approx(0.456, abs=0.001)
    assert beta / gamma == pytest.approx(3.92, abs=0.01)
    assert first == pytest.approx(2.1, abs=0.1)
    assert np.sqrt(np.mean(r**2)) == pytest.approx(16.0, abs=0.05)
