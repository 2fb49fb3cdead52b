"""What SimpleRNN, GRU and LSTM share: one step worked out, and the gradient's way back through time.

A cell computes one step of one patient in float64, forward and back:
    step(x, state) -> saved, with saved.x, saved.before and saved.state, tuples of one state (h,) or two (h, c)
    back(saved, dstate) -> Back
and says in `names` what its pages call the weights, the recurrent weights and the bias.
"""

import copy
from typing import NamedTuple

import numpy as np

from edunet.show.working.page import Page
from edunet.show.working.run import answer, inputs, place
from edunet.show.working.symbols import bracket, number
from edunet.tensor import no_gradients

__all__ = ["Back", "Sequence", "gate", "worked"]


class Back(NamedTuple):
    """What one step sends back: parts, by name, that add up to dx (D,) and dh of the step before (U,)."""

    dx: dict
    dh: dict
    others: tuple  # the gradient of further states, such as the cell
    weights: list  # dW (D,gU), dR (U,gU), db
    signals: dict  # the gradient in each pair of brackets, by name

    def dstate(self):
        return (sum(self.dh.values()), *self.others)


class Sequence:
    """The layer's own numbers for a batch, and one of its sequences worked out by hand up to the chosen step."""

    def __init__(self, layer, arrays, at, dy, cell):
        self.layer, self.kind, self.dy = layer, type(layer).__name__, dy
        (x,) = inputs(self.kind, arrays, ("x",))
        if layer.go_backwards or not layer.has_kernel:
            raise ValueError(
                f"working: {layer.name!r} goes backwards, or has other activations than those of its formula in "
                f"edunet.ops. Worked out is {self.kind}(units) as it comes."
            )
        with no_gradients():
            layer(x.astype(layer.dtype))  # builds it, if nobody has
        every_step = copy.copy(layer)  # the same weights
        every_step.return_sequences, every_step.return_state, every_step.stateful = True, False, False
        self.x, self.h, back = answer(every_step, x)
        last = None if at is not None else np.argmax(np.abs(self.h[0, -1])) if self.h.size else 0
        at, self.chosen = place(at if last is None else (0, self.h.shape[1] - 1, last), self.h, "n, t, u", "h")
        if last is not None:
            self.chosen = (
                f"No place was given: at={at} is the state furthest from 0 at the last step of the first sequence."
            )
        self.n, self.t, self.u = at
        self.from_layer = back(at, dy)
        self.cell = cell(layer)
        self._forward()
        self._backward()

    def _forward(self):
        state, self.saved = self.cell.start(), []
        for s in range(self.t + 1):
            self.saved.append(self.cell.step(self.x[self.n, s].astype(float), state))
            state = self.saved[-1].state

    def _backward(self):
        """Go back from the chosen step to the first; dh[s] is what arrives at the state of step s."""
        dstate = tuple(np.zeros_like(part) for part in self.saved[-1].state)
        dstate[0][self.u] = self.dy
        self.dx, self.dh = np.zeros(self.x.shape), {}
        self.dweights = [np.zeros(w.shape) for w in self.layer.weights]
        for s in range(self.t, -1, -1):
            self.dh[s] = dstate[0]
            back = self.cell.back(self.saved[s], dstate)
            if s == self.t:
                self.first_back = back
            self.dx[self.n, s] = sum(back.dx.values())
            for total, dw in zip(self.dweights, back.weights, strict=False):
                total += dw
            dstate = back.dstate()

    # ---- names of the quantities of this step

    def now(self, letter, unit=None):
        """Return letter[n,t,u]."""
        return f"{letter}[{self.n},{self.t},{self.u if unit is None else unit}]"

    def before(self, letter="h", unit="k"):
        """Return letter[n,t−1,k], or the state before the first step."""
        return f"{letter}[{self.n},{self.t - 1},{unit}]" if self.t else f"{letter}_start[{self.n},{unit}]"

    # ---- parts of the page

    def page(self, symbols, parts=""):
        """Begin the page: symbols and shapes; parts says what stands in W and R side by side."""
        page = Page(f"{self.kind}: how {self.now('h')} is made", self.kind)
        page.section("Symbols")
        for line in symbols:
            page.line(line)
        page.say(self.chosen or "The state is made from the input of this step and from the state before.")
        if self.t == 0:
            page.say("This is the first step: the state before it is 0.")
        many = f"{self.layer.gates}U" if self.layer.gates > 1 else "U"
        axes = (f"D,{many}", f"U,{many}", many if len(self.layer.bias_shape()) == 1 else f"2,{many}")
        shapes = [w.shape for w in self.layer.weights]
        weights = dict(zip(self.cell.names, zip(axes, shapes, strict=False), strict=False))
        meaning = "N sequences (patients) of T steps and D features each; U units. " + parts
        page.shapes(meaning, x=("N,T,D", self.x.shape), **weights, h=("N,T,U", self.h.shape))
        page.section("Forward, in numbers")
        return page

    def begin_backward(self, page):
        page.section("Backward through this step, in numbers")
        page.suppose(f"d{self.now('h')}", self.dy)

    def sent_back(self, page):
        """Write what this step sends to its input and to the state before."""
        page.say("What goes back to the inputs of this step, and to the state before:")
        for letter, parts, name in (("d", self.first_back.dx, self.now("dx", "d")), ("k", self.first_back.dh, None)):
            name = name or f"d{self.before()}"
            columns = [*parts.values(), sum(parts.values())] if len(parts) > 1 else list(parts.values())
            heads = [letter, *parts, name] if len(parts) > 1 else [letter, f"{name} = {next(iter(parts))}"]
            rows = [(str(i), *map(float, row)) for i, row in enumerate(zip(*columns, strict=True))]
            page.terms(heads, rows)

    def through_time(self, page):
        """Write how far the gradient reaches back, compare everything with the layer, and return the page."""
        page.section("Backward through time")
        page.say("The step before does the same with what it gets, and so on to the first step. How much arrives:")
        rows = [
            (str(s), float(np.abs(self.dh[s]).sum()), float(np.abs(self.dx[self.n, s]).sum()))
            for s in range(self.t, -1, -1)
        ]
        page.terms(("step t", f"Σ_k |dh[{self.n},t,k]|", f"Σ_d |dx[{self.n},t,d]|"), rows)
        page.say("The gradient of a weight is the sum over all these steps. Numbers that fade are a memory that fades.")
        self._compare(page)
        return page.finish()

    def _compare(self, page):
        """Compare state and gradients. Rounding grows with the steps, and with what the slope of f is multiplied by."""
        steps, h = self.t + 1, self.h[self.n, : self.t + 1]
        page.compare(self.now("h"), self.saved[-1].state[0][self.u], h[self.t, self.u], size=float(steps))
        dx, *dweights = self.from_layer
        inputs_of = (self.x[self.n], h, np.ones(1))  # of W, R and b
        for name, by_hand, found, a in zip(self.cell.names, self.dweights, dweights, inputs_of, strict=False):
            size = steps * max(abs(self.dy) * float(np.abs(a).max()), float(np.abs(by_hand).max()))
            page.compare(f"d{name}", by_hand, found, size=size)
        size = steps * max(abs(self.dy) * float(np.abs(self.layer.kernel.data).max()), float(np.abs(self.dx).max()))
        page.compare("dx", self.dx, dx, size=size)


def gate(page, sum_name, terms, biases=()):
    """Write the products of one pair of brackets, their sum, plus biases, and return the total.

    terms: triples of a name, with # for the index, the values, and their weights; one for x and one for h.
    """
    rows = [
        (name.replace("#", str(i)), float(v), float(w), float(v * w))
        for name, values, weights in terms
        for i, (v, w) in enumerate(zip(values, weights, strict=True))
    ]
    products = float(sum(row[-1] for row in rows))
    total = products + sum(float(value) for _, value in biases)
    foot = [("sum", products)] * bool(biases) + [(f"+ {name}", float(value)) for name, value in biases]
    page.terms(("", "value", "weight", "product"), rows, [*foot, (sum_name, total)], add=True)
    return total


def worked(page, result, formula, values):
    """Write a formula, the same with its numbers, and its result; result and values are pairs of symbol and number."""
    name, value = result
    numbers = formula
    for symbol in sorted(values, key=len, reverse=True):
        numbers = numbers.replace(symbol, bracket(number(values[symbol])))
    page.line(f"{name} = {formula}")
    page.line(f"{name} = {numbers} = {number(value)}")
