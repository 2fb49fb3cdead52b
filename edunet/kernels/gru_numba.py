"""The gated recurrent unit in loops: two patients at a time, through all steps. Shapes: see gru_numpy.py.

Two products in each step, for both patients, so that they share each row of weights that is loaded:
    start = [h_{t−1}, 1, x_t]      times w (.,3U): the scores of z and r, and what the input says to ĥ
    state = [h_{t−1}, 1]           times wc (.,U): what the state says to ĥ; if r acts before it, [r ⊙ h_{t−1}, 1]
The product takes four rows at once: both matrices end in rows of zeros up to a multiple of four.
"""

import numpy as np
from numba import njit

CHUNK = 16  # rows of two patients' steps that are gathered before the gradients of the weights are summed

_options = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz", "arcp"}}
_compiled = njit(**_options, no_cfunc_wrapper=True)
_inner = njit(**_options, no_cfunc_wrapper=True, no_cpython_wrapper=True)  # called by compiled functions only


def gru_forward(x, wx, wh, b, h0, mask, reset_after, h, gates, inner):
    (N, T, D), U = x.shape, len(wh)
    w, wc = np.zeros((_fours(U + 1 + D), 3 * U), b.dtype), np.zeros((_fours(U + 1), U), b.dtype)
    w[:U, : 2 * U], w[U], w[U + 1 : U + 1 + D] = wh[:, : 2 * U], b[0], wx
    w[U, : 2 * U] += b[1, : 2 * U]
    wc[:U] = wh[:, 2 * U :]
    (wc if reset_after else w)[U, -U:] += b[1, 2 * U :]
    rows = h.reshape(N * T, U), gates.reshape(N * T, 3 * U), inner.reshape(N * T, U)
    start, state = np.zeros((2, len(w)), x.dtype), np.zeros((2, len(wc)), x.dtype)
    start[:, U] = state[:, U] = 1
    scores, share = np.empty((2, 3 * U), x.dtype), np.empty((2, U), x.dtype)
    _forward(T, x.reshape(N * T, D), w, wc, h0, mask, reset_after, *rows, start, state, scores, share)


def gru_backward(dh, x, wx, wh, h0, mask, reset_after, h, gates, inner, dx, dwx, dwh, db, dh0):
    (N, T, D), U = x.shape, len(wh)
    wt, wct = np.zeros((_fours(3 * U), U + D if dx.size else U), db.dtype), np.zeros((_fours(U), U), db.dtype)
    wt[: 2 * U, :U], wct[:U] = wh[:, : 2 * U].T, wh[:, 2 * U :].T
    if dx.size:
        wt[: 3 * U, U:] = wx.T
    dw, dwc = np.zeros((_fours(U + 1 + D), 3 * U), db.dtype), np.zeros((_fours(U + 1), U), db.dtype)
    rows = h.reshape(N * T, U), gates.reshape(N * T, 3 * U), inner.reshape(N * T, U), dh.reshape(N * T, U)
    back = np.empty((2, wt.shape[1]), x.dtype)  # what a step sends back to h_{t−1}, and to x_t if wanted
    dstate = np.empty((2, U), x.dtype)
    # what some steps started from, one column each, and the gradients of their scores; rows of zeros change nothing
    starts, states = np.zeros((len(dw), CHUNK), x.dtype), np.zeros((len(dwc), CHUNK), x.dtype)
    da, dshare = np.zeros((CHUNK, len(wt)), x.dtype), np.zeros((CHUNK, len(wct)), x.dtype)
    starts[U] = states[U] = 1
    scratch = back, dstate, starts, states, da, dshare
    dx = dx.reshape(-1, D)
    _backward(T, x.reshape(N * T, D), wt, wct, h0, mask, reset_after, *rows, dx, dw, dwc, dh0, *scratch)
    dwh[:, : 2 * U], dwh[:, 2 * U :], dwx[:] = dw[:U, : 2 * U], dwc[:U], dw[U + 1 : U + 1 + D]
    db[:], db[1, 2 * U :] = dw[U], dwc[U]


def _fours(count):
    return count + -count % 4


