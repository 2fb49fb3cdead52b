"""Losses of numbers: values from the definition, gradients, precision."""

import math

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops import distance

rng = np.random.default_rng(0)
Y, T = rng.normal(size=(4, 3)) * 2, rng.normal(size=(4, 3))
SIGNS = np.sign(T)

DEFINITIONS = {
    "squared_error": lambda y, t: (y - t) ** 2,
    "absolute_error": lambda y, t: abs(y - t),
    "huber": lambda y, t: 0.5 * (y - t) ** 2 if abs(y - t) <= 1 else abs(y - t) - 0.5,
    "log_cosh": lambda y, t: math.log(math.cosh(y - t)),
    "percentage_error": lambda y, t: 100 * abs(y - t) / abs(t),
    "pinball": lambda y, t: 0.5 * abs(y - t),
}
OF_AMOUNTS = {
    "squared_log_error": lambda y, t: (math.log(1 + y) - math.log(1 + t)) ** 2,
    "poisson": lambda y, t: y - t * math.log(y + 1e-7),
}
EVERY = sorted(distance.__all__)


@pytest.mark.parametrize("name", [*DEFINITIONS, *OF_AMOUNTS])
def test_values(name):
    y, t = (Y, T) if name in DEFINITIONS else (abs(Y), abs(T))
    expected = np.vectorize({**DEFINITIONS, **OF_AMOUNTS}[name])(y, t)
    np.testing.assert_allclose(getattr(distance, name)(y, target=t), expected, rtol=1e-9)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_and_precision(name, dtype):
    op, y, t = getattr(distance, name), abs(Y), SIGNS if name == "hinge" else abs(T)
    assert check_gradients(op, y, target=t) < 1e-6
    value, back = op.__wrapped__(y.astype(dtype), target=t)
    assert (value.dtype, back(np.ones_like(value)).dtype) == (dtype, dtype)


@pytest.mark.parametrize("options", [{"delta": 0.7}, {"delta": 2.0}])
def test_gradient_of_huber(options):
    assert check_gradients(distance.huber, Y, target=T, **options) < 1e-7


@pytest.mark.parametrize("quantile", [0.0, 0.1, 0.9, 1.0])
def test_pinball_charges_both_sides_differently(quantile):
    expected = np.maximum(quantile * (T - Y), (quantile - 1) * (T - Y))
    np.testing.assert_allclose(distance.pinball(Y, target=T, quantile=quantile), expected)
    assert check_gradients(distance.pinball, Y, target=T, quantile=quantile) < 1e-7


def test_pinball_is_smallest_at_the_quantile():
    t = np.arange(1.0, 101)
    costs = [distance.pinball(np.full(100, y), target=t, quantile=0.9).sum() for y in t]
    assert t[np.argmin(costs)] in (90, 91)


def test_hinge():
    y = np.array([2.0, 0.5, -1.0])
    np.testing.assert_allclose(distance.hinge(y, target=np.array([1, 1, 1])), [0, 0.5, 2])
    np.testing.assert_allclose(distance.hinge(y, target=np.array([-1, -1, -1])), [3, 1.5, 0])


@pytest.mark.parametrize("axis", [0, -1])
def test_cosine_similarity(axis):
    expected = -(Y * T).sum(axis=axis) / np.linalg.norm(Y, axis=axis) / np.linalg.norm(T, axis=axis)
    np.testing.assert_allclose(distance.cosine_similarity(Y, target=T, axis=axis), expected)
    assert check_gradients(distance.cosine_similarity, Y, target=T, axis=axis) < 1e-7


def test_log_cosh_does_not_overflow():
    np.testing.assert_allclose(distance.log_cosh(np.array([-1e4, 1e4]), target=np.zeros(2)), 1e4 - math.log(2))


def test_below_nothing_a_logarithm_has_no_slope():
    value, back = distance.squared_log_error.__wrapped__(np.array([-3.0]), target=np.array([1.0]))
    np.testing.assert_allclose(value, math.log(2) ** 2, rtol=1e-6)
    assert back(np.ones(1)) == 0


@pytest.mark.parametrize("name", EVERY)
def test_a_target_of_another_shape_is_refused(name):
    with pytest.raises(ValueError, match=rf"{name}: expected a target of shape \(4, 3\).*Received \(4,\)"):
        getattr(distance, name)(Y, target=T[:, 0])
