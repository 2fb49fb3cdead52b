"""Regularisation inside the network: numbers silenced or made noisy, differently each time."""

import math
import numbers

import numpy as np

from edunet.tensor import differentiable

__all__ = ["dropout", "gaussian_dropout", "gaussian_noise"]


@differentiable(keeps_mask="numbers")
def dropout(x, *, rate, rng, noise_shape=None):
    """Silence a random share of the inputs, a new one each time, and make the others louder (inverted dropout).

        y_i = x_i · m_i / (1 − rate)        m_i = 0 with probability rate, else 1: on average y is x
        dx_i = dy_i · m_i / (1 − rate)      what was silenced is not to blame
    Shapes: x and y are alike. noise_shape is the shape of m, that of x unless given: (N,1,1,C) silences whole channels
    of images; None in it is the length of that axis of x.
    rng is the numpy.random.Generator that draws m; rate 0 draws nothing and returns x.
    For prediction simply leave it out.
    Raises ValueError unless 0 ≤ rate < 1 and noise_shape fits x, TypeError if rng is not a Generator.
    Source: Srivastava et al., Dropout (2014).   Tutorial: lesson 04

    >>> dropout(np.ones(6), rate=0.5, rng=np.random.default_rng(0))
    array([2., 2., 2., 0., 0., 0.])
    """
    _check("dropout", rate, rng)
    if rate == 0:
        return x, lambda dy: dy
    # drawn in single precision whatever x is: float32 and float64 then silence the same places
    kept = rng.random(_drawn(x.shape, noise_shape), dtype=np.float32) >= rate
    louder = kept.astype(x.dtype) / x.dtype.type(1 - rate)
    return x * louder, lambda dy: dy * louder


@differentiable(keeps_mask="numbers")
def gaussian_dropout(x, *, rate, rng):
    """Multiply each input by a random number around 1 whose variance is that of dropout.

        y_i = x_i · m_i       m_i normal with mean 1 and variance rate/(1 − rate)       dx_i = dy_i · m_i
    Shapes, rng and errors: as dropout.   Source: Srivastava et al., Dropout (2014), section 10.   Tutorial: lesson 04

    >>> gaussian_dropout(np.ones(3), rate=0.0, rng=np.random.default_rng(0))
    array([1., 1., 1.])
    """
    _check("gaussian_dropout", rate, rng)
    if rate == 0:
        return x, lambda dy: dy
    deviation = math.sqrt(rate / (1 - rate))
    factor = 1 + x.dtype.type(deviation) * rng.standard_normal(x.shape, dtype=np.float32).astype(x.dtype)
    return x * factor, lambda dy: dy * factor


@differentiable(keeps_mask="numbers")
def gaussian_noise(x, *, stddev, rng):
    """Add a random number to each input: y_i = x_i + e_i, e_i normal with mean 0 and that standard deviation; dx = dy.

    Shapes: x and y are alike. rng is the numpy.random.Generator that draws e.
    Raises ValueError for stddev < 0, TypeError if rng is not a Generator.   Tutorial: lesson 04

    >>> gaussian_noise(np.ones(3), stddev=0.0, rng=np.random.default_rng(0))
    array([1., 1., 1.])
    """
    if not isinstance(stddev, numbers.Real) or not 0 <= float(stddev) < math.inf:
        raise ValueError(f"gaussian_noise: stddev is a number >= 0. Received: {stddev!r}")
    _check("gaussian_noise", 0, rng)
    noise = rng.standard_normal(x.shape, dtype=np.float32).astype(x.dtype)
    return x + x.dtype.type(stddev) * noise, lambda dy: dy


def _check(op, rate, rng):
    if not isinstance(rate, numbers.Real) or not 0 <= float(rate) < 1:
        percent = isinstance(rate, numbers.Real) and 1 < float(rate) < 100
        hint = f" For {rate} per cent type {rate / 100}." if percent else ""
        raise ValueError(f"{op}: rate is the share to silence, 0 <= rate < 1. Received: {rate!r}.{hint}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"{op}: rng is a generator such as np.random.default_rng(0). Received: {rng!r}")


def _drawn(shape, noise_shape):
    """Return the shape of what is drawn."""
    if noise_shape is None:
        return shape
    drawn = tuple(n if m is None else m for n, m in zip(shape, noise_shape, strict=False))
    if len(noise_shape) != len(shape) or any(m not in (1, n) for n, m in zip(shape, drawn, strict=True)):
        raise ValueError(
            f"dropout: noise_shape has for each axis of x its length, None for the same, or 1 to draw once for all of "
            f"it. Received {tuple(noise_shape)}, x of shape {shape}."
        )
    return drawn
