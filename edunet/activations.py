"""Activations by name, under Keras's names; the formulas are in `edunet.ops.activations`."""

from edunet.names import look_up, missing_name
from edunet.ops.activations import (
    elu,
    exponential,
    gelu,
    hard_sigmoid,
    hard_silu,
    leaky_relu,
    linear,
    log_softmax,
    mish,
    relu,
    relu6,
    selu,
    sigmoid,
    silu,
    softmax,
    softplus,
    softsign,
    tanh,
)

__all__ = [
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "leaky_relu",
    "linear",
    "log_softmax",
    "mish",
    "name_of",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "softsign",
    "swish",
    "tanh",
]

swish, hard_swish = silu, hard_silu  # as Keras also spells them

BY_NAME = {
    "elu": elu,
    "exponential": exponential,
    "gelu": gelu,
    "hard_sigmoid": hard_sigmoid,
    "hard_silu": hard_silu,
    "hard_swish": hard_silu,
    "leaky_relu": leaky_relu,
    "linear": linear,
    "log_softmax": log_softmax,
    "mish": mish,
    "relu": relu,
    "relu6": relu6,
    "selu": selu,
    "sigmoid": sigmoid,
    "silu": silu,
    "softmax": softmax,
    "softplus": softplus,
    "softsign": softsign,
    "swish": silu,
    "tanh": tanh,
}


def get(activation):
    """Return an activation from its name (None is linear), or the function itself.

    >>> get("relu") is relu
    True
    """
    if activation is None:
        return linear
    if isinstance(activation, str):
        return look_up("activation", BY_NAME, activation)
    if callable(activation):
        return activation
    raise TypeError(f"an activation is a name or a function. Received: {activation!r}")


def serialize(activation) -> str:
    """Return the name of an activation.

    >>> deserialize(serialize(relu)) is relu
    True
    """
    return name_of(activation)


def deserialize(config, custom_objects=None):
    """Return an activation from its name; custom_objects, {name: function}, of those of your own."""
    return (custom_objects or {}).get(config) or get(config)


def name_of(activation) -> str:
    """Return the name under which `get` finds an activation, or the function's own name."""
    return next((name for name, f in BY_NAME.items() if f is activation), getattr(activation, "__name__", "activation"))


def __getattr__(name):
    raise missing_name("edunet.activations", name, __all__)
