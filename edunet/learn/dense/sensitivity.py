"""Exercise sensitivity: of the ill, what share is found at this threshold?."""

import numpy as np

from edunet.learn.dense.cross_entropy import labels_and_risks
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["SENSITIVITY"]


def sensitivity(y, p, threshold):
    return float(np.sum((y == 1) & (p >= threshold)) / np.sum(y == 1))


def _with_threshold(rng, i):
    y, p = labels_and_risks(rng, i + 4)
    return y, np.where(y == 1, p**0.5, p), float(np.median(p)) + 0.1


SENSITIVITY = Exercise(
    "sensitivity",
    "01",
    "of the ill, what share is found at this threshold?",
    sensitivity,
    _with_threshold,
    (
        Mistake(
            "of those called ill, the share that is ill: that is the positive predictive value (precision). "
            "Sensitivity divides by the number of the ill.",
            lambda y, p, t: float(np.sum((y == 1) & (p >= t)) / np.sum(p >= t)),
        ),
        Mistake(
            "this is the accuracy, the share of all answers that are right. Sensitivity looks at the ill only.",
            lambda y, p, t: float(np.mean((y == 1) == (p >= t))),
        ),
        Mistake(
            "this is the specificity: the share of the healthy that are left in peace.",
            lambda y, p, t: float(np.sum((y == 0) & (p < t)) / np.sum(y == 0)),
        ),
        Mistake(
            "this is the share of the ill that is missed, 1 − sensitivity.",
            lambda y, p, t: float(np.sum((y == 1) & (p < t)) / np.sum(y == 1)),
        ),
        Mistake(
            "the found ill are divided by all patients; divide by the number of the ill.",
            lambda y, p, t: float(np.mean((y == 1) & (p >= t))),
        ),
        Mistake(
            "this is the share of all patients who are called ill; the truth y does not matter in it.",
            lambda y, p, t: float(np.mean(p >= t)),
        ),
        Mistake(
            "the threshold is ignored: 0.5 stands in your code.",
            lambda y, p, t: float(np.sum((y == 1) & (p >= 0.5)) / np.sum(y == 1)),
        ),
        Mistake(
            "this is the mean risk of the ill. How many of them reach the threshold?",
            lambda y, p, t: float(p[y == 1].mean()),
        ),
        Mistake(
            "the healthy who are called ill are counted too: count only where both hold.",
            lambda y, p, t: float(np.sum(p >= t) / np.sum(y == 1)),
        ),
        Mistake(
            "this is a number of patients; divide it by the number of the ill.",
            lambda y, p, t: float(np.sum((y == 1) & (p >= t))),
        ),
        Mistake(
            "a risk exactly at the threshold counts as ill: >=, not >.",
            lambda y, p, t: float(np.sum((y == 1) & (p > t)) / np.sum(y == 1)),
        ),
    ),
    (
        "Two numbers: how many patients are ill, and how many of these are found?",
        "p >= threshold says who is called ill, y == 1 who is ill. & holds where both are true; np.sum counts.",
        "Count (y == 1) & (p >= threshold), divide by the count of y == 1.",
    ),
    known=(
        ((np.array([1.0, 1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.2, 0.7, 0.5, 0.1]), 0.5), 2 / 3),
        ((np.array([1.0, 1.0, 0.0, 0.0, 0.0]), np.array([0.3, 0.6, 0.3, 0.1, 0.8]), 0.3), 1.0),
    ),
)
