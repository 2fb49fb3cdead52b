"""Attention in blocks of queries and keys, compiled by Numba: the table of all scores is never there.

Shapes, mask and horizon: see attention_numpy.py. looks (B,T,S,2) is the mask. Both ways walk through the same blocks:

    forward    a block of scores s = q kᵀ/√d becomes weights e^(s − top); top is the largest score that each query has
               met so far. When a later block has a larger one, what was summed before is scaled down by e^(old − new).
    backward   a block of weights is e^(s − lse), computed again. With dA = dz vᵀ and ds = A (dA − dz·z)/√d:
               dv += Aᵀ dz,  dk += dsᵀ q,  dq += ds k.

Keys, and for the way back values, are turned once for every head, block after block of (d,KEYS): the innermost loops
then run along memory.
"""

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, overload

QUERIES, KEYS = 64, 128  # in a block
WIDTH = 32  # columns that a product computes together

FAST = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz", "arcp"}}
_compiled = njit(cache=True, nogil=True, **FAST)
_helper = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **FAST)  # called by compiled functions only


def attention_forward(q, k, v, mask, horizon, z, lse):
    room = _room(k.shape[1], k.shape[2], 0, q.dtype)
    _attention(False, _scale(q), q, k, _tailed(v), *_looks(mask), horizon, z, lse, z, z, z, z, room)


def attention_backward(dz, q, k, v, mask, horizon, z, lse, dq, dk, dv):
    dq[:], dk[:], dv[:] = 0, 0, 0
    room = _room(k.shape[1], k.shape[2], v.shape[2], q.dtype)
    q, k, dz = _tailed(q), _tailed(k), _tailed(dz)
    _attention(True, _scale(q), q, k, v, *_looks(mask), horizon, z, lse, dz, dq, dk, dv, room)


@_compiled
def _attention(back, scale, q, k, v, masked, looks, horizon, z, lse, dz, dq, dk, dv, room):
    B, T, d = q.shape
    _, S, e = v.shape
    s, ds = _at(room, 0), _at(room, QUERIES * KEYS)
    kt = _at(ds, QUERIES * KEYS)
    vt = _at(kt, (S + KEYS) * d)
    tops, total, nothing = _few(s), _few(s), scale - scale
    one, keys, store, add = np.intp(1), np.intp(KEYS), np.intp(0), np.intp(1)  # a constant would compile _product anew
    for n in range(B):
        _turn(_at(k, n * S * d), S, d, kt)
        if back:
            _turn(_at(v, n * S * e), S, e, vt)
        for i in range(0, T, QUERIES):
            rows, at = min(QUERIES, T - i), n * T + i
            query, top, out, dout = _at(q, at * d), _at(lse, at), _at(z, at * e), _at(dz, at * e)
            if not back:  # lse serves as top until the end
                for r in range(rows):
                    top[r], total[r] = -np.inf, 0
                for c in range(rows * e):
                    out[c] = 0
            for j in range(0, min(S, i + rows + horizon), KEYS):
                cols, below = min(KEYS, S - j), n * S + j
                width = (cols + WIDTH - 1) // WIDTH * WIDTH
                _product(s, keys, query, d, one, _at(kt, j * d), keys, rows, width, d, store)
                _hide(s, rows, cols, width, i, j, horizon, masked, looks, n)
                if back:
                    _product(ds, keys, dout, e, one, _at(vt, j * e), keys, rows, width, e, store)
                    for r in range(rows):
                        dot, level = nothing, top[r]
                        for c in range(e):  # dz·z, which is Σ_j dA_j A_j
                            dot += dout[r * e + c] * out[r * e + c]
                        weights, slopes = _at(s, r * KEYS), _at(ds, r * KEYS)
                        for c in range(width):
                            weights[c] = _exp(weights[c] * scale - level)
                            slopes[c] = weights[c] * (slopes[c] - dot) * scale
                    _product(_at(dv, below * e), e, s, one, keys, dout, e, cols, e, rows, add)
                    _product(_at(dk, below * d), d, ds, one, keys, query, d, cols, d, rows, add)
                    _product(_at(dq, at * d), d, ds, keys, one, _at(k, below * d), d, rows, d, cols, add)
                    continue
                for r in range(rows):
                    weights, largest, more = _at(s, r * KEYS), top[r], nothing
                    for f in range(WIDTH):
                        tops[f] = -np.inf
                    for c in range(0, width, WIDTH):
                        part = _at(weights, c)
                        for f in range(WIDTH):
                            part[f] *= scale
                            tops[f] = part[f] if part[f] > tops[f] else tops[f]
                    for f in range(WIDTH):
                        largest = tops[f] if tops[f] > largest else largest
                    level = nothing if largest == -np.inf else largest  # it has seen no key yet: all weights are e^−∞
                    for c in range(width):
                        weights[c] = _exp(weights[c] - level)
                        more += weights[c]
                    if largest != top[r]:
                        down = _exp(top[r] - level)
                        total[r] *= down
                        for c in range(e):
                            out[r * e + c] *= down
                        top[r] = largest
                    total[r] += more
                _product(out, e, s, keys, one, _at(v, below * e), e, rows, e, cols, add)
            if back:
                continue
            for r in range(rows):
                if total[r] == 0:  # it saw nothing
                    top[r] = 0
                    continue
                top[r] += np.log(total[r])
                for c in range(e):
                    out[r * e + c] /= total[r]


