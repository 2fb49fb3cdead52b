"""Losses, their loops over scores compiled by Numba. Shapes: see loss_numpy.py.

What is one pass over the rows in NumPy is left to it, and the losses share loops: each takes a while to compile.
"""

import numpy as np
from numba import njit

_options = {"cache": True, "nogil": True, "no_cfunc_wrapper": True, "error_model": "numpy"}
_compiled = njit(**_options, fastmath={"reassoc", "contract", "nsz", "arcp"})
_in_order = njit(**_options)  # large numbers cancel first, then the small ones count


def softmax_crossentropy_forward(z, target, loss, p):
    top, log_total = np.empty((2, len(z)), z.dtype)
    _softmax(z, p, top, log_total)
    _crossentropy(z, target, top, log_total, np.finfo(z.dtype).min, loss)


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


def sparse_softmax_crossentropy_forward(z, labels, loss, p):
    top, log_total = np.empty((2, len(z)), z.dtype)
    _softmax(z, p, top, log_total)
    loss[:] = log_total - (z[np.arange(len(z)), labels] - top)


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


def sigmoid_crossentropy_backward(dloss, target, p, dz):
    np.subtract(p, target, out=dz)
    dz *= dloss


@_in_order
def _softmax(z, p, top, log_total):
    """Fill p (M,K), top (M,), the largest scores, without which e^z could overflow, and ln Σ e^(z − top) (M,)."""
    M, K = z.shape
    for m in range(M):
        largest = z[m, 0]
        for k in range(K):
            if z[m, k] > largest:
                largest = z[m, k]
        total = 0.0
        for k in range(K):
            p[m, k] = np.exp(z[m, k] - largest)
            total += p[m, k]
        for k in range(K):
            p[m, k] *= z.dtype.type(1 / total)
        top[m], log_total[m] = largest, np.log(total)


@_in_order
def _crossentropy(z, target, top, log_total, lowest, loss):
    M, K = z.shape
    for m in range(M):
        total = 0.0
        for k in range(K):
            log_p = z[m, k] - top[m] - log_total[m]
            # a score of −∞ with target 0 costs nothing; NaN is not smaller, and stays
            total -= target[m, k] * (lowest if log_p < lowest else log_p)
        loss[m] = total
