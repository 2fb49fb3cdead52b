"""A worked output of Dense: the products, their sum, plus the bias, through f; and the way back to each weight."""

import numpy as np

from edunet.show.working import activation
from edunet.show.working.page import Page
from edunet.show.working.run import answer, inputs, place
from edunet.show.working.symbols import index, number

__all__ = ["dense"]


def dense(layer, arrays, at, dy):
    """Work out y[n,u] = f(Σ_d x[n,d] · w[d,u] + b[u])."""
    kind = type(layer).__name__
    (x,) = inputs(kind, arrays, ("x",))
    x, y, back = answer(layer, x)
    at, chosen = place(at, y, "n, u" if y.ndim == 2 else "n, ..., u")
    f = activation.check(layer.activation)
    w = layer.kernel.data.astype(float)  # (D,U)
    b = np.zeros(w.shape[1]) if layer.bias is None else layer.bias.data.astype(float)
    row, u, lead = x[at[:-1]].astype(float), at[-1], "".join(f"{i}," for i in at[:-1])
    z = row @ w + b

    page = Page(f"{kind}: how y{index(*at)} is made", kind)
    bias = "" if layer.bias is None else f" + b[{u}]"
    page.section("Symbols")
    page.line(f"y{index(*at)} = {activation.symbol(f, u, lead)}")
    page.line(f"z{index(*at)} = Σ_d x[{lead}d] · w[d,{u}]{bias}")
    page.say(chosen or "Every input is multiplied by its weight; the products are added up.")
    more = "N," if x.ndim == 2 else "N,...,"
    given = {"x": (f"{more}D", x.shape), "w": ("D,U", w.shape), "b": ("U", b.shape if bias else None)}
    page.shapes("N examples (patients), D features, U units.", **given, y=(f"{more}U", y.shape))
    page.section("Forward, in numbers")
    _sum(page, row, w[:, u], b[u] if bias else None, at, lead)
    y_hand = activation.forward(page, f, z, u, lead)

    page.section("Backward, in numbers")
    page.suppose(f"dy{index(*at)}", dy)
    dz = activation.back(page, f, z, y[at[:-1]].astype(float), u, lead, dy)
    dw, dx = np.outer(row, dz), np.zeros(x.shape)
    dx[at[:-1]] = w @ dz
    _gradients(page, f, (row, w[:, u], dw[:, u], dx[at[:-1]]), u, lead)
    if bias:
        page.line(f"db[{u}] = dz{index(*at)} = {number(dz[u])}")

    from_layer = back(at, dy)
    page.compare(f"y{index(*at)}", y_hand, y[at], size=np.abs(row * w[:, u]).sum() + abs(b[u]))
    page.compare("dw", dw, from_layer[1], size=abs(dy) * np.abs(row).max())
    if bias:
        page.compare("db", dz, from_layer[2], at=(u,), size=abs(dy))
    page.compare("dx", dx, from_layer[0], size=abs(dy) * np.abs(w).max())
    return page.finish()


def _sum(page, row, w, b, at, lead):
    """Write the products, their sum, and the bias."""
    products = row * w
    total = float(products.sum())
    foot = [(f"Σ_d x[{lead}d] · w[d,{at[-1]}]", total)] + ([] if b is None else [(f"+ b[{at[-1]}]", float(b))])
    rows = [(str(d), *map(float, three)) for d, three in enumerate(zip(row, w, products, strict=True))]
    foot.append((f"z{index(*at)}", total if b is None else total + float(b)))
    page.terms(("d", f"x[{lead}d]", f"w[d,{at[-1]}]", "product"), rows, foot, add=True)


def _gradients(page, f, columns, u, lead):
    """Write what goes back to each weight and to each input."""
    page.say("A weight is to blame as much as its input was large; an input, as much as its weight was.")
    dx = f"w[d,{u}] · dz[{lead}{u}]" if f in activation.CURVES else f"Σ_k w[d,k] · dz[{lead}k]"
    page.line(f"dw[d,{u}] = x[{lead}d] · dz[{lead}{u}]        dx[{lead}d] = {dx}")
    rows = [(str(d), *map(float, four)) for d, four in enumerate(zip(*columns, strict=True))]
    page.terms(("d", f"x[{lead}d]", f"w[d,{u}]", f"dw[d,{u}]", f"dx[{lead}d]"), rows)
