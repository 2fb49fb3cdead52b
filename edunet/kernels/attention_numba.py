"""Attention in blocks of queries and keys, in loops compiled by Numba: the table of all scores is never there.

Shapes, mask and horizon: see attention_numpy.py. Both ways walk through blocks of scores s = q kᵀ/√d:

    forward    weights are e^(s − top); top is the largest score that each query has met so far. When a later block has
               a larger one, what was summed before is scaled down by e^(old − new).
    backward   weights are A = e^(s − lse), computed again. With dA = dz vᵀ and ds = A (dA − dz·z)/√d:
               dv += Aᵀ dz,  dk += dsᵀ q,  dq += ds k.

The innermost loops run along memory: along the queries of a block on the way forward, along its keys on the way back.
What such a loop reads and writes is therefore turned, a t in its name says so: qt is qᵀ, a row for each of d numbers.
"""

import math

import numpy as np
from numba import njit

BLOCK = 128  # queries, and keys

_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})


def attention_forward(q, k, v, mask, horizon, z, lse):
    _forward(_scale(q), _fours(q), _fours(k), _fours(v), k.shape[1], mask, horizon, z, lse)


def attention_backward(dz, q, k, v, mask, horizon, z, lse, dq, dk, dv):
    _backward(_scale(q), _fours(dz), _fours(q), _fours(k), _fours(v), mask, horizon, z, lse, dq, dk, dv)


def _scale(q):
    return q.dtype.type(1 / math.sqrt(q.shape[2]))


def _fours(x):
    """Return x with rows and columns of zeros up to a multiple of four, as _add_product takes them."""
    rows, columns = -x.shape[1] % 4, -x.shape[2] % 4
    return np.pad(x, ((0, 0), (0, rows), (0, columns))) if rows or columns else x


@_compiled
def _forward(scale, q, k, v, S, mask, horizon, z, lse):
    B, T, e = z.shape
    d4, e4 = k.shape[2], v.shape[2]
    st, few = np.empty((BLOCK, BLOCK), q.dtype), np.empty((4, BLOCK), q.dtype)
    qt, zt = np.empty((d4, BLOCK), q.dtype), np.empty((e4, BLOCK), q.dtype)
    top, total, level, down = few[0], few[1], few[2], few[3]
    for n in range(B):
        for i in range(0, T, BLOCK):
            queries = min(BLOCK, T - i)
            _turn(q[n, i : i + queries, :d4], qt)
            zt[:], top[:], total[:] = 0, -np.inf, 0
            for j in range(0, min(S, i + queries + horizon), BLOCK):
                keys = min(BLOCK, S - j)
                st[:] = 0
                _add_product(k[n, j : j + BLOCK, :d4], qt, queries, st)
                _hide(st[:keys, :queries].T, mask, horizon, n, i, j)
                for r in range(queries):
                    down[r] = top[r]
                for c in range(keys):
                    s = st[c]
                    for r in range(queries):
                        s[r] *= scale
                        top[r] = s[r] if s[r] > top[r] else top[r]
                for r in range(queries):
                    level[r] = ZERO if top[r] == -np.inf else top[r]  # no key seen yet: all weights are e^−∞
                    down[r] = _exp(down[r] - level[r])
                    total[r] *= down[r]
                for f in range(e):
                    out = zt[f]
                    for r in range(queries):
                        out[r] *= down[r]
                for c in range(keys):
                    s = st[c]
                    for r in range(queries):
                        s[r] = _exp(s[r] - level[r])
                        total[r] += s[r]
                _add_product(v[n, j : j + BLOCK, :e4].T, st, queries, zt)
            for r in range(queries):
                blind = total[r] == 0
                total[r] = ONE if blind else total[r]
                lse[n, i + r] = ZERO if blind else top[r] + math.log(total[r])
            for f in range(e):
                out = zt[f]
                for r in range(queries):
                    out[r] /= total[r]
            _turn(zt[:e, :queries], z[n, i:])


