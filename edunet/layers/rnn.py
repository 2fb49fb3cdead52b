"""The simple recurrent layer and its cell."""

from edunet import activations, ops
from edunet.layers.cell import Cell, Gates
from edunet.layers.recurrent import Recurrent, last
from edunet.ops.rnn import ACTIVATIONS

__all__ = ["SimpleRNN", "SimpleRNNCell"]


class _SimpleGates(Gates):
    def read_by_gates(self, x, h, training):
        xs = self.silence("x", x, self.dropout, 1, training)
        return xs, self.silence("h", h, self.recurrent_dropout, 1, training)

    @property
    def has_kernel(self):
        return activations.name_of(self.activation) in ACTIVATIONS

    def step(self, x, states, training=False):
        xs, hs = self.read_by_gates(x, states[0], training)
        a = self.times(xs, self.kernel) + self.times(hs, self.recurrent_kernel)
        h = self.activation(a if self.bias is None else a + self.bias)
        return h, [h]


class SimpleRNNCell(Cell, _SimpleGates):
    """One step of SimpleRNN: h_t = f(x_t W_x + h_{t−1} W_h + b).

    Args: units; activation, name or function; and those of Gates.
    Call: cell(x_t, states) -> (h_t, [h_t]), x_t (N,D), states [h (N,U)].
    """


class SimpleRNN(Recurrent, _SimpleGates):
    """h_t = f(x_t W_x + h_{t−1} W_h + b).

    Args: units; activation, name or function; use_bias; return_sequences, give the state at every step (N,T,U) instead
    of the last (N,U); return_state, give (y, h); go_backwards; stateful; dropout, recurrent_dropout; for kernel,
    recurrent and bias an _initializer, a _regularizer and a _constraint each.
    Weights: kernel (D,U), recurrent_kernel (U,U), bias (U,).
    Shapes: (N,T,D) -> (N,U), or (N,T,U) with return_sequences.   Formula: edunet.ops.simple_rnn
    """

    def __init__(self, units, activation="tanh", use_bias=True, **kwargs):
        super().__init__(units, activation=activation, use_bias=use_bias, **kwargs)

    def read_at_once(self, x, states, mask):
        f = activations.name_of(self.activation)
        h = ops.simple_rnn(x, self.kernel, self.recurrent_kernel, self.bias, *states, activation=f, mask=mask)
        return h, [last(h)]
