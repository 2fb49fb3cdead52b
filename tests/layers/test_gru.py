import numpy as np
import pytest

from edunet.layers import GRU

X = np.random.default_rng(0).normal(size=(3, 5, 4)).astype(np.float32)
U = 6


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


@pytest.mark.parametrize("reset_after", [True, False])
def test_the_formula_step_by_step(reset_after):
    layer = GRU(U, reset_after=reset_after, bias_initializer="random_normal")
    y = layer(X).numpy()
    w, u, bias = layer.get_weights()
    b, c = bias if reset_after else (bias, np.zeros_like(bias))
    h = np.zeros((3, U), np.float32)
    for t in range(5):
        a, s = X[:, t] @ w + b, h @ u + c
        z, r = sigmoid(a[:, :U] + s[:, :U]), sigmoid(a[:, U : 2 * U] + s[:, U : 2 * U])  # gate order z, r, h
        inner = r * s[:, 2 * U :] if reset_after else (r * h) @ u[:, 2 * U :]
        h = z * h + (1 - z) * np.tanh(a[:, 2 * U :] + inner)
    np.testing.assert_allclose(y, h, atol=1e-6)


@pytest.mark.parametrize(("reset_after", "bias"), [(True, (2, 18)), (False, (18,))])
def test_weights_have_the_shapes_and_order_of_keras(reset_after, bias):
    layer = GRU(U, reset_after=reset_after)
    layer(X)
    assert [w.shape for w in layer.weights] == [(4, 18), (6, 18), bias]


def test_reset_after_is_the_default():
    assert GRU(U).reset_after
