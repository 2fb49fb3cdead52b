"""A layer's `build` is called once, whatever weights there are already."""

import copy
import pickle

import numpy as np
import pytest

from edunet import Model, layers
from edunet.layers import Layer
from edunet.layers.arguments import arguments


class Scale(Layer):
    """A learner's own layer: build and call, nothing else."""

    def build(self, input_shape):
        self.factor = self.add_weight((input_shape[-1],), initializer="ones", name="factor")

    def call(self, x):
        return x * self.factor


class Affine(Layer):
    """Scale from the constructor, shift from build."""

    def __init__(self, size, **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.scale = self.add_weight((size,), "ones", name="scale")

    def build(self, input_shape):
        self.shift = self.add_weight((input_shape[-1],), "zeros", name="shift")

    def call(self, x):
        return x * self.scale + self.shift


class Transposed(Layer):
    """The decoder of a tied autoencoder: the kernel of another layer, turned, and a bias of its own."""

    def __init__(self, other, **kwargs):
        super().__init__(**kwargs)
        self.other = other

    def build(self, input_shape):
        self.bias = self.add_weight((self.other.kernel.shape[0],), "zeros", name="bias")

    def call(self, x):
        return x @ self.other.kernel.T + self.bias


def test_build_is_called_although_the_constructor_has_made_a_weight():
    layer = Affine(3)
    layer(np.ones((2, 3)))
    layer(np.ones((2, 3)))
    assert [w.name for w in layer.weights] == ["scale", "shift"]


def test_build_is_called_although_a_layer_inside_has_weights():
    x = layers.Input((4,))
    dense = layers.Dense(2)
    model = Model(x, Transposed(dense)(dense(x)))
    assert [w.shape for w in model.weights] == [(4, 2), (2,), (4,)]


def test_build_by_hand_is_the_one_call():
    layer = Affine(3)
    layer.build((None, 3))
    assert layer.built
    layer(np.ones((2, 3)))
    assert [w.name for w in layer.weights] == ["scale", "shift"]


def test_a_build_that_raised_is_called_again():
    class Picky(Layer):
        def build(self, input_shape):
            if input_shape[-1] != 3:
                raise ValueError("three columns, please")
            self.w = self.add_weight((3,), "ones")

        def call(self, x):
            return x * self.w

    layer = Picky()
    with pytest.raises(ValueError, match="three columns"):
        layer(np.ones((2, 4)))
    assert not layer.built
    assert layer(np.ones((2, 3))).shape == (2, 3)


def test_build_of_a_subclass_and_of_its_base_are_one_call():
    class Twice(Affine):
        def build(self, input_shape):
            super().build(input_shape)
            self.more = self.add_weight((1,), "zeros", name="more")

    layer = Twice(3)
    layer(np.ones((2, 3)))
    assert [w.name for w in layer.weights] == ["scale", "shift", "more"]
    assert arguments(Twice, "build") == ["input_shape"]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda layer: pickle.loads(pickle.dumps(layer))])
def test_a_copy_is_not_built_again(again):
    layer = Affine(3)
    layer(np.ones((2, 3)))
    copied = again(layer)
    copied(np.ones((2, 3)))
    assert len(copied.weights) == 2
