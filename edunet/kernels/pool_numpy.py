"""Pooling, defined: the window's taps (u, v) are visited one after the other.

Shapes: x (N,H,W,C), y (N,I,J,C), window (U,V). Pairs (rows, columns): stride and pad (places before the first row
and column). Places outside the image take no part: neither in the maximum nor in the mean.
Saved: winner (N,I,J,C), the tap u·V + v that holds the maximum; the first one wins a tie.
"""

import itertools

import numpy as np


def max_pool2d_forward(x, window, stride, pad, y, winner):
    y[:], winner[:] = -np.inf, 0
    for tap, inside, pixels in _taps(x, y, window, stride, pad):
        np.copyto(winner[inside], tap, where=x[pixels] > y[inside])
        np.maximum(y[inside], x[pixels], out=y[inside])  # passes NaN on: a broken number must stay visible


def max_pool2d_backward(dy, window, stride, pad, winner, dx):
    dx[:] = 0
    for tap, inside, pixels in _taps(dx, dy, window, stride, pad):
        dx[pixels] += dy[inside] * (winner[inside] == tap)


def avg_pool2d_forward(x, window, stride, pad, y):
    y[:] = 0
    for _, inside, pixels in _taps(x, y, window, stride, pad):
        y[inside] += x[pixels]
    y /= _counts(x, y, window, stride, pad)


def avg_pool2d_backward(dy, window, stride, pad, dx):
    dx[:] = 0
    share = dy / _counts(dx, dy, window, stride, pad)
    for _, inside, pixels in _taps(dx, dy, window, stride, pad):
        dx[pixels] += share[inside]


def _counts(x, y, window, stride, pad):
    """Return how many pixels of the image each window holds: (1,I,J,1)."""
    counts = np.zeros((1, *y.shape[1:3], 1), y.dtype)
    for _, inside, _ in _taps(x, y, window, stride, pad):
        counts[inside] += 1
    return counts


def _taps(x, y, window, stride, pad):
    """For each tap: its number, the outputs it serves, and the pixels it reads for them."""
    axes = zip(window, x.shape[1:3], y.shape[1:3], stride, pad, strict=True)
    reach = [range(max(0, p - (m - 1) * s), min(taps, n + p)) for taps, n, m, s, p in axes]  # others see no pixel
    for u, v in itertools.product(*reach):
        inside, pixels = [slice(None)], [slice(None)]
        for tap, n, m, s, p in zip((u, v), x.shape[1:3], y.shape[1:3], stride, pad, strict=True):
            first = max(0, -((tap - p) // s))
            last = max(first, min(m, (n - 1 - tap + p) // s + 1))
            inside.append(slice(first, last))
            pixels.append(slice(first * s + tap - p, max(0, (last - 1) * s + tap - p + 1), s))
        yield u * window[1] + v, tuple(inside), tuple(pixels)
