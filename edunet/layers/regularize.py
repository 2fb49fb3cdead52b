"""Layers against overfitting: each makes its input noisy while the model learns, and does nothing afterwards."""

import math
import numbers

import numpy as np

from edunet import ops
from edunet.backend import default_rng
from edunet.layers.geometry import axes_of, channels_last
from edunet.layers.layer import Layer

__all__ = ["Dropout", "GaussianDropout", "GaussianNoise", "Randomly", "SpatialDropout1D", "SpatialDropout2D"]


class Randomly(Layer):
    """The base of layers that draw: from the one generator of the library, or with `seed` from one of their own."""

    def __init__(self, seed=None, **kwargs):
        super().__init__(**kwargs)
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
            raise ValueError(f"{type(self).__name__}: seed is None or a whole number >= 0. Received: {seed!r}")
        self.seed = seed
        # made at once: a checkpoint counts the generators of a fresh model before any of them was asked
        self._generator = None if seed is None else np.random.default_rng(seed)

    @property
    def rng(self) -> "np.random.Generator":  # numpy.random takes a while to load
        """The generator that this layer draws from."""
        return default_rng() if self._generator is None else self._generator


class _ByRate(Randomly):
    supports_masking = True

    def __init__(self, rate, seed=None, **kwargs):
        super().__init__(seed, **kwargs)
        if isinstance(rate, bool) or not isinstance(rate, numbers.Real) or not 0 <= float(rate) < 1:
            raise ValueError(f"{type(self).__name__}: rate is a share from 0 to just under 1. Received: {rate!r}")
        self.rate = rate


class Dropout(_ByRate):
    """While learning, switch each value off with probability `rate` and scale the others by 1/(1 − rate).

    Args: rate; noise_shape, 1 for an axis along which all are switched off together, such as (None, 1, None) for all
    steps of a sequence; seed, for a generator of its own.
    Source: Srivastava et al., Dropout (2014).   Formula: edunet.ops.dropout
    """

    def __init__(self, rate, noise_shape=None, seed=None, **kwargs):
        super().__init__(rate, seed, **kwargs)
        self.noise_shape = noise_shape if noise_shape is None else self._lengths(noise_shape)

    def _lengths(self, noise_shape):
        lengths = tuple(noise_shape) if isinstance(noise_shape, (tuple, list)) else (0,)
        known = [n is None or (isinstance(n, int) and not isinstance(n, bool) and n >= 1) for n in lengths]
        if not known or not all(known):
            raise ValueError(
                "Dropout: noise_shape has None or a whole number >= 1 for each axis, the batch first, such as "
                f"(None, 1, None). Received: {noise_shape!r}"
            )
        return lengths

    def call(self, x, training=False):
        return ops.dropout(x, rate=self.rate, rng=self.rng, noise_shape=self.noise_shape) if training else x


class SpatialDropout1D(_ByRate):
    """Dropout of whole channels of a sequence, all steps together: neighbouring steps say nearly the same.

    Shapes: (N,T,C) -> the same.   Source: Tompson et al. (2015).   Formula: edunet.ops.dropout
    """

    def call(self, x, training=False):
        axes_of("SpatialDropout1D", x.shape, 1)
        return ops.dropout(x, rate=self.rate, rng=self.rng, noise_shape=(None, 1, None)) if training else x


class SpatialDropout2D(_ByRate):
    """Dropout of whole channels of an image, all places together: neighbouring pixels say nearly the same.

    Shapes: (N,H,W,C) -> the same.   Source: Tompson et al. (2015).   Formula: edunet.ops.dropout
    """

    def __init__(self, rate, data_format=None, seed=None, **kwargs):
        super().__init__(rate, seed, **kwargs)
        self.data_format = channels_last("SpatialDropout2D", data_format)

    def call(self, x, training=False):
        axes_of("SpatialDropout2D", x.shape, 2)
        return ops.dropout(x, rate=self.rate, rng=self.rng, noise_shape=(None, 1, 1, None)) if training else x


class GaussianDropout(_ByRate):
    """While learning, multiply each value by a random one around 1, with variance rate/(1 − rate).

    Source: Srivastava et al., Dropout (2014).   Formula: edunet.ops.gaussian_dropout
    """

    def call(self, x, training=False):
        return ops.gaussian_dropout(x, rate=self.rate, rng=self.rng) if training else x


class GaussianNoise(Randomly):
    """While learning, add noise with standard deviation `stddev`.   Formula: edunet.ops.gaussian_noise"""

    supports_masking = True

    def __init__(self, stddev, seed=None, **kwargs):
        super().__init__(seed, **kwargs)
        if isinstance(stddev, bool) or not isinstance(stddev, numbers.Real) or not 0 <= float(stddev) < math.inf:
            raise ValueError(f"GaussianNoise: stddev is a number >= 0. Received: {stddev!r}")
        self.stddev = stddev

    def call(self, x, training=False):
        return ops.gaussian_noise(x, stddev=self.stddev, rng=self.rng) if training else x
