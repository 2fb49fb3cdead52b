"""The long short-term memory: through the steps in Python, through the patients of a step in compiled loops.

All that a step starts from stands in rows [h_{t−1}, x_t, 1], a patient each, its weights in one matrix: W_h above W_x
above b. Rows of zeros fill both, since the product takes two rows of the one and four of the other at once.
Short loops, which few functions share, are compiled soon. Shapes: see lstm_numpy.py.
"""

import numpy as np
from numba import njit

_fast = {"reassoc", "contract", "nsz", "arcp"}
_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath=_fast, no_cfunc_wrapper=True)


def lstm_forward(x, wx, wh, b, h0, c0, mask, h, c, gates):
    (N, T, D), U = x.shape, len(wh)
    w = np.zeros((_fours(U + D + 1), 4 * U), b.dtype)
    w[:U], w[U : U + D], w[U + D] = wh, wx, b
    start = np.zeros((N + N % 2, len(w)), x.dtype)
    start[:N, :U], start[:, U + D] = h0, 1
    scores, gate = np.empty((2, len(start), 4 * U), x.dtype)
    memory = c0.copy()
    ones, shown = np.ones(U, x.dtype), np.empty((N, U), x.dtype)
    scale = np.repeat(np.array([0.5, 0.5, 1, 0.5], x.dtype), U)
    i, f, candidate, o = (gate[:N, g * U : g * U + U] for g in range(4))
    for t in range(T):
        start[:N, U : U + D] = x[:, t]
        scores[:] = 0
        _add_product(start, w, scores)
        _squash(scores, scale, gate)
        some = mask[:, t] if mask.size else slice(N)  # the others keep their state and memory
        memory[some] = f[some] * memory[some] + i[some] * candidate[some]
        _squash(memory, ones, shown)
        start[:N][some, :U] = o[some] * shown[some]
        gates[:, t], c[:, t], h[:, t] = gate[:N], memory, start[:N, :U]


def lstm_backward(dh, dc, x, wx, wh, h0, c0, mask, h, c, gates, dx, dwx, dwh, db, dh0, dc0):
    (N, T, D), U = x.shape, len(wh)
    wt = np.ascontiguousarray(np.concatenate([wh, wx]).T if dx.size else wh.T)
    dw = np.zeros((U + D + 1 + (U + D + 1) % 2, 4 * U), db.dtype)  # rows as in w; two at a time
    shown = np.empty_like(c)  # tanh c
    _squash(c.reshape(N * T, U), np.ones(U, x.dtype), shown.reshape(N * T, U))
    start = np.zeros((len(dw), _fours(N)), x.dtype)  # what a step started from, a patient each column
    start[U + D] = 1
    da = np.zeros((_fours(N), 4 * U), x.dtype)  # the gates, then the gradients of their scores
    back = np.zeros((N + N % 2, wt.shape[1]), x.dtype)  # what a step sends back to h_{t−1}, and to x_t if wanted
    skipping = np.repeat(np.array([0, 1, 0, 0], x.dtype), U)  # gates that send no gradient to any score
    dc0[:] = dc
    for t in range(T - 1, -1, -1):
        state, memory = (h[:, t - 1], c[:, t - 1]) if t else (h0, c0)
        start[:U, :N], start[U : U + D, :N] = state.T, x[:, t].T
        da[:N] = gates[:, t]
        if mask.size:
            da[:N][~mask[:, t]] = skipping
        back[:N, :U] += dh[:, t]
        back[:, U:] = 0
        _step_back(memory.copy(), shown[:, t].copy(), back, dc0, da)
        back[:N][mask[:, t] if mask.size else slice(N), :U] = 0  # the others hand on their total to the step before
        _add_product(da, wt, back)
        _add_product(start, da, dw)
        if dx.size:
            dx[:, t] = back[:N, U:]
    dh0[:] = back[:N, :U]
    dwh[:], dwx[:], db[:] = dw[:U], dw[U : U + D], dw[U + D]


def _fours(count):
    return count + -count % 4


# ---------------------------------------------------------------- loops


@_compiled
def _add_product(a, w, y):
    """y += a w, two rows of y and four of w at once."""
    for m in range(0, len(y), 2):
        for k in range(0, len(w), 4):
            p0, p1, p2, p3 = a[m, k], a[m, k + 1], a[m, k + 2], a[m, k + 3]
            q0, q1, q2, q3 = a[m + 1, k], a[m + 1, k + 1], a[m + 1, k + 2], a[m + 1, k + 3]
            for j in range(w.shape[1]):
                y[m, j] += p0 * w[k, j] + p1 * w[k + 1, j] + p2 * w[k + 2, j] + p3 * w[k + 3, j]
                y[m + 1, j] += q0 * w[k, j] + q1 * w[k + 1, j] + q2 * w[k + 2, j] + q3 * w[k + 3, j]


# float32, but exact, so that they leave a double a double
ONE, EDGE, EIGHTH = (np.float32(v) for v in (1, 20, 1 / 8))
P0, P1, P2, P3 = (np.float32(v / 2**17) for v in (135135, 17325, 378, 1))
Q0, Q1, Q2, Q3 = (np.float32(v / 2**17) for v in (135135, 62370, 3150, 28))


@_compiled
def _squash(a, scale, y):
    """y = ½ + ½ tanh(½ a) = σ(a) where scale (J,) is ½, and tanh a where it is 1.

    tanh: Lambert's fraction for a/8, then three times tanh 2a = 2 tanh a / (1 + tanh² a), all as p/q.
    """
    for m in range(len(a)):
        for j in range(len(scale)):
            at = scale[j] * a[m, j]
            e = EDGE if at > EDGE else at
            e = -EDGE if e < -EDGE else e
            e = EIGHTH * e
            s = e * e
            p = e * (P0 + s * (P1 + s * (P2 + s * P3)))
            q = Q0 + s * (Q1 + s * (Q2 + s * Q3))
            p, q = (p + p) * q, q * q + p * p
            p, q = (p + p) * q, q * q + p * p
            f = (p + p) * q / (q * q + p * p)
            f = ONE if at >= EDGE else f
            f = -ONE if at <= -EDGE else f
            y[m, j] = ONE - scale[j] + scale[j] * f


@_compiled
def _step_back(memory, shown, total, dmemory, da):
    N, U = memory.shape
    for n in range(N):
        for u in range(U):
            i, f, candidate, o = da[n, u], da[n, U + u], da[n, 2 * U + u], da[n, 3 * U + u]
            dcell = dmemory[n, u] + total[n, u] * o * (ONE - shown[n, u] * shown[n, u])
            da[n, u] = dcell * candidate * i * (ONE - i)
            da[n, U + u] = dcell * memory[n, u] * f * (ONE - f)
            da[n, 2 * U + u] = dcell * i * (ONE - candidate * candidate)
            da[n, 3 * U + u] = total[n, u] * shown[n, u] * o * (ONE - o)
            dmemory[n, u] = dcell * f
