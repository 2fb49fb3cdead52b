import numpy as np
import pytest

from edunet import activations, layers

X = np.array([[-2.0, -0.5, 0.0, 3.0]], np.float32)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.ReLU(), [0, 0, 0, 3]),
        (layers.LeakyReLU(), [-0.6, -0.15, 0, 3]),  # negative_slope 0.3, Keras's default for the layer
        (layers.LeakyReLU(negative_slope=0.1), [-0.2, -0.05, 0, 3]),
        (layers.ELU(), [np.expm1(-2), np.expm1(-0.5), 0, 3]),
        (layers.ELU(alpha=0.5), [0.5 * np.expm1(-2), 0.5 * np.expm1(-0.5), 0, 3]),
        (layers.Activation("tanh"), np.tanh(X[0])),
        (layers.Activation(None), X[0]),
        (layers.Softmax(), np.exp(X[0]) / np.exp(X[0]).sum()),
    ],
    ids=lambda x: x.name if isinstance(x, layers.Layer) else "",
)
def test_values(layer, expected):
    np.testing.assert_allclose(layer(X)[0], expected, atol=1e-6)


def test_softmax_along_another_axis():
    y = layers.Softmax(axis=1)(np.zeros((2, 4, 3), np.float32))
    np.testing.assert_allclose(y, 1 / 4)


def test_an_own_function():
    np.testing.assert_array_equal(layers.Activation(lambda x: x * 2.0)(X), 2 * X)


def test_precision_stays():
    assert layers.LeakyReLU()(X).dtype == np.float32


@pytest.mark.parametrize("name", [n for n in activations.__all__ if n not in ("get", "name_of")])
def test_every_activation_has_a_name(name):
    assert activations.name_of(activations.get(name)) == name


@pytest.mark.parametrize(("typo", "meant"), [("sigmod", "sigmoid"), ("Relu", "relu"), ("soft_max", "softmax")])
def test_a_mistyped_name_is_guessed(typo, meant):
    with pytest.raises(ValueError, match=rf"unknown activation {typo!r}.*Did you mean {meant!r}\?"):
        layers.Activation(typo)


def test_what_is_no_activation_is_refused():
    with pytest.raises(TypeError, match=r"an activation is a name or a function. Received: 3"):
        layers.Activation(3)
