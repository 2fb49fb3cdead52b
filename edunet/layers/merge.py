"""Layers that join branches: residual connections and several kinds of input."""

from functools import reduce

import numpy as np

from edunet import tensor
from edunet.layers.layer import Layer
from edunet.layers.mask import carry

__all__ = [
    "Add",
    "Average",
    "Concatenate",
    "Maximum",
    "Minimum",
    "Multiply",
    "Residual",
    "Subtract",
    "add",
    "average",
    "concatenate",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]


class _Merge(Layer):
    supports_masking = True

    def compute_mask(self, inputs, mask=None):
        """A step counts if it counts in every branch."""
        masks = [m for m in mask or [] if m is not None]
        return reduce(np.logical_and, masks) if masks else None

    def call(self, inputs, *more):
        if more or not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(
                f"{type(self).__name__} joins a list of at least two inputs: {type(self).__name__}()([a, b])."
            )
        return self.join(inputs)

    def join(self, inputs):
        raise NotImplementedError(f"{type(self).__name__} must define join(inputs)")

    def same_shapes(self, inputs):
        if len({tuple(x.shape) for x in inputs}) > 1:
            shapes = ", ".join(str(tuple(x.shape)) for x in inputs)
            raise ValueError(
                f"{type(self).__name__}: all inputs need the same shape. Received {shapes}. "
                "A Dense layer or a Conv2D with filters of size 1 brings a branch to the width of the other."
            )


class Add(_Merge):
    """y = a + b + ...: a residual connection is Add()([x, f(x)]); dy goes to every branch.

    Source: He et al., Deep residual learning (2016).
    """

    def join(self, inputs):
        self.same_shapes(inputs)
        return reduce(tensor.add, inputs)


class Multiply(_Merge):
    """y = a · b · ..., element by element: one branch gates the other.

    A gate may be 1 wide along an axis, (N,1,1,C) or (N,H,W,1) for images (N,H,W,C): it then holds for all of them.
    """

    def join(self, inputs):
        shapes = [tuple(x.shape) for x in inputs]
        ranks, batches = {len(shape) for shape in shapes}, {shape[0] for shape in shapes}
        if len(ranks) > 1 or len(batches) > 1 or any(len({*sizes} - {1}) > 1 for sizes in zip(*shapes, strict=True)):
            raise ValueError(
                "Multiply: all inputs need the same shape, or 1 along an axis after the first. Received "
                f"{', '.join(map(str, shapes))}. A Dense layer brings a branch to the width of the other, "
                "Reshape((1, 1, -1)) a row (N, C) to images."
            )
        return reduce(tensor.multiply, inputs)


class Subtract(_Merge):
    """y = a − b, of two inputs; dy goes to a, −dy to b.

    >>> Subtract()([np.array([[5.0]]), np.array([[2.0]])])
    array([[3.]], dtype=float32)
    """

    def join(self, inputs):
        if len(inputs) != 2:
            raise ValueError(f"Subtract takes two inputs, a − b. Received {len(inputs)}.")
        self.same_shapes(inputs)
        return tensor.subtract(*inputs)


class Average(_Merge):
    """y = (a + b + ...)/n, element by element, of n inputs; each gets dy/n. The mean answer of several branches."""

    def join(self, inputs):
        self.same_shapes(inputs)
        return tensor.multiply(reduce(tensor.add, inputs), 1 / len(inputs))


class Maximum(_Merge):
    """y = max(a, b, ...), element by element; dy goes to the largest, the first one of a tie."""

    def join(self, inputs):
        self.same_shapes(inputs)
        return reduce(tensor.maximum, inputs)


class Minimum(_Merge):
    """y = min(a, b, ...), element by element; dy goes to the smallest, the first one of a tie."""

    def join(self, inputs):
        self.same_shapes(inputs)
        return reduce(tensor.minimum, inputs)


