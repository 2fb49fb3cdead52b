"""A worked step of an optimizer: from the gradient of one weight to its new value."""

import copy
import math

import numpy as np

from edunet.optimizers import SGD, Adam, RMSprop
from edunet.show.working.page import Page
from edunet.show.working.run import inputs, place
from edunet.show.working.symbols import bracket, index, number
from edunet.tensor import Tensor

__all__ = ["update"]


def update(optimizer, arrays, at, dy):
    """Work out one weight's step. Arrays: w, its gradient dw, and the running values if they are not 0."""
    name, slots = type(optimizer).__name__, optimizer.slots
    _refuse_options(optimizer)
    w, dw, *values = _arrays(optimizer, arrays)
    chosen = ""
    if at is None and dw.size:
        at = tuple(int(i) for i in np.unravel_index(np.argmax(np.abs(dw)), dw.shape))
        chosen = f"No place was given: at={at} has the gradient furthest from 0."
    at, _ = place(at, w, "one for each axis of w", "w")
    before = {key: float(a[at]) for key, a in zip(("w", "dw", *slots), (w, dw, *values), strict=True)}
    t = optimizer.iterations + 1
    writer = next(write for kind, write in _WRITERS.items() if isinstance(optimizer, kind))
    lines, by_hand = writer(optimizer, before, t)

    page = Page(f"{name}: the step of w{index(*at)}", name)
    page.section("Symbols")
    for symbols, _ in lines:
        page.line(symbols)
    page.say(chosen or "Every weight takes its own step; here is the one that was asked for.")
    page.section("Shapes")
    page.line(f"{', '.join(before)}: {w.shape}")
    page.say("Every weight has its own gradient and its own running values.")
    page.section("Forward, in numbers")
    page.table(("before the step", "value"), [*before.items(), ("η", optimizer.learning_rate)])
    page.say(f"This is step t = {t}.")
    for _, numbers in lines:
        page.line(numbers)
    page.say("A step has no way back: it has used the gradient, and the next one is computed with the new weight.")
    new, *after = _take(optimizer, w, dw, values)
    # the step by itself: beside a large weight an error of it would not be seen
    difference = np.asarray(w[at] - new[at])
    i, size = index(*at), abs(before["w"]) / 100
    page.compare(f"w{i} − new w{i}", before["w"] - by_hand[0], difference, size=size)
    for key, value, array in zip(("w", *slots), by_hand, (new, *after), strict=True):
        page.compare(f"new {key}{i}", value, array[at], size=abs(before[key]))
    return page.finish()


def _refuse_options(optimizer):
    """Raise ValueError for an optimizer with an option whose lines are not written out here."""
    options = ["centered", "amsgrad", "clipnorm", "clipvalue", "global_clipnorm"]
    options += [] if isinstance(optimizer, Adam) else ["weight_decay"]
    for option in options:
        if getattr(optimizer, option, None):
            kind = type(optimizer).__name__
            raise ValueError(f"working: {kind} is written out in its plain form. Make it without {option}.")


def _arrays(optimizer, arrays):
    """Return w, dw and the running values: those given, those the optimizer holds for this weight, or zeros."""
    slots, held = optimizer.slots, None
    if len(arrays) == 2 and isinstance(arrays[0], Tensor):
        held = optimizer.state.get(arrays[0])
    names = ("w", "dw", *slots) if len(arrays) > 2 else ("w", "dw")
    w, dw, *values = inputs(type(optimizer).__name__, arrays, names)
    values = values or held or [np.zeros_like(w) for _ in slots]
    for name, a in (("dw", dw), *zip(slots, values, strict=True)):
        if a.shape != w.shape:
            raise ValueError(f"working: w has shape {w.shape}, so {name} must have it too. Received {a.shape}.")
    return w, dw, *values


def _take(optimizer, w, dw, values):
    """Let a copy of the optimizer take the step; return the new weight and running values."""
    twin, weight = copy.copy(optimizer), Tensor(w.copy())
    twin.state = {weight: [a.astype(w.dtype, copy=True) for a in values]}
    twin.apply([dw.astype(w.dtype)], [weight])
    return weight.data, *twin.state[weight]


