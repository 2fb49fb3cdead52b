"""Activations: values, gradients, and no overflow anywhere."""

import math

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops import activations

X = np.random.default_rng(0).normal(size=(4, 5)) * 2
DEFINITIONS = {
    "linear": lambda v: v,
    "relu": lambda v: max(v, 0),
    "leaky_relu": lambda v: v if v > 0 else 0.2 * v,
    "elu": lambda v: v if v > 0 else math.exp(v) - 1,
    "gelu": lambda v: v * 0.5 * (1 + math.erf(v / math.sqrt(2))),
    "sigmoid": lambda v: 1 / (1 + math.exp(-v)),
    "tanh": math.tanh,
    "softplus": lambda v: math.log(1 + math.exp(v)),
    "relu6": lambda v: min(max(v, 0), 6),
    "selu": lambda v: 1.0507009873554805 * (v if v > 0 else 1.6732632423543772 * (math.exp(v) - 1)),
    "hard_sigmoid": lambda v: min(max(v / 6 + 0.5, 0), 1),
    "silu": lambda v: v / (1 + math.exp(-v)),
    "hard_silu": lambda v: v * min(max(v / 6 + 0.5, 0), 1),
    "mish": lambda v: v * math.tanh(math.log(1 + math.exp(v))),
    "softsign": lambda v: v / (1 + abs(v)),
    "exponential": math.exp,
}
EVERY = sorted(set(activations.__all__) - {"prelu"})


@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_values(name):
    expected = np.vectorize(DEFINITIONS[name], otypes=[float])(X)
    np.testing.assert_allclose(getattr(activations, name)(X), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", EVERY)
def test_gradients(name):
    assert check_gradients(getattr(activations, name), X) < 1e-7


@pytest.mark.parametrize("name", sorted(set(EVERY) - {"exponential"}))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_scores_neither_overflow_nor_warn_and_keep_their_precision(name, dtype):
    x = np.array([[-1e4, -100.0, 0.0, 100.0, 1e4]], dtype)
    y, back = getattr(activations, name).__wrapped__(x)
    dx = back(np.ones_like(y))
    assert np.isfinite(y).all()
    assert np.isfinite(dx).all()
    assert (y.dtype, dx.dtype) == (dtype, dtype)


def test_softmax_rows_sum_to_one_along_any_axis():
    for axis in (0, 1, -1):
        np.testing.assert_allclose(activations.softmax(X, axis=axis).sum(axis=axis), 1, rtol=1e-12)
    assert check_gradients(activations.softmax, X, axis=0) < 1e-7


def test_softmax_does_not_change_when_all_scores_rise():
    np.testing.assert_allclose(activations.softmax(X + 1000), activations.softmax(X), rtol=1e-9)


def test_log_softmax_is_finite_where_softmax_is_zero():
    np.testing.assert_allclose(activations.log_softmax(np.array([[0.0, 2000.0]])), [[-2000, 0]])


def test_relu_has_no_slope_at_zero():
    assert activations.relu.__wrapped__(np.zeros(1))[1](np.ones(1)) == 0


def test_gelu_approximation_is_close_and_has_its_own_gradient():
    np.testing.assert_allclose(activations.gelu(X, approximate=True), activations.gelu(X), atol=5e-4)
    assert check_gradients(activations.gelu, X, approximate=True) < 1e-7


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"max_value": 2.0}, [0, 0, 0, 1, 2, 2]),
        ({"negative_slope": 0.5}, [-1, -0.5, 0, 1, 2, 5]),
        ({"threshold": 1.5}, [0, 0, 0, 0, 2, 5]),
        ({"threshold": 1.0, "negative_slope": 0.5, "max_value": 4.0}, [-1.5, -1, -0.5, 1, 2, 4]),
    ],
)
def test_relu_with_options(options, expected):
    np.testing.assert_allclose(activations.relu(np.array([-2.0, -1, 0, 1, 2, 5]), **options), expected)
    assert check_gradients(activations.relu, X, **options) < 1e-7
    y, back = activations.relu.__wrapped__(X.astype(np.float32), **options)
    assert y.dtype == back(y).dtype == np.float32


@pytest.mark.parametrize("shape", [(5,), (1, 5), (4, 5), (1,)])
def test_prelu_learns_its_slopes(shape):
    alpha = np.random.default_rng(1).random(shape)
    np.testing.assert_allclose(activations.prelu(X, alpha), np.where(X > 0, X, alpha * X))
    assert check_gradients(activations.prelu, X, alpha) < 1e-7


def test_selu_keeps_mean_and_variance():
    y = activations.selu(np.random.default_rng(0).normal(size=200_000))
    np.testing.assert_allclose([y.mean(), y.var()], [0, 1], atol=0.01)
