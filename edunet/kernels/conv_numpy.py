"""Convolution, defined: for every filter tap (u, v), one matrix product over the pixels it meets.

Shapes: x (N,H,W,C), w (U,V,C,F), b (F,), y (N,I,J,F). Pairs (rows, columns): stride, dilation, pad (zeros put
before the first row and column) and size (I, J). Taps are clipped at the border; nothing is padded.
"""

import numpy as np


def conv2d_forward(x, w, b, stride, dilation, pad, size):
    N, H, W, _ = x.shape
    U, V, _, F = w.shape
    y = np.empty((N, *size, F), x.dtype)
    y[:] = b
    for u in range(U):
        for v in range(V):
            inside, pixels = _meet(u, v, (H, W), stride, dilation, pad, size)
            y[inside] += np.tensordot(x[pixels], w[u, v], 1)  # (N,i,j,C) (C,F)
    return y


def conv2d_backward(dy, x, w, stride, dilation, pad):
    _, H, W, _ = x.shape
    U, V, _, _ = w.shape
    dx, dw = np.zeros_like(x), np.empty_like(w)
    for u in range(U):
        for v in range(V):
            inside, pixels = _meet(u, v, (H, W), stride, dilation, pad, dy.shape[1:3])
            dw[u, v] = np.tensordot(x[pixels], dy[inside], ((0, 1, 2), (0, 1, 2)))
            dx[pixels] += np.tensordot(dy[inside], w[u, v], (3, 1))
    db = dy.sum(axis=(0, 1, 2))
    return dx, dw, db


def _meet(u, v, image, stride, dilation, pad, size):
    """Return which outputs tap (u, v) serves, and which pixels it reads for them."""
    outputs, pixels = [slice(None)], [slice(None)]
    for tap, n, s, d, p, m in zip((u, v), image, stride, dilation, pad, size, strict=True):
        offset = tap * d - p  # output i reads pixel i·s + offset
        first = max(0, -(offset // s))
        last = min(m, (n - 1 - offset) // s + 1)
        last = max(first, last)
        outputs.append(slice(first, last))
        pixels.append(slice(first * s + offset, max(0, (last - 1) * s + offset + 1), s))
    return tuple(outputs), tuple(pixels)
