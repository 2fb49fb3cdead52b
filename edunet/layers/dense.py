"""The fully connected layer, y = f(x w + b)."""

import numpy as np

from edunet import activations, constraints, initializers, ops, regularizers
from edunet.layers.layer import Layer

__all__ = ["Dense"]


class Dense(Layer):
    """Connect every input with every unit: y = f(x w + b).

    Args: units U; activation, name or function; use_bias; initializers, regularizers and constraints of both weights.
    Weights: kernel (D,U), bias (U,).
    Shapes: (N,...,D) -> (N,...,U).   Formula: edunet.ops.dense

    >>> Dense(3)(np.zeros((2, 4))).shape
    (2, 3)
    """

    supports_masking = True

    def __init__(
        self,
        units,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = whole("Dense", "units", units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape):
        if len(input_shape) < 2 or input_shape[-1] is None:
            raise ValueError(
                f"Dense needs to know how many features come in: expected (N, ..., D). Received {input_shape}. "
                "A table with one column is x.reshape(-1, 1)."
            )
        self.kernel = self.add_weight(
            (input_shape[-1], self.units),
            self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def call(self, x):
        relu = self.activation is ops.relu  # then the formula does it in the same pass
        y = ops.dense(x, self.kernel, self.bias, relu=relu)
        return y if relu else self.activation(y)


def whole(layer, name, value) -> int:
    """Return a count, or raise ValueError if it is not a whole number of at least 1."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise ValueError(f"{layer}: {name} is a whole number >= 1. Received: {value!r}")
    return int(value)
