"""Normalisation in loops, compiled by Numba. Shapes: see norm_numpy.py. Sums are taken in double precision.

The loops of batch_norm serve forward and backward, which halves the time to compile them.
"""

import numpy as np
from numba import njit

_compiled = njit(
    cache=True,
    nogil=True,
    no_cfunc_wrapper=True,
    error_model="numpy",
    fastmath={"reassoc", "contract", "nsz", "arcp"},
)


def batch_norm_forward(x, gamma, beta, epsilon, y, mean, variance):
    first = x[:1].sum(axis=0)  # near the mean: sums of distances from it lose no digits
    total, squares = np.zeros((2, len(mean)))
    _add_up(x, first, x, first, total, squares)
    total /= len(x)
    mean[:] = first + total
    variance[:] = np.maximum(squares / len(x) - total * total, 0)
    _combine(x, np.zeros_like(mean), x, mean, _scale(gamma, variance, epsilon), beta, y)


def batch_norm_backward(dy, x, gamma, epsilon, mean, variance, dx, dgamma, dbeta):
    total, along = np.zeros((2, len(mean)))
    _add_up(dy, np.zeros_like(mean), x, mean, total, along)
    dgamma[:], dbeta[:] = along / np.sqrt(variance + epsilon), total
    scale = _scale(gamma, variance, epsilon)
    slope = -scale * along / (variance + epsilon) / len(x)
    shift = -scale * total / len(x)
    _combine(dy, scale, x, mean, slope.astype(x.dtype), shift.astype(x.dtype), dx)


def layer_norm_forward(x, gamma, beta, epsilon, y, mean, variance):
    _layer_norm(x, gamma, beta, float(epsilon), y, mean, variance)


def layer_norm_backward(dy, x, gamma, epsilon, mean, variance, dx, dgamma, dbeta):
    total, along = np.zeros((2, len(gamma)))
    _layer_norm_back(dy, x, gamma, mean, _scale(1, variance, epsilon), dx, total, along)
    dgamma[:], dbeta[:] = along, total


def _scale(gamma, variance, epsilon):
    return (gamma / np.sqrt(variance + epsilon)).astype(variance.dtype, copy=False)


# ---------------------------------------------------------------- loops: a, x, y, dy, dx (M,C) or (M,D)


@_compiled
def _add_up(a, a_mean, x, mean, total, along):
    """Add Σ (a − a_mean) to total and Σ (a − a_mean)(x − mean) to along: (C,) each."""
    M, C = x.shape
    for m in range(M):
        for c in range(C):
            d = a[m, c] - a_mean[c]
            total[c] += d
            along[c] += d * (x[m, c] - mean[c])


@_compiled
def _combine(a, scale, x, mean, slope, shift, y):
    M, C = x.shape
    for m in range(M):
        for c in range(C):
            y[m, c] = a[m, c] * scale[c] + (x[m, c] - mean[c]) * slope[c] + shift[c]


@_compiled
def _layer_norm(x, gamma, beta, epsilon, y, mean, variance):
    M, D = x.shape
    number = x.dtype.type
    for m in range(M):
        total = 0.0
        for d in range(D):
            total += x[m, d]
        center = number(total / D)
        total = 0.0
        for d in range(D):
            y[m, d] = x[m, d] - center
            total += y[m, d] * y[m, d]
        mean[m], variance[m] = center, total / D
        scale = number(1 / np.sqrt(total / D + epsilon))
        for d in range(D):
            y[m, d] = y[m, d] * scale * gamma[d] + beta[d]


@_compiled
def _layer_norm_back(dy, x, gamma, mean, scale, dx, total, along):
    # total and along (D,): sums over all rows
    M, D = x.shape
    number = x.dtype.type
    for m in range(M):
        center, s = mean[m], scale[m]
        row_total, row_along = 0.0, 0.0
        for d in range(D):
            normal = (x[m, d] - center) * s
            total[d] += dy[m, d]
            along[d] += dy[m, d] * normal
            dnormal = dy[m, d] * gamma[d]
            row_total += dnormal
            row_along += dnormal * normal
        shift, slope = number(row_total / D), number(row_along / D)
        for d in range(D):
            normal = (x[m, d] - center) * s
            dx[m, d] = s * (dy[m, d] * gamma[d] - shift - slope * normal)
