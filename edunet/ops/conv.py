"""Convolution: the formula y = f(W * x + b) of image analysis, where f is relu or left to activations.py."""

import functools
import operator

import numpy as np

from edunet.backend import kernels
from edunet.names import did_you_mean
from edunet.tensor import Tensor, concatenate, differentiable, reshape

__all__ = ["conv1d", "conv2d"]


@differentiable
def conv2d(x, w, b=None, *, stride=1, dilation=1, padding="valid", relu=False):
    """Slide each filter over the image; every stop is one dot product.

        y[n,i,j,f] = b[f] + Σ_uvc x[n, i·s + u·d − p, j·s + v·d − p, c] · w[u,v,c,f]
        s stride, d dilation, p zeros put before the first row and column (0 for "valid")
        relu=True: y = max(0, W * x + b), the f(W * x + b) of a network in one pass over memory
    Gradients, given dy = ∂loss/∂y, each a sum over the places where the quantity was used:
        dw[u,v,c,f] = Σ_nij x[n, i·s + u·d − p, j·s + v·d − p, c] · dy[n,i,j,f]
        dx[n,h,k,c] = Σ dy[n,i,j,f] · w[u,v,c,f]   over all i, j, u, v, f with i·s + u·d − p = h, j·s + v·d − p = k
        db[f]       = Σ_nij dy[n,i,j,f]
        relu=True: dy counts only where y > 0
    Shapes: x (N,H,W,C), w (U,V,C,F) the filters, b (F,) or None, y (N,I,J,F).
        "valid"  I = ⌊(H − (U−1)·d − 1) / s⌋ + 1
        "same"   I = ⌈H / s⌉; an odd row of zeros goes to the end, as in Keras
        ((top, bottom), (left, right))   so many zeros on each side, then as "valid"
    stride, dilation: one number or a pair (rows, columns). (As everywhere in this field the filter is not
    flipped: mathematicians call this cross-correlation.)
    Raises ValueError for a wrong rank or channel count, or an image smaller than the filter.
    Source: Dumoulin & Visin, A guide to convolution arithmetic (2016).   Tutorial: notebooks/05_conv.ipynb

    >>> image = np.arange(9.0).reshape(1, 3, 3, 1)
    >>> conv2d(image, np.ones((2, 2, 1, 1)))[0, :, :, 0]
    array([[ 8., 12.],
           [20., 24.]])
    """
    check_conv("conv2d", x, w, b, ("N", "H", "W"))
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    pad, size = placement("conv2d", x.shape[1:3], w.shape[:2], stride, dilation, padding)
    bias = np.zeros(w.shape[3], x.dtype) if b is None else b
    y = np.empty((x.shape[0], *size, w.shape[3]), x.dtype)
    k = kernels("conv")
    k.conv2d_forward(x, w, bias, stride, dilation, pad, bool(relu), y)

    def backward(dy, *, wanted=(True, True, True)):
        dx, dw = (np.empty_like(a) if asked else unwanted(a) for a, asked in zip((x, w), wanted, strict=False))
        db = np.empty_like(bias)
        k.conv2d_backward(dy, x, w, stride, dilation, pad, bool(relu), y, dx, dw, db)
        return dx, dw, None if b is None else db

    return y, backward


def conv1d(x, w, b=None, *, stride=1, dilation=1, padding="valid", relu=False):
    """Slide each filter along a signal: conv2d on an image that is one pixel high.

        y[n,t,f] = b[f] + Σ_vc x[n, t·s + v·d − p, c] · w[v,c,f]
    Gradients and relu: those of conv2d.
    `padding="causal"` puts all zeros before the first sample: y[t] never sees the future; (before, after) counts them.
    Shapes: x (N,T,C), w (V,C,F), b (F,) or None, y (N,T',F), T' as I in conv2d.
    Raises ValueError for a wrong rank or channel count, or a signal shorter than the filter.
    Source: LeCun & Bengio, Convolutional networks for images, speech, and time series (1995).   Tutorial: lesson 15

    >>> conv1d(np.array([[[1.0], [2.0], [4.0]]]), np.array([[[-1.0]], [[1.0]]])).ravel()
    array([1., 2.])
    """
    x, w = (a if isinstance(a, Tensor) else np.asarray(a) for a in (x, w))
    check_conv("conv1d", x, w, b, ("N", "T"))
    stride, dilation = pair("stride", stride)[0], pair("dilation", dilation)[0]
    if padding == "causal":
        zeros = np.zeros((x.shape[0], (w.shape[0] - 1) * dilation, x.shape[2]), x.dtype)
        x, padding = concatenate(zeros, x, axis=1), "valid"
    image, filters = reshape(x, shape=(x.shape[0], 1, *x.shape[1:])), reshape(w, shape=(1, *w.shape))
    padding = along_time(padding)
    y = conv2d(image, filters, b, stride=(1, stride), dilation=(1, dilation), padding=padding, relu=relu)
    return reshape(y, shape=(y.shape[0], *y.shape[2:]))


