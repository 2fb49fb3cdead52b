"""Activations: the f of y = f(W·x + b), one number in, one number out (softmax: one row in, one row out)."""

import math

import numpy as np

from edunet.arithmetic import unbroadcast
from edunet.tensor import differentiable

__all__ = [
    "elu",
    "exponential",
    "gelu",
    "hard_sigmoid",
    "hard_silu",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mish",
    "prelu",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "tanh",
]


@differentiable(keeps_mask="numbers")
def linear(x):
    """Leave x as it is: y = x; dx = dy.

    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.
    Tutorial: notebooks/01_dense.ipynb
    """
    return x, lambda dy: dy


@differentiable(keeps_mask="numbers")
def relu(x, *, negative_slope=0.0, max_value=None, threshold=0.0):
    """Let positive values through: y = max(x, 0); dx = dy where x > 0, else 0 (0 at x = 0).

    With the options: y = x from the threshold on, negative_slope·(x − threshold) below it, never above max_value.
    Source: Glorot, Bordes & Bengio, Deep sparse rectifier neural networks (2011).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03

    >>> relu(np.array([-1.0, 0.0, 2.0]))
    array([0., 0., 2.])
    """
    if not negative_slope and max_value is None and not threshold:
        y = np.maximum(x, 0)
        return y, lambda dy: dy * (y > 0)
    y, slope = x.copy(), np.ones_like(x)
    low = x <= threshold if not threshold else x < threshold
    y[low], slope[low] = negative_slope * (x[low] - threshold), negative_slope
    if max_value is not None:
        high = x >= max_value
        y[high], slope[high] = max_value, 0
    return y, lambda dy: dy * slope


@differentiable(keeps_mask="numbers")
def relu6(x):
    """A relu that ends at 6, for numbers of few bits: y = min(max(x, 0), 6); dx = dy where 0 < x < 6, else 0.

    Source: Howard et al., MobileNets (2017).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    return np.clip(x, 0, 6), lambda dy: dy * ((x > 0) & (x < 6))


@differentiable(keeps_mask="numbers")
def leaky_relu(x, *, negative_slope=0.2):
    """Let negative values through weakly: y = x where x > 0, else a·x; dx = dy or a·dy.

    a, negative_slope, is 0.2 in keras.activations and 0.3 in the layer LeakyReLU; both are kept.
    Source: Maas, Hannun & Ng, Rectifier nonlinearities improve neural network acoustic models (2013).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    slope = np.where(x > 0, x.dtype.type(1), x.dtype.type(negative_slope))
    return slope * x, lambda dy: dy * slope


@differentiable(keeps_mask="numbers")
def elu(x, *, alpha=1.0):
    """Bend negative values towards −α: y = x where x > 0, else α(eˣ − 1); dx = dy where x > 0, else dy·(y + α).

    Source: Clevert, Unterthiner & Hochreiter, Fast and accurate deep network learning by ELUs (2016).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))).astype(x.dtype)
    return y, lambda dy: dy * np.where(x > 0, 1, y + alpha).astype(x.dtype)


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772  # the fixed point of mean 0 and variance 1


@differentiable(keeps_mask="numbers")
def selu(x):
    """An elu whose outputs keep mean 0 and variance 1 from layer to layer: y = 1.0507·elu(x, α = 1.6733).

    dx = 1.0507·dy where x > 0, else dy·(y + 1.7581). It wants weights drawn by lecun_normal.
    Source: Klambauer et al., Self-normalizing neural networks (2017).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    y = (SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0)))).astype(x.dtype)
    return y, lambda dy: dy * np.where(x > 0, SELU_SCALE, y + SELU_SCALE * SELU_ALPHA).astype(x.dtype)


@differentiable(keeps_mask="numbers")
def prelu(x, alpha):
    """A leaky relu whose slopes a are learnt: y = x where x > 0, else a·x.

        dx = dy where x > 0, a·dy where x < 0        da = Σ dy·min(x, 0), over what shares a slope
    Source: He et al., Delving deep into rectifiers (2015).
    Shapes: x (N,...), alpha any shape that broadcasts to x, y like x. Raises TypeError for what is not numbers.
    Tutorial: lesson 03
    """
    low = np.minimum(x, 0)

    def backward(dy):
        return dy * ((x > 0) + alpha * (x < 0)).astype(x.dtype), unbroadcast(dy * low, alpha.shape)

    return np.maximum(x, 0) + alpha * low, backward


