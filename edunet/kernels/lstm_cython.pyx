"""The long short-term memory on the register tile. Shapes and gates: see lstm_numpy.py.

A few patients at a time, from their first step to the last, so that all they need stays in the cache. What needs no
memory is one product over all steps; then, step by step, a small product h_{t−1} W_h and one pass over the gates. On
the way back the same from the last step to the first, and the gradients of the weights as products over all steps.
"""

import numpy as np
from cython cimport floating
from libc.math cimport exp, tanh

from edunet.kernels.tile import widened

from edunet.kernels.curves cimport sigmoid_, tanh_
from edunet.kernels.sequence cimport TOGETHER, add_over_time, add_sums, copy_row, hand_on
from edunet.kernels.tile cimport TILE_ADD, TILE_PAD, TILE_STORE, on_every_cpu, padded, product


def lstm_forward(const floating[:, :, ::1] x, const floating[:, ::1] wx, const floating[:, ::1] wh,
                 const floating[::1] b, const floating[:, ::1] h0, const floating[:, ::1] c0, mask,
                 floating[:, :, ::1] h, floating[:, :, ::1] c, floating[:, :, ::1] gates):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], G = 4 * U, wide = padded(G), n, t
    if N == 0:
        return
    cdef const floating[:, ::1] from_x = widened(wx, wide), from_h = widened(wh, wide)
    cdef const floating[:, ::1] bias = widened(np.asarray(b).reshape(1, G), wide)
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef const floating* before  # h_{t−1} and c_{t−1} of the first of them; the next patient is `row` further
    cdef const floating* memory
    cdef const floating* nothing = NULL
    cdef Py_ssize_t first = 0, few, row
    with nogil:
        while first < N:
            few = min(TOGETHER, N - first)
            product(few * T, G, D, &x[first, 0, 0], D, 1, &from_x[0, 0], wide, &bias[0, 0], &gates[first, 0, 0], G,
                    TILE_STORE)
            before, memory, row = &h0[first, 0], &c0[first, 0], U
            for t in range(T):
                product(few, G, U, before, row, 1, &from_h[0, 0], wide, nothing, &gates[first, t, 0], T * G, TILE_ADD)
                for n in range(few):
                    step(U, &gates[first + n, t, 0], memory + n * row, &c[first + n, t, 0], &h[first + n, t, 0])
                    if counts.shape[0] and not counts[first + n, t]:
                        copy_row(U, before + n * row, &h[first + n, t, 0])
                        copy_row(U, memory + n * row, &c[first + n, t, 0])
                before, memory, row = &h[first, t, 0], &c[first, t, 0], T * U
            first += few


cdef on_every_cpu step(Py_ssize_t U, floating* gates, const floating* memory, floating* c, floating* h) noexcept nogil:
    """One step of one patient: the gates from their scores, then c = f c_{t−1} + i c̃ and h = o tanh(c)."""
    cdef floating* i = gates
    cdef floating* f = gates + U
    cdef floating* candidate = gates + 2 * U
    cdef floating* o = gates + 3 * U
    cdef Py_ssize_t u
    for u in range(2 * U):
        gates[u] = sigmoid_(gates[u])  # i and f
    for u in range(U):
        candidate[u] = tanh_(candidate[u])
    for u in range(U):
        o[u] = sigmoid_(o[u])
    for u in range(U):
        c[u] = f[u] * memory[u] + i[u] * candidate[u]
    for u in range(U):
        h[u] = o[u] * tanh_(c[u])


