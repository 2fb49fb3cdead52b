"""Transposed convolution layers: larger images from smaller ones, with filters that are learnt."""

from edunet import ops
from edunet.layers.conv import Windowed
from edunet.layers.dense import whole
from edunet.layers.geometry import axes_of

__all__ = ["Conv1DTranspose", "Conv2DTranspose"]


class _ConvTranspose(Windowed):
    """What both share: filters (size..., F, C), the last axis of which is the input's."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        output_padding=None,
        data_format=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        window = (kernel_size, strides, padding, data_format, dilation_rate)
        bias = (use_bias, bias_initializer, bias_regularizer, bias_constraint)
        super().__init__(*window, activation, *bias, **kwargs)
        self.filters = whole(type(self).__name__, "filters", filters)
        self.output_padding = self._additions(output_padding)
        self.keep("kernel", kernel_initializer, kernel_regularizer, kernel_constraint)

    def _additions(self, value):
        """Return None, or how many places are added at the end of each axis; fewer than a stride."""
        if value is None:
            return None
        values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * self.axes
        if len(values) != self.axes or any(
            isinstance(n, bool) or not isinstance(n, int) or not 0 <= n < s
            for n, s in zip(values, self.strides, strict=False)
        ):
            raise ValueError(
                f"{type(self).__name__}: output_padding is None or, for each axis, a whole number from 0 to just under "
                f"the stride, here {self.strides}. Received: {value!r}"
            )
        return values

    def build(self, input_shape):
        axes_of(type(self).__name__, input_shape, self.axes)
        self.kernel = self.weight("kernel", (*self.kernel_size, self.filters, input_shape[-1]))
        self.add_bias(self.filters)

    def convolve(self, formula, x):
        more = self.output_padding
        more = more[0] if more and self.axes == 1 else more
        return self.activation(formula(x, self.kernel, self.bias, **self.window, output_padding=more))


class Conv2DTranspose(_ConvTranspose):
    """Lead images back to a larger size: each pixel becomes a picture, and where they overlap they are added.

    Args: filters F; kernel_size; strides, how far apart the pictures are put; padding "valid" or "same" (the output is
    strides times as large); output_padding, rows and columns added at the end; dilation_rate; activation.
    Weights: kernel (U,V,F,C), bias (F,). Shapes: (N,I,J,C) -> (N,H,W,F).   Formula: edunet.ops.conv2d_transpose

    >>> Conv2DTranspose(8, 3, strides=2, padding="same")(np.zeros((1, 7, 7, 16))).shape
    (1, 14, 14, 8)
    """

    axes = 2

    def call(self, x):
        return self.convolve(ops.conv2d_transpose, x)


class Conv1DTranspose(_ConvTranspose):
    """Lead signals back to a larger length: each step becomes a short signal, and where they overlap they are added.

    Args: as Conv2DTranspose. Weights: kernel (V,F,C), bias (F,).
    Shapes: (N,I,C) -> (N,T,F).   Formula: edunet.ops.conv1d_transpose
    """

    axes = 1

    def call(self, x):
        return self.convolve(ops.conv1d_transpose, x)
