"""Attention in blocks of queries and keys, on the register tile: the table of all scores is never there.

Plain loops stand at the end. Shapes, mask and horizon: see attention_numpy.py.

    forward    a block of scores s = q kᵀ/√d becomes weights e^(s − top); top is the largest score that each query has
               met so far. When a later block has a larger one, what was summed before is scaled down by e^(old − new).
    backward   a block of weights is e^(s − lse), computed again. With dA = dz vᵀ and ds = A (dA − dz·z)/√d:
               dv += Aᵀ dz,  dk += dsᵀ q,  dq += ds k.

Keys times 1/√d, and for the way back values, are turned once for every head: block after block of (d,KEYS).
"""

import numpy as np
from cython cimport floating
from libc.math cimport INFINITY, exp, log, sqrt
from libc.string cimport memcpy, memset

from edunet.kernels.curves cimport decay_
from edunet.kernels.lanes cimport dot_along, larger, largest_along, sum_along
from edunet.kernels.tile cimport LINE, TILE_ADD, TILE_STORE, at_a_line, on_every_cpu, padded, product

cdef enum:
    QUERIES = 192  # in a block; its scores stay in the second cache
    KEYS = 256


def attention_forward(const floating[:, :, ::1] q, const floating[:, :, ::1] k, const floating[:, :, ::1] v, mask,
                      Py_ssize_t horizon, floating[:, :, ::1] z, floating[:, ::1] lse):
    cdef Py_ssize_t B = q.shape[0], T = q.shape[1], S = k.shape[1], d = q.shape[2], e = v.shape[2], n
    if B * T == 0:
        return
    dtype = np.asarray(q).dtype
    cdef const unsigned char[:, :, :] looks = mask.view(np.uint8)
    cdef Py_ssize_t block = min(QUERIES, T) * row_of(S)
    # where rows are wider than what is copied into them, whatever stands there meets columns that nobody keeps
    cdef floating[::1] room = np.empty(LINE + turned_size(S, d) + S * padded(e) + block + T, dtype)
    cdef floating scale = 1 / sqrt(<double> d)  # on the keys: a score is then exactly what its row's largest is made of
    cdef floating* kt = at_a_line(&room[0])
    cdef floating* values = kt + turned_size(S, d)
    cdef floating* s = values + S * padded(e)
    cdef floating* total = s + block
    with nogil:
        for n in range(B):
            turn(S, d, &k[n, 0, 0], scale, kt)
            copy_rows(S, e, &v[n, 0, 0], values)
            forward_of_head(T, S, d, e, &q[n, 0, 0], kt, values, looks, n, horizon, s, total, &z[n, 0, 0], &lse[n, 0])


