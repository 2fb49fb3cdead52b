"""Losses fused with the last activation, defined. Shapes: z (M,K) scores, loss (M,), target (M,K), labels (M,).

Saved: p, the probabilities, of z's shape. For sigmoid_crossentropy everything is (M,).
"""

import numpy as np


def softmax_crossentropy_forward(z, target, loss, p):
    log_p = _log_softmax(z)
    np.exp(log_p, out=p)
    np.maximum(log_p, np.finfo(z.dtype).min, out=log_p)  # a score of −∞ with target 0 costs nothing
    loss[:] = -np.sum(target * log_p, axis=1)


def softmax_crossentropy_backward(dloss, target, p, dz):
    np.multiply(p, target.sum(axis=1, keepdims=True), out=dz)
    dz -= target
    dz *= dloss[:, None]


def sparse_softmax_crossentropy_forward(z, labels, loss, p):
    log_p = _log_softmax(z)
    np.exp(log_p, out=p)
    loss[:] = -log_p[np.arange(len(z)), labels]


def sparse_softmax_crossentropy_backward(dloss, labels, p, dz):
    dz[:] = p
    dz[np.arange(len(p)), labels] -= 1
    dz *= dloss[:, None]


def sigmoid_crossentropy_forward(z, target, loss, p):
    p[:] = 0.5 * (1 + np.tanh(0.5 * z))
    loss[:] = np.maximum(z, 0) - z * target + np.log1p(np.exp(-np.abs(z)))


def sigmoid_crossentropy_backward(dloss, target, p, dz):
    np.subtract(p, target, out=dz)
    dz *= dloss


def _log_softmax(z):
    shifted = z - z.max(axis=1, keepdims=True)
    shifted -= np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return shifted
