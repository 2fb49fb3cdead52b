import numpy as np
import pytest

from edunet import activations, initializers, layers

X = np.array([[-2.0, -0.5, 0.0, 3.0]], np.float32)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.ReLU(), [0, 0, 0, 3]),
        (layers.ReLU(max_value=2.0, negative_slope=0.5), [-1, -0.25, 0, 2]),
        (layers.ReLU(threshold=1.0), [0, 0, 0, 3]),
        (layers.PReLU(alpha_initializer=initializers.Constant(0.25)), [-0.5, -0.125, 0, 3]),
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


@pytest.mark.parametrize("name", [n for n in activations.BY_NAME if n not in ("swish", "hard_swish")])
def test_every_activation_has_a_name(name):
    assert activations.name_of(activations.get(name)) == name


def test_a_second_name_means_the_same():
    assert activations.get("swish") is activations.swish is activations.silu
    assert activations.get("hard_swish") is activations.hard_silu


def test_slopes_may_be_shared():
    layer = layers.PReLU(shared_axes=[1, 2], alpha_regularizer="l2", alpha_constraint="non_neg")
    layer(np.zeros((2, 4, 5, 3), np.float32))
    assert layer.alpha.shape == (1, 1, 3)
    assert layers.PReLU(shared_axes=1).shared_axes == [1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.ReLU(max_value=-1), "ReLU: max_value is a number >= 0. Received: -1"),
        (lambda: layers.LeakyReLU("0.3"), "LeakyReLU: negative_slope is a number >= 0. Received: '0.3'"),
        (lambda: layers.Softmax(axis=None), "Softmax: axis is a whole number, such as -1. Received: None"),
        (lambda: layers.PReLU(shared_axes=[0]), "PReLU: shared_axes are whole numbers from 1 on"),
        (lambda: layers.PReLU(shared_axes=3)(X), "PReLU: shared_axes .3. do not all exist"),
        (lambda: layers.PReLU().build((None, None, 3)), r"unknown length. Share its slope: PReLU\(shared_axes=\[1\]\)"),
    ],
)
def test_arguments_are_looked_over(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "layer", [layers.ReLU(6, 0.1, 0.2), layers.PReLU("ones", shared_axes=[1]), layers.ELU(0.5), layers.Softmax(1)]
)
def test_a_layer_can_be_made_again_from_its_config(layer):
    again = type(layer)(**layer.get_config())
    np.testing.assert_array_equal(again(X), layer(X))


@pytest.mark.parametrize(("typo", "meant"), [("sigmod", "sigmoid"), ("Relu", "relu"), ("soft_max", "softmax")])
def test_a_mistyped_name_is_guessed(typo, meant):
    with pytest.raises(ValueError, match=rf"unknown activation {typo!r}.*Did you mean {meant!r}\?"):
        layers.Activation(typo)


def test_what_is_no_activation_is_refused():
    with pytest.raises(TypeError, match=r"an activation is a name or a function. Received: 3"):
        layers.Activation(3)
