"""Exercise linear_backward: backpropagation through time for one linear unit."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake
from edunet.learn.rnn.concentration import in_the_blood

__all__ = ["LINEAR_BACKWARD"]


def linear_backward(dlast, x, h, w):
    return _walk_back(dlast, x, h, w)


def _walk_back(dlast, x, h, w, *, seen=lambda h, t: h[:, t - 1] if t else 0 * h[:, 0], share=None):
    dh, du, dw = dlast, 0.0, 0.0
    T = x.shape[1]
    for t in range(T)[::-1]:
        du = du + np.sum(dh * x[:, t])
        dw = dw + np.sum(dh * seen(h, t))
        dh = dh * (w if share is None else share)
    return float(du), float(dw)


def _linear_states(x, u, w):
    return in_the_blood(x, lambda old, now: w * old + u * now)


def _linear_records(rng, i):
    x, w = rng.normal(size=(3 + i, 4 + i)) + 1, 0.6 + 0.1 * i
    return rng.normal(size=3 + i), x, _linear_states(x, 1.5, w), w


def _first_step_only(dlast, x, h, w):
    T = x.shape[1]
    return float(np.sum(dlast * w ** (T - 1) * x[:, 0])), 0.0


def _assigned(dlast, x, h, w):
    """du and dw keep what the last round has put there; the round of the first step leaves dw alone."""
    T = x.shape[1]
    return _first_step_only(dlast, x, h, w)[0], float(np.sum(dlast * w ** (T - 2) * h[:, 0]))


def _never_carried(dlast, x, h, w):
    """dh is made from dlast in every step."""
    return tuple(float(np.sum(dlast[:, None] * w * a)) for a in (x, h[:, :-1]))


def _first_left_out(dlast, x, h, w):
    du, dw = _walk_back(dlast, x, h, w)
    return du - _first_step_only(dlast, x, h, w)[0], dw


def _wrong_way(dlast, x, h, w):
    power = w ** np.arange(x.shape[1])
    before = np.concatenate([np.zeros((len(x), 1)), h[:, :-1]], axis=1)
    return float(np.sum(dlast[:, None] * power * x)), float(np.sum(dlast[:, None] * power * before))


LINEAR_BACKWARD = Exercise(
    "linear_backward",
    "08",
    "backpropagation through time for one linear unit",
    linear_backward,
    _linear_records,
    (
        Mistake(
            "only the last step counts here: the same u and w were used in every step, so walk back to the first and "
            "add up.",
            lambda dlast, x, h, w: (float(np.sum(dlast * x[:, -1])), float(np.sum(dlast * h[:, -2]))),
        ),
        Mistake(
            "only the first step's part arrives: does = stand where += should?",
            _first_step_only,
        ),
        Mistake(
            "h_t stands where h_{t−1} should: w was multiplied with the state before the step.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w, seen=lambda h, t: h[:, t]),
        ),
        Mistake(
            "the state before the first step is not 0 in your code. In Python h[:, −1] is the last state, not the one "
            "before the first.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w, seen=lambda h, t: h[:, t - 1]),
        ),
        Mistake(
            "the gradient does not shrink on its way back: each step into the past multiplies it by w.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w, share=1.0),
        ),
        Mistake(
            "the gradient is multiplied by w before its last step is used: first add up, then go one step back.",
            lambda dlast, x, h, w: _walk_back(dlast * w, x, h, w),
        ),
        Mistake(
            "dlast is given again at every step; only the last state has a direct influence on the loss.",
            lambda dlast, x, h, w: tuple(
                np.sum([_walk_back(dlast, x[:, : t + 1], h[:, : t + 1], w) for t in range(x.shape[1])], axis=0)
            ),
        ),
        Mistake(
            "the power of w runs the wrong way: the first step is furthest from the loss, so its part is the smallest.",
            _wrong_way,
        ),
        Mistake(
            "divided by the number of patients: the 1/N is in dlast already (or is not wanted). Add up.",
            lambda dlast, x, h, w: tuple(g / len(x) for g in _walk_back(dlast, x, h, w)),
        ),
        Mistake(
            "divided by the number of steps: every use of a weight adds its part. Add up.",
            lambda dlast, x, h, w: tuple(g / x.shape[1] for g in _walk_back(dlast, x, h, w)),
        ),
        Mistake(
            "your walk back divides by w; going back multiplies by w, just as going forward did.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w, share=1 / w),
        ),
        Mistake(
            "du and dw are exchanged: u meets the input, w the state before.",
            lambda dlast, x, h, w: _walk_back(dlast, x, h, w)[::-1],
        ),
        Mistake(
            "du and dw hold what the last round of the loop has put there: earlier rounds are overwritten. Every step "
            "used the weights; all parts count.",
            _assigned,
        ),
        Mistake(
            "the first step's part of du is missing: range stops before its second number. Where does your walk end?",
            _first_left_out,
        ),
        Mistake(
            "every step starts from dlast again, multiplied by w once. What came back to step t is what goes on to "
            "t − 1: carry it along.",
            _never_carried,
        ),
        Mistake(
            "there is one w too many in dw. For the weight itself only what it was multiplied with counts.",
            lambda dlast, x, h, w: (lambda du, dw: (du, w * dw))(*_walk_back(dlast, x, h, w)),
        ),
    ),
    (
        "Begin at the last step with dh = dlast. How much did u and w of this step change h? Then one step back.",
        "For t from the last to the first: to du add the sum of dh · x[:, t], to dw the sum of dh times the state "
        "BEFORE step t (0 before the first); then dh becomes dh · w.",
        "for t in range(T - 1, -1, -1): two lines with += and np.sum, and as the last line of the loop dh = dh * w.",
    ),
    returns=("du", "dw"),
    # h = 1, 5/2, 17/4 with u = 1, w = 1/2: dh = 1/4, 1/2, 1: du = 1/4 + 1 + 3, dw = 1/2·1 + 1·5/2
    known=(((np.array([1.0]), np.array([[1.0, 2.0, 3.0]]), np.array([[1.0, 2.5, 4.25]]), 0.5), (4.25, 3.0)),),
)
