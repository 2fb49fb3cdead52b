"""Recurrent layers: what GRU, LSTM and SimpleRNN share, and SimpleRNN itself."""

from edunet import activations, initializers, ops
from edunet.layers.dense import whole
from edunet.layers.layer import Layer
from edunet.tensor import take

__all__ = ["Recurrent", "SimpleRNN"]


class Recurrent(Layer):
    """A layer with a state: kernel (D, g·U), recurrent_kernel (U, g·U) and bias, for g gates.

    Args: units U; return_sequences, give the state at every step (N,T,U) instead of the last (N,U).
    `call(x, mask=None)`: steps where the mask (N,T) is False are skipped.
    """

    gates = 1

    def __init__(
        self,
        units,
        use_bias=True,
        return_sequences=False,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = whole(type(self).__name__, "units", units)
        self.use_bias, self.return_sequences = use_bias, return_sequences
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)

    def build(self, input_shape):
        if len(input_shape) != 3:
            raise ValueError(
                f"{type(self).__name__}: expected input (N, T, D): patients, time steps, measurements. "
                f"Received shape {input_shape}."
                + (" One measurement per step is x[..., None]." if len(input_shape) == 2 else "")
            )
        width = self.gates * self.units
        self.kernel = self.add_weight((input_shape[-1], width), self.kernel_initializer, name="kernel")
        self.recurrent_kernel = self.add_weight(
            (self.units, width), self.recurrent_initializer, name="recurrent_kernel"
        )
        self.bias = self.add_weight(self.bias_shape(), self.bias_initializer, name="bias") if self.use_bias else None

    def bias_shape(self):
        return (self.gates * self.units,)

    def compute_mask(self, inputs, mask=None):
        return mask if self.return_sequences else None

    def last_or_all(self, h):
        return h if self.return_sequences else take(h, key=(slice(None), -1))


class SimpleRNN(Recurrent):
    """h_t = f(x_t W_x + h_{t−1} W_h + b).

    Args: units; activation "tanh", "relu", "sigmoid" or "linear"; and those of Recurrent.
    Shapes: (N,T,D) -> (N,U), or (N,T,U) with return_sequences.   Formula: edunet.ops.simple_rnn
    """

    def __init__(self, units, activation="tanh", **kwargs):
        super().__init__(units, **kwargs)
        self.activation = activations.name_of(activations.get(activation))

    def call(self, x, mask=None):
        h = ops.simple_rnn(x, self.kernel, self.recurrent_kernel, self.bias, activation=self.activation, mask=mask)
        return self.last_or_all(h)
