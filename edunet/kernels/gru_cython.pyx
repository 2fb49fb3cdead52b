"""The gated recurrent unit on the register tile. Shapes, gates and the two places of r: see gru_numpy.py.

A few patients at a time, from their first step to the last, so that all they need stays in the cache. What needs no
memory is one product over all steps; then, step by step, small products with h_{t−1} and passes over the gates. On the
way back the same from the last step to the first, and the gradients of the weights as products over all steps.
"""

import numpy as np
from cython cimport floating
from libc.math cimport exp, tanh

from edunet.kernels.tile import widened

from edunet.kernels.curves cimport sigmoid_, tanh_
from edunet.kernels.sequence cimport TOGETHER, add_over_time, add_sums, copy_row, hand_on
from edunet.kernels.tile cimport TILE_ADD, TILE_PAD, TILE_STORE, on_every_cpu, padded, product


def gru_forward(const floating[:, :, ::1] x, const floating[:, ::1] wx, const floating[:, ::1] wh,
                const floating[:, ::1] b, const floating[:, ::1] h0, mask, bint reset_after, floating[:, :, ::1] h,
                floating[:, :, ::1] gates, floating[:, :, ::1] inner):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], G = 3 * U, n, t
    if N == 0:
        return
    # both biases of z and r are added at once; that of h W_h stays inside r's brackets
    both = np.array(b[0])
    both[: 2 * U if reset_after else G] += np.asarray(b[1])[: 2 * U if reset_after else G]
    inside = np.asarray(b[1])[None, 2 * U :] if reset_after else np.zeros((1, U), both.dtype)
    cdef Py_ssize_t wide = padded(G), zr = padded(2 * U), third = padded(U)
    cdef const floating[:, ::1] from_x = widened(wx, wide), bias = widened(both[None], wide)
    cdef const floating[:, ::1] h_to_zr = widened(np.asarray(wh)[:, : 2 * U], zr)
    cdef const floating[:, ::1] h_to_candidate = widened(np.asarray(wh)[:, 2 * U :], third)
    cdef const floating[:, ::1] inner_bias = widened(inside, third)
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef const floating* before  # h_{t−1} of the first of them; the next patient is `row` further
    cdef const floating* nothing = NULL
    cdef Py_ssize_t first = 0, few, row
    with nogil:
        while first < N:
            few = min(TOGETHER, N - first)
            product(few * T, G, D, &x[first, 0, 0], D, 1, &from_x[0, 0], wide, &bias[0, 0], &gates[first, 0, 0], G,
                    TILE_STORE)
            before, row = &h0[first, 0], U
            for t in range(T):
                product(few, 2 * U, U, before, row, 1, &h_to_zr[0, 0], zr, nothing, &gates[first, t, 0], T * G,
                        TILE_ADD)
                if reset_after:
                    product(few, U, U, before, row, 1, &h_to_candidate[0, 0], third, &inner_bias[0, 0],
                            &inner[first, t, 0], T * U, TILE_STORE)
                    for n in range(first, first + few):
                        reset_after_product(U, &gates[n, t, 0], &inner[n, t, 0])
                else:
                    for n in range(few):
                        reset_before_product(U, &gates[first + n, t, 0], before + n * row, &inner[first + n, t, 0])
                    product(few, U, U, &inner[first, t, 0], T * U, 1, &h_to_candidate[0, 0], third, nothing,
                            &gates[first, t, 2 * U], T * G, TILE_ADD)
                for n in range(few):
                    update(U, &gates[first + n, t, 0], before + n * row, &h[first + n, t, 0])
                    if counts.shape[0] and not counts[first + n, t]:
                        copy_row(U, before + n * row, &h[first + n, t, 0])
                before, row = &h[first, t, 0], T * U
            first += few


cdef on_every_cpu reset_after_product(Py_ssize_t U, floating* gates, const floating* inner) noexcept nogil:
    """z and r from their scores; the score of ĥ gets r ⊙ (h W_h + c_h)."""
    cdef floating* r = gates + U
    cdef floating* candidate = gates + 2 * U
    cdef Py_ssize_t u
    for u in range(2 * U):
        gates[u] = sigmoid_(gates[u])
    for u in range(U):
        candidate[u] += r[u] * inner[u]


