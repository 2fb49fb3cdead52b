"""Normalisation in loops, compiled by Numba. Shapes: see norm_numpy.py. Sums are taken in double precision."""

import numpy as np
from numba import njit

_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})


@_compiled
def batch_norm_forward(x, gamma, beta, epsilon, y, mean, variance):
    M, C = x.shape
    total = np.zeros(C)
    for m in range(M):
        for c in range(C):
            total[c] += x[m, c]
    for c in range(C):
        mean[c] = total[c] / M
        total[c] = 0
    for m in range(M):
        for c in range(C):
            y[m, c] = x[m, c] - mean[c]
            total[c] += y[m, c] * y[m, c]
    scale = np.empty_like(gamma)
    for c in range(C):
        variance[c] = total[c] / M
        scale[c] = gamma[c] / np.sqrt(variance[c] + epsilon)
    for m in range(M):
        for c in range(C):
            y[m, c] = y[m, c] * scale[c] + beta[c]


@_compiled
def batch_norm_backward(dy, x, gamma, epsilon, mean, variance, dx, dgamma, dbeta):
    M, C = x.shape
    along, total = np.zeros(C), np.zeros(C)
    for m in range(M):
        for c in range(C):
            along[c] += dy[m, c] * (x[m, c] - mean[c])
            total[c] += dy[m, c]
    scale, slope, shift = np.empty_like(gamma), np.empty_like(gamma), np.empty_like(gamma)
    for c in range(C):
        deviation = np.sqrt(variance[c] + epsilon)
        dgamma[c] = along[c] / deviation
        dbeta[c] = total[c]
        scale[c] = gamma[c] / deviation
        slope[c] = along[c] / deviation / deviation / M
        shift[c] = total[c] / M
    for m in range(M):
        for c in range(C):
            dx[m, c] = scale[c] * (dy[m, c] - shift[c] - slope[c] * (x[m, c] - mean[c]))


@_compiled
def layer_norm_forward(x, gamma, beta, epsilon, y, mean, variance):
    M, D = x.shape
    for m in range(M):
        total = 0.0
        for d in range(D):
            total += x[m, d]
        mean[m] = total / D
        total = 0.0
        for d in range(D):
            y[m, d] = x[m, d] - mean[m]
            total += y[m, d] * y[m, d]
        variance[m] = total / D
        scale = x.dtype.type(1 / np.sqrt(variance[m] + epsilon))
        for d in range(D):
            y[m, d] = y[m, d] * scale * gamma[d] + beta[d]


@_compiled
def layer_norm_backward(dy, x, gamma, epsilon, mean, variance, dx, dgamma, dbeta):
    M, D = x.shape
    along_all, all_rows = np.zeros(D), np.zeros(D)
    for m in range(M):
        scale = x.dtype.type(1 / np.sqrt(variance[m] + epsilon))
        total, along = 0.0, 0.0
        for d in range(D):
            normal = (x[m, d] - mean[m]) * scale
            along_all[d] += dy[m, d] * normal
            all_rows[d] += dy[m, d]
            dx[m, d] = dy[m, d] * gamma[d]
            total += dx[m, d]
            along += dx[m, d] * normal
        shift, slope = x.dtype.type(total / D), x.dtype.type(along / D)
        for d in range(D):
            dx[m, d] = scale * (dx[m, d] - shift - slope * ((x[m, d] - mean[m]) * scale))
    for d in range(D):
        dgamma[d] = along_all[d]
        dbeta[d] = all_rows[d]
