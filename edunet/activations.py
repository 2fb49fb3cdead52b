"""Activations by name, under Keras's names; the formulas are in `edunet.ops.activations`."""

from edunet.names import look_up, missing_name
from edunet.ops.activations import (
    elu,
    gelu,
    leaky_relu,
    linear,
    log_softmax,
    relu,
    sigmoid,
    softmax,
    softplus,
    tanh,
)

__all__ = [
    "elu",
    "gelu",
    "get",
    "leaky_relu",
    "linear",
    "log_softmax",
    "name_of",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]

_BY_NAME = {
    "elu": elu,
    "gelu": gelu,
    "leaky_relu": leaky_relu,
    "linear": linear,
    "log_softmax": log_softmax,
    "relu": relu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "softplus": softplus,
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
        return look_up("activation", _BY_NAME, activation)
    if callable(activation):
        return activation
    raise TypeError(f"an activation is a name or a function. Received: {activation!r}")


def name_of(activation) -> str:
    """Return the name under which `get` finds an activation, or the function's own name."""
    return next(
        (name for name, f in _BY_NAME.items() if f is activation), getattr(activation, "__name__", "activation")
    )


def __getattr__(name):
    raise missing_name("edunet.activations", name, __all__)