def lstm_backward(const floating[:, :, ::1] dh, const floating[:, ::1] dc, const floating[:, :, ::1] x,
                  const floating[:, ::1] wx, const floating[:, ::1] wh, const floating[:, ::1] h0,
                  const floating[:, ::1] c0, mask, const floating[:, :, ::1] h, const floating[:, :, ::1] c,
                  const floating[:, :, ::1] gates, floating[:, :, ::1] dx, floating[:, ::1] dwx, floating[:, ::1] dwh,
                  floating[::1] db, floating[:, ::1] dh0, floating[:, ::1] dc0):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], G = 4 * U, n, t
    dwx[...], dwh[...], db[...], dh0[...] = 0, 0, 0, 0
    dc0[...] = dc
    if N == 0:
        return
    cdef const floating[:, ::1] to_h = widened(np.asarray(wh).T, padded(U)), to_x = widened(np.asarray(wx).T, padded(D))
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef floating[::1] room = np.empty(min(N, TOGETHER) * T * G + TILE_PAD, np.asarray(x).dtype)
    cdef floating* da = &room[0]  # (few,T,4U), the gradients of the scores of i, f, c̃, o
    cdef floating* back  # what step t+1 sends back to h_t and to c_t, in the end to h0 and c0
    cdef floating* dmemory
    cdef const floating* memory
    cdef const floating* nothing = NULL
    cdef Py_ssize_t first = 0, few, m
    with nogil:
        while first < N:
            few = min(TOGETHER, N - first)
            back, dmemory = &dh0[first, 0], &dc0[first, 0]
            for t in range(T - 1, -1, -1):
                for m in range(few):
                    n = first + m
                    if counts.shape[0] and not counts[n, t]:
                        hand_on(U, G, &dh[n, t, 0], back + m * U, da + (m * T + t) * G)
                    else:
                        memory = &c[n, t - 1, 0] if t else &c0[n, 0]
                        step_back(U, &dh[n, t, 0], &gates[n, t, 0], memory, &c[n, t, 0], back + m * U, dmemory + m * U,
                                  da + (m * T + t) * G)
                product(few, U, G, da + t * G, T * G, 1, &to_h[0, 0], padded(U), nothing, back, U, TILE_ADD)
            add_over_time(D, G, few, T, &x[first, 0, 0], T * D, D, da, T * G, G, &dwx[0, 0], G)
            add_over_time(U, G, few, 1, &h0[first, 0], U, 0, da, T * G, G, &dwh[0, 0], G)
            add_over_time(U, G, few, T - 1, &h[first, 0, 0], T * U, U, da + G, T * G, G, &dwh[0, 0], G)
            add_sums(few * T, G, da, G, &db[0])
            if dx.shape[0]:
                product(few * T, D, G, da, G, 1, &to_x[0, 0], padded(D), nothing, &dx[first, 0, 0], D, TILE_STORE)
            first += few


cdef on_every_cpu step_back(Py_ssize_t U, const floating* dh, const floating* gates, const floating* memory,
                            const floating* c, floating* back, floating* dmemory, floating* da) noexcept nogil:
    """One step of one patient: the gradients of the four scores and of c_{t−1} from those of h and c."""
    cdef const floating* i = gates
    cdef const floating* f = gates + U
    cdef const floating* candidate = gates + 2 * U
    cdef const floating* o = gates + 3 * U
    cdef floating* shown = da + 3 * U
    cdef floating one = 1  # a bare 1 would be a double
    cdef Py_ssize_t u
    for u in range(U):
        back[u] += dh[u]
    for u in range(U):
        shown[u] = tanh_(c[u])
    for u in range(U):
        dmemory[u] += back[u] * o[u] * (one - shown[u] * shown[u])
    for u in range(U):
        da[u] = dmemory[u] * candidate[u] * i[u] * (one - i[u])
    for u in range(U):
        da[U + u] = dmemory[u] * memory[u] * f[u] * (one - f[u])
    for u in range(U):
        da[2 * U + u] = dmemory[u] * i[u] * (one - candidate[u] * candidate[u])
    for u in range(U):
        da[3 * U + u] = back[u] * shown[u] * o[u] * (one - o[u])
    for u in range(U):
        dmemory[u] *= f[u]
        back[u] = 0


# ---------------------------------------------------------------- the plain loops, one patient after the other


