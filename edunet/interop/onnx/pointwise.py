"""Dense, activations, norms, tables: what treats every number, every place or every row by itself."""

import numpy as np

from edunet import activations, ops
from edunet.interop.onnx.refusal import refuse
from edunet.tensor import as_array

__all__ = ["LAYERS", "activate"]


def _silu(g, x, dtype):
    return g.add("Mul", x, g.each("Sigmoid", x))


def _relu6(g, x, dtype):
    return g.each("Clip", x, g.scalar(0, dtype), g.scalar(6, dtype))


def _node(op, **attributes):
    return lambda g, x, dtype: g.each(op, x, **attributes)


def _last_axis(op):
    return lambda g, x, dtype: g.add(op, x, axis=-1)


# By the name under which `edunet.activations` finds them.
ACTIVATIONS = {
    "linear": lambda g, x, dtype: x,
    "relu": _node("Relu"),
    "relu6": _relu6,
    "leaky_relu": _node("LeakyRelu", alpha=0.2),
    "elu": _node("Elu", alpha=1.0),
    "selu": _node("Selu"),
    "gelu": _node("Gelu"),
    "sigmoid": _node("Sigmoid"),
    "hard_sigmoid": _node("HardSigmoid", alpha=1 / 6, beta=0.5),
    "hard_silu": _node("HardSwish"),
    "hard_swish": _node("HardSwish"),
    "silu": _silu,
    "swish": _silu,
    "mish": _node("Mish"),
    "tanh": _node("Tanh"),
    "softplus": _node("Softplus"),
    "softsign": _node("Softsign"),
    "exponential": _node("Exp"),
    "softmax": _last_axis("Softmax"),
    "log_softmax": _last_axis("LogSoftmax"),
}


def activate(g, layer, x: str, activation=None) -> str:
    """Add the activation of a layer behind x."""
    activation = layer.activation if activation is None else activation
    name = activation if isinstance(activation, str) else activations.name_of(activation)
    known = name in ACTIVATIONS and (isinstance(activation, str) or activations.get(name) is activation)
    if not known:
        raise refuse(
            layer,
            f"the activation {name!r} has no counterpart in ONNX that is known here.",
            f"Activations that have one: {', '.join(ACTIVATIONS)}.",
        )
    return ACTIVATIONS[name](g, x, layer.dtype)


def dense(g, layer, x):
    kernel, bias = g.constant(layer.kernel, "kernel"), layer.bias
    if len(x.shape) == 2 and bias is not None:
        return activate(g, layer, g.add("Gemm", x.name, kernel, g.constant(bias, "bias")))
    y = g.add("MatMul", x.name, kernel)
    return activate(g, layer, y if bias is None else g.add("Add", y, g.constant(bias, "bias")))


def activation(g, layer, x):
    return activate(g, layer, x.name)


def relu(g, layer, x):
    if layer.negative_slope or layer.threshold:
        raise refuse(layer, "a ReLU with slope or threshold is not known here.", "Use LeakyReLU, or a plain ReLU.")
    if layer.max_value is None:
        return g.each("Relu", x.name)
    return g.each("Clip", x.name, g.scalar(0, x.dtype), g.scalar(layer.max_value, x.dtype))


def leaky_relu(g, layer, x):
    return g.each("LeakyRelu", x.name, alpha=float(layer.negative_slope))


def elu(g, layer, x):
    return g.each("Elu", x.name, alpha=float(layer.alpha))


def p_relu(g, layer, x):
    return g.add("PRelu", x.name, g.constant(layer.alpha, "alpha"))


def softmax(g, layer, x):
    return g.add("Softmax", x.name, axis=layer.axis)


# ---------------------------------------------------------------- scale and shift


def _weight(layer, name, like, value):
    """Return a weight that may have been left away."""
    found = getattr(layer, name)
    return np.full(np.shape(like), value, layer.dtype) if found is None else as_array(found)


