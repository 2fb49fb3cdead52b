"""Input: where a drawn model begins."""

import numpy as np

from edunet.backend import floatx
from edunet.layers.dense import whole
from edunet.layers.naming import fresh_name
from edunet.layers.symbol import Symbol

__all__ = ["Input", "InputLayer"]


def Input(shape=None, dtype=None, name=None, *, batch_size=None, batch_shape=None) -> Symbol:
    """Return the Symbol of one input, from which layers draw a model.

    Args: shape, of one example without the batch axis, None for an axis of any length; dtype, the floatx unless given
    ("int32" for codes); name, under which a dict of data may name it, x={"blood": ...}; batch_shape, the shape with
    the batch axis first. The batch may have any size: a number there, or as batch_size, is accepted and not held to.

    >>> Input((28, 28, 1))
    Symbol(shape=(None, 28, 28, 1), dtype=float32)
    """
    if batch_shape is not None:
        if shape is not None or not isinstance(batch_shape, (tuple, list)) or not len(batch_shape):
            raise ValueError(f"Input: give shape=(8,) or batch_shape=(None, 8). Received: {shape!r}, {batch_shape!r}")
        batch_size, *rest = batch_shape
        shape = tuple(rest)
    if batch_size is not None:
        whole("Input", "batch_size", batch_size)
    if isinstance(shape, (int, np.integer)):
        shape = (int(shape),)
    if shape is None or not all(n is None or (isinstance(n, (int, np.integer)) and n > 0) for n in shape):
        raise ValueError(f"Input: shape is the shape of one example, such as (28, 28, 1) or (8,). Received: {shape!r}")
    if name is not None and not isinstance(name, str):
        raise TypeError(f"Input: name is a text. Received: {name!r}")
    return Symbol((None, *shape), dtype or floatx(), name=name or fresh_name("InputLayer"))


def InputLayer(shape=None, dtype=None, name=None, *, input_shape=None, batch_input_shape=None, **kwargs) -> Symbol:
    """Return what `Input` returns: Keras's older way to begin a Sequential, with its older names of the shape."""
    shape = input_shape if shape is None else shape
    return Input(shape, dtype, name, **({"batch_shape": batch_input_shape} if batch_input_shape else {}) | kwargs)
