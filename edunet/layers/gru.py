"""The gated recurrent unit and its cell."""

from edunet import activations, ops
from edunet.layers.cell import Cell, Gates, flag
from edunet.layers.recurrent import Recurrent, last
from edunet.tensor import matmul

__all__ = ["GRU", "GRUCell"]


class _GRUGates(Gates):
    gates = 3

    def __init__(
        self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True, reset_after=True, **kwargs
    ):
        super().__init__(units, activation=activation, use_bias=use_bias, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.reset_after = flag(type(self).__name__, "reset_after", reset_after)

    def bias_shape(self):
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    @property
    def has_kernel(self):
        return self.activation is ops.tanh and self.recurrent_activation is ops.sigmoid

    def step(self, x, states, training=False):
        h, U, R = states[0], self.units, self.recurrent_kernel
        xs, hs = self.read_by_gates(x, h, training)
        a = self.times(xs, self.kernel)
        b, c = (self.bias[0], self.bias[1]) if self.bias is not None and self.reset_after else (self.bias, None)
        a = a if b is None else a + b
        from_h = self.times(hs, R) if self.reset_after else self.times(hs[:2], R[:, : 2 * U])
        from_h = from_h if c is None else from_h + c
        z = self.recurrent_activation(a[:, :U] + from_h[:, :U])
        r = self.recurrent_activation(a[:, U : 2 * U] + from_h[:, U : 2 * U])
        remembered = r * from_h[:, 2 * U :] if self.reset_after else matmul(r * hs[-1], R[:, 2 * U :])
        h = z * h + (1.0 - z) * self.activation(a[:, 2 * U :] + remembered)
        return h, [h]


class GRUCell(Cell, _GRUGates):
    """One step of GRU.

    Args: units; activation; recurrent_activation, of the gates; reset_after; and those of Gates.
    Call: cell(x_t, states) -> (h_t, [h_t]), x_t (N,D), states [h (N,U)].
    """


class GRU(Recurrent, _GRUGates):
    """A state that two gates update (z) and forget (r); gate order z, r, h as in Keras.

    Args: units; activation; recurrent_activation, of the gates; use_bias; return_sequences, give the state at every
    step (N,T,U) instead of the last (N,U); return_state, give (y, h); go_backwards; stateful; reset_after, Keras's
    default form with two biases (2, 3U); dropout, recurrent_dropout; for kernel, recurrent and bias an _initializer,
    a _regularizer and a _constraint each. Weights: kernel (D,3U), recurrent_kernel (U,3U), bias (2,3U).
    Shapes: (N,T,D) -> (N,U), or (N,T,U) with return_sequences.   Formula: edunet.ops.gru
    """

    def __init__(self, units, activation="tanh", recurrent_activation="sigmoid", use_bias=True, **kwargs):
        super().__init__(
            units, activation=activation, recurrent_activation=recurrent_activation, use_bias=use_bias, **kwargs
        )

    def read_at_once(self, x, states, mask):
        weights = self.kernel, self.recurrent_kernel, self.bias
        h = ops.gru(x, *weights, *states, reset_after=self.reset_after, mask=mask)
        return h, [last(h)]