cdef void forward_of_head(Py_ssize_t T, Py_ssize_t S, Py_ssize_t d, Py_ssize_t e, const floating* q, const floating* kt,
                          const floating* v, const unsigned char[:, :, :] looks, Py_ssize_t n, Py_ssize_t horizon,
                          floating* s, floating* total, floating* z, floating* lse) noexcept nogil:
    """Z = A V for one head; v has rows of padded width, and lse serves as top until the end."""
    cdef const floating* nothing = NULL
    cdef Py_ssize_t ep = padded(e), row = row_of(S)
    cdef Py_ssize_t i = 0, j, rows, cols, reached, r
    while i < T:
        rows = min(QUERIES, T - i)
        reached = min(S, padded(i + rows + horizon))  # no query of the block may look at keys from here on
        for r in range(i, i + rows):
            lse[r], total[r] = -INFINITY, 0
        if reached <= 0:
            memset(z + i * e, 0, rows * e * sizeof(floating))
        j = 0
        while j < reached:
            cols = min(KEYS, reached - j)
            product(rows, cols, d, q + i * d, d, 1, kt + j // KEYS * d * row, row, nothing, s, row, TILE_STORE)
            hide(rows, cols, s, row, looks, n, i, j, horizon)
            fold_in(rows, cols, s, row, lse + i, total + i, e, z + i * e)
            product(rows, e, cols, s, row, 1, v + j * ep, ep, nothing, z + i * e, e, TILE_ADD if j else TILE_STORE)
            j += cols
        finish(rows, e, z + i * e, lse + i, total + i)
        i += rows


cdef on_every_cpu fold_in(Py_ssize_t rows, Py_ssize_t cols, floating* s, Py_ssize_t row, floating* top,
                          floating* total, Py_ssize_t e, floating* z) noexcept nogil:
    """Turn the scores of a block into weights; scale what was summed before down to each query's new top."""
    cdef floating new, shift, down
    cdef Py_ssize_t r, j
    for r in range(rows):
        new = larger(top[r], largest_along(s, cols))
        shift = 0 if new == -INFINITY else new  # no key yet that it may look at: all weights are e^−∞
        for j in range(cols):
            s[j] = decay_(s[j] - shift)
        if new != top[r] and total[r] != 0:
            down = decay_(top[r] - shift)
            total[r] *= down
            for j in range(e):
                z[j] *= down
        top[r] = new
        total[r] += sum_along(s, cols)
        s, z = s + row, z + e


cdef on_every_cpu finish(Py_ssize_t rows, Py_ssize_t e, floating* z, floating* lse,
                         const floating* total) noexcept nogil:
    """z / Σ, and lse = top + ln Σ; both are 0 for a query that saw nothing."""
    cdef Py_ssize_t r, c
    for r in range(rows):
        if total[r] == 0:
            lse[r] = 0
            continue
        lse[r] += <floating> log(<double> total[r])
        for c in range(e):
            z[r * e + c] /= total[r]


cdef void hide(Py_ssize_t rows, Py_ssize_t cols, floating* s, Py_ssize_t row, const unsigned char[:, :, :] looks,
               Py_ssize_t n, Py_ssize_t i, Py_ssize_t j, Py_ssize_t horizon) noexcept nogil:
    """Set the scores of a block to −∞ where query i + r may not look at key j + c."""
    cdef Py_ssize_t r, c, seen
    for r in range(rows):
        if looks.shape[0]:
            for c in range(cols):
                if not looks[n, i + r, j + c]:
                    s[r * row + c] = -INFINITY
        seen = max(0, min(cols, i + r + horizon + 1 - j))
        for c in range(seen, cols):
            s[r * row + c] = -INFINITY


cdef Py_ssize_t row_of(Py_ssize_t S) noexcept nogil:
    """Return the steps from row to row of a block: an odd number of cache lines, or rows would fight for the same."""
    return (padded(min(KEYS, S)) // LINE | 1) * LINE


cdef Py_ssize_t turned_size(Py_ssize_t S, Py_ssize_t d) noexcept nogil:
    """Return the size of all turned blocks of one head."""
    return (S + KEYS - 1) // KEYS * d * row_of(S)


cdef void turn(Py_ssize_t S, Py_ssize_t d, const floating* k, floating scale, floating* kt) noexcept nogil:
    """Turn k (S,d) into blocks (d,KEYS) of scale k, one behind the other; sixteen keys at a time, then side by side."""
    cdef Py_ssize_t row = row_of(S), j = 0, c, b
    cdef floating* at
    while j + LINE <= S:
        for c in range(d):
            at = kt + (j // KEYS * d + c) * row + j % KEYS
            for b in range(LINE):
                at[b] = scale * k[(j + b) * d + c]
        j += LINE
    for j in range(j, S):
        for c in range(d):
            kt[(j // KEYS * d + c) * row + j % KEYS] = scale * k[j * d + c]


cdef void copy_rows(Py_ssize_t rows, Py_ssize_t cols, const floating* a, floating* b) noexcept nogil:
    """Copy a (rows,cols) to where its rows have padded width."""
    cdef Py_ssize_t r
    if cols == padded(cols):
        rows, cols = 1, rows * cols
    for r in range(rows):
        memcpy(b + r * padded(cols), a + r * cols, cols * sizeof(floating))


def attention_backward(const floating[:, :, ::1] dz, const floating[:, :, ::1] q, const floating[:, :, ::1] k,
                       const floating[:, :, ::1] v, mask, Py_ssize_t horizon, const floating[:, :, ::1] z,
                       const floating[:, ::1] lse, floating[:, :, ::1] dq, floating[:, :, ::1] dk,
                       floating[:, :, ::1] dv):
    cdef Py_ssize_t B = q.shape[0], T = q.shape[1], S = k.shape[1], d = q.shape[2], e = v.shape[2], n
    if B * T == 0:
        dq[...], dk[...], dv[...] = 0, 0, 0
        return
    dtype = np.asarray(q).dtype
    cdef const unsigned char[:, :, :] looks = mask.view(np.uint8)
    cdef Py_ssize_t block = min(QUERIES, T) * row_of(S)
    cdef floating[::1] room = np.empty(LINE + turned_size(S, d) + turned_size(S, e) + (T + S) * padded(d)
                                       + T * padded(e) + 2 * block + T, dtype)
    cdef floating scale = 1 / sqrt(<double> d), one = 1
    cdef floating* kt = at_a_line(&room[0])
    cdef floating* vt = kt + turned_size(S, d)
    cdef floating* queries = vt + turned_size(S, e)
    cdef floating* keys = queries + T * padded(d)
    cdef floating* dzs = keys + S * padded(d)
    cdef floating* A = dzs + T * padded(e)
    cdef floating* ds = A + block
    cdef floating* dots = ds + block
    with nogil:
        for n in range(B):
            turn(S, d, &k[n, 0, 0], scale, kt)
            turn(S, e, &v[n, 0, 0], one, vt)
            copy_rows(T, d, &q[n, 0, 0], queries)
            copy_rows(S, d, &k[n, 0, 0], keys)
            copy_rows(T, e, &dz[n, 0, 0], dzs)
            row_dots(T, e, &dz[n, 0, 0], &z[n, 0, 0], dots)
            backward_of_head(T, S, d, e, queries, keys, kt, vt, dzs, looks, n, horizon, &lse[n, 0], dots, A, ds,
                             &dq[n, 0, 0], &dk[n, 0, 0], &dv[n, 0, 0])


cdef void backward_of_head(Py_ssize_t T, Py_ssize_t S, Py_ssize_t d, Py_ssize_t e, const floating* q, const floating* k,
                           const floating* kt, const floating* vt, const floating* dz,
                           const unsigned char[:, :, :] looks, Py_ssize_t n, Py_ssize_t horizon, const floating* lse,
                           const floating* dots, floating* A, floating* ds, floating* dq, floating* dk,
                           floating* dv) noexcept nogil:
    """dq, dk and dv of one head, block by block; q, k and dz have rows of padded width."""
    cdef const floating* nothing = NULL
    cdef Py_ssize_t dp = padded(d), ep = padded(e), row = row_of(S), i = 0, j = 0, rows, cols, reached
    cdef floating scale = 1 / sqrt(<double> d)
    cdef int mode
    while i < T:
        rows = min(QUERIES, T - i)
        reached = min(S, padded(i + rows + horizon))  # no query of the block may look at keys from here on
        if reached <= 0:
            memset(dq + i * d, 0, rows * d * sizeof(floating))
        j = 0
        while j < reached:
            cols = min(KEYS, reached - j)
            product(rows, cols, d, q + i * dp, dp, 1, kt + j // KEYS * d * row, row, nothing, A, row, TILE_STORE)
            hide(rows, cols, A, row, looks, n, i, j, horizon)
            product(rows, cols, e, dz + i * ep, ep, 1, vt + j // KEYS * e * row, row, nothing, ds, row, TILE_STORE)
            weights_and_ds(rows, cols, scale, lse + i, dots + i, A, ds, row)
            mode = TILE_ADD if i else TILE_STORE
            product(cols, e, rows, A, 1, row, dz + i * ep, ep, nothing, dv + j * e, e, mode)
            product(cols, d, rows, ds, 1, row, q + i * dp, dp, nothing, dk + j * d, d, mode)
            mode = TILE_ADD if j else TILE_STORE
            product(rows, d, cols, ds, row, 1, k + j * dp, dp, nothing, dq + i * d, d, mode)
            j += cols
        if i == 0:  # later blocks may look at more keys, and add to these
            memset(dk + j * d, 0, (S - j) * d * sizeof(floating))
            memset(dv + j * e, 0, (S - j) * e * sizeof(floating))
        i += rows


cdef on_every_cpu weights_and_ds(Py_ssize_t rows, Py_ssize_t cols, floating scale, const floating* lse,
                                 const floating* dots, floating* s, floating* dA, Py_ssize_t row) noexcept nogil:
    """s becomes A = e^(s − lse), and dA becomes ds = A (dA − dz·z)/√d."""
    cdef Py_ssize_t r, j
    for r in range(rows):
        for j in range(cols):
            s[j] = decay_(s[j] - lse[r])
            dA[j] = s[j] * (dA[j] - dots[r]) * scale
        s, dA = s + row, dA + row


cdef on_every_cpu row_dots(Py_ssize_t T, Py_ssize_t e, const floating* dz, const floating* z,
                           floating* dots) noexcept nogil:
    """dots[i] = dz_i · z_i, which is Σ_j dA_ij A_ij."""
    cdef Py_ssize_t i
    for i in range(T):
        dots[i] = dot_along(dz + i * e, z + i * e, e)


# ---------------------------------------------------------------- the plain loops, one query after the other


def attention_forward_naive(const floating[:, :, ::1] q, const floating[:, :, ::1] k, const floating[:, :, ::1] v, mask,
                            Py_ssize_t horizon, floating[:, :, ::1] z, floating[:, ::1] lse):
    cdef Py_ssize_t B = q.shape[0], T = q.shape[1], S = k.shape[1], n, i, j, c
    cdef const unsigned char[:, :, :] looks = mask.view(np.uint8)
    cdef double[::1] s = np.empty(S)
    cdef double top, total
    for n in range(B):
        for i in range(T):
            for j in range(S):
                s[j] = score(q[n, i], k[n, j], looks, n, i, j, horizon)
            top, total = max(s), 0
            for c in range(v.shape[2]):
                z[n, i, c] = 0
            lse[n, i] = 0
            if top == -INFINITY:  # it sees nothing
                continue
            for j in range(S):
                total += exp(s[j] - top)
            for j in range(S):
                for c in range(v.shape[2]):
                    z[n, i, c] += <floating> (exp(s[j] - top) / total) * v[n, j, c]
            lse[n, i] = <floating> (top + log(total))


def attention_backward_naive(const floating[:, :, ::1] dz, const floating[:, :, ::1] q, const floating[:, :, ::1] k,
                             const floating[:, :, ::1] v, mask, Py_ssize_t horizon, const floating[:, :, ::1] z,
                             const floating[:, ::1] lse, floating[:, :, ::1] dq, floating[:, :, ::1] dk,
                             floating[:, :, ::1] dv):
    cdef Py_ssize_t B = q.shape[0], T = q.shape[1], S = k.shape[1], d = q.shape[2], n, i, j, c
    cdef const unsigned char[:, :, :] looks = mask.view(np.uint8)
    cdef floating A, dA, ds
    dq[...], dk[...], dv[...] = 0, 0, 0
    for n in range(B):
        for i in range(T):
            for j in range(S):
                A = <floating> exp(score(q[n, i], k[n, j], looks, n, i, j, horizon) - lse[n, i])
                dA = 0
                for c in range(v.shape[2]):
                    dv[n, j, c] += A * dz[n, i, c]
                    dA += dz[n, i, c] * (v[n, j, c] - z[n, i, c])
                ds = <floating> (A * dA / sqrt(<double> d))
                for c in range(d):
                    dq[n, i, c] += ds * k[n, j, c]
                    dk[n, j, c] += ds * q[n, i, c]


cdef double score(const floating[::1] q, const floating[::1] k, const unsigned char[:, :, :] looks, Py_ssize_t n,
                  Py_ssize_t i, Py_ssize_t j, Py_ssize_t horizon) noexcept:
    """q · k / √d, or −∞ where query i may not look at key j."""
    cdef double dot = 0
    cdef Py_ssize_t c
    if j > i + horizon or (looks.shape[0] and not looks[n, i, j]):
        return -INFINITY
    for c in range(q.shape[0]):
        dot += q[c] * k[c]
    return dot / sqrt(<double> q.shape[0])
