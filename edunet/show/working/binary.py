"""A worked cross-entropy of yes or no: −t ln p − (1 − t) ln(1 − p), and its gradient, p − t."""

import numpy as np

from edunet.losses.loss import EPSILON
from edunet.show.working.page import Page
from edunet.show.working.run import place
from edunet.show.working.symbols import bracket, index, number

__all__ = ["binary"]


def binary(case, at, dy):
    """Work out one output of a binary cross-entropy; case holds scores or probabilities, and the library's answer."""
    x, t = case.x.astype(float), case.target.astype(float)
    p = np.clip(x, EPSILON, 1 - EPSILON)
    z = x if case.from_scores else np.log(p) - np.log(1 - p)
    p = 0.5 * (1 + np.tanh(z / 2))
    losses = np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))  # finite also where p rounds to 1
    axes = "n, u" if x.ndim == 2 else "n"
    at, chosen = place(at, losses, axes, "the table of losses", "the largest loss of the first example")
    weights = case.weights(at, dy, losses.shape)
    dz = (p - t) * weights
    inside = (x > EPSILON) & (x < 1 - EPSILON)
    dx = dz if case.from_scores else np.where(inside, dz / (p * (1 - p)), 0)

    page = Page(f"{case.name}: the loss of output {index(*at)}", case.name)
    _symbols(page, case, at, chosen, losses)
    _forward(page, case, at, z[at], p[at], t[at], losses)
    _backward(page, case, at, dy, p[at], t[at], dz[at], dx[at], losses)
    slope = 1 if case.from_scores else np.max(1 / (p * (1 - p)))
    size = abs(dy) * float(slope) / (losses.size if case.averaged else 1)
    case.compare(page, losses, dx, at, dy, at, float(np.abs(z).max()), size)
    return page.finish()


def _symbols(page, case, at, chosen, losses):
    i = index(*at)
    page.section("Symbols")
    if case.from_scores:
        page.line(f"p{i} = σ(z{i}) = 1 / (1 + e^(−z{i}))")
    page.line(f"loss{i} = −t{i} · ln p{i} − (1 − t{i}) · ln(1 − p{i})")
    if case.averaged:
        page.line(f"loss = the mean of all {losses.size} outputs")
    page.say(chosen or "t is the truth, 1 for yes and 0 for no; p is how probable yes was called.")
    axes = "N" if losses.ndim == 1 else "N,U"
    of_loss = {} if case.averaged else {"loss": (axes, losses.shape)}
    given = {"z" if case.from_scores else "p": (axes, losses.shape), "t": (axes, losses.shape)}
    page.shapes("N examples, U outputs" + ("; the loss is one number." if case.averaged else "."), **given, **of_loss)


def _forward(page, case, at, z, p, t, losses):
    i, p, t = index(*at), number(p), number(t)
    page.section("Forward, in numbers")
    if case.from_scores:
        page.line(f"p{i} = 1 / (1 + e^(−{bracket(number(z))})) = {p}")
    page.line(f"loss{i} = −{t} · ln({p}) − (1 − {t}) · ln(1 − {p}) = {number(losses[at])}")
    if case.averaged:
        page.line(f"loss = {number(losses.mean())}")


def _backward(page, case, at, dy, p, t, dz, dx, losses):
    i, name, share = index(*at), "dloss" if case.averaged else f"dloss{index(*at)}", ""
    page.section("Backward, in numbers")
    page.say(f"Suppose the gradient of the loss is `{name} = {number(dy)}`.")
    if case.averaged:
        share = f" / {losses.size}"
        page.say(f"The loss is the mean of {losses.size} outputs: each of them gets a share of 1/{losses.size}.")
    page.say("The gradient of the score behind p: what was said minus what is true.")
    page.line(f"dz{i} = (p{i} − t{i}) · {name}{share}")
    page.line(f"dz{i} = ({number(p)} − {number(t)}) · {bracket(number(dy))}{share} = {number(dz)}")
    if not case.from_scores:
        page.say("The score is `ln p − ln(1 − p)`, so that the gradient of p is that of z divided by p (1 − p):")
        page.line(f"dp{i} = {bracket(number(dz))} / ({number(p)} · (1 − {number(p)})) = {number(dx)}")
