"""Exercise rnn_states: read whole records: the state of every patient after every step."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake
from edunet.learn.rnn.printed_states import as_many_units_as_measurements
from edunet.learn.rnn.rnn_step import rnn_step

__all__ = ["RNN_STATES"]


def rnn_states(x, wx, wh, b):
    return _run(x, wx, wh, b)


def _run(x, wx, wh, b, *, step=rnn_step, order=None, start=0.0, read=lambda x, t: x[:, t]):
    N, T = x.shape[:2]
    h, states = np.full((N, len(b)), start), []
    for t in range(T) if order is None else order(T):
        h = step(read(x, t), h, wx, wh, b)
        states.append(h)
    return np.stack(states, axis=1)


def _before_f(x, wx, wh, b):
    """Carry on the sums in place of the states."""
    return np.tanh(_run(x, wx, wh, b, step=lambda x_t, a, wx, wh, b: x_t @ wx + a @ wh + b))


def _delayed(x, wx, wh, b):
    late = np.concatenate([np.zeros_like(x[:, :1]), x[:, :-1]], axis=1)
    return _run(late, wx, wh, b)


def _from_patient_to_patient(x, wx, wh, b):
    """One memory for all: the next patient begins with what the one before has left."""
    N, T = x.shape[:2]
    return _run(x.reshape(1, N * T, -1), wx, wh, b).reshape(N, T, -1)


def _records_and_weights(rng, i):
    """As many patients as steps; as many units as measurements in every second trial, one fewer in the others."""
    T, U, D = 3 + i, 2 + i // 2, 2 + i // 2 + i % 2
    return tuple(rng.normal(size=shape) for shape in ((T, T, D), (D, U), (U, U), (U,)))


RNN_STATES = Exercise(
    "rnn_states",
    "08",
    "read whole records: the state of every patient after every step",
    rnn_states,
    _records_and_weights,
    (
        Mistake(
            "nothing is remembered: each state is made as if zeros had come before. Does h[t] stand where h[t−1] "
            "should, or is the new state never stored for the next step?",
            lambda x, wx, wh, b: np.tanh(x @ wx + b),
        ),
        Mistake(
            "every step reads the first input: x[:, t] changes with t.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, order=lambda T: [0] * T),
        ),
        Mistake("the input comes one step late: the state of step t reads the input of the same step t.", _delayed),
        Mistake(
            "time runs backwards: begin with the first step.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, order=lambda T: range(T)[::-1]),
        ),
        Mistake(
            "the loop runs over the patients instead of the steps: axis 0 is patients, axis 1 is time.",
            lambda x, wx, wh, b: _run(x.swapaxes(0, 1), wx, wh, b).swapaxes(0, 1),
        ),
        Mistake(
            "patients and time are exchanged in the result: a list of states has time in front. "
            "Which axis should np.stack make?",
            lambda x, wx, wh, b: _run(x, wx, wh, b).swapaxes(0, 1),
        ),
        Mistake(
            "the first step is left out: its input counts too, with zeros as the state before it.",
            lambda x, wx, wh, b: np.concatenate([np.zeros((len(x), 1, len(b))), _run(x[:, 1:], wx, wh, b)], axis=1),
        ),
        Mistake(
            "what is carried on is the sum before f; the state that the next step sees is the one after f.", _before_f
        ),
        Mistake(
            "W_x and W_h are exchanged: W_x belongs to the input, W_h to the state.",
            lambda x, wx, wh, b: _run(x, wh, wx, b),
        ),
        Mistake("the bias is forgotten.", lambda x, wx, wh, b: _run(x, wx, wh, 0 * b)),
        Mistake(
            "f is forgotten: without tanh the states may grow without limit.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, step=lambda x_t, h, wx, wh, b: x_t @ wx + h @ wh + b),
        ),
        Mistake(
            "the memory starts with ones; before the first step nothing is known: zeros.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, start=1.0),
        ),
        Mistake(
            "only the last state arrives: the states of all T steps are wanted, (N, T, U).",
            lambda x, wx, wh, b: _run(x, wx, wh, b)[:, -1],
        ),
        Mistake(
            "the state has as many numbers as x has measurements (D). It has one for each unit (U), and the two need "
            "not be equal.",
            as_many_units_as_measurements(rnn_states),
        ),
        Mistake(
            "x[t] is patient t with all steps. What all patients do in step t is another slice of x: which axis is "
            "time?",
            lambda x, wx, wh, b: _run(x, wx, wh, b, read=lambda x, t: x[t]),
        ),
        Mistake(
            "each step reads the input of the step before, and the first one even that of the last: x[:, −1] counts "
            "from the end. It is the state that comes from the step before, not the input.",
            lambda x, wx, wh, b: _run(x, wx, wh, b, order=lambda T: range(-1, T - 1)),
        ),
        Mistake(
            "the next patient begins with the memory of the one before. Everybody begins with zeros.",
            _from_patient_to_patient,
        ),
        Mistake(
            "only the first step arrives: does `return` stand inside the loop?",
            lambda x, wx, wh, b: _run(x, wx, wh, b)[:, :1],
        ),
        Mistake(
            "time stands on the last axis; it belongs between patients and units.",
            lambda x, wx, wh, b: _run(x, wx, wh, b).swapaxes(1, 2),
        ),
        Mistake(
            "all steps show the last state: is one array overwritten again and again? A list that holds the same array "
            "T times shows its last numbers T times.",
            lambda x, wx, wh, b: np.repeat(_run(x, wx, wh, b)[:, -1:], x.shape[1], axis=1),
        ),
    ),
    (
        "One loop over the T steps. All patients take a step together; what a step leaves behind, the next one needs.",
        "h starts as np.zeros((N, U)). In the loop: new h from x[:, t] and old h, as in rnn_step; keep it in a list.",
        "Write h = np.tanh(...) in the loop so that the old h is replaced; after it np.stack(states, axis=1).",
    ),
    # 1, then 0: tanh(1) and tanh(2·tanh(1)), 30-digit arithmetic (Python's decimal), rounded
    known=(
        (
            (np.array([[[1.0], [0.0]]]), np.array([[1.0]]), np.array([[2.0]]), np.array([0.0])),
            np.array([[[0.76159415596], [0.90925167397]]]),
        ),
    ),
)
