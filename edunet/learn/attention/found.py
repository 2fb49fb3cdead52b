"""Exercise found: in what share of the records does the map look where it should?."""

import numpy as np

from edunet.learn.attention.softmax import stable_softmax
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["FOUND"]


def found(A, looks, wanted):
    rows = A[np.arange(len(A)), looks]
    return float(np.mean(rows.argmax(axis=-1) == wanted))


def _maps(rng, i):
    """Draw maps of which about half find what is wanted, never none and never all."""
    N, T = 20 + 10 * i, 4 + i
    A = stable_softmax(2 * rng.normal(size=(N, T, T)))
    looks, wanted = rng.integers(T, size=N), rng.integers(T, size=N)
    n = np.arange(0, N, 2)
    wanted[n] = A[n, looks[n]].argmax(axis=-1)
    wanted[1] = (A[1, looks[1]].argmax() + 1) % T
    return A, looks, wanted


FOUND = Exercise(
    "found",
    "10",
    "in what share of the records does the map look where it should?",
    found,
    _maps,
    (
        Mistake(
            "this is a number of records; divide it by how many there are.",
            lambda A, looks, wanted: found(A, looks, wanted) * len(A),
        ),
        Mistake(
            "this is the share of those that do not find it.", lambda A, looks, wanted: 1 - found(A, looks, wanted)
        ),
        Mistake(
            "rows and columns have changed places: who looks is the row of A, who is looked at is the column.",
            lambda A, looks, wanted: found(A.swapaxes(1, 2), looks, wanted),
        ),
        Mistake("`looks` and `wanted` have changed places.", lambda A, looks, wanted: found(A, wanted, looks)),
        Mistake(
            "this is the mean weight on the wanted key; asked is how often it is the largest of its row.",
            lambda A, looks, wanted: float(np.mean(A[np.arange(len(A)), looks, wanted])),
        ),
        Mistake(
            "counted are the weights above one half; the largest of a row may be smaller than that.",
            lambda A, looks, wanted: float(np.mean(A[np.arange(len(A)), looks, wanted] > 0.5)),
        ),
        Mistake(
            "all rows of all records are counted; in each record only one query is asked for, `looks`.",
            lambda A, looks, wanted: float(np.mean(A.argmax(axis=-1) == wanted[:, None])),
        ),
        Mistake(
            "one answer for each record comes out; the mean over the records is missing.",
            lambda A, looks, wanted: A[np.arange(len(A)), looks].argmax(axis=-1) == wanted,
        ),
        Mistake(
            "only the first record is used: A[0]. Every record has a map of its own.",
            lambda A, looks, wanted: float(np.mean(A[0][looks].argmax(axis=-1) == wanted)),
        ),
        Mistake(
            "the largest number itself is compared with `wanted`, which is a place. Where does the largest stand?",
            lambda A, looks, wanted: float(np.mean(A[np.arange(len(A)), looks].max(axis=-1) == wanted)),
        ),
        Mistake(
            "// cuts the fraction off: only 0 or 1 can come out.",
            lambda A, looks, wanted: float(found(A, looks, wanted) == 1),
        ),
        Mistake(
            "A[:, looks] takes the rows of all `looks` in every record, N times N of them. Each record has one row "
            "only.",
            lambda A, looks, wanted: float(np.mean(A[:, looks].argmax(axis=-1) == wanted)),
        ),
        Mistake(
            "the largest number of the whole map is sought; asked is the one of row looks[n].",
            lambda A, looks, wanted: float(np.mean(A.reshape(len(A), -1).argmax(axis=-1) == wanted)),
        ),
        Mistake(
            "only the first record is counted: does `return` stand inside the loop?",
            lambda A, looks, wanted: found(A[:1], looks[:1], wanted[:1]) / len(A),
        ),
        Mistake(
            "divided by the number of places; asked is the share of the records.",
            lambda A, looks, wanted: found(A, looks, wanted) * len(A) / A.shape[-1],
        ),
        Mistake(
            "the last record is left out of the count: range(n) already stops before n.",
            lambda A, looks, wanted: found(A[:-1], looks[:-1], wanted[:-1]) * (len(A) - 1) / len(A),
        ),
    ),
    (
        "For each record n take one row of its map: A[n, looks[n]]. Where is its largest number? Is that wanted[n]?",
        "A loop over n and a counter will do. Or all rows at once: A[np.arange(len(A)), looks] has shape (N, T).",
        "argmax(axis=-1) of those rows, compared with wanted by ==; np.mean counts the share that is True.",
    ),
    known=(
        (
            (
                np.array([[[1.0, 0.0], [0.3, 0.7]], [[1.0, 0.0], [0.6, 0.4]], [[1.0, 0.0], [0.9, 0.1]]]),
                np.array([1, 1, 1]),
                np.array([0, 0, 0]),
            ),
            2 / 3,
        ),
        # both find it
        ((np.array([[[0.3, 0.7], [0.5, 0.5]], [[0.6, 0.4], [0.5, 0.5]]]), np.array([0, 0]), np.array([1, 0])), 1.0),
    ),
)
