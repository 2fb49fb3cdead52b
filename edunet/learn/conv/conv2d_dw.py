"""Exercise conv2d_dw: the gradient for the filter: each weight was used at every place."""

import numpy as np

from edunet.learn.conv.conv2d import clipped, everywhere, padded_same
from edunet.learn.conv.windows import correlate, fill_map, half_turn, window_at
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["CONV2D_DW"]


def conv2d_dw(dy, x):
    return correlate(x, dy)


MAPS = (((3, 3), (5, 5)), ((4, 4), (7, 9)), ((5, 3), (9, 9)), ((4, 6), (9, 8)))  # (I, J), (H, W)


def _maps(rng, i):
    return rng.normal(size=MAPS[i][0]), rng.normal(size=MAPS[i][1])


def _exchanged_dw(dy, x):
    """Read (J, I) and (W, H) where the shapes say (I, J) and (H, W)."""
    J, I = dy.shape
    U, V = x.shape[1] - J + 1, x.shape[0] - I + 1
    return fill_map((U, V), lambda u, v: np.sum(dy * x[u : u + I, v : v + J]))


def _given_back(dy, x, places, weights):
    """Go through I × J places, each of which gives to all U × V weights."""
    (I, J), (U, V) = places, weights
    dw = np.zeros((U, V))
    for i in range(I):
        for j in range(J):
            dw += dy[i, j] * x[i : i + U, j : j + V]
    return dw


def _square_dw(dy, x):
    I = len(dy)
    U = len(x) - I + 1
    return fill_map((U, U), lambda u, v: np.sum(dy * x[u : u + I, v : v + I]))


CONV2D_DW = Exercise(
    "conv2d_dw",
    "05",
    "the gradient for the filter: each weight was used at every place",
    conv2d_dw,
    _maps,
    (
        Mistake(
            "dw comes out turned by half a turn: the first weight of the filter lay on the first pixel of each window.",
            lambda dy, x: half_turn(correlate(x, dy)),
        ),
        Mistake(
            "dy is flipped. That happens on the way to dx; for dw it lies on x as it is.",
            lambda dy, x: correlate(x, half_turn(dy)),
        ),
        Mistake(
            "divided by the number of places: every place used the weight, so their gradients add up.",
            lambda dy, x: correlate(x, dy) / dy.size,
        ),
        Mistake("dw is transposed: u counts rows, v columns.", lambda dy, x: correlate(x, dy).T),
        Mistake(
            "dy is transposed: its rows lie on the rows of the picture.",
            lambda dy, x: everywhere(lambda x, dy, u, v: np.sum(dy.T * window_at(x, dy, u, v)), x, dy),
        ),
        Mistake(
            "only one place counts: does = stand where += should? A weight was used at every place.",
            lambda dy, x: dy[-1, -1] * x[dy.shape[0] - 1 :, dy.shape[1] - 1 :],
        ),
        Mistake(
            "x does not appear in it, only dy: a weight feels dy through the pixel it lay on.",
            lambda dy, x: np.full(correlate(x, dy).shape, dy.sum()),
        ),
        Mistake(
            "the shape is that of x; dw has the shape of the filter, (H − I + 1, W − J + 1).",
            lambda dy, x: padded_same(x, dy, 0),
        ),
        Mistake(
            "the last row and column are missing: dw has the shape of the filter, (H − I + 1, W − J + 1).",
            lambda dy, x: correlate(x, dy)[:-1, :-1],
        ),
        Mistake(
            "the last row and column of dw stay 0: it has room for them, but the loops stop one too early.",
            lambda dy, x: clipped(correlate(x, dy), x.shape[0] - dy.shape[0], x.shape[1] - dy.shape[1]),
        ),
        Mistake(
            "dy does not appear in it, only the pixels: how much each place matters is what dy says.",
            lambda dy, x: correlate(x, np.ones_like(dy)),
        ),
        Mistake(
            "dy is added up first, and one number is left of it. Each number of dy belongs to a place, and so to "
            "pixels of its own.",
            lambda dy, x: dy.sum() * x[: x.shape[0] - dy.shape[0] + 1, : x.shape[1] - dy.shape[1] + 1],
        ),
        Mistake(
            "nothing comes out, an empty array: the large one slides over the small one. Are dy and x exchanged?",
            lambda dy, x: np.array([]),
        ),
        Mistake(
            "rows and columns are exchanged (H/W): the first number of a shape counts the rows, for dy and for x.",
            _exchanged_dw,
        ),
        Mistake(
            "rows and columns are exchanged (H/W), for dy and for x: it is right for squares only.",
            lambda dy, x: _given_back(
                dy, x, dy.shape[::-1], (x.shape[1] - dy.shape[1] + 1, x.shape[0] - dy.shape[0] + 1)
            ),
        ),
        Mistake(
            "rows and columns of the picture are exchanged (H/W): the first number of x.shape counts the rows.",
            lambda dy, x: _given_back(dy, x, dy.shape, (x.shape[1] - dy.shape[0] + 1, x.shape[0] - dy.shape[1] + 1)),
        ),
        Mistake(
            "one size is used for both, rows and columns: neither the picture nor dy need be square.",
            _square_dw,
        ),
        Mistake(
            "dw is always 3 × 3: is a 3 written down in your code? The shapes of x and dy tell how large the filter "
            "was.",
            lambda dy, x: fill_map((3, 3), lambda u, v: np.sum(dy * window_at(x, dy, u, v))),
        ),
    ),
    (
        "Take one weight, w[0, 0]. Which pixel did it meet for the output y[i, j]? And w[u, v]?",
        "dw[u, v] is the sum over all (i, j) of dy[i, j] times the pixel that w[u, v] lay on then.",
        "That is the sum of dy times a slice of x which begins at (u, v) and has the shape of dy: you know this "
        "operation already.",
    ),
    # with a pencil
    known=(
        (
            (
                np.array([[1.0, 0.0], [0.0, -2.0]]),
                np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0], [4.0, 0.0, 1.0]]),
            ),
            np.array([[-1.0, -4.0], [0.0, -1.0]]),
        ),
    ),
)
