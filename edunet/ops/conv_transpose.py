"""Transposed convolution: the way back from a small image to a large one, with filters that can be learnt."""

import operator

import numpy as np

from edunet.backend import kernels
from edunet.ops.conv import along_time, pair, sides, unwanted
from edunet.tensor import Tensor, differentiable, reshape

__all__ = ["conv1d_transpose", "conv2d_transpose"]


@differentiable
def conv2d_transpose(x, w, b=None, *, stride=1, dilation=1, padding="valid", output_padding=None):
    """Put every pixel down as a small picture, the filters times its value, and add up where they overlap.

        y[n,h,k,f] = b[f] + Σ x[n,i,j,c] · w[u,v,f,c]   over all i, j, u, v, c with i·s + u·d − p = h, j·s + v·d − p = k
        s stride, d dilation, p rows and columns cut off at the start
    The same sum as dx of conv2d, whose matrix is transposed here: conv2d with these filters leads back from y to x.
    Gradients, given dy = ∂loss/∂y: those of conv2d with the parts exchanged
        dx[n,i,j,c]   = Σ_uvf dy[n, i·s + u·d − p, j·s + v·d − p, f] · w[u,v,f,c]
        dw[u,v,f,c]   = Σ_nij dy[n, i·s + u·d − p, j·s + v·d − p, f] · x[n,i,j,c]
        db[f]         = Σ_nhk dy[n,h,k,f]
    Shapes: x (N,I,J,C), w (U,V,F,C), b (F,) or None, y (N,H,W,F); r = (U−1)·d + 1 is the reach of a filter.
        "valid"  H = (I−1)·s + max(r, s)      with output_padding o: (I−1)·s + r + o
        "same"   H = I·s                      with output_padding o: (I−1)·s + r mod 2 + o
        ((top, bottom), (left, right))        that much is cut off: H = (I−1)·s + r − top − bottom + o
    stride, dilation, output_padding: one number or a pair (rows, columns); with the last, conv2d and conv2d_transpose
    undo each other's shapes where several sizes of H lead to the same I.
    Raises ValueError for a wrong rank, channel or bias count, or if nothing of the image is left.
    Source: Dumoulin & Visin, A guide to convolution arithmetic (2016), chapter 4.   Tutorial: lesson 14

    >>> two_pixels = np.array([[[[1.0], [3.0]]]])
    >>> step = np.array([1.0, 0.5]).reshape(1, 2, 1, 1)
    >>> conv2d_transpose(two_pixels, step, stride=(1, 2)).ravel()
    array([1. , 0.5, 3. , 1.5])
    """
    _check("conv2d_transpose", x, w, b, ("N", "I", "J"))
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    pad, size = _placement("conv2d_transpose", x.shape[1:3], w.shape[:2], stride, dilation, padding, output_padding)
    y = np.empty((len(x), *size, w.shape[2]), x.dtype)
    sums = np.empty(w.shape[3], x.dtype)  # of x, which the kernel takes for dy; nobody looks at them
    k = kernels("conv")
    k.conv2d_backward(x, y, w, stride, dilation, pad, False, x, y, unwanted(w), sums)  # its dx is our y
    if b is not None:
        y += b

    def backward(dy, *, wanted=(True, True, True)):
        dx, dw = None, None
        if wanted[0]:
            dx = np.empty_like(x)
            k.conv2d_forward(dy, w, np.zeros(w.shape[3], x.dtype), stride, dilation, pad, False, dx)
        if wanted[1]:
            dw = np.empty_like(w)
            k.conv2d_backward(x, dy, w, stride, dilation, pad, False, x, unwanted(x), dw, sums)
        return dx, dw, None if b is None else dy.sum(axis=(0, 1, 2))

    return y, backward


