"""Steps of the optimizers in loops, compiled by Numba. Shapes: w, dw and the running values m, v are flat, (size,).

Scalars become numbers of w's precision, so that nothing is computed in another one, and 0 is no other case than 0.0.
"""

import numpy as np
from numba import njit

_compiled = njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz", "arcp"})


def sgd_update(w, dw, m, rate, momentum, nesterov):
    number = w.dtype.type
    _sgd(w, dw, m, number(rate), number(momentum), bool(nesterov))


@_compiled
def _sgd(w, dw, m, rate, momentum, nesterov):
    if momentum == 0:
        for i in range(w.size):
            w[i] -= rate * dw[i]
    elif nesterov:
        for i in range(w.size):
            m[i] = momentum * m[i] - rate * dw[i]
            w[i] += momentum * m[i] - rate * dw[i]
    else:
        for i in range(w.size):
            m[i] = momentum * m[i] - rate * dw[i]
            w[i] += m[i]


def rmsprop_update(w, dw, v, m, rate, rho, momentum, epsilon):
    number = w.dtype.type
    _rmsprop(w, dw, v, m, number(rate), number(rho), number(1 - rho), number(momentum), number(epsilon))


@_compiled
def _rmsprop(w, dw, v, m, rate, rho, rest, momentum, epsilon):
    for i in range(w.size):
        v[i] = rho * v[i] + rest * dw[i] * dw[i]
    if momentum > 0:
        for i in range(w.size):
            m[i] = momentum * m[i] + rate * dw[i] / np.sqrt(v[i] + epsilon)
            w[i] -= m[i]
    else:
        for i in range(w.size):
            w[i] -= rate * dw[i] / np.sqrt(v[i] + epsilon)


def adam_update(w, dw, m, v, rate, beta_1, beta_2, epsilon):
    number = w.dtype.type
    _adam(w, dw, m, v, number(rate), number(1 - beta_1), number(1 - beta_2), number(epsilon))


@_compiled
def _adam(w, dw, m, v, rate, rest_1, rest_2, epsilon):
    for i in range(w.size):
        m[i] += rest_1 * (dw[i] - m[i])
        v[i] += rest_2 * (dw[i] * dw[i] - v[i])
        w[i] -= rate * m[i] / (np.sqrt(v[i]) + epsilon)
