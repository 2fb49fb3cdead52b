"""Exercise gru_step: one step of a gated unit: keep, or let something new in?."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["GRU_STEP"]


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def gru_step(x_t, h, wx, wh, b):
    return _gru(x_t, h, wx, wh, b)


def _gru(x_t, h, wx, wh, b, *, f=np.tanh, gate=_sigmoid, hidden=None, mix=None, order=(0, 1, 2)):
    Wz, Wr, Wh = (np.split(wx, 3, axis=1)[i] for i in order)
    Rz, Rr, Rh = (np.split(wh, 3, axis=1)[i] for i in order)
    bz, br, bh = (np.split(b, 3)[i] for i in order)
    z = gate(x_t @ Wz + h @ Rz + bz)
    r = gate(x_t @ Wr + h @ Rr + br)
    seen = (r * h) @ Rh if hidden is None else hidden(r, h, Rh)
    candidate = f(x_t @ Wh + seen + bh)
    return z * h + (1 - z) * candidate if mix is None else mix(z, h, candidate)


def _one_gated_step(rng, i):
    """As many patients as units; in every second trial one measurement more."""
    U, D = 2 + i, 2 + i + i % 2
    return tuple(rng.normal(size=shape) for shape in ((U, D), (U, U), (D, 3 * U), (U, 3 * U), (3 * U,)))


def _overwritten(x_t, h, wx, wh, b):
    """h = r * h, and h is used once more in the mixture."""
    U = h.shape[1]
    r = _sigmoid(x_t @ wx[:, U : 2 * U] + h @ wh[:, U : 2 * U] + b[U : 2 * U])
    return _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: z * r * h + (1 - z) * c)


def _no_bias_in_the_candidate(x_t, h, wx, wh, b):
    return gru_step(x_t, h, wx, wh, np.where(np.arange(len(b)) < len(b) // 3 * 2, b, 0))


def _cut_by_measurements(x_t, h, wx, wh, b):
    """Cut the weights apart after D columns; where D is not U, the parts do not fit together."""
    np.zeros(x_t.shape[1]) @ np.zeros((h.shape[1], 1))
    return gru_step(x_t, h, wx, wh, b)


GRU_STEP = Exercise(
    "gru_step",
    "08",
    "one step of a gated unit: keep, or let something new in?",
    gru_step,
    _one_gated_step,
    (
        Mistake(
            "z and 1 − z are exchanged: here z = 1 keeps the old state. (Some books define it the other way round.)",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: (1 - z) * h + z * c),
        ),
        Mistake(
            "the reset gate is forgotten: the candidate sees r ⊙ h, not h.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, hidden=lambda r, h, R: h @ R),
        ),
        Mistake(
            "r comes after the matrix product: that is the other form of the GRU (reset_after=True, Keras's usual "
            "one). Here r is multiplied with h first.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, hidden=lambda r, h, R: r * (h @ R)),
        ),
        Mistake(
            "the candidate does not see the old state at all.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, hidden=lambda r, h, R: 0),
        ),
        Mistake(
            "only the candidate is returned: the part z of the old state is to be kept.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: c),
        ),
        Mistake(
            "the candidate is added in full; it gets the share that is left over, 1 − z.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: z * h + c),
        ),
        Mistake(
            "z and r have changed places: the order in the weights is z, r, candidate.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, order=(1, 0, 2)),
        ),
        Mistake(
            "the candidate goes through the sigmoid; it is a state, not a gate: tanh.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, f=_sigmoid),
        ),
        Mistake(
            "the gates go through tanh; a gate stands between 0 and 1: the sigmoid.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, gate=np.tanh),
        ),
        Mistake("the biases are forgotten.", lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, 0 * b)),
        Mistake(
            "f is forgotten at the candidate: tanh.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, f=lambda a: a),
        ),
        Mistake(
            "the weights are cut apart by the number of measurements. They lie side by side unit by unit: how many "
            "units are there?",
            _cut_by_measurements,
        ),
        Mistake(
            "the candidate has no bias; all three parts have one.",
            _no_bias_in_the_candidate,
        ),
        Mistake(
            "the mixture goes through tanh once more. It lies between two states already: nothing is left to bend.",
            lambda x_t, h, wx, wh, b: np.tanh(gru_step(x_t, h, wx, wh, b)),
        ),
        Mistake(
            "brackets are missing in the mixture: Python multiplies before it subtracts.",
            lambda x_t, h, wx, wh, b: _gru(x_t, h, wx, wh, b, mix=lambda z, h, c: z * h + 1 - z * c),
        ),
        Mistake(
            "the reset gate has overwritten h, and z keeps what is left of it. r is for the candidate's eyes only.",
            _overwritten,
        ),
    ),
    (
        "Four lines: the gate z, the gate r, the candidate, and the mixture. np.split(wx, 3, axis=1) gives the parts.",
        "A gate is σ of a sum of three, like rnn_step with a sigmoid. In the candidate r · h stands in the place of h.",
        "The last line: z times the old state plus (1 − z) times the candidate.",
    ),
    # all inputs 0. z = σ(ln 3) = 3/4, r = σ(−ln 3) = 1/4, candidate tanh(1/4 · 0.8 · 5 ln 2) = tanh(ln 2) = 3/5:
    # 3/4 · 0.8 + 1/4 · 0.6 = 0.75
    known=(
        (
            (
                np.array([[0.0]]),
                np.array([[0.8]]),
                np.zeros((1, 3)),
                np.array([[0.0, 0.0, 3.4657359027997265]]),
                np.array([1.0986122886681098, -1.0986122886681098, 0.0]),
            ),
            np.array([[0.75]]),
        ),
    ),
)
