"""Normalisation, defined: over the batch for each channel, over the features for each row.

Shapes: batch_norm x (M,C), mean and variance (C,); layer_norm x (M,D), mean and variance (M,); gamma and beta as
long as the last axis. M may be a million pixels: sums down the batch are taken in double precision.
"""

import numpy as np


def batch_norm_forward(x, gamma, beta, epsilon, y, mean, variance):
    mean[:] = x.mean(axis=0, dtype=np.float64)
    np.subtract(x, mean, out=y)
    variance[:] = np.square(y).mean(axis=0, dtype=np.float64)
    y /= np.sqrt(variance + epsilon)
    y *= gamma
    y += beta


def batch_norm_backward(dy, x, gamma, epsilon, mean, variance, dx, dgamma, dbeta):
    deviation = np.sqrt(variance + epsilon)
    normal = (x - mean) / deviation
    dgamma[:] = np.sum(dy * normal, axis=0, dtype=np.float64)
    dbeta[:] = np.sum(dy, axis=0, dtype=np.float64)
    np.subtract(dy, dbeta / len(x), out=dx)
    dx -= normal * (dgamma / len(x))
    dx *= gamma / deviation


def layer_norm_forward(x, gamma, beta, epsilon, y, mean, variance):
    mean[:] = x.mean(axis=1)
    np.subtract(x, mean[:, None], out=y)
    variance[:] = np.square(y).mean(axis=1)
    y /= np.sqrt(variance + epsilon)[:, None]
    y *= gamma
    y += beta


def layer_norm_backward(dy, x, gamma, epsilon, mean, variance, dx, dgamma, dbeta):
    deviation = np.sqrt(variance + epsilon)[:, None]
    normal = (x - mean[:, None]) / deviation
    dgamma[:] = np.sum(dy * normal, axis=0, dtype=np.float64)
    dbeta[:] = np.sum(dy, axis=0, dtype=np.float64)
    dnormal = np.multiply(dy, gamma, out=dx)
    along = np.mean(dnormal * normal, axis=1, keepdims=True)
    dx -= dnormal.mean(axis=1, keepdims=True)
    dx -= normal * along
    dx /= deviation
