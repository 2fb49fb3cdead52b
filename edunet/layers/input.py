"""Input: where a drawn model begins."""

import numpy as np

from edunet.backend import floatx
from edunet.layers.layer import fresh_name
from edunet.layers.symbol import Symbol

__all__ = ["Input"]


def Input(shape=None, dtype=None, name=None) -> Symbol:
    """Return the Symbol of one input, from which layers draw a model.

    Args: shape, of one example without the batch axis, None for an axis of any length; dtype, the floatx unless given
    ("int32" for codes); name, under which a dict of data may name it, x={"blood": ...}.

    >>> Input((28, 28, 1))
    Symbol(shape=(None, 28, 28, 1), dtype=float32)
    """
    if isinstance(shape, (int, np.integer)):
        shape = (int(shape),)
    if shape is None or not all(n is None or (isinstance(n, (int, np.integer)) and n > 0) for n in shape):
        raise ValueError(f"Input: shape is the shape of one example, such as (28, 28, 1) or (8,). Received: {shape!r}")
    if name is not None and not isinstance(name, str):
        raise TypeError(f"Input: name is a text. Received: {name!r}")
    return Symbol((None, *shape), dtype or floatx(), name=name or fresh_name("InputLayer"))
