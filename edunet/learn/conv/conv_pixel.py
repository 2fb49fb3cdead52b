"""Exercise conv_pixel: one number of the output: what the filter says at one place."""

import numpy as np

from edunet.learn.conv.windows import half_turn, window_at
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["CONV_PIXEL"]


def conv_pixel(x, w, b, i, j):
    U, V = w.shape
    return float(np.sum(x[i : i + U, j : j + V] * w) + b)


# with a pencil: at (0, 0) 1·1 + 2·(−1) + 3·2 + 1·0.5 = 5.5; then 4, and below them 3 and 4.5
WIDE_PICTURE = np.array([[1.0, 0.0, 2.0, 1.0], [0.0, 3.0, 1.0, 0.0], [2.0, 1.0, 0.0, 1.0]])
WIDE_FILTER = np.array([[1.0, 0.0, -1.0], [1.0, 2.0, 0.5]])

# (H, W), (U, V), (i, j): some square, so that what is turned or transposed keeps its shape, and some not
PLACES = (((6, 6), (3, 3), (1, 2)), ((7, 9), (3, 3), (3, 1)), ((8, 10), (2, 3), (0, 4)), ((9, 7), (4, 2), (4, 2)))


def _picture_and_place(rng, i):
    picture, window, place = PLACES[i]
    bias = rng.normal() + (3, -9)[i % 2]  # every other answer is negative: relu would show
    return rng.normal(size=picture), rng.normal(size=window), bias, *place


def _taps(x, w, row, column):
    """Add up w[u, v] times the pixel x[row(u), column(v)]; Python counts a negative index from the end."""
    return float(sum(x[row(u), column(v)] * w[u, v] for u, v in np.ndindex(w.shape)))