# ---------------------------------------------------------------- geometry, shared with pooling


def check_conv(op, x, w, b, axes):
    """Refuse what cannot be convolved, with the repair in the message."""
    if x.ndim != len(axes) + 1:
        expected, hint = f"x ({', '.join(axes)}, C)", ""
        if x.ndim == len(axes):
            hint = " If these are grey images or one-channel signals, add the channel axis: x[..., None]."
            if w.ndim == x.ndim + 1 and w.shape[-2] != 1:
                hint = " If this is a single example, add the batch axis: x[None]."
        raise ValueError(f"{op}: expected {expected}, {len(axes) + 1} axes. Received x of shape {x.shape}.{hint}")
    if w.ndim != x.ndim:
        raise ValueError(f"{op}: expected filters with {x.ndim} axes (size..., C, F). Received w of shape {w.shape}.")
    if 0 in w.shape:
        raise ValueError(
            f"{op}: expected filters of at least one pixel, one channel and one filter. Received w {w.shape}."
        )
    if x.shape[-1] != w.shape[-2]:
        first = x.shape[1] == w.shape[-2] and len(axes) > 1
        hint = " The channels seem to stand first: use x.transpose(0, 2, 3, 1)." if first else ""
        raise ValueError(
            f"{op}: x has {x.shape[-1]} channels, the filters expect {w.shape[-2]}. "
            f"Received x {x.shape}, w {w.shape}; channels are the last axis of x.{hint}"
        )
    if b is not None and b.shape != w.shape[-1:]:
        raise ValueError(f"{op}: expected one bias per filter, b ({w.shape[-1]},). Received b {b.shape}.")


def pair(name, value):
    """Return (rows, columns) from one whole number or two, all at least 1."""
    if type(value) is tuple and len(value) == 2 and type(value[0]) is type(value[1]) is int and min(value) >= 1:
        return value  # as layers hand it on
    if type(value) is int and value >= 1:
        return value, value
    values = value if isinstance(value, (tuple, list)) else (value, value)
    whole = all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) for n in values)
    if len(values) != 2 or not whole or min(values) < 1:
        raise ValueError(f"{name}: expected a whole number >= 1 or a pair of them. Received: {value!r}")
    return int(values[0]), int(values[1])


def unwanted(a):
    """Return the array of size zero that tells a kernel that nobody wants the gradient of a."""
    return np.empty((0,) * a.ndim, a.dtype)


def sides(op, padding):
    """Return ((top, bottom), (left, right)) as plain numbers, or None if padding is a word.

    Raises ValueError for anything else.
    """
    known = ("valid", "same")
    if isinstance(padding, str):
        if padding in known:
            return None
        raise ValueError(f"{op}: padding is 'valid' or 'same'. Received: {padding!r}." + did_you_mean(padding, known))
    try:
        (top, bottom), (left, right) = padding
        numbers = [operator.index(n) for n in (top, bottom, left, right)]
    except (TypeError, ValueError):
        numbers = [-1]
    if min(numbers) < 0:
        raise ValueError(
            f"{op}: padding is 'valid', 'same' or ((top, bottom), (left, right)), along time (before, after), "
            f"whole numbers >= 0. Received: {padding!r}"
        )
    return (numbers[0], numbers[1]), (numbers[2], numbers[3])


def along_time(padding):
    """Return the padding of an image one pixel high for that of a signal."""
    return padding if isinstance(padding, str) else ((0, 0), padding)


def placement(op, image, window, stride, dilation, padding):
    """Return how many zeros precede the first row and column, and how many times the window fits."""
    around = padding if isinstance(padding, str) and padding in ("valid", "same") else sides(op, padding)
    return _placement(op, tuple(image), tuple(window), stride, dilation, around)


@functools.lru_cache(256)  # a network asks for the same few again and again
def _placement(op, image, window, stride, dilation, padding):
    pad, size = [], []
    around = ((0, 0), (0, 0)) if isinstance(padding, str) else padding
    for n, u, s, d, (before, after) in zip(image, window, stride, dilation, around, strict=True):
        reach = (u - 1) * d + 1
        if padding == "same":
            m = -(-n // s)
            before = max((m - 1) * s + reach - n, 0) // 2
        else:
            if before + n + after < reach:
                raise ValueError(
                    f"{op}: a window that reaches over {reach} pixels does not fit into {before + n + after}. Received "
                    f"an image of {image}, a window of {window}, dilation {dilation}. "
                    "Use padding='same', a smaller window, or fewer pooling layers before it."
                )
            m = (before + n + after - reach) // s + 1
        pad.append(before)
        size.append(m)
    return tuple(pad), tuple(size)
