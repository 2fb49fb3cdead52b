"""Input: where a drawn model begins, and the InputLayer that stands for it among the layers of a model."""

import numpy as np

from edunet.backend import floatx
from edunet.layers.dense import whole
from edunet.layers.layer import Layer
from edunet.layers.naming import fresh_name
from edunet.layers.symbol import Symbol
from edunet.names import refuse_unknown

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


class InputLayer(Layer):
    """What stands for an Input in `model.layers`, as in Keras: a name and an output, no weights, and y = x.

    A model makes it of what `Input` returned; as the first entry of a Sequential, as older books write it, it says what
    Input says, where input_shape is shape and batch_input_shape is batch_shape. It is written into no file.
    """

    supports_masking = True

    def __init__(
        self, shape=None, batch_size=None, dtype=None, name=None, *, batch_shape=None, input_shape=None, **older
    ):
        batch_shape = older.pop("batch_input_shape", batch_shape)
        refuse_unknown("InputLayer", older, ["shape", "batch_shape", "input_shape", "batch_input_shape"])
        if shape is not None and input_shape is not None:
            raise ValueError(f"InputLayer: give shape or input_shape, not both. Received: {shape!r}, {input_shape!r}")
        shape = input_shape if shape is None else shape
        symbol = Input(shape, dtype, name, batch_size=batch_size, batch_shape=batch_shape)
        symbol.source = self._stand_for(symbol)

    def _stand_for(self, symbol: Symbol) -> "InputLayer":
        inside = symbol.node is not None  # the model begins in the midst of another
        super().__init__(name=f"{symbol.node.layer.name}_input" if inside else symbol.name)
        self.dtype, self.built = symbol.dtype, True
        self.input = self.output = symbol
        return self

    def __call__(self, *args, training=None, **kwargs):
        return args[0]

    @classmethod
    def of(cls, symbol: Symbol) -> "InputLayer":
        """Return the InputLayer of a Symbol, the same each time."""
        if symbol.source is None:
            symbol.source = cls.__new__(cls)._stand_for(symbol)
        return symbol.source
