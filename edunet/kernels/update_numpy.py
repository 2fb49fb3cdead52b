"""Steps of the optimizers, defined. They work in place: w and the running values change, dw does not.

Shapes: w, dw and the running values m, v are flat, (size,).
"""

import numpy as np


def sgd_update(w, dw, m, rate, momentum, nesterov):
    if momentum == 0:
        w -= rate * dw
        return
    m *= momentum
    m -= rate * dw
    w += momentum * m - rate * dw if nesterov else m


def rmsprop_update(w, dw, v, m, rate, rho, momentum, epsilon):
    v *= rho
    v += (1 - rho) * dw * dw
    step = rate * dw / np.sqrt(v + epsilon)
    if momentum > 0:
        m *= momentum
        m += step
        step = m
    w -= step


def adam_update(w, dw, m, v, rate, beta_1, beta_2, epsilon):
    m += (1 - beta_1) * (dw - m)
    v += (1 - beta_2) * (dw * dw - v)
    w -= rate * m / (np.sqrt(v) + epsilon)