cdef on_every_cpu reset_before_product(Py_ssize_t U, floating* gates, const floating* before,
                                       floating* inner) noexcept nogil:
    """z and r from their scores; what goes into the product with W_h is r ⊙ h_{t−1}."""
    cdef floating* r = gates + U
    cdef Py_ssize_t u
    for u in range(2 * U):
        gates[u] = sigmoid_(gates[u])
    for u in range(U):
        inner[u] = r[u] * before[u]


cdef on_every_cpu update(Py_ssize_t U, floating* gates, const floating* before, floating* h) noexcept nogil:
    """ĥ from its score; h = z h_{t−1} + (1 − z) ĥ."""
    cdef floating* z = gates
    cdef floating* candidate = gates + 2 * U
    cdef floating one = 1  # a bare 1 would be a double
    cdef Py_ssize_t u
    for u in range(U):
        candidate[u] = tanh_(candidate[u])
    for u in range(U):
        h[u] = z[u] * before[u] + (one - z[u]) * candidate[u]


def gru_backward(const floating[:, :, ::1] dh, const floating[:, :, ::1] x, const floating[:, ::1] wx,
                 const floating[:, ::1] wh, const floating[:, ::1] h0, mask, bint reset_after,
                 const floating[:, :, ::1] h, const floating[:, :, ::1] gates, const floating[:, :, ::1] inner,
                 floating[:, :, ::1] dx, floating[:, ::1] dwx, floating[:, ::1] dwh, floating[:, ::1] db,
                 floating[:, ::1] dh0):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], G = 3 * U, n, t
    dwx[...], dwh[...], db[...], dh0[...] = 0, 0, 0, 0
    if N == 0:
        return
    cdef const floating[:, ::1] to_h = widened(np.asarray(wh).T, padded(U)), to_x = widened(np.asarray(wx).T, padded(D))
    cdef const floating* candidate_to_h = &to_h[2 * U, 0]
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    dtype = np.asarray(x).dtype
    few_steps = min(N, TOGETHER) * T
    cdef floating[::1] room = np.empty(few_steps * G + TILE_PAD, dtype)
    cdef floating[::1] inner_room = np.empty(few_steps * U + TILE_PAD, dtype)
    cdef floating* da = &room[0]  # (few,T,3U), the gradients of the scores of z, r, ĥ
    cdef floating* dinner = &inner_room[0]  # (few,T,U), the gradient of inner
    cdef floating* back  # what step t+1 sends back to h_t, in the end to h0
    cdef const floating* before
    cdef const floating* nothing = NULL
    cdef Py_ssize_t first = 0, few, m
    with nogil:
        while first < N:
            few = min(TOGETHER, N - first)
            back = &dh0[first, 0]
            for t in range(T - 1, -1, -1):
                for m in range(few):
                    n = first + m
                    if counts.shape[0] and not counts[n, t]:
                        hand_on(U, G, &dh[n, t, 0], back + m * U, da + (m * T + t) * G)
                    else:
                        before = &h[n, t - 1, 0] if t else &h0[n, 0]
                        update_back(U, &dh[n, t, 0], &gates[n, t, 0], before, back + m * U, da + (m * T + t) * G)
                    if reset_after:
                        reset_after_product_back(U, &gates[n, t, 0], &inner[n, t, 0], da + (m * T + t) * G,
                                                 dinner + (m * T + t) * U)
                if reset_after:
                    product(few, U, U, dinner + t * U, T * U, 1, candidate_to_h, padded(U), nothing, back, U, TILE_ADD)
                else:
                    product(few, U, U, da + t * G + 2 * U, T * G, 1, candidate_to_h, padded(U), nothing, dinner + t * U,
                            T * U, TILE_STORE)
                    for m in range(few):
                        n = first + m
                        before = &h[n, t - 1, 0] if t else &h0[n, 0]
                        reset_before_product_back(U, &gates[n, t, 0], before, dinner + (m * T + t) * U, back + m * U,
                                                  da + (m * T + t) * G)
                product(few, U, 2 * U, da + t * G, T * G, 1, &to_h[0, 0], padded(U), nothing, back, U, TILE_ADD)

            add_over_time(D, G, few, T, &x[first, 0, 0], T * D, D, da, T * G, G, &dwx[0, 0], G)
            add_over_time(U, 2 * U, few, 1, &h0[first, 0], U, 0, da, T * G, G, &dwh[0, 0], G)
            add_over_time(U, 2 * U, few, T - 1, &h[first, 0, 0], T * U, U, da + G, T * G, G, &dwh[0, 0], G)
            if reset_after:
                add_over_time(U, U, few, 1, &h0[first, 0], U, 0, dinner, T * U, U, &dwh[0, 2 * U], G)
                add_over_time(U, U, few, T - 1, &h[first, 0, 0], T * U, U, dinner + U, T * U, U, &dwh[0, 2 * U], G)
            else:
                add_over_time(U, U, few, T, &inner[first, 0, 0], T * U, U, da + 2 * U, T * G, G, &dwh[0, 2 * U], G)
            add_sums(few * T, G, da, G, &db[0, 0])
            add_sums(few * T, 2 * U, da, G, &db[1, 0])
            if reset_after:
                add_sums(few * T, U, dinner, U, &db[1, 2 * U])
            else:
                add_sums(few * T, U, da + 2 * U, G, &db[1, 2 * U])
            if dx.shape[0]:
                product(few * T, D, G, da, G, 1, &to_x[0, 0], padded(D), nothing, &dx[first, 0, 0], D, TILE_STORE)
            first += few


