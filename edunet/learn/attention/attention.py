"""Exercise attention: what every query brings back: Z = A V."""

import numpy as np

from edunet.learn.attention.attention_scores import attention_scores
from edunet.learn.attention.looking_back import looking_back
from edunet.learn.attention.softmax import stable_softmax
from edunet.learn.attention.softmax_rows import softmax_rows
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["ATTENTION"]


def attention(q, k, v):
    return softmax_rows(attention_scores(q, k)) @ v


def _self_attention(rng, i):
    d, T = ((3, 3), (4, 5), (2, 3), (5, 2))[i]
    return tuple(1.5 * rng.normal(size=(T, d)) for _ in range(3))


ATTENTION = Exercise(
    "attention",
    "10",
    "what every query brings back: Z = A V",
    attention,
    _self_attention,
    (
        Mistake(
            "softmax is missing: the scores weigh the values as they are.", lambda q, k, v: attention_scores(q, k) @ v
        ),
        Mistake(
            "the exponentials weigh the values, but are not divided by the sum of their row: shares must sum to 1.",
            lambda q, k, v: np.exp(attention_scores(q, k)) @ v,
        ),
        Mistake(
            "softmax runs over the queries: the shares of one query, a row of A, must sum to 1.",
            lambda q, k, v: stable_softmax(attention_scores(q, k), axis=0) @ v,
        ),
        Mistake(
            "softmax runs over the whole table: every query has a whole of its own to share out.",
            lambda q, k, v: stable_softmax(attention_scores(q, k), axis=None) @ v,
        ),
        Mistake("the scale 1/√d_k is missing inside the softmax.", lambda q, k, v: softmax_rows(q @ k.T) @ v),
        Mistake(
            "divided by d_k in all; the formula has its square root. Is the root forgotten, or is it there twice: does "
            "attention_scores divide already?",
            lambda q, k, v: softmax_rows(q @ k.T / q.shape[-1]) @ v,
        ),
        Mistake(
            "1/√d_k comes after the softmax: then it only makes everything smaller. It belongs to the scores.",
            lambda q, k, v: softmax_rows(q @ k.T) @ v / np.sqrt(q.shape[-1]),
        ),
        Mistake(
            "the weights mix the keys. Keys are there to be found; what is brought back are the values.",
            lambda q, k, v: softmax_rows(attention_scores(q, k)) @ k,
        ),
        Mistake(
            "A is transposed: query i takes the shares of row i.",
            lambda q, k, v: softmax_rows(attention_scores(q, k)).T @ v,
        ),
        Mistake(
            "queries and keys have changed places: the queries look, the keys are looked at.",
            lambda q, k, v: attention(k, q, v),
        ),
        Mistake(
            "this is A, the weights: the values are still to be mixed.",
            lambda q, k, v: softmax_rows(attention_scores(q, k)),
        ),
        Mistake(
            "softmax is taken of the result instead of the scores.",
            lambda q, k, v: softmax_rows(attention_scores(q, k) @ v),
        ),
        Mistake(
            "the star of the article was read as element by element: Z = A * V is the matrix product.",
            lambda q, k, v: softmax_rows(attention_scores(q, k)) * v,
        ),
        Mistake(
            "v stands before A. The shares of query i are row i of A, and that row is to meet the columns of v.",
            lambda q, k, v: v.T @ softmax_rows(attention_scores(q, k)),
        ),
        Mistake(
            "a mask is in it: later keys are not seen. Here everybody sees everybody; the mask comes in exercise 4.",
            lambda q, k, v: looking_back(attention_scores(q, k)) @ v,
        ),
        Mistake(
            "k and v have changed places: the order is q, k, v. (Keras has q, v, k.)",
            lambda q, k, v: attention(q, v, k),
        ),
        Mistake(
            "the query is added to what it brings back. Many networks do that, but outside: Z is the mixture alone.",
            lambda q, k, v: q + attention(q, k, v),
        ),
        Mistake(
            "each query takes its best value only. It should take a mean of all, weighed by its shares.",
            lambda q, k, v: v[attention_scores(q, k).argmax(axis=-1)],
        ),
    ),
    (
        "Three steps: scores (T, T), shares (T, T), then for each query the mean of the values, weighed by its shares.",
        "You have written the first two. The third is a matrix product: (T, T) with (T, d).",
        "softmax_rows of attention_scores of q and k gives A; then A @ v.",
    ),
    known=(
        # scores of the first query: 0 and ln 3, shares 1/4 and 3/4; of the second: 0 and 0, shares 1/2 and 1/2
        (
            (np.array([[np.log(3.0)], [0.0]]), np.array([[0.0], [1.0]]), np.array([[8.0], [4.0]])),
            np.array([[5.0], [6.0]]),
        ),
    ),
)
