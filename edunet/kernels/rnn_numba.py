"""The simple recurrence in loops: two patients at a time, through all steps. Shapes: see rnn_numpy.py.

All that a step starts from stands in one row [h_{t−1}, x_t, 1], its weights in one matrix: W_h above W_x above b, and
rows of zeros up to a multiple of four, since the product takes four rows at once. Both patients share a row it loads.
"""

import numpy as np
from numba import njit

CHUNK = 16  # rows of two patients' steps that are gathered before the gradients of the weights are summed

_options = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz", "arcp"}}
_compiled = njit(**_options, no_cfunc_wrapper=True)
_inner = njit(**_options, no_cfunc_wrapper=True, no_cpython_wrapper=True)  # called by compiled functions only


TANH, RELU, SIGMOID, LINEAR = range(4)
_NUMBERS = {"tanh": TANH, "relu": RELU, "sigmoid": SIGMOID, "linear": LINEAR}


def simple_rnn_forward(x, wx, wh, b, h0, mask, activation, h):
    (N, T, D), U = x.shape, len(wh)
    w = np.concatenate([wh, wx, b[None], np.zeros((-(U + D + 1) % 4, U), b.dtype)])
    start, scores = np.zeros((2, len(w)), x.dtype), np.empty((2, U), x.dtype)
    start[:, U + D] = 1
    _forward(T, x.reshape(N * T, D), w, h0, mask, _NUMBERS[activation], h.reshape(N * T, U), start, scores)


def simple_rnn_backward(dh, x, wx, wh, h0, mask, activation, h, dx, dwx, dwh, db, dh0):
    (N, T, D), U = x.shape, len(wh)
    wt = np.zeros((U + -U % 4, U + D if dx.size else U), db.dtype)  # rows of zeros again; no place for an unwanted dx
    wt[:U, :U] = wh.T
    if dx.size:
        wt[:U, U:] = wx.T
    dw = np.zeros((U + D + 1 + (U + D + 1) % 2, U), db.dtype)  # rows as in w; two at a time
    rows = x.reshape(N * T, D), h.reshape(N * T, U), dh.reshape(N * T, U), dx.reshape(-1, D)
    back = np.empty((2, wt.shape[1]), x.dtype)  # what a step sends back to h_{t−1}, and to x_t if wanted
    starts = np.zeros((len(dw), CHUNK), x.dtype)  # what some steps started from, one column each
    starts[U + D] = 1
    da = np.zeros((CHUNK, len(wt)), x.dtype)  # and the gradients of their scores; rows of zeros change nothing
    _backward(T, *rows, wt, h0, mask, _NUMBERS[activation], dw, dh0, back, starts, da)
    dwh[:], dwx[:], db[:] = dw[:U], dw[U : U + D], dw[U + D]


@_compiled
def _forward(T, x, w, h0, mask, activation, h, start, scores):
    N, U = h0.shape
    D = x.shape[1]
    for first in range(0, N, 2):
        few = 2 if first + 1 < N else 1
        for p in range(few):
            for u in range(U):
                start[p, u] = h0[first + p, u]
        for t in range(T):
            for p in range(few):
                m = (first + p) * T + t
                for d in range(D):
                    start[p, U + d] = x[m, d]
            for p in range(2):
                for u in range(U):
                    scores[p, u] = 0
            _add_product(start, w, scores)
            for p in range(few):
                m = (first + p) * T + t
                if not mask.size or mask[first + p, t]:
                    if activation == RELU:
                        for u in range(U):  # NaN is not smaller, and stays
                            start[p, u] = 0 if scores[p, u] < 0 else scores[p, u]
                    elif activation == LINEAR:
                        for u in range(U):
                            start[p, u] = scores[p, u]
                    else:  # σ(a) = ½ + ½ tanh(½ a)
                        scale = ONE if activation == TANH else HALF
                        for u in range(U):
                            start[p, u] = ONE - scale + scale * _tanh(scale * scores[p, u])
                for u in range(U):
                    h[m, u] = start[p, u]


@_compiled
def _backward(T, x, h, dh, dx, wt, h0, mask, activation, dw, dh0, back, starts, da):
    N, U = h0.shape
    D = x.shape[1]
    for first in range(0, N, 2):
        few = 2 if first + 1 < N else 1
        back[:] = 0
        for t in range(T - 1, -1, -1):
            row = 2 * t % CHUNK
            for p in range(few):
                m, r = (first + p) * T + t, row + p
                for u in range(U):
                    starts[u, r] = h[m - 1, u] if t else h0[first + p, u]
                for d in range(D):
                    starts[U + d, r] = x[m, d]
                for d in range(U, wt.shape[1]):
                    back[p, d] = 0
                for u in range(U):
                    back[p, u] += dh[m, u]
                if not mask.size or mask[first + p, t]:  # otherwise the sum is handed on to the step before
                    for u in range(U):
                        y = h[m, u]
                        slope = ONE - y * y
                        if activation == RELU:
                            slope = ONE if y > 0 else ZERO
                        elif activation == LINEAR:
                            slope = ONE
                        elif activation == SIGMOID:
                            slope = y * (ONE - y)
                        da[r, u] = back[p, u] * slope
                        back[p, u] = 0
            _add_product(da[row : row + 2], wt, back)
            if dx.size:
                for p in range(few):
                    for d in range(D):
                        dx[(first + p) * T + t, d] = back[p, U + d]
            if row == 0:
                _add_product(starts, da, dw)
                da[:] = 0
        for p in range(few):
            for u in range(U):
                dh0[first + p, u] = back[p, u]


@_inner
def _add_product(a, w, y):
    """y += a w, two rows of y and four of w at once."""
    for m in range(0, len(y), 2):
        a0, a1, y0, y1 = a[m], a[m + 1], y[m], y[m + 1]
        for k in range(0, len(w), 4):
            w0, w1, w2, w3 = w[k], w[k + 1], w[k + 2], w[k + 3]
            p0, p1, p2, p3 = a0[k], a0[k + 1], a0[k + 2], a0[k + 3]
            q0, q1, q2, q3 = a1[k], a1[k + 1], a1[k + 2], a1[k + 3]
            for j in range(len(w0)):
                y0[j] += p0 * w0[j] + p1 * w1[j] + p2 * w2[j] + p3 * w3[j]
                y1[j] += q0 * w0[j] + q1 * w1[j] + q2 * w2[j] + q3 * w3[j]


# float32, but exact, so that they leave a double a double
ZERO, HALF, ONE, EDGE, EIGHTH = (np.float32(v) for v in (0, 1 / 2, 1, 20, 1 / 8))
P0, P1, P2, P3 = (np.float32(v / 2**17) for v in (135135, 17325, 378, 1))
Q0, Q1, Q2, Q3 = (np.float32(v / 2**17) for v in (135135, 62370, 3150, 28))


@_inner
def _tanh(a):
    """tanh a: Lambert's fraction for a/8, then three times tanh 2a = 2 tanh a / (1 + tanh² a), all as p/q."""
    e = EDGE if a > EDGE else a
    e = -EDGE if e < -EDGE else e
    e = EIGHTH * e
    s = e * e
    p = e * (P0 + s * (P1 + s * (P2 + s * P3)))
    q = Q0 + s * (Q1 + s * (Q2 + s * Q3))
    p, q = (p + p) * q, q * q + p * p
    p, q = (p + p) * q, q * q + p * p
    y = (p + p) * q / (q * q + p * p)
    y = ONE if a >= EDGE else y
    return -ONE if a <= -EDGE else y
