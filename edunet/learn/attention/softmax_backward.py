"""Exercise softmax_backward: the way back through a softmax: ds from dA."""

import numpy as np

from edunet.learn.attention.softmax import stable_softmax
from edunet.learn.attention.softmax_rows import softmax_rows
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["SOFTMAX_BACKWARD"]


def softmax_backward(dA, A):
    return A * (dA - np.sum(A * dA, axis=-1, keepdims=True))


SOFTMAX_BACKWARD = Exercise(
    "softmax_backward",
    "10",
    "the way back through a softmax: ds from dA",
    softmax_backward,
    lambda rng, i: (rng.normal(size=(3 + i, 3 + i)), stable_softmax(rng.normal(size=(3 + i, 3 + i)))),
    (
        Mistake(
            "the sum is missing. If one share grows, the others of the row must shrink: take away from dA what the row "
            "gains on average.",
            lambda dA, A: A * dA,
        ),
        Mistake(
            "only the diagonal is here, A (1 − A): how a score changes its own share. It changes all others of its row "
            "as well.",
            lambda dA, A: A * (1 - A) * dA,
        ),
        Mistake(
            "the sum runs down the columns; the shares of one query are a row (axis=-1).",
            lambda dA, A: A * (dA - np.sum(A * dA, axis=0, keepdims=True)),
        ),
        Mistake(
            "the sum runs over the whole table; every row is a softmax of its own.",
            lambda dA, A: A * (dA - np.sum(A * dA)),
        ),
        Mistake(
            "the plain sum of dA is taken away; each dA counts with its share A.",
            lambda dA, A: A * (dA - np.sum(dA, axis=-1, keepdims=True)),
        ),
        Mistake(
            "the plain mean of dA is taken away; each dA counts with its share A.",
            lambda dA, A: A * (dA - np.mean(dA, axis=-1, keepdims=True)),
        ),
        Mistake(
            "the factor A in front is missing: a key that got no share cannot feel anything.",
            lambda dA, A: dA - np.sum(A * dA, axis=-1, keepdims=True),
        ),
        Mistake(
            "the factor A stands in front of dA only; it belongs in front of the whole bracket.",
            lambda dA, A: A * dA - np.sum(A * dA, axis=-1, keepdims=True),
        ),
        Mistake("a plus stands where a minus should.", lambda dA, A: A * (dA + np.sum(A * dA, axis=-1, keepdims=True))),
        Mistake(
            "the sum lies in a row, not in a column (keepdims=True is missing), so each row gets the sums of others.",
            lambda dA, A: A * (dA - np.sum(A * dA, axis=-1)),
        ),
        Mistake(
            "A and dA have changed places in front and inside: a key without a share feels nothing, so which one "
            "stands in front?",
            lambda dA, A: dA * (A - np.sum(A * dA, axis=-1, keepdims=True)),
        ),
        Mistake(
            "softmax is taken of A once more; A holds shares already.",
            lambda dA, A: softmax_backward(dA, softmax_rows(A)),
        ),
        Mistake(
            "there is a root below; it belongs to the scores, and comes one door later.",
            lambda dA, A: softmax_backward(dA, A) / np.sqrt(A.shape[-1]),
        ),
        Mistake(
            "the products A · dA are averaged. The shares weigh already, and sum to 1: nothing more is to be divided.",
            lambda dA, A: A * (dA - np.mean(A * dA, axis=-1, keepdims=True)),
        ),
        Mistake(
            "the shares of the first row are used for all; every query has shares of its own.",
            lambda dA, A: softmax_backward(dA, np.tile(A[:1], (len(A), 1))),
        ),
    ),
    (
        "Two effects meet in every score: its own share grows, and all shares of the row are divided by a larger sum.",
        "For each row compute one number: the mean of dA, weighed by the shares A. What a key gets back is its share "
        "times (its dA minus that number).",
        "The number is np.sum(A * dA, axis=-1, keepdims=True); A times (dA minus it).",
    ),
    # shares 1/4, 3/4; dA 4, 0: the weighed mean is 1
    known=(((np.array([[4.0, 0.0]]), np.array([[0.25, 0.75]])), np.array([[0.75, -0.75]])),),
)
