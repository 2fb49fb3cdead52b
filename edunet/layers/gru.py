"""The gated recurrent unit."""

from edunet import ops
from edunet.layers.rnn import Recurrent

__all__ = ["GRU"]


class GRU(Recurrent):
    """A state that two gates update (z) and forget (r); gate order z, r, h as in Keras.

    Args: units; reset_after, Keras's default form with two biases (2, 3U); and those of Recurrent.
    Shapes: (N,T,D) -> (N,U), or (N,T,U) with return_sequences.   Formula: edunet.ops.gru
    """

    gates = 3

    def __init__(self, units, reset_after=True, **kwargs):
        super().__init__(units, **kwargs)
        self.reset_after = reset_after

    def bias_shape(self):
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def call(self, x, mask=None):
        h = ops.gru(x, self.kernel, self.recurrent_kernel, self.bias, reset_after=self.reset_after, mask=mask)
        return self.last_or_all(h)
