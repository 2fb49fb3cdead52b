"""Exercise softmax_rows: turn every row of scores into shares that sum to 1."""

import numpy as np

from edunet.learn.attention.softmax import stable_softmax
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["SOFTMAX_ROWS"]


def softmax_rows(s):
    return stable_softmax(s)


def _no_care(s, axis=-1):
    e = np.exp(s)
    return e / e.sum(axis=axis, keepdims=True)


def _shares(s, away):
    """Take another number away than the largest of the row; not to be trusted with large scores."""
    e = np.exp(s - away(s))
    return e / e.sum(axis=-1, keepdims=True)


def _row_largest(s):
    return s.max(axis=-1, keepdims=True)


def _square_only(s):
    """Write the shares into a table of T times T."""
    A = np.zeros((len(s), len(s)))
    A[:] = stable_softmax(s)
    return A


SOFTMAX_ROWS = Exercise(
    "softmax_rows",
    "10",
    "turn every row of scores into shares that sum to 1",
    softmax_rows,
    lambda rng, i: (rng.normal(size=(3 + i, 3 + i)) * 2 + 1,),
    (
        Mistake(
            "the formula is right, but e^1000 is too large for the computer, and inf/inf is nan. A share does not "
            "change if the same number is taken from all scores of its row: which number makes the largest e^0?",
            _no_care,
        ),
        Mistake(
            "the columns sum to 1, not the rows: a row is one query, and it is the query that shares out.",
            lambda s: stable_softmax(s, axis=0),
        ),
        Mistake(
            "the columns sum to 1, not the rows (a row is one query); and the largest scores of the trials overflow.",
            lambda s: _no_care(s, axis=0),
        ),
        Mistake(
            "the whole table sums to 1. Every row is a query of its own, and has a whole of its own to share out.",
            lambda s: stable_softmax(s, axis=None),
        ),
        Mistake(
            "the whole table sums to 1, every row should; and the largest scores of the trials overflow.",
            lambda s: _no_care(s, axis=None),
        ),
        Mistake(
            "the row sums lie in a row, not in a column (keepdims=True is missing), so NumPy divides every column by "
            "the sum of another row.",
            lambda s: (e := np.exp(s - s.max(axis=-1, keepdims=True))) / e.sum(axis=-1),
        ),
        Mistake(
            "the row sums lie in a row, not in a column: keepdims=True is missing (and large scores overflow).",
            lambda s: np.exp(s) / np.exp(s).sum(axis=-1),
        ),
        Mistake(
            "the exponentials are made, but not divided by their sum: shares must sum to 1.",
            lambda s: np.exp(s - s.max(axis=-1, keepdims=True)),
        ),
        Mistake("the exponentials are made, but not divided by their sum: shares must sum to 1 (no overflow).", np.exp),
        Mistake(
            "the scores themselves are divided by their sum; a share is never negative: e^s comes first.",
            lambda s: s / s.sum(axis=-1, keepdims=True),
        ),
        Mistake(
            "this is the logarithm of the softmax.", lambda s: np.log(np.exp(s) / np.exp(s).sum(axis=-1, keepdims=True))
        ),
        Mistake(
            "the sigmoid gives each score a probability of its own; here the scores of a row share one whole.",
            lambda s: 1 / (1 + np.exp(-s)),
        ),
        Mistake(
            "the largest score of the whole table is taken away. In a row that lies far below it every e^s is then 0 "
            "for the computer, and 0/0 is nan. Each row is free to lose a number of its own.",
            lambda s: _shares(s, np.max),
        ),
        Mistake(
            "the mean of the row is taken away. That is allowed, but one score may lie 750 above it, and e^750 is too "
            "large. Which number of the row leaves no positive exponent?",
            lambda s: _shares(s, lambda s: s.mean(axis=-1, keepdims=True)),
        ),
        Mistake(
            "nothing overflows any more, but the whole table sums to 1. Every row has a whole of its own to share out.",
            lambda s: (e := np.exp(s - _row_largest(s))) / e.sum(),
        ),
        Mistake(
            "a number for each row lies in a row here, and NumPy fits it to the columns (or cannot: (2,) and (2, 3)). "
            "Let max and sum keep their axis.",
            lambda s: (e := np.exp(s - s.max(axis=-1))) / e.sum(axis=-1),
        ),
        Mistake(
            "scores are cut off where they are too large, and then 1000 and 999 are the same. Shift them, all by the "
            "same amount: their differences must stay.",
            lambda s: _no_care(np.minimum(s, 700)),
        ),
        Mistake(
            "nan is replaced by 0: the warning is silenced, the shares are lost. The overflow must not happen.",
            lambda s: np.nan_to_num(_no_care(s)),
        ),
        Mistake(
            "the scores are divided by the largest of the row. That changes the differences, and with them the shares.",
            lambda s: stable_softmax(s / _row_largest(s)),
        ),
        Mistake(
            "only the first row is filled: does `return` stand inside the loop?",
            lambda s: stable_softmax(s) * (np.arange(len(s)) == 0)[:, None],
        ),
        Mistake(
            "the winner takes all. That is a maximum; the soft one leaves something to the others.",
            lambda s: np.eye(s.shape[-1])[s.argmax(axis=-1)],
        ),
        Mistake(
            "your code expects as many keys as queries; a table of scores need not be square.",
            _square_only,
        ),
        Mistake(
            "there is 1 too much below the line, as in a sigmoid. A row's shares must sum to exactly 1.",
            lambda s: (e := np.exp(s - _row_largest(s))) / (1 + e.sum(axis=-1, keepdims=True)),
        ),
    ),
    (
        "First make every number positive with np.exp, then divide by the sum: of which numbers?",
        "The sum runs along the row, axis=-1; with keepdims=True it keeps a column's shape and divides every row by "
        "its own sum.",
        "Before np.exp take the row's largest score away (max, axis=-1, keepdims=True): then nothing can overflow.",
    ),
    known=(
        # exact: e^{ln a} = a
        ((np.log([[1.0, 2.0, 5.0], [3.0, 3.0, 6.0]]),), np.array([[0.125, 0.25, 0.625], [0.25, 0.25, 0.5]])),
        # 1/(1 + e^-1) with 40-digit arithmetic, rounded
        ((np.array([[1000.0, 999.0]]),), np.array([[0.7310585786300049, 0.2689414213699951]])),
        # the same shares far below: a row must not depend on the height of another
        (
            (np.array([[1000.0, 999.0], [-1000.0, -999.0], [0.0, 0.0]]),),
            np.array([[0.7310585786300049, 0.2689414213699951], [0.2689414213699951, 0.7310585786300049], [0.5, 0.5]]),
        ),
        # one score far above the mean of its row: e^-1000 is less than the smallest number of the computer
        ((np.array([[1000.0, 0.0, 0.0, 0.0]]),), np.array([[1.0, 0.0, 0.0, 0.0]])),
    ),
)
