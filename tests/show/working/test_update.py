"""A worked step of an optimizer: the new weight is that of the formula, and nothing that exists is changed."""

import numpy as np
import pytest

from edunet import optimizers
from edunet.show import working
from edunet.tensor import Tensor

RNG = np.random.default_rng(8)
W, DW, M = (RNG.normal(size=(2, 3)) for _ in range(3))
V = RNG.uniform(0.1, 1, size=(2, 3))
AT = (1, 2)


def adam(w, dw, m, v, t, rate=0.001, b1=0.9, b2=0.999, epsilon=1e-7):
    m, v = b1 * m + (1 - b1) * dw, b2 * v + (1 - b2) * dw**2
    return w - rate * np.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(v) + epsilon), m, v


def said(page, answers, name):
    return answers(page)[f"new {name}[1,2]"][1]


def test_the_first_step_of_adam(answers):
    page = working(optimizers.Adam(), W, DW, at=AT)
    w, m, v = adam(W[AT], DW[AT], 0, 0, 1)
    np.testing.assert_allclose([said(page, answers, name) for name in "wmv"], [w, m, v], rtol=6e-4)
    assert "This is step t = 1." in page.text


def test_a_later_step_with_running_values_given(answers):
    optimizer = optimizers.Adam(0.01, beta_1=0.8)
    optimizer.iterations = 4
    page = working(optimizer, W, DW, M, V, at=AT)
    expected = adam(W[AT], DW[AT], M[AT], V[AT], 5, rate=0.01, b1=0.8)
    np.testing.assert_allclose([said(page, answers, name) for name in "wmv"], expected, rtol=6e-4)
    assert "This is step t = 5." in page.text


def test_an_optimizer_that_has_worked_already_goes_on_from_there(answers):
    optimizer, weight = optimizers.Adam(0.1), Tensor(W.copy())
    optimizer.apply([DW], [weight])
    held, before = [a.copy() for a in optimizer.state[weight]], weight.data.copy()
    page = working(optimizer, weight, M, at=AT)
    expected = adam(before[AT], M[AT], held[0][AT], held[1][AT], 2, rate=0.1)
    np.testing.assert_allclose([said(page, answers, name) for name in "wmv"], expected, rtol=6e-4)
    assert optimizer.iterations == 1
    np.testing.assert_array_equal(weight.data, before)
    np.testing.assert_array_equal(optimizer.state[weight], held)


@pytest.mark.parametrize(
    ("optimizer", "step"),
    [
        (optimizers.SGD(0.1), lambda w, g, m, v: w - 0.1 * g),
        (optimizers.SGD(0.1, momentum=0.5), lambda w, g, m, v: w + 0.5 * m - 0.1 * g),
        (
            optimizers.SGD(0.1, momentum=0.5, nesterov=True),
            lambda w, g, m, v: w + 0.5 * (0.5 * m - 0.1 * g) - 0.1 * g,
        ),
        (optimizers.RMSprop(0.1), lambda w, g, m, v: w - 0.1 * g / np.sqrt(0.9 * v + 0.1 * g**2 + 1e-7)),
        (
            optimizers.RMSprop(0.1, momentum=0.5),
            lambda w, g, m, v: w - 0.5 * m - 0.1 * g / np.sqrt(0.9 * v + 0.1 * g**2 + 1e-7),
        ),
        (
            optimizers.AdamW(0.1, weight_decay=0.2),
            lambda w, g, m, v: adam(w * (1 - 0.1 * 0.2), g, m, v, 1, rate=0.1)[0],
        ),
    ],
)
def test_other_optimizers(optimizer, step, answers):
    running = {"m": M, "v": V}
    page = working(optimizer, W, DW, *(running[slot] for slot in optimizer.slots), at=AT)
    np.testing.assert_allclose(said(page, answers, "w"), step(W[AT], DW[AT], M[AT], V[AT]), rtol=6e-4)


def test_the_default_is_the_gradient_furthest_from_0():
    place = tuple(int(i) for i in np.unravel_index(np.argmax(np.abs(DW)), DW.shape))
    assert f"at={place} has the gradient furthest from 0" in working(optimizers.Adam(), W, DW).text


def test_a_gradient_of_another_shape():
    with pytest.raises(ValueError, match=r"w has shape \(2, 3\), so dw must have it too. Received \(3, 2\)"):
        working(optimizers.Adam(), W, DW.T)


@pytest.mark.parametrize("optimizer", [optimizers.Adam(amsgrad=True), optimizers.SGD(clipnorm=1.0)])
def test_an_option_that_is_not_written_out_is_refused(optimizer):
    with pytest.raises(ValueError, match="is written out in its plain form. Make it without (amsgrad|clipnorm)"):
        working(optimizer, W, DW)
