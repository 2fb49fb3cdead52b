"""Attention in blocks of queries and keys, compiled by Numba: the table of all scores is never there.

Shapes, mask and horizon: see attention_numpy.py. Inside, arrays are flat; keys and, for the way back, values are turned
once for every head, block after block of (d,KEYS), so that the innermost loops run along memory.

    forward    a block of scores s = q kᵀ/√d becomes weights e^(s − top); top is the largest score that each query has
               met so far. When a later block has a larger one, what was summed before is scaled down by e^(old − new).
    backward   a block of weights is e^(s − lse), computed again. With dA = dz vᵀ and ds = A (dA − dz·z)/√d:
               dv += Aᵀ dz,  dk += dsᵀ q,  dq += ds k.
"""

import math

import numpy as np
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload

QUERIES, KEYS = 64, 128  # in a block
WIDTH = 32  # columns that a product computes together

_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})


def attention_forward(q, k, v, mask, horizon, z, lse):
    (B, T, d), (_, S, e) = q.shape, v.shape
    if B * T == 0:
        return
    scale, kt, s = q.dtype.type(1 / math.sqrt(d)), _turned(k), np.empty(QUERIES * KEYS, q.dtype)
    _forward(S, d, e, scale, q.reshape(-1), k.reshape(-1), _roomy(v), *_looks(mask), horizon, z.reshape(-1), lse, kt, s)


