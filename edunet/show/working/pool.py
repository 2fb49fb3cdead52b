"""A worked output of a pooling layer: what lies under the window, what comes out, and who gets the gradient."""

import numpy as np

from edunet.layers.pool import MaxPooling1D, MaxPooling2D
from edunet.ops.conv import placement
from edunet.show.working.page import Page
from edunet.show.working.run import answer, inputs, place
from edunet.show.working.symbols import bracket, index, number
from edunet.show.working.window import Window, walk, window_grid

__all__ = ["pool"]


def pool(layer, arrays, at, dy):
    """Work out y[n,i,j,c], the maximum or the mean under a window."""
    kind = type(layer).__name__
    (x,) = inputs(kind, arrays, ("x",))
    x, y, back = answer(layer, x)
    flat = x.ndim == 3
    at, chosen = place(at, y, "n, t, c" if flat else "n, i, j, c")
    window = _window(layer, x, at)
    inside = ~window.outside
    values = np.where(inside, window.values[:, :, at[-1]], 0)
    largest = isinstance(layer, (MaxPooling1D, MaxPooling2D))
    where = index(*at)

    page = Page(f"{kind}: how y{where} is made", kind)
    page.section("Symbols")
    down, across = walk(window.starts[0], 1, "u"), walk(window.starts[1], 1, "v")
    pixel = f"x[{at[0]}, {across}, {at[-1]}]" if flat else f"x[{at[0]}, {down}, {across}, {at[-1]}]"
    taps = "v" if flat else "uv"
    count = int(inside.sum())
    page.line(f"y{where} = max_{taps} {pixel}" if largest else f"y{where} = (1/{count}) · Σ_{taps} {pixel}")
    page.say(chosen or ("The largest number under the window comes out." if largest else "The mean comes out."))
    steps = f"window {layer.pool_size}, stride {layer.strides}"
    if flat:
        page.shapes(f"N signals of T samples and C channels; {steps}.", x=("N,T,C", x.shape), y=("N,S,C", y.shape))
    else:
        meaning = f"N images of H × W pixels and C channels; {steps}."
        page.shapes(meaning, x=("N,H,W,C", x.shape), y=("N,I,J,C", y.shape))
    page.section("Forward, in numbers")
    page.say(window.where(at[0], flat).replace("which counts as 0", "which takes no part"))
    work = _largest if largest else _mean
    y_hand, dx = work(page, window, values, where, count, dy)
    page.compare(f"y{where}", y_hand, y[at], size=np.abs(values).sum())
    dx_all = np.zeros((*window.values.shape[:2], x.shape[-1]))
    dx_all[:, :, at[-1]] = dx
    whole = window.put_back(dx_all, at[0]).reshape(x.shape)
    page.compare("dx", whole, back(at, dy)[0])
    return page.finish()


def _window(layer, x, at):
    """Return what lies under the window; a signal is an image of one row."""
    if x.ndim == 3:
        size, stride, x, output = (1, layer.pool_size), (1, layer.strides), x[:, None], (0, at[1])
    else:
        size, stride, output = layer.pool_size, layer.strides, at[1:3]
    pad, _ = placement("working", x.shape[1:3], size, stride, (1, 1), layer.padding)
    return Window(x, at[0], output, size, stride, (1, 1), pad)


def _largest(page, window, values, where, count, dy):
    best = values[~window.outside].max()
    winners = np.argwhere((values == best) & ~window.outside)  # row by row
    u, v = winner = tuple(int(i) for i in winners[0])
    page.grids(window_grid("under the window", window, values, winner=winner))
    page.line(f"y{where} = {number(best)}")
    page.say(f"The winner, with a star, lies at u = {u}, v = {v} of the window.")
    if len(winners) > 1:
        page.say(f"{len(winners)} places hold this number; the first of them, row by row, counts as the winner.")
    page.section("Backward, in numbers")
    page.suppose(f"dy{where}", dy)
    page.say("Only the winner has made the output: it gets the whole gradient, the others get 0.")
    dx = np.zeros(values.shape)
    dx[winner] = dy
    page.grids(window_grid("dx under the window", window, dx, winner=winner))
    return best, dx


def _mean(page, window, values, where, count, dy):
    page.grids(window_grid("under the window", window, values))
    total = values[~window.outside].sum()
    page.line(f"y{where} = {bracket(number(total))} / {count} = {number(total / count)}")
    page.section("Backward, in numbers")
    page.suppose(f"dy{where}", dy)
    page.say("All have made the output alike: each of them gets the same share.")
    page.line(f"dx = dy{where} / {count} = {bracket(number(dy))} / {count} = {number(dy / count)}")
    dx = np.where(window.outside, 0, dy / count)
    page.grids(window_grid("dx under the window", window, dx))
    return total / count, dx
