"""Norms: what brings numbers to mean 0 and variance 1, and what scales and shifts them by given ones."""

import numpy as np

from edunet.tensor import as_array

__all__ = ["LAYERS"]


def _weight(layer, name, like, value):
    """Return a weight that may have been left away."""
    found = getattr(layer, name)
    return np.full(np.shape(like), value, layer.dtype) if found is None else as_array(found)


def _axes(layer, rank) -> tuple[int, list[int]]:
    """Return the axis that is normalised, and the order of the axes with that one second."""
    axis = layer.axis % rank
    return axis, [0, axis, *(i for i in range(1, rank) if i != axis)]


def _back(order) -> list[int]:
    return [int(i) for i in np.argsort(order)]


# An attribute, such as ε, is float32 in every ONNX file: for a layer in float64, ε stands among the numbers.


def batch_norm(g, layer, x):
    mean, epsilon = layer.moving_mean, layer.dtype.type(layer.epsilon)
    rest = epsilon - np.float32(epsilon)  # 0 in float32
    _, order = _axes(layer, len(x.shape))
    names = [
        g.constant(array, name)
        for name, array in (
            ("gamma", _weight(layer, "gamma", mean, 1)),
            ("beta", _weight(layer, "beta", mean, 0)),
            ("moving_mean", mean),
            ("moving_variance", as_array(layer.moving_variance) + rest),
        )
    ]
    first = g.transpose(x.name, order)
    return g.transpose(g.add("BatchNormalization", first, *names, epsilon=float(layer.epsilon)), _back(order))


def layer_norm(g, layer, x):
    axis, _ = _axes(layer, len(x.shape))
    order = [*(i for i in range(len(x.shape)) if i != axis), axis]
    like = np.empty(x.shape[axis])
    gamma = g.constant(_weight(layer, "gamma", like, 1), "gamma")
    beta = g.constant(_weight(layer, "beta", like, 0), "beta")
    last = g.transpose(x.name, order)
    if x.dtype == np.float64:
        y = g.add("Add", g.add("Mul", _standardized(g, layer, last), gamma), beta)
    else:
        y = g.add("LayerNormalization", last, gamma, beta, axis=-1, epsilon=float(layer.epsilon))
    return g.transpose(y, _back(order))


def _standardized(g, layer, x):
    """Return (x − mean) / √(variance + ε) over the last axis, written out."""
    d = g.add("Sub", x, g.add("ReduceMean", x, g.whole(-1)))
    variance = g.add("ReduceMean", g.add("Mul", d, d), g.whole(-1))
    return g.add("Div", d, g.add("Sqrt", g.add("Add", variance, g.scalar(layer.epsilon, np.float64))))


def group_norm(g, layer, x):
    """A group is a row of its own, which InstanceNormalization brings to mean 0 and variance 1."""
    axis, order = _axes(layer, len(x.shape))
    channels = x.shape[axis]
    groups = channels if layer.groups == -1 else layer.groups
    first = g.transpose(x.name, order)
    rows = g.add("Reshape", first, g.whole(0, groups, -1))
    if x.dtype == np.float64:
        rows = _standardized(g, layer, rows)
    else:
        one, zero = (g.constant(np.full(groups, v, layer.dtype), n) for v, n in ((1, "ones"), (0, "zeros")))
        rows = g.add("InstanceNormalization", rows, one, zero, epsilon=float(layer.epsilon))
    y = g.transpose(g.add("Reshape", rows, g.add("Shape", first)), _back(order))
    shape = [channels if i == axis else 1 for i in range(len(x.shape))]
    like = np.empty(channels)
    y = g.add("Mul", y, g.constant(_weight(layer, "gamma", like, 1).reshape(shape), "gamma"))
    return g.add("Add", y, g.constant(_weight(layer, "beta", like, 0).reshape(shape), "beta"))


def rescaling(g, layer, x):
    scale, offset = (np.asarray(n, x.dtype) for n in (layer.scale, layer.offset))
    return g.add("Add", g.add("Mul", x.name, g.constant(scale, "scale")), g.constant(offset, "offset"))


def normalization(g, layer, x):
    mean, variance = as_array(layer.mean), as_array(layer.variance)
    deviation = g.constant(np.maximum(np.sqrt(variance), layer.dtype.type(1e-7)), "deviation")
    mean = g.constant(mean, "mean")
    if layer.invert:
        return g.add("Add", g.add("Mul", x.name, deviation), mean)
    return g.add("Div", g.add("Sub", x.name, mean), deviation)


LAYERS = {
    "BatchNormalization": batch_norm,
    "LayerNormalization": layer_norm,
    "GroupNormalization": group_norm,
    "Rescaling": rescaling,
    "Normalization": normalization,
}
