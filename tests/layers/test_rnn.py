import numpy as np
import pytest

from edunet import ops
from edunet.layers import GRU, LSTM, SimpleRNN

X = np.random.default_rng(0).normal(size=(3, 5, 4)).astype(np.float32)
MASK = np.arange(5) < np.array([[5], [2], [3]])
ALL = pytest.mark.parametrize("kind", [SimpleRNN, GRU, LSTM])


def test_the_formula_step_by_step():
    layer = SimpleRNN(6)
    y = layer(X).numpy()
    kernel, recurrent, bias = layer.get_weights()
    h = np.zeros((3, 6), np.float32)
    for t in range(5):
        h = np.tanh(X[:, t] @ kernel + h @ recurrent + bias)
    np.testing.assert_allclose(y, h, atol=1e-6)


def test_weights_have_the_shapes_and_order_of_keras():
    layer = SimpleRNN(6)
    layer(X)
    names = ("kernel", (4, 6)), ("recurrent_kernel", (6, 6)), ("bias", (6,))
    assert [(w.name, w.shape) for w in layer.weights] == list(names)


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "linear"])
def test_other_activations(activation):
    assert SimpleRNN(6, activation=activation)(X).shape == (3, 6)


@ALL
def test_the_last_state_or_all_of_them(kind):
    layer = kind(6, return_sequences=True)
    every = layer(X).numpy()
    layer.return_sequences = False
    assert every.shape == (3, 5, 6)
    np.testing.assert_array_equal(every[:, -1], layer(X).numpy())


@ALL
def test_masked_steps_are_skipped(kind):
    layer = kind(6)
    np.testing.assert_allclose(layer(X, mask=MASK)[1:2].numpy(), layer(X[1:2, :2]).numpy(), atol=1e-6)


@ALL
def test_without_bias(kind):
    layer = kind(6, use_bias=False)
    layer(X)
    assert [w.name for w in layer.weights] == ["kernel", "recurrent_kernel"]


@ALL
def test_recurrent_weights_start_orthogonal(kind):
    layer = kind(6)
    layer(X)
    w = layer.recurrent_kernel.data
    np.testing.assert_allclose(w @ w.T, np.eye(6), atol=1e-5)


@ALL
def test_every_weight_gets_a_gradient(kind):
    layer = kind(6)
    layer(X).sum().backward()
    assert all(w.grad.any() for w in layer.weights)


@ALL
def test_a_table_is_refused_with_the_remedy(kind):
    with pytest.raises(ValueError, match=r"patients, time steps, measurements.*x\[..., None\]"):
        kind(6)(X[..., 0])


@ALL
def test_units_are_a_whole_number(kind):
    with pytest.raises(ValueError, match=f"{kind.__name__}: units is a whole number >= 1"):
        kind(0)


@ALL
def test_a_mask_of_numbers_is_refused(kind):
    with pytest.raises(TypeError, match=r"mask.astype\(bool\)"):
        kind(6)(X, mask=MASK.astype(int))


def test_an_activation_that_the_formula_does_not_know_goes_step_by_step():
    layer = SimpleRNN(6, activation="elu")
    y = layer(X).numpy()
    kernel, recurrent, bias = layer.get_weights()
    h = np.zeros((3, 6), np.float32)
    for t in range(5):
        h = ops.elu(X[:, t] @ kernel + h @ recurrent + bias)
    np.testing.assert_allclose(y, h, atol=1e-6)
