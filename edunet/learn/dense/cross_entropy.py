"""Exercise cross_entropy: how surprised are we by what happened to the patients?."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["CROSS_ENTROPY"]


def cross_entropy(y, p):
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def labels_and_risks(rng, i):
    y = rng.permutation(np.arange(5 + 2 * i) % 3 == 0).astype(float)
    return y, rng.uniform(0.05, 0.95, size=len(y))


CROSS_ENTROPY = Exercise(
    "cross_entropy",
    "01",
    "how surprised are we by what happened to the patients?",
    cross_entropy,
    labels_and_risks,
    (
        Mistake("the minus sign in front is missing: surprise is positive.", lambda y, p: -cross_entropy(y, p)),
        Mistake(
            "the minus sign reaches one of the two products only: it belongs in front of both, so mind the brackets.",
            lambda y, p: float(np.mean(-y * np.log(p) + (1 - y) * np.log(1 - p))),
        ),
        Mistake(
            "log(1 − p) is not 1 − log(p): first the difference, then the logarithm.",
            lambda y, p: float(-np.mean(y * np.log(p) + (1 - y) * (1 - np.log(p)))),
        ),
        Mistake(
            "two means are added, one over the ill and one over the healthy. It is one mean over all patients.",
            lambda y, p: float(-np.mean(np.log(p[y == 1])) - np.mean(np.log(1 - p[y == 0]))),
        ),
        Mistake(
            "this is the sum over the patients; take the mean, or a large hospital would always look worse.",
            lambda y, p: cross_entropy(y, p) * len(y),
        ),
        Mistake(
            "only the ill count here: (1 − y) log(1 − p) of the healthy is missing.",
            lambda y, p: float(-np.mean(y * np.log(p))),
        ),
        Mistake(
            "only the healthy count here: y log p of the ill is missing.",
            lambda y, p: float(-np.mean((1 - y) * np.log(1 - p))),
        ),
        Mistake("y and p are exchanged: the logarithm is taken of p.", lambda y, p: _exchanged(y, p)),
        Mistake(
            "1 − y and 1 − p have changed places with y and p: the ill are scored as if they were healthy.",
            lambda y, p: cross_entropy(1 - y, p),
        ),
        Mistake(
            "this is the logarithm to base 10; the formula has the natural one, np.log.",
            lambda y, p: cross_entropy(y, p) / np.log(10),
        ),
        Mistake(
            "this is the logarithm to base 2; the formula has the natural one, np.log.",
            lambda y, p: cross_entropy(y, p) / np.log(2),
        ),
        Mistake(
            "this is the mean squared error; here the logarithm of p counts.", lambda y, p: float(np.mean((y - p) ** 2))
        ),
        Mistake(
            "one value for each patient comes out: the mean over them is missing.",
            lambda y, p: -(y * np.log(p) + (1 - y) * np.log(1 - p)),
        ),
    ),
    (
        "Each patient contributes −log of the probability that was given to what really happened.",
        "Where y is 1 that probability is p, where y is 0 it is 1 − p. The factors y and (1 − y) pick the right one.",
        "Minus the np.mean of two products: y with the log of p, and 1 − y with the log of 1 − p.",
    ),
    # -(ln 0.8 + ln 0.5 + ln 0.9)/3, with a table of logarithms
    known=(((np.array([1.0, 0.0, 0.0]), np.array([0.8, 0.5, 0.1])), (0.2231435513 + 0.6931471806 + 0.1053605157) / 3),),
)


def _exchanged(y, p):
    return float(-np.mean(p * np.log(y) + (1 - p) * np.log(1 - y)))
