"""Attention in blocks of queries and keys, on the register tile: the table of all scores is never there.

Plain loops stand at the end. Shapes, mask and horizon: see attention_numpy.py.

    forward    a block of scores s = q kᵀ/√d becomes weights e^(s − top); top is the largest score that each query has met
               so far. When a later block has a larger one, what was summed before is scaled down by e^(old − new).
    backward   a block of weights is e^(s − lse), computed again. With dA = dz vᵀ and ds = A (dA − dz·z)/√d:
               dv += Aᵀ dz,  dk += dsᵀ q,  dq += ds k.

Keys, and for the way back values, are turned once for every head: block after block of (d,KEYS).
"""

import numpy as np
from cython cimport floating
from libc.math cimport INFINITY, exp, log, sqrt
from libc.string cimport memset

from edunet.kernels.tile import widened

from edunet.kernels.curves cimport exp_
from edunet.kernels.lanes cimport dot_along, larger, largest_along, sum_along
from edunet.kernels.tile cimport TILE_ADD, TILE_STORE, on_every_cpu, padded, product

cdef enum:
    QUERIES = 96  # in a block
    KEYS = 128


def attention_forward(const floating[:, :, ::1] q, const floating[:, :, ::1] k, const floating[:, :, ::1] v, mask,
                      Py_ssize_t horizon, floating[:, :, ::1] z, floating[:, ::1] lse):
    cdef Py_ssize_t B = q.shape[0], T = q.shape[1], S = k.shape[1], d = q.shape[2], e = v.shape[2], n
    if B * T == 0:
        return
    dtype = np.asarray(q).dtype
    cdef Py_ssize_t ep = padded(e)
    cdef const floating[:, ::1] values = widened(np.asarray(v).reshape(B * S, e), ep)
    cdef const unsigned char[:, :, :] looks = mask.view(np.uint8)
    cdef floating[::1] turned = np.zeros(turned_size(S, d), dtype), s = np.empty(QUERIES * KEYS, dtype)
    cdef floating[::1] total = np.empty(T, dtype)
    with nogil:
        for n in range(B):
            turn(S, d, &k[n, 0, 0], &turned[0])
            forward_of_head(T, S, d, e, ep, &q[n, 0, 0], &turned[0], &values[n * S, 0], looks, n, horizon, &s[0],
                            &total[0], &z[n, 0, 0], &lse[n, 0])


cdef void forward_of_head(Py_ssize_t T, Py_ssize_t S, Py_ssize_t d, Py_ssize_t e, Py_ssize_t ep, const floating* q,
                          const floating* kt, const floating* v, const unsigned char[:, :, :] looks, Py_ssize_t n,
                          Py_ssize_t horizon, floating* s, floating* total, floating* z,
                          floating* lse) noexcept nogil:
    """Z = A V for one head; lse serves as top until the end."""
    cdef const floating* nothing = NULL
    cdef floating scale = 1 / sqrt(<double> d)
    cdef Py_ssize_t i = 0, j, rows, cols, reached, r
    while i < T:
        rows = min(QUERIES, T - i)
        reached = min(S, i + rows + horizon)  # some query of the block may look at keys before this one
        for r in range(i, i + rows):
            lse[r], total[r] = -INFINITY, 0
        if reached <= 0:
            memset(z + i * e, 0, rows * e * sizeof(floating))
        j = 0
        while j < reached:
            cols = min(KEYS, S - j)
            product(rows, cols, d, q + i * d, d, 1, kt + j * d, KEYS, nothing, s, KEYS, TILE_STORE)
            hide(rows, cols, s, looks, n, i, j, horizon)
            fold_in(rows, cols, scale, s, lse + i, total + i, e, z + i * e)
            product(rows, e, cols, s, KEYS, 1, v + j * ep, ep, nothing, z + i * e, e, TILE_ADD if j else TILE_STORE)
            j += cols
        finish(rows, e, z + i * e, lse + i, total + i)
        i += rows