def _adam(optimizer, before, t):
    """Return lines, pairs of symbols and numbers, and the new w, m, v."""
    w, dw, m, v = before.values()
    first, second, rate, tiny = optimizer.beta_1, optimizer.beta_2, optimizer.learning_rate, optimizer.epsilon
    lines = []
    if optimizer.weight_decay:
        shrunk = w - rate * optimizer.weight_decay * w
        told = f"{number(w)} − {rate:g} · {optimizer.weight_decay:g} · {bracket(number(w))} = {number(shrunk)}"
        lines.append(("w ← w − η · λ · w", f"w = {told}"))
        w = shrunk
    new_m, new_v = m + (1 - first) * (dw - m), v + (1 - second) * (dw * dw - v)
    told_m = f"{number(m)} + (1 − {first:g}) · ({number(dw)} − {bracket(number(m))}) = {number(new_m)}"
    told_v = f"{number(v)} + (1 − {second:g}) · ({bracket(number(dw))}² − {number(v)}) = {number(new_v)}"
    lines.append(("m ← m + (1 − β₁) · (dw − m)", f"m = {told_m}"))
    lines.append(("v ← v + (1 − β₂) · (dw² − v)", f"v = {told_v}"))
    correction = math.sqrt(1 - second**t) / (1 - first**t)
    told = f"√(1 − {second:g}^({t})) / (1 − {first:g}^({t})) = {number(correction)}"
    lines.append(("q = √(1 − β₂ᵗ) / (1 − β₁ᵗ)        both means began at 0", f"q = {told}"))
    step = rate * correction * new_m / (math.sqrt(new_v) + tiny)
    told = (
        f"{rate:g} · {number(correction)} · {bracket(number(new_m))} / (√({number(new_v)}) + {tiny:g}) = {number(step)}"
    )
    lines.append(("s = η · q · m / (√(v) + ε)", f"s = {told}"))
    lines.append(("w ← w − s", f"w = {number(w)} − {bracket(number(step))} = {number(w - step)}"))
    return lines, (w - step, new_m, new_v)


def _rmsprop(optimizer, before, t):
    w, dw, v, m = before.values()
    rho, rate, tiny, momentum = optimizer.rho, optimizer.learning_rate, optimizer.epsilon, optimizer.momentum
    new_v = rho * v + (1 - rho) * dw * dw
    step = rate * dw / math.sqrt(new_v + tiny)
    told_v = f"{rho:g} · {number(v)} + (1 − {rho:g}) · {bracket(number(dw))}² = {number(new_v)}"
    told = f"{rate:g} · {bracket(number(dw))} / √({number(new_v)} + {tiny:g}) = {number(step)}"
    lines = [("v ← ρ · v + (1 − ρ) · dw²", f"v = {told_v}"), ("s = η · dw / √(v + ε)", f"s = {told}")]
    if momentum > 0:
        m, s = momentum * m + step, step
        told = f"{momentum:g} · {bracket(number(before['m']))} + {bracket(number(s))} = {number(m)}"
        lines.append(("m ← μ · m + s", f"m = {told}"))
        step = m
    last = "m" if momentum > 0 else "s"
    lines.append((f"w ← w − {last}", f"w = {number(w)} − {bracket(number(step))} = {number(w - step)}"))
    return lines, (w - step, new_v, m)


def _sgd(optimizer, before, t):
    w, dw, m = before.values()
    rate, momentum = optimizer.learning_rate, optimizer.momentum
    down = f"{rate:g} · {bracket(number(dw))}"
    if not momentum:
        return [("w ← w − η · dw", f"w = {number(w)} − {down} = {number(w - rate * dw)}")], (w - rate * dw, m)
    new_m = momentum * m - rate * dw
    lines = [("m ← μ · m − η · dw", f"m = {momentum:g} · {bracket(number(m))} − {down} = {number(new_m)}")]
    if optimizer.nesterov:
        new = w + momentum * new_m - rate * dw
        told = f"{number(w)} + {momentum:g} · {bracket(number(new_m))} − {down} = {number(new)}"
        return [*lines, ("w ← w + μ · m − η · dw", f"w = {told}")], (new, new_m)
    told = f"{number(w)} + {bracket(number(new_m))} = {number(w + new_m)}"
    return [*lines, ("w ← w + m", f"w = {told}")], (w + new_m, new_m)


_WRITERS = {Adam: _adam, RMSprop: _rmsprop, SGD: _sgd}
