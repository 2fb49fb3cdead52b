"""Exercise conv2d_loops: many pictures, channels and filters: the whole formula as loops."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["CONV2D_LOOPS"]


def conv2d_loops(x, w, b, stride):
    # numbers and loops only: the lesson compiles it
    N, H, W, C = x.shape
    U, V, C, F = w.shape
    I, J = (H - U) // stride + 1, (W - V) // stride + 1
    y = np.zeros((N, I, J, F))
    for n in range(N):
        for i in range(I):
            for j in range(J):
                for f in range(F):
                    total = b[f]
                    for u in range(U):
                        for v in range(V):
                            for c in range(C):
                                total += x[n, i * stride + u, j * stride + v, c] * w[u, v, c, f]
                    y[n, i, j, f] = total
    return y


# (H, W), (U, V), stride: the first leaves one row over, so that a stretched filter still lies on the picture
FILMS = (((7, 7), (2, 2), 2), ((7, 9), (3, 3), 1), ((9, 8), (2, 3), 2), ((9, 12), (3, 2), 3))


def _pictures(rng, i):
    picture, window, stride = FILMS[i]
    channels = 2 + i % 2
    w = rng.normal(size=(*window, channels, channels))
    return rng.normal(size=(1 + i, *picture, channels)), w, rng.normal(size=channels) + 2, stride


def _every_step(x, w, b):
    """Return all places of stride 1."""
    return np.einsum("nijcuv,uvcf->nijf", sliding_window_view(x, w.shape[:2], axis=(1, 2)), w) + b


def _strided(x, w, b, s):
    return _every_step(x, w, b)[:, ::s, ::s]


def _not_moved(x, w, b, s):
    y = _strided(x, w, b, s)
    return _every_step(x, w, b)[:, : y.shape[1], : y.shape[2]]


def _begins(i, j, u, v, s):
    return i * s + u, j * s + v


def _tapped(x, w, b, s, places, pixel=_begins, window=None, weight=lambda w, u, v: w[u, v]):
    """Fill (N, rows, columns, F) tap by tap: where an index runs out of the picture or the filter, this fails."""
    (I, J), (U, V) = places, window or w.shape[:2]
    y = np.zeros((len(x), I, J, w.shape[3])) + b
    for i, j, u, v in np.ndindex(I, J, U, V):
        row, column = pixel(i, j, u, v, s)
        y[:, i, j] += x[:, row, column] @ weight(w, u, v)
    return y


def _as_many(w):
    """Fail as loops do that take filters for channels, unless there are as many of them."""
    if w.shape[2] != w.shape[3]:
        raise IndexError("channels and filters")
    return True


def _squared(x, w, b, s, places):
    """Cut windows of U × U, whatever V is."""
    U, y = len(w), np.zeros((len(x), *places, w.shape[3]))
    for i, j in np.ndindex(*places):
        window = x[:, i * s : i * s + U, j * s : j * s + U]
        y[:, i, j] = np.sum(window[..., None] * w, axis=(1, 2, 3)) + b
    return y


def _places(x, w, s):
    return (x.shape[1] - w.shape[0]) // s + 1, (x.shape[2] - w.shape[1]) // s + 1


CONV2D_LOOPS = Exercise(
    "conv2d_loops",
    "05",
    "many pictures, channels and filters: the whole formula as loops",
    conv2d_loops,
    _pictures,
    (
        Mistake(
            "the filters are flipped: this is the convolution of mathematics. Lay them on as they are.",
            lambda x, w, b, s: _strided(x, w[::-1, ::-1], b, s),
        ),
        Mistake(
            "the filters are flipped in all three directions, channels included. Lay them on as they are.",
            lambda x, w, b, s: _strided(x, w[::-1, ::-1, ::-1], b, s),
        ),
        Mistake(
            "the stride makes the output smaller, but the window still moves by one pixel: where does it begin for "
            "place i?",
            _not_moved,
        ),
        Mistake(
            "the stride is ignored: the filter moves by `stride` pixels each time, and the output has fewer places.",
            lambda x, w, b, s: _every_step(x, w, b),
        ),
        Mistake(
            "the stride stretches the filter (that is called dilation). It belongs to the place i, not to the tap u.",
            lambda x, w, b, s: _tapped(
                x, w, b, s, _places(x, w, s), pixel=lambda i, j, u, v, s: (i + u * s, j + v * s)
            ),
        ),
        Mistake(
            "the stride multiplies too much: it moves the window to its place, but inside the window the pixels are "
            "neighbours.",
            lambda x, w, b, s: _tapped(
                x, w, b, s, _places(x, w, s), pixel=lambda i, j, u, v, s: ((i + u) * s, (j + v) * s)
            ),
        ),
        Mistake(
            "i and j are exchanged where the picture is read: i counts rows, j columns.",
            lambda x, w, b, s: _tapped(
                x, w, b, s, _places(x, w, s), pixel=lambda i, j, u, v, s: (j * s + u, i * s + v)
            ),
        ),
        Mistake(
            "the last row and column of the maps are missing: a filter as wide as the picture has one place, not none.",
            lambda x, w, b, s: _strided(x, w, b, s)[:, :-1, :-1],
        ),
        Mistake("the bias is forgotten: each filter has one.", lambda x, w, b, s: _strided(x, w, 0 * b, s)),
        Mistake(
            "the bias is added with every product; once for each place is enough.",
            lambda x, w, b, s: _strided(x, w, b * w[..., 0].size, s),
        ),
        Mistake(
            "only the first channel is seen: a filter reaches through all channels, and their products are added up.",
            lambda x, w, b, s: _strided(x[..., :1], w[:, :, :1], b, s),
        ),
        Mistake(
            "only the last channel is seen: is the sum set back to its beginning for each channel?",
            lambda x, w, b, s: _strided(x[..., -1:], w[:, :, -1:], b, s),
        ),
        Mistake(
            "channels and filters are exchanged: w has the axes (U, V, C, F).",
            lambda x, w, b, s: _as_many(w) and _strided(x, w.transpose(0, 1, 3, 2), b, s),
        ),
        Mistake(
            "it is right only if there are as many filters as channels: the last axis of w counts the filters, the one "
            "before it the channels.",
            lambda x, w, b, s: _as_many(w) and _strided(x, w, b, s),
        ),
        Mistake(
            "rows and columns of the filters are exchanged: w has the axes (U, V, C, F).",
            lambda x, w, b, s: _tapped(x, w, b, s, _places(x, w, s), weight=lambda w, u, v: w[v, u]),
        ),
        Mistake(
            "u and v run too far where the filter is not square: rows and columns are exchanged (U/V).",
            lambda x, w, b, s: _tapped(x, w, b, s, _places(x, w.transpose(1, 0, 2, 3), s), window=w.shape[1::-1]),
        ),
        Mistake(
            "rows and columns of the pictures are exchanged (H/W): x has the axes (N, H, W, C).",
            lambda x, w, b, s: _tapped(x, w, b, s, _places(x.transpose(0, 2, 1, 3), w, s)),
        ),
        Mistake(
            "one size is used for both: the columns of the output are counted by the rows of the picture.",
            lambda x, w, b, s: _tapped(x, w, b, s, [_places(x, w, s)[0]] * 2),
        ),
        Mistake(
            "the columns of the output are counted with the rows of the filter (U); it need not be square.",
            lambda x, w, b, s: _tapped(x, w, b, s, (_places(x, w, s)[0], (x.shape[2] - w.shape[0]) // s + 1)),
        ),
        Mistake(
            "the columns of the filter are counted by its rows (U); it need not be square.",
            lambda x, w, b, s: _tapped(x, w, b, s, _places(x, w, s), window=(len(w), len(w))),
        ),
        Mistake(
            "one size is used for both, rows and columns: neither the pictures nor the filters need be square.",
            lambda x, w, b, s: _squared(x, w, b, s, [_places(x, w, s)[0]] * 2),
        ),
        Mistake(
            "U is used for both: the filter has V columns, and both the window and the output depend on it.",
            lambda x, w, b, s: _squared(x, w, b, s, (_places(x, w, s)[0], (x.shape[2] - len(w)) // s + 1)),
        ),
        Mistake(
            "the window is cut U × U: the filter has V columns, and the window under it too.",
            lambda x, w, b, s: _squared(x, w, b, s, _places(x, w, s)),
        ),
        Mistake(
            "the window moves by the stride, but the output is not made smaller: so it leaves the picture.",
            lambda x, w, b, s: _tapped(x, w, b, s, _places(x, w, 1)),
        ),
        Mistake(
            "the bias is added once for each channel; once for each place is enough.",
            lambda x, w, b, s: _strided(x, w, b * w.shape[2], s),
        ),
        Mistake(
            "the axes stand in another order: wanted is (N, I, J, F), the filters last. No reshape is needed; to which "
            "place of y do you write?",
            lambda x, w, b, s: np.moveaxis(_strided(x, w, b, s), 3, 1),
        ),
        Mistake(
            "only the first picture is filled: does `return` stand inside the first loop?",
            lambda x, w, b, s: _strided(x, w, b, s) * (np.arange(len(x)) == 0)[:, None, None, None],
        ),
        Mistake(
            "only the last product arrives at each place: does = stand where += should?",
            lambda x, w, b, s: x[:, w.shape[0] - 1 :, w.shape[1] - 1 :, -1:][:, ::s, ::s] * w[-1, -1, -1],
        ),
        Mistake(
            "this is the mean over the channels; the formula has the sum.",
            lambda x, w, b, s: _strided(x, w / w.shape[2], b, s),
        ),
    ),
    (
        "Four loops say which number of the output is made: n, i, j, f. Three more say what is added up: u, v, c.",
        "Start each sum at b[f]. The window of place (i, j) begins at row i·stride and column j·stride.",
        "The innermost line adds the product of a pixel x[n, row, column, c] and a weight w[u, v, c, f], with "
        "row = i * stride + u and column = j * stride + v.",
    ),
    # with a pencil: two channels, one place, 1·1 + 2·3 + 10·0.5 + 20·0.1 + 1
    known=(
        (
            (
                np.array([[[[1.0, 10.0], [2.0, 20.0], [7.0, 7.0]]]]),
                np.array([[[[1.0], [0.5]], [[3.0], [0.1]]]]),
                np.array([1.0]),
                2,
            ),
            np.array([[[[15.0]]]]),
        ),
    ),
)
