"""Layers that move numbers without changing them, or only their scale."""

import math

import numpy as np

from edunet import tensor
from edunet.layers.dense import whole
from edunet.layers.layer import Layer

__all__ = ["Flatten", "Identity", "Permute", "RepeatVector", "Rescaling", "Reshape"]


class Flatten(Layer):
    """Lay each example out in one row: (N,H,W,C) -> (N, H·W·C), channels fastest."""

    def call(self, x):
        return tensor.reshape(x, shape=(x.shape[0], math.prod(x.shape[1:])))


class Identity(Layer):
    """y = x: a place holder, where a layer may stand or may not."""

    supports_masking = True

    def call(self, x):
        return x


class Reshape(Layer):
    """Give each example another shape; one axis may be −1 (what is left).

    >>> Reshape((2, -1))(np.zeros((5, 6))).shape
    (5, 2, 3)
    """

    def __init__(self, target_shape, **kwargs):
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)
        if any(n < 1 for n in self.target_shape if n != -1) or self.target_shape.count(-1) > 1:
            raise ValueError(f"Reshape: axes are whole numbers >= 1, one of them may be -1. Received: {target_shape!r}")

    def call(self, x):
        size, known = math.prod(x.shape[1:]), math.prod(n for n in self.target_shape if n != -1)
        if size % known if -1 in self.target_shape else size != known:
            raise ValueError(f"Reshape: {size} values of shape {x.shape[1:]} do not fit into {self.target_shape}.")
        return tensor.reshape(x, shape=(x.shape[0], *self.target_shape))


class Permute(Layer):
    """Reorder the axes of each example, counted from 1: Permute((2, 1)) turns (N,T,C) into (N,C,T)."""

    def __init__(self, dims, **kwargs):
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"Permute: dims must be 1 to {len(self.dims)} in some order. Received: {dims!r}")

    def call(self, x):
        if x.ndim != 1 + len(self.dims):
            raise ValueError(f"Permute: dims {self.dims} are for {len(self.dims)} axes. Received {x.shape[1:]}.")
        return tensor.transpose(x, axes=(0, *self.dims))


class RepeatVector(Layer):
    """Say the same vector n times: (N,D) -> (N,n,D)."""

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = whole("RepeatVector", "n", n)

    def call(self, x):
        if x.ndim != 2:
            raise ValueError(f"RepeatVector: expected x (N, D), one vector per example. Received shape {x.shape}.")
        once = tensor.reshape(x, shape=(x.shape[0], 1, x.shape[1]))
        return tensor.concatenate(*[once] * self.n, axis=1)


class Rescaling(Layer):
    """y = x·scale + offset; Rescaling(1/255) brings grey values 0-255 to 0-1."""

    supports_masking = True

    def __init__(self, scale, offset=0.0, **kwargs):
        super().__init__(**kwargs)
        for key, value in (("scale", scale), ("offset", offset)):
            if np.asarray(value).dtype.kind not in "fiu":
                raise ValueError(f"Rescaling: {key} is a number, or an array with one per channel. Received: {value!r}")
        self.scale, self.offset = scale, offset

    def call(self, x):
        return tensor.add(tensor.multiply(x, self.scale), self.offset)
