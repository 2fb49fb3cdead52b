"""Attention in blocks of queries and keys, for a few heads at a time: the table of all scores is never there.

Shapes, mask and horizon: see attention_numpy.py. Python walks through blocks of scores s = q kᵀ/√d, and two compiled
loops do the work, one for all products, one for e^x:

    forward    weights are e^(s − top); top is the largest score that each query has met so far. When a later block has
               a larger one, what was summed before is scaled down by e^(old − new).
    backward   weights are A = e^(s − lse), computed again. With dA = dz vᵀ and ds = A (dA − dz·z):
               dv += Aᵀ dz,  dk += dsᵀ q/√d,  dq += ds k, and in the end dq /= √d.

Blocks are equally large, filled up with zeros. A t in a name says that an array is turned: st is sᵀ, a row for each
key, so that the loops along a row run along queries.
"""

import math

import numpy as np
from numba import njit

BLOCK = 128  # queries, and keys, at most
GROUP = 2**19  # numbers that the heads of a group keep, about

_fast = {"reassoc", "contract", "nsz", "arcp"}
_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath=_fast, no_cfunc_wrapper=True)


def attention_forward(q, k, v, mask, horizon, z, lse):
    for heads in _groups(q, v):
        _forward(q[heads], k[heads], v[heads], mask[heads], horizon, z[heads], lse[heads])


def attention_backward(dz, q, k, v, mask, horizon, z, lse, dq, dk, dv):
    for heads in _groups(q, v):
        saved, made = (z[heads], lse[heads]), (dq[heads], dk[heads], dv[heads])
        _backward(dz[heads], q[heads], k[heads], v[heads], mask[heads], horizon, *saved, *made)


