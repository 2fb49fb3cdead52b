"""Activations as layers of their own."""

import math

import numpy as np

from edunet import activations, constraints, initializers, ops, regularizers
from edunet.layers.layer import Layer

__all__ = ["ELU", "Activation", "LeakyReLU", "PReLU", "ReLU", "Softmax"]


class Activation(Layer):
    """Apply an activation by name, or any function of Tensors: y = f(x)."""

    supports_masking = True

    def __init__(self, activation, **kwargs):
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, x):
        return self.activation(x)


class ReLU(Layer):
    """y = max(x, 0); with the options x from threshold to max_value, below it negative_slope·(x − threshold).

    Raises ValueError for an option that is negative or no number.   Formula: edunet.ops.relu
    """

    supports_masking = True

    def __init__(self, max_value=None, negative_slope=0.0, threshold=0.0, **kwargs):
        super().__init__(**kwargs)
        self.max_value = None if max_value is None else _number("ReLU", "max_value", max_value)
        self.negative_slope = _number("ReLU", "negative_slope", negative_slope)
        self.threshold = _number("ReLU", "threshold", threshold)

    def call(self, x):
        return ops.relu(x, negative_slope=self.negative_slope, max_value=self.max_value, threshold=self.threshold)


class LeakyReLU(Layer):
    """y = x where x > 0, else negative_slope·x.   Formula: edunet.ops.leaky_relu"""

    supports_masking = True

    def __init__(self, negative_slope=0.3, **kwargs):
        super().__init__(**kwargs)
        self.negative_slope = _number("LeakyReLU", "negative_slope", negative_slope)

    def call(self, x):
        return ops.leaky_relu(x, negative_slope=self.negative_slope)


class PReLU(Layer):
    """y = x where x > 0, else alpha·x with slopes that are learnt.   Formula: edunet.ops.prelu

    Args: initializer, regularizer and constraint of alpha; shared_axes, along which one slope serves all places, such
    as [1, 2] for a slope per channel of pictures (N,H,W,C).
    Weights: alpha, the shape of one example, 1 along shared axes.
    Shapes: (N,...) -> (N,...). Raises ValueError for axes that an example does not have, or of unknown length.
    """

    supports_masking = True

    def __init__(
        self, alpha_initializer="zeros", alpha_regularizer=None, alpha_constraint=None, shared_axes=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        axes = shared_axes if shared_axes is None or isinstance(shared_axes, (list, tuple)) else [shared_axes]
        if axes is not None and not all(isinstance(a, int) and not isinstance(a, bool) and a > 0 for a in axes):
            raise ValueError(
                f"PReLU: shared_axes are whole numbers from 1 on (0 is the batch), such as [1, 2]. Received: {axes!r}"
            )
        self.shared_axes = None if axes is None else list(axes)

    def build(self, input_shape):
        shared = self.shared_axes or []
        if max(shared, default=0) >= len(input_shape):
            raise ValueError(f"PReLU: shared_axes {shared} do not all exist in an input of shape {input_shape}.")
        shape = tuple(1 if axis in shared else n for axis, n in enumerate(input_shape) if axis)
        if None in shape:
            raise ValueError(
                f"PReLU needs one slope for each place, but the input {input_shape} has an axis of unknown length. "
                f"Share its slope: PReLU(shared_axes=[{1 + shape.index(None)}])."
            )
        self.alpha = self.add_weight(
            shape,
            self.alpha_initializer,
            name="alpha",
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )

    def call(self, x):
        return ops.prelu(x, self.alpha)


class ELU(Layer):
    """y = x where x > 0, else alpha(eˣ − 1).   Formula: edunet.ops.elu"""

    supports_masking = True

    def __init__(self, alpha=1.0, **kwargs):
        super().__init__(**kwargs)
        self.alpha = _number("ELU", "alpha", alpha)

    def call(self, x):
        return ops.elu(x, alpha=self.alpha)


class Softmax(Layer):
    """Turn scores into shares that sum to one.   Formula: edunet.ops.softmax"""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        if isinstance(axis, bool) or not isinstance(axis, (int, np.integer)):
            raise ValueError(f"Softmax: axis is a whole number, such as -1. Received: {axis!r}")
        self.axis = int(axis)
        self.supports_masking = axis == -1

    def call(self, x):
        return ops.softmax(x, axis=self.axis)


def _number(layer, name, value):
    """Return an argument as Python's own number >= 0, or raise ValueError."""
    good = isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and 0 <= value < math.inf
    if not good:
        raise ValueError(f"{layer}: {name} is a number >= 0. Received: {value!r}")
    return value.item() if isinstance(value, np.number) else value
