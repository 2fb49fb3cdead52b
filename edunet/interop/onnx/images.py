"""Convolution and pooling: channels last here, channels first in ONNX."""

from dataclasses import replace

import numpy as np

from edunet.interop.onnx.pointwise import activate
from edunet.interop.onnx.refusal import refuse
from edunet.tensor import as_array

__all__ = ["LAYERS"]


def _several(value, axes) -> tuple:
    value = value if isinstance(value, (tuple, list)) else (value,) * axes
    return tuple(int(n) for n in value)


def _placed(layer, padding, image, window, stride, dilation) -> dict:
    """Return ONNX's word for a padding: numbers where they are known, else the rule."""
    axes = len(window)
    if padding == "valid":
        return {}
    if padding == "causal":
        return {"pads": [(window[0] - 1) * dilation[0], 0]}
    if padding != "same":
        raise refuse(layer, f"padding {padding!r} is not known here.", "Use 'valid' or 'same'.")
    before, after = [], []
    for n, u, s, d in zip(image, window, stride, dilation, strict=True):
        if n is None and s > 1 and u > 1:  # how much is added depends on the length
            return {"auto_pad": "SAME_UPPER"}
        n = s if n is None else n
        total = max((-(-n // s) - 1) * s + (u - 1) * d + 1 - n, 0)
        before.append(total // 2)
        after.append(total - total // 2)
    return {"pads": [*before, *after]} if len(before) == axes else {}


def _filters(w, axes=2) -> np.ndarray:
    """(size...,C,F) -> (F,C,size...)"""
    w = as_array(w)
    return np.ascontiguousarray(np.transpose(w, (axes + 1, axes, *range(axes))))


def conv(g, layer, x):
    axes, rank = len(x.shape) - 2, len(x.shape)
    if x.mask is not None:  # masked steps are zeros, as those around the signal
        x = replace(x, name=g.add("Mul", x.name, g.cast(_flags(g, x), x.dtype)))
    w = _filters(layer.kernel, axes)
    return _convolved(g, layer, x, w, layer.groups, rank, layer.bias)


def depthwise_conv2d(g, layer, x):
    """(U,V,C,M) -> (C·M,1,U,V), every channel a group of its own."""
    w = as_array(layer.weights[0])
    w = np.ascontiguousarray(w.transpose(2, 3, 0, 1).reshape(-1, 1, *w.shape[:2]))
    return _convolved(g, layer, x, w, x.shape[-1], 4, layer.bias)


def separable_conv2d(g, layer, x):
    depthwise, pointwise = (as_array(w) for w in layer.weights[:2])
    w = np.ascontiguousarray(depthwise.transpose(2, 3, 0, 1).reshape(-1, 1, *depthwise.shape[:2]))
    how = _how(layer, x, w)
    y = g.add("Conv", g.channels_first(x.name, 4), g.constant(w, "depthwise"), group=x.shape[-1], **how)
    bias = None if layer.bias is None else g.constant(layer.bias, "bias")
    y = g.add("Conv", y, g.constant(_filters(pointwise), "pointwise"), bias)
    return _activated(g, layer, y, 4)


def _how(layer, x, w) -> dict:
    axes, window = len(x.shape) - 2, w.shape[2:]
    stride, dilation = _several(layer.strides, axes), _several(layer.dilation_rate, axes)
    placed = _placed(layer, layer.padding, x.shape[1:-1], window, stride, dilation)
    return {"kernel_shape": window, "strides": stride, "dilations": dilation, **placed}


def _convolved(g, layer, x, w, groups, rank, bias):
    how = _how(layer, x, w)
    bias = None if bias is None else g.constant(bias, "bias")
    y = g.add("Conv", g.channels_first(x.name, rank), g.constant(w, "kernel"), bias, group=groups, **how)
    return _activated(g, layer, y, rank)


def _activated(g, layer, y, rank):
    """Turn back, then activate: what treats every number by itself moves before the turn."""
    return activate(g, layer, g.channels_last(y, rank))


def conv_transpose(g, layer, x):
    """Each answer is as large as the image whose convolution, with the same numbers, would be as large as x."""
    axes, rank = len(x.shape) - 2, len(x.shape)
    w = as_array(layer.kernel)
    w = np.ascontiguousarray(np.transpose(w, (axes + 1, axes, *range(axes))))  # (size...,F,C) -> (C,F,size...)
    stride, dilation = _several(layer.strides, axes), _several(layer.dilation_rate, axes)
    longer = layer.output_padding
    before, after, extra = [], [], []
    for i, (u, s, d) in enumerate(zip(w.shape[2:], stride, dilation, strict=True)):
        reach = (u - 1) * d + 1
        if longer is not None:
            n = _several(longer, axes)[i]
            cut = 2 * (reach // 2) if layer.padding == "same" else 0  # length (n − 1)·s + reach − cut + longer
            size = reach - cut + n  # what stands beside (n − 1)·s
        else:
            size = s if layer.padding == "same" else max(reach, s)
        cut = reach - size  # so much of the full answer is left away, or added if negative
        before.append(max(cut, 0) // 2 if layer.padding == "same" else 0)
        after.append(max(cut - before[-1], 0))
        extra.append(max(-cut + before[-1], 0))
    y = g.add(
        "ConvTranspose",
        g.channels_first(x.name, rank),
        g.constant(w, "kernel"),
        None if layer.bias is None else g.constant(layer.bias, "bias"),
        kernel_shape=w.shape[2:],
        strides=stride,
        dilations=dilation,
        pads=[*before, *after],
        output_padding=extra,
    )
    return _activated(g, layer, y, rank)


# ---------------------------------------------------------------- pooling


def _pool(op, **attributes):
    def pool(g, layer, x):
        rank, axes = len(x.shape), len(x.shape) - 2
        window, stride = _several(layer.pool_size, axes), _several(layer.strides, axes)
        placed = _placed(layer, layer.padding, x.shape[1:-1], window, stride, (1,) * axes)
        if op == "MaxPool" and "auto_pad" in placed and any(s > u for s, u in zip(stride, window, strict=True)):
            raise refuse(
                layer,
                "onnxruntime cannot pad the largest of windows that leave gaps along an axis of any length.",
                "Give the Input its sizes, or strides no larger than pool_size.",
            )
        first = g.channels_first(x.name, rank)
        return g.channels_last(g.add(op, first, kernel_shape=window, strides=stride, **placed, **attributes), rank)

    return pool


def _over_places(op):
    def reduce(g, layer, x):
        axes = range(1, len(x.shape) - 1)
        keep = int(layer.keepdims)
        if x.mask is not None:
            return (_mean_of_steps if op == "ReduceMean" else _largest_of_steps)(g, x, keep)
        if x.name in g.turned and not keep:  # the order of what is left is the same either way
            source, turned = g.turned[x.name]
            return g.add(op, source, g.whole(*(turned[i] for i in axes)), keepdims=0)
        return g.add(op, x.name, g.whole(*axes), keepdims=keep)

    return reduce


def _flags(g, x) -> str:
    """Return the mask (N,T) as (N,T,1)."""
    return g.add("Unsqueeze", x.mask, g.whole(-1))


def _mean_of_steps(g, x, keep):
    """The mean of the steps that count; 0 where none does."""
    flags = g.cast(_flags(g, x), x.dtype)
    total = g.add("ReduceSum", g.add("Mul", x.name, flags), g.whole(1), keepdims=keep)
    count = g.add("ReduceSum", flags, g.whole(1), keepdims=keep)
    return g.add("Div", total, g.add("Max", count, g.scalar(1, x.dtype)))


def _largest_of_steps(g, x, keep):
    """The largest of the steps that count; 0 where none does."""
    flags = _flags(g, x)
    seen = g.add("Where", flags, x.name, g.scalar(-np.inf, x.dtype))
    largest = g.add("ReduceMax", seen, g.whole(1), keepdims=keep)
    some = g.cast(g.add("ReduceMax", g.cast(flags, np.int32), g.whole(1), keepdims=keep), bool)
    return g.add("Where", some, largest, g.scalar(0, x.dtype))


LAYERS = {
    "Conv1D": conv,
    "Conv2D": conv,
    "DepthwiseConv2D": depthwise_conv2d,
    "SeparableConv2D": separable_conv2d,
    "Conv1DTranspose": conv_transpose,
    "Conv2DTranspose": conv_transpose,
    "MaxPooling1D": _pool("MaxPool"),
    "MaxPooling2D": _pool("MaxPool"),
    "AveragePooling1D": _pool("AveragePool", count_include_pad=0),
    "AveragePooling2D": _pool("AveragePool", count_include_pad=0),
    "GlobalAveragePooling1D": _over_places("ReduceMean"),
    "GlobalAveragePooling2D": _over_places("ReduceMean"),
    "GlobalMaxPooling1D": _over_places("ReduceMax"),
    "GlobalMaxPooling2D": _over_places("ReduceMax"),
}