def lstm_forward_naive(const floating[:, :, ::1] x, const floating[:, ::1] wx, const floating[:, ::1] wh,
                       const floating[::1] b, const floating[:, ::1] h0, const floating[:, ::1] c0, mask,
                       floating[:, :, ::1] h, floating[:, :, ::1] c, floating[:, :, ::1] gates):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], n, t, d, g, u, v
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef const floating[::1] before, memory  # h_{t−1} and c_{t−1}
    cdef floating i, f, candidate, o
    cdef double a
    for n in range(N):
        before, memory = h0[n], c0[n]
        for t in range(T):
            for g in range(4 * U):
                a = b[g]
                for d in range(D):
                    a += x[n, t, d] * wx[d, g]
                for v in range(U):
                    a += before[v] * wh[v, g]
                gates[n, t, g] = <floating> (tanh(a) if 2 * U <= g < 3 * U else 1 / (1 + exp(-a)))
            for u in range(U):
                i, f = gates[n, t, u], gates[n, t, U + u]
                candidate, o = gates[n, t, 2 * U + u], gates[n, t, 3 * U + u]
                c[n, t, u] = f * memory[u] + i * candidate
                h[n, t, u] = o * <floating> tanh(c[n, t, u])
                if counts.shape[0] and not counts[n, t]:
                    c[n, t, u], h[n, t, u] = memory[u], before[u]
            before, memory = h[n, t], c[n, t]


def lstm_backward_naive(const floating[:, :, ::1] dh, const floating[:, ::1] dc, const floating[:, :, ::1] x,
                        const floating[:, ::1] wx, const floating[:, ::1] wh, const floating[:, ::1] h0,
                        const floating[:, ::1] c0, mask, const floating[:, :, ::1] h, const floating[:, :, ::1] c,
                        const floating[:, :, ::1] gates, floating[:, :, ::1] dx, floating[:, ::1] dwx,
                        floating[:, ::1] dwh, floating[::1] db, floating[:, ::1] dh0, floating[:, ::1] dc0):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], n, t, d, g, u, v
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef const floating[::1] before, memory  # h_{t−1} and c_{t−1}
    cdef floating[::1] da = np.empty(4 * U, np.asarray(x).dtype)
    cdef floating i, f, candidate, o, shown
    dx[...], dwx[...], dwh[...], db[...], dh0[...] = 0, 0, 0, 0, 0
    dc0[...] = dc
    for n in range(N):
        for t in range(T - 1, -1, -1):
            before, memory = h0[n], c0[n]
            if t:
                before, memory = h[n, t - 1], c[n, t - 1]
            for u in range(U):
                dh0[n, u] += dh[n, t, u]  # so far what step t+1 sent back, now all that reaches h_t
            if counts.shape[0] and not counts[n, t]:
                continue
            for u in range(U):
                i, f = gates[n, t, u], gates[n, t, U + u]
                candidate, o = gates[n, t, 2 * U + u], gates[n, t, 3 * U + u]
                shown = <floating> tanh(c[n, t, u])
                dc0[n, u] += dh0[n, u] * o * (1 - shown * shown)  # all that reaches c_t
                da[u] = dc0[n, u] * candidate * i * (1 - i)
                da[U + u] = dc0[n, u] * memory[u] * f * (1 - f)
                da[2 * U + u] = dc0[n, u] * i * (1 - candidate * candidate)
                da[3 * U + u] = dh0[n, u] * shown * o * (1 - o)
                dc0[n, u] *= f
                dh0[n, u] = 0
            for g in range(4 * U):
                db[g] += da[g]
                for d in range(D):
                    dwx[d, g] += x[n, t, d] * da[g]
                    if dx.shape[0]:
                        dx[n, t, d] += wx[d, g] * da[g]
                for v in range(U):
                    dwh[v, g] += before[v] * da[g]
                    dh0[n, v] += wh[v, g] * da[g]
