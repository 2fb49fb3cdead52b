"""Convolution layers, y = f(W * x + b)."""

from edunet import activations, initializers, ops
from edunet.layers.dense import whole
from edunet.layers.layer import Layer
from edunet.names import did_you_mean
from edunet.ops.conv import pair

__all__ = ["Conv1D", "Conv2D"]


class _Conv(Layer):
    """What Conv1D and Conv2D share: filters (size..., C, F), a bias for each filter, an activation."""

    axes = 2

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        dilation_rate=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters = whole(type(self).__name__, "filters", filters)
        self.kernel_size = self._per_axis("kernel_size", kernel_size)
        self.strides = self._per_axis("strides", strides)
        self.dilation_rate = self._per_axis("dilation_rate", dilation_rate)
        known = ("valid", "same", "causal")[: 2 if self.axes == 2 else 3]
        if padding not in known:
            raise ValueError(
                f"{type(self).__name__}: padding is one of {known}. Received: {padding!r}."
                + did_you_mean(padding, known)
            )
        self.padding = padding
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def _per_axis(self, name, value):
        if self.axes == 1 and isinstance(value, (tuple, list)) and len(value) == 1:
            value = value[0]
        return pair(f"{type(self).__name__}: {name}", value) if self.axes == 2 else (whole("Conv1D", name, value),)

    def build(self, input_shape):
        if len(input_shape) != self.axes + 2:
            expected = "(N, H, W, C)" if self.axes == 2 else "(N, T, C)"
            raise ValueError(
                f"{type(self).__name__}: expected input {expected}, {self.axes + 2} axes. Received shape {input_shape}."
                + (
                    " For a single example add the batch axis, x[None]; for grey images the channel axis, x[..., None]."
                    if len(input_shape) == self.axes + 1
                    else ""
                )
            )
        shape = (*self.kernel_size, input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape, self.kernel_initializer, name="kernel")
        self.bias = self.add_weight((self.filters,), self.bias_initializer, name="bias") if self.use_bias else None

    def _convolve(self, op, x, stride, dilation):
        relu = self.activation is ops.relu  # then the formula does it in the same pass
        y = op(x, self.kernel, self.bias, stride=stride, dilation=dilation, padding=self.padding, relu=relu)
        return y if relu else self.activation(y)


class Conv2D(_Conv):
    """Slide filters over images: y = f(W * x + b).

    Args: filters F; kernel_size, the filter's (rows, columns) or one number; strides; padding "valid" or "same";
    dilation_rate; activation. Weights: kernel (U,V,C,F), bias (F,).
    Shapes: (N,H,W,C) -> (N,I,J,F).   Formula: edunet.ops.conv2d

    >>> Conv2D(32, (3, 3), activation="relu")(np.zeros((1, 28, 28, 1))).shape
    (1, 26, 26, 32)
    """

    def call(self, x):
        return self._convolve(ops.conv2d, x, self.strides, self.dilation_rate)


class Conv1D(_Conv):
    """Slide filters along signals: y = f(W * x + b).

    Args: as Conv2D; padding may also be "causal": then y[t] depends on x[0] ... x[t] only.
    Weights: kernel (V,C,F), bias (F,). Shapes: (N,T,C) -> (N,T',F).   Formula: edunet.ops.conv1d
    """

    axes = 1

    def call(self, x):
        return self._convolve(ops.conv1d, x, self.strides[0], self.dilation_rate[0])
