"""Exercise max_pool2d: of every window keep the largest number."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from edunet.learn.conv.windows import fill_map
from edunet.learn.exercise import Exercise, Mistake

__all__ = ["MAX_POOL2D"]


def _blocks(x, size):
    """Return (I,J,size,size), the windows side by side; what is left over is dropped."""
    return sliding_window_view(x, (size, size))[::size, ::size]


def max_pool2d(x, size):
    return _blocks(x, size).max(axis=(2, 3))


def _with_the_rest(x, size):
    rest = [(0, -n % size) for n in x.shape]
    return max_pool2d(np.pad(x, rest, constant_values=-np.inf), size)


def _tiles(x, size, rows, columns):
    """Pool rows × columns windows, also where the picture has ended."""
    return fill_map((rows, columns), lambda i, j: np.max(x[i * size : (i + 1) * size, j * size : (j + 1) * size]))


def _short_windows(x, size):
    """Let window i end at i + size, though it begins at i · size."""
    H, W = x.shape
    return fill_map((H // size, W // size), lambda i, j: np.max(x[i * size : i + size, j * size : j + size]))


def _mixed(x, size):
    rows, columns = x.shape[0] // size, x.shape[1] // size
    return x[: rows * size, : columns * size].reshape(rows, columns, size, size).max(axis=(2, 3))


def _uncut(x, size):
    return x.reshape(x.shape[0] // size, size, x.shape[1] // size, size).max(axis=(1, 3))


MAX_POOL2D = Exercise(
    "max_pool2d",
    "05",
    "of every window keep the largest number",
    max_pool2d,
    lambda rng, i: (rng.normal(size=(6 + 2 * i, 7 + i)) - 1, 2 + i % 2),
    (
        Mistake(
            "the mean is taken; wanted is the largest number of each window.",
            lambda x, s: _blocks(x, s).mean(axis=(2, 3)),
        ),
        Mistake(
            "windows of negative numbers give 0: does your search begin at 0? Begin at a number of the window.",
            lambda x, s: np.maximum(max_pool2d(x, s), 0),
        ),
        Mistake(
            "the windows overlap: they should stand side by side, so the next begins `size` pixels further.",
            lambda x, s: sliding_window_view(x, (s, s)).max(axis=(2, 3)),
        ),
        Mistake(
            "the windows overlap: the output is small enough, but where does the second window begin, if the first has "
            "used `size` rows?",
            lambda x, s: sliding_window_view(x, (s, s)).max(axis=(2, 3))[: x.shape[0] // s, : x.shape[1] // s],
        ),
        Mistake("the smallest number is kept.", lambda x, s: _blocks(x, s).min(axis=(2, 3))),
        Mistake(
            "the largest size |x| is kept: −5 is less than 1.", lambda x, s: np.abs(_blocks(x, s)).max(axis=(2, 3))
        ),
        Mistake("the first pixel of each window is kept, not the largest.", lambda x, s: _blocks(x, s)[:, :, 0, 0]),
        Mistake("only the first row of each window is looked at.", lambda x, s: _blocks(x, s)[:, :, 0].max(axis=2)),
        Mistake("rows or columns that do not fill a window are pooled too; they are dropped.", _with_the_rest),
        Mistake("this is one number for the whole picture; wanted is one for each window.", lambda x, s: x.max()),
        Mistake(
            "one size is used for both: the picture need not be square, so its columns of windows are counted apart.",
            lambda x, s: _tiles(x, s, len(x) // s, len(x) // s),
        ),
        Mistake(
            "rows and columns are exchanged (H/W): the first number of x.shape counts the rows.",
            lambda x, s: _tiles(x, s, x.shape[1] // s, x.shape[0] // s),
        ),
        Mistake(
            "the windows are always 2 × 2: is a 2 written down in your code? `size` says how large they are.",
            lambda x, s: max_pool2d(x, 2),
        ),
        Mistake(
            "the windows that you compare are too small, or empty: window i begins at the right row, but ends too "
            "early.",
            _short_windows,
        ),
        Mistake(
            "reshape has mixed numbers of different windows: it reads row by row. Which axes lie side by side?",
            _mixed,
        ),
        Mistake(
            "reshape fails when a row or column is left over: what does not fill a window must be cut off before.",
            _uncut,
        ),
        Mistake(
            "rows and columns are dropped at the beginning; those that are left over lie at the end.",
            lambda x, s: max_pool2d(x[x.shape[0] % s :, x.shape[1] % s :], s),
        ),
        Mistake(
            "nothing is compared: this takes one pixel of each window, and one of those that are not full, too.",
            lambda x, s: x[::s, ::s],
        ),
        Mistake("the numbers of a window are added up; keep the largest.", lambda x, s: _blocks(x, s).sum(axis=(2, 3))),
    ),
    (
        "A sheet of squared paper, cut into squares of size × size. Write on each the largest number in it.",
        "There are H // size rows of windows and W // size columns. Window (i, j) begins at row i·size, column j·size.",
        "In two loops: y[i, j] is np.max of the slice of x from i * size to (i + 1) * size, and j likewise.",
    ),
    known=(
        ((np.array([[1.0, 3.0, 0.0], [2.0, -4.0, 9.0], [8.0, 8.0, 8.0]]), 2), np.array([[3.0]])),
        ((np.array([[-1.0, -3.0, 0.5, -2.0], [-2.0, -4.0, 9.0, 1.0]]), 2), np.array([[-1.0, 9.0]])),
    ),
)
