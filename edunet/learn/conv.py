"""Exercises of lesson 05: a filter that slides over a picture, and the way back through it."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from edunet.learn.exercise import Exercise, Mistake

__all__ = ["EXERCISES"]


def _correlate(x, w):
    """Slide w (U,V) over x (H,W) and add up the products at every place where it fits."""
    return np.einsum("ijuv,uv->ij", sliding_window_view(x, w.shape), w)


def _turned(w):
    return w[::-1, ::-1]


# ---------------------------------------------------------------- output_size


def output_size(n, u, stride, padding):
    return (n + 2 * padding - u) // stride + 1


SIZES = ((12, 3, 2, 1), (11, 4, 2, 0), (15, 5, 3, 2), (10, 4, 1, 3))  # n, u, stride, padding

OUTPUT_SIZE = Exercise(
    "output_size",
    "05",
    "at how many places does a filter stop along a row?",
    output_size,
    lambda rng, i: SIZES[i],
    (
        Mistake(
            "the first place is not counted: a filter as wide as the row has one place, not none. Is a + 1 missing?",
            lambda n, u, s, p: (n + 2 * p - u) // s,
        ),
        Mistake(
            "the zeros are counted at one end only: `padding` stands at the left and at the right.",
            lambda n, u, s, p: (n + p - u) // s + 1,
        ),
        Mistake("the padding is forgotten: the zeros make the row longer.", lambda n, u, s, p: (n - u) // s + 1),
        Mistake(
            "the padding is subtracted: zeros make the row longer, not shorter.",
            lambda n, u, s, p: (n - 2 * p - u) // s + 1,
        ),
        Mistake(
            "the stride is forgotten: the filter moves by `stride` pixels each time.",
            lambda n, u, s, p: n + 2 * p - u + 1,
        ),
        Mistake(
            "the 1 is divided too: count the steps after the first place, then add that place.",
            lambda n, u, s, p: (n + 2 * p - u + 1) // s,
        ),
        Mistake(
            "a step that does not fit any more is counted: divide and round down.",
            lambda n, u, s, p: -((u - n - 2 * p) // s) + 1,
        ),
        Mistake(
            "half a place comes out: / gives fractions. A step that does not fit is not made; round down.",
            lambda n, u, s, p: (n + 2 * p - u) / s + 1,
        ),
        Mistake(
            'this is the size for padding="same" of the library, which chooses its own zeros. '
            "Here `padding` says how many there are.",
            lambda n, u, s, p: -(-n // s),
        ),
        Mistake(
            "the stride is multiplied; larger steps leave fewer places.", lambda n, u, s, p: (n + 2 * p - u) * s + 1
        ),
    ),
    (
        "Draw it: a row of 7 pixels, a filter of 3, and move the filter by 2. Count the places.",
        "With the zeros the row has n + 2·padding pixels. The filter's left end can go from 0 to that minus u.",
        "Divide that last place by the stride, round down with //, and count place 0 too.",
    ),
    # counted on squared paper
    known=(((7, 3, 2, 0), 3), ((5, 3, 1, 1), 5), ((24, 5, 1, 0), 20)),
)


# ---------------------------------------------------------------- conv_pixel


def conv_pixel(x, w, b, i, j):
    U, V = w.shape
    return float(np.sum(x[i : i + U, j : j + V] * w) + b)


def _picture_and_place(rng, i):
    x, w = rng.normal(size=(6 + i, 6 + i)), rng.normal(size=(3, 3))
    return x, w, rng.normal() + 2, *((1, 2), (3, 1), (0, 4), (4, 2))[i]


def _window(x, w, i, j):
    return x[i : i + w.shape[0], j : j + w.shape[1]]


def _taps(x, w, row, column):
    """Add up w[u, v] times the pixel x[row(u), column(v)]; Python counts a negative index from the end."""
    return float(sum(x[row(u), column(v)] * w[u, v] for u, v in np.ndindex(w.shape)))


def _centred(x, w, i, j):
    return _taps(x, w, lambda u: i + u - w.shape[0] // 2, lambda v: j + v - w.shape[1] // 2)


def _backwards(x, w, i, j):
    return _taps(x, w, lambda u: i - u, lambda v: j - v)


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
            lambda x, w, b, i, j: float(np.sum(_window(x, w, i, j) * _turned(w)) + b),
        ),
        Mistake(
            "a minus stands between i and u: so it is in the convolution of mathematics. Here the window lies to the "
            "right of (i, j) and below it.",
            lambda x, w, b, i, j: _backwards(x, w, i, j) + b,
        ),
        Mistake(
            "the bias is forgotten: after the sum comes + b.",
            lambda x, w, b, i, j: float(np.sum(_window(x, w, i, j) * w)),
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
            lambda x, w, b, i, j: float(np.sum(_window(x, w, i, j) * w + b)),
        ),
        Mistake(
            "the place is ignored: this is what the filter says in the upper left corner of the picture.",
            lambda x, w, b, i, j: conv_pixel(x, w, b, 0, 0),
        ),
        Mistake(
            "this is the mean of the products; the formula has their sum.",
            lambda x, w, b, i, j: float(np.mean(_window(x, w, i, j) * w) + b),
        ),
        Mistake(
            "the products are made, but not added up: one number is wanted.",
            lambda x, w, b, i, j: _window(x, w, i, j) * w + b,
        ),
        Mistake(
            "@ multiplies rows with columns. Here each pixel meets the one weight that lies on it: *.",
            lambda x, w, b, i, j: float(np.sum(_window(x, w, i, j) @ w) + b),
        ),
        Mistake(
            "the filter is transposed: its rows lie on the rows of the window.",
            lambda x, w, b, i, j: float(np.sum(_window(x, w, i, j) * w.T) + b),
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
    ),
)


# ---------------------------------------------------------------- conv2d


def conv2d(x, w, b):
    return _correlate(x, w) + b


def _same(x, w, b):
    U, V = w.shape
    return _correlate(np.pad(x, (((U - 1) // 2, U // 2), ((V - 1) // 2, V // 2))), w) + b


def _everywhere(pixel, x, w):
    rows, columns = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return np.array([[pixel(x, w, i, j) for j in range(columns)] for i in range(rows)])


CONV2D = Exercise(
    "conv2d",
    "05",
    "slide one filter over one picture",
    conv2d,
    lambda rng, i: (rng.normal(size=(6 + i, 6 + i)), rng.normal(size=(2 + i % 3, 2 + i % 3)), rng.normal() + 2),
    (
        Mistake(
            "the filter is flipped, upside down and left to right: this is the convolution of mathematics. In this "
            "field the filter is laid on as it is.",
            lambda x, w, b: _correlate(x, _turned(w)) + b,
        ),
        Mistake(
            'this is padding="same": zeros around the picture, an output of its size. Wanted is "valid": only where '
            "the whole filter lies on the picture.",
            _same,
        ),
        Mistake(
            "the last row and column of the output are missing: along a side of n pixels a filter of u has n − u + 1 "
            "places.",
            lambda x, w, b: (_correlate(x, w) + b)[:-1, :-1],
        ),
        Mistake(
            "a minus stands between i and u, and pixels from the other end of the picture come in: Python takes x[-1] "
            "for the last row. Here the window lies to the right of (i, j) and below it.",
            lambda x, w, b: _everywhere(_backwards, x, w) + b,
        ),
        Mistake("the bias is forgotten: + b at every place.", lambda x, w, b: _correlate(x, w)),
        Mistake(
            "the bias is added with every product; once for each place is enough.",
            lambda x, w, b: _correlate(x, w) + b * w.size,
        ),
        Mistake("the filter is transposed: x[i + u, j + v] meets w[u, v].", lambda x, w, b: _correlate(x, w.T) + b),
        Mistake(
            "the output is transposed: i counts its rows, j its columns.", lambda x, w, b: (_correlate(x, w) + b).T
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
            lambda x, w, b: np.maximum(_correlate(x, w) + b, 0),
        ),
        Mistake(
            "this is the mean under the window; the formula has the sum of the products.",
            lambda x, w, b: _correlate(x, w) / w.size + b,
        ),
    ),
    (
        "You have conv_pixel. A convolution asks it at every place where the filter fits.",
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
    ),
)


# ---------------------------------------------------------------- max_pool2d


def _blocks(x, size):
    """Return (I,J,size,size), the windows side by side; what is left over is dropped."""
    return sliding_window_view(x, (size, size))[::size, ::size]


def max_pool2d(x, size):
    return _blocks(x, size).max(axis=(2, 3))


def _with_the_rest(x, size):
    rest = [(0, -n % size) for n in x.shape]
    return max_pool2d(np.pad(x, rest, constant_values=-np.inf), size)


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
            "the windows overlap: the output is small enough, but window i should begin at row i · size.",
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


# ---------------------------------------------------------------- conv2d_dw


def conv2d_dw(dy, x):
    return _correlate(x, dy)


def _maps(rng, i):
    return rng.normal(size=(3 + i, 3 + i)), rng.normal(size=(5 + 2 * i, 5 + 2 * i))


CONV2D_DW = Exercise(
    "conv2d_dw",
    "05",
    "the gradient for the filter: each weight was used at every place",
    conv2d_dw,
    _maps,
    (
        Mistake(
            "dw comes out turned by half a turn: w[u, v] lay on x[i + u, j + v], so a + belongs between i and u.",
            lambda dy, x: _turned(_correlate(x, dy)),
        ),
        Mistake(
            "dy is flipped. That happens on the way to dx; for dw it lies on x as it is.",
            lambda dy, x: _correlate(x, _turned(dy)),
        ),
        Mistake(
            "divided by the number of places: every place used the weight, so their gradients add up.",
            lambda dy, x: _correlate(x, dy) / dy.size,
        ),
        Mistake("dw is transposed: u counts rows, v columns.", lambda dy, x: _correlate(x, dy).T),
        Mistake("dy is transposed: dy[i, j] meets x[i + u, j + v].", lambda dy, x: _correlate(x, dy.T)),
        Mistake(
            "only one place counts: does = stand where += should? A weight was used at every place.",
            lambda dy, x: dy[-1, -1] * x[dy.shape[0] - 1 :, dy.shape[1] - 1 :],
        ),
        Mistake(
            "x does not appear in it, only dy: a weight feels dy through the pixel it lay on.",
            lambda dy, x: np.full(_correlate(x, dy).shape, dy.sum()),
        ),
        Mistake(
            "the shape is that of x; dw has the shape of the filter, (H − I + 1, W − J + 1).",
            lambda dy, x: _same(x, dy, 0),
        ),
        Mistake(
            "the last row and column are missing: dw has the shape of the filter, (H − I + 1, W − J + 1).",
            lambda dy, x: _correlate(x, dy)[:-1, :-1],
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


# ---------------------------------------------------------------- conv2d_dx


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


CONV2D_DX = Exercise(
    "conv2d_dx",
    "05",
    "the gradient for the picture: who has seen this pixel?",
    conv2d_dx,
    lambda rng, i: (rng.normal(size=(4 + i, 4 + i)), rng.normal(size=(2 + i % 3, 2 + i % 3))),
    (
        Mistake(
            "the filter is not flipped. Follow one pixel: the place to its left saw it with the filter's right part.",
            lambda dy, w: _scatter(dy, _turned(w), _add),
        ),
        Mistake(
            "the filter is turned upside down only; left and right change places too.",
            lambda dy, w: _scatter(dy, w[:, ::-1], _add),
        ),
        Mistake(
            "left and right of the filter are exchanged only; it is turned upside down too.",
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
            lambda dy, w: _correlate(dy, _turned(w)),
        ),
        Mistake(
            "dx has the shape of dy; it must have the shape of x, (I + U − 1, J + V − 1).",
            lambda dy, w: _same(dy, _turned(w), 0),
        ),
        Mistake(
            "w does not appear in it: a pixel feels dy through the weight that lay on it.",
            lambda dy, w: _scatter(dy, np.ones_like(w), _add),
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


# ---------------------------------------------------------------- receptive_field


def receptive_field(windows, strides):
    seen, step = 1, 1
    for u, s in zip(windows, strides, strict=True):
        seen += (int(u) - 1) * step
        step *= int(s)
    return seen


def _layers(rng, i):
    windows = ((5, 2, 3), (3, 2, 3, 2), (7, 3, 2), (3, 5, 2, 4, 3))[i]
    strides = ((2, 3, 1), (1, 2, 1, 2), (3, 1, 2), (2, 1, 2, 1, 3))[i]
    return np.array(windows), np.array(strides)


def _before(strides):
    return np.cumprod(np.append(1, strides[:-1]))


RECEPTIVE_FIELD = Exercise(
    "receptive_field",
    "05",
    "how many pixels of a row does one unit see, through several layers?",
    receptive_field,
    _layers,
    (
        Mistake(
            "the strides are forgotten: behind a stride of 2, neighbours are two pixels apart.",
            lambda u, s: int(1 + np.sum(u - 1)),
        ),
        Mistake(
            "the windows are added up. But two windows of 3, one behind the other, see 5 pixels, not 6: what do you "
            "count twice?",
            lambda u, s: int(np.sum(u)),
        ),
        Mistake("the windows are multiplied; each layer adds to what is seen.", lambda u, s: int(np.prod(u))),
        Mistake(
            "a layer's own stride counts already in its own window. It matters only to the layers behind it.",
            lambda u, s: int(1 + np.sum((u - 1) * np.cumprod(s))),
        ),
        Mistake(
            "only the stride of the layer right before counts in your code; the steps of all earlier layers multiply.",
            lambda u, s: int(1 + np.sum((u - 1) * np.append(1, s[:-1]))),
        ),
        Mistake(
            "each window is multiplied by its own stride. Which strides lie between this layer and the picture?",
            lambda u, s: int(1 + np.sum((u - 1) * s)),
        ),
        Mistake(
            "the strides of the layers behind count in your code; it must be those before.",
            lambda u, s: int(1 + np.sum((u - 1) * np.append(np.cumprod(s[::-1])[::-1][1:], 1))),
        ),
        Mistake(
            "the 1 at the beginning is missing: without any layer a unit sees its own pixel.",
            lambda u, s: int(np.sum((u - 1) * _before(s))),
        ),
        Mistake(
            "a window of u adds u − 1 new pixels, not u: one of them was seen before.",
            lambda u, s: int(1 + np.sum(u * _before(s))),
        ),
    ),
    (
        "One layer of 3 sees 3 pixels; a second layer of 3 behind it sees 5; a third 7. What does each layer add?",
        "Keep two numbers: how many pixels are seen (1 at first), and how far apart neighbours are (1 at first).",
        "For each layer: what is seen grows by (window − 1) times the distance; then the distance is multiplied by "
        "the stride.",
    ),
    # counted on squared paper; the last is the article's network: 3, pool 2, 3, pool 2, 3
    known=(
        ((np.array([3, 3]), np.array([1, 1])), 5),
        ((np.array([3, 2, 3]), np.array([1, 2, 1])), 8),
        ((np.array([3, 2, 3, 2, 3]), np.array([1, 2, 1, 2, 1])), 18),
    ),
)


# ---------------------------------------------------------------- conv2d_loops


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


def _pictures(rng, i):
    side, channels, stride = 6 + i, 2 + i % 2, (2, 1, 2, 3)[i]
    w = rng.normal(size=(2 + i % 2, 2 + i % 2, channels, channels))
    return rng.normal(size=(1 + i, side, side, channels)), w, rng.normal(size=channels) + 2, stride


def _every_step(x, w, b):
    """Return all places of stride 1."""
    return np.einsum("nijcuv,uvcf->nijf", sliding_window_view(x, w.shape[:2], axis=(1, 2)), w) + b


def _strided(x, w, b, s):
    return _every_step(x, w, b)[:, ::s, ::s]


def _not_moved(x, w, b, s):
    y = _strided(x, w, b, s)
    return _every_step(x, w, b)[:, : y.shape[1], : y.shape[2]]


def _dilated(x, w, b, s):
    U, V = w.shape[:2]
    wide = np.zeros(((U - 1) * s + 1, (V - 1) * s + 1, *w.shape[2:]))
    wide[::s, ::s] = w
    y = _strided(x, w, b, s)
    room = np.pad(x, ((0, 0), (0, s * U), (0, s * V), (0, 0)))
    return _every_step(room, wide, b)[:, : y.shape[1], : y.shape[2]]


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
            _dilated,
        ),
        Mistake("the bias is forgotten: each filter f has its b[f].", lambda x, w, b, s: _strided(x, w, 0 * b, s)),
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
            lambda x, w, b, s: _strided(x, w.transpose(0, 1, 3, 2), b, s),
        ),
        Mistake(
            "rows and columns of the filters are exchanged: w has the axes (U, V, C, F).",
            lambda x, w, b, s: _strided(x, w.transpose(1, 0, 2, 3), b, s),
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

EXERCISES = (
    OUTPUT_SIZE,
    CONV_PIXEL,
    CONV2D,
    MAX_POOL2D,
    CONV2D_DW,
    CONV2D_DX,
    RECEPTIVE_FIELD,
    CONV2D_LOOPS,
)
