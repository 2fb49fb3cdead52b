"""Exercise conv2d_dx: the gradient for the picture: who has seen this pixel?."""

import numpy as np

from edunet.learn.conv.conv2d import padded_same
from edunet.learn.conv.windows import correlate, half_turn
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["CONV2D_DX"]


def _scatter(dy, w, put):
    """Go through the places and let put(dx, window, what comes back) write into dx."""
    (I, J), (U, V) = dy.shape, w.shape
    dx = np.zeros((I + U - 1, J + V - 1))
    for i in range(I):
        for j in range(J):
            put(dx, (slice(i, i + U), slice(j, j + V)), dy[i, j] * w)
    return dx


def _add(dx, window, back):
    dx[window] += back


def _overwrite(dx, window, back):
    dx[window] = back


def conv2d_dx(dy, w):
    return _scatter(dy, w, _add)


def _exchanged_dx(dy, w):
    """Read (J, I) where the shape of dy says (I, J)."""
    (J, I), (U, V) = dy.shape, w.shape
    dx = np.zeros((I + U - 1, J + V - 1))
    for i in range(I):
        for j in range(J):
            dx[i : i + U, j : j + V] += dy[i, j] * w
    return dx


def _square_dx(dy, w):
    I, U = len(dy), len(w)
    dx = np.zeros((I + U - 1, I + U - 1))
    for i in range(I):
        for j in range(I):
            dx[i : i + U, j : j + U] += dy[i, j] * w
    return dx


def _exchanged_back(dy, w):
    """Read (V, U) where the shape of w says (U, V)."""
    (I, J), (V, U) = dy.shape, w.shape
    dx = np.zeros((I + U - 1, J + V - 1))
    for i in range(I):
        for j in range(J):
            dx[i : i + U, j : j + V] += dy[i, j] * w
    return dx


def _across(dx, window, back):
    rows, columns = window
    U, V = back.shape
    dx[columns.start : columns.start + U, rows.start : rows.start + V] += back


def _zeros_round(dy, rows, columns):
    return np.pad(dy, ((rows, rows), (columns, columns)))


WAYS_BACK = (((4, 4), (2, 2)), ((5, 7), (3, 3)), ((6, 6), (2, 3)), ((7, 5), (4, 2)))  # (I, J), (U, V)


CONV2D_DX = Exercise(
    "conv2d_dx",
    "05",
    "the gradient for the picture: who has seen this pixel?",
    conv2d_dx,
    lambda rng, i: (rng.normal(size=WAYS_BACK[i][0]), rng.normal(size=WAYS_BACK[i][1])),
    (
        Mistake(
            "the filter lies the wrong way round, by half a turn. Follow one pixel: with which part of the filter did "
            "the place to its left see it?",
            lambda dy, w: _scatter(dy, half_turn(w), _add),
        ),
        Mistake(
            "left and right of the filter lie the wrong way round; top and bottom are right.",
            lambda dy, w: _scatter(dy, w[:, ::-1], _add),
        ),
        Mistake(
            "top and bottom of the filter lie the wrong way round; left and right are right.",
            lambda dy, w: _scatter(dy, w[::-1], _add),
        ),
        Mistake(
            "later places overwrite earlier ones: does = stand where += should? Neighbouring windows overlap.",
            lambda dy, w: _scatter(dy, w, _overwrite),
        ),
        Mistake(
            "divided by how often a pixel was seen: the gradients of all places that saw it add up.",
            lambda dy, w: _scatter(dy, w, _add) / _scatter(np.ones_like(dy), np.ones_like(w), _add),
        ),
        Mistake("the filter is transposed.", lambda dy, w: _scatter(dy, w.T, _add)),
        Mistake("dx is transposed.", lambda dy, w: _scatter(dy, w, _add).T),
        Mistake(
            "the border is missing: dx has the shape of x, (I + U − 1, J + V − 1), which is larger than dy. The "
            "pixels at the border were seen too, by few places.",
            lambda dy, w: correlate(dy, half_turn(w)),
        ),
        Mistake(
            "dx has the shape of dy; it must have the shape of x, (I + U − 1, J + V − 1).",
            lambda dy, w: padded_same(dy, half_turn(w), 0),
        ),
        Mistake(
            "w does not appear in it: a pixel feels dy through the weight that lay on it.",
            lambda dy, w: _scatter(dy, np.ones_like(w), _add),
        ),
        Mistake(
            "w is added up, and one number is left of it. Each pixel of a window lay under a weight of its own.",
            lambda dy, w: _scatter(dy, np.full_like(w, w.sum()), _add),
        ),
        Mistake(
            "only the upper left pixel of each window gets something; the others were seen as well.",
            lambda dy, w: np.pad(dy * w[0, 0], ((0, w.shape[0] - 1), (0, w.shape[1] - 1))),
        ),
        Mistake(
            "transposed is not turned by half a turn: what lay at the upper right must come to the lower left.",
            lambda dy, w: correlate(_zeros_round(dy, w.shape[0] - 1, w.shape[1] - 1), w.T),
        ),
        Mistake(
            "there are not enough zeros round dy: at the first place the filter may touch dy with one corner only.",
            lambda dy, w: correlate(_zeros_round(dy, w.shape[0] // 2, w.shape[1] // 2), half_turn(w)),
        ),
        Mistake(
            "rows and columns are exchanged: the first number of dy.shape counts the rows (I), the second the columns "
            "(J).",
            _exchanged_dx,
        ),
        Mistake(
            "it is right for square filters only: rows and columns of the filter are exchanged (U/V).",
            _exchanged_back,
        ),
        Mistake(
            "i and j are exchanged where the window begins: i counts rows, j columns.",
            lambda dy, w: _scatter(dy, w, _across),
        ),
        Mistake(
            "dx has a row and a column too many: with one place only, it would be as large as the filter.",
            lambda dy, w: np.pad(conv2d_dx(dy, w), ((0, 1), (0, 1))),
        ),
        Mistake(
            "one size is used for both, rows and columns: neither dy nor the filter need be square.",
            _square_dx,
        ),
    ),
    (
        "Every output y[i, j] looked at the window that begins at (i, j). On the way back it gives to that window.",
        "Make dx of zeros, (I + U − 1, J + V − 1). For every place (i, j) add dy[i, j] times w to the window there.",
        "In two loops: dx[i : i + U, j : j + V] += ... ; windows overlap, so it must be +=.",
    ),
    # with a pencil
    known=(
        (
            (np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([[1.0, 0.0], [3.0, 5.0]])),
            np.array([[1.0, 2.0, 0.0], [3.0, 10.0, 10.0], [0.0, -3.0, -5.0]]),
        ),
    ),
)
