"""Whether the model learns: who says so, and what holds where nobody has."""

import numpy as np
import pytest

import edunet
from edunet import layers
from edunet.layers import Layer

X = np.array([[1.0, 2.0]], np.float32)


class Told(Layer):
    """Keeps what it was told."""

    def call(self, x, training=None):
        self.told = training
        return x


class ToldTrue(Told):
    def call(self, x, training=True):
        return super().call(x, training)


class MustBeTold(Told):
    def call(self, x, training):
        return super().call(x, training)


@pytest.mark.parametrize(("kind", "expected"), [(Told, None), (ToldTrue, True), (MustBeTold, False)])
def test_where_nobody_has_said_the_default_of_call_holds(kind, expected):
    layer = kind()
    layer(X)
    assert layer.told is expected


class OfAMixin:
    """No layer, but brings a call."""

    def call(self, x, training=None):
        self.told = training
        return x


class Mixed(OfAMixin, Layer):
    pass


class MixedLater(OfAMixin, MustBeTold):
    pass


@pytest.mark.parametrize("kind", [Told, ToldTrue, MustBeTold, Mixed, MixedLater])
@pytest.mark.parametrize("said", [True, False])
def test_what_the_caller_says_holds_in_layers_inside_too(kind, said):
    model = edunet.Sequential([kind()])
    model(X, training=said)
    assert model.layers[0].told is said


def test_the_default_of_an_outer_layer_is_said_to_those_inside():
    class Outside(Layer):
        def __init__(self):
            super().__init__()
            self.inner = ToldTrue()

        def call(self, x, training=False):
            return self.inner(x)

    layer = Outside()
    layer(X)
    assert layer.inner.told is False


def test_noise_and_normalisation_wait_to_be_told():
    x = np.random.default_rng(0).random((6, 4)).astype(np.float32)
    for layer in (layers.Dropout(0.5), layers.GaussianNoise(1.0)):
        np.testing.assert_array_equal(layer(x), x)
    norm = layers.BatchNormalization()
    norm(x)
    np.testing.assert_array_equal(norm.moving_mean, np.zeros(4))
