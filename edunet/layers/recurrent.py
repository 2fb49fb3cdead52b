"""What all recurrent layers share: where states come from, which of them are given, and the loop over the steps."""

import numpy as np

from edunet.layers.cell import Gates, StackedRNNCells, check_cell, first_states, flag, sizes_of
from edunet.layers.layer import Layer
from edunet.layers.phase import on_trial
from edunet.ops.rnn import skip_steps
from edunet.tensor import as_array, stack, take, unstack, where

__all__ = ["RNN", "Reader", "Recurrent", "last", "unroll"]


class Reader(Layer):
    """A layer that reads a sequence step by step and keeps a state.

    Args: return_sequences, give y at every step (N,T,U) instead of the last (N,U); return_state, give the last states
    as well, (y, h) or (y, h, c); go_backwards, read from the last step to the first and give the steps in that order;
    stateful, begin each batch with the states that the batch before ended with; zero_output_for_mask, y is 0 at masked
    steps instead of what it was before; unroll, as in Keras, may be given and changes nothing.
    `call(x, initial_state=None, mask=None)`: initial_state, one state (N,U) or a list of them; steps where the mask
    (N,T) is False are skipped: y stays what it was, 0 before the first step that counts. The mask of a layer that goes
    backwards turns with its steps (in Keras it does not).
    """

    def __init__(
        self,
        *args,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        zero_output_for_mask=False,
        unroll=False,
        implementation=2,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        kind = type(self).__name__
        self.return_sequences = flag(kind, "return_sequences", return_sequences)
        self.return_state = flag(kind, "return_state", return_state)
        self.go_backwards = flag(kind, "go_backwards", go_backwards)
        self.stateful = flag(kind, "stateful", stateful)
        self.zero_output_for_mask = flag(kind, "zero_output_for_mask", zero_output_for_mask)
        self.unroll = flag(kind, "unroll", unroll)  # how Keras runs the loop, not what it computes,
        self.implementation = implementation  # and this as well
        self.states: list[np.ndarray] | None = None  # of a stateful layer, from one batch to the next

    def state_sizes(self) -> list[int]:
        """Return the width of each state."""
        return sizes_of(self)

    def read(self, x, states, mask, training):
        """Return y at every step (N,T,U) and the list of last states; states is None where none are given."""
        raise NotImplementedError(f"{type(self).__name__} must define read(x, states, mask, training)")

    def call(self, x, initial_state=None, mask=None, training=False):
        states = self._before(x, initial_state)
        if self.go_backwards:
            backwards = (slice(None), slice(None, None, -1))
            x, mask = take(x, key=backwards), None if mask is None else np.asarray(mask)[backwards]
        y, states = self.go_on(x, states, mask, training)
        if self.stateful and not on_trial():
            self.states = [np.array(as_array(state)) for state in states]  # numbers only: not learnt through
        return (y, *states) if self.return_state else y

    def go_on(self, x, states, mask=None, training=False):
        """Return y, of all steps or of the last, and the last states, from the states before x; None is zeros."""
        y, states = self.read(x, states, mask, training)
        if self.zero_output_for_mask and mask is not None:
            y = where(y, 0.0, condition=np.asarray(mask)[..., None])
        return y if self.return_sequences else last(y), states

    def _before(self, x, given) -> list | None:
        """Return the states before the first step: those given, those kept from the last batch, or None."""
        if given is None:
            kept = self.states
            if self.stateful and kept is not None and not on_trial() and len(kept[0]) != x.shape[0]:
                raise ValueError(
                    f"{self.name} is stateful and goes on with {len(kept[0])} sequences. Received {x.shape[0]}. "
                    "Give batches of one size (batch_size=, and as many examples as fill whole batches), or begin "
                    f"anew: {self.name}.reset_states()."
                )
            return kept if self.stateful and not on_trial() else None
        states = list(given) if isinstance(given, (list, tuple)) else [given]
        expected = [(x.shape[0], size) for size in self.state_sizes()]
        received = [tuple(state.shape) for state in states]
        if received != expected:
            raise ValueError(
                f"{type(self).__name__}: expected initial_state of shape {expected}. Received: {received}."
            )
        return states

    def compute_mask(self, inputs, mask=None):
        steps = mask if self.return_sequences else None
        if steps is not None and self.go_backwards:
            steps = np.asarray(steps)[:, ::-1]
        return [steps, *[None] * len(self.state_sizes())] if self.return_state else steps

    def reset_states(self) -> None:
        """Forget the states kept from the last batch: the next one begins with zeros."""
        self.states = None

    reset_state = reset_states  # both spellings are Keras's


class Recurrent(Reader, Gates):
    """A layer with a state and weights of its own: SimpleRNN, GRU and LSTM.

    The formula reads the whole sequence at once. Where it cannot, with activations that it does not know and dropout
    of states, the layer goes step by step.
    """

    def build(self, input_shape):
        if len(input_shape) != 3:
            raise ValueError(
                f"{type(self).__name__}: expected input (N, T, D): patients, time steps, measurements. "
                f"Received shape {input_shape}."
                + (" One measurement per step is x[..., None]." if len(input_shape) == 2 else "")
            )
        super().build(input_shape)

    def read(self, x, states, mask, training):
        self.new_sequence()
        if not self.has_kernel or (training and self.recurrent_dropout):
            states = states or [np.zeros((x.shape[0], size), self.dtype) for size in self.state_sizes()]
            return unroll(lambda x_t, before: self.step(x_t, before, training), x, states, mask)
        (x,) = self.silence("x", x, self.dropout, 1, training)
        y, after = self.read_at_once(x, states or [None] * len(self.state_sizes()), mask)
        if states and mask is not None:  # the formula shows the states given until a step counts, the loop shows 0
            y = where(y, 0.0, condition=np.logical_or.accumulate(mask, axis=1)[..., None])
        return y, after

    def read_at_once(self, x, states, mask):
        """Do what `read` does by the formula in `edunet.ops`."""
        raise NotImplementedError(f"{type(self).__name__} must define read_at_once(x, states, mask)")


class RNN(Reader):
    """Read a sequence with a cell, step by step: y_t, states_t = cell(x_t, states_{t−1}).

    Args: cell, such as LSTMCell(8), a list of cells, or your own: a Layer with `call(x_t, states)` that returns
    (y_t, new_states), with `state_size`, the width of its state or a list of widths, and with `build` if it has
    weights; and those of LSTM from return_sequences on. RNN(LSTMCell(8)) computes what LSTM(8) does, only more slowly.
    Shapes: (N,T,D) -> (N,U), or (N,T,U) with return_sequences.

    >>> class Sum(Layer):
    ...     state_size = 1
    ...     def call(self, x, states):
    ...         total = x + states[0]
    ...         return total, [total]
    >>> RNN(Sum(), return_sequences=True)(np.array([[[1.0], [2.0], [3.0]]]))[0, :, 0]
    array([1., 3., 6.], dtype=float32)
    """

    def __init__(self, cell, **kwargs):
        super().__init__(**kwargs)
        self.cell = StackedRNNCells(cell) if isinstance(cell, (list, tuple)) else cell
        check_cell(self.cell)

    def state_sizes(self):
        return sizes_of(self.cell)

    def build(self, input_shape):
        if len(input_shape) < 3:
            raise ValueError(f"RNN: expected input (N, T, D). Received shape {tuple(input_shape)}.")
        if not self.cell.built:
            self.cell.build((input_shape[0], *input_shape[2:]))

    def read(self, x, states, mask, training):
        if hasattr(self.cell, "new_sequence"):
            self.cell.new_sequence()
        return unroll(self._step, x, states or first_states(self.cell, x.shape[0]), mask)

    def _step(self, x, states):
        answer = self.cell(x, states)
        if not isinstance(answer, (tuple, list)) or len(answer) != 2:
            raise TypeError(f"{self.cell.name}: call(x_t, states) returns (y_t, new_states). Received: {type(answer)}.")
        y, new = answer
        new = list(new) if isinstance(new, (tuple, list)) else [new]
        if len(new) != len(states):
            raise ValueError(
                f"{self.cell.name}: call got {len(states)} states and must return as many, not {len(new)}."
            )
        return y, new


def unroll(step, x, states, mask):
    """Call step(x_t, states) -> (y_t, states) at every step; return all y (N,T,U) and the last states.

    At masked steps y and states stay what they were (y before the first step is 0), and x is not looked at.
    """
    if x.shape[1] == 0:
        raise ValueError(f"expected at least one time step. Received x of shape {tuple(x.shape)}.")
    if mask is not None:
        _, mask = skip_steps("RNN", as_array(x), mask)
        x = where(x, 0.0, condition=mask.reshape(*mask.shape, *(1,) * (len(x.shape) - 2)))
    ys: list = []
    for t, x_t in enumerate(unstack(x, axis=1)):
        y, new = step(x_t, states)
        if mask is not None:
            counts = mask[:, t, None]
            y = where(y, ys[-1] if ys else np.zeros(y.shape, y.dtype), condition=counts)
            new = [where(now, before, condition=counts) for now, before in zip(new, states, strict=True)]
        states = new
        ys.append(y)
    return stack(*ys, axis=1), states


def last(y):
    """Return what stands at the last step: (N,T,U) -> (N,U)."""
    return take(y, key=(slice(None), -1))
