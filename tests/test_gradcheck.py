"""The gradient check itself: it must pass what is right and catch what is wrong."""

import numpy as np
import pytest

from edunet import check_gradients, differentiable, layers, ops

X, W = np.linspace(-1, 1, 6).reshape(2, 3), np.linspace(1, 2, 6).reshape(3, 2)


def product(factor_x=1.0, factor_w=1.0):
    @differentiable
    def op(x, w):
        return x @ w, lambda dy: (factor_x * dy @ w.T, factor_w * x.T @ dy)

    return op


def test_a_right_gradient_passes_and_returns_a_small_number():
    assert 0 <= check_gradients(product(), X, W) < 1e-8


@pytest.mark.parametrize("factor", [-1.0, 2.0, 0.0, 1.001])
def test_a_wrong_gradient_is_named_by_its_input(factor):
    with pytest.raises(ValueError, match=r"op: the gradient of input 1 \(shape \(3, 2\)\) is wrong"):
        check_gradients(product(factor_w=factor), X, W)


def test_the_ratio_is_told():
    with pytest.raises(ValueError, match=r"input 0 .*ratio -1;"):
        check_gradients(product(factor_x=-1.0), X, W)


def test_a_gradient_of_nan_does_not_pass():
    with pytest.raises(ValueError, match="input 0"):
        check_gradients(product(factor_x=np.nan), X, W)


def test_absent_inputs_and_several_outputs():
    rng = np.random.default_rng(0)
    x, wx, wh = rng.normal(size=(2, 3, 4)), rng.normal(size=(4, 8)), rng.normal(size=(2, 8))
    assert check_gradients(ops.lstm, x, wx, wh, None, None, rng.normal(size=(2, 2))) < 1e-7


def test_a_plain_function_is_explained():
    with pytest.raises(TypeError, match="Put @edunet.differentiable above"):
        check_gradients(lambda x: (x, lambda dy: dy), X)


@pytest.mark.parametrize(
    ("op", "arrays"),
    [
        (lambda x, w, b: (x @ w + b, lambda dy: (dy @ w.T, x.T @ dy, dy)), [X, W, np.ones(2)]),
        (lambda x, s: (x * s, lambda dy: (dy * s, dy * x)), [X, np.array(2.0)]),
        (lambda x: (x.sum(1), lambda dy: dy[:, None]), [X]),
        (lambda x: (x.mean(), lambda dy: dy / x.size), [X]),
    ],
    ids=["bias not summed", "scalar not summed", "sum not repeated", "mean not repeated"],
)
def test_a_gradient_of_the_wrong_shape_is_caught(op, arrays):
    op.__name__ = "op"
    with pytest.raises(ValueError, match="backward returned a gradient of shape"):
        check_gradients(differentiable(op), *arrays)


def test_a_layer_is_judged_in_float64():
    layer = layers.Dense(3)
    layer.build((None, 3))
    assert check_gradients(layer, X) < 1e-7


@pytest.mark.parametrize("size", [1e-3, 1.0, 1e6, 1e11, 1e20])
def test_wrong_and_right_gradients_are_told_apart_at_any_size(size):
    x = np.array([1.0, 2.0, 3.0]) * size
    assert check_gradients(differentiable(lambda x: (x * x, lambda dy: 2 * x * dy)), x) < 1e-6
    with pytest.raises(ValueError, match="is wrong"):
        check_gradients(differentiable(lambda x: (x * x, lambda dy: -7 * x * dy)), x)


def test_outputs_are_weighed_at_random():
    # the sum of all outputs of a softmax is 1 whatever the scores: equal weights could not see this fault
    wrong = differentiable(lambda z: (np.exp(z) / np.exp(z).sum(), lambda dy: 0 * dy))
    with pytest.raises(ValueError, match="is wrong"):
        check_gradients(wrong, np.array([0.1, 0.5, -0.3]))


def test_a_change_that_drowns_in_a_constant_cannot_be_judged():
    with pytest.raises(ValueError, match="cannot be judged"):
        check_gradients(differentiable(lambda x: (1e12 + x, lambda dy: -dy)), np.array([1.0, 2.0]))


def test_a_step_that_rounding_swallows_is_refused():
    with pytest.raises(ValueError, match="is lost in rounding"):
        check_gradients(ops.tanh, X, step=1e-18)


def test_a_flat_function_with_gradient_zero_is_right():
    assert check_gradients(ops.relu, -np.ones(3)) == 0