@_compiled
def _forward(T, x, w, wc, h0, mask, reset_after, h, gates, inner, start, state, scores, share):
    N, U = h0.shape
    D = x.shape[1]
    for first in range(0, N, 2):
        few = 2 if first + 1 < N else 1
        for p in range(few):
            for u in range(U):
                start[p, u] = h0[first + p, u]
        for t in range(T):
            for p in range(few):
                for d in range(D):
                    start[p, U + 1 + d] = x[(first + p) * T + t, d]
            scores[:] = 0
            share[:] = 0
            _add_product(start, w, scores)
            for p in range(few):
                m = (first + p) * T + t
                for j in range(2 * U):
                    half = HALF * _tanh(HALF * scores[p, j])  # σ(a) = ½ + ½ tanh(½ a)
                    gates[m, j], scores[p, j] = HALF + half, HALF - half  # z and 1 − z, exactly 0 where z is 1
                for u in range(U):
                    state[p, u] = start[p, u] * (ONE if reset_after else gates[m, U + u])
            _add_product(state, wc, share)
            for p in range(few):
                m = (first + p) * T + t
                for u in range(U):
                    inner[m, u] = share[p, u] if reset_after else state[p, u]
                    reset = gates[m, U + u] if reset_after else ONE
                    gates[m, 2 * U + u] = _tanh(scores[p, 2 * U + u] + reset * share[p, u])
                if not mask.size or mask[first + p, t]:
                    for u in range(U):
                        start[p, u] = gates[m, u] * start[p, u] + scores[p, u] * gates[m, 2 * U + u]
                for u in range(U):
                    h[m, u] = start[p, u]


@_compiled
def _backward(
    T,
    x,
    wt,
    wct,
    h0,
    mask,
    reset_after,
    h,
    gates,
    inner,
    dh,
    dx,
    dw,
    dwc,
    dh0,
    back,
    dstate,
    starts,
    states,
    da,
    dshare,
):
    N, U = h0.shape
    D = x.shape[1]
    for first in range(0, N, 2):
        few = 2 if first + 1 < N else 1
        back[:] = 0
        for t in range(T - 1, -1, -1):
            row = 2 * t % CHUNK
            for p in range(few):
                m, r = (first + p) * T + t, row + p
                for d in range(D):
                    starts[U + 1 + d, r] = x[m, d]
                for u in range(U):
                    starts[u, r] = h[m - 1, u] if t else h0[first + p, u]
                    states[u, r] = starts[u, r] if reset_after else inner[m, u]
                    back[p, u] += dh[m, u]
                for d in range(U, wt.shape[1]):
                    back[p, d] = 0
                if not mask.size or mask[first + p, t]:  # otherwise the sum is handed on to the step before
                    for u in range(U):
                        z, reset, candidate = gates[m, u], gates[m, U + u], gates[m, 2 * U + u]
                        dcandidate = back[p, u] * (ONE - z) * (ONE - candidate * candidate)
                        da[r, u] = back[p, u] * (starts[u, r] - candidate) * z * (ONE - z)
                        da[r, 2 * U + u] = dcandidate
                        dshare[r, u] = dcandidate * (reset if reset_after else ONE)
                        back[p, u] *= z
            dstate[:] = 0
            _add_product(dshare[row : row + 2], wct, dstate)
            for p in range(few):
                m, r = (first + p) * T + t, row + p
                if not mask.size or mask[first + p, t]:
                    for u in range(U):
                        reset = gates[m, U + u]
                        dr = da[r, 2 * U + u] * inner[m, u] if reset_after else dstate[p, u] * starts[u, r]
                        da[r, U + u] = dr * reset * (ONE - reset)
                        back[p, u] += dstate[p, u] * (ONE if reset_after else reset)
            _add_product(da[row : row + 2], wt, back)
            if dx.size:
                for p in range(few):
                    for d in range(D):
                        dx[(first + p) * T + t, d] = back[p, U + d]
            if row == 0:
                _add_product(starts, da, dw)
                _add_product(states, dshare, dwc)
                da[:] = 0
                dshare[:] = 0
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
