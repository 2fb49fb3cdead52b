"""Exercise attention_scores: how well does every key answer every query?."""

import numpy as np

from edunet.learn.attention.softmax_rows import softmax_rows
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["ATTENTION_SCORES"]


def attention_scores(q, k):
    return q @ k.T / np.sqrt(q.shape[-1])


def _queries_and_keys(rng, i):
    d, T = ((3, 3), (4, 5), (2, 3), (5, 2))[i]  # the first is square: there a forgotten transpose goes through
    return rng.normal(size=(T, d)), rng.normal(size=(T, d))


ATTENTION_SCORES = Exercise(
    "attention_scores",
    "10",
    "how well does every key answer every query?",
    attention_scores,
    _queries_and_keys,
    (
        Mistake("the scale is missing: the formula divides by √d_k.", lambda q, k: q @ k.T),
        Mistake("divided by d_k; the formula has its square root.", lambda q, k: q @ k.T / q.shape[-1]),
        Mistake("multiplied by √d_k; the formula divides.", lambda q, k: q @ k.T * np.sqrt(q.shape[-1])),
        Mistake(
            "divided by the root of the number of places. d_k is how many numbers one key holds: which axis is that?",
            lambda q, k: q @ k.T / np.sqrt(len(k)),
        ),
        Mistake(
            "k is not transposed. Each query is to meet each key: row times row, not row times column.",
            lambda q, k: q @ k / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "queries and keys have changed places: row i of the scores belongs to query i.",
            lambda q, k: k @ q.T / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "q is transposed instead of k: this compares the numbers of a vector with each other, not the places.",
            lambda q, k: q.T @ k / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "softmax is taken already: the scores themselves are wanted, also negative ones.",
            lambda q, k: softmax_rows(attention_scores(q, k)),
        ),
        Mistake("queries are compared with queries: the keys are not used.", lambda q, k: attention_scores(q, q)),
        Mistake(
            "each query meets only the key of its own place; every query should meet every key.",
            lambda q, k: np.sum(q * k, axis=-1) / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "the root is taken of the scores too, and a negative score has none. It is for d_k alone.",
            lambda q, k: np.sqrt(q @ k.T / q.shape[-1]),
        ),
        Mistake(
            "queries and keys are multiplied place by place (*); the formula has a matrix product.",
            lambda q, k: q * k / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "** comes before /: d ** 1 / 2 is half of d. Brackets around the fraction, or another name for the root.",
            lambda q, k: q @ k.T / (q.shape[-1] / 2),
        ),
        Mistake(
            "** comes before /, and / goes from left to right: s / d ** 1 / 2 is s / d, halved.",
            lambda q, k: q @ k.T / q.shape[-1] / 2,
        ),
        Mistake(
            "d_k is how many numbers one key holds; `size` counts those of all keys together.",
            lambda q, k: q @ k.T / np.sqrt(k.size),
        ),
        Mistake(
            "these are cosines: the lengths of q and k are divided out. Here a long vector may speak louder.",
            lambda q, k: q @ k.T / np.outer(np.linalg.norm(q, axis=-1), np.linalg.norm(k, axis=-1)),
        ),
        Mistake(
            "the sum goes on from pair to pair: each pair of query and key begins at 0 again.",
            lambda q, k: np.cumsum(attention_scores(q, k).ravel()).reshape(len(q), len(k)),
        ),
        Mistake(
            "the root of 2 is fixed in your code: it fits vectors of two numbers only. How long are they here?",
            lambda q, k: q @ k.T / np.sqrt(2),
        ),
    ),
    (
        "Place (i, j) of the result is the dot product of query i with key j, divided by √d_k.",
        "One matrix product does it for all i and j, if k is turned first. How long is one key? k.shape tells.",
        "q @ k.T is (T, T); divide it by np.sqrt of the last number of q.shape.",
    ),
    known=(
        (
            (
                np.array([[1.0, 2.0, 0.0, 2.0], [0.0, 0.0, 2.0, 0.0]]),
                np.array([[2.0, 1.0, 5.0, 0.0], [0.0, -1.0, 1.0, 3.0]]),
            ),
            np.array([[2.0, 2.0], [5.0, 1.0]]),
        ),
    ),
)
