"""Exercise conv2d: slide one filter over one picture."""

import numpy as np

from edunet.learn.conv.conv_pixel import WIDE_FILTER, WIDE_PICTURE, from_the_end, tap_by_tap
from edunet.learn.conv.windows import correlate, fill_map, half_turn, window_at
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["CONV2D"]


def conv2d(x, w, b):
    return correlate(x, w) + b


def padded_same(x, w, b):
    U, V = w.shape
    return correlate(np.pad(x, (((U - 1) // 2, U // 2), ((V - 1) // 2, V // 2))), w) + b


def _places_of(x, w):
    return x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1


def everywhere(pixel, x, w):
    """Ask pixel(x, w, i, j) at every place where the filter fits."""
    return fill_map(_places_of(x, w), lambda i, j: pixel(x, w, i, j))


def _under(x, w, i, j):
    return np.sum(window_at(x, w, i, j) * w)


def _under_transposed(x, w, i, j):
    return np.sum(window_at(x, w, i, j) * w.T)


def _swapped_taps(x, w, i, j):
    return tap_by_tap(x, w, i, j, range(w.shape[0]), range(w.shape[1]), lambda w, u, v: w[v, u])


def _square_under(x, w, i, j):
    return np.sum(x[i : i + len(w), j : j + len(w)] * w)


def _exchanged_places(pixel, x, w):
    """Take the picture's columns for its rows when the places are counted."""
    rows, columns = x.shape[1] - w.shape[0] + 1, x.shape[0] - w.shape[1] + 1
    return fill_map((rows, columns), lambda i, j: pixel(x, w, i, j))


def _all_taps(x, w, i, j):
    return tap_by_tap(x, w, i, j, range(w.shape[0]), range(w.shape[1]))


def clipped(full, rows, columns):
    """Return full with zeros wherever the loops did not come."""
    y = np.zeros_like(full)
    y[:rows, :columns] = full[:rows, :columns]
    return y


def _zeros_around(x, w, b):
    y = np.zeros_like(x)
    full = correlate(x, w) + b
    y[: full.shape[0], : full.shape[1]] = full
    return y


def _never_set_back(x, w, b):
    sums = correlate(x, w)
    return np.cumsum(sums).reshape(sums.shape) + b


def _written_across(full):
    """Write the number of place (i, j) to [j, i] of a map of the right shape."""
    y = np.zeros_like(full)
    for i, j in np.ndindex(full.shape):
        y[j, i] = full[i, j]
    return y


SLIDES = (((6, 6), (2, 2)), ((7, 10), (3, 3)), ((11, 8), (2, 3)), ((9, 9), (4, 2)))  # (H, W), (U, V)


CONV2D = Exercise(
    "conv2d",
    "05",
    "slide one filter over one picture",
    conv2d,
    lambda rng, i: (rng.normal(size=SLIDES[i][0]), rng.normal(size=SLIDES[i][1]), rng.normal() + 2),
    (
        Mistake(
            "the filter is flipped, upside down and left to right: this is the convolution of mathematics. In this "
            "field the filter is laid on as it is.",
            lambda x, w, b: correlate(x, half_turn(w)) + b,
        ),
        Mistake(
            'this is padding="same": zeros around the picture, an output of its size. Wanted is "valid": only where '
            "the whole filter lies on the picture.",
            padded_same,
        ),
        Mistake(
            "the last row and column of the output are missing: a filter as wide as the picture has one place, not "
            "none.",
            lambda x, w, b: (correlate(x, w) + b)[:-1, :-1],
        ),
        Mistake(
            "a minus stands between i and u, and pixels from the other end of the picture come in: Python takes x[-1] "
            "for the last row. Here the window lies to the right of (i, j) and below it.",
            lambda x, w, b: everywhere(from_the_end, x, w) + b,
        ),
        Mistake("the bias is forgotten: b is added at every place.", lambda x, w, b: correlate(x, w)),
        Mistake(
            "the bias is added with every product; once for each place is enough.",
            lambda x, w, b: correlate(x, w) + b * w.size,
        ),
        Mistake(
            "the filter is transposed: its rows lie on the rows of the picture.",
            lambda x, w, b: everywhere(_under_transposed, x, w) + b,
        ),
        Mistake(
            "u and v are exchanged for the filter: u counts its rows, as i counts those of the picture.",
            lambda x, w, b: everywhere(_swapped_taps, x, w) + b,
        ),
        Mistake("the output is transposed: i counts its rows, j its columns.", lambda x, w, b: (correlate(x, w) + b).T),
        Mistake(
            "i and j are exchanged where the picture is read or where the output is written: i counts rows, j columns.",
            lambda x, w, b: _written_across(correlate(x, w) + b),
        ),
        Mistake(
            "rows and columns are exchanged (H/W): it is right for square pictures only. The first number of x.shape "
            "counts the rows.",
            lambda x, w, b: _exchanged_places(_under, x, w) + b,
        ),
        Mistake(
            "your code leaves the picture (or its map) unless the picture is square: rows and columns are exchanged "
            "(H/W).",
            lambda x, w, b: _exchanged_places(_all_taps, x, w) + b,
        ),
        Mistake(
            "u and v run too far where the filter is not square: rows and columns are exchanged (U/V).",
            lambda x, w, b: (
                everywhere(lambda x, w, i, j: tap_by_tap(x, w, i, j, range(w.shape[1]), range(len(w))), x, w) + b
            ),
        ),
        Mistake(
            "rows and columns are exchanged where the output is made: it has room for the wrong number of each.",
            lambda x, w, b: (
                everywhere(lambda x, w, i, j: np.zeros(_places_of(x, w)[::-1])[i, j], x, w) + correlate(x, w) + b
            ),
        ),
        Mistake(
            "the columns of the filter are counted by its rows; it need not be square.",
            lambda x, w, b: (
                everywhere(lambda x, w, i, j: tap_by_tap(x, w, i, j, range(len(w)), range(len(w))), x, w) + b
            ),
        ),
        Mistake(
            "one size is used for both, rows and columns: neither the picture nor the filter need be square.",
            lambda x, w, b: fill_map([len(x) - len(w) + 1] * 2, lambda i, j: _square_under(x, w, i, j)) + b,
        ),
        Mistake(
            "one number of places is used for both: a picture that is not square has more of them in one direction.",
            lambda x, w, b: fill_map([len(x) - len(w) + 1] * 2, lambda i, j: _under(x, w, i, j)) + b,
        ),
        Mistake(
            "it is right for square filters only. A filter has U rows and V columns: is one size used for both, or "
            "are they exchanged (U/V)?",
            lambda x, w, b: everywhere(_square_under, x, w) + b,
        ),
        Mistake(
            "the last row and column of the output stay 0: it has room for them, but the loops stop one too early.",
            lambda x, w, b: clipped(correlate(x, w) + b, x.shape[0] - w.shape[0], x.shape[1] - w.shape[1]),
        ),
        Mistake(
            "only the first row of the output is filled: does `return` stand inside the outer loop?",
            lambda x, w, b: clipped(correlate(x, w) + b, 1, x.shape[1]),
        ),
        Mistake(
            "only the first number of the output is filled: does `return` stand inside the inner loop?",
            lambda x, w, b: clipped(correlate(x, w) + b, 1, 1),
        ),
        Mistake(
            "the output is as large as the picture, with zeros at its right and below. It must have as many numbers as "
            "there are places.",
            _zeros_around,
        ),
        Mistake(
            "the sum is not set back: each place goes on adding where the one before it stopped.",
            _never_set_back,
        ),
        Mistake(
            "only the last product arrives at each place: does = stand where += should?",
            lambda x, w, b: x[w.shape[0] - 1 :, w.shape[1] - 1 :] * w[-1, -1] + b,
        ),
        Mistake(
            "only the last product arrives, and b got lost: does = stand where += should?",
            lambda x, w, b: x[w.shape[0] - 1 :, w.shape[1] - 1 :] * w[-1, -1],
        ),
        Mistake(
            "f is applied here already (relu): give back the sums as they are, also negative ones.",
            lambda x, w, b: np.maximum(correlate(x, w) + b, 0),
        ),
        Mistake(
            "this is the mean under the window; the formula has the sum of the products.",
            lambda x, w, b: correlate(x, w) / w.size + b,
        ),
    ),
    (
        "One place is exercise 2, conv_pixel. A convolution asks the same at every place where the filter fits.",
        "The output has H − U + 1 rows and W − V + 1 columns. Make it with np.zeros, and fill it in two loops.",
        "Inside the loops: y[i, j] is the sum of the window at (i, j) times w, plus b.",
    ),
    # with a pencil; NumPy's own sliding products are not in it
    known=(
        (
            (
                np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0], [2.0, 1.0, 0.0]]),
                np.array([[1.0, 2.0], [0.0, -1.0]]),
                0.5,
            ),
            np.array([[-1.5, 3.5], [5.5, 5.5]]),
        ),
        ((WIDE_PICTURE, WIDE_FILTER, 0.5), np.array([[6.0, 4.5], [3.5, 5.0]])),
    ),
)
