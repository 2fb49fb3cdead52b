"""Exercise looking_back: a table of attention in which nobody sees the future."""

import numpy as np

from edunet.learn.attention.softmax import stable_softmax
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["LOOKING_BACK"]


def looking_back(s):
    return stable_softmax(np.where(np.tri(len(s), dtype=bool), s, -np.inf))


def _hidden(s, seen):
    return stable_softmax(np.where(seen, s, -np.inf))


LOOKING_BACK = Exercise(
    "looking_back",
    "10",
    "a table of attention in which nobody sees the future",
    looking_back,
    lambda rng, i: (2 * rng.normal(size=(3 + i, 3 + i)),),
    (
        Mistake(
            "the mask comes after the softmax: what was cut away is missing, and the rows no longer sum to 1. "
            "The future must be out of the running before the shares are made.",
            lambda s: stable_softmax(s) * np.tri(len(s)),
        ),
        Mistake(
            "the future is given the score 0, and e^0 = 1 is a share like any other. Which score has the share 0?",
            lambda s: stable_softmax(np.where(np.tri(len(s)), s, 0.0)),
        ),
        Mistake(
            "this looks forward: query i (row) sees the keys from i on. It should see those up to i.",
            lambda s: _hidden(s, np.tri(len(s)).T > 0),
        ),
        Mistake(
            "a place does not see itself here, and the first one sees nothing at all (0/0): key j = i is allowed.",
            lambda s: _hidden(s, np.tri(len(s), k=-1) > 0),
        ),
        Mistake("one place of the future is still seen: j ≤ i.", lambda s: _hidden(s, np.tri(len(s), k=1) > 0)),
        Mistake("nothing is masked: every place sees the whole record.", stable_softmax),
        Mistake("only the place itself is seen: all of the past may be looked at too.", lambda s: np.eye(len(s))),
        Mistake(
            "softmax runs over the queries: each row must sum to 1.",
            lambda s: stable_softmax(np.where(np.tri(len(s), dtype=bool), s, -np.inf), axis=0),
        ),
        Mistake(
            "the masked scores come back; the softmax over each row is still to be taken.",
            lambda s: np.where(np.tri(len(s), dtype=bool), s, -np.inf),
        ),
        Mistake(
            "the scores are ignored: the past is shared out evenly.",
            lambda s: np.tri(len(s)) / np.arange(1, len(s) + 1)[:, None],
        ),
        Mistake(
            "everything is nan: 0 · ∞ is no number for the computer, so the past is spoiled as well. Choose by a "
            "condition; do not multiply by infinity.",
            lambda s: np.full(s.shape, np.nan),
        ),
        Mistake(
            "a place does not see itself here, and the first one sees nothing: row i may use the keys up to i, i "
            "included.",
            lambda s: np.nan_to_num(_hidden(s, np.tri(len(s), k=-1) > 0)),
        ),
        Mistake(
            "the future gets a small share: −10 is low, but not −∞, and e^(−10) is not 0.",
            lambda s: stable_softmax(np.where(np.tri(len(s)) > 0, s, -10.0)),
        ),
    ),
    (
        "A key gets the share 0 exactly if its score is −∞: e^(−∞) = 0.",
        "np.tri(T) is a table with ones where j ≤ i. np.where(condition, a, b) takes a where it holds, else b.",
        "Put -np.inf into a copy of the scores wherever np.tri(T) is 0, then take your softmax_rows.",
    ),
    known=(
        (
            (np.log([[1.0, 9.0, 9.0], [1.0, 3.0, 9.0], [1.0, 4.0, 5.0]]),),
            np.array([[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.1, 0.4, 0.5]]),
        ),
    ),
)
