"""A worked cross-entropy of classes: from scores to probabilities to −ln p, and the simplest gradient, p − t."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edunet import ops
from edunet.losses import BinaryCrossentropy, Loss
from edunet.losses.loss import EPSILON
from edunet.show.working.activation import shares
from edunet.show.working.binary import binary
from edunet.show.working.page import Page
from edunet.show.working.run import inputs, on_tape, one_of, place
from edunet.show.working.symbols import index, number
from edunet.tensor import Tensor, gradients

__all__ = ["Case", "loss"]


@dataclass
class Case:
    """What is compared: scores or probabilities x with a target, and what the library computes from them."""

    what: Callable
    name: str
    x: np.ndarray
    target: np.ndarray
    from_scores: bool
    averaged: bool  # a loss is the mean of all examples, an op gives each its own

    def __post_init__(self):
        self.tensor = Tensor(self.x)
        if self.averaged:
            y = self.what(self.target, self.tensor)
        elif self.what is ops.sparse_softmax_crossentropy:
            y = self.what(self.tensor, labels=self.target.astype(int))
        else:
            y = self.what(self.tensor, target=self.target)
        self.y = on_tape(y, self.name)

    def back(self, at, dy):
        """Return the library's gradient for x; with a mean, dy is that of the mean."""
        return gradients(self.y, [self.tensor], one_of(self.y, () if self.averaged else at, dy))[0]

    def weights(self, at, dy, shape):
        """Return what the gradient of each example is multiplied by."""
        return np.full(shape, dy / math.prod(shape)) if self.averaged else one_of(np.zeros(shape), at, dy)

    def compare(self, page, losses, dx, at, dy, shown, size, size_of_gradient):
        """Compare the loss, of all or of one, and the gradient; shown is the entry of the gradient to be printed."""
        if self.averaged:
            page.compare("loss", losses.mean(), self.y.data, size=size)
        else:
            page.compare(f"loss{index(*at)}", losses[at], self.y.data[at], size=size)
        page.compare("dz" if self.from_scores else "dp", dx, self.back(at, dy), at=shown, size=size_of_gradient)


def loss(what, arrays, at, dy):
    """Work out a cross-entropy: a loss takes (y_true, y_pred) as in Keras, an op (z, target)."""
    averaged = isinstance(what, Loss)
    name = type(what).__name__ if averaged else what.__name__
    label = "labels" if what is ops.sparse_softmax_crossentropy else "target"
    names = ("y_true", "y_pred") if averaged else ("z", label)
    first, second = inputs(name if averaged else f"ops.{name}", arrays, names)
    target, x = (first, second) if averaged else (second, first)
    two_classes = isinstance(what, BinaryCrossentropy) or what is ops.sigmoid_crossentropy
    if x.ndim != 2 and not (two_classes and x.ndim == 1):
        raise ValueError(
            f"working: {name}: expected {names[averaged]} (N, K), a row for each example. Received {x.shape}. "
            f"The order is working({name}, {names[0]}, {names[1]})."
        )
    if averaged:
        _refuse_options(what)
        if x.ndim == 2:
            what.check(target, x.shape)
        target = what.align(target, x)
    case = Case(what, name, x, target, not averaged or what.from_logits, averaged)
    return binary(case, at, dy) if two_classes else _classes(case, at, dy)


def _refuse_options(what):
    """Raise ValueError for a loss with an option whose lines are not written out here."""
    plain = {"label_smoothing": 0, "ignore_class": None, "gamma": None, "reduction": "sum_over_batch_size"}
    for option, value in plain.items():
        if getattr(what, option, value) != value:
            kind = type(what).__name__
            raise ValueError(f"working: {kind} is written out in its plain form only, without {option}.")


