"""Exercise rnn_step: one step of the repaired recurrence: from the old state and the new input to the new state."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["RNN_STEP"]


def rnn_step(x_t, h, wx, wh, b):
    return np.tanh(x_t @ wx + h @ wh + b)


def _one_step(rng, i):
    """As many patients as units; in every second trial one measurement more."""
    U, D = 2 + i, 2 + i + i % 2
    return tuple(rng.normal(size=shape) for shape in ((U, D), (U, U), (D, U), (U, U), (U,)))


RNN_STEP = Exercise(
    "rnn_step",
    "08",
    "one step of the repaired recurrence: from the old state and the new input to the new state",
    rnn_step,
    _one_step,
    (
        Mistake(
            "the input is missing: this is the formula as printed, and it cannot see the patient.",
            lambda x_t, h, wx, wh, b: np.tanh(h @ wh + b),
        ),
        Mistake(
            "the old state is missing: this is an ordinary layer, without memory.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + b),
        ),
        Mistake(
            "W_x and W_h are exchanged: W_x belongs to the input, W_h to the state.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wh + h @ wx + b),
        ),
        Mistake("the bias is forgotten.", lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h @ wh)),
        Mistake("f is forgotten: after the sum comes tanh.", lambda x_t, h, wx, wh, b: x_t @ wx + h @ wh + b),
        Mistake(
            "f reaches a part of the sum only: the old state is added behind the bracket. Move the bracket.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + b) + h @ wh,
        ),
        Mistake(
            "f is the sigmoid here; the text asks for tanh, which can also be negative.",
            lambda x_t, h, wx, wh, b: 1 / (1 + np.exp(-(x_t @ wx + h @ wh + b))),
        ),
        Mistake(
            "W_h is transposed: the state is a row, it stands before the matrix.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h @ wh.T + b),
        ),
        Mistake(
            "W_x is transposed: the input is a row, it stands before the matrix.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx.T + h @ wh + b),
        ),
        Mistake(
            "h and W_h are multiplied place by place (*); every unit hears all old states: a matrix product, @.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h * wh + b),
        ),
        Mistake(
            "tanh is taken of each part by itself. The unit hears everything at once and bends once: first add up.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + b) + np.tanh(h @ wh),
        ),
        Mistake(
            "the bias is added after f; it belongs to the sum that f bends.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h @ wh) + b,
        ),
        Mistake(
            "the bias counts twice. There is one for each unit, not one for each matrix product.",
            lambda x_t, h, wx, wh, b: np.tanh(x_t @ wx + h @ wh + 2 * b),
        ),
        Mistake(
            "the old state is added once more at the end. It acts through its weights only: this is not a gated unit.",
            lambda x_t, h, wx, wh, b: h + rnn_step(x_t, h, wx, wh, b),
        ),
        Mistake(
            "this is the tangent, the one of triangles; wanted is the hyperbolic one, with an h.",
            lambda x_t, h, wx, wh, b: np.tan(x_t @ wx + h @ wh + b),
        ),
        Mistake(
            "every patient gets the input of the first one; take all rows of x_t.",
            lambda x_t, h, wx, wh, b: rnn_step(x_t[:1], h, wx, wh, b),
        ),
    ),
    (
        "Three things are added up before f: what the input says, what the memory says, and the bias.",
        "Two matrix products: the input with its weights, the old state with its own. Then the bias, then np.tanh.",
        "np.tanh of a sum of three: x_t @ wx, the same with h and wh, and b.",
    ),
    # one patient, two units: the sums are 0.5 and -1; tanh with 30-digit arithmetic (Python's decimal), rounded
    known=(
        (
            (
                np.array([[1.0, 2.0]]),
                np.array([[0.5, -0.5]]),
                np.array([[1.0, 0.0], [0.0, -1.0]]),
                np.array([[-1.0, 2.0], [2.0, 0.0]]),
                np.array([1.0, 0.0]),
            ),
            np.array([[0.46211715726, -0.76159415596]]),
        ),
    ),
)
