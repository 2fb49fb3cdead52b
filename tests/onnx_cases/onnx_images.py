"""Convolution, its transpose and pooling: ONNX puts channels first and pads each side as it likes."""

import numpy as np
from onnx_words import channels_first, channels_last, refuse, widths

from edunet import ops

__all__ = ["OPERATORS"]


def _numbers(a, axes, window):
    """Return window, stride, dilation of an operator with so many axes; refuse three axes."""
    refuse(three_axes_of_space=axes > 2)
    return tuple(window), tuple(a.get("strides", [1] * axes)), tuple(a.get("dilations", [1] * axes))


def _of(values):
    """Return one number for one axis, a pair for two: as conv1d and conv2d take it."""
    return values if len(values) == 2 else values[0]


def _padded(x, added, value=0):
    """Return x (N,...,C) with places of that value put around its axes of space."""
    return np.pad(x, [(0, 0), *added, (0, 0)], constant_values=value)


def conv(a, x, w, b=None):
    axes, group = x.ndim - 2, a.get("group", 1)
    window, stride, dilation = _numbers(a, axes, w.shape[2:])
    added = widths(a, x.shape[2:], window, stride, dilation)
    x, padding = channels_last(x), "valid"
    if a.get("auto_pad") == "SAME_UPPER":
        padding = "same"
    else:
        x = _padded(x, added)
    how = {"stride": _of(stride), "dilation": _of(dilation), "padding": padding}
    if group == x.shape[-1] > 1 and axes == 2:
        filters = w.reshape(group, -1, *window).transpose(2, 3, 0, 1)  # (C·M,1,U,V) -> (U,V,C,M)
        return [channels_first(ops.depthwise_conv2d(x, filters, b, **how))]
    op, filters = (ops.conv1d, ops.conv2d)[axes - 1], np.moveaxis(w, (0, 1), (-1, -2))
    parts = zip(np.split(x, group, -1), np.split(filters, group, -1), strict=True)  # as the layer's groups=
    y = channels_first(np.concatenate([op(part, f, None, **how) for part, f in parts], axis=-1))
    return [y if b is None else y + b.reshape(-1, *[1] * axes)]


def conv_transpose(a, x, w, b=None):
    axes = x.ndim - 2
    window, stride, dilation = _numbers(a, axes, w.shape[2:])
    refuse(groups=a.get("group", 1) > 1)
    op = (ops.conv1d_transpose, ops.conv2d_transpose)[axes - 1]
    longer = a.get("output_padding", [0] * axes)
    filters = np.moveaxis(w, (0, 1), (-1, -2))  # (C,F,U,V) -> (U,V,F,C)
    y = channels_first(op(channels_last(x), filters, None, stride=_of(stride), dilation=_of(dilation), padding="valid"))
    full = [(n - 1) * s + (u - 1) * d + 1 for n, s, u, d in zip(x.shape[2:], stride, window, dilation, strict=True)]
    full_cut = [_fitted(n, m) for n, m in zip(y.shape[2:], full, strict=True)]  # strides may exceed windows
    y = _cut(y, full_cut)
    kind, size = a.get("auto_pad", "NOTSET"), a.get("output_shape")
    if size is None and kind.startswith("SAME"):
        size = [n * s for n, s in zip(x.shape[2:], stride, strict=True)]
    if size is None:
        pads = a.get("pads", [0] * 2 * axes)
        sides = [(p, q - m) for p, q, m in zip(pads[:axes], pads[axes:], longer, strict=True)]
    else:
        sides = []
        for n, m, wanted in zip(full, longer, size, strict=True):
            total = n + m - wanted
            before = total // 2 if kind == "SAME_UPPER" else total - total // 2
            sides.append((before, total - before - m))
    y = _cut(y, sides)
    return [y if b is None else y + b.reshape(-1, *[1] * axes)]


def _fitted(have, wanted):
    return 0, have - wanted


def _cut(y, sides):
    """Take so many places off each side of the axes of space; less than none adds zeros."""
    y = np.pad(y, [(0, 0), (0, 0), *((max(-p, 0), max(-q, 0)) for p, q in sides)])
    return y[(..., *(slice(max(p, 0), n - max(q, 0)) for (p, q), n in zip(sides, y.shape[2:], strict=True)))]


def _pool(a, x, **dilated):
    axes = x.ndim - 2
    window, stride, dilation = _numbers(a, axes, a["kernel_shape"])
    refuse(last_window_over_the_edge_ceil_mode=a.get("ceil_mode", 0), **dict.fromkeys(dilated, max(dilation) > 1))
    kind = {"window": _of(window), "stride": _of(stride)} | ({} if dilated else {"dilation": _of(dilation)})
    return axes, channels_last(x), kind, widths(a, x.shape[2:], window, stride, dilation)


def max_pool(a, x):
    axes, places, kind, added = _pool(a, x)
    op = (ops.max_pool1d, ops.max_pool2d)[axes - 1]
    places = places if places.dtype.kind == "f" else places.astype(np.float32)
    if a.get("auto_pad") == "SAME_UPPER":
        y = op(places, padding="same", **kind)
    else:
        y = op(_padded(places, added, -np.inf), **kind)
    return [channels_first(y).astype(x.dtype), *[None] * (len(a["outputs"]) - 1)]  # the second: where the maxima stood


def average_pool(a, x):
    axes, places, kind, added = _pool(a, x, means_of_dilated_windows=True)
    op = (ops.avg_pool1d, ops.avg_pool2d)[axes - 1]
    if a.get("auto_pad") == "SAME_UPPER" and not a.get("count_include_pad"):
        return [channels_first(op(places, padding="same", **kind))]
    y = op(_padded(places, added), **kind)
    if not a.get("count_include_pad"):  # the share of each window that lies on the image
        y = y / op(_padded(np.ones_like(places), added), **kind)
    return [channels_first(y)]


def _whole(x, ops_of_one_and_two):
    axes = x.ndim - 2
    refuse(three_axes_of_space=axes > 2)
    y = np.asarray(ops_of_one_and_two[axes - 1](channels_last(x)))
    return [y.reshape(*y.shape, *[1] * axes)]


def global_average_pool(a, x):
    return _whole(x, (ops.global_avg_pool1d, ops.global_avg_pool2d))


def global_max_pool(a, x):
    return _whole(x, (ops.global_max_pool1d, ops.global_max_pool2d))


OPERATORS = {
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": global_average_pool,
    "GlobalMaxPool": global_max_pool,
}
