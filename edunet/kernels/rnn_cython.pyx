"""The simple recurrence on the register tile. Shapes: see rnn_numpy.py.

A few patients at a time, from their first step to the last, so that all they need stays in the cache. x W_x + b is one
product over all steps; then, step by step, a small product h_{t−1} W_h and f. On the way back the same from the last
step to the first, and the gradients of the weights as products over all steps.
"""

import numpy as np
from cython cimport floating
from libc.math cimport exp, tanh

from edunet.kernels.tile import widened

from edunet.kernels.curves cimport sigmoid_, tanh_
from edunet.kernels.sequence cimport TOGETHER, add_over_time, add_sums, copy_row, hand_on
from edunet.kernels.tile cimport TILE_ADD, TILE_PAD, TILE_STORE, on_every_cpu, padded, product

cdef enum F:
    TANH
    RELU
    SIGMOID
    LINEAR

NAMES = {"tanh": TANH, "relu": RELU, "sigmoid": SIGMOID, "linear": LINEAR}


def simple_rnn_forward(const floating[:, :, ::1] x, const floating[:, ::1] wx, const floating[:, ::1] wh,
                       const floating[::1] b, const floating[:, ::1] h0, mask, activation, floating[:, :, ::1] h):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], wide = padded(U), n, t
    if N == 0:
        return
    cdef F f = NAMES[activation]
    cdef const floating[:, ::1] from_x = widened(wx, wide), from_h = widened(wh, wide)
    cdef const floating[:, ::1] bias = widened(np.asarray(b).reshape(1, U), wide)
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef const floating* before  # h_{t−1} of the first of them; the next patient is `row` further
    cdef const floating* nothing = NULL
    cdef Py_ssize_t first = 0, few, row
    with nogil:
        while first < N:
            few = min(TOGETHER, N - first)
            product(few * T, U, D, &x[first, 0, 0], D, 1, &from_x[0, 0], wide, &bias[0, 0], &h[first, 0, 0], U,
                    TILE_STORE)
            before, row = &h0[first, 0], U
            for t in range(T):
                product(few, U, U, before, row, 1, &from_h[0, 0], wide, nothing, &h[first, t, 0], T * U, TILE_ADD)
                for n in range(few):
                    activate(U, f, &h[first + n, t, 0])
                    if counts.shape[0] and not counts[first + n, t]:
                        copy_row(U, before + n * row, &h[first + n, t, 0])
                before, row = &h[first, t, 0], T * U
            first += few


cdef on_every_cpu activate(Py_ssize_t U, F f, floating* h) noexcept nogil:
    """h = f(h)."""
    cdef Py_ssize_t u
    if f == TANH:
        for u in range(U):
            h[u] = tanh_(h[u])
    elif f == RELU:
        for u in range(U):
            h[u] = 0 if h[u] < 0 else h[u]  # NaN stays
    elif f == SIGMOID:
        for u in range(U):
            h[u] = sigmoid_(h[u])


def simple_rnn_backward(const floating[:, :, ::1] dh, const floating[:, :, ::1] x, const floating[:, ::1] wx,
                        const floating[:, ::1] wh, const floating[:, ::1] h0, mask, activation,
                        const floating[:, :, ::1] h, floating[:, :, ::1] dx, floating[:, ::1] dwx,
                        floating[:, ::1] dwh, floating[::1] db, floating[:, ::1] dh0):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], n, t
    dwx[...], dwh[...], db[...], dh0[...] = 0, 0, 0, 0
    if N == 0:
        return
    cdef F f = NAMES[activation]
    cdef const floating[:, ::1] to_h = widened(np.asarray(wh).T, padded(U)), to_x = widened(np.asarray(wx).T, padded(D))
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef floating[::1] room = np.empty(min(N, TOGETHER) * T * U + TILE_PAD, np.asarray(x).dtype)
    cdef floating* da = &room[0]  # (few,T,U), the gradients of what f was applied to
    cdef floating* back  # what step t+1 sends back to h_t, in the end to h0
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
                        hand_on(U, U, &dh[n, t, 0], back + m * U, da + (m * T + t) * U)
                    else:
                        step_back(U, f, &dh[n, t, 0], &h[n, t, 0], back + m * U, da + (m * T + t) * U)
                product(few, U, U, da + t * U, T * U, 1, &to_h[0, 0], padded(U), nothing, back, U, TILE_ADD)
            add_over_time(D, U, few, T, &x[first, 0, 0], T * D, D, da, T * U, U, &dwx[0, 0], U)
            add_over_time(U, U, few, 1, &h0[first, 0], U, 0, da, T * U, U, &dwh[0, 0], U)
            add_over_time(U, U, few, T - 1, &h[first, 0, 0], T * U, U, da + U, T * U, U, &dwh[0, 0], U)
            add_sums(few * T, U, da, U, &db[0])
            if dx.shape[0]:
                product(few * T, D, U, da, U, 1, &to_x[0, 0], padded(D), nothing, &dx[first, 0, 0], D, TILE_STORE)
            first += few


