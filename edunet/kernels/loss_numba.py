"""Losses in loops, compiled by Numba. Shapes: see loss_numpy.py."""

import numpy as np
from numba import njit

_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})
_in_order = njit(cache=True, nogil=True, error_model="numpy")  # large numbers cancel first, then the small ones count


@_in_order
def softmax_crossentropy_forward(z, target, loss, p):
    M, K = z.shape
    lowest = np.finfo(z.dtype).min
    for m in range(M):
        top, log_total = _softmax(z[m], p[m])
        total = 0.0
        for k in range(K):
            log_p = z[m, k] - top - log_total
            # a score of −∞ with target 0 costs nothing; NaN is not smaller, and stays
            total -= target[m, k] * (lowest if log_p < lowest else log_p)
        loss[m] = total


@_compiled
def softmax_crossentropy_backward(dloss, target, p, dz):
    M, K = p.shape
    for m in range(M):
        total = 0.0
        for k in range(K):
            total += target[m, k]
        share = p.dtype.type(total)
        for k in range(K):
            dz[m, k] = (p[m, k] * share - target[m, k]) * dloss[m]


@_in_order
def sparse_softmax_crossentropy_forward(z, labels, loss, p):
    for m in range(len(z)):
        top, log_total = _softmax(z[m], p[m])
        loss[m] = log_total - (z[m, labels[m]] - top)


@_compiled
def sparse_softmax_crossentropy_backward(dloss, labels, p, dz):
    M, K = p.shape
    for m in range(M):
        for k in range(K):
            dz[m, k] = p[m, k] * dloss[m]
        dz[m, labels[m]] = (p[m, labels[m]] - 1) * dloss[m]


@_in_order
def sigmoid_crossentropy_forward(z, target, loss, p):
    for m in range(z.size):
        e = np.exp(-abs(z[m]))  # never overflows
        p[m] = (1 if z[m] > 0 else e) / (1 + e)
        loss[m] = (0 if z[m] < 0 else z[m]) - z[m] * target[m] + np.log1p(e)


@_compiled
def sigmoid_crossentropy_backward(dloss, target, p, dz):
    for m in range(p.size):
        dz[m] = (p[m] - target[m]) * dloss[m]


@_in_order
def _softmax(z, p):
    """Fill p (K,); return the largest score, without which e^z could overflow, and ln Σ e^(z − largest)."""
    top = z[0]
    for k in range(z.size):
        if z[k] > top:
            top = z[k]
    total = 0.0
    for k in range(z.size):
        p[k] = np.exp(z[k] - top)
        total += p[k]
    share = z.dtype.type(1 / total)
    for k in range(z.size):
        p[k] *= share
    return top, z.dtype.type(np.log(total))
