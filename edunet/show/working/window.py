"""What lies under the window of a convolution or a pooling, and how it is printed."""

import numpy as np

from edunet.show.working.page import Grid
from edunet.show.working.symbols import number

__all__ = ["Window", "filter_grid", "walk", "window_grid"]

LARGEST = 7  # a wider grid is cut: its first five rows or columns, and the last


class Window:
    """The pixels of image n under the window of output (i, j); places beside the image hold 0.

    values (U,V,C), outside (U,V), starts: the first row and column, which may lie before the image.
    """

    def __init__(self, x, n, output, size, stride, dilation, pad):
        self.image = x.shape
        self.dilation = dilation
        self.starts = tuple(i * s - p for i, s, p in zip(output, stride, pad, strict=True))
        steps = zip(self.starts, size, dilation, strict=True)
        self.rows, self.columns = (first + np.arange(u) * d for first, u, d in steps)
        fits = [(at >= 0) & (at < m) for at, m in zip((self.rows, self.columns), x.shape[1:3], strict=True)]
        self.outside = ~(fits[0][:, None] & fits[1])
        self.values = np.zeros((*size, x.shape[3]))
        self.values[~self.outside] = x[n][np.ix_(self.rows[fits[0]], self.columns[fits[1]])].reshape(-1, x.shape[3])

    def put_back(self, dx, n):
        """Return an image of zeros with dx (U,V,C) where the window lies; what falls beside it is dropped."""
        image = np.zeros(self.image)
        for u, v in np.argwhere(~self.outside):
            image[n, self.rows[u], self.columns[v]] += dx[u, v]
        return image

    def where(self, n, flat):
        """Say where the window lies."""
        step = f" in steps of {self.dilation[1]}" if self.dilation[1] > 1 else ""
        place = f"samples {_range(self.columns)}{step} of signal {n}"
        if not flat:
            down = f" in steps of {self.dilation[0]}" if self.dilation[0] > 1 else ""
            place = f"rows {_range(self.rows)}{down} and columns {_range(self.columns)}{step} of image {n}"
        hint = " Places in brackets lie beside it: padding, which counts as 0." if self.outside.any() else ""
        return f"The window lies on {place}.{hint}"


def _range(places):
    return f"`{places[0]}` to `{places[-1]}`"


def walk(start, step, letter) -> str:
    """Write start + step · letter as short as it can be: 3+u, 2·v, -1+u."""
    moving = letter if step == 1 else f"{step}·{letter}"
    return f"{start}+{moving}" if start else moving


def window_grid(caption, window, values, *, winner=None) -> Grid:
    """Print values under a window: in brackets those beside the image, with a star the winner."""
    cells = [[number(v) for v in row] for row in values]
    for u, v in np.argwhere(window.outside):
        cells[u][v] = f"({cells[u][v]})"
    if winner is not None:
        cells[winner[0]][winner[1]] += "*"
    return _cut(caption, cells)


def filter_grid(caption, values) -> Grid:
    """Print the numbers of a filter."""
    return _cut(caption, [[number(v) for v in row] for row in values])


def _cut(caption, cells):
    """Leave out the middle of a large grid, and say so in its caption."""
    rows, columns = len(cells), len(cells[0])
    if columns > LARGEST:
        cells = [[*row[:5], "…", row[-1]] for row in cells]
    if rows > LARGEST:
        cells = [*cells[:5], ["…"] * len(cells[0]), cells[-1]]
    if max(rows, columns) > LARGEST:
        caption += f", {rows} × {columns}, not all printed"
    return Grid(caption, tuple(map(tuple, cells)))