cdef on_every_cpu update_back(Py_ssize_t U, const floating* dh, const floating* gates, const floating* before,
                              floating* back, floating* da) noexcept nogil:
    """The gradients of the scores of z and ĥ (that of r comes later); back becomes what h_{t−1} gets directly."""
    cdef const floating* z = gates
    cdef const floating* candidate = gates + 2 * U
    cdef floating one = 1  # a bare 1 would be a double
    cdef Py_ssize_t u
    for u in range(U):
        back[u] += dh[u]
    for u in range(U):
        da[u] = back[u] * (before[u] - candidate[u]) * z[u] * (one - z[u])
    for u in range(U):
        da[U + u] = 0
    for u in range(U):
        da[2 * U + u] = back[u] * (one - z[u]) * (one - candidate[u] * candidate[u])
    for u in range(U):
        back[u] *= z[u]


cdef on_every_cpu reset_after_product_back(Py_ssize_t U, const floating* gates, const floating* inner, floating* da,
                                           floating* dinner) noexcept nogil:
    """From r ⊙ inner to both of its factors."""
    cdef const floating* r = gates + U
    cdef const floating* dcandidate = da + 2 * U
    cdef floating one = 1  # a bare 1 would be a double
    cdef Py_ssize_t u
    for u in range(U):
        da[U + u] = dcandidate[u] * inner[u] * r[u] * (one - r[u])
    for u in range(U):
        dinner[u] = dcandidate[u] * r[u]


cdef on_every_cpu reset_before_product_back(Py_ssize_t U, const floating* gates, const floating* before,
                                            const floating* dinner, floating* back, floating* da) noexcept nogil:
    """From inner = r ⊙ h_{t−1} to both of its factors."""
    cdef const floating* r = gates + U
    cdef floating one = 1  # a bare 1 would be a double
    cdef Py_ssize_t u
    for u in range(U):
        da[U + u] = dinner[u] * before[u] * r[u] * (one - r[u])
    for u in range(U):
        back[u] += dinner[u] * r[u]


# ---------------------------------------------------------------- the plain loops, one patient after the other


