"""Normalization: bring the columns of a table, or the channels of an image, to mean 0 and variance 1 at the start."""

import numpy as np

from edunet import tensor
from edunet.layers.layer import Layer
from edunet.tensor import Tensor, as_array

__all__ = ["Normalization"]

SMALLEST = 1e-7  # a deviation: a column that never changes becomes 0


class Normalization(Layer):
    """y = (x − mean)/√variance, with the mean and variance of the data the layer was adapted to.

    Args: axis, which is kept: −1 each column or channel by itself, None one mean for all; mean and variance, if they
    are known already; invert, True goes back: y = mean + x·√variance.
    Weights: mean, variance and count, the rows they came from; not trained, saved with the model. Before `adapt` mean
    is 0 and variance 1. Adapt to the training rows only.

    >>> blood_pressure = np.array([[120.0], [140.0]])
    >>> layer = Normalization()
    >>> layer.adapt(blood_pressure)
    >>> layer(blood_pressure).ravel()
    array([-1.,  1.], dtype=float32)
    """

    supports_masking = True

    def __init__(self, axis=-1, mean=None, variance=None, invert=False, **kwargs):
        super().__init__(**kwargs)
        axes = () if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
        if any(isinstance(a, bool) or not isinstance(a, int) or a == 0 for a in axes):
            raise ValueError(
                f"Normalization: axis is None, a whole number or several, -1 for the last; not 0, the batch. "
                f"Received: {axis!r}"
            )
        self.axis = tuple(axes) if isinstance(axis, (tuple, list)) else axis
        self._kept = tuple(axes)
        if (mean is None) != (variance is None):
            raise ValueError(
                f"Normalization: mean and variance are given both or not at all. Received: mean={mean!r}, "
                f"variance={variance!r}"
            )
        self._given = None if mean is None else (np.asarray(as_array(mean)), np.asarray(as_array(variance)))
        if self._given and (self._given[0].shape != self._given[1].shape or (self._given[1] < 0).any()):
            raise ValueError(
                f"Normalization: mean and variance have one shape, and a variance is never negative. Received: "
                f"mean={mean!r}, variance={variance!r}"
            )
        self.invert = invert

    def kept_arguments(self):
        mean, variance = self._given or (None, None)
        return {**super().kept_arguments(), "mean": mean, "variance": variance}

    def build(self, input_shape):
        axes = {a % len(input_shape) for a in self._kept if -len(input_shape) <= a < len(input_shape)}
        if len(axes) != len(self._kept) or 0 in axes or any(input_shape[a] is None for a in axes):
            raise ValueError(
                f"Normalization: axis {self.axis} is to be one of the input's, of fixed length and not the batch. "
                f"Received input shape {input_shape}. For a single column type x.reshape(-1, 1)."
            )
        self._shape = tuple(n if i in axes else 1 for i, n in enumerate(input_shape))
        if self._given is None:
            kept = tuple(input_shape[a] for a in sorted(axes))
            self._mean = self.add_weight(kept, "zeros", trainable=False, name="mean")
            self._variance = self.add_weight(kept, "ones", trainable=False, name="variance")
            self._count = self.add_weight((), "zeros", trainable=False, name="count")

    def adapt(self, data) -> None:
        """Take mean and variance from an array, axis 0 the rows. Forgets what it was adapted to before."""
        x = as_array(data)
        if self._given is not None:
            raise ValueError("Normalization: mean= and variance= were given, so there is nothing to adapt.")
        if not len(x) or not np.isfinite(x).all():
            missing = int((~np.isfinite(x)).sum())
            raise ValueError(
                f"Normalization.adapt: expected at least one row, and numbers only. Received shape {x.shape} with "
                f"{missing} missing or infinite values; fill them in before, np.nan_to_num(x, nan=np.nanmean(x))."
            )
        if not self.built:
            self.ensure_built((x,), {})
        axes = tuple(i for i, n in enumerate(self._shape) if i == 0 or i not in self._axes(x.ndim))
        mean = x.mean(axis=axes, dtype=np.float64)
        variance = x.var(axis=axes, dtype=np.float64)
        if mean.shape != self._mean.shape:
            raise ValueError(f"Normalization: built for {self._mean.shape}. Received data with {mean.shape}.")
        self._mean.data[...], self._variance.data[...], self._count.data[...] = mean, variance, len(x)

    def _axes(self, ndim):
        return {a % ndim for a in self._kept}

    @property
    def mean(self) -> Tensor | None:
        """The mean that is subtracted, in a shape that fits the input; None before the layer is built."""
        return self._fitting(0)

    @property
    def variance(self) -> Tensor | None:
        """The variance, in a shape that fits the input; None before the layer is built."""
        return self._fitting(1)

    def _fitting(self, which):
        if not hasattr(self, "_shape"):
            return None
        a = (self._mean.data, self._variance.data)[which] if self._given is None else self._given[which]
        kept = [self._shape[i] for i in sorted(self._axes(len(self._shape)))]
        return Tensor(np.broadcast_to(a, kept).reshape(self._shape).astype(self.dtype))

    def call(self, x):
        mean, variance = as_array(self.mean), as_array(self.variance)
        deviation = np.maximum(np.sqrt(variance), self.dtype.type(SMALLEST))
        if self.invert:
            return tensor.add(tensor.multiply(x, deviation), mean)
        return tensor.divide(tensor.subtract(x, mean), deviation)