def _classes(case, at, dy):
    x, N = case.x.astype(float), len(case.x)
    z = x if case.from_scores else np.log(np.clip(x, EPSILON, 1 - EPSILON))
    sparse = case.target.ndim == 1
    t = np.eye(z.shape[1])[case.target.astype(int)] if sparse else case.target.astype(float)
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    losses = -(t * log_p).sum(axis=1)
    at, chosen = place(at, losses, "n", "the table of losses", "the example with the largest loss")
    (n,) = at
    p = np.exp(log_p)
    dz = (p * t.sum(axis=1, keepdims=True) - t) * case.weights(at, dy, losses.shape)[:, None]
    dx = dz if case.from_scores else np.where((x > EPSILON) & (x < 1 - EPSILON), dz / x, 0)

    page = Page(f"{case.name}: the loss of example {n}", case.name)
    k = int(case.target[n]) if sparse else None
    _symbols(page, case, n, k, chosen)
    of_loss = {} if case.averaged else {"loss": ("N", losses.shape)}
    given = {"z" if case.from_scores else "p": ("N,K", x.shape)}
    given |= {"label": ("N", case.target.shape)} if sparse else {"t": ("N,K", case.target.shape)}
    page.shapes("N examples, K classes" + ("; the loss is one number." if case.averaged else "."), **given, **of_loss)
    page.section("Forward, in numbers")
    _forward(page, case, n, k, z[n], p[n], t[n], losses)
    page.section("Backward, in numbers")
    _backward(page, case, n, p[n], t[n], dx[n], dy, N)
    shown = (n, int(np.argmax(np.abs(dx[n]))))
    case.compare(page, losses, dx, at, dy, shown, float(np.abs(z).max()), abs(dy) / (N if case.averaged else 1))
    return page.finish()


def _symbols(page, case, n, k, chosen):
    page.section("Symbols")
    if case.from_scores:
        page.line(f"p[{n},k] = e^(z[{n},k]) / Σ_j e^(z[{n},j])")
    page.line(f"loss[{n}] = −ln p[{n},{k}]" if k is not None else f"loss[{n}] = −Σ_k t[{n},k] · ln p[{n},k]")
    if case.averaged:
        page.line("loss = (1/N) · Σ_n loss[n]")
    truth = f"The true class is {k}: the more probable it was called, the smaller the loss." if k is not None else ""
    page.say(chosen or truth or "t are the true shares of the classes.")
    if chosen and truth:
        page.say(truth)


def _forward(page, case, n, k, z, p, t, losses):
    if case.from_scores:
        shares(page, f"z[{n},k]", f"p[{n},k]", z)
    else:
        page.say("The predictions are probabilities already (after a softmax the library uses its scores instead).")
        rows = [(str(i), *map(float, two)) for i, two in enumerate(zip(case.x[n], t, strict=True))]
        page.terms(("k", f"p[{n},k]", f"t[{n},k]"), rows)
    if k is not None:
        page.line(f"loss[{n}] = −ln({number(p[k])}) = {number(losses[n])}")
    else:
        terms = [(str(i), float(a), float(b), float(-a * np.log(b))) for i, (a, b) in enumerate(zip(t, p, strict=True))]
        head = ("k", f"t[{n},k]", f"p[{n},k]", f"−t[{n},k] · ln p[{n},k]")
        page.terms(head, terms, [(f"loss[{n}]", float(losses[n]))], add=True)
    if case.averaged:
        page.line(f"loss = (1/{len(losses)}) · Σ_n loss[n] = {number(losses.mean())}")


def _backward(page, case, n, p, t, dx, dy, N):
    share = f" / {N}" if case.averaged else ""
    chosen = "dloss" if case.averaged else f"dloss[{n}]"
    page.say(f"Suppose the gradient of the loss is `{chosen} = {number(dy)}`.")
    if case.averaged:
        page.say(f"The loss is the mean of {N} examples: each of them gets a share of 1/{N}.")
    page.say("t is 1 at the true class, else 0. The gradient of a score: what was said minus what is true.")
    page.line(f"dz[{n},k] = (p[{n},k] − t[{n},k]) · {chosen}{share}")
    heads, factor = ["k", f"p[{n},k]", f"t[{n},k]", "p − t"], dy / (N if case.averaged else 1)
    dz = (p * t.sum() - t) * factor
    columns = [p, t, p - t, dz]
    heads.append(f"dz[{n},k]")
    if not case.from_scores:
        page.say("The score behind p is `ln p`, so that the gradient of p is that of z divided by p:")
        columns.append(dx)
        heads.append(f"dp[{n},k] = dz / p")
    page.terms(heads, [(str(k), *map(float, row)) for k, row in enumerate(zip(*columns, strict=True))])