class Concatenate(_Merge):
    """Put the inputs side by side along an axis (the last one unless given)."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = axis

    def compute_mask(self, inputs, mask=None):
        if mask is None or self.axis % inputs[0].ndim != 1:
            return super().compute_mask(inputs, mask)
        parts = zip(inputs, mask, strict=True)
        return np.concatenate([np.ones(x.shape[:2], bool) if m is None else m for x, m in parts], axis=1)

    def join(self, inputs):
        axes = inputs[0].ndim
        if not -axes <= self.axis < axes:
            raise ValueError(f"Concatenate: axis {self.axis} does not exist. Received {axes} axes, {inputs[0].shape}.")
        shapes = [tuple(n for i, n in enumerate(x.shape) if i != self.axis % len(x.shape)) for x in inputs]
        if len(set(shapes)) > 1:
            raise ValueError(
                f"Concatenate: inputs may differ along axis {self.axis} only. "
                f"Received {', '.join(str(tuple(x.shape)) for x in inputs)}."
            )
        return tensor.concatenate(*inputs, axis=self.axis)


class Residual(Layer):
    """Go round a layer, or several one after the other: y = x + f(x); dy reaches x without passing f.

    Args: layers, the layer f or a list of layers. f must keep the shape.
    Masks: the layers inside get the mask, and it travels on.
    Source: He et al., Deep residual learning (2016).

    >>> from edunet.layers import Dense
    >>> Residual([Dense(8, activation="relu"), Dense(4)])(np.ones((2, 4))).shape
    (2, 4)
    """

    supports_masking = True

    def __init__(self, layers, **kwargs):
        super().__init__(**kwargs)
        self.layers = list(layers) if isinstance(layers, (list, tuple)) else [layers]
        for layer in self.layers:
            if not isinstance(layer, Layer):
                hint = f" Did you mean {layer.__name__}(...)?" if isinstance(layer, type) else ""
                raise TypeError(f"Residual takes a layer or a list of layers. Received: {layer!r}.{hint}")
        if not self.layers:
            raise ValueError("Residual needs at least one layer: Residual(Dense(8)). Received an empty list.")

    def call(self, x, mask=None):
        y = carry(x, mask)
        for layer in self.layers:
            y = layer(y)
        if not hasattr(y, "shape") or tuple(y.shape) != tuple(x.shape):
            raise ValueError(
                f"Residual: the layers must keep the shape, for x is added to what they make. Received "
                f"{tuple(x.shape)}, they made {_shapes(y)}. Let the last one be as wide as x, use padding='same' and "
                "strides of 1; or draw it: layers.Add()([layers.Dense(...)(x), f(x)])."
            )
        return tensor.add(x, y)


def _shapes(y) -> str:
    return ", ".join(str(tuple(part.shape)) for part in (y if isinstance(y, (tuple, list)) else [y]))


def add(inputs, *more, **kwargs):
    """Short for Add(**kwargs)(inputs)."""
    return Add(**kwargs)(inputs, *more)


def average(inputs, *more, **kwargs):
    """Short for Average(**kwargs)(inputs)."""
    return Average(**kwargs)(inputs, *more)


def maximum(inputs, *more, **kwargs):
    """Short for Maximum(**kwargs)(inputs)."""
    return Maximum(**kwargs)(inputs, *more)


def minimum(inputs, *more, **kwargs):
    """Short for Minimum(**kwargs)(inputs)."""
    return Minimum(**kwargs)(inputs, *more)


def subtract(inputs, *more, **kwargs):
    """Short for Subtract(**kwargs)(inputs)."""
    return Subtract(**kwargs)(inputs, *more)


def multiply(inputs, *more, **kwargs):
    """Short for Multiply(**kwargs)(inputs)."""
    return Multiply(**kwargs)(inputs, *more)


def concatenate(inputs, axis=-1, *more, **kwargs):
    """Short for Concatenate(axis, **kwargs)(inputs)."""
    if not isinstance(axis, int):
        return Concatenate(**kwargs)(inputs, axis, *more)  # which says that inputs are a list
    return Concatenate(axis, **kwargs)(inputs, *more)