def _groups(q, v):
    (B, T, d), (_, S, e) = q.shape, v.shape
    G = max(1, GROUP // (2 * (T + S) * (d + e) + 2 * min(T, BLOCK) * min(S, BLOCK)))
    return [slice(n, n + G) for n in range(0, B, G)]


def _forward(q, k, v, mask, horizon, z, lse):
    (G, T, d), (_, S, e) = q.shape, v.shape
    qt, k, vt = _turn(_blocks(q / math.sqrt(d))), _blocks(k), _turn(_blocks(v))
    queries, keys = qt.shape[3], k.shape[2]
    st, zt = np.empty((G, keys, queries), q.dtype), np.empty((G, vt.shape[2], queries), q.dtype)
    for i in range(len(qt)):
        at = i * queries
        # not −∞, so that s − top is a number even for a query that sees nothing
        top, total = np.full((G, 1, queries), np.finfo(q.dtype).min / 2, q.dtype), np.zeros((G, 1, queries), q.dtype)
        zt[:] = 0
        for j in range(min(len(k), (at + queries - 1 + horizon) // keys + 1)):
            st[:] = 0
            _add_product(k[j], qt[i], st)
            _hide(st.swapaxes(1, 2), mask, horizon, S, at, j * keys)
            old, top = top, np.maximum(top, st.max(axis=1, keepdims=True))
            down = np.exp(old - top)
            st -= top
            _exp(st.reshape(-1))
            total = total * down + st.sum(axis=1, keepdims=True)
            zt *= down
            _add_product(vt[j], st, zt)
        blind = total == 0
        total[blind] = 1
        zt /= total
        z[:, at : at + queries] = zt.swapaxes(1, 2)[:, : T - at, :e]
        lse[:, at : at + queries] = np.where(blind, 0, top + np.log(total))[:, 0, : T - at]


def _backward(dz, q, k, v, mask, horizon, z, lse, dq, dk, dv):
    (G, T, d), (_, S, e) = q.shape, v.shape
    # −lse and −dz·z, which is −Σ_j dA_j A_j: what A and ds of a query start from, before products are added
    start = _turn(_blocks(-np.stack((lse, np.sum(dz * z, axis=2)), axis=2)))
    q, k, v, dz = _blocks(q / math.sqrt(d)), _blocks(k), _blocks(v), _blocks(dz)
    qt, kt, dzt = _turn(q), _turn(k), _turn(dz)
    queries, keys = q.shape[2], k.shape[2]
    At, dst = np.empty((2, G, keys, queries), q.dtype)
    dqt, dkey, dvalue = np.zeros_like(qt), np.empty_like(k[0]), np.empty_like(v[0])
    for j in range(len(k)):
        at = j * keys
        dkey[:], dvalue[:] = 0, 0
        for i in range(max(0, (at - horizon) // queries), len(q)):
            At[:], dst[:] = start[i, :, :1], start[i, :, 1:2]
            _add_product(k[j], qt[i], At)
            _add_product(v[j], dzt[i], dst)
            _hide(At.swapaxes(1, 2), mask, horizon, S, i * queries, at)
            _exp(At.reshape(-1))
            dst *= At
            _add_product(At, dz[i], dvalue)
            _add_product(dst, q[i], dkey)
            _add_product(kt[j], dst, dqt[i])
        dk[:, at : at + keys] = dkey[:, : S - at, :d]
        dv[:, at : at + keys] = dvalue[:, : S - at, :e]
    for i in range(len(q)):
        at = i * queries
        dq[:, at : at + queries] = dqt[i].swapaxes(1, 2)[:, : T - at, :d]
    dq /= math.sqrt(d)


def _blocks(x):
    """Return x (G,T,C) in blocks (…,G,rows,columns) of equally many rows; rows and columns come in fours."""
    G, T, C = x.shape
    count = -(-T // BLOCK)
    rows = _fours(-(-T // max(count, 1)))
    full = np.zeros((G, count, rows, _fours(C)), x.dtype)
    full.reshape(G, count * rows, _fours(C))[:, :T, :C] = x
    return np.ascontiguousarray(full.swapaxes(0, 1))


def _turn(blocks):
    return np.ascontiguousarray(blocks.swapaxes(2, 3))


def _fours(count):
    return max(4, count + -count % 4)


def _hide(s, mask, horizon, S, i, j):
    """Set the scores of a block to −∞ where query i + r may not look at key j + c, or there is no such key."""
    # s (G,queries,keys)
    _, queries, keys = s.shape
    if j + keys > min(S, i + horizon + 1):
        seen = np.tri(queries, keys, i + horizon - j, dtype=bool)
        seen[:, S - j :] = False
        np.copyto(s, -np.inf, where=~seen)
    if mask.size:
        seen = mask[:, i : i + queries, j : j + keys]
        np.copyto(s[:, : seen.shape[1], : seen.shape[2]], -np.inf, where=~seen)


# ---------------------------------------------------------------- loops


@_compiled
def _add_product(a, b, y):
    """y += a b for each head, two rows of y and four of b at once."""
    # a (G,M,K), b (G,K,W), y (G,M,W)
    G, M, W = y.shape
    for g in range(G):
        for m in range(0, M, 2):
            for k in range(0, b.shape[1], 4):
                p0, p1, p2, p3 = a[g, m, k], a[g, m, k + 1], a[g, m, k + 2], a[g, m, k + 3]
                q0, q1, q2, q3 = a[g, m + 1, k], a[g, m + 1, k + 1], a[g, m + 1, k + 2], a[g, m + 1, k + 3]
                for c in range(W):
                    b0, b1, b2, b3 = b[g, k, c], b[g, k + 1, c], b[g, k + 2, c], b[g, k + 3, c]
                    y[g, m, c] += p0 * b0 + p1 * b1 + p2 * b2 + p3 * b3
                    y[g, m + 1, c] += q0 * b0 + q1 * b1 + q2 * b2 + q3 * b3


# float32, but exact, so that they leave a double a double
ZERO, ONE, TWO, LOWEST, PART = (np.float32(x) for x in (0, 1, 2, -87, 1 / 256))
P0, P1, P2, Q0, Q1 = (np.float32(x) for x in (30240, 3360, 30, 15120, 420))


@_compiled
def _exp(a):
    """Turn each x ≤ 0 of a into e^x: Padé's fraction for m = e^(x/256) − 1, eight squares of 1 + m.

    NaN stays NaN; 0 below −87.
    """
    for n in range(len(a)):
        x = a[n]
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
        a[n] = ZERO if x < LOWEST else power
