"""Exercise row_entropy: how widely does each query spread its attention?."""

import numpy as np

from edunet.learn.attention.looking_back import looking_back
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["ROW_ENTROPY"]


def row_entropy(A):
    return -np.sum(A * np.log(np.where(A > 0, A, 1)), axis=-1)


def _past_only(rng, i):
    return (looking_back(2 * rng.normal(size=(3 + i, 3 + i))),)


ROW_ENTROPY = Exercise(
    "row_entropy",
    "10",
    "how widely does each query spread its attention?",
    row_entropy,
    _past_only,
    (
        Mistake(
            "0 · log 0 is nan for the computer; here it counts as 0: who gets nothing adds nothing. "
            "How can you keep the logarithm away from such a share?",
            lambda A: -np.sum(A * np.log(A), axis=-1),
        ),
        Mistake("the minus sign is missing: logarithms of shares are negative.", lambda A: -row_entropy(A)),
        Mistake(
            "this is in bits, with the logarithm to base 2; the formula has the natural one.",
            lambda A: row_entropy(A) / np.log(2),
        ),
        Mistake(
            "this is with the logarithm to base 10; the formula has the natural one.",
            lambda A: row_entropy(A) / np.log(10),
        ),
        Mistake("this is the mean over the keys; the formula has the sum.", lambda A: row_entropy(A) / A.shape[-1]),
        Mistake(
            "the columns are summed up: one number for each query is wanted, and a query is a row.",
            lambda A: -np.sum(A * np.log(np.where(A > 0, A, 1)), axis=0),
        ),
        Mistake(
            "a single number for the whole table comes out; every query has its own.",
            lambda A: float(row_entropy(A).sum()),
        ),
        Mistake(
            "the logarithms are added up without their weights: each counts with its share.",
            lambda A: -np.sum(np.log(np.where(A > 0, A, 1)), axis=-1),
        ),
        Mistake("these are the largest shares; the entropy takes all of them.", lambda A: A.max(axis=-1)),
        Mistake(
            "one number for each pair comes out: the sum over the keys is missing.",
            lambda A: -A * np.log(np.where(A > 0, A, 1)),
        ),
        Mistake(
            "rows with a 0 in them come out as 0: one nan has spoiled the sum, and then the sum was replaced. The rest "
            "of the row counts.",
            lambda A: np.nan_to_num(-np.sum(A * np.log(A), axis=-1)),
        ),
        Mistake(
            "this is e to the entropy, a number of keys. It is easy to picture, but the formula stops before it.",
            lambda A: np.exp(row_entropy(A)),
        ),
        Mistake(
            "this is the share of the largest possible entropy, log T; the formula does not divide.",
            lambda A: row_entropy(A) / np.log(A.shape[-1]),
        ),
    ),
    (
        "For each row: minus the sum of share times logarithm of the share.",
        "np.where(A > 0, A, 1) is safe to take the logarithm of, and log 1 = 0 adds nothing.",
        "Multiply A by that logarithm, sum over axis=-1, and change the sign.",
    ),
    # ln 2 and (ln 2)/2 + (ln 4)/2 = 3/2 ln 2, from a table of logarithms
    known=(
        (
            (np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.5, 0.25]]),),
            np.array([0.0, 0.6931471805599453, 1.0397207708399179]),
        ),
    ),
)
