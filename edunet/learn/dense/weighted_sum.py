"""Exercise weighted_sum: weigh the measurements of one patient, add up, add the bias."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["WEIGHTED_SUM"]


def weighted_sum(x, w, b):
    return float(x @ w + b)


WEIGHTED_SUM = Exercise(
    "weighted_sum",
    "01",
    "weigh the measurements of one patient, add up, add the bias",
    weighted_sum,
    lambda rng, i: (rng.normal(size=3 + i), rng.normal(size=3 + i), rng.normal() + 2),
    (
        Mistake("the bias is forgotten: after the sum comes + b.", lambda x, w, b: float(x @ w)),
        Mistake("the bias is subtracted; the formula says + b.", lambda x, w, b: float(x @ w - b)),
        Mistake(
            "the bias is added to every product, so it counts n times. Add it once, after the sum.",
            lambda x, w, b: float(np.sum(x * w + b)),
        ),
        Mistake(
            "this is the mean of the products; the formula has their sum.", lambda x, w, b: float(np.mean(x * w) + b)
        ),
        Mistake("the products are made, but not added up: one number is wanted.", lambda x, w, b: x * w + b),
        Mistake(
            "the sum of the measurements is multiplied by the sum of the weights; each measurement meets its own.",
            lambda x, w, b: float(x.sum() * w.sum() + b),
        ),
        Mistake(
            "the last product is missing: range(n) ends before n by itself.",
            lambda x, w, b: float(x[:-1] @ w[:-1] + b),
        ),
        Mistake("the first product is missing: Python counts from 0.", lambda x, w, b: float(x[1:] @ w[1:] + b)),
        Mistake("the weights are added to the measurements; multiply them.", lambda x, w, b: float(np.sum(x + w) + b)),
        Mistake(
            "only the first product arrives: is `return` inside the loop, or does = stand where += should?",
            lambda x, w, b: float(x[0] * w[0] + b),
        ),
        Mistake(
            "only the last product arrives: does = stand where += should?", lambda x, w, b: float(x[-1] * w[-1] + b)
        ),
    ),
    (
        "Read the formula aloud: multiply each measurement by its weight, add all products, then add b.",
        "Start with total = 0, go through the places i with a for loop, and at the end add b. Or find the one NumPy "
        "operation that multiplies and adds up.",
        "For two arrays of the same length, a @ c is a[0]·c[0] + a[1]·c[1] + ... .",
    ),
    known=(((np.array([2.0, -1.0]), np.array([0.5, 3.0]), 0.25), -1.75),),
)
