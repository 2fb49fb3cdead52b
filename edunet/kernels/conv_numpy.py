"""Convolution, defined: for every filter tap (u, v), one matrix product over the pixels it meets.

Shapes: x (N,H,W,C), w (U,V,C,F), b (F,), y (N,I,J,F). Pairs (rows, columns): stride, dilation and pad (zeros put
before the first row and column). Taps are clipped at the border; nothing is padded. relu: y = max(0, W * x + b).
Depthwise: w (U,V,C,M), y (N,I,J,C·M), and each channel of x has its own M filters: channel c·M + m of y is filter m.
"""

import numpy as np


def conv2d_forward(x, w, b, stride, dilation, pad, relu, y):
    y[:] = b
    for u, v, inside, pixels in _taps(w, x, y, stride, dilation, pad):
        y[inside] += np.tensordot(x[pixels], w[u, v], 1)  # (N,i,j,C) (C,F)
    if relu:
        np.maximum(y, 0, out=y)


def conv2d_backward(dy, x, w, stride, dilation, pad, relu, y, dx, dw, db):
    if relu:
        dy = dy * (y > 0)
    dx[:] = 0
    for u, v, inside, pixels in _taps(w, x, dy, stride, dilation, pad):
        if dw.size:
            dw[u, v] = np.tensordot(x[pixels], dy[inside], ((0, 1, 2), (0, 1, 2)))
        if dx.size:
            dx[pixels] += np.tensordot(dy[inside], w[u, v], (3, 1))
    np.sum(dy, axis=(0, 1, 2), out=db)


def depthwise_conv2d_forward(x, w, b, stride, dilation, pad, y):
    y[:] = b
    groups = y.reshape(*y.shape[:3], *w.shape[2:])  # (N,I,J,C,M), a view
    for u, v, inside, pixels in _taps(w, x, y, stride, dilation, pad):
        groups[inside] += x[pixels][..., None] * w[u, v]


def depthwise_conv2d_backward(dy, x, w, stride, dilation, pad, dx, dw, db):
    dx[:] = 0
    groups = dy.reshape(*dy.shape[:3], *w.shape[2:])
    for u, v, inside, pixels in _taps(w, x, dy, stride, dilation, pad):
        if dw.size:
            dw[u, v] = np.einsum("nijc,nijcm->cm", x[pixels], groups[inside])
        if dx.size:
            dx[pixels] += np.einsum("nijcm,cm->nijc", groups[inside], w[u, v])
    np.sum(dy, axis=(0, 1, 2), out=db)


def _taps(w, x, y, stride, dilation, pad):
    """For each tap (u, v): the tap, which outputs it serves, and which pixels it reads for them."""
    for u, v in np.ndindex(w.shape[:2]):
        outputs, pixels = [slice(None)], [slice(None)]
        for tap, n, m, s, d, p in zip((u, v), x.shape[1:3], y.shape[1:3], stride, dilation, pad, strict=True):
            offset = tap * d - p  # output i reads pixel i·s + offset
            first = max(0, -(offset // s))
            last = max(first, min(m, (n - 1 - offset) // s + 1))
            outputs.append(slice(first, last))
            pixels.append(slice(first * s + offset, max(0, (last - 1) * s + offset + 1), s))
        yield u, v, tuple(outputs), tuple(pixels)
