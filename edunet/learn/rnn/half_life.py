"""Exercise half_life: after how many steps is half of the memory gone?."""

import math

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["HALF_LIFE"]


def half_life(w):
    return float(-np.log(2) / np.log(w))


HALF_LIFE = Exercise(
    "half_life",
    "08",
    "after how many steps is half of the memory gone?",
    half_life,
    lambda rng, i: (float(rng.uniform(0.6, 0.95)),),
    (
        Mistake(
            "the sign: the logarithm of a number below 1 is negative, a time is not.",
            lambda w: float(np.log(2) / np.log(w)),
        ),
        Mistake("the fraction is upside down.", lambda w: float(-np.log(w) / np.log(2))),
        Mistake(
            "this is the time until 1/e = 37 % is left (the time constant); half is asked for.",
            lambda w: float(-1 / np.log(w)),
        ),
        Mistake(
            "this takes the same amount away in every step; here the same share goes, and it gets less and less.",
            lambda w: float(0.5 / (1 - w)),
        ),
        Mistake(
            "ln 2/(1 − w) is nearly right when w is nearly 1. Exactly it is the logarithm of w.",
            lambda w: float(np.log(2) / (1 - w)),
        ),
        Mistake(
            "two kinds of logarithm are mixed: np.log above and np.log10 (or log2) below the line. Use one of them.",
            lambda w: float(-np.log(2) / np.log10(w)),
        ),
        Mistake("this is what is left after two steps, w².", lambda w: w**2),
        Mistake(
            "this is the inverse: the weight that belongs to a half-life of w steps.", lambda w: float(2 ** (-1 / w))
        ),
        Mistake(
            "whole steps are counted. A half-life may lie between two steps: find the exact t.",
            lambda w: math.ceil(math.log(0.5) / math.log(w) - 1e-9),
        ),
        Mistake(
            "this solves t · w = ½; what is left after t steps is a power of w, not a multiple.",
            lambda w: 0.5 / w,
        ),
        Mistake(
            "this is the logarithm of a product. The unknown t is an exponent: what becomes of the logarithm of "
            "a power?",
            lambda w: -math.log(0.5 * w),
        ),
        Mistake(
            "two kinds of logarithm are mixed: np.log10 above the line, np.log below. Any kind will do, but only one.",
            lambda w: math.log10(0.5) / math.log(w),
        ),
    ),
    (
        "After t steps the share wᵗ is left. For which t is that one half?",
        "Take the logarithm of both sides of wᵗ = ½, and remember ln ½ = −ln 2.",
        "Solve t · ln w = −ln 2 for t.",
    ),
    # 1/2 after one step, 1/4 = (1/2)² in one step, and the cube root of 1/2 to 12 digits
    known=(((0.5,), 1.0), ((0.25,), 0.5), ((0.793700525984,), 3.0)),
)
