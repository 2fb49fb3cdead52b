"""Activations: the f of y = f(W·x + b), one number in, one number out (softmax: one row in, one row out)."""

import math

import numpy as np

from edunet.tensor import differentiable

__all__ = [
    "elu",
    "gelu",
    "leaky_relu",
    "linear",
    "log_softmax",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]


@differentiable
def linear(x):
    """Leave x as it is: y = x; dx = dy.

    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.
    Tutorial: notebooks/01_dense.ipynb
    """
    return x, lambda dy: dy


@differentiable
def relu(x):
    """Let positive values through: y = max(x, 0); dx = dy where x > 0, else 0 (0 at x = 0).

    Source: Glorot, Bordes & Bengio, Deep sparse rectifier neural networks (2011).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03

    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    y = np.maximum(x, 0)
    return y, lambda dy: dy * (y > 0)


@differentiable
def leaky_relu(x, *, negative_slope=0.2):
    """Let negative values through weakly: y = x where x > 0, else a·x; dx = dy or a·dy.

    a, negative_slope, is 0.2 in keras.activations and 0.3 in the layer LeakyReLU; both are kept.
    Source: Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models (2013).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    slope = np.where(x > 0, x.dtype.type(1), x.dtype.type(negative_slope))
    return slope * x, lambda dy: dy * slope


@differentiable
def elu(x, *, alpha=1.0):
    """Bend negative values towards −α: y = x where x > 0, else α(eˣ − 1); dx = dy where x > 0, else dy·(y + α).

    Source: Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by ELUs (2016).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))).astype(x.dtype)
    return y, lambda dy: dy * np.where(x > 0, 1, y + alpha).astype(x.dtype)


_erf = np.vectorize(math.erf, otypes=[np.float64])  # NumPy has no erf; this one is exact to the last bit


@differentiable
def gelu(x, *, approximate=False):
    """Weigh x by the probability that a normal variable lies below it.

        y = x·Φ(x), Φ(x) = ½(1 + erf(x/√2))                 dx = dy·(Φ(x) + x·φ(x)), φ(x) = e^(−x²/2)/√(2π)
    approximate=True: Φ(x) ≈ ½(1 + tanh u), u = √(2/π)(x + 0.044715 x³), as in the first Transformers.
    Source: Hendrycks & Gimpel, Gaussian error linear units (2016).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 11
    """
    if approximate:
        c = math.sqrt(2 / math.pi)
        t = np.tanh(c * (x + 0.044715 * x**3))
        slope = 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x)
        return 0.5 * x * (1 + t), lambda dy: dy * slope
    cdf = (0.5 * (1 + _erf(x / math.sqrt(2)))).astype(x.dtype)
    slope = cdf + x * np.exp(-0.5 * x * x) / x.dtype.type(math.sqrt(2 * math.pi))
    return x * cdf, lambda dy: dy * slope


@differentiable
def sigmoid(x):
    """Turn a score into a probability: y = 1/(1 + e⁻ˣ); dx = dy·y(1 − y).

    Finite for every x: computed as ½(1 + tanh(x/2)).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.
    Tutorial: notebooks/01_dense.ipynb

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    y = 0.5 * (1 + np.tanh(0.5 * x))
    return y, lambda dy: dy * y * (1 - y)


@differentiable
def tanh(x):
    """Squeeze into (−1, 1): y = tanh x; dx = dy·(1 − y²).

    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 08
    """
    y = np.tanh(x)
    return y, lambda dy: dy * (1 - y * y)


@differentiable
def softplus(x):
    """A smooth relu: y = ln(1 + eˣ); dx = dy·σ(x). Computed as max(x,0) + ln(1 + e^−|x|): no overflow.

    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    y = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return y, lambda dy: dy * 0.5 * (1 + np.tanh(0.5 * x))


@differentiable
def softmax(x, *, axis=-1):
    """Turn scores into shares that sum to one.

        y_i = e^(x_i) / Σ_j e^(x_j)                          dx_i = y_i (dy_i − Σ_j dy_j y_j)
    The largest score of each row is subtracted first: that changes nothing but keeps e^x finite.
    Shapes: x (..., K), y (..., K), each row of y sums to 1.
    Source: Bridle, Probabilistic interpretation of feedforward classification network outputs (1990).
    Raises TypeError for what is not numbers.   Tutorial: lesson 10

    >>> softmax(np.array([[0.0, np.log(3.0)]]))
    array([[0.25, 0.75]])
    """
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    y = e / e.sum(axis=axis, keepdims=True)
    return y, lambda dy: y * (dy - np.sum(dy * y, axis=axis, keepdims=True))


@differentiable
def log_softmax(x, *, axis=-1):
    """The logarithm of softmax, finite where softmax itself would round to 0.

    y_i = x_i − ln Σ_j e^(x_j)                           dx_i = dy_i − e^(y_i) Σ_j dy_j
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 06
    """
    shifted = x - x.max(axis=axis, keepdims=True)
    y = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    return y, lambda dy: dy - np.exp(y) * np.sum(dy, axis=axis, keepdims=True)