@_compiled
def _forward(S, d, e, scale, q, k, v, masked, looks, horizon, z, lse, kt, s):
    B, T = lse.shape
    tops, total, nothing = _few(s), _few(s), scale * 0
    for n in range(B):
        _turn(k[n * S * d :], S, d, kt)
        for i in range(0, T, QUERIES):
            rows = min(QUERIES, T - i)
            top, out = lse[n, i : i + rows], z[(n * T + i) * e :]  # lse serves as top until the end
            for r in range(rows):
                top[r], total[r] = -np.inf, 0
            for c in range(rows * e):
                out[c] = 0
            for j in range(0, min(S, i + rows + horizon), KEYS):
                cols = min(KEYS, S - j)
                width = -(-cols // WIDTH) * WIDTH
                _product(s, KEYS, q[(n * T + i) * d :], d, 1, kt[j * d :], KEYS, rows, width, d, False)
                _hide(s, rows, cols, width, i + 1 + horizon - j, masked, looks[n * masked, i * masked :, j * masked :])
                for r in range(rows):
                    row = s[r * KEYS :]
                    for f in range(WIDTH):
                        tops[f] = row[f]
                    for c in range(0, width, WIDTH):
                        part = row[c:]
                        for f in range(WIDTH):
                            tops[f] = part[f] if part[f] > tops[f] else tops[f]
                    new = top[r]
                    for f in range(WIDTH):
                        if tops[f] * scale > new:
                            new = tops[f] * scale
                    shift = nothing if new == -np.inf else new  # no key yet that it may look at: all weights are e^−∞
                    down, more = _exp(top[r] - shift), nothing
                    for c in range(width):
                        row[c] = _exp(row[c] * scale - shift)
                        more += row[c]
                    top[r], total[r] = new, total[r] * down + more
                    if down != 1:
                        for c in range(e):
                            out[r * e + c] *= down
                _product(out, e, s, KEYS, 1, v[(n * S + j) * e :], e, rows, e, cols, True)
            for r in range(rows):
                if total[r] == 0:  # it saw nothing
                    top[r] = 0
                    continue
                top[r] += np.log(total[r])
                for c in range(e):
                    out[r * e + c] /= total[r]


def attention_backward(dz, q, k, v, mask, horizon, z, lse, dq, dk, dv):
    (B, T, d), (_, S, e) = q.shape, v.shape
    dq[:], dk[:], dv[:] = 0, 0, 0
    if B * T == 0:
        return
    scale, A, ds = q.dtype.type(1 / math.sqrt(d)), np.empty(QUERIES * KEYS, q.dtype), np.empty(QUERIES * KEYS, q.dtype)
    inputs = _roomy(dz), _roomy(q), _roomy(k), v.reshape(-1), *_looks(mask), horizon, z.reshape(-1), lse
    _backward(S, d, e, scale, *inputs, dq.reshape(-1), dk.reshape(-1), dv.reshape(-1), _turned(k), _turned(v), A, ds)


@_compiled
def _backward(S, d, e, scale, dz, q, k, v, masked, looks, horizon, z, lse, dq, dk, dv, kt, vt, A, ds):
    B, T = lse.shape
    for n in range(B):
        _turn(k[n * S * d :], S, d, kt)
        _turn(v[n * S * e :], S, e, vt)
        for i in range(0, T, QUERIES):
            rows = min(QUERIES, T - i)
            query, dout, out = q[(n * T + i) * d :], dz[(n * T + i) * e :], z[(n * T + i) * e :]
            for j in range(0, min(S, i + rows + horizon), KEYS):
                cols = min(KEYS, S - j)
                width = -(-cols // WIDTH) * WIDTH
                _product(A, KEYS, query, d, 1, kt[j * d :], KEYS, rows, width, d, False)
                _hide(A, rows, cols, width, i + 1 + horizon - j, masked, looks[n * masked, i * masked :, j * masked :])
                _product(ds, KEYS, dout, e, 1, vt[j * e :], KEYS, rows, width, e, False)
                for r in range(rows):
                    dot = scale * 0  # dz·z, which is Σ_j dA_j A_j
                    for c in range(e):
                        dot += dout[r * e + c] * out[r * e + c]
                    weights, slopes = A[r * KEYS :], ds[r * KEYS :]
                    for c in range(width):
                        weights[c] = _exp(weights[c] * scale - lse[n, i + r])
                        slopes[c] = weights[c] * (slopes[c] - dot) * scale
                _product(dv[(n * S + j) * e :], e, A, 1, KEYS, dout, e, cols, e, rows, True)
                _product(dk[(n * S + j) * d :], d, ds, 1, KEYS, query, d, cols, d, rows, True)
                _product(dq[(n * T + i) * d :], d, ds, KEYS, 1, k[(n * S + j) * d :], d, rows, d, cols, True)


@_compiled
def _hide(s, rows, cols, width, seen, masked, looks):
    """Set the scores to −∞ where a query may not look: query r sees the keys before seen + r, and of these what looks says."""
    for r in range(rows):
        row = s[r * KEYS :]
        if masked:
            for c in range(cols):
                if not looks[r, c, 0]:
                    row[c] = -np.inf
        for c in range(max(0, min(cols, seen + r)), width):
            row[c] = -np.inf


@_compiled
def _turn(k, S, d, kt):
    for j in range(0, S, KEYS):
        for c in range(d):
            row = kt[j * d + c * KEYS :]
            for f in range(min(KEYS, S - j)):
                row[f] = k[(j + f) * d + c]


@_compiled
def _product(y, y_row, a, a_row, a_step, w, w_row, rows, cols, depth, add):
    """y[i,j] = (y[i,j] +) Σ_l a[i,l] w[l,j], in tiles of 4 rows and WIDTH columns whose sums stay in registers."""
    sums = _few(y)
    for j in range(0, cols, WIDTH):
        for i in range(0, rows, 4):
            last = rows - 1 - i  # the tile's rows beyond it repeat it
            a0, a1 = a[i * a_row :], a[(i + min(1, last)) * a_row :]
            a2, a3 = a[(i + min(2, last)) * a_row :], a[(i + min(3, last)) * a_row :]
            for f in range(4 * WIDTH):
                sums[f] = 0
            for l in range(depth):
                f0, f1, f2, f3 = a0[l * a_step], a1[l * a_step], a2[l * a_step], a3[l * a_step]
                row = w[l * w_row + j :]
                for f in range(WIDTH):
                    sums[f] += f0 * row[f]
                    sums[WIDTH + f] += f1 * row[f]
                    sums[2 * WIDTH + f] += f2 * row[f]
                    sums[3 * WIDTH + f] += f3 * row[f]
            for p in range(min(4, rows - i)):
                out = y[(i + p) * y_row + j :]
                for f in range(min(WIDTH, cols - j)):
                    out[f] = sums[p * WIDTH + f] + (out[f] if add else 0)


@intrinsic
def _few(typingctx, like):
    """Return 4 · WIDTH numbers of like's dtype in no array's memory: the compiler may keep them in registers."""

    def build(context, builder, signature, arguments):
        return cgutils.alloca_once(builder, context.get_data_type(like.dtype), size=4 * WIDTH)

    return types.CPointer(like.dtype)(like), build


# ---------------------------------------------------------------- e^x


def _exp(x):
    """e^x; the C library's function, called for one number after the other, would take most of the time."""
    return np.exp(x)


@overload(_exp, jit_options={"fastmath": {"contract"}})
def _compiled_exp(x):
    if x != types.float32:
        return lambda x: np.exp(x)

    def exp(x):
        """2ⁿ eʳ with n the integer next to x / ln 2. Error below 1.3 units in the last place; NaN stays; below e^-87 it is 0."""
        x = np.float32(89) if x > np.float32(89) else x
        x = np.float32(-87.4) if x < np.float32(-87.4) else x
        steps = x * np.float32(1.44269504) + np.float32(12582912)  # 1.5 · 2²³: n is in the last bits
        n = steps - np.float32(12582912)
        r = (x - n * np.float32(0.693359375)) + n * np.float32(2.12194440e-4)  # less n ln 2, in two parts
        p = np.float32(1.9875691500e-4)
        p = p * r + np.float32(1.3981999507e-3)
        p = p * r + np.float32(8.3334519073e-3)
        p = p * r + np.float32(4.1665795894e-2)
        p = p * r + np.float32(1.6666665459e-1)
        p = p * r + np.float32(5.0000001201e-1)
        p = p * (r * r) + r
        bits = np.int32((np.float32(steps).view(np.int32) << 23) + (126 << 23))  # n to where a float has its exponent
        return (p + p + np.float32(2)) * np.int32(bits).view(np.float32)

    return exp


# ---------------------------------------------------------------- what the compiled functions are given


def _looks(mask):
    """Return (1, mask) or (0, a mask of one) as a view of one layout, whatever the mask's: repeated along a last axis of 2."""
    masked = int(mask.size > 0)
    mask = mask if masked else np.ones((1, 1, 1), bool)
    return masked, np.broadcast_to(mask[..., None], (*mask.shape, 2))


def _turned(k):
    """Return room for the turned blocks of one head; a last block that is not full has zeros."""
    _, S, d = k.shape
    return np.zeros(-(-S // KEYS) * KEYS * d, k.dtype)


def _roomy(w):
    """Return w flat, with room behind it where the rows are no multiple of WIDTH: a product reads whole tiles."""
    return w.reshape(-1) if w.shape[2] % WIDTH == 0 else np.append(w, np.zeros(WIDTH, w.dtype))
