"""Pooling, defined: the window's taps (u, v) are visited one after the other.

Shapes: x (N,H,W,C), y (N,I,J,C), window (U,V). Pairs (rows, columns): stride, pad (places before the first row
and column) and size (I, J). Places outside the image take no part: neither in the maximum nor in the mean.
"""

import numpy as np


def max_pool2d_forward(x, window, stride, pad, size):
    y = np.full((x.shape[0], *size, x.shape[3]), -np.inf, x.dtype)
    winner = np.zeros(y.shape, np.int32)  # the tap u·V + v that holds the maximum; the first one wins a tie
    for tap, inside, pixels in _taps(x.shape, window, stride, pad, size):
        np.copyto(winner[inside], tap, where=x[pixels] > y[inside])
        np.maximum(y[inside], x[pixels], out=y[inside])  # passes NaN on: a broken number must stay visible
    return y, winner


def max_pool2d_backward(dy, x, window, stride, pad, winner):
    dx = np.zeros_like(x)
    for tap, inside, pixels in _taps(x.shape, window, stride, pad, dy.shape[1:3]):
        dx[pixels] += dy[inside] * (winner[inside] == tap)
    return dx


def avg_pool2d_forward(x, window, stride, pad, size):
    y = np.zeros((x.shape[0], *size, x.shape[3]), x.dtype)
    for _, inside, pixels in _taps(x.shape, window, stride, pad, size):
        y[inside] += x[pixels]
    y /= _counts(x, window, stride, pad, size)
    return y


def avg_pool2d_backward(dy, x, window, stride, pad):
    dx = np.zeros_like(x)
    size = dy.shape[1:3]
    share = dy / _counts(x, window, stride, pad, size)
    for _, inside, pixels in _taps(x.shape, window, stride, pad, size):
        dx[pixels] += share[inside]
    return dx


def _counts(x, window, stride, pad, size):
    """Return how many pixels of the image each window holds: (1,I,J,1)."""
    counts = np.zeros((1, *size, 1), x.dtype)
    for _, inside, _ in _taps(x.shape, window, stride, pad, size):
        counts[inside] += 1
    return counts


def _taps(shape, window, stride, pad, size):
    """For each tap: its number, the outputs it serves, and the pixels it reads for them."""
    for u in range(window[0]):
        for v in range(window[1]):
            inside, pixels = [slice(None)], [slice(None)]
            for tap, n, s, p, m in zip((u, v), shape[1:3], stride, pad, size, strict=True):
                first = max(0, -((tap - p) // s))
                last = max(first, min(m, (n - 1 - tap + p) // s + 1))
                inside.append(slice(first, last))
                pixels.append(slice(first * s + tap - p, max(0, (last - 1) * s + tap - p + 1), s))
            yield u * window[1] + v, tuple(inside), tuple(pixels)
