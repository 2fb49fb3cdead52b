"""Pooling layers: fewer places, the strongest or the mean answer of each neighbourhood."""

from collections.abc import Callable

from edunet import ops
from edunet.layers.dense import whole
from edunet.layers.layer import Layer
from edunet.ops.conv import pair

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
]


class _Pool2D(Layer):
    formula: Callable  # each pooling has its own

    def __init__(self, pool_size=(2, 2), strides=None, padding="valid", **kwargs):
        super().__init__(**kwargs)
        self.pool_size = pair(f"{type(self).__name__}: pool_size", pool_size)
        self.strides = self.pool_size if strides is None else pair(f"{type(self).__name__}: strides", strides)
        self.padding = padding

    def call(self, x):
        return self.formula(x, window=self.pool_size, stride=self.strides, padding=self.padding)


class _Pool1D(Layer):
    formula: Callable  # each pooling has its own

    def __init__(self, pool_size=2, strides=None, padding="valid", **kwargs):
        super().__init__(**kwargs)
        self.pool_size = self._number("pool_size", pool_size)
        self.strides = self.pool_size if strides is None else self._number("strides", strides)
        self.padding = padding

    def _number(self, name, value):
        single = isinstance(value, (tuple, list)) and len(value) == 1
        return whole(type(self).__name__, name, value[0] if single else value)

    def call(self, x):
        return self.formula(x, window=self.pool_size, stride=self.strides, padding=self.padding)


class MaxPooling2D(_Pool2D):
    """Keep the largest value under each window: (N,H,W,C) -> (N,I,J,C).   Formula: edunet.ops.max_pool2d

    Args: pool_size; strides, the window unless given; padding "valid" or "same".

    >>> MaxPooling2D((2, 2))(np.zeros((1, 26, 26, 32))).shape
    (1, 13, 13, 32)
    """

    formula = staticmethod(ops.max_pool2d)


class AveragePooling2D(_Pool2D):
    """Take the mean under each window: (N,H,W,C) -> (N,I,J,C).   Formula: edunet.ops.avg_pool2d"""

    formula = staticmethod(ops.avg_pool2d)


class MaxPooling1D(_Pool1D):
    """Keep the largest value of each window: (N,T,C) -> (N,T',C).   Formula: edunet.ops.max_pool1d"""

    formula = staticmethod(ops.max_pool1d)


class AveragePooling1D(_Pool1D):
    """Take the mean of each window: (N,T,C) -> (N,T',C).   Formula: edunet.ops.avg_pool1d"""

    formula = staticmethod(ops.avg_pool1d)


class GlobalAveragePooling2D(Layer):
    """Take the mean of each channel: (N,H,W,C) -> (N,C).   Formula: edunet.ops.global_avg_pool2d"""

    def call(self, x):
        return ops.global_avg_pool2d(x)


class GlobalMaxPooling2D(Layer):
    """Keep the largest value of each channel: (N,H,W,C) -> (N,C).   Formula: edunet.ops.global_max_pool2d"""

    def call(self, x):
        return ops.global_max_pool2d(x)


class GlobalAveragePooling1D(Layer):
    """Take the mean of each channel over time: (N,T,C) -> (N,C).   Formula: edunet.ops.global_avg_pool1d"""

    def call(self, x):
        return ops.global_avg_pool1d(x)


class GlobalMaxPooling1D(Layer):
    """Keep the largest value of each channel over time: (N,T,C) -> (N,C).   Formula: edunet.ops.global_max_pool1d"""

    def call(self, x):
        return ops.global_max_pool1d(x)


MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
