"""Long short-term memory and its cell."""

from edunet import activations, ops
from edunet.layers.cell import Cell, Gates, flag
from edunet.layers.recurrent import Recurrent, last

__all__ = ["LSTM", "LSTMCell"]


class _LSTMGates(Gates):
    gates = 4

    def __init__(
        self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True, unit_forget_bias=True, **kwargs
    ):
        super().__init__(units, activation=activation, use_bias=use_bias, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.unit_forget_bias = flag(type(self).__name__, "unit_forget_bias", unit_forget_bias)

    @property
    def state_size(self):
        return [self.units, self.units]

    def build(self, input_shape):
        super().build(input_shape)
        if self.bias is not None and self.unit_forget_bias:
            self.bias.data[self.units : 2 * self.units] = 1

    @property
    def has_kernel(self):
        return self.activation is ops.tanh and self.recurrent_activation is ops.sigmoid

    def step(self, x, states, training=False):
        (h, c), U = states, self.units
        xs, hs = self.read_by_gates(x, h, training)
        a = self.times(xs, self.kernel) + self.times(hs, self.recurrent_kernel)
        a = a if self.bias is None else a + self.bias
        i, f, o = (self.recurrent_activation(a[:, k * U : (k + 1) * U]) for k in (0, 1, 3))
        c = f * c + i * self.activation(a[:, 2 * U : 3 * U])
        h = o * self.activation(c)
        return h, [h, c]


class LSTMCell(Cell, _LSTMGates):
    """One step of LSTM.

    Args: units; activation; recurrent_activation, of the gates; unit_forget_bias; and those of Gates.
    Call: cell(x_t, states) -> (h_t, [h_t, c_t]), x_t (N,D), states [h (N,U), c (N,U)].
    """


class LSTM(Recurrent, _LSTMGates):
    """A memory cell with input, forget and output gates; gate order i, f, c, o as in Keras.

    Args: units; activation; recurrent_activation, of the gates; use_bias; return_sequences, give h at every step
    (N,T,U) instead of the last (N,U); return_state, give (y, h, c); go_backwards; stateful; unit_forget_bias, start
    with forget bias 1 so that early memory survives; dropout, recurrent_dropout; for kernel, recurrent and bias an
    _initializer, a _regularizer and a _constraint each.
    Weights: kernel (D,4U), recurrent_kernel (U,4U), bias (4U,).
    Shapes: (N,T,D) -> (N,U), or (N,T,U) with return_sequences.   Formula: edunet.ops.lstm
    """

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True, **kwargs):
        super().__init__(
            units, activation=activation, recurrent_activation=recurrent_activation, use_bias=use_bias, **kwargs
        )

    def read_at_once(self, x, states, mask):
        h, c = ops.lstm(x, self.kernel, self.recurrent_kernel, self.bias, *states, mask=mask)
        return h, [last(h), c]
