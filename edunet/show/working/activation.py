"""The f of y = f(z): one number, or for softmax one row, forward and back."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from edunet import activations
from edunet.names import did_you_mean
from edunet.show.working.symbols import bracket, number

__all__ = ["CURVES", "back", "check", "forward", "shares", "symbol"]


class Curve(NamedTuple):
    """An activation of one number: both formulas as text, where z and y stand for the number, and as functions."""

    formula: Callable
    f: Callable
    slope_formula: Callable
    slope: Callable


def _gauss(z):
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _cdf(z):
    return (1 + math.erf(z / math.sqrt(2))) / 2


def _logistic(z):
    return 0.5 * (1 + math.tanh(z / 2))


CURVES = {
    "linear": Curve(lambda z: z, lambda z: z, lambda z, y: "1", lambda z, y: 1.0),
    "relu": Curve(
        lambda z: f"max(0, {z})", lambda z: max(z, 0.0), lambda z, y: f"[{y} > 0]", lambda z, y: float(y > 0)
    ),
    "leaky_relu": Curve(
        lambda z: f"max({z}, 0.2 · {bracket(z)})",
        lambda z: max(z, 0.2 * z),
        lambda z, y: f"[{z} > 0] + 0.2 · [{z} ≤ 0]",
        lambda z, y: 1.0 if z > 0 else 0.2,
    ),
    "elu": Curve(
        lambda z: f"max({z}, 0) + e^(min({z}, 0)) − 1",
        lambda z: z if z > 0 else math.expm1(z),
        lambda z, y: f"min(1, {y} + 1)",
        lambda z, y: min(1.0, y + 1),
    ),
    "sigmoid": Curve(
        lambda z: f"1 / (1 + e^(−{bracket(z)}))",
        _logistic,
        lambda z, y: f"{y} · (1 − {bracket(y)})",
        lambda z, y: y * (1 - y),
    ),
    "tanh": Curve(lambda z: f"tanh({z})", math.tanh, lambda z, y: f"1 − {bracket(y)}²", lambda z, y: 1 - y * y),
    "softplus": Curve(
        lambda z: f"ln(1 + e^({z}))",
        lambda z: max(z, 0.0) + math.log1p(math.exp(-abs(z))),
        lambda z, y: f"1 / (1 + e^(−{bracket(z)}))",
        lambda z, y: _logistic(z),
    ),
    "gelu": Curve(
        lambda z: f"{z} · Φ({z})",
        lambda z: z * _cdf(z),
        lambda z, y: f"Φ({z}) + {z} · φ({z})",
        lambda z, y: _cdf(z) + z * _gauss(z),
    ),
}
ROWS = ("softmax", "log_softmax")


def check(activation) -> str:
    """Return the name of an activation that can be worked out, or raise ValueError."""
    name = activations.name_of(activation)
    if activations.get(activation) is not getattr(activations, name, None):
        known = (*CURVES, *ROWS)
        raise ValueError(
            f"working: expected an activation among {', '.join(known)}. Received: {name!r}."
            + did_you_mean(name, known)
            + " Leave it out, activation=None, to see what comes before it."
        )
    return name


def symbol(name, u, lead) -> str:
    """Write f(z) for unit u."""
    z = f"z[{lead}{u}]"
    if name in ROWS:
        total = f"Σ_k e^(z[{lead}k])"
        return f"e^({z}) / {total}" if name == "softmax" else f"{z} − ln({total})"
    return z if name == "linear" else f"{name}({z})"


def shares(page, score, share, z, *, index="k"):
    """Write softmax of a row as a table and return it; score and share say what its columns are called."""
    top = number(z.max())
    e = np.exp(z - z.max())
    p = e / e.sum()
    page.say("The largest score is subtracted first: that changes nothing, but no `e^(…)` becomes too large.")
    rows = [(str(k), *map(float, three)) for k, three in enumerate(zip(z, e, p, strict=True))]
    power = f"e^({score} − {bracket(top)})"
    page.terms((index, score, power, share), rows)
    page.line(f"Σ_{index} {power} = {number(e.sum())}")
    page.say(f"Each of them divided by their sum is its share `{share}`; the shares add up to 1.")
    return p


def forward(page, name, z, u, lead):
    """Write y = f(z) for unit u of the row z (K,), and return y[u]. lead is what the indices begin with."""
    zu, yu = f"z[{lead}{u}]", f"y[{lead}{u}]"
    if name in CURVES:
        curve = CURVES[name]
        y = curve.f(float(z[u]))
        if name == "linear":
            page.line(f"{yu} = {zu} = {number(y)}")
        else:
            page.line(f"{yu} = {curve.formula(zu)} = {curve.formula(number(z[u]))} = {number(y)}")
        return y
    page.say(f"`{name}` looks at the whole row of scores z:")
    p = shares(page, f"z[{lead}k]", f"p[{lead}k]", z)
    if name == "softmax":
        page.line(f"{yu} = p[{lead}{u}] = {number(p[u])}")
        return p[u]
    page.line(f"{yu} = ln p[{lead}{u}] = {number(np.log(p[u]))}")
    return np.log(p[u])


def back(page, name, z, y, u, lead, dy):
    """Write dz and return it for the whole row (K,), given dy at unit u; y is the row that the layer has given."""
    dz = np.zeros(len(z))
    zu, yu = f"z[{lead}{u}]", f"y[{lead}{u}]"
    if name in CURVES:
        slope = CURVES[name].slope(float(z[u]), float(y[u]))
        dz[u] = dy * slope
        text = CURVES[name].slope_formula
        line = f"d{zu} = d{yu} · f′({zu})"
        if name != "linear":
            line += f" = {number(dy)} · ({text(number(z[u]), number(y[u]))})"
        page.line(f"{line} = {number(dz[u])}")
        if name == "relu" and not y[u] > 0 and dy:
            page.say("relu has stopped the gradient: nothing of this output comes back to the weights.")
        if name == "relu":
            page.say("[y > 0] is 1 where it is true, else 0: relu lets the gradient pass where it let the signal pass.")
        return dz
    p = np.exp(z - z.max())
    p /= p.sum()
    chosen = np.arange(len(z)) == u
    dz = dy * p[u] * (chosen - p) if name == "softmax" else dy * (chosen - p)
    factor = f"d{yu} · p[{lead}{u}]" if name == "softmax" else f"d{yu}"
    page.say("Every score of the row has a part in it, because all shares must sum to 1:")
    page.line(f"dz[{lead}k] = {factor} · ([k = {u}] − p[{lead}k])")
    page.terms(
        ("k", f"p[{lead}k]", f"dz[{lead}k]"),
        [(str(k), float(a), float(b)) for k, (a, b) in enumerate(zip(p, dz, strict=True))],
    )
    return dz
