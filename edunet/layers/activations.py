"""Activations as layers of their own."""

from edunet import activations, ops
from edunet.layers.layer import Layer

__all__ = ["ELU", "Activation", "LeakyReLU", "ReLU", "Softmax"]


class Activation(Layer):
    """Apply an activation by name, or any function of Tensors: y = f(x)."""

    supports_masking = True

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, x):
        return self.activation(x)


class ReLU(Layer):
    """y = max(x, 0).   Formula: edunet.ops.relu"""

    supports_masking = True

    def call(self, x):
        return ops.relu(x)


class LeakyReLU(Layer):
    """y = x where x > 0, else negative_slope·x.   Formula: edunet.ops.leaky_relu"""

    supports_masking = True

    def __init__(self, negative_slope=0.3, **kwargs):
        super().__init__(**kwargs)
        self.negative_slope = negative_slope

    def call(self, x):
        return ops.leaky_relu(x, negative_slope=self.negative_slope)


class ELU(Layer):
    """y = x where x > 0, else alpha(eˣ − 1).   Formula: edunet.ops.elu"""

    supports_masking = True

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = alpha

    def call(self, x):
        return ops.elu(x, alpha=self.alpha)


class Softmax(Layer):
    """Turn scores into shares that sum to one.   Formula: edunet.ops.softmax"""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis
        self.supports_masking = axis == -1

    def call(self, x):
        return ops.softmax(x, axis=self.axis)
