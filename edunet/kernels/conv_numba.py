"""Convolution as matrix products of patches, a block of output pixels at a time, in loops compiled by Numba.

What the filters see from one output pixel is a patch: K = U·V·C numbers of x. With patches (P,K) and filters w (K,F),
y = patches w, dw = patchesᵀ dy, and the gradient of the patches is dy wᵀ; it is added up where the patches came from.
With a border of zeros around x, number k of patch p is x[starts[p] + steps[k]]. Shapes: see conv_numpy.py.
"""

import numpy as np
from numba import njit

_compiled = njit(
    cache=True,
    nogil=True,
    no_cfunc_wrapper=True,
    no_rewrites=True,  # which look for array expressions, and there are none
    error_model="numpy",
    fastmath={"reassoc", "contract", "nsz", "arcp"},
)

BLOCK = 256  # pixels: enough for long sums in dw, while the patches stay in the cache


def conv2d_forward(x, w, b, stride, dilation, pad, relu, y):
    K, F = w.size // len(b), len(b)
    bordered, starts, steps = _unroll(x, w, y, stride, dilation, pad)
    filters = _table(F, K, x.dtype)
    filters[:F, :K] = w.reshape(K, F).T
    patches, sums = _table(BLOCK, K, x.dtype), _table(BLOCK, F, x.dtype)
    y = y.reshape(-1, F)
    for p in range(0, len(y), BLOCK):
        block = y[p : p + BLOCK]
        P = len(block)
        _gather(bordered.reshape(-1), starts[p : p + P], steps, patches)
        _multiply(patches, filters, P, F, filters.shape[1], sums)
        np.add(sums[:P, :F], b, out=block)
        if relu:
            np.maximum(block, 0, out=block)


def conv2d_backward(dy, x, w, stride, dilation, pad, relu, y, dx, dw, db):
    K, F = w.size // len(db), len(db)
    bordered, starts, steps = _unroll(x, w, dy, stride, dilation, pad, dw.size > 0)
    dbordered = np.zeros(bordered.shape if dx.size else (0, 0, 0, 0), x.dtype)
    filters, products, dfilters = _table(K, F, x.dtype), _table(K, F, x.dtype), _table(K, F, x.dtype)
    filters[:K, :F] = w.reshape(K, F)
    patches, dpatches = _table(K, BLOCK, x.dtype), _table(BLOCK, K, x.dtype)  # the patches are columns here
    d, turned = _table(BLOCK, F, x.dtype), _table(F, BLOCK, x.dtype)  # dy where relu let it through, and its transpose
    y, dy = y.reshape(-1, F), dy.reshape(-1, F)
    db[:] = 0
    for p in range(0, len(dy), BLOCK):
        P = len(dy[p : p + BLOCK])
        np.multiply(dy[p : p + P], y[p : p + P] > 0 if relu else 1, out=d[:P, :F])
        db += d[:P, :F].sum(axis=0)
        if dw.size:
            turned[:F, :P] = d[:P, :F].T
            _gather(bordered.reshape(-1), steps, starts[p : p + P], patches)
            _multiply(patches, turned, K, F, P, products)
            dfilters += products
        if dx.size:
            _multiply(d, filters, P, K, filters.shape[1], dpatches)
            _scatter(dpatches, starts[p : p + P], steps, dbordered.reshape(-1))
    if dw.size:
        dw[:] = dfilters[:K, :F].reshape(w.shape)
    if dx.size:
        dx[:] = _image(dbordered, dx, pad)


def depthwise_conv2d_forward(x, w, b, stride, dilation, pad, y):
    F = len(b)
    bordered, seen, one, each = _unroll_depthwise(x, w, y, stride, dilation, pad)
    y[:] = b
    _add_depthwise(bordered.reshape(-1, F), *seen, w.reshape(-1, F), *each, y.reshape(-1, F), *one)


def depthwise_conv2d_backward(dy, x, w, stride, dilation, pad, dx, dw, db):
    F = len(db)
    bordered, seen, one, each = _unroll_depthwise(x, w, dy, stride, dilation, pad)
    if dw.size:
        dw[:] = 0
        _add_depthwise(bordered.reshape(-1, F), *seen, dy.reshape(-1, F), *one, dw.reshape(-1, F), *each)
    np.sum(dy, axis=(0, 1, 2), out=db)
    if dx.size:
        dbordered = np.zeros_like(bordered)
        _add_depthwise(dy.reshape(-1, F), *one, w.reshape(-1, F), *each, dbordered.reshape(-1, F), *seen)
        dx[:] = sum(_image(dbordered, dx, pad)[..., m :: w.shape[3]] for m in range(w.shape[3]))


# ---------------------------------------------------------------- where the numbers of a patch are


