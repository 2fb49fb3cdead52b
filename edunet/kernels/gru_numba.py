"""The gated recurrent unit: through the steps in Python, through the patients of a step in compiled loops.

Two products in each step, a row for each patient:
    start = [h_{t−1}, 1, x_t]      times w (.,3U): the scores of z and r, and what the input says to ĥ
    state = [h_{t−1}, 1]           times wc (.,U): what the state says to ĥ; if r acts before it, [r ⊙ h_{t−1}, 1]
Rows of zeros fill all of them, since the product takes two rows of the one and four of the other at once.
Two short loops are compiled soon, and all products share one of them. Shapes: see gru_numpy.py.
"""

import numpy as np
from numba import njit

_fast = {"reassoc", "contract", "nsz", "arcp"}
_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath=_fast, no_cfunc_wrapper=True)


def gru_forward(x, wx, wh, b, h0, mask, reset_after, h, gates, inner):
    (N, T, D), U = x.shape, len(wh)
    w, wc = np.zeros((_fours(U + 1 + D), 3 * U), b.dtype), np.zeros((_fours(U + 1), U), b.dtype)
    w[:U, : 2 * U], w[U], w[U + 1 : U + 1 + D] = wh[:, : 2 * U], b[0], wx
    w[U, : 2 * U] += b[1, : 2 * U]
    wc[:U] = wh[:, 2 * U :]
    (wc if reset_after else w)[U, -U:] += b[1, 2 * U :]
    start, state = np.zeros((N + N % 2, len(w)), x.dtype), np.zeros((N + N % 2, len(wc)), x.dtype)
    start[:N, :U] = h0
    start[:, U] = state[:, U] = 1
    scores, gate = np.empty((2, len(start), 3 * U), x.dtype)
    share, candidate = np.empty((2, len(start), U), x.dtype)
    halves, ones = np.full(2 * U, 0.5, x.dtype), np.ones(U, x.dtype)
    before, z, r = start[:, :U], gate[:, :U], gate[:, U : 2 * U]
    for t in range(T):
        start[:N, U + 1 : U + 1 + D] = x[:, t]
        scores[:] = 0
        share[:] = 0
        _add_product(start, w, scores)
        _squash(scores, halves, gate)
        state[:, :U] = before if reset_after else r * before
        _add_product(state, wc, share)
        inner[:, t] = share[:N] if reset_after else state[:N, :U]
        _squash(scores[:, 2 * U :] + (r * share if reset_after else share), ones, candidate)
        gate[:, 2 * U :] = candidate
        after = z * before + (1 - z) * candidate
        some = mask[:, t] if mask.size else slice(N)  # the others keep their state
        before[:N][some] = after[:N][some]
        gates[:, t], h[:, t] = gate[:N], before[:N]


def gru_backward(dh, x, wx, wh, h0, mask, reset_after, h, gates, inner, dx, dwx, dwh, db, dh0):
    (N, T, D), U = x.shape, len(wh)
    wt, wct = np.zeros((_fours(3 * U), U + D if dx.size else U), db.dtype), np.zeros((_fours(U), U), db.dtype)
    wt[: 2 * U, :U], wct[:U] = wh[:, : 2 * U].T, wh[:, 2 * U :].T
    if dx.size:
        wt[: 3 * U, U:] = wx.T
    dw, dwc = np.zeros((_fours(U + 1 + D), 3 * U), db.dtype), np.zeros((_fours(U + 1), U), db.dtype)
    # what a step started from, a patient each column, and the gradients of its scores, a patient each row
    start, state = np.zeros((len(dw), _fours(N)), x.dtype), np.zeros((len(dwc), _fours(N)), x.dtype)
    da, dshare = np.zeros((_fours(N), len(wt)), x.dtype), np.zeros((_fours(N), len(wct)), x.dtype)
    start[U] = state[U] = 1
    back = np.zeros((N + N % 2, wt.shape[1]), x.dtype)  # what a step sends back to h_{t−1}, and to x_t if wanted
    dstate = np.empty((len(back), U), x.dtype)
    for t in range(T - 1, -1, -1):
        before = h[:, t - 1] if t else h0
        start[:U, :N], start[U + 1 : U + 1 + D, :N] = before.T, x[:, t].T
        state[:U, :N] = (before if reset_after else inner[:, t]).T
        back[:N, :U] += dh[:, t]
        back[:, U:] = 0
        for gradient in da, dshare, dstate:
            gradient[:] = 0
        some = mask[:, t] if mask.size else slice(N)  # the others hand on their total to the step before
        total, gate = back[:N][some, :U], gates[some, t]
        z, r, candidate = gate[:, :U], gate[:, U : 2 * U], gate[:, 2 * U :]
        dcandidate = total * (1 - z) * (1 - candidate * candidate)
        dshare[:N][some, :U] = dcandidate * r if reset_after else dcandidate
        _add_product(dshare, wct, dstate)
        through = dstate[:N][some]
        dr = dcandidate * inner[some, t] if reset_after else through * before[some]
        da[:N][some, :U] = total * (before[some] - candidate) * z * (1 - z)
        da[:N][some, U : 2 * U] = dr * r * (1 - r)
        da[:N][some, 2 * U : 3 * U] = dcandidate
        back[:N][some, :U] = total * z + (through if reset_after else through * r)
        _add_product(da, wt, back)
        _add_product(start, da, dw)
        _add_product(state, dshare, dwc)
        if dx.size:
            dx[:, t] = back[:N, U:]
    dh0[:] = back[:N, :U]
    dwh[:, : 2 * U], dwh[:, 2 * U :], dwx[:] = dw[:U, : 2 * U], dwc[:U], dw[U + 1 : U + 1 + D]
    db[:], db[1, 2 * U :] = dw[U], dwc[U]


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
