"""Normalisation, defined: over the batch for each channel, over the features for each row.

Shapes: batch_norm x (M,C), mean and variance (C,); layer_norm x (M,D), mean and variance (M,); gamma and beta as
long as the last axis. M may be a million pixels: sums down the batch are taken in double precision.
"""

import numpy as np


def batch_norm_forward(x, gamma, beta, epsilon):
    mean = x.mean(axis=0, dtype=np.float64).astype(x.dtype)
    variance = np.square(x - mean).mean(axis=0, dtype=np.float64).astype(x.dtype)
    y = gamma * ((x - mean) / np.sqrt(variance + epsilon)) + beta
    return y, mean, variance


def batch_norm_backward(dy, x, gamma, beta, epsilon, mean, variance):
    deviation = np.sqrt(variance + epsilon)
    normal = (x - mean) / deviation
    dgamma = np.sum(dy * normal, axis=0, dtype=np.float64).astype(x.dtype)
    dbeta = np.sum(dy, axis=0, dtype=np.float64).astype(x.dtype)
    dx = gamma / deviation * (dy - dbeta / len(x) - normal * (dgamma / len(x)))
    return dx, dgamma, dbeta


def layer_norm_forward(x, gamma, beta, epsilon):
    mean = x.mean(axis=1)
    centred = x - mean[:, None]
    variance = np.square(centred).mean(axis=1)
    y = gamma * (centred / np.sqrt(variance + epsilon)[:, None]) + beta
    return y, mean, variance


def layer_norm_backward(dy, x, gamma, beta, epsilon, mean, variance):
    deviation = np.sqrt(variance + epsilon)[:, None]
    normal = (x - mean[:, None]) / deviation
    dgamma = np.sum(dy * normal, axis=0, dtype=np.float64).astype(x.dtype)
    dbeta = np.sum(dy, axis=0, dtype=np.float64).astype(x.dtype)
    dnormal = dy * gamma
    along = np.mean(dnormal * normal, axis=1, keepdims=True)
    dx = (dnormal - dnormal.mean(axis=1, keepdims=True) - normal * along) / deviation
    return dx, dgamma, dbeta
