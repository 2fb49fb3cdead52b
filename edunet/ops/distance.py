"""Losses of numbers: how far is the answer y from the target t? One loss for each number, except cosine_similarity."""

import math

import numpy as np

from edunet.tensor import differentiable, for_kernels

__all__ = [
    "absolute_error",
    "cosine_similarity",
    "hinge",
    "huber",
    "log_cosh",
    "percentage_error",
    "pinball",
    "poisson",
    "squared_error",
    "squared_log_error",
]

EPSILON = 1e-7  # what is divided by, or taken the logarithm of, is kept above it


@differentiable
def squared_error(y, *, target):
    """Squared difference: loss = (y − t)²; dy = dloss · 2(y − t).

    Shapes: y, target and loss alike. Raises ValueError if target has another shape.   Tutorial: lesson 17
    """
    difference = y - _like("squared_error", y, target)
    return difference**2, lambda dloss: dloss * 2 * difference


@differentiable
def absolute_error(y, *, target):
    """Absolute difference: loss = |y − t|; dy = dloss · sign(y − t).

    Shapes: y, target and loss alike. Raises ValueError if target has another shape.   Tutorial: lesson 17
    """
    difference = y - _like("absolute_error", y, target)
    return np.abs(difference), lambda dloss: dloss * np.sign(difference)


@differentiable
def huber(y, *, target, delta=1.0):
    """Squared near the target, absolute far from it: outliers pull with limited force.

        loss = ½e² where |e| ≤ δ, else δ|e| − ½δ²        e = y − t        dy = dloss · clip(e, −δ, δ)
    Source: Huber, Robust estimation of a location parameter (1964).
    Shapes: y, target and loss alike. Raises ValueError if target has another shape.   Tutorial: lesson 17
    """
    e = y - _like("huber", y, target)
    far = np.abs(e) > delta
    loss = np.where(far, delta * np.abs(e) - 0.5 * delta**2, 0.5 * e * e).astype(y.dtype)
    return loss, lambda dloss: dloss * np.clip(e, -delta, delta)


@differentiable
def log_cosh(y, *, target):
    """A smooth huber: nearly ½e² near the target, |e| − ln 2 far from it.

        loss = ln cosh e = |e| + ln(1 + e^−2|e|) − ln 2        e = y − t        dy = dloss · tanh e
    Shapes: y, target and loss alike. Raises ValueError if target has another shape.   Tutorial: lesson 17
    """
    e = y - _like("log_cosh", y, target)
    size = np.abs(e)
    return size + np.log1p(np.exp(-2 * size)) - math.log(2), lambda dloss: dloss * np.tanh(e)


@differentiable
def percentage_error(y, *, target):
    """Absolute difference in percent of the target: loss = 100 |y − t| / |t|; dy = dloss · 100 sign(y − t) / |t|.

    |t| is kept above 1e-7.
    Shapes: y, target and loss alike. Raises ValueError if target has another shape.   Tutorial: lesson 17
    """
    target = _like("percentage_error", y, target)
    scale, difference = 100 / np.maximum(np.abs(target), EPSILON), y - target
    return scale * np.abs(difference), lambda dloss: dloss * scale * np.sign(difference)


@differentiable
def squared_log_error(y, *, target):
    """Squared difference of the orders of magnitude, for amounts: twice too much costs the same at 10 and at 1000.

        loss = (ln(1 + y) − ln(1 + t))²        dy = dloss · 2 (ln(1 + y) − ln(1 + t)) / (1 + y)
    y and t are kept above 1e-7; below it the gradient is 0.
    Shapes: y, target and loss alike. Raises ValueError if target has another shape.   Tutorial: lesson 17
    """
    kept, t = np.maximum(y, EPSILON), np.maximum(_like("squared_log_error", y, target), EPSILON)
    difference = np.log1p(kept) - np.log1p(t)
    return difference**2, lambda dloss: dloss * (y > EPSILON) * 2 * difference / (1 + kept)


@differentiable
def poisson(y, *, target):
    """Minus the logarithm of a Poisson probability, without its constant: for counts t with the mean y > 0.

        loss = y − t ln(y + ε)        dy = dloss · (1 − t / (y + ε))        ε = 1e-7
    Shapes: y, target and loss alike. Raises ValueError if target has another shape.
    Source: McCullagh & Nelder, Generalized linear models (1989), chapter 6.   Tutorial: lesson 17
    """
    target = _like("poisson", y, target)
    return y - target * np.log(y + EPSILON), lambda dloss: dloss * (1 - target / (y + EPSILON))


@differentiable
def pinball(y, *, target, quantile=0.5):
    """Pay q for each unit too low and 1 − q for each too high: the cheapest answer is the q-quantile of the target.

        loss = max(q e, (q − 1) e)        e = t − y        dy = −q dloss where y < t, (1 − q) dloss where y > t
    Shapes: y, target and loss alike. Raises ValueError if target has another shape.
    Source: Koenker & Bassett, Regression quantiles (1978).   Tutorial: lesson 17

    >>> pinball(np.array([1.0, 3.0]), target=np.array([2.0, 2.0]), quantile=0.9).round(2)
    array([0.9, 0.1])
    """
    e = _like("pinball", y, target) - y
    slope = (np.where(e > 0, -quantile, 1 - quantile) * (e != 0)).astype(y.dtype)
    return -slope * e, lambda dloss: dloss * slope


@differentiable
def hinge(y, *, target):
    """Pay for scores that are not on the right side by 1: loss = max(1 − t y, 0), t −1 or 1; dy = −t dloss inside.

    Shapes: y, target and loss alike. Raises ValueError if target has another shape.
    Source: Cortes & Vapnik, Support-vector networks (1995).   Tutorial: lesson 02
    """
    target = _like("hinge", y, target)
    missing = 1 - target * y
    return np.maximum(missing, 0), lambda dloss: -dloss * target * (missing > 0)


@differentiable
def cosine_similarity(y, *, target, axis=-1):
    """Minus the cosine of the angle between two vectors: −1 for the same direction, 1 for the opposite one.

        loss = −Σ_k û_k t̂_k        û = y/‖y‖, t̂ = t/‖t‖        dy = −dloss · (t̂ − û Σ_k û_k t̂_k) / ‖y‖
    ‖·‖² is kept above 1e-14.
    Shapes: y (...,K), target (...,K), loss (...). Raises ValueError if target has another shape.   Tutorial: lesson 14
    """
    target = _like("cosine_similarity", y, target)
    lengths = [np.sqrt(np.maximum(np.sum(v * v, axis=axis, keepdims=True), 1e-14)) for v in (y, target)]
    u, t = y / lengths[0], target / lengths[1]
    cosine = np.sum(u * t, axis=axis, keepdims=True)

    def backward(dloss):
        return -np.expand_dims(dloss, axis) * (t - u * cosine) / lengths[0]

    return -cosine.squeeze(axis), backward


def _like(op, z, target):
    """Return the target as an array of z's precision and shape."""
    target = np.asarray(target)
    if target.shape != z.shape:
        raise ValueError(f"{op}: expected a target of shape {z.shape}, like the prediction. Received {target.shape}.")
    return for_kernels(target, z.dtype)
