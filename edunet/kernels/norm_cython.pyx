"""Normalisation: down the batch row by row, all channels side by side; along a row in sixteen sums side by side.

Shapes: batch_norm x (M,C), mean and variance (C,); layer_norm x (M,D), mean and variance (M,); gamma and beta as
long as the last axis. Sums down the batch are taken in double precision, as in norm_numpy.py.
"""

import numpy as np
from cython cimport floating
from libc.math cimport sqrt

from edunet.kernels.lanes cimport LANES, sum_along, sum_of
from edunet.kernels.tile cimport on_every_cpu


# ---------------------------------------------------------------- over the batch


def batch_norm_forward(const floating[:, ::1] x, const floating[::1] gamma, const floating[::1] beta, double epsilon,
                       floating[:, ::1] y, floating[::1] mean, floating[::1] variance):
    cdef Py_ssize_t M = x.shape[0], C = x.shape[1]
    cdef double[::1] total = np.empty(C)
    if C > 0:
        with nogil:
            normalise_columns(&x[0, 0], &gamma[0], &beta[0], epsilon, &y[0, 0], &mean[0], &variance[0], &total[0], M, C)


cdef on_every_cpu normalise_columns(const floating* x, const floating* gamma, const floating* beta, double epsilon,
                                    floating* y, floating* mean, floating* variance, double* total,
                                    Py_ssize_t M, Py_ssize_t C) noexcept nogil:
    cdef Py_ssize_t m, c
    cdef floating difference
    for c in range(C):
        total[c] = 0
    for m in range(M):
        for c in range(C):
            total[c] += x[m * C + c]
    for c in range(C):
        mean[c] = <floating>(total[c] / M)
        total[c] = 0
    for m in range(M):
        for c in range(C):
            difference = x[m * C + c] - mean[c]
            total[c] += difference * difference
    for c in range(C):
        variance[c] = <floating>(total[c] / M)
        total[c] = gamma[c] / sqrt(variance[c] + epsilon)
    for m in range(M):
        for c in range(C):
            y[m * C + c] = (x[m * C + c] - mean[c]) * <floating>total[c] + beta[c]


def batch_norm_backward(const floating[:, ::1] dy, const floating[:, ::1] x, const floating[::1] gamma, double epsilon,
                        const floating[::1] mean, const floating[::1] variance, floating[:, ::1] dx,
                        floating[::1] dgamma, floating[::1] dbeta):
    cdef Py_ssize_t M = x.shape[0], C = x.shape[1]
    cdef double[::1] scratch = np.empty(2 * C)
    if C > 0:
        with nogil:
            columns_backward(&dy[0, 0], &x[0, 0], &gamma[0], epsilon, &mean[0], &variance[0], &dx[0, 0], &dgamma[0],
                             &dbeta[0], &scratch[0], &scratch[C], M, C)


cdef on_every_cpu columns_backward(const floating* dy, const floating* x, const floating* gamma, double epsilon,
                                   const floating* mean, const floating* variance, floating* dx, floating* dgamma,
                                   floating* dbeta, double* a, double* b, Py_ssize_t M, Py_ssize_t C) noexcept nogil:
    """dx = γ/σ (dy - dβ/M - (x - mean) dγ/(σM)), σ² = variance + ε."""
    cdef Py_ssize_t m, c
    cdef double deviation
    for c in range(C):
        a[c] = b[c] = 0
    for m in range(M):
        for c in range(C):
            a[c] += dy[m * C + c] * (x[m * C + c] - mean[c])
            b[c] += dy[m * C + c]
    for c in range(C):
        deviation = sqrt(variance[c] + epsilon)
        dgamma[c] = <floating>(a[c] / deviation)
        dbeta[c] = <floating>b[c]
        a[c] = dgamma[c] / deviation / M
        b[c] = gamma[c] / deviation
    for m in range(M):
        for c in range(C):
            dx[m * C + c] = (dy[m * C + c] - dbeta[c] / M - (x[m * C + c] - mean[c]) * <floating>a[c]) * <floating>b[c]


