"""A worked step of an LSTM: gates, cell and gradients are those of the formula in float64."""

import numpy as np
import pytest

from edunet import layers
from edunet.show import working

RNG = np.random.default_rng(5)
X = RNG.normal(size=(2, 3, 2)).astype(np.float32)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def run(x, wx, wh, b):
    """Return i, f, c̃, o, c and h of the last step of one sequence, as the formula says."""
    h, c = np.zeros(len(wh)), np.zeros(len(wh))
    for x_t in x:
        i, f, new, o = np.split(x_t @ wx + h @ wh + b, 4)
        i, f, new, o = logistic(i), logistic(f), np.tanh(new), logistic(o)
        c = f * c + i * new
        h = o * np.tanh(c)
    return i, f, new, o, c, h


@pytest.fixture
def layer():
    layer = layers.LSTM(2)
    layer(X)
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.weights])
    return layer


def last(text, name):
    """Return the number at the end of the last line that says what name is."""
    return float([line.split(" = ")[-1] for line in text.splitlines() if line.strip().startswith(f"{name} = ")][-1])


@pytest.mark.parametrize("t", [0, 2])
def test_state_and_gradients(layer, t, agree, slope, largest):
    arrays = [X[0, : t + 1], *layer.get_weights()]

    def chosen(x, wx, wh, b):
        return run(x, wx, wh, b)[-1][1]

    page = working(layer, X, at=(0, t, 1))
    agree(page, h=chosen(*(a.astype(float) for a in arrays)))
    for i, quantity in enumerate(("dx", "dW", "dR", "db")):
        agree(page, **{quantity: largest(slope(chosen, arrays, i))})


def test_gates_and_cell(layer):
    text = working(layer, X, at=(1, 2, 0)).text
    values = run(X[1].astype(float), *layer.get_weights())
    for name, value in zip(("i", "f", "c̃", "o", "c", "h"), values, strict=True):
        np.testing.assert_allclose(last(text, f"{name}[1,2,0]"), value[0], rtol=6e-4, err_msg=name)


def test_gradients_of_the_gates(layer):
    text = working(layer, X, at=(1, 2, 0), dy=-1.5).text
    i, f, new, o, c, _ = (part[0] for part in run(X[1].astype(float), *layer.get_weights()))
    old = run(X[1, :2].astype(float), *layer.get_weights())[4][0]
    dc = -1.5 * o * (1 - np.tanh(c) ** 2)
    expected = {
        "dc[1,2,0]": dc,
        "do[1,2,0]": -1.5 * np.tanh(c) * o * (1 - o),
        "di[1,2,0]": dc * new * i * (1 - i),
        "df[1,2,0]": dc * old * f * (1 - f),
        "dc̃[1,2,0]": dc * i * (1 - new**2),
        "dc[1,1,0]": dc * f,
    }
    for name, value in expected.items():
        np.testing.assert_allclose(last(text, name), value, rtol=6e-4, err_msg=name)


def test_what_goes_back_adds_up(layer, table):
    page = working(layer, X, at=(0, 1, 1))
    for head in ("d di · W_i", "k di · R_i"):
        rows = np.array(table(page, head))
        np.testing.assert_allclose(rows[:, 1:-1].sum(axis=1), rows[:, -1], atol=1e-3)
