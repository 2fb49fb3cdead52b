"""Images and signals of another size: each pixel repeated or smoothly interpolated, zeros put around."""

import functools
import operator

import numpy as np

from edunet.names import did_you_mean
from edunet.ops.conv import pair
from edunet.tensor import Tensor, differentiable, reshape

__all__ = ["upsample1d", "upsample2d", "zero_pad"]


@differentiable
def upsample2d(x, *, size=2, interpolation="nearest"):
    """Make an image size times as large: repeat its pixels, or lay straight lines between them.

        "nearest"    y[n,h,k,c] = x[n, ⌊h/s⌋, ⌊k/s⌋, c]
        "bilinear"   y = A x Bᵀ for each n and c: row h of A holds 1 − t and t, the weights of the two rows of x between
                     which (h + ½)/s − ½ lies at t; the same for columns in B; beyond the centres of the outermost
                     pixels these two are one and the same
    Gradient: dx = Aᵀ dy B; for "nearest" the sum of dy over the s·s copies of a pixel.
    Shapes: x (N,H,W,C), y (N,H·s,W·s,C); size s is one number or a pair (rows, columns).
    Raises ValueError for a wrong rank, size or interpolation.
    Source: Dumoulin & Visin (2016); the centres of pixels stand as in Keras and in PyTorch with align_corners=False.
    Tutorial: lesson 14

    >>> upsample2d(np.array([[[[1.0], [3.0]]]]), size=(1, 2), interpolation="bilinear").ravel()
    array([1. , 1.5, 2.5, 3. ])
    """
    if x.ndim != 4:
        raise ValueError(f"upsample2d: expected x (N, H, W, C), 4 axes. Received x of shape {x.shape}.")
    size = pair("size", size)
    N, H, W, C = x.shape
    if interpolation == "nearest":
        y = x.repeat(size[0], axis=1).repeat(size[1], axis=2)
        return y, lambda dy: dy.reshape(N, H, size[0], W, size[1], C).sum(axis=(2, 4))
    if interpolation != "bilinear":
        known = ("nearest", "bilinear")
        raise ValueError(
            f"upsample2d: interpolation is one of {known}. Received: {interpolation!r}."
            + did_you_mean(interpolation, known)
        )
    a, b = (_between(n, s).astype(x.dtype) for n, s in zip((H, W), size, strict=True))  # (H·s,H), (W·s,W)
    return _on_both_axes(a, x, b), lambda dy: _on_both_axes(a.T, dy, b.T)


def upsample1d(x, *, size=2):
    """Repeat each step of a signal: y[n,t,c] = x[n,⌊t/s⌋,c]; dx is the sum of dy over the copies.

    Shapes: x (N,T,C), y (N,T·s,C). Raises ValueError for a wrong rank or size.   Tutorial: lesson 14

    >>> upsample1d(np.array([[[1.0], [3.0]]]), size=2).ravel()
    array([1., 1., 3., 3.])
    """
    x = x if isinstance(x, Tensor) else np.asarray(x)
    if x.ndim != 3:
        raise ValueError(f"upsample1d: expected x (N, T, C), 3 axes. Received x of shape {x.shape}.")
    y = upsample2d(reshape(x, shape=(x.shape[0], 1, *x.shape[1:])), size=(1, size))
    return reshape(y, shape=(y.shape[0], *y.shape[2:]))


@differentiable
def zero_pad(x, *, padding):
    """Put zeros around images or signals: y is x in the middle, 0 elsewhere; dx is the middle of dy.

    Shapes: x (N,H,W,C), padding ((top, bottom), (left, right)), y (N, top + H + bottom, left + W + right, C); in
    general one pair (before, after) for each axis between the first and the last.
    Raises ValueError for another number of pairs, or numbers below 0.
    Source: Dumoulin & Visin (2016).   Tutorial: lesson 14

    >>> zero_pad(np.array([[[5.0]]]), padding=((1, 2),)).ravel()
    array([0., 5., 0., 0.])
    """
    try:
        ends = [(operator.index(before), operator.index(after)) for before, after in padding]
    except (TypeError, ValueError):
        ends = []
    if len(ends) != x.ndim - 2 or min((n for end in ends for n in end), default=-1) < 0:
        raise ValueError(
            f"zero_pad: padding has a pair (before, after) of whole numbers >= 0 for each axis between the first and "
            f"the last, {x.ndim - 2} for x of shape {x.shape}. Received: {padding!r}"
        )
    middle = tuple(slice(before, before + n) for (before, _), n in zip(ends, x.shape[1:-1], strict=True))
    return np.pad(x, ((0, 0), *ends, (0, 0))), lambda dy: dy[(slice(None), *middle)]


@functools.lru_cache(64)  # a network asks for the same few again and again
def _between(n, size):
    """Return the matrix (n·size,n) that interpolates along an axis."""
    at = ((np.arange(n * size) + 0.5) / size - 0.5).clip(0, n - 1)
    first = np.minimum(np.floor(at).astype(int), max(n - 2, 0))
    share = at - first
    matrix = np.zeros((n * size, n))
    rows = np.arange(n * size)
    matrix[rows, first] += 1 - share
    matrix[rows, np.minimum(first + 1, n - 1)] += share
    return matrix


def _on_both_axes(a, x, b):
    """y[n,h,k,c] = Σ_ij a[h,i] x[n,i,j,c] b[k,j]."""
    N, I, J, C = x.shape
    rows = (a @ x.reshape(N, I, J * C)).reshape(N * len(a), J, C)
    return (b @ rows).reshape(N, len(a), len(b), C)
