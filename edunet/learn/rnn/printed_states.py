"""Exercise printed_states: the article's recurrence, exactly as it is printed."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["PRINTED_STATES"]


def printed_states(x, w, b):
    return _printed(x, w, b)


def _printed(x, w, b, *, start=0.0, f=np.tanh, step=lambda h, w, x_t: h @ w, first_too=False):
    N, T = x.shape[:2]
    h = np.full((N, len(b)), start)
    states = [h] * first_too
    for t in range(T - first_too):
        h = f(step(h, w, x[:, t]) + b)
        states.append(h)
    return np.stack(states, axis=1)


def _records(rng, i):
    """As many patients as steps; as many units as measurements in every second trial, one fewer in the others."""
    T, U = 3 + i, 2 + i // 2
    return rng.normal(size=(T, T, U + i % 2)), rng.normal(size=(U, U)), rng.normal(size=U) + 0.5


def as_many_units_as_measurements(f):
    """Make f work where x has as many columns as there are units, and fail elsewhere as a matrix product does."""

    def wrong(x, *weights):
        np.zeros(x.shape[-1]) @ np.zeros((len(weights[-1]), 1))
        return f(x, *weights)

    return wrong


PRINTED_STATES = Exercise(
    "printed_states",
    "08",
    "the article's recurrence, exactly as it is printed",
    printed_states,
    _records,
    (
        Mistake(
            "the patient has an influence here. That is sensible, but it is not what is printed: look for x in the "
            "formula.",
            lambda x, w, b: _printed(x, w, b, step=lambda h, w, x_t: h @ w + x_t),
        ),
        Mistake(
            "the input stands where the state before should stand: the printed formula has h, and no x.",
            lambda x, w, b: np.tanh(x @ w + b),
        ),
        Mistake(
            "every state is made from zeros: the new state has to be the old one of the next step.",
            lambda x, w, b: _printed(x, w, b, step=lambda h, w, x_t: 0 * h),
        ),
        Mistake(
            "b is forgotten. From nothing comes nothing: all your states are 0.",
            lambda x, w, b: _printed(x, w, 0 * b),
        ),
        Mistake("f is forgotten: after the sum comes tanh.", lambda x, w, b: _printed(x, w, b, f=lambda a: a)),
        Mistake(
            "the memory starts with ones; before the first step nothing is known: zeros.",
            lambda x, w, b: _printed(x, w, b, start=1.0),
        ),
        Mistake(
            "the state before the first step is among the results, and the last one is missing: store h after it was "
            "computed.",
            lambda x, w, b: _printed(x, w, b, first_too=True),
        ),
        Mistake(
            "patients and time are exchanged in the result: a list of states has time in front. "
            "Which axis should np.stack make?",
            lambda x, w, b: _printed(x, w, b).swapaxes(0, 1),
        ),
        Mistake(
            "w is transposed: column u of w belongs to unit u, so the state stands before w.",
            lambda x, w, b: _printed(x, w.T, b),
        ),
        Mistake(
            "only the last state arrives: the states of all T steps are wanted, (N, T, U).",
            lambda x, w, b: _printed(x, w, b)[:, -1],
        ),
        Mistake(
            "the input is added to the sum, with the weights of the state. It is sensible to listen to the patient, "
            "but it is not printed: which letters stand in the formula?",
            lambda x, w, b: _printed(x, w, b, step=lambda h, w, x_t: (x_t + h) @ w),
        ),
        Mistake(
            "the state has as many numbers as x has measurements. How large a memory is, the weights say, not the "
            "patient.",
            as_many_units_as_measurements(printed_states),
        ),
        Mistake(
            "all steps show the last state: is one array overwritten again and again? A list that holds the same array "
            "T times shows its last numbers T times.",
            lambda x, w, b: np.repeat(_printed(x, w, b)[:, -1:], x.shape[1], axis=1),
        ),
        Mistake(
            "the numbers of patients and steps are mistaken for each other: x is (N, T, D), patients come first.",
            lambda x, w, b: _printed(x.swapaxes(0, 1), w, b),
        ),
        Mistake(
            "time stands on the last axis; it belongs between patients and units.",
            lambda x, w, b: _printed(x, w, b).swapaxes(1, 2),
        ),
        Mistake(
            "only the first step arrives: does `return` stand inside the loop?",
            lambda x, w, b: _printed(x, w, b)[:, :1],
        ),
    ),
    (
        "x tells only how many patients and how many steps there are: N, T = x.shape[:2]. Its numbers are not used.",
        "Start with h = np.zeros((N, U)). In a loop over t make the new h from the old one, and keep each in a list.",
        "In the loop: h becomes np.tanh of h @ w + b. At the end np.stack(states, axis=1) puts time on axis 1.",
    ),
    # tanh(0.5) and tanh(0.5 + 2·tanh(0.5)) with 30-digit arithmetic (Python's decimal), rounded
    known=(
        (
            (np.array([[[7.0], [9.0]]]), np.array([[2.0]]), np.array([0.5])),
            np.array([[[0.46211715726], [0.89047894054]]]),
        ),
    ),
)