cdef on_every_cpu step_back(Py_ssize_t U, F f, const floating* dh, const floating* h, floating* back,
                            floating* da) noexcept nogil:
    """da = (dh + back) f', with f' expressed by h = f(a); back is used up."""
    cdef floating one = 1  # a bare 1 would be a double
    cdef Py_ssize_t u
    for u in range(U):
        back[u] += dh[u]
    if f == TANH:
        for u in range(U):
            da[u] = back[u] * (one - h[u] * h[u])
    elif f == RELU:
        for u in range(U):
            da[u] = back[u] if h[u] > 0 else 0
    elif f == SIGMOID:
        for u in range(U):
            da[u] = back[u] * h[u] * (one - h[u])
    else:
        for u in range(U):
            da[u] = back[u]
    for u in range(U):
        back[u] = 0


# ---------------------------------------------------------------- the plain loops, one patient after the other


def simple_rnn_forward_naive(const floating[:, :, ::1] x, const floating[:, ::1] wx, const floating[:, ::1] wh,
                             const floating[::1] b, const floating[:, ::1] h0, mask, activation, floating[:, :, ::1] h):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], n, t, d, u, v
    cdef F f = NAMES[activation]
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef const floating[::1] before  # h_{t−1}
    cdef double a
    for n in range(N):
        before = h0[n]
        for t in range(T):
            for u in range(U):
                a = b[u]
                for d in range(D):
                    a += x[n, t, d] * wx[d, u]
                for v in range(U):
                    a += before[v] * wh[v, u]
                if counts.shape[0] and not counts[n, t]:
                    h[n, t, u] = before[u]
                elif f == TANH:
                    h[n, t, u] = <floating> tanh(a)
                elif f == RELU:
                    h[n, t, u] = <floating> (0 if a < 0 else a)
                elif f == SIGMOID:
                    h[n, t, u] = <floating> (1 / (1 + exp(-a)))
                else:
                    h[n, t, u] = <floating> a
            before = h[n, t]


def simple_rnn_backward_naive(const floating[:, :, ::1] dh, const floating[:, :, ::1] x, const floating[:, ::1] wx,
                              const floating[:, ::1] wh, const floating[:, ::1] h0, mask, activation,
                              const floating[:, :, ::1] h, floating[:, :, ::1] dx, floating[:, ::1] dwx,
                              floating[:, ::1] dwh, floating[::1] db, floating[:, ::1] dh0):
    cdef Py_ssize_t N = x.shape[0], T = x.shape[1], D = x.shape[2], U = wh.shape[0], n, t, d, u, v
    cdef F f = NAMES[activation]
    cdef const unsigned char[:, ::1] counts = mask.view(np.uint8)
    cdef const floating[::1] before  # h_{t−1}
    cdef floating[::1] da = np.empty(U, np.asarray(x).dtype)
    cdef floating state
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
                state = h[n, t, u]
                if f == TANH:
                    da[u] = dh0[n, u] * (1 - state * state)
                elif f == RELU:
                    da[u] = dh0[n, u] if state > 0 else 0
                elif f == SIGMOID:
                    da[u] = dh0[n, u] * state * (1 - state)
                else:
                    da[u] = dh0[n, u]
                dh0[n, u] = 0
            for u in range(U):
                db[u] += da[u]
                for d in range(D):
                    dwx[d, u] += x[n, t, d] * da[u]
                    if dx.shape[0]:
                        dx[n, t, d] += wx[d, u] * da[u]
                for v in range(U):
                    dwh[v, u] += before[v] * da[u]
                    dh0[n, v] += wh[v, u] * da[u]
