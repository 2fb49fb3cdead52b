import numpy as np
import pytest

from edunet import ops
from edunet.layers import Dense

X = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)


def test_the_formula():
    layer = Dense(3, activation="tanh")
    y = layer(X)
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(y, np.tanh(X @ kernel + bias), atol=1e-6)


def test_relu_in_the_formula_is_relu_after_it():
    layer = Dense(3, activation="relu")
    y = layer(X)
    np.testing.assert_array_equal(y, ops.relu(ops.dense(X, *layer.get_weights())))


def test_weights_have_the_shapes_and_order_of_keras():
    layer = Dense(3)
    layer(X)
    assert [(w.name, w.shape) for w in layer.weights] == [("kernel", (4, 3)), ("bias", (3,))]


def test_without_bias():
    layer = Dense(3, use_bias=False)
    layer(X)
    assert (len(layer.weights), layer.bias) == (1, None)


def test_the_same_weights_at_every_place():
    layer = Dense(3)
    y = layer(np.stack([X, 2 * X]))
    np.testing.assert_array_equal(y[0].numpy(), layer(X).numpy())


def test_initial_weights_are_glorot_uniform_and_zero():
    layer = Dense(60)
    layer.build((None, 40))
    kernel, bias = layer.get_weights()
    assert abs(kernel).max() <= np.sqrt(6 / 100)
    assert abs(kernel).max() > 0.9 * np.sqrt(6 / 100)
    assert not bias.any()


def test_initializers_by_name():
    layer = Dense(2, kernel_initializer="zeros", bias_initializer="ones")
    np.testing.assert_array_equal(layer(X), 1)


def test_a_function_as_activation():
    layer = Dense(2, activation=lambda z: z * z)
    assert (layer(X).numpy() >= 0).all()


def test_units_counted_by_numpy():
    assert type(Dense(np.array([0, 1, 2]).max()).units) is int


@pytest.mark.parametrize("units", [0, -1, 2.5, "3", True, None])
def test_units_are_a_whole_number(units):
    with pytest.raises(ValueError, match=r"Dense: units is a whole number >= 1. Received: "):
        Dense(units)


def test_a_single_row_is_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"A table with one column is x.reshape\(-1, 1\)"):
        Dense(2)(X[0])


def test_another_number_of_features_is_refused():
    layer = Dense(2)
    layer(X)
    with pytest.raises(ValueError, match=r"expected x \(N, ..., 4\)"):
        layer(X[:, :3])


def test_a_mistyped_activation_is_guessed():
    with pytest.raises(ValueError, match=r"unknown activation 'rleu'.*Did you mean 'relu'\?"):
        Dense(2, activation="rleu")
