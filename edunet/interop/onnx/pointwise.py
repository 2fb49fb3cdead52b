"""Dense, activations, tables: what treats every number, every place or every row by itself."""

import numpy as np

from edunet import activations, ops
from edunet.interop.onnx.refusal import refuse

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
    if D is None:
        raise refuse(layer, "it takes any number of features.", "Give the Input its sizes.")
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
    "Embedding": embedding,
    "Masking": masking,
    "SinePositionEncoding": sine_positions,
}
