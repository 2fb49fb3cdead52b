"""A worked output of Conv2D or Conv1D: the window, the filter, their products, plus the bias, through f; and back."""

import numpy as np

from edunet.ops.conv import placement
from edunet.show.working import activation
from edunet.show.working.page import Page
from edunet.show.working.run import answer, inputs, place
from edunet.show.working.symbols import index, number
from edunet.show.working.window import Window, filter_grid, walk, window_grid

__all__ = ["conv"]

CHANNELS = 3  # of more channels the first two and the last are printed


def conv(layer, arrays, at, dy):
    """Work out y[n,i,j,f] = f(b[f] + Σ_uvc x[n, i·s + u·d − p, j·s + v·d − p, c] · w[u,v,c,f])."""
    kind, flat = type(layer).__name__, layer.axes == 1
    (x,) = inputs(kind, arrays, ("x",))
    x, y, back = answer(layer, x)
    at, chosen = place(at, y, "n, t, f" if flat else "n, i, j, f")
    f = activation.check(layer.activation)
    window = _window(layer, x, at)
    w = layer.kernel.data.astype(float).reshape(*window.values.shape, -1)  # (U,V,C,F)
    b = np.zeros(w.shape[3]) if layer.bias is None else layer.bias.data.astype(float)
    lead, place_ = "".join(f"{i}," for i in at[:-1]), index(*at)
    z = np.tensordot(window.values, w, 3) + b  # (F,)

    page = Page(f"{kind}: how y{place_} is made", kind)
    page.section("Symbols")
    _symbols(page, layer, window, at, lead, f)
    page.say(chosen or "Every pixel under the window is multiplied by the number of the filter that lies on it.")
    _shapes(page, layer, x.shape, y.shape)
    page.section("Forward, in numbers")
    page.say(window.where(at[0], flat))
    size = _sum(page, window, w[..., at[-1]], None if layer.bias is None else b[at[-1]], at, z[at[-1]])
    y_hand = activation.forward(page, f, z, at[-1], lead)

    page.section("Backward, in numbers")
    page.suppose(f"dy{place_}", dy)
    dz = activation.back(page, f, z, y[at[:-1]].astype(float), at[-1], lead, dy)
    dw, dx = window.values[..., None] * dz, w @ dz  # (U,V,C,F), (U,V,C)
    _gradients(page, window, dw, dx, at, f)
    if layer.bias is not None:
        page.line(f"db[{at[-1]}] = dz{place_} = {number(dz[at[-1]])}")

    from_layer = back(at, dy)
    page.compare(f"y{place_}", y_hand, y[at], size=size + abs(b[at[-1]]))
    page.compare("dw", dw.reshape(layer.kernel.shape), from_layer[1], size=abs(dy) * np.abs(window.values).max())
    if layer.bias is not None:
        page.compare("db", dz, from_layer[2], at=at[-1:], size=abs(dy))
    page.compare("dx", window.put_back(dx, at[0]).reshape(x.shape), from_layer[0], size=abs(dy) * np.abs(w).max())
    return page.finish()


def _window(layer, x, at):
    """Return what the filter lies on; a signal is an image of one row."""
    if layer.axes == 2:
        pad, _ = placement(
            "working", x.shape[1:3], layer.kernel_size, layer.strides, layer.dilation_rate, layer.padding
        )
        return Window(x, at[0], at[1:3], layer.kernel_size, layer.strides, layer.dilation_rate, pad)
    size, stride, dilation = layer.kernel_size[0], layer.strides[0], layer.dilation_rate[0]
    if layer.padding == "causal":
        pad = (0, (size - 1) * dilation)
    else:
        pad, _ = placement("working", (1, x.shape[1]), (1, size), (1, stride), (1, dilation), layer.padding)
    return Window(x[:, None], at[0], (0, at[1]), (1, size), (1, stride), (1, dilation), pad)


def _symbols(page, layer, window, at, lead, f):
    n, filter_ = at[0], at[-1]
    bias = "" if layer.bias is None else f"b[{filter_}] + "
    down, across = walk(window.starts[0], window.dilation[0], "u"), walk(window.starts[1], window.dilation[1], "v")
    page.line(f"y[{lead}{filter_}] = {activation.symbol(f, filter_, lead)}")
    if layer.axes == 2:
        page.line(f"z[{lead}{filter_}] = {bias}Σ_uvc x[{n}, {down}, {across}, c] · w[u,v,c,{filter_}]")
    else:
        page.line(f"z[{lead}{filter_}] = {bias}Σ_vc x[{n}, {across}, c] · w[v,c,{filter_}]")


def _shapes(page, layer, x, y):
    bias = ("F", None if layer.bias is None else layer.bias.shape)
    if layer.axes == 1:
        meaning = (
            "N signals of T samples and C channels; F filters of V samples, and S places where each of them stops."
        )
        page.shapes(meaning, x=("N,T,C", x), w=("V,C,F", layer.kernel.shape), b=bias, y=("N,S,F", y))
    else:
        meaning = (
            "N images of H × W pixels and C channels; F filters of U × V pixels, and I × J places where each stops."
        )
        page.shapes(meaning, x=("N,H,W,C", x), w=("U,V,C,F", layer.kernel.shape), b=bias, y=("N,I,J,F", y))


def _shown(channels):
    return list(range(channels)) if channels <= CHANNELS else [0, 1, channels - 1]


def _sum(page, window, w, b, at, z):
    """Write window, filter and products of each channel, then what is added; return the size of all terms."""
    products, f = window.values * w, at[-1]
    shown = _shown(products.shape[2])
    for c in shown:
        page.grids(
            window_grid(f"window, channel {c}", window, window.values[:, :, c]),
            filter_grid(f"filter {f}, channel {c}", w[:, :, c]),
            window_grid("products", window, products[:, :, c]),
        )
    if len(shown) < products.shape[2]:
        page.say(f"Windows are printed for channels {', '.join(map(str, shown))} of {products.shape[2]} only.")
    by_channel = products.sum(axis=(0, 1))
    each = products.shape[0] * products.shape[1]
    page.say(f"The {each} products of each channel are added up:" if each > 1 else "The products are added up:")
    foot = [("all channels", float(by_channel.sum()))] + ([] if b is None else [(f"+ b[{f}]", float(b))])
    rows = [(str(c), float(total)) for c, total in enumerate(by_channel)]
    page.terms(("channel c", "sum of the products"), rows, [*foot, (f"z{index(*at)}", float(z))], add=True)
    return float(np.abs(products).sum())


def _gradients(page, window, dw, dx, at, f):
    """Write what goes back to the filter and to the pixels under the window."""
    place_of_w = f"v,c,{at[-1]}" if len(at) == 3 else f"u,v,c,{at[-1]}"
    page.say("Each weight of the filter gets the pixel it lay on, each pixel the weight that lay on it:")
    back = f"dz{index(*at)} · filter" if f in activation.CURVES else "Σ_k dz[k] · filter[k]"
    page.line(f"dw[{place_of_w}] = dz{index(*at)} · window        dx = {back}")
    if window.outside.any():
        page.say("A gradient in brackets falls on the padding, and is dropped.")
    for c in _shown(dx.shape[2]):
        page.grids(
            filter_grid(f"dw, channel {c}, filter {at[-1]}", dw[:, :, c, at[-1]]),
            window_grid(f"dx under the window, channel {c}", window, dx[:, :, c]),
        )