def conv1d_transpose(x, w, b=None, *, stride=1, dilation=1, padding="valid", output_padding=None):
    """Put every step down as a short signal: conv2d_transpose on an image that is one pixel high.

        y[n,t,f] = b[f] + Σ x[n,i,c] · w[v,f,c]   over all i, v, c with i·s + v·d − p = t
    Gradients and arguments: those of conv2d_transpose; padding may be (before, after).
    Shapes: x (N,I,C), w (V,F,C), b (F,) or None, y (N,T,F), T as H in conv2d_transpose.
    Raises ValueError as conv2d_transpose.   Tutorial: lesson 14

    >>> conv1d_transpose(np.array([[[1.0], [3.0]]]), np.array([[[1.0]], [[0.5]]]), stride=2).ravel()
    array([1. , 0.5, 3. , 1.5])
    """
    x, w = (a if isinstance(a, Tensor) else np.asarray(a) for a in (x, w))
    _check("conv1d_transpose", x, w, b, ("N", "I"))
    image, filters = reshape(x, shape=(x.shape[0], 1, *x.shape[1:])), reshape(w, shape=(1, *w.shape))
    stride, dilation = pair("stride", stride)[0], pair("dilation", dilation)[0]
    more = None if output_padding is None else (0, output_padding)
    y = conv2d_transpose(
        image, filters, b, stride=(1, stride), dilation=(1, dilation), padding=along_time(padding), output_padding=more
    )
    return reshape(y, shape=(y.shape[0], *y.shape[2:]))


def _check(op, x, w, b, axes):
    """Refuse what does not fit together, with the repair in the message."""
    if x.ndim != len(axes) + 1:
        raise ValueError(
            f"{op}: expected x ({', '.join(axes)}, C), {len(axes) + 1} axes. Received x of shape {x.shape}."
        )
    if w.ndim != x.ndim or 0 in w.shape:
        raise ValueError(f"{op}: expected filters (size..., F, C), no axis empty. Received w of shape {w.shape}.")
    if x.shape[-1] != w.shape[-1]:
        hint = " The last two axes of w seem to be exchanged." if x.shape[-1] == w.shape[-2] else ""
        raise ValueError(
            f"{op}: x has {x.shape[-1]} channels, the filters expect {w.shape[-1]}, their last axis. "
            f"Received x {x.shape}, w {w.shape}.{hint}"
        )
    if b is not None and b.shape != w.shape[-2:-1]:
        raise ValueError(f"{op}: expected one bias per filter, b ({w.shape[-2]},). Received b {b.shape}.")


def _placement(op, image, window, stride, dilation, padding, output_padding):
    """Return how many rows and columns are cut off at the start, and how many are left."""
    around = sides(op, padding) or (None, None)
    pad, size = [], []
    for n, u, s, d, cut, more in zip(
        image, window, stride, dilation, around, _additions(op, output_padding), strict=True
    ):
        reach = (u - 1) * d + 1
        if cut is not None:
            before, left = cut[0], (n - 1) * s + reach - sum(cut) + (more or 0)
        elif padding == "valid":
            before, left = 0, (n - 1) * s + (max(reach, s) if more is None else reach + more)
        elif more is None:  # "same": what conv2d leads back to n
            before, left = max(reach - s, 0) // 2, n * s
        else:
            before, left = max((reach - reach % 2 - more) // 2, 0), (n - 1) * s + reach % 2 + more
        if left < 1:
            raise ValueError(
                f"{op}: nothing is left of an image of {tuple(image)} with filters of {tuple(window)}, stride "
                f"{stride}, padding {padding!r}, output_padding {output_padding}. Cut off less."
            )
        pad.append(before)
        size.append(left)
    return tuple(pad), tuple(size)


def _additions(op, output_padding):
    """Return (rows, columns) to be added at the end, None where it was not said."""
    values = output_padding if isinstance(output_padding, (tuple, list)) else (output_padding, output_padding)
    try:
        values = tuple(None if n is None else operator.index(n) for n in values)
    except TypeError:
        values = ()
    if len(values) != 2 or any(n is not None and n < 0 for n in values):
        raise ValueError(
            f"{op}: output_padding is None, a whole number >= 0 or a pair of them. Received: {output_padding!r}"
        )
    return values
