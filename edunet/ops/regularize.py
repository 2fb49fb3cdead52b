"""Regularisation inside the network: dropout."""

import numbers

import numpy as np

from edunet.tensor import differentiable

__all__ = ["dropout"]


@differentiable
def dropout(x, *, rate, rng):
    """Silence a random share of the inputs, a new one each time, and make the others louder (inverted dropout).

        y_i = x_i · m_i / (1 − rate)        m_i = 0 with probability rate, else 1: on average y is x
        dx_i = dy_i · m_i / (1 − rate)      what was silenced is not to blame
    Shapes: x and y are alike. rng is the numpy.random.Generator that draws m; rate 0 draws nothing and returns x.
    For prediction simply leave it out.
    Raises ValueError unless 0 ≤ rate < 1, TypeError if rng is not a Generator.
    Source: Srivastava et al., Dropout (2014).   Tutorial: lesson 04

    >>> dropout(np.ones(6), rate=0.5, rng=np.random.default_rng(0))
    array([2., 2., 2., 0., 0., 0.])
    """
    if not isinstance(rate, numbers.Real) or not 0 <= float(rate) < 1:
        percent = isinstance(rate, numbers.Real) and 1 < float(rate) < 100
        hint = f" For {rate} per cent type {rate / 100}." if percent else ""
        raise ValueError(f"dropout: rate is the share to silence, 0 <= rate < 1. Received: {rate!r}.{hint}")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"dropout: rng is a generator such as np.random.default_rng(0). Received: {rng!r}")
    if rate == 0:
        return x, lambda dy: dy
    # drawn in single precision whatever x is: float32 and float64 then silence the same places
    kept = rng.random(x.shape, dtype=np.float32) >= rate
    louder = kept.astype(x.dtype) / x.dtype.type(1 - rate)
    return x * louder, lambda dy: dy * louder
