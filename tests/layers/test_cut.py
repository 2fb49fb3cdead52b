"""A gradient that ends inside a layer unseen is refused; one that has nothing to bring back is not."""

import numpy as np
import pytest

from edunet import Sequential, Tensor, activations, layers, no_gradients

X, Y = np.random.default_rng(0).normal(size=(8, 3)).astype("float32"), np.ones((8, 1), "float32")


class Own(layers.Layer):
    """A learner's own layer with a formula given by the test."""

    def __init__(self, formula, **kwargs):
        super().__init__(**kwargs)
        self.formula = formula

    def call(self, x):
        return self.formula(x)


class Weighing(layers.Layer):
    """Has a weight, and computes with NumPy."""

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1],), "ones")

    def call(self, x):
        return np.asarray(x) * self.w.numpy()


def fit(*stack):
    model = Sequential([*stack, layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(X, Y, epochs=1, verbose=0)
    return model


CUTS = {
    "array": lambda x: np.tanh(np.asarray(x)),
    "wrapped": lambda x: Tensor(np.clip(np.asarray(x), -1, 1)),
    "two": lambda x: (np.asarray(x) * 2.0)[:, :2],
}
HARMLESS = {
    "Tensors": activations.tanh,
    "itself": lambda x: x,
    "constant": lambda x: np.ones(x.shape, "float32"),
    "at random": lambda x: np.random.default_rng().normal(size=x.shape).astype("float32"),
    "ranks": lambda x: np.argmax(np.asarray(x), axis=1)[:, None],
    "on purpose": lambda x: np.tanh(np.asarray(x)) + 0 * x,
}


@pytest.mark.parametrize("formula", CUTS.values(), ids=list(CUTS))
def test_numpy_inside_call_is_refused_while_learning(formula):
    with pytest.raises(ValueError, match=r"own.*computed with NumPy: the layers before it.*edunet\.ops.*0 \* x"):
        fit(layers.Dense(3), Own(formula, name="own"))


@pytest.mark.parametrize("formula", HARMLESS.values(), ids=list(HARMLESS))
def test_what_depends_on_nothing_is_let_pass(formula):
    fit(layers.Dense(3), Own(formula))


def test_numpy_before_all_weights_is_let_pass():
    fit(Own(CUTS["array"]))


def test_numpy_that_leaves_the_layers_own_weights_behind_is_refused():
    with pytest.raises(ValueError, match=r"computed with NumPy: its weights would never learn.*trainable=False"):
        fit(Weighing())
    fit(Weighing(trainable=False))


def test_weights_are_as_they_were_after_the_look():
    layer = Weighing()
    with pytest.raises(ValueError, match="its weights would never learn"):
        layer(X, training=True)
    np.testing.assert_array_equal(layer.w.numpy(), np.ones(3))


def test_predictions_may_use_numpy():
    layer, h = Own(CUTS["array"]), layers.Dense(3)(X)
    assert layer(h).shape == (8, 3)
    with no_gradients():
        assert layer(layers.Dense(3)(X), training=True).shape == (8, 3)


def test_a_loss_made_with_numpy_is_named_as_the_reason():
    model = Sequential([layers.Dense(1)])
    model.compile("sgd", lambda y, p: ((np.asarray(p) - y) ** 2).mean(axis=-1))
    with pytest.raises(ValueError, match=r"learnt from this loss.*NumPy.*arithmetic of Tensors"):
        model.fit(X, Y, verbose=0)
