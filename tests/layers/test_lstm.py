import numpy as np

from edunet.layers import LSTM

X = np.random.default_rng(0).normal(size=(3, 5, 4)).astype(np.float32)
U = 6


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def test_the_formula_step_by_step():
    layer = LSTM(U, bias_initializer="random_normal")
    y = layer(X).numpy()
    w, u, b = layer.get_weights()
    h = c = np.zeros((3, U), np.float32)
    for t in range(5):
        i, f, new, o = np.split(X[:, t] @ w + h @ u + b, 4, axis=1)  # gate order i, f, c, o
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(new)
        h = sigmoid(o) * np.tanh(c)
    np.testing.assert_allclose(y, h, atol=1e-6)


def test_weights_have_the_shapes_and_order_of_keras():
    layer = LSTM(U)
    layer(X)
    assert [w.shape for w in layer.weights] == [(4, 24), (6, 24), (24,)]


def test_the_forget_gate_starts_open():
    layer = LSTM(U)
    layer(X)
    np.testing.assert_array_equal(layer.bias.data.reshape(4, U)[:, 0], [0, 1, 0, 0])


def test_the_forget_gate_may_start_undecided():
    layer = LSTM(U, unit_forget_bias=False)
    layer(X)
    assert not layer.bias.data.any()