def _centred(x, w, i, j):
    return _taps(x, w, lambda u: i + u - w.shape[0] // 2, lambda v: j + v - w.shape[1] // 2)


def from_the_end(x, w, i, j):
    return _taps(x, w, lambda u: i - u, lambda v: j - v)


def tap_by_tap(x, w, i, j, rows, columns, weight=lambda w, u, v: w[u, v]):
    """Add up in two loops over the given rows and columns of the filter."""
    return float(sum(x[i + u, j + v] * weight(w, u, v) for u in rows for v in columns))


CONV_PIXEL = Exercise(
    "conv_pixel",
    "05",
    "one number of the output: what the filter says at one place",
    conv_pixel,
    _picture_and_place,
    (
        Mistake(
            "the filter is flipped: this is the convolution of mathematics. Here the first weight lies on the first "
            "pixel of the window.",
            lambda x, w, b, i, j: float(np.sum(window_at(x, w, i, j) * half_turn(w)) + b),
        ),
        Mistake(
            "a minus stands between i and u: so it is in the convolution of mathematics. Here the window lies to the "
            "right of (i, j) and below it.",
            lambda x, w, b, i, j: from_the_end(x, w, i, j) + b,
        ),
        Mistake(
            "the bias is forgotten: b comes once, after the sum.",
            lambda x, w, b, i, j: float(np.sum(window_at(x, w, i, j) * w)),
        ),
        Mistake(
            "rows and columns are exchanged: i counts rows (down), j columns (to the right).",
            lambda x, w, b, i, j: conv_pixel(x, w, b, j, i),
        ),
        Mistake(
            "the window is centred on (i, j). Here (i, j) is its upper left corner.",
            lambda x, w, b, i, j: _centred(x, w, i, j) + b,
        ),
        Mistake(
            "the bias is added to every product, so it counts once for each weight. Add it once, after the sum.",
            lambda x, w, b, i, j: float(np.sum(window_at(x, w, i, j) * w + b)),
        ),
        Mistake(
            "the place is ignored: this is what the filter says in the upper left corner of the picture.",
            lambda x, w, b, i, j: conv_pixel(x, w, b, 0, 0),
        ),
        Mistake(
            "this is the mean of the products; the formula has their sum.",
            lambda x, w, b, i, j: float(np.mean(window_at(x, w, i, j) * w) + b),
        ),
        Mistake(
            "the products are made, but not added up: one number is wanted.",
            lambda x, w, b, i, j: window_at(x, w, i, j) * w + b,
        ),
        Mistake(
            "@ multiplies rows with columns. Here each pixel meets the one weight that lies on it: *.",
            lambda x, w, b, i, j: float(np.sum(window_at(x, w, i, j) @ w) + b),
        ),
        Mistake(
            "the filter is transposed: its rows lie on the rows of the window.",
            lambda x, w, b, i, j: float(np.sum(window_at(x, w, i, j) * w.T) + b),
        ),
        Mistake(
            "u and v are exchanged for the filter: u counts its rows, as i counts those of the picture.",
            lambda x, w, b, i, j: (
                tap_by_tap(x, w, i, j, range(w.shape[0]), range(w.shape[1]), lambda w, u, v: w[v, u]) + b
            ),
        ),
        Mistake(
            "this is a product of matrices, with w.T as well as with w. Each pixel meets the one weight that lies on "
            "it: *.",
            lambda x, w, b, i, j: float(np.sum(window_at(x, w, i, j) @ w.T) + b),
        ),
        Mistake(
            "it is right for square filters only. A filter has U rows and V columns: is one size used for both, or "
            "are rows and columns exchanged (U/V)?",
            lambda x, w, b, i, j: float(np.sum(x[i : i + len(w), j : j + len(w)] * w) + b),
        ),
        Mistake(
            "one size is used for both: the columns of the filter are counted by its rows. It need not be square.",
            lambda x, w, b, i, j: tap_by_tap(x, w, i, j, range(len(w)), range(len(w))) + b,
        ),
        Mistake(
            "u and v run too far where the filter is not square: rows and columns are exchanged (U/V).",
            lambda x, w, b, i, j: tap_by_tap(x, w, i, j, range(w.shape[1]), range(w.shape[0])) + b,
        ),
        Mistake(
            "it is right for filters of 3 × 3 only. Is a 3 written down in your code? Ask the filter for its size.",
            lambda x, w, b, i, j: float(np.sum(x[i : i + 3, j : j + 3] * w) + b),
        ),
        Mistake(
            "it runs over 3 rows and 3 columns, whatever comes in: the filter need not be 3 × 3. Ask it for its size.",
            lambda x, w, b, i, j: tap_by_tap(x, w, i, j, range(3), range(3)) + b,
        ),
        Mistake(
            "the last row and the last column of the window are left out. The end of a range or a slice does not "
            "belong to it already; nothing need be taken off.",
            lambda x, w, b, i, j: float(np.sum((window_at(x, w, i, j) * w)[:-1, :-1]) + b),
        ),
        Mistake(
            "the first row and the first column of the window are left out: Python counts from 0.",
            lambda x, w, b, i, j: float(np.sum((window_at(x, w, i, j) * w)[1:, 1:]) + b),
        ),
        Mistake(
            "all weights meet the same pixel, that at (i, j). The pixel must move with u and v, as the weight does.",
            lambda x, w, b, i, j: float(x[i, j] * np.sum(w) + b),
        ),
    ),
    (
        "Lay the filter on the picture, its upper left corner on (i, j). Which pixels are under it?",
        "Those pixels are a slice of x: rows from i on, as many as w has; columns from j on, as many as w has.",
        "Multiply the slice x[i : i + U, j : j + V] by w, place by place; sum; add b.",
    ),
    # with a pencil: 4·2 + 1·1 + 0·(−1) + 3·0.5 − 1
    known=(
        (
            (
                np.array([[9.0, 9.0, 9.0], [9.0, 4.0, 1.0], [9.0, 0.0, 3.0]]),
                np.array([[2.0, 1.0], [-1.0, 0.5]]),
                -1.0,
                1,
                1,
            ),
            9.5,
        ),
        ((WIDE_PICTURE, WIDE_FILTER, 0.5, 1, 0), 3.5),
    ),
)
