"""Attention in blocks: the table of scores is formed for 256 queries and 256 keys at a time, never as a whole.

Shapes: see attention_numpy.py. A query's softmax grows block by block: top is its largest score so far, total the sum
of e^(score − top), z the sum of e^(score − top) v; a new top shrinks both sums. The way back forms the same blocks
again, from lse. A block holds G batches, Q queries and K keys: scores (G,Q,W), where W is K or the next multiple of 32.
"""

import math

import numpy as np
from numba import njit

from edunet.kernels.registers import ROWS, registers

_compiled = njit(
    cache=True,
    nogil=True,
    error_model="numpy",
    fastmath={"reassoc", "contract", "nsz", "arcp"},
    no_cfunc_wrapper=True,  # nobody calls from C: less to compile
)
BLOCK = 256


def attention_forward(q, k, v, mask, horizon, z, lse):
    (B, T, d), (S, e) = q.shape, v.shape[1:]
    q = q * q.dtype.type(1 / math.sqrt(d))
    table = np.empty(BLOCK * BLOCK, q.dtype)
    top, total = np.full_like(lse, -np.inf), np.zeros_like(lse)
    z[:] = 0
    for some, keys in _blocks(B, T, S):
        turned, values = _panels(k[some, keys].swapaxes(1, 2)), _panels(v[some, keys])
        for queries, limits in _queries(T, keys, horizon):
            scores = _products(table, q, some, queries, turned)
            _hide(scores, limits, mask[some, queries, keys] if mask.size else mask)
            now = some, queries
            best = np.maximum(top[now], scores.max(axis=2))
            shift = np.where(np.isneginf(best), 0, best)  # where nothing has been seen yet
            shrink, fresh = np.exp(top[now] - shift), np.empty_like(best)
            _powers(scores, shift, fresh)
            top[now], total[now] = best, total[now] * shrink + fresh
            if keys.start:
                z[now] *= shrink[:, :, None]
            _add_product(z, 0, _rows(some, queries, T) * e, scores, 0, *_table_places(scores, values), values, e)
    blind = total == 0
    top[blind], total[blind] = 0, 1
    z /= total[:, :, None]
    np.add(top, np.log(total), out=lse)


def attention_backward(dz, q, k, v, mask, horizon, z, lse, dq, dk, dv):
    (B, T, d), (S, e) = q.shape, v.shape[1:]
    scale = q.dtype.type(1 / math.sqrt(d))
    q, (dz,) = q * scale, _writable(dz)
    along = np.sum(dz * z, axis=2)  # softmax needs Σ_j dA_j A_j of each row; as z = A v, that is dz · z
    table, other = np.empty(BLOCK * BLOCK, q.dtype), np.empty(BLOCK * BLOCK, q.dtype)
    dq[:], dk[:], dv[:] = 0, 0, 0
    for some, keys in _blocks(B, T, S):
        turned, values_turned = _panels(k[some, keys].swapaxes(1, 2)), _panels(v[some, keys].swapaxes(1, 2))
        untouched, key_rows = _panels(k[some, keys]), _rows(some, keys, S)
        for queries, limits in _queries(T, keys, horizon):
            A = _products(table, q, some, queries, turned)
            _hide(A, limits, mask[some, queries, keys] if mask.size else mask)
            _powers(A, lse[some, queries].copy(), np.empty(A.shape[:2], A.dtype))
            dscores = _products(other, dz, some, queries, values_turned)  # at first dA
            dscores -= along[some, queries, None]
            dscores *= A
            G, Q, W = A.shape
            rows, columns = (_every(Q * W, G)[:, None] + np.arange(untouched.shape[2])).ravel(), _every(W, Q)
            _add_product(dv, 0, key_rows * e, A, 0, rows, columns, _panels(dz[some, queries]), e)  # Aᵀ dz
            _add_product(dk, 0, key_rows * d, dscores, 0, rows, columns, _panels(q[some, queries]), d)
            places = _table_places(dscores, untouched)
            _add_product(dq, 0, _rows(some, queries, T) * d, dscores, 0, *places, untouched, d)
    dq *= scale


