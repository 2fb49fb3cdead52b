"""Losses fused with the last activation, defined. Shapes: z (M,K) scores, loss (M,), target (M,K), labels (M,)."""

import numpy as np


def softmax_crossentropy_forward(z, target):
    shifted = z - z.max(axis=1, keepdims=True)
    lse = np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    log_p = np.maximum(shifted - lse, np.finfo(z.dtype).min)  # a score of −∞ with target 0 costs nothing
    loss = -np.sum(target * log_p, axis=1)
    p = np.exp(shifted - lse)
    return loss, p


def softmax_crossentropy_backward(dloss, z, target, p):
    return dloss[:, None] * (p * target.sum(axis=1, keepdims=True) - target)


def sparse_softmax_crossentropy_forward(z, labels):
    rows = np.arange(len(z))
    shifted = z - z.max(axis=1, keepdims=True)
    lse = np.log(np.sum(np.exp(shifted), axis=1))
    loss = lse - shifted[rows, labels]
    p = np.exp(shifted - lse[:, None])
    return loss, p


def sparse_softmax_crossentropy_backward(dloss, z, labels, p):
    dz = p.copy()
    dz[np.arange(len(z)), labels] -= 1
    return dloss[:, None] * dz


def sigmoid_crossentropy_forward(z, target):
    p = 0.5 * (1 + np.tanh(0.5 * z))
    loss = np.maximum(z, 0) - z * target + np.log1p(np.exp(-np.abs(z)))
    return loss, p


def sigmoid_crossentropy_backward(dloss, z, target, p):
    return dloss * (p - target)
