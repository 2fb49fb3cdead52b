"""Dot: how alike are two vectors? Two tables of vectors and their products are a recommender."""

import numpy as np

from edunet import tensor
from edunet.layers.layer import Layer

__all__ = ["Dot", "dot"]


class Dot(Layer):
    """Multiply two inputs and sum along an axis of each: how well do a patient and a drug fit?

        y[n] = Σ_k a[n,k] · b[n,k]        y[n,i,j] = Σ_k a[n,i,k] · b[n,j,k]        k runs along the two axes
    What is left of a stands before what is left of b; of two vectors one number is left, y (N,1).
    Args: axes, the axis k, or one of each input, counted from 1 or backwards from −1; normalize, True divides both by
    their lengths along it: y is the cosine of the angle between them.
    Shapes: a, b (N,D) or (N,T,D). Padded steps cannot be left out: a mask is refused.

    >>> a, b = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]])
    >>> Dot(axes=1)([a, b])
    array([[11.]], dtype=float32)
    """

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        pair = list(axes) if isinstance(axes, (list, tuple)) else [axes, axes]
        if len(pair) != 2 or not all(isinstance(k, (int, np.integer)) and not isinstance(k, bool) for k in pair):
            raise TypeError(f"Dot: axes is a whole number or two. Received: {axes!r:.80}")
        if 0 in pair:
            raise ValueError(f"Dot: axes are counted from 1: axis 0 is the batch. Received: {axes!r}")
        self.axes, self.normalize = axes, normalize

    def call(self, inputs):
        if not isinstance(inputs, (list, tuple)) or len(inputs) != 2:
            found = len(inputs) if isinstance(inputs, (list, tuple)) else 1
            raise ValueError(f"Dot takes two inputs. Received {found}. Type Dot(axes=1)([a, b]).")
        (a, b), (i, j) = inputs, self.places(inputs)
        if a.shape[i] != b.shape[j]:
            raise ValueError(
                f"Dot: axis {i} of {tuple(a.shape)} is {a.shape[i]} long, axis {j} of {tuple(b.shape)} is "
                f"{b.shape[j]}: the two must be of one length."
            )
        if self.normalize:
            a, b = _of_length_one(a, i), _of_length_one(b, j)
        left = [n for x, k in ((a, i), (b, j)) for n in x.shape[1:k] + x.shape[k + 1 :]]
        a = tensor.reshape(a, shape=(len(a), 1, -1)) if a.ndim == 2 else a if i == 2 else _swapped(a)  # (N,I,K)
        b = tensor.reshape(b, shape=(len(b), -1, 1)) if b.ndim == 2 else b if j == 1 else _swapped(b)  # (N,K,J)
        return tensor.reshape(tensor.matmul(a, b), shape=(len(a), *(left or [1])))

    def places(self, inputs) -> tuple:
        """Return the axis of each input along which is summed, counted from the front."""
        pair = self.axes if isinstance(self.axes, (list, tuple)) else (self.axes, self.axes)
        for x, k in zip(inputs, pair, strict=True):
            if len(x.shape) not in (2, 3):
                raise ValueError(f"Dot: inputs are (N, D) or (N, T, D). Received {tuple(x.shape)}.")
            if not k % len(x.shape) > 0 or not -len(x.shape) < k < len(x.shape):
                raise ValueError(f"Dot: axis {k} does not exist in {tuple(x.shape)}.")
        return tuple(k % len(x.shape) for x, k in zip(inputs, pair, strict=True))


def _swapped(x):
    return tensor.transpose(x, axes=(0, 2, 1))


def _of_length_one(x, axis: int):
    """Return x/√Σx² along an axis; what is as good as 0 stays so, and its gradient finite."""
    square = tensor.sum(tensor.power(x, exponent=2), axis=axis, keepdims=True)
    return tensor.multiply(x, tensor.power(tensor.maximum(square, 1e-12), exponent=-0.5))


def dot(inputs, axes=-1, **kwargs):
    """Short for Dot(axes, **kwargs)(inputs)."""
    return Dot(axes, **kwargs)(inputs)
