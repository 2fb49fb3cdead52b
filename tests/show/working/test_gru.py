"""A worked step of a GRU: gates and gradients are those of the formula in float64."""

import numpy as np
import pytest

from edunet import layers
from edunet.show import working

RNG = np.random.default_rng(4)
X = RNG.normal(size=(2, 3, 2)).astype(np.float32)


def logistic(a):
    return 1 / (1 + np.exp(-a))


def run(x, wx, wh, b, *, reset_after):
    """Return z, r, ĥ and h of the last step of one sequence, as the formula says."""
    U = len(wh)
    Wz, Wr, Wh, Rz, Rr, Rh = *np.split(wx, 3, axis=1), *np.split(wh, 3, axis=1)
    b, c = b if reset_after else (b, np.zeros(3 * U))
    (bz, br, bh), (cz, cr, ch) = np.split(b, 3), np.split(c, 3)
    h = np.zeros(U)
    for x_t in x:
        z, r = logistic(x_t @ Wz + bz + h @ Rz + cz), logistic(x_t @ Wr + br + h @ Rr + cr)
        new = np.tanh(x_t @ Wh + bh + (r * (h @ Rh + ch) if reset_after else (r * h) @ Rh))
        h = z * h + (1 - z) * new
    return z, r, new, h


@pytest.fixture(params=[True, False], ids=["reset_after", "reset_before"])
def layer(request):
    layer = layers.GRU(2, reset_after=request.param)
    layer(X)
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.weights])
    return layer


@pytest.mark.parametrize("t", [0, 2])
def test_state_and_gradients(layer, t, agree, slope, largest):
    arrays = [X[0, : t + 1], *layer.get_weights()]

    def chosen(x, wx, wh, b):
        return run(x, wx, wh, b, reset_after=layer.reset_after)[3][1]

    page = working(layer, X, at=(0, t, 1))
    agree(page, h=chosen(*(a.astype(float) for a in arrays)))
    for i, quantity in enumerate(("dx", "dW", "dR", "db")):
        agree(page, **{quantity: largest(slope(chosen, arrays, i))})


def test_gates(layer):
    z, r, new, h = (float(part[0]) for part in run(X[1], *layer.get_weights(), reset_after=layer.reset_after))
    text = working(layer, X, at=(1, 2, 0)).text
    for name, value in (("z", z), ("r", r), ("ĥ", new), ("h", h)):
        said = [line.split(" = ")[-1] for line in text.splitlines() if line.strip().startswith(f"{name}[1,2,0] = ")]
        np.testing.assert_allclose(float(said[-1]), value, rtol=6e-4, err_msg=name)


def test_gradients_of_the_gates(layer):
    text = working(layer, X, at=(1, 2, 0), dy=0.5).text
    before = run(X[1, :2], *layer.get_weights(), reset_after=layer.reset_after)[3]
    z, r, new, _ = run(X[1], *layer.get_weights(), reset_after=layer.reset_after)
    dz = 0.5 * (before - new) * z * (1 - z)
    dnew = 0.5 * (1 - z) * (1 - new**2)
    Rh = layer.get_weights()[1][:, 4:]
    if layer.reset_after:
        dr = dnew * (before @ Rh + layer.get_weights()[2][1, 4:]) * r * (1 - r)
    else:
        dr = Rh[:, 0] * dnew[0] * before * r * (1 - r)  # only unit 0 has a gradient
    for name, value in (("dz", dz), ("dĥ", dnew), ("dr", dr)):
        said = [line.split(" = ")[-1] for line in text.splitlines() if line.strip().startswith(f"{name}[1,2,0] = ")]
        np.testing.assert_allclose(float(said[-1]), value[0], rtol=6e-4, err_msg=name)


def test_what_goes_back_adds_up(layer, table):
    page = working(layer, X, at=(0, 1, 1))
    for head in ("d dz · W_z", "k dh · z"):
        rows = np.array(table(page, head))
        np.testing.assert_allclose(rows[:, 1:-1].sum(axis=1), rows[:, -1], atol=1e-3)
