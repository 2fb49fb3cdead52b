"""A worked output of Dense: its numbers are those of NumPy in float64."""

import math

import numpy as np
import pytest

from edunet import layers
from edunet.show import working
from edunet.show.working import activation

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 4)).astype(np.float32)

# f and f' as the mathematics defines them
CURVES = {
    None: (lambda z: z, lambda z: 1),
    "relu": (lambda z: max(z, 0), lambda z: z > 0),
    "leaky_relu": (lambda z: z if z > 0 else 0.2 * z, lambda z: 1 if z > 0 else 0.2),
    "elu": (lambda z: z if z > 0 else math.exp(z) - 1, lambda z: 1 if z > 0 else math.exp(z)),
    "sigmoid": (lambda z: 1 / (1 + math.exp(-z)), lambda z: math.exp(-z) / (1 + math.exp(-z)) ** 2),
    "tanh": (math.tanh, lambda z: 1 / math.cosh(z) ** 2),
    "softplus": (lambda z: math.log(1 + math.exp(z)), lambda z: 1 / (1 + math.exp(-z))),
    "gelu": (
        lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
        lambda z: (1 + math.erf(z / math.sqrt(2))) / 2 + z * math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
    ),
}


def made(activation=None, **options):
    layer = layers.Dense(3, activation=activation, **options)
    layer(X)
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.weights])
    w, *b = (a.astype(float) for a in layer.get_weights())
    return layer, w, b[0] if b else np.zeros(3)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("name", CURVES)
def test_every_activation(name, sign, agree):
    layer, w, b = made(name)
    x = X * sign
    z = float(x[1].astype(float) @ w[:, 2] + b[2])
    f, slope = CURVES[name]
    page = working(layer, x, at=(1, 2), dy=-2.0)
    dz = -2 * slope(z)
    largest = x[1][np.argmax(np.abs(x[1]))], w[np.argmax(np.abs(w[:, 2])), 2]
    agree(page, y=f(z), db=dz, dw=dz * largest[0], dx=dz * largest[1])


def test_all_activations_of_the_library_are_known():
    assert set(CURVES) - {None} | {"linear"} == set(activation.CURVES)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_a_row_activation_sends_gradients_to_every_score(name, agree, table):
    layer, w, b = made(name)
    z = X[0].astype(float) @ w + b
    p = np.exp(z) / np.exp(z).sum()
    page = working(layer, X, at=(0, 1))
    onehot = np.arange(3) == 1
    dz = p[1] * (onehot - p) if name == "softmax" else onehot - p
    agree(page, y=p[1] if name == "softmax" else math.log(p[1]), db=dz[1])
    np.testing.assert_allclose(np.array(table(page, "k p[0,k] dz[0,k]"))[:, 1:], np.stack([p, dz], axis=1), rtol=6e-4)


def test_products_add_up_to_what_stands_below_them(table):
    layer, w, b = made()
    rows = table(working(layer, X, at=(0, 2)), "d x[0,d] w[d,2] product")
    np.testing.assert_allclose(np.array(rows[:4])[:, 1], X[0], rtol=6e-4)
    np.testing.assert_allclose(np.array(rows[:4])[:, 3], X[0] * w[:, 2], rtol=6e-4)
    np.testing.assert_allclose([row[-1] for row in rows[4:]], [X[0] @ w[:, 2], b[2], X[0] @ w[:, 2] + b[2]], rtol=6e-4)


def test_a_long_sum_says_what_it_leaves_out(table):
    x = RNG.normal(size=(1, 100))
    layer = layers.Dense(1)
    page = working(layer, x)
    rows = table(page, "d x[0,d] w[d,0] product")
    assert "… 92 more rows, not printed; their sum" in page.text
    products = x[0] * layer.get_weights()[0][:, 0]
    assert [row[0] for row in rows if len(row) == 4] == [0, 1, 2, 3, 4, 5, 98, 99]
    np.testing.assert_allclose(rows[6][-1], products[6:98].sum(), rtol=1e-3)


def test_without_bias_nothing_is_said_of_one():
    layer, _, _ = made(use_bias=False)
    assert "b[" not in working(layer, X).text


def test_the_same_weights_at_every_place_of_a_sequence(agree):
    x = RNG.normal(size=(2, 5, 4))
    layer, w, b = made()
    agree(working(layer, x, at=(1, 3, 0)), y=x[1, 3] @ w[:, 0] + b[0])


def test_relu_that_stops_the_gradient_says_so():
    layer, w, b = made("relu")
    layer.set_weights([np.zeros_like(w), np.full_like(b, -1)])
    assert "relu has stopped the gradient" in working(layer, X).text


def test_the_place_chosen_for_you_is_the_largest_output():
    layer, _, _ = made()
    u = int(np.argmax(np.abs(layer(X).numpy()[0])))
    assert f"No place was given: at=(0, {u})" in working(layer, X).text


def test_places_may_be_counted_from_the_end():
    layer, _, _ = made()
    assert working(layer, X, at=(-1, -1)).text == working(layer, X, at=(1, 2)).text


def test_double_precision_is_compared_in_double_precision():
    page = working(layers.Dense(2, dtype="float64"), RNG.normal(size=(1, 3)))
    assert float(page.text.split("differ by ")[1].split()[0]) < 1e-14 if "differ by" in page.text else True


def test_an_activation_of_your_own_is_refused_with_a_way_out():
    with pytest.raises(ValueError, match="activation among linear, relu.*Leave it out, activation=None"):
        working(layers.Dense(1, activation=lambda z: z * z), X)
