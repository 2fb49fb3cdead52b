"""Long short-term memory."""

import numpy as np

from edunet import ops
from edunet.layers.rnn import Recurrent

__all__ = ["LSTM"]


class LSTM(Recurrent):
    """A memory cell with input, forget and output gates; gate order i, f, c, o as in Keras.

    Args: units; unit_forget_bias, start with forget bias 1 so that early memory survives; and those of Recurrent.
    Shapes: (N,T,D) -> (N,U), or (N,T,U) with return_sequences.   Formula: edunet.ops.lstm
    """

    gates = 4

    def __init__(self, units, unit_forget_bias=True, **kwargs):
        super().__init__(units, **kwargs)
        self.unit_forget_bias = unit_forget_bias

    def build(self, input_shape):
        super().build(input_shape)
        if self.bias is not None and self.unit_forget_bias:
            forget = np.arange(self.units, 2 * self.units)
            self.bias.data[forget] = 1

    def call(self, x, mask=None):
        h, _ = ops.lstm(x, self.kernel, self.recurrent_kernel, self.bias, mask=mask)
        return self.last_or_all(h)
