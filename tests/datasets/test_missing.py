"""missing: the three mechanisms against their equations, and what each does to a mean."""

import numpy as np
import pytest

from edunet.datasets import missing
from edunet.datasets.missing import MECHANISMS, check_mechanism, hidden, hiding_probability

N = 200_000


@pytest.fixture(scope="module")
def z():
    """Two correlated standard normal scores: one that is seen, one that may be hidden."""
    rng = np.random.default_rng(3)
    seen, other = rng.standard_normal((2, N))
    return seen, (0.6 * seen + 0.8 * other)[:, None]


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("share", [0.05, 0.2, 0.6])
def test_share_of_the_cells(z, mechanism, share):
    gap = hidden(mechanism, *z, np.random.default_rng(0), share)
    assert gap.shape == (N, 1)
    assert gap.mean() == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / N) + 0.002)


def test_intercept_solves_its_equation():
    """By a sum over a fine grid instead of quadrature."""
    v = np.linspace(-9, 9, 20_001)
    density = np.exp(-(v**2) / 2) / np.sqrt(2 * np.pi)
    share = (density / (1 + np.exp(-missing.intercept(0.2) - 1.5 * v))).sum() * (v[1] - v[0])
    assert share == pytest.approx(0.2, abs=1e-5)


def test_mar_looks_at_what_is_seen_only():
    q = hiding_probability("mar", np.array([-1.0, 0, 1]), np.array([[5.0, -5], [0, 0], [1, 2]]))
    assert (np.diff(q[:, 0]) > 0).all()
    np.testing.assert_array_equal(q[:, 0], q[:, 1])


def test_mnar_looks_at_the_value_only():
    q = hiding_probability("mnar", np.array([9.0, -9]), np.array([[0.5, -1], [0.5, -1]]))
    np.testing.assert_array_equal(q[0], q[1])
    assert q[0, 0] > q[0, 1]


def test_mcar_leaves_the_mean_alone_and_the_others_lower_it(z):
    seen, own = z
    mean = {m: own[~hidden(m, seen, own, np.random.default_rng(1))].mean() for m in MECHANISMS}
    assert abs(mean["mcar"]) < 0.01
    assert mean["mar"] < -0.12
    assert mean["mnar"] < mean["mar"] - 0.05


def test_what_is_seen_repairs_mar_but_not_mnar(z):
    """A line fitted to the complete cases predicts the hidden values without bias under mar only."""
    seen, own = z
    for mechanism, bias in [("mcar", 0), ("mar", 0), ("mnar", -0.78)]:
        gap = hidden(mechanism, seen, own, np.random.default_rng(1))[:, 0]
        slope, start = np.polyfit(seen[~gap], own[~gap, 0], 1)
        assert (start + slope * seen[gap] - own[gap, 0]).mean() == pytest.approx(bias, abs=0.03)


def test_as_many_numbers_are_drawn_whatever_the_mechanism(z):
    after = set()
    for mechanism in MECHANISMS:
        rng = np.random.default_rng(5)
        hidden(mechanism, *z, rng)
        after.add(rng.random())
    assert len(after) == 1


@pytest.mark.parametrize("mechanism", ["MAR", "", 1, True])
def test_unknown_mechanism(mechanism):
    with pytest.raises(ValueError, match=r'"mcar", "mar" or "mnar"'):
        check_mechanism(mechanism)


def test_no_mechanism_hides_nothing_and_so_draws_nothing():
    check_mechanism(None)
    with pytest.raises(ValueError, match="needs a mechanism"):
        hiding_probability(None, np.zeros(2), np.zeros((2, 1)))


@pytest.mark.parametrize(("seen", "own"), [((2,), (3, 1)), ((2,), (2,)), ((2, 1), (2, 1))])
def test_shapes_that_do_not_fit(seen, own):
    with pytest.raises(ValueError, match=r"own \(n,k\) and seen \(n,\)"):
        hiding_probability("mar", np.zeros(seen), np.zeros(own))


@pytest.mark.parametrize("share", [0, 1, -0.1, float("nan")])
def test_share_that_is_none(share):
    with pytest.raises(ValueError, match=r"between 0 and 1"):
        hiding_probability("mcar", np.zeros(2), np.zeros((2, 1)), share)
