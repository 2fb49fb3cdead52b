"""Losses in loops, compiled by Numba. Shapes: see loss_numpy.py."""

import numpy as np
from numba import njit

_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})


@_compiled
def softmax_crossentropy_forward(z, target, loss, p):
    M, K = z.shape
    lowest = np.finfo(z.dtype).min
    for m in range(M):
        _log_softmax(z[m], p[m])
        total = 0.0
        for k in range(K):
            # a score of −∞ with target 0 costs nothing; NaN is not smaller, and stays
            total -= target[m, k] * (lowest if p[m, k] < lowest else p[m, k])
            p[m, k] = np.exp(p[m, k])
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


@_compiled
def sparse_softmax_crossentropy_forward(z, labels, loss, p):
    M, K = z.shape
    for m in range(M):
        _log_softmax(z[m], p[m])
        loss[m] = -p[m, labels[m]]
        for k in range(K):
            p[m, k] = np.exp(p[m, k])


@_compiled
def sparse_softmax_crossentropy_backward(dloss, labels, p, dz):
    M, K = p.shape
    for m in range(M):
        for k in range(K):
            dz[m, k] = p[m, k] * dloss[m]
        dz[m, labels[m]] = (p[m, labels[m]] - 1) * dloss[m]


@njit(cache=True, nogil=True, error_model="numpy")  # in this order: z − z·target may be 0, and the rest tiny
def sigmoid_crossentropy_forward(z, target, loss, p):
    for m in range(z.size):
        e = np.exp(-abs(z[m]))  # never overflows
        p[m] = (1 if z[m] > 0 else e) / (1 + e)
        loss[m] = (0 if z[m] < 0 else z[m]) - z[m] * target[m] + np.log1p(e)


@_compiled
def sigmoid_crossentropy_backward(dloss, target, p, dz):
    for m in range(p.size):
        dz[m] = (p[m] - target[m]) * dloss[m]


@_compiled
def _log_softmax(z, log_p):
    """Fill log_p (K,) with z less ln Σ e^z; without the largest score e^z could overflow."""
    K = z.size
    top = z[0]
    for k in range(K):
        if z[k] > top:
            top = z[k]
    total = 0.0
    for k in range(K):
        log_p[k] = z[k] - top
        total += np.exp(log_p[k])
    log_total = z.dtype.type(np.log(total))
    for k in range(K):
        log_p[k] -= log_total