def gru_forward_naive(const floating[:, :, ::1] x, const floating[:, ::1] wx, const floating[:, ::1] wh,
                      const floating[:, ::1] b, const floating[:, ::1] h0, mask, bint reset_after,
                      floating[:, :, ::1] h, floating[:, :, ::1] gates, floating[:, :, ::1] inner):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], n, t, d, g, u, v
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef const floating[::1] before  # h_{t−1}
    cdef floating z, r
    cdef double a
    for n in range(N):
        before = h0[n]
        for t in range(T):
            for g in range(2 * U):
                a = b[0, g] + b[1, g]
                for d in range(D):
                    a += x[n, t, d] * wx[d, g]
                for v in range(U):
                    a += before[v] * wh[v, g]
                gates[n, t, g] = <floating> (1 / (1 + exp(-a)))  # z and r
            for u in range(U):
                r = gates[n, t, U + u]
                if reset_after:
                    a = b[1, 2 * U + u]
                    for v in range(U):
                        a += before[v] * wh[v, 2 * U + u]
                    inner[n, t, u] = <floating> a
                else:
                    inner[n, t, u] = r * before[u]
            for u in range(U):
                z, r = gates[n, t, u], gates[n, t, U + u]
                a = b[0, 2 * U + u]
                for d in range(D):
                    a += x[n, t, d] * wx[d, 2 * U + u]
                if reset_after:
                    a += r * inner[n, t, u]
                else:
                    a += b[1, 2 * U + u]
                    for v in range(U):
                        a += inner[n, t, v] * wh[v, 2 * U + u]
                gates[n, t, 2 * U + u] = <floating> tanh(a)  # ĥ
                h[n, t, u] = z * before[u] + (1 - z) * gates[n, t, 2 * U + u]
                if counts.shape[0] and not counts[n, t]:
                    h[n, t, u] = before[u]
            before = h[n, t]


def gru_backward_naive(const floating[:, :, ::1] dh, const floating[:, :, ::1] x, const floating[:, ::1] wx,
                       const floating[:, ::1] wh, const floating[:, ::1] h0, mask, bint reset_after,
                       const floating[:, :, ::1] h, const floating[:, :, ::1] gates, const floating[:, :, ::1] inner,
                       floating[:, :, ::1] dx, floating[:, ::1] dwx, floating[:, ::1] dwh, floating[:, ::1] db,
                       floating[:, ::1] dh0):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], n, t, d, g, u, v
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef const floating[::1] before  # h_{t−1}
    cdef floating[::1] da = np.empty(3 * U, np.asarray(x).dtype)  # the gradients of the scores of z, r, ĥ
    cdef floating[::1] dinner = np.empty(U, np.asarray(x).dtype)
    cdef floating z, r, candidate, into
    dx[...], dwx[...], dwh[...], db[...], dh0[...] = 0, 0, 0, 0, 0
    for n in range(N):
        for t in range(T - 1, -1, -1):
            before = h0[n]
            if t:
                before = h[n, t - 1]
            for u in range(U):
                dh0[n, u] += dh[n, t, u]  # so far what step t+1 sent back, now all that reaches h_t
            if counts.shape[0] and not counts[n, t]:
                continue
            for u in range(U):
                z, candidate = gates[n, t, u], gates[n, t, 2 * U + u]
                da[u] = dh0[n, u] * (before[u] - candidate) * z * (1 - z)
                da[2 * U + u] = dh0[n, u] * (1 - z) * (1 - candidate * candidate)
                dh0[n, u] *= z
            for u in range(U):
                r = gates[n, t, U + u]
                if reset_after:  # inner = h W_h + c_h
                    dinner[u] = da[2 * U + u] * r
                    da[U + u] = da[2 * U + u] * inner[n, t, u] * r * (1 - r)
                else:  # inner = r ⊙ h
                    dinner[u] = 0
                    for v in range(U):
                        dinner[u] += da[2 * U + v] * wh[u, 2 * U + v]
                    da[U + u] = dinner[u] * before[u] * r * (1 - r)
                    dh0[n, u] += dinner[u] * r
            for g in range(3 * U):
                db[0, g] += da[g]
                for d in range(D):
                    dwx[d, g] += x[n, t, d] * da[g]
                    if dx.shape[0]:
                        dx[n, t, d] += wx[d, g] * da[g]
                into = dinner[g - 2 * U] if reset_after and g >= 2 * U else da[g]  # the gradient of what W_h adds to
                db[1, g] += into
                for v in range(U):
                    if reset_after or g < 2 * U:
                        dwh[v, g] += before[v] * into
                        dh0[n, v] += wh[v, g] * into
                    else:
                        dwh[v, g] += inner[n, t, v] * into  # dh0 has its part already, through dinner