def _axes(layer, rank) -> tuple[int, list[int]]:
    """Return the axis that is normalised, and the order of the axes with that one second."""
    axis = layer.axis
    if isinstance(axis, (list, tuple)):
        if len(axis) > 1:
            raise refuse(layer, f"it normalises over several axes, {axis}.", "Use one axis.")
        axis = axis[0]
    axis %= rank
    return axis, [0, axis, *(i for i in range(1, rank) if i != axis)]


def _back(order) -> list[int]:
    return [int(i) for i in np.argsort(order)]


def batch_norm(g, layer, x):
    mean = layer.moving_mean
    _, order = _axes(layer, len(x.shape))
    names = [
        g.constant(array, name)
        for name, array in (
            ("gamma", _weight(layer, "gamma", mean, 1)),
            ("beta", _weight(layer, "beta", mean, 0)),
            ("moving_mean", mean),
            ("moving_variance", layer.moving_variance),
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
    y = g.add("LayerNormalization", last, gamma, beta, axis=-1, epsilon=float(layer.epsilon))
    return g.transpose(y, _back(order))


def group_norm(g, layer, x):
    """A group is a row of its own, which InstanceNormalization brings to mean 0 and variance 1."""
    axis, order = _axes(layer, len(x.shape))
    channels = x.shape[axis]
    groups = channels if layer.groups == -1 else layer.groups
    first = g.transpose(x.name, order)
    rows = g.add("Reshape", first, g.whole(0, groups, -1))
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


# ---------------------------------------------------------------- codes and places


def embedding(g, layer, x):
    return g.add("Gather", g.constant(layer.embeddings, "embeddings"), codes(g, x), axis=0)


def codes(g, x) -> str:
    """Return whole numbers, which may have come as floats."""
    return x.name if x.dtype.kind == "i" and x.dtype.itemsize >= 4 else g.cast(x.name, np.int64)


def embedding_mask(g, layer, x):
    return g.add("Not", g.add("Equal", x.name, g.scalar(0, x.dtype))) if layer.mask_zero else x.mask


def masking(g, layer, x):
    flags = g.cast(g.add("Unsqueeze", masking_mask(g, layer, x), g.whole(-1)), x.dtype)
    return g.add("Mul", x.name, flags)


def masking_mask(g, layer, x):
    other = g.add("Not", g.add("Equal", x.name, g.scalar(layer.mask_value, x.dtype)))
    return g.cast(g.add("ReduceMax", g.cast(other, np.int32), g.whole(-1), keepdims=0), bool)


def sine_positions(g, layer, x):
    T, D = x.shape[1:]
    if T is not None:
        table = g.constant(ops.sine_positions(T, D).astype(x.dtype), "positions")
    else:
        column = np.arange(D)
        rate = (1.0 / 10000.0 ** (column // 2 * 2 / D))[None]
        time = g.cast(places(g, x.name, 1), np.float64)
        angle = g.add("Mul", g.add("Unsqueeze", time, g.whole(1)), g.constant(rate, "rates"))
        even = g.constant(column % 2 == 0, "even")
        table = g.cast(g.add("Where", even, g.add("Sin", angle), g.add("Cos", angle)), x.dtype)
    return g.add("Add", x.name, table)


def places(g, x: str, axis: int) -> str:
    """Return 0, 1, 2, ... along an axis of any length."""
    end = g.add("Squeeze", g.size(x, axis), g.whole(0))
    return g.add("Range", g.scalar(0, np.int64), end, g.scalar(1, np.int64))


LAYERS = {
    "Dense": dense,
    "Activation": activation,
    "ReLU": relu,
    "LeakyReLU": leaky_relu,
    "ELU": elu,
    "PReLU": p_relu,
    "Softmax": softmax,
    "BatchNormalization": batch_norm,
    "LayerNormalization": layer_norm,
    "GroupNormalization": group_norm,
    "Rescaling": rescaling,
    "Normalization": normalization,
    "Embedding": embedding,
    "Masking": masking,
    "SinePositionEncoding": sine_positions,
}
