"""Exercise dense: a layer of neurons for many patients at once."""

import numpy as np

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["DENSE"]


def dense(x, w, b):
    return x @ w + b


def _row_by_row(x, w, b):
    return np.stack([x[n] @ w for n in range(len(x))]) + b * (np.arange(len(x)) == 0)[:, None]


DENSE = Exercise(
    "dense",
    "01",
    "a layer of neurons for many patients at once",
    dense,
    # square in three trials, or most mistakes would only fail; one where D, N and U differ
    lambda rng, i: (
        (rng.normal(size=(5, 3)), rng.normal(size=(3, 4)), rng.normal(size=4))
        if i == 3
        else (rng.normal(size=(2 + i, 2 + i)), rng.normal(size=(2 + i, 2 + i)), rng.normal(size=2 + i))
    ),
    (
        Mistake("the bias is forgotten: every neuron starts from its own.", lambda x, w, b: x @ w),
        Mistake(
            "the weights are transposed: column u of w belongs to neuron u, and your code takes its row. "
            "Inputs run down the rows of w (D), neurons along its columns (U).",
            lambda x, w, b: x @ w.T + b,
        ),
        Mistake(
            "x and w are multiplied in the wrong order: matrix products do not commute. x stands first.",
            lambda x, w, b: w @ x + b,
        ),
        Mistake("this is the mean over the inputs; the formula has their sum.", lambda x, w, b: x @ w / len(w) + b),
        Mistake("the bias is subtracted; the formula says + b.", lambda x, w, b: x @ w - b),
        Mistake("the first patient alone gets the bias: b belongs to every row.", _row_by_row),
        Mistake("every neuron gets the bias of the first: neuron u has b[u].", lambda x, w, b: x @ w + b[0]),
        Mistake("all biases are added up: neuron u gets b[u] alone.", lambda x, w, b: x @ w + b.sum()),
        Mistake("the bias stands inside the product; it is added after the sum.", lambda x, w, b: x @ (w + b)),
        Mistake(
            "* multiplies place by place. Row times column, added up, is the matrix product @.",
            lambda x, w, b: x * w + b,
        ),
        Mistake(
            "f is applied here already (relu): give back the sums as they are, also negative ones.",
            lambda x, w, b: np.maximum(x @ w + b, 0),
        ),
        Mistake(
            "the bias is multiplied by the number of inputs: is it added inside the sum?",
            lambda x, w, b: x @ w + len(w) * b,
        ),
    ),
    (
        "Every patient is a row of x, every neuron a column of w. Place (n, u) of the result is row n times column u.",
        "That is what the matrix product @ does for all rows and columns at once. NumPy adds b to every row by itself.",
        "The shapes: (N, D) @ (D, U) gives (N, U); then add b, of shape (U,).",
    ),
    known=(
        (
            (
                np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 0.5]]),
                np.array([[2.0, 0.0, 1.0], [1.0, -1.0, 4.0]]),
                np.array([0.5, 0.0, -1.0]),
            ),
            np.array([[4.5, -2.0, 8.0], [-0.5, 1.0, -5.0], [7.0, -0.5, 4.0]]),
        ),
    ),
)
