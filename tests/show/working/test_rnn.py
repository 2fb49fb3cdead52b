"""A worked step of SimpleRNN; and what GRU and LSTM share with it: rows of a step, the way back through time."""

import numpy as np
import pytest

from edunet import layers
from edunet.show import working

RNG = np.random.default_rng(3)
X = RNG.normal(size=(2, 4, 3)).astype(np.float32)
CURVES = {
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "sigmoid": lambda a: 1 / (1 + np.exp(-a)),
    "linear": lambda a: a,
}


def states(x, wx, wh, b, f):
    """Return the states (T,U) of one sequence, as the formula says."""
    h, found = np.zeros(len(wh)), []
    for x_t in x:
        h = f(x_t @ wx + h @ wh + b)
        found.append(h)
    return np.array(found)


def trained(layer):
    layer(X)
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.weights])
    return layer


@pytest.mark.parametrize("t", [0, 2])
@pytest.mark.parametrize("name", CURVES)
def test_state_and_gradients(name, t, agree, slope, largest):
    layer = trained(layers.SimpleRNN(2, activation=name))
    if name == "relu":
        layer.bias.data[:] = 2  # no unit is off
    arrays = [X[1], *layer.get_weights()]

    def chosen(x, wx, wh, b):
        return states(x, wx, wh, b, CURVES[name])[t, 1]

    page = working(layer, X, at=(1, t, 1))
    agree(page, h=chosen(*(a.astype(float) for a in arrays)))
    for i, quantity in enumerate(("dx", "dW_x", "dW_h", "db")):
        agree(page, **{quantity: largest(slope(chosen, arrays, i))})


def test_rows_are_the_input_and_then_the_state_before(table):
    layer = trained(layers.SimpleRNN(2))
    wx, wh, b = layer.get_weights()
    before = states(X[0], wx, wh, b, np.tanh)[1]
    values = np.concatenate([X[0, 2], before])
    weights = np.concatenate([wx[:, 0], wh[:, 0]])
    rows = table(working(layer, X, at=(0, 2, 0)), "value weight product")
    np.testing.assert_allclose(np.array(rows[:5]), np.stack([values, weights, values * weights], axis=1), rtol=6e-4)
    np.testing.assert_allclose(rows[-1][-1], values @ weights + b[0], rtol=6e-4)


def test_what_one_step_sends_back(table):
    layer = trained(layers.SimpleRNN(2, activation="linear"))
    wx, wh, _ = layer.get_weights()
    page = working(layer, X, at=(0, 3, 1), dy=2.0)
    np.testing.assert_allclose(np.array(table(page, "d dx[0,3,d]"))[:, 1], 2 * wx[:, 1], rtol=6e-4)
    np.testing.assert_allclose(np.array(table(page, "k dh[0,2,k]"))[:, 1], 2 * wh[:, 1], rtol=6e-4)


def test_the_way_back_reaches_the_first_step(table):
    layer = trained(layers.SimpleRNN(1, activation="linear", recurrent_initializer="ones"))
    wx, wh, _ = layer.get_weights()
    rows = table(working(layer, X, at=(0, 3, 0)), "step t")
    powers = np.abs(wh[0, 0]) ** np.arange(4.0)
    expected = np.stack([[3, 2, 1, 0], powers, powers * np.abs(wx).sum()], axis=1)
    np.testing.assert_allclose(rows, expected, rtol=6e-4)


@pytest.mark.parametrize("kind", [layers.SimpleRNN, layers.GRU, layers.LSTM])
def test_the_default_is_the_last_step_and_the_layer_stays_as_it_was(kind):
    layer = kind(3)
    page = working(layer, X)
    assert f"at=(0, 3, {int(np.argmax(np.abs(layer(X).numpy()[0])))})" in page.text
    assert layer(X).shape == (2, 3)
    assert len(layer.weights) == 3


@pytest.mark.parametrize("kind", [layers.SimpleRNN, layers.GRU, layers.LSTM])
def test_the_first_step_has_a_state_of_zeros_before_it(kind):
    page = working(kind(2, use_bias=False), X, at=(0, 0, 1))
    assert "This is the first step: the state before it is 0." in page.text
    assert "h_start[0,k]" in page.text
    assert "b[" not in page.text
    assert "b_" not in page.text


@pytest.mark.parametrize("options", [{"go_backwards": True}, {"activation": "elu"}])
def test_layers_that_do_not_follow_the_formula_are_refused(options):
    with pytest.raises(ValueError, match="goes backwards, or has other activations"):
        working(trained(layers.SimpleRNN(2, **options)), X)