def _blocks(B, T, S):
    """Return which batches and which keys are taken together: many short sequences, or a part of a long one."""
    together = max(1, BLOCK * BLOCK // (T * (S + -S % 32))) if 0 < T <= BLOCK and 0 < S <= BLOCK else 1
    for b in range(0, B, together):
        for j in range(0, S, BLOCK):
            yield slice(b, min(b + together, B)), slice(j, min(j + BLOCK, S))


def _queries(T, keys, horizon):
    """Return blocks of queries, and how many keys of this block each of them may look at."""
    for i in range(0, T, BLOCK):
        queries = slice(i, min(i + BLOCK, T))
        limits = np.arange(queries.start, queries.stop) + (horizon + 1 - keys.start)
        if limits[-1] > 0:
            yield queries, np.minimum(limits, keys.stop - keys.start)


def _rows(some, steps, T):
    """Return the rows b·T + i of some batches and some steps."""
    return (np.arange(some.start, some.stop)[:, None] * T + np.arange(steps.start, steps.stop)).ravel()


def _products(table, a, some, steps, w):
    """Return the products of some rows of a with w (G,k,W), in the space of a table."""
    G, panels, K, width = w.shape
    W = panels * width
    rows = _rows(some, steps, a.shape[1])
    y = table[: len(rows) * W].reshape(G, len(rows) // G, W)
    y[:] = 0
    _add_product(y, 0, _every(W, len(rows)), a, 0, rows * K, _every(1, K), w, W)
    return y


def _table_places(table, w) -> tuple[np.ndarray, np.ndarray]:
    G, Q, W = table.shape
    return _every(W, G * Q), _every(1, w.shape[2])


def _hide(scores, limits, seen):
    """Put −∞ where a query may not look."""
    W = scores.shape[2]
    if limits[0] < W:
        np.copyto(scores, -np.inf, where=np.arange(W) >= limits[:, None])
    if seen.size:
        np.copyto(scores[:, :, : seen.shape[2]], -np.inf, where=~seen)


@_compiled
def _powers(scores, shift, total):
    """Turn scores into e^(score − shift), never more than 1, and sum them up for each query."""
    for g in range(scores.shape[0]):
        for i in range(scores.shape[1]):
            row, largest = scores[g, i], shift[g, i]
            for j in range(row.size):
                # e^x = 2^n e^(x − n ln 2), and e^2a = (q + p)/(q − p) with Lambert's fraction p/q for tanh a
                x = row[j] - largest
                y = LOWEST if x < LOWEST else x
                n = np.int32(y * LOG2E - HALF)
                part = scores.dtype.type(n)
                a = HALF * (y - part * LN2_HIGH - part * LN2_LOW - part * LN2_REST)
                s = a * a
                p = a * (C945 + s * (C105 + s))
                q = C945 + s * (C420 + s * C15)
                power = np.int32((n + EXPONENT) << 23).view(np.float32)
                row[j] = ZERO if x < LOWEST else power * ((q + p) / (q - p))
            fresh = ZERO
            for j in range(row.size):
                fresh += row[j]
            total[g, i] = fresh


LOWEST, ZERO, HALF, EXPONENT = np.float32(-87), np.float32(0), np.float32(1 / 2), np.int32(127)
LOG2E = np.float32(math.log2(math.e))
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(math.log(2) - 0.693359375)
LN2_REST = np.float32(math.log(2) - 0.693359375 - float(LN2_LOW))  # the digits that only double precision sees
C945, C105, C420, C15 = np.float32(945), np.float32(105), np.float32(420), np.float32(15)


# ---------------------------------------------------------------- products


def _add_product(y, y_at, y_rows, a, a_at, a_rows, a_columns, w, F):
    """Add a w to y, wherever the numbers stand: y[m, f] += Σ_k a[m, k] w[k, f], f < F.

    y[m, f] is number y_at + y_rows[m] + f of y, and a[m, k] is number a_at + a_rows[m] + a_columns[k] of a.
    w comes from `_panels`; of G groups the first takes the first rows, and so on.
    """
    _tiles(y.reshape(-1), y_at, y_rows, a.reshape(-1), a_at, a_rows, a_columns, w, F)


@_compiled
def _tiles(y, y_at, y_rows, a, a_at, a_rows, a_columns, w, F):
    """Tile by tile of ROWS rows and 32 columns: its sums stay in registers while k runs."""
    sums = registers(y)
    M = y_rows.size // w.shape[0]
    for group in range(w.shape[0]):
        last = group * M + M - 1
        for panel in range(w.shape[1]):
            f0 = 32 * panel
            for m in range(group * M, last + 1, ROWS):
                for i in range(ROWS * 32):
                    sums[i] = 0
                for k in range(w.shape[2]):
                    row = w[group, panel, k]
                    at = np.uintp(a_at + a_columns[k])  # an index without a sign: nobody looks whether it is negative
                    for p in range(0, ROWS, 2):
                        even = a[at + np.uintp(a_rows[m + p if m + p < last else last])]
                        odd = a[at + np.uintp(a_rows[m + p + 1 if m + p + 1 < last else last])]
                        for f in range(32):
                            sums[p * 32 + f] += even * row[f]
                            sums[p * 32 + 32 + f] += odd * row[f]
                for p in range(ROWS if m + ROWS - 1 <= last else last + 1 - m):
                    out = y[y_at + y_rows[m + p] + f0 :]
                    for f in range(32 if f0 + 32 <= F else F - f0):
                        out[f] += sums[p * 32 + f]


def _panels(w):
    """Return w (G,K,F) or (K,F), G = 1, cut into panels of 32 columns (G,F/32,K,32), with zeros on the right."""
    G, (K, F) = w.shape[0] if w.ndim == 3 else 1, w.shape[-2:]
    panels = np.zeros((G, -(-F // 32), K, 32), w.dtype)
    whole = F // 32 * 32
    panels[:, : F // 32] = w[..., :whole].reshape(G, K, F // 32, 32).swapaxes(1, 2)
    if whole < F:
        panels[:, -1, :, : F - whole] = w[..., whole:]
    return panels


def _every(stride, count):
    """Return the places 0, stride, 2 stride, ..."""
    return np.arange(count) * stride


def _writable(*arrays):
    """Return copies of what is read-only: to Numba that is one more type, and each type is compiled anew."""
    return [a if a.flags.writeable else a.copy() for a in arrays]
