"""Pooling layers: fewer places, the strongest or the mean answer of each neighbourhood."""

from collections.abc import Callable

from edunet import ops
from edunet.layers.geometry import along, channels_last, word
from edunet.layers.layer import Layer

__all__ = [
    "AveragePooling1D",
    "AveragePooling2D",
    "AvgPool1D",
    "AvgPool2D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPooling1D",
    "MaxPooling2D",
]


class _Pool(Layer):
    """What they share: a window, how far it moves, what is done at the border."""

    formula: Callable  # each pooling has its own
    axes = 2

    def __init__(self, pool_size=2, strides=None, padding="valid", data_format=None, **kwargs):
        super().__init__(**kwargs)
        kind = type(self).__name__
        self.pool_size = self._per_axis("pool_size", pool_size)
        self.strides = self.pool_size if strides is None else self._per_axis("strides", strides)
        self.padding = word(kind, "padding", padding, ("valid", "same"))
        self.data_format = channels_last(kind, data_format)

    def call(self, x):
        return self.formula(x, window=self.pool_size, stride=self.strides, padding=self.padding)

    def _per_axis(self, name, value):
        """Return a pair of numbers for images, one number along time."""
        numbers = along(type(self).__name__, name, value, self.axes)
        return numbers if self.axes == 2 else numbers[0]


class MaxPooling2D(_Pool):
    """Keep the largest value under each window: (N,H,W,C) -> (N,I,J,C).   Formula: edunet.ops.max_pool2d

    Args: pool_size; strides, the window unless given; padding "valid" or "same".

    >>> MaxPooling2D((2, 2))(np.zeros((1, 26, 26, 32))).shape
    (1, 13, 13, 32)
    """

    formula = staticmethod(ops.max_pool2d)


class AveragePooling2D(_Pool):
    """Take the mean under each window: (N,H,W,C) -> (N,I,J,C).   Formula: edunet.ops.avg_pool2d"""

    formula = staticmethod(ops.avg_pool2d)


class MaxPooling1D(_Pool):
    """Keep the largest value of each window: (N,T,C) -> (N,T',C).   Formula: edunet.ops.max_pool1d"""

    axes = 1
    formula = staticmethod(ops.max_pool1d)


class AveragePooling1D(_Pool):
    """Take the mean of each window: (N,T,C) -> (N,T',C).   Formula: edunet.ops.avg_pool1d"""

    axes = 1
    formula = staticmethod(ops.avg_pool1d)


AvgPool1D = AveragePooling1D
AvgPool2D = AveragePooling2D
MaxPool1D = MaxPooling1D
MaxPool2D = MaxPooling2D
