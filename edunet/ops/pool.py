"""Pooling: keep the strongest answer, or the mean answer, of each neighbourhood."""

import numpy as np

from edunet.backend import kernels
from edunet.ops.conv import along_time, pair, placement, sides
from edunet.tensor import Tensor, differentiable, reshape

__all__ = ["avg_pool1d", "avg_pool2d", "max_pool1d", "max_pool2d"]


@differentiable
def max_pool2d(x, *, window=2, stride=None, padding="valid", dilation=1):
    """Keep the largest value under each window.

        y[n,i,j,c] = max_uv x[n, i·s + u·d − p, j·s + v·d − p, c]          s stride, d dilation, p places put before
    Gradient: all of dy[n,i,j,c] goes to the pixel that held the maximum, the first one (row by row) of a tie:
        dx[n,h,k,c] = Σ dy[n,i,j,c] over the windows (i, j) that (h, k) has won
    Shapes: x (N,H,W,C), y (N,I,J,C) with I, J as in conv2d; stride is the window unless given. Padding is "valid",
    "same" or ((top, bottom), (left, right)), less than the window; places outside the image take no part. A window with
    gaps (dilation > 1) is rare, and computed by NumPy on every backend.
    Raises ValueError for a wrong rank or an image smaller than the window.
    Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 9.3.   Tutorial: notebooks/05_conv.ipynb

    >>> max_pool2d(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    dilation = pair("dilation", dilation)
    window, stride, pad, size = _windows("max_pool2d", x, window, stride, padding, dilation)
    y = np.empty((x.shape[0], *size, x.shape[3]), x.dtype)
    winner = np.empty(y.shape, np.int32)
    if dilation != (1, 1):
        return _max_with_gaps(x, window, stride, dilation, pad, y, winner)
    k = kernels("pool")
    k.max_pool2d_forward(x, window, stride, pad, y, winner)

    def backward(dy):
        dx = np.empty_like(x)
        k.max_pool2d_backward(dy, window, stride, pad, winner, dx)
        return dx

    return y, backward


@differentiable
def avg_pool2d(x, *, window=2, stride=None, padding="valid", count_padding=False):
    """Take the mean under each window.

        y[n,i,j,c] = (1/m) Σ_uv x[n, i·s + u − p, j·s + v − p, c]      m pixels of the image lie under the window
    Gradient: each of the m pixels gets dy[n,i,j,c] / m from every window it lies under.
    Shapes, stride, padding, errors and source: as max_pool2d. Places outside the image are not averaged in, as in
    Keras; count_padding=True counts those of an explicit padding as zeros: m is then always U·V, as in PyTorch.
    Tutorial: lesson 06

    >>> avg_pool2d(np.arange(16.0).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    window, stride, pad, size = _windows("avg_pool2d", x, window, stride, padding)
    image = slice(None)
    if count_padding:
        x, image = _in_zeros("avg_pool2d", x, padding)
        pad = (0, 0)
    y = np.empty((x.shape[0], *size, x.shape[3]), x.dtype)
    k = kernels("pool")
    k.avg_pool2d_forward(x, window, stride, pad, y)

    def backward(dy):
        dx = np.empty_like(x)
        k.avg_pool2d_backward(dy, window, stride, pad, dx)
        return dx[image]

    return y, backward


def _max_with_gaps(x, window, stride, dilation, pad, y, winner):
    """Do what max_pool2d does tap by tap: fill y and the number of the tap that won; return y and the way back."""
    (top, left), reach = pad, [s * (m - 1) for s, m in zip(stride, y.shape[1:3], strict=True)]
    # as far as the last window reaches, and the image: what is outside wins nothing
    far = zip(x.shape[1:3], pad, reach, dilation, window, strict=True)
    size = [max(n + p, r + d * (u - 1) + 1) for n, p, r, d, u in far]
    padded = np.full((len(x), *size, x.shape[3]), -np.inf, x.dtype)
    image = (slice(None), slice(top, top + x.shape[1]), slice(left, left + x.shape[2]))
    padded[image] = x
    taps = [
        (
            slice(None),
            *(slice(u * d, u * d + r + 1, s) for u, d, r, s in zip(tap, dilation, reach, stride, strict=True)),
        )
        for tap in np.ndindex(window)
    ]
    y[:], winner[:] = padded[taps[0]], 0
    for number, tap in enumerate(taps[1:], 1):
        larger = ~(padded[tap] <= y) & ~np.isnan(y)  # of a tie the first has won; NaN wins and stays
        y[larger], winner[larger] = padded[tap][larger], number

    def backward(dy):
        dx = np.zeros_like(padded)
        for number, tap in enumerate(taps):
            dx[tap] += dy * (winner == number)
        return dx[image]

    return y, backward


def _windows(op, x, window, stride, padding, dilation=(1, 1)):
    if x.ndim != 4:
        raise ValueError(f"{op}: expected x (N, H, W, C), 4 axes. Received x of shape {x.shape}.")
    window = pair("window", window)
    if window[0] * window[1] >= 2**31:
        raise ValueError(f"{op}: expected a window of fewer than 2**31 pixels. Received {window}.")
    stride = window if stride is None else pair("stride", stride)
    around = None if padding == "valid" else sides(op, padding)
    if around and any(max(ends) >= n for ends, n in zip(around, window, strict=True)):
        raise ValueError(
            f"{op}: a padding as wide as the window would leave windows that see no pixel. "
            f"Received padding {padding}, window {window}."
        )
    return window, stride, *placement(op, x.shape[1:3], window, stride, dilation, padding)


def _in_zeros(op, x, padding):
    """Return x inside its explicit padding, and the index that finds it there."""
    around = sides(op, padding)
    if around is None:
        raise ValueError(
            f"{op}: count_padding=True counts zeros that were asked for: padding is ((top, bottom), (left, right)). "
            f"Received: {padding!r}"
        )
    ends = ((0, 0), *around, (0, 0))
    inside = tuple(slice(before, before + n) for (before, _), n in zip(ends, x.shape, strict=True))
    return np.pad(x, ends), inside


def max_pool1d(x, *, window=2, stride=None, padding="valid", dilation=1):
    """Keep the largest value of each window along a signal: max_pool2d on an image one pixel high.

    y[n,t,c] = max_v x[n, t·s + v·d − p, c]        x (N,T,C), y (N,T',C); gradient: to the winner
    Shapes, stride, padding (or (before, after)), dilation, errors: as max_pool2d.   Tutorial: lesson 15
    """
    return _along_time("max_pool1d", max_pool2d, x, window, stride, padding, dilation=(1, dilation))


def avg_pool1d(x, *, window=2, stride=None, padding="valid", count_padding=False):
    """Take the mean of each window along a signal: avg_pool2d on an image one pixel high.

    y[n,t,c] = (1/m) Σ_v x[n, t·s + v − p, c]      x (N,T,C), y (N,T',C); gradient: dy/m to each
    Shapes, stride, padding (or (before, after)), errors: as max_pool2d.   Tutorial: lesson 15
    """
    return _along_time("avg_pool1d", avg_pool2d, x, window, stride, padding, count_padding=count_padding)


def _along_time(op, pool, x, window, stride, padding, **options):
    x = x if isinstance(x, Tensor) else np.asarray(x)
    if x.ndim != 3:
        raise ValueError(f"{op}: expected x (N, T, C), 3 axes. Received x of shape {x.shape}.")
    image = reshape(x, shape=(x.shape[0], 1, *x.shape[1:]))
    stride = window if stride is None else stride
    y = pool(image, window=(1, window), stride=(1, stride), padding=along_time(padding), **options)
    return reshape(y, shape=(y.shape[0], *y.shape[2:]))