_erf = np.vectorize(math.erf, otypes=[np.float64])  # NumPy has no erf; this one is exact to the last bit


@differentiable(keeps_mask="numbers")
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


@differentiable(keeps_mask="numbers")
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


@differentiable(keeps_mask="numbers")
def hard_sigmoid(x):
    """A sigmoid of three straight lines: y = min(max(x/6 + ½, 0), 1); dx = dy/6 where |x| < 3, else 0.

    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    return np.clip(x / 6 + 0.5, 0, 1), lambda dy: dy * (np.abs(x) < 3) / 6


@differentiable(keeps_mask="numbers")
def silu(x):
    """Let x through as far as its own sigmoid is open (also called swish): y = x·σ(x); dx = dy·(σ + y(1 − σ)).

    Source: Elfwing, Uchibe & Doya (2018); Ramachandran, Zoph & Le, Searching for activation functions (2017).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    gate = 0.5 * (1 + np.tanh(0.5 * x))
    return x * gate, lambda dy: dy * (gate + x * gate * (1 - gate))


@differentiable(keeps_mask="numbers")
def hard_silu(x):
    """A silu of straight lines and a parabola: y = x·hard_sigmoid(x); dx = 0 for x < −3, dy for x > 3, dy·(x/3 + ½).

    Source: Howard et al., Searching for MobileNetV3 (2019).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    inside = np.abs(x) < 3
    return x * np.clip(x / 6 + 0.5, 0, 1), lambda dy: dy * np.where(inside, x / 3 + 0.5, x > 0).astype(x.dtype)


@differentiable(keeps_mask="numbers")
def mish(x):
    """A smooth relu with a dip below 0: y = x·t, t = tanh(softplus(x)); dx = dy·(t + x(1 − t²)σ(x)).

    Source: Misra, Mish: A self regularized non-monotonic activation function (2019).
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    t = np.tanh(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))
    return x * t, lambda dy: dy * (t + x * (1 - t * t) * 0.5 * (1 + np.tanh(0.5 * x)))


@differentiable(keeps_mask="numbers")
def softsign(x):
    """Squeeze into (−1, 1), more gently than tanh: y = x/(1 + |x|); dx = dy/(1 + |x|)².

    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    size = 1 + np.abs(x)
    return x / size, lambda dy: dy / (size * size)


@differentiable(keeps_mask="numbers")
def exponential(x):
    """Make any number positive, for a rate or a count: y = eˣ; dx = dy·y.

    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 17
    """
    y = np.exp(x)
    return y, lambda dy: dy * y


@differentiable(keeps_mask="numbers")
def tanh(x):
    """Squeeze into (−1, 1): y = tanh x; dx = dy·(1 − y²).

    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 08
    """
    y = np.tanh(x)
    return y, lambda dy: dy * (1 - y * y)


@differentiable(keeps_mask="numbers")
def softplus(x):
    """A smooth relu: y = ln(1 + eˣ); dx = dy·σ(x). Computed as max(x,0) + ln(1 + e^−|x|): no overflow.

    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 03
    """
    y = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return y, lambda dy: dy * 0.5 * (1 + np.tanh(0.5 * x))


@differentiable(keeps_mask="features")
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


@differentiable(keeps_mask="features")
def log_softmax(x, *, axis=-1):
    """The logarithm of softmax, finite where softmax itself would round to 0.

    y_i = x_i − ln Σ_j e^(x_j)                           dx_i = dy_i − e^(y_i) Σ_j dy_j
    Shapes: x of any shape, y and dx alike. Raises TypeError for what is not numbers.   Tutorial: lesson 06
    """
    shifted = x - x.max(axis=axis, keepdims=True)
    y = shifted - np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))
    return y, lambda dy: dy - np.exp(y) * np.sum(dy, axis=axis, keepdims=True)
