"""The long short-term memory in loops: two patients at a time, through all steps. Shapes: see lstm_numpy.py.

All that a step starts from stands in one row [h_{t−1}, x_t, 1], its weights in one matrix: W_h above W_x above b, and
rows of zeros up to a multiple of four, since the product takes four rows at once. Both patients share a row it loads.
"""

import numpy as np
from numba import njit

CHUNK = 16  # rows of two patients' steps that are gathered before the gradients of the weights are summed

_options = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz", "arcp"}}
_compiled = njit(**_options, no_cfunc_wrapper=True)
_inner = njit(**_options, no_cfunc_wrapper=True, no_cpython_wrapper=True)  # called by compiled functions only


def lstm_forward(x, wx, wh, b, h0, c0, mask, h, c, gates):
    w = np.concatenate([wh, wx, b[None], np.zeros((-(len(wh) + len(wx) + 1) % 4, len(b)), b.dtype)])
    start = np.zeros((2, len(w)), x.dtype)
    start[:, len(wh) + len(wx)] = 1
    _forward(x, w, h0, c0, mask, h, c, gates, start, np.empty((2, len(b)), x.dtype))


def lstm_backward(dh, dc, x, wx, wh, h0, c0, mask, h, c, gates, dx, dwx, dwh, db, dh0, dc0):
    D, U = len(wx), len(wh)
    wt = np.concatenate([wh, wx]).T if dx.size else wh.T  # then back has no place for dx
    dw = np.zeros((U + D + 1 + (U + D + 1) % 2, 4 * U), db.dtype)  # rows as in w; two at a time
    dc0[:] = dc
    back = np.empty((2, wt.shape[1]), x.dtype)  # what a step sends back to h_{t−1}, and to x_t if wanted
    starts = np.zeros((len(dw), CHUNK), x.dtype)  # what some steps started from, one column each
    starts[U + D] = 1
    da = np.zeros((CHUNK, 4 * U), x.dtype)  # and the gradients of their scores; rows of zeros change nothing
    wt, shown = np.ascontiguousarray(wt), np.empty(U, x.dtype)
    _backward(dh, x, wt, h0, c0, mask, h, c, gates, dx, dw, dh0, dc0, back, starts, da, shown)
    dwh[:], dwx[:], db[:] = dw[:U], dw[U : U + D], dw[U + D]


@_compiled
def _forward(x, w, h0, c0, mask, h, c, gates, start, scores):
    N, T, D = x.shape
    U = h.shape[2]
    for first in range(0, N, 2):
        few = 2 if first + 1 < N else 1
        for p in range(few):
            for u in range(U):
                start[p, u] = h0[first + p, u]
        for t in range(T):
            for p in range(few):
                for d in range(D):
                    start[p, U + d] = x[first + p, t, d]
            scores[:] = 0
            _add_product(start, w, scores)
            for p in range(few):
                n = first + p
                score, gate, state = scores[p], gates[n, t], start[p]
                memory, cell = c[n, t - 1] if t else c0[n], c[n, t]
                for g in range(4):
                    scale = ONE if g == 2 else HALF  # σ(a) = ½ + ½ tanh(½ a)
                    for u in range(g * U, g * U + U):
                        gate[u] = ONE - scale + scale * _tanh(scale * score[u])
                if mask.size and not mask[n, t]:
                    for u in range(U):
                        cell[u] = memory[u]
                else:
                    for u in range(U):
                        cell[u] = gate[U + u] * memory[u] + gate[u] * gate[2 * U + u]
                    for u in range(U):
                        state[u] = gate[3 * U + u] * _tanh(cell[u])
                for u in range(U):
                    h[n, t, u] = state[u]


@_compiled
def _backward(dh, x, wt, h0, c0, mask, h, c, gates, dx, dw, dh0, dc0, back, starts, da, shown):
    N, T, D = x.shape
    U = h.shape[2]
    for first in range(0, N, 2):
        few = 2 if first + 1 < N else 1
        back[:] = 0
        for t in range(T - 1, -1, -1):
            row = 2 * t % CHUNK
            for p in range(few):
                n = first + p
                gate, cell, total, d, dmemory = gates[n, t], c[n, t], back[p], da[row + p], dc0[n]
                state, memory = (h[n, t - 1], c[n, t - 1]) if t else (h0[n], c0[n])
                for u in range(U):
                    starts[u, row + p] = state[u]
                    total[u] += dh[n, t, u]
                for i in range(D):
                    starts[U + i, row + p] = x[n, t, i]
                total[U:] = 0
                if mask.size and not mask[n, t]:
                    continue  # the total is handed on to the step before
                for u in range(U):
                    shown[u] = _tanh(cell[u])
                for u in range(U):
                    i, f, candidate, o = gate[u], gate[U + u], gate[2 * U + u], gate[3 * U + u]
                    dcell = dmemory[u] + total[u] * o * (ONE - shown[u] * shown[u])
                    d[u] = dcell * candidate * i * (ONE - i)
                    d[U + u] = dcell * memory[u] * f * (ONE - f)
                    d[2 * U + u] = dcell * i * (ONE - candidate * candidate)
                    d[3 * U + u] = total[u] * shown[u] * o * (ONE - o)
                    dmemory[u] = dcell * f
                total[:U] = 0
            _add_product(da[row : row + 2], wt, back)
            if dx.size:
                for p in range(few):
                    for i in range(D):
                        dx[first + p, t, i] = back[p, U + i]
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
HALF, ONE, EDGE, EIGHTH = (np.float32(v) for v in (1 / 2, 1, 20, 1 / 8))
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