# ---------------------------------------------------------------- along a row


def layer_norm_forward(const floating[:, ::1] x, const floating[::1] gamma, const floating[::1] beta, double epsilon,
                       floating[:, ::1] y, floating[::1] mean, floating[::1] variance):
    cdef Py_ssize_t M = x.shape[0], D = x.shape[1]
    if M * D > 0:
        with nogil:
            normalise_rows(&x[0, 0], &gamma[0], &beta[0], epsilon, &y[0, 0], &mean[0], &variance[0], M, D)


cdef on_every_cpu normalise_rows(const floating* x, const floating* gamma, const floating* beta, double epsilon,
                                 floating* y, floating* mean, floating* variance, Py_ssize_t M,
                                 Py_ssize_t D) noexcept nogil:
    cdef Py_ssize_t m, d
    cdef floating square[LANES]
    cdef floating centre, scale, difference
    cdef int k
    for m in range(M):
        centre = sum_along(x, D) / D
        for k in range(LANES):
            square[k] = 0
        for d in range(D // LANES):
            for k in range(LANES):
                difference = x[d * LANES + k] - centre
                square[k] += difference * difference
        for d in range(D // LANES * LANES, D):
            difference = x[d] - centre
            square[d % LANES] += difference * difference
        mean[m] = centre
        variance[m] = sum_of(square) / D
        scale = <floating>(1 / sqrt(variance[m] + epsilon))
        for d in range(D):
            y[d] = (x[d] - centre) * scale * gamma[d] + beta[d]
        x += D
        y += D


def layer_norm_backward(const floating[:, ::1] dy, const floating[:, ::1] x, const floating[::1] gamma, double epsilon,
                        const floating[::1] mean, const floating[::1] variance, floating[:, ::1] dx,
                        floating[::1] dgamma, floating[::1] dbeta):
    cdef Py_ssize_t M = x.shape[0], D = x.shape[1]
    cdef double[::1] scratch = np.zeros(2 * D)
    if M * D > 0:
        with nogil:
            rows_backward(&dy[0, 0], &x[0, 0], &gamma[0], epsilon, &mean[0], &variance[0], &dx[0, 0], &scratch[0],
                          &scratch[D], M, D)
    cdef Py_ssize_t d
    for d in range(D):
        dgamma[d] = <floating>scratch[d]
        dbeta[d] = <floating>scratch[D + d]


cdef on_every_cpu rows_backward(const floating* dy, const floating* x, const floating* gamma, double epsilon,
                                const floating* mean, const floating* variance, floating* dx, double* dgamma,
                                double* dbeta, Py_ssize_t M, Py_ssize_t D) noexcept nogil:
    """dx = (dy γ - mean(dy γ) - n mean(dy γ n)) / σ, n = (x - mean) / σ; means along the row."""
    cdef Py_ssize_t m, d, k
    cdef floating level[LANES]
    cdef floating along[LANES]
    cdef floating scale, normal, a, b
    for m in range(M):
        scale = <floating>(1 / sqrt(variance[m] + epsilon))
        for k in range(LANES):
            level[k] = along[k] = 0
        for d in range(D // LANES):
            for k in range(LANES):
                normal = (x[d * LANES + k] - mean[m]) * scale
                level[k] += dy[d * LANES + k] * gamma[d * LANES + k]
                along[k] += dy[d * LANES + k] * gamma[d * LANES + k] * normal
        for d in range(D // LANES * LANES, D):
            normal = (x[d] - mean[m]) * scale
            level[d % LANES] += dy[d] * gamma[d]
            along[d % LANES] += dy[d] * gamma[d] * normal
        a = sum_of(level) / D
        b = sum_of(along) / D
        for d in range(D):
            normal = (x[d] - mean[m]) * scale
            dgamma[d] += dy[d] * normal
            dbeta[d] += dy[d]
            dx[d] = (dy[d] * gamma[d] - a - normal * b) * scale
        dy += D
        x += D
        dx += D
