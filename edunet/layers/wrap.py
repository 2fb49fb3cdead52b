"""Layers around a layer: read a sequence in both directions; do the same at every step."""

import functools

from edunet import tensor
from edunet.layers.layer import Layer
from edunet.layers.recurrent import Reader
from edunet.layers.symbol import replace
from edunet.names import did_you_mean

__all__ = ["Bidirectional", "TimeDistributed"]

MERGES = {
    "concat": functools.partial(tensor.concatenate, axis=-1),
    "sum": tensor.add,
    "mul": tensor.multiply,
    "ave": lambda a, b: tensor.multiply(tensor.add(a, b), 0.5),
}


class Bidirectional(Layer):
    """Read a sequence forwards and backwards, each with weights of its own, and join what both give.

    Args: layer, a recurrent layer, from which two new ones are made; merge_mode "concat", "sum", "mul", "ave", or None
    for both outputs as they are; backward_layer, what reads backwards if it differs: with go_backwards=True.
    Call: initial_state, the states of the forward layer, then those of the backward one; with return_state so they
    come back. At every step both outputs are of the same step. Masked steps are skipped, and give 0.
    Weights: those of the forward layer, then those of the backward one.
    Shapes: (N,T,D) -> (N,2U), or (N,T,2U) with return_sequences; (N,U) or (N,T,U) for "sum", "mul" and "ave".
    Source: Schuster & Paliwal, Bidirectional recurrent neural networks (1997).

    >>> from edunet.layers import LSTM
    >>> Bidirectional(LSTM(8, return_sequences=True))(np.zeros((2, 10, 3))).shape
    (2, 10, 16)
    """

    def __init__(self, layer, merge_mode="concat", backward_layer=None, **kwargs):
        super().__init__(**kwargs)
        for given in (layer, layer if backward_layer is None else backward_layer):
            if not isinstance(given, Reader):
                raise TypeError(f"Bidirectional wraps a recurrent layer, such as LSTM(8). Received: {given!r}")
        if merge_mode is not None and merge_mode not in MERGES:
            raise ValueError(
                f"Bidirectional: merge_mode is one of {list(MERGES)} or None. Received: {merge_mode!r}."
                + did_you_mean(merge_mode, MERGES)
            )
        self.merge_mode = merge_mode
        given, turned = (layer, {"go_backwards": True}) if backward_layer is None else (backward_layer, {})
        self.forward_layer = _made_anew(layer, name=f"forward_{layer.name.removeprefix('forward_')}")
        self.backward_layer = _made_anew(given, name=f"backward_{given.name.removeprefix('backward_')}", **turned)
        if self.forward_layer.go_backwards or not self.backward_layer.go_backwards:
            raise ValueError(
                "Bidirectional: layer reads forwards, backward_layer has go_backwards=True. Received: layer with "
                f"go_backwards={layer.go_backwards}, backward_layer with {self.backward_layer.go_backwards}."
            )
        for name in ("stateful", "return_sequences", "return_state"):
            forward, backward = getattr(self.forward_layer, name), getattr(self.backward_layer, name)
            if forward != backward:
                raise ValueError(
                    f"Bidirectional: both layers need the same {name}. Received: {forward} and {backward}."
                )
        for part in (self.forward_layer, self.backward_layer):
            part.zero_output_for_mask = part.return_sequences

    @property
    def layer(self):
        """The layer that reads forwards."""
        return self.forward_layer

    return_sequences = property(lambda self: self.forward_layer.return_sequences)
    return_state = property(lambda self: self.forward_layer.return_state)
    stateful = property(lambda self: self.forward_layer.stateful)

    def build(self, input_shape):
        for part in (self.forward_layer, self.backward_layer):
            if not part.built:
                part.build(input_shape)

    def call(self, x, initial_state=None, mask=None):
        states: list = [None, None]
        if initial_state is not None:
            count = len(self.forward_layer.state_sizes())
            if not isinstance(initial_state, (list, tuple)):
                raise TypeError(f"Bidirectional: initial_state is a list of {2 * count} states, those forwards first.")
            states = [list(initial_state[:count]), list(initial_state[count:])]
        both = (self.forward_layer, self.backward_layer)
        answers = [part(x, initial_state=s, mask=mask) for part, s in zip(both, states, strict=True)]
        lasts: tuple = ()
        if self.return_state:
            lasts = tuple(state for answer in answers for state in answer[1:])
            answers = [answer[0] for answer in answers]
        if self.return_sequences:  # what has read backwards is turned, so that the steps meet
            answers[1] = tensor.take(answers[1], key=(slice(None), slice(None, None, -1)))
        if self.merge_mode is None:
            return (*answers, *lasts)
        y = MERGES[self.merge_mode](*answers)
        return (y, *lasts) if lasts else y

    def compute_mask(self, inputs, mask=None):
        steps = mask if self.return_sequences else None
        count = 2 * len(self.forward_layer.state_sizes()) if self.return_state else 0
        masks = [*[steps] * (2 if self.merge_mode is None else 1), *[None] * count]
        return masks if len(masks) > 1 else steps

    def reset_states(self) -> None:
        """Forget the states that both layers keep."""
        self.forward_layer.reset_states()
        self.backward_layer.reset_states()

    reset_state = reset_states  # both spellings are Keras's


class TimeDistributed(Layer):
    """Do the same at every step: y[:, t] = layer(x[:, t]), with one set of weights.

    Args: layer. A mask travels on: masked steps are computed, and do not count.
    Shapes: (N,T,...) -> (N,T,...).

    >>> from edunet.layers import Flatten
    >>> TimeDistributed(Flatten())(np.zeros((2, 5, 8, 8, 1))).shape
    (2, 5, 64)
    """

    supports_masking = True

    def __init__(self, layer, **kwargs):
        super().__init__(**kwargs)
        if not isinstance(layer, Layer):
            raise TypeError(f"TimeDistributed wraps a layer, such as Dense(8). Received: {layer!r}")
        self.layer = layer

    def build(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(
                "TimeDistributed: expected input (N, T, ...), something at every step. "
                f"Received shape {tuple(input_shape)}."
            )
        if not self.layer.built:
            self.layer.build((None, *input_shape[2:]))

    def call(self, x):
        N, T = x.shape[:2]
        y = self.layer(x.reshape((N * T, *x.shape[2:])))
        if isinstance(y, (tuple, list)):
            raise ValueError(f"TimeDistributed needs a layer with one output. {self.layer.name} gives {len(y)}.")
        return y.reshape((N, T, *y.shape[1:]))


def _made_anew(layer, **changes):
    """Return a layer made of the same arguments, without weights; layers among them are made anew as well."""
    config = replace(layer.get_config(), lambda value: _made_anew(value) if isinstance(value, Layer) else value)
    return type(layer).from_config(config | changes)