cdef on_every_cpu fold_in(Py_ssize_t rows, Py_ssize_t cols, floating scale, floating* s, floating* top,
                          floating* total, Py_ssize_t e, floating* z) noexcept nogil:
    """Turn the scores of a block into weights; scale what was summed before down to each query's new top."""
    cdef floating new, shift, down
    cdef Py_ssize_t r, j
    for r in range(rows):
        new = larger(top[r], largest_along(s, cols) * scale)
        shift = 0 if new == -INFINITY else new  # no key yet that it may look at: all weights are e^−∞
        for j in range(cols):
            s[j] = exp_(s[j] * scale - shift)
        if new != top[r] and total[r] != 0:
            down = exp_(top[r] - shift)
            total[r] *= down
            for j in range(e):
                z[j] *= down
        top[r] = new
        total[r] += sum_along(s, cols)
        s, z = s + KEYS, z + e


cdef on_every_cpu finish(Py_ssize_t rows, Py_ssize_t e, floating* z, floating* lse, const floating* total) noexcept nogil:
    """z / Σ, and lse = top + ln Σ; both are 0 for a query that saw nothing."""
    cdef Py_ssize_t r, c
    for r in range(rows):
        if total[r] == 0:
            lse[r] = 0
            continue
        lse[r] += <floating> log(<double> total[r])
        for c in range(e):
            z[r * e + c] /= total[r]


cdef void hide(Py_ssize_t rows, Py_ssize_t cols, floating* s, const unsigned char[:, :, :] looks, Py_ssize_t n,
               Py_ssize_t i, Py_ssize_t j, Py_ssize_t horizon) noexcept nogil:
    """Set the scores of a block to −∞ where query i + r may not look at key j + c."""
    cdef Py_ssize_t r, c, seen
    for r in range(rows):
        if looks.shape[0]:
            for c in range(cols):
                if not looks[n, i + r, j + c]:
                    s[r * KEYS + c] = -INFINITY
        seen = max(0, min(cols, i + r + horizon + 1 - j))
        for c in range(seen, cols):
            s[r * KEYS + c] = -INFINITY


cdef Py_ssize_t turned_size(Py_ssize_t S, Py_ssize_t d) noexcept nogil:
    """Return the size of all turned blocks of one head."""
    return (S + KEYS - 1) // KEYS * KEYS * d


