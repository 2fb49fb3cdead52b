"""Layers against overfitting."""

import numbers

from edunet import ops
from edunet.backend import default_rng
from edunet.layers.layer import Layer

__all__ = ["Dropout"]


class Dropout(Layer):
    """While learning, switch each value off with probability `rate` and scale the others by 1/(1 − rate).

    Source: Srivastava et al., Dropout (2014).   Formula: edunet.ops.dropout
    """

    supports_masking = True

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(rate, numbers.Real) or not 0 <= float(rate) < 1:
            raise ValueError(f"Dropout: rate is a share from 0 to just under 1. Received: {rate!r}")
        self.rate = rate

    def call(self, x, training=False):
        return ops.dropout(x, rate=self.rate, rng=default_rng()) if training else x