def _unroll(x, w, y, stride, dilation, pad, read=True):
    """Return x, if it is read, in a border of zeros; where in it each output's patch starts; the K steps from there."""
    (N, H, W, C), (U, V), (I, J) = x.shape, w.shape[:2], y.shape[1:3]
    rows = max(pad[0] + H, (I - 1) * stride[0] + (U - 1) * dilation[0] + 1)
    columns = max(pad[1] + W, (J - 1) * stride[1] + (V - 1) * dilation[1] + 1)
    bordered = np.zeros((N, rows, columns, C), x.dtype)
    if read:
        _image(bordered, x, pad)[:] = x
    at = np.arange(rows * columns * C).reshape(rows, columns, C)
    starts = np.arange(N)[:, None] * at.size + at[:: stride[0], :: stride[1], 0][:I, :J].reshape(-1)
    steps = at[:: dilation[0], :: dilation[1]][:U, :V]
    return bordered, starts.reshape(-1), steps.reshape(-1)


def _unroll_depthwise(x, w, y, stride, dilation, pad):
    """Return x in its border, a channel for each filter, and in which rows of x, y and w output p and tap t meet."""
    F, T = y.shape[3], w.shape[0] * w.shape[1]
    bordered, starts, steps = _unroll(x.repeat(w.shape[3], axis=3), w, y, stride, dilation, pad)
    P = len(starts)
    one = np.arange(P), np.zeros(T, np.intp)  # the output's row of y, whatever the tap
    each = np.zeros(P, np.intp), np.arange(T)  # the tap's row of w, whatever the output
    return bordered, (starts // F, steps[::F] // F), one, each


def _image(bordered, x, pad):
    return bordered[:, pad[0] : pad[0] + x.shape[1], pad[1] : pad[1] + x.shape[2]]


def _table(M, K, dtype):
    """Return zeros for (M,K): rows in fours, as _multiply takes them, and columns in sixteens, as processors do."""
    return np.zeros((M + -M % 4, K + -K % 16), dtype)


# ---------------------------------------------------------------- loops


@_compiled
def _gather(x, rows, columns, patches):
    # patches (rows,columns) or more
    for r in range(len(rows)):
        for c in range(len(columns)):
            patches[r, c] = x[rows[r] + columns[c]]


@_compiled
def _scatter(dpatches, rows, columns, dx):
    # dpatches (rows,columns) or more
    for r in range(len(rows)):
        for c in range(len(columns)):
            dx[rows[r] + columns[c]] += dpatches[r, c]


@_compiled
def _multiply(a, b, M, F, K, y):
    """Fill y with a bᵀ. Four rows of a meet four of b at once: each number read then serves four products."""
    # a (M,K), b (F,K), y (M,F)
    zero = y.dtype.type(0)
    for m in range(0, M, 4):
        for f in range(0, F, 4):
            s00 = s01 = s02 = s03 = zero
            s10 = s11 = s12 = s13 = zero
            s20 = s21 = s22 = s23 = zero
            s30 = s31 = s32 = s33 = zero
            for k in range(K):
                a0, a1, a2, a3 = a[m, k], a[m + 1, k], a[m + 2, k], a[m + 3, k]
                b0, b1, b2, b3 = b[f, k], b[f + 1, k], b[f + 2, k], b[f + 3, k]
                s00, s01, s02, s03 = s00 + a0 * b0, s01 + a0 * b1, s02 + a0 * b2, s03 + a0 * b3
                s10, s11, s12, s13 = s10 + a1 * b0, s11 + a1 * b1, s12 + a1 * b2, s13 + a1 * b3
                s20, s21, s22, s23 = s20 + a2 * b0, s21 + a2 * b1, s22 + a2 * b2, s23 + a2 * b3
                s30, s31, s32, s33 = s30 + a3 * b0, s31 + a3 * b1, s32 + a3 * b2, s33 + a3 * b3
            y[m, f], y[m, f + 1], y[m, f + 2], y[m, f + 3] = s00, s01, s02, s03
            y[m + 1, f], y[m + 1, f + 1], y[m + 1, f + 2], y[m + 1, f + 3] = s10, s11, s12, s13
            y[m + 2, f], y[m + 2, f + 1], y[m + 2, f + 2], y[m + 2, f + 3] = s20, s21, s22, s23
            y[m + 3, f], y[m + 3, f + 1], y[m + 3, f + 2], y[m + 3, f + 3] = s30, s31, s32, s33


@_compiled
def _add_depthwise(a, a_rows, a_steps, b, b_rows, b_steps, y, y_rows, y_steps):
    """Add to rows of y the products of rows of a and b: for output p and tap t, number rows[p] + steps[t] of each."""
    # a, b, y (…,F)
    _, F = y.shape
    for p in range(len(a_rows)):
        for t in range(len(a_steps)):
            i, j, k = a_rows[p] + a_steps[t], b_rows[p] + b_steps[t], y_rows[p] + y_steps[t]
            for f in range(F):
                y[k, f] += a[i, f] * b[j, f]
