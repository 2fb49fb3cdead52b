"""A worked step of SimpleRNN: h_t = f(x_t W_x + h_{t−1} W_h + b), and the way back."""

from types import SimpleNamespace

import numpy as np

from edunet.activations import name_of
from edunet.show.working.activation import CURVES
from edunet.show.working.sequence import Back, Sequence, gate
from edunet.show.working.symbols import number

__all__ = ["rnn"]


class Cell:
    """One step of one patient, in float64."""

    names = ("W_x", "W_h", "b")

    def __init__(self, layer):
        self.Wx, self.Wh = layer.kernel.data.astype(float), layer.recurrent_kernel.data.astype(float)
        self.b = np.zeros(layer.units) if layer.bias is None else layer.bias.data.astype(float)
        self.curve = CURVES[name_of(layer.activation)]

    def start(self):
        return (np.zeros(len(self.Wh)),)

    def step(self, x, state):
        a = x @ self.Wx + state[0] @ self.Wh + self.b
        return SimpleNamespace(x=x, before=state, a=a, state=(np.array([self.curve.f(float(v)) for v in a]),))

    def back(self, saved, dstate):
        slope = [self.curve.slope(float(a), float(h)) for a, h in zip(saved.a, saved.state[0], strict=True)]
        da = dstate[0] * slope
        weights = [np.outer(saved.x, da), np.outer(saved.before[0], da), da]
        return Back({"W_x[d,·] · da": self.Wx @ da}, {"W_h[k,·] · da": self.Wh @ da}, (), weights, {"da": da})


def rnn(layer, arrays, at, dy):
    """Work out h[n,t,u] of a SimpleRNN."""
    run = Sequence(layer, arrays, at, dy, Cell)
    u, cell, saved, f = run.u, run.cell, run.saved[-1], name_of(layer.activation)
    a, h = run.now("a"), run.now("h")
    biased = layer.bias is not None
    page = run.page(
        [
            f"{a} = Σ_d {run.now('x', 'd')} · W_x[d,{u}] + Σ_k {run.before()} · W_h[k,{u}]" + f" + b[{u}]" * biased,
            f"{h} = {f}({a})",
        ]
    )
    terms = [(run.now("x", "#"), saved.x, cell.Wx[:, u]), (run.before("h", "#"), saved.before[0], cell.Wh[:, u])]
    gate(page, a, terms, [(f"b[{u}]", cell.b[u])] * biased)
    value = number(saved.a[u])
    page.line(f"{h} = {cell.curve.formula(value)} = {number(saved.state[0][u])}")
    run.begin_backward(page)
    da, y = run.first_back.signals["da"][u], number(saved.state[0][u])
    page.line(f"d{a} = d{h} · f′({a}) = {number(dy)} · ({cell.curve.slope_formula(value, y)}) = {number(da)}")
    run.sent_back(page)
    return run.through_time(page)
