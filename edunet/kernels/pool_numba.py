"""Pooling in loops, compiled by Numba. Shapes: see pool_numpy.py.

_seen lists what the windows of an image see, so that the loops need to know of no borders, strides and taps:
for each sight, in the order of windows and of taps in them, which window, which tap and which pixel.
"""

import numpy as np
from numba import njit

_compiled = njit(
    cache=True,
    nogil=True,
    no_cfunc_wrapper=True,
    error_model="numpy",
    fastmath={"reassoc", "contract", "nsz", "arcp"},
)


def max_pool2d_forward(x, window, stride, pad, y, winner):
    windows, taps, pixels = _seen(x, window, stride, pad, y)
    y[:], winner[:] = -np.inf, 0
    _largest(_flat(x), windows, taps, pixels, _flat(y), _flat(winner))


def max_pool2d_backward(dy, window, stride, pad, winner, dx):
    windows, taps, pixels = _seen(dx, window, stride, pad, dy)
    dx[:] = 0
    _add_to_winners(_flat(dy), windows, taps, pixels, _flat(winner), _flat(dx))


def avg_pool2d_forward(x, window, stride, pad, y):
    windows, _, pixels = _seen(x, window, stride, pad, y)
    y[:] = 0
    _add(_flat(x), pixels, _flat(y), windows)
    y /= _counts(windows, y)


def avg_pool2d_backward(dy, window, stride, pad, dx):
    windows, _, pixels = _seen(dx, window, stride, pad, dy)
    dx[:] = 0
    _add(_flat(dy / _counts(windows, dy)), windows, _flat(dx), pixels)


def _seen(x, window, stride, pad, y):
    (H, W), (I, J) = x.shape[1:3], y.shape[1:3]
    u = np.arange(max(0, pad[0] - (I - 1) * stride[0]), min(window[0], H + pad[0]))[:, None]  # others see no pixel
    v = np.arange(max(0, pad[1] - (J - 1) * stride[1]), min(window[1], W + pad[1]))
    rows = (np.arange(I) * stride[0] - pad[0])[:, None, None, None] + u
    columns = (np.arange(J) * stride[1] - pad[1])[:, None, None] + v
    inside = (rows >= 0) & (rows < H) & (columns >= 0) & (columns < W)  # (I,J,u,v)
    windows, seen = np.nonzero(inside.reshape(I * J, -1))
    taps = (u * window[1] + v).ravel()[seen]
    return windows.copy(), taps.astype(np.int32), (rows * W + columns)[inside]


def _counts(windows, y):
    """Return (I,J,1): how many pixels of the image each window holds."""
    I, J = y.shape[1:3]
    return np.bincount(windows, minlength=I * J).astype(y.dtype).reshape(I, J, 1)


def _flat(x):
    return x.reshape(x.shape[0], x.shape[1] * x.shape[2], x.shape[3])


# ---------------------------------------------------------------- loops: x (N,H·W,C), y and winner (N,I·J,C)


@_compiled
def _largest(x, windows, taps, pixels, y, winner):
    N, _, C = x.shape
    for n in range(N):
        for i in range(len(windows)):
            w, t, p = windows[i], taps[i], pixels[i]
            for c in range(C):
                a, best = x[n, p, c], y[n, w, c]
                winner[n, w, c] = t if a > best else winner[n, w, c]
                y[n, w, c] = a if a > best or a != a else best  # NaN passes through


@_compiled
def _add_to_winners(dy, windows, taps, pixels, winner, dx):
    N, _, C = dx.shape
    for n in range(N):
        for i in range(len(windows)):
            w, t, p = windows[i], taps[i], pixels[i]
            for c in range(C):
                if winner[n, w, c] == t:
                    dx[n, p, c] += dy[n, w, c]


@_compiled
def _add(a, places, sums, sum_places):
    N, _, C = a.shape
    for n in range(N):
        for i in range(len(places)):
            p, s = places[i], sum_places[i]
            for c in range(C):
                sums[n, s, c] += a[n, p, c]