@_helper
def _hide(s, rows, cols, width, i, j, horizon, masked, looks, n):
    """Set the scores of a block to −∞ where there is no key, or query i + r may not look at key j + c."""
    if not masked and cols == width and j + cols <= i + horizon + 1:
        return
    for r in range(rows):
        row = _at(s, r * KEYS)
        for c in range(width):
            if c >= cols or j + c > i + r + horizon or (masked and not looks[n, i + r, j + c, 0]):
                row[c] = -np.inf


@_helper
def _turn(k, S, d, kt):
    """Turn k (S,d) into blocks (d,KEYS), one behind the other."""
    for j in range(S):
        column, row = _at(kt, j // KEYS * KEYS * d + j % KEYS), _at(k, j * d)
        for c in range(d):
            column[c * KEYS] = row[c]


@_helper
def _product(y, y_row, a, a_row, a_step, w, w_row, rows, cols, depth, add):
    """y[i,j] = (y[i,j] +) Σ_l a[i,l] w[l,j], in tiles of 4 rows and WIDTH columns whose sums stay in registers."""
    sums = _few(y)
    for j in range(0, cols, WIDTH):
        for i in range(0, rows, 4):
            last = rows - 1 - i  # the tile's rows beyond it repeat it
            a0, a1 = _at(a, i * a_row), _at(a, (i + min(1, last)) * a_row)
            a2, a3 = _at(a, (i + min(2, last)) * a_row), _at(a, (i + min(3, last)) * a_row)
            for f in range(4 * WIDTH):
                sums[f] = 0
            for l in range(depth):
                f0, f1, f2, f3 = a0[l * a_step], a1[l * a_step], a2[l * a_step], a3[l * a_step]
                row = _at(w, l * w_row + j)
                for f in range(WIDTH):
                    sums[f] += f0 * row[f]
                    sums[WIDTH + f] += f1 * row[f]
                    sums[2 * WIDTH + f] += f2 * row[f]
                    sums[3 * WIDTH + f] += f3 * row[f]
            for p in range(min(4, rows - i)):
                out = _at(y, (i + p) * y_row + j)
                for f in range(min(WIDTH, cols - j)):
                    out[f] = sums[p * WIDTH + f] + (out[f] if add else 0)


# ---------------------------------------------------------------- e^x


def _exp(x):
    """e^x; the C library's function, called for one number after the other, would take most of the time."""
    return np.exp(x)


@overload(_exp, jit_options={"fastmath": {"contract"}})
def _compiled_exp(x):
    if x != types.float32:
        return lambda x: np.exp(x)
    f = np.float32
    highest, lowest, per_ln2, shift = f(89), f(-87.4), f(1.44269504), f(1.5 * 2**23)
    high, low, two = f(0.693359375), f(-2.12194440e-4), f(2)
    p0, p1, p2 = f(1.9875691500e-4), f(1.3981999507e-3), f(8.3334519073e-3)
    p3, p4, p5 = f(4.1665795894e-2), f(1.6666665459e-1), f(5.0000001201e-1)

    def exp(x):
        """2ⁿ eʳ with n the integer next to x / ln 2.

        Its error is below 1.3 units in the last place; NaN stays NaN; results below 1.7e-38 are 0.
        """
        x = highest if x > highest else x
        x = lowest if x < lowest else x
        steps = x * per_ln2 + shift  # n is in its last bits
        n = steps - shift
        r = (x - n * high) - n * low  # less n ln 2, in two parts
        p = ((((p0 * r + p1) * r + p2) * r + p3) * r + p4) * r + p5
        return (two * (p * (r * r) + r) + two) * _half_power(steps)

    return exp


@intrinsic
def _half_power(typingctx, steps):
    """Return 2^(n−1): n, in the last bits of a float32, is moved to where a float32 has its exponent."""

    def build(context, builder, signature, arguments):
        integer = ir.IntType(32)
        n = builder.bitcast(arguments[0], integer)
        bits = builder.add(builder.shl(n, integer(23)), integer(126 << 23))
        return builder.bitcast(bits, ir.FloatType())

    return types.float32(types.float32), build


# ---------------------------------------------------------------- memory


@intrinsic
def _at(typingctx, a, place):
    """Return a from this place on, as a pointer: it compiles in a fraction of the time that a slice takes."""

    def build(context, builder, signature, arguments):
        start, i = arguments
        if isinstance(a, types.Array):
            start = context.make_array(a)(context, builder, start).data
        return builder.gep(start, [i])

    return types.CPointer(a.dtype)(a, types.intp), build


@intrinsic
def _few(typingctx, a):
    """Return 4 · WIDTH numbers of a's dtype in no array's memory: the compiler may keep them in registers."""

    def build(context, builder, signature, arguments):
        return cgutils.alloca_once(builder, context.get_data_type(a.dtype), size=4 * WIDTH)

    return types.CPointer(a.dtype)(a), build


def _room(S, d, e, dtype):
    """Return room for s, ds and the turned blocks of one head; what is left of a last block is 0."""
    return np.zeros(2 * QUERIES * KEYS + (S + KEYS) * (d + e), dtype)


def _tailed(w):
    """Return w with room behind it where its rows are no multiple of WIDTH: a product reads whole tiles."""
    return w if w.shape[2] % WIDTH == 0 else np.append(w, np.zeros(WIDTH, w.dtype))[:-WIDTH].reshape(w.shape)


def _looks(mask):
    """Return (1, mask) or (0, a mask of one), repeated along a last axis of 2: one layout, whatever the mask's."""
    masked = int(mask.size > 0)
    mask = mask if masked else np.ones((1, 1, 1), bool)
    return masked, np.broadcast_to(mask[..., None], (*mask.shape, 2))


def _scale(q):
    return q.dtype.type(1 / math.sqrt(q.shape[2]))
