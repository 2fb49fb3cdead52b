"""Exercise dense_backward: the way back through a layer: dx, dw and db from dy."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["DENSE_BACKWARD"]


def dense_backward(dy, x, w):
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


DENSE_BACKWARD = Exercise(
    "dense_backward",
    "01",
    "the way back through a layer: dx, dw and db from dy",
    dense_backward,
    lambda rng, i: ((d := 3 + i), rng.normal(size=(d, d)), rng.normal(size=(d, d)), rng.normal(size=(d, d)))[1:],
    (
        Mistake(
            "w is not transposed in dx: on the way back every weight is walked in the other direction, from u to d.",
            lambda dy, x, w: (dy @ w, x.T @ dy, dy.sum(axis=0)),
        ),
        Mistake(
            "x is not transposed in dw: place (d, u) is a sum over the patients, the first axis of both.",
            lambda dy, x, w: (dy @ w.T, x @ dy, dy.sum(axis=0)),
        ),
        Mistake(
            "dw is transposed: it must have the shape of w, inputs down, neurons along.",
            lambda dy, x, w: (dy @ w.T, dy.T @ x, dy.sum(axis=0)),
        ),
        Mistake(
            "db is summed over the neurons instead of the patients: axis=0 is the patients.",
            lambda dy, x, w: (dy @ w.T, x.T @ dy, dy.sum(axis=1)),
        ),
        Mistake(
            "db is a mean; every patient used the bias, so their gradients add up.",
            lambda dy, x, w: (dy @ w.T, x.T @ dy, dy.mean(axis=0)),
        ),
        Mistake(
            "dw is a mean over the patients; the 1/N is in dy already (or is not wanted): add up.",
            lambda dy, x, w: (dy @ w.T, x.T @ dy / len(x), dy.sum(axis=0)),
        ),
        Mistake(
            "db is a single number: one bias for each neuron, so sum over axis=0 only.",
            lambda dy, x, w: (dy @ w.T, x.T @ dy, dy.sum()),
        ),
        Mistake("db is dy itself: the sum over the patients is missing.", lambda dy, x, w: (dy @ w.T, x.T @ dy, dy)),
        Mistake(
            "dw and db are divided by the number of patients; the 1/N is in dy already (or is not wanted).",
            lambda dy, x, w: (dy @ w.T, x.T @ dy / len(x), dy.mean(axis=0)),
        ),
        Mistake(
            "only the last patient counts in dw: does = stand where += should?",
            lambda dy, x, w: (dy @ w.T, np.outer(x[-1], dy[-1]), dy.sum(axis=0)),
        ),
        Mistake(
            "dx uses x where it should use w: y = x w, so x feels dy through w.",
            lambda dy, x, w: (dy @ x.T, x.T @ dy, dy.sum(axis=0)),
        ),
    ),
    (
        "Every gradient has the shape of the thing itself: dx (N, D), dw (D, U), db (U,). From dy (N, U) there is only "
        "one way to multiply so that this comes out.",
        "dx: (N, U) times (U, D). dw: (D, N) times (N, U). db: from (N, U) to (U,).",
        "dx is dy with the transposed weights, dw the transposed input with dy, db the column sums of dy.",
    ),
    returns=("dx", "dw", "db"),
    known=(
        (
            (np.array([[1.0, 2.0]]), np.array([[3.0, 4.0, 5.0]]), np.array([[1.0, 0.0], [0.0, 1.0], [2.0, -1.0]])),
            (np.array([[1.0, 2.0, 0.0]]), np.array([[3.0, 6.0], [4.0, 8.0], [5.0, 10.0]]), np.array([1.0, 2.0])),
        ),
    ),
)