cdef void turn(Py_ssize_t S, Py_ssize_t d, const floating* k, floating* kt) noexcept nogil:
    """Turn k (S,d) into blocks (d,KEYS), one behind the other."""
    cdef Py_ssize_t j, c
    for j in range(S):
        for c in range(d):
            kt[(j // KEYS * d + c) * KEYS + j % KEYS] = k[j * d + c]


def attention_backward(const floating[:, :, ::1] dz, const floating[:, :, ::1] q, const floating[:, :, ::1] k,
                       const floating[:, :, ::1] v, mask, Py_ssize_t horizon, const floating[:, :, ::1] z,
                       const floating[:, ::1] lse, floating[:, :, ::1] dq, floating[:, :, ::1] dk,
                       floating[:, :, ::1] dv):
    cdef Py_ssize_t B = q.shape[0], T = q.shape[1], S = k.shape[1], d = q.shape[2], e = v.shape[2], n
    if B * T == 0:
        dq[...], dk[...], dv[...] = 0, 0, 0
        return
    dtype = np.asarray(q).dtype
    cdef Py_ssize_t dp = padded(d), ep = padded(e)
    cdef const floating[:, ::1] queries = widened(np.asarray(q).reshape(B * T, d), dp)
    cdef const floating[:, ::1] keys = widened(np.asarray(k).reshape(B * S, d), dp)
    cdef const floating[:, ::1] dzs = widened(np.asarray(dz).reshape(B * T, e), ep)
    cdef const unsigned char[:, :, :] looks = mask.view(np.uint8)
    cdef floating[::1] kt = np.zeros(turned_size(S, d), dtype), vt = np.zeros(turned_size(S, e), dtype)
    cdef floating[::1] A = np.empty(QUERIES * KEYS, dtype), ds = np.empty(QUERIES * KEYS, dtype)
    cdef floating[::1] dots = np.empty(T, dtype)
    with nogil:
        for n in range(B):
            turn(S, d, &k[n, 0, 0], &kt[0])
            turn(S, e, &v[n, 0, 0], &vt[0])
            row_dots(T, e, &dz[n, 0, 0], &z[n, 0, 0], &dots[0])
            backward_of_head(T, S, d, e, &queries[n * T, 0], &keys[n * S, 0], &kt[0], &vt[0], &dzs[n * T, 0], looks, n,
                             horizon, &lse[n, 0], &dots[0], &A[0], &ds[0], &dq[n, 0, 0], &dk[n, 0, 0], &dv[n, 0, 0])


cdef void backward_of_head(Py_ssize_t T, Py_ssize_t S, Py_ssize_t d, Py_ssize_t e, const floating* q, const floating* k,
                           const floating* kt, const floating* vt, const floating* dz,
                           const unsigned char[:, :, :] looks, Py_ssize_t n, Py_ssize_t horizon, const floating* lse,
                           const floating* dots, floating* A, floating* ds, floating* dq, floating* dk,
                           floating* dv) noexcept nogil:
    """dq, dk and dv of one head, block by block; q, k and dz have rows of padded width."""
    cdef const floating* nothing = NULL
    cdef Py_ssize_t dp = padded(d), ep = padded(e), i = 0, j = 0, rows, cols, reached
    cdef floating scale = 1 / sqrt(<double> d)
    cdef int mode
    while i < T:
        rows = min(QUERIES, T - i)
        reached = min(S, i + rows + horizon)  # some query of the block may look at keys before this one
        if reached <= 0:
            memset(dq + i * d, 0, rows * d * sizeof(floating))
        j = 0
        while j < reached:
            cols = min(KEYS, S - j)
            product(rows, cols, d, q + i * dp, dp, 1, kt + j * d, KEYS, nothing, A, KEYS, TILE_STORE)
            hide(rows, cols, A, looks, n, i, j, horizon)
            product(rows, cols, e, dz + i * ep, ep, 1, vt + j * e, KEYS, nothing, ds, KEYS, TILE_STORE)
            weights_and_ds(rows, cols, scale, lse + i, dots + i, A, ds)
            mode = TILE_STORE if i == 0 or j >= i + horizon else TILE_ADD  # did an earlier block reach these keys?
            product(cols, e, rows, A, 1, KEYS, dz + i * ep, ep, nothing, dv + j * e, e, mode)
            product(cols, d, rows, ds, 1, KEYS, q + i * dp, dp, nothing, dk + j * d, d, mode)
            mode = TILE_ADD if j else TILE_STORE
            product(rows, d, cols, ds, KEYS, 1, k + j * dp, dp, nothing, dq + i * d, d, mode)
            j += cols
        i += rows
    memset(dk + j * d, 0, (S - j) * d * sizeof(floating))  # keys that no query may look at
    memset(dv + j * e, 0, (S - j) * e * sizeof(floating))


cdef on_every_cpu weights_and_ds(Py_ssize_t rows, Py_ssize_t cols, floating scale, const floating* lse,
                                 const floating* dots, floating* s, floating* dA) noexcept nogil:
    """s becomes A = e^(s/√d − lse), and dA becomes ds = A (dA − dz·z)/√d."""
    cdef Py_ssize_t r, j
    for r in range(rows):
        for j in range(cols):
            s[j] = exp_(s[j] * scale - lse[r])
            dA[j] = s[j] * (dA[j] - dots[r]) * scale
        s, dA = s + KEYS, dA + KEYS


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