@_compiled
def _backward(scale, dz, q, k, v, mask, horizon, z, lse, dq, dk, dv):
    B, T, d = dq.shape
    _, S, e = dv.shape
    d4, e4 = q.shape[2], dz.shape[2]
    A, ds = np.empty((BLOCK, BLOCK), q.dtype), np.empty((BLOCK, BLOCK), q.dtype)
    dst = np.empty((BLOCK, BLOCK), q.dtype)
    kt, dkt = np.empty((d4, BLOCK), q.dtype), np.empty((d4, BLOCK), q.dtype)
    vt, dvt = np.empty((e4, BLOCK), q.dtype), np.empty((e4, BLOCK), q.dtype)
    dqt = np.empty(((T + BLOCK - 1) // BLOCK, d4, BLOCK), q.dtype)
    for n in range(B):
        dqt[:] = 0
        for j in range(0, S, BLOCK):
            keys = min(BLOCK, S - j)
            key = k[n, j : j + BLOCK, :d4]
            _turn(key, kt)
            _turn(v[n, j : j + BLOCK, :e4], vt)
            dkt[:], dvt[:] = 0, 0
            for i in range(max(0, j - horizon) // BLOCK * BLOCK, T, BLOCK):
                queries = min(BLOCK, T - i)
                query, dout = q[n, i : i + BLOCK, :d4], dz[n, i : i + BLOCK, :e4]
                A[:], ds[:] = 0, 0
                _add_product(query, kt, keys, A)
                _add_product(dout, vt, keys, ds)
                _hide(A[:queries, :keys], mask, horizon, n, i, j)
                for r in range(queries):
                    a, da, dot, level = A[r], ds[r], ZERO * scale, lse[n, i + r]
                    for f in range(e):  # dz·z, which is Σ_j dA_j A_j
                        dot += dout[r, f] * z[n, i + r, f]
                    for c in range(keys):
                        a[c] = _exp(a[c] * scale - level)
                        da[c] = a[c] * (da[c] - dot) * scale
                _add_product(dout.T, A, keys, dvt)
                _add_product(query.T, ds, keys, dkt)
                _turn(ds[:queries, : len(key)], dst)
                _add_product(key.T, dst, queries, dqt[i // BLOCK])
            _turn(dkt[:d, :keys], dk[n, j:])
            _turn(dvt[:e, :keys], dv[n, j:])
        for i in range(0, T, BLOCK):
            _turn(dqt[i // BLOCK, :d, : min(BLOCK, T - i)], dq[n, i:])


@_compiled
def _add_product(a, b, width, y):
    """Add a b to y. A row of b that is read serves two rows of y, and a row of y that is read takes four of b."""
    # a (M,K), b (K,width) or more, y (M,width) or more
    M, K = a.shape
    for m in range(0, M, 2):
        y0, y1 = y[m], y[m + 1]
        for k in range(0, K, 4):
            b0, b1, b2, b3 = b[k], b[k + 1], b[k + 2], b[k + 3]
            p0, p1, p2, p3 = a[m, k], a[m, k + 1], a[m, k + 2], a[m, k + 3]
            q0, q1, q2, q3 = a[m + 1, k], a[m + 1, k + 1], a[m + 1, k + 2], a[m + 1, k + 3]
            for c in range(width):
                y0[c] += p0 * b0[c] + p1 * b1[c] + p2 * b2[c] + p3 * b3[c]
                y1[c] += q0 * b0[c] + q1 * b1[c] + q2 * b2[c] + q3 * b3[c]


@_compiled
def _turn(x, turned):
    # turned may have more rows and columns than xᵀ
    for r in range(x.shape[0]):
        for c in range(x.shape[1]):
            turned[c, r] = x[r, c]


@_compiled
def _hide(s, mask, horizon, n, i, j):
    """Set the scores of a block to −∞ where query i + r may not look at key j + c."""
    # s (queries,keys)
    queries, keys = s.shape
    if mask.size or j + keys > i + horizon + 1:
        for r in range(queries):
            for c in range(keys):
                if j + c > i + r + horizon or (mask.size and not mask[n, i + r, j + c]):
                    s[r, c] = -np.inf


# float32, but exact, so that they leave a double a double
ZERO, ONE, TWO, LOWEST, PART = (np.float32(x) for x in (0, 1, 2, -87, 1 / 256))
P0, P1, P2, Q0, Q1 = (np.float32(x) for x in (30240, 3360, 30, 15120, 420))


@_compiled
def _exp(x):
    """e^x for x ≤ 0: Padé's fraction for m = e^(x/256) − 1, eight squares of 1 + m. NaN stays NaN; 0 below −87."""
    y = PART * (LOWEST if x < LOWEST else x)
    s = y * y
    odd = y * (Q0 + s * (Q1 + s))
    m = (odd + odd) / (P0 + s * (P1 + s * P2) - odd)
    # while 1 + m is close to 1, m keeps the digits that 1 + m would lose
    m = m * (m + TWO)
    m = m * (m + TWO)
    m = m * (m + TWO)
    m = m * (m + TWO)
    power = ONE + m
    power = power * power
    power = power * power
    power = power * power
    power = power * power
    return ZERO if x < LOWEST else power
