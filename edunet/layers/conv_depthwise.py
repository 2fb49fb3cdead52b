"""Convolutions that treat each channel by itself, and those that then mix the channels."""

from edunet import ops
from edunet.layers.conv import Windowed
from edunet.layers.dense import whole
from edunet.layers.geometry import axes_of

__all__ = ["DepthwiseConv2D", "SeparableConv2D"]


class DepthwiseConv2D(Windowed):
    """Give each channel its own filters: y = f(W * x + b), where filter m of channel c sees channel c only.

    Args: kernel_size, strides, padding, dilation_rate, activation as Conv2D; depth_multiplier M, filters per channel.
    Weights: kernel (U,V,C,M), bias (C·M,). Shapes: (N,H,W,C) -> (N,I,J,C·M).   Formula: edunet.ops.depthwise_conv2d

    >>> DepthwiseConv2D(3, depth_multiplier=2)(np.zeros((1, 8, 8, 3))).shape
    (1, 6, 6, 6)
    """

    axes = 2

    def __init__(
        self,
        kernel_size,
        strides=1,
        padding="valid",
        depth_multiplier=1,
        data_format=None,
        dilation_rate=1,
        activation=None,
        use_bias=True,
        depthwise_initializer="glorot_uniform",
        bias_initializer="zeros",
        depthwise_regularizer=None,
        bias_regularizer=None,
        depthwise_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        window = (kernel_size, strides, padding, data_format, dilation_rate)
        bias = (use_bias, bias_initializer, bias_regularizer, bias_constraint)
        super().__init__(*window, activation, *bias, **kwargs)
        self.depth_multiplier = whole(type(self).__name__, "depth_multiplier", depth_multiplier)
        self.keep("depthwise", depthwise_initializer, depthwise_regularizer, depthwise_constraint)

    def build(self, input_shape):
        axes_of(type(self).__name__, input_shape, self.axes)
        C, M = input_shape[-1], self.depth_multiplier
        self.kernel = self.weight("kernel", (*self.kernel_size, C, M), kept="depthwise")
        self.add_bias(C * M)

    def call(self, x):
        return self.activation(ops.depthwise_conv2d(x, self.kernel, self.bias, **self.window))


class SeparableConv2D(DepthwiseConv2D):
    """A depthwise convolution, then 1×1 filters that mix its channels: a Conv2D with far fewer weights.

    Args: filters F; the others as DepthwiseConv2D. Weights: depthwise_kernel (U,V,C,M), pointwise_kernel (1,1,C·M,F),
    bias (F,). Shapes: (N,H,W,C) -> (N,I,J,F).   Formulas: edunet.ops.depthwise_conv2d, edunet.ops.conv2d
    Source: Chollet, Xception (2017).

    >>> SeparableConv2D(32, 3)(np.zeros((1, 28, 28, 8))).shape
    (1, 26, 26, 32)
    """

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        depth_multiplier=1,
        activation=None,
        use_bias=True,
        depthwise_initializer="glorot_uniform",
        pointwise_initializer="glorot_uniform",
        bias_initializer="zeros",
        depthwise_regularizer=None,
        pointwise_regularizer=None,
        bias_regularizer=None,
        depthwise_constraint=None,
        pointwise_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        window = (kernel_size, strides, padding, depth_multiplier, data_format, dilation_rate)
        starts = (depthwise_initializer, bias_initializer)
        bounds = (depthwise_regularizer, bias_regularizer, depthwise_constraint, bias_constraint)
        super().__init__(*window, activation, use_bias, *starts, *bounds, **kwargs)
        self.filters = whole(type(self).__name__, "filters", filters)
        self.keep("pointwise", pointwise_initializer, pointwise_regularizer, pointwise_constraint)

    def build(self, input_shape):
        axes_of(type(self).__name__, input_shape, self.axes)
        C, M = input_shape[-1], self.depth_multiplier
        self.depthwise_kernel = self.weight("depthwise_kernel", (*self.kernel_size, C, M), kept="depthwise")
        self.pointwise_kernel = self.weight("pointwise_kernel", (1, 1, C * M, self.filters), kept="pointwise")
        self.add_bias(self.filters)

    def call(self, x):
        each = ops.depthwise_conv2d(x, self.depthwise_kernel, **self.window)
        return self.activation(ops.conv2d(each, self.pointwise_kernel, self.bias))
