"""Does a model see the future? Change the input from a step on, and look whether answers before it change.

A model that answers for every step while the patient is still being measured may look back only. In training a glance
ahead is rewarded: the figures become splendid, and at the bedside, where the next step is not known yet, they are gone.
Ways in: padding="same" in place of "causal", attention without use_causal_mask, a mean over all steps.
"""

import contextlib
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from edunet.models.looking import every_output, without_states
from edunet.models.trying import EXAMPLES, codes_of, made_up, spare
from edunet.tensor import as_array, no_gradients

__all__ = ["Causality", "check_causality"]

CLEAN = "No answer depends on a later step, with the present weights and with others, drawn at random."
DRAWS = 3  # of other weights, if nothing leaks with those of the model
STEPS = 32  # from so many steps on the input is changed, one after the other


@dataclass(frozen=True)
class Causality:
    """What check_causality found; true if no answer depends on a later step."""

    causal: bool
    sentence: str
    repair: str = ""
    layer: str | None = None  # name of the first layer whose output leaks; None if the layers are not known
    input: int = 0  # which input was looked at ahead
    step: int | None = None  # the first step whose answer leaks, counted from 0
    ahead: int = 0  # how many steps ahead an answer depends on, at least
    change: float = 0.0  # largest change of an answer when only the future changed

    def __bool__(self):
        return self.causal

    def __str__(self):
        return " ".join(filter(None, [self.sentence, self.repair]))

    __repr__ = __str__


def check_causality(model, x=None) -> Causality:
    """Find out whether an answer of the model depends on later steps of its input, and which layer lets the future in.

        leak at step s:   x[:, t:] changes, s < t, and y[:, s] changes
    Args: model, which answers (N,T,...) for every step of (N,T,...); x, examples (a list for several inputs), made up
    at random unless given. If nothing leaks with the weights as they are, others are tried, drawn at random: a path
    that is closed today, because its weights are 0 or its units are off, opens as the model learns. Layers that keep a
    state from batch to batch start afresh. An input is left as it is if it has another number of steps than the
    answers, or none. The model stays as it is, also one that is not built yet.
    Returns a `Causality`: true if the model looks back only; else its sentence tells the layer and the step.
    Raises ValueError for a model that does not answer for every step, and for one not drawn yet if x is missing.

    >>> from edunet import layers, models
    >>> model = models.Sequential([layers.Input((9, 2)), layers.Conv1D(4, 3, padding="same"), layers.Dense(1)])
    >>> print(check_causality(model).repair)
    Type padding='causal'.
    >>> bool(check_causality(models.Sequential([layers.Input((9, 2)), layers.LSTM(4, return_sequences=True)])))
    True
    """
    with spare(model) as lent:
        return _look(lent, x)


def _look(model, x) -> Causality:
    rng = np.random.default_rng(0)
    xs = _examples(model, x, rng)
    found = _first_leak(model, xs, rng)
    for _ in range(DRAWS if found is None else 0):
        with _other_weights(model, rng):
            found = _first_leak(model, xs, rng)
        if found is not None:
            now = "With the present weights no answer depends on a later step, but with others, drawn at random: "
            return replace(found, sentence=now + found.sentence[0].lower() + found.sentence[1:])
    return Causality(True, CLEAN) if found is None else found


def _first_leak(model, xs, rng) -> Causality | None:
    """Return the leak at the first step that has one, with the weights as they are."""
    before = _run(model, xs)
    leaks = []
    for i in _timed_inputs(xs, before):
        for t in _steps(xs[i].shape[1]):
            changed = [*xs[:i], _other_future(model, i, xs[i], t, rng), *xs[i + 1 :]]
            leaks += [Leak(*leak, t, i, changed) for leak in [_leak(before, _run(model, changed), t)] if leak]
    if not leaks:
        return None
    first = min(leaks, key=lambda leak: (leak.step, leak.t))
    node = _first_leaking_node(model, xs, first)
    return Causality(
        False,
        _sentence(first, node),
        _repair(node),
        None if node is None else node.layer.name,
        first.input,
        first.step,
        max(leak.t - leak.step for leak in leaks),
        first.change,
    )


@contextlib.contextmanager
def _other_weights(model, rng):
    """Give the model other weights inside the block: all that learning could change, of a moderate size."""
    kept = [(w, w.data.copy()) for w in model.weights]
    for layer in model.with_inner():
        for w in (w for w, learns in layer._own() if learns):
            inputs = np.prod(w.shape[:-1]) if w.ndim > 1 else 1
            w.data[...] = rng.normal(size=w.shape) / np.sqrt(max(inputs, 1))
        for w, constraint in layer.own_constraints:
            w.data[...] = constraint(w.data)
    try:
        yield
    finally:
        for w, a in kept:
            w.data[...] = a


class Leak(NamedTuple):
    """An answer that changed although its input was changed only later."""

    step: int  # of the answer
    change: float
    t: int  # the input was changed from here on
    input: int
    changed: list  # all inputs, with the other future


# ---------------------------------------------------------------- sequences that share a past


def _examples(model, x, rng) -> list[np.ndarray]:
    if x is not None:
        xs = model._inputs(x)
        return [a[:EXAMPLES] for a in xs]
    if not model.inputs:
        raise ValueError(
            f"check_causality: {model.name} has not been told the shape of its input. Give it examples, "
            "check_causality(model, x), or build it first."
        )
    return [made_up(model, symbol, rng) for symbol in model.inputs]


def _other_future(model, i, x, t, rng) -> np.ndarray:
    """Return the same sequences with something else from step t on."""
    other = x.copy()
    future = other[:, t:]
    codes = codes_of(model, model.inputs[i]) if model.inputs else None
    if codes or x.dtype.kind in "iub":
        future[...] = 1 + (future + rng.integers(0, 1 << 30, future.shape)) % max(1, (codes or x.max() + 1) - 1)
    else:
        future += ((x.std() or 1.0) * rng.normal(size=future.shape)).astype(x.dtype)
    return other


def _steps(T: int) -> list[int]:
    """Return the steps from which the input is changed: all of a short sequence, else some, the ends among them."""
    return sorted({int(t) for t in np.linspace(1, T - 1, min(STEPS, T - 1))})


# ---------------------------------------------------------------- answers


def _run(model, xs) -> list[np.ndarray]:
    with without_states(model), no_gradients():
        return [np.array(as_array(y)) for y in model._forward(xs, training=False)]


def _timed_inputs(xs, ys) -> list[int]:
    """Return which inputs run over the steps that are answered, or say why there are none."""
    lengths = {y.shape[1] for y in ys if y.ndim > 1}
    timed = [i for i, x in enumerate(xs) if x.ndim > 1 and x.shape[1] in lengths and x.shape[1] > 1]
    if not timed:
        raise ValueError(
            "check_causality asks whether the answer for a step depends on later ones: expected one answer for every "
            f"step, (N, T, ...) for (N, T, ...). Received inputs {_shapes(xs)} and answers {_shapes(ys)}."
            " Recurrent layers answer for every step with return_sequences=True."
        )
    return timed


def _shapes(arrays) -> str:
    return ", ".join(str(("N", *a.shape[1:])).replace("'", "") for a in arrays)


def _leak(before, after, t) -> tuple[int, float] | None:
    """Return the first step before t at which the answers differ, and by how much they differ at most; or None."""
    found = []
    for a, b in zip(before, after, strict=True):
        if a.ndim < 2 or a.shape[1] <= t:
            continue
        gap = np.abs(a[:, :t].astype(np.float64) - b[:, :t]).max(axis=(0, *range(2, a.ndim)))
        steps = np.flatnonzero(gap > 4 * np.finfo(np.float32).eps * np.abs(a).max())  # more than rounding
        if len(steps):
            found.append((int(steps[0]), float(gap.max())))
    return min(found, default=None)


# ---------------------------------------------------------------- which layer


def _first_leaking_node(model, xs, leak):
    """Return the first use of a layer whose output for a step depends on later ones, also inside inner models."""
    pasts = [every_output(model, inputs) for inputs in (xs, leak.changed)]
    T = xs[leak.input].shape[1]
    for node in model.nodes:
        for symbol in node.outputs:
            before, after = (as_array(past[symbol]) for past in pasts)
            if _is_timed(before, T) and _leak([before], [after], leak.t):
                node = _where_steps_were_lost(node, pasts[0], T)
                return _inside(node, pasts, leak, T) or node
    return None


def _is_timed(a, T) -> bool:
    return a.ndim > 1 and a.shape[1] == T


def _where_steps_were_lost(node, values, T):
    """Return the layer that first made something without steps, if the leak comes from there (see RepeatVector)."""
    while True:
        lost = [s.node for s in node.inputs if s.node is not None and not _is_timed(as_array(values[s]), T)]
        if not lost:
            return node
        node = lost[0]


def _inside(node, pasts, leak, T):
    """Return the layer inside, where the layer is itself a drawn model."""
    if not getattr(node.layer, "inputs", None) or not hasattr(node.layer, "_nodes"):
        return None
    before, after = ([as_array(past[s]) for s in node.inputs] for past in pasts)
    timed = [i for i, a in enumerate(before) if _is_timed(a, T)]
    return timed and _first_leaking_node(node.layer, before, leak._replace(input=timed[0], changed=after))


def _sentence(leak, node) -> str:
    seen = (
        f"The answer for step {leak.step} changes by up to {leak.change:.2g} "
        f"when the input changes from step {leak.t} on"
    )
    if node is None:
        return f"{seen}: the model looks ahead."
    return f"{seen}: the future enters in layer {node.layer.name!r} ({type(node.layer).__name__})."


_REPAIRS = {
    "Conv1D": "Type padding='causal'.",
    "GlobalAveragePooling1D": "It makes one answer of all steps, and every step gets it back.",
    "Attention": "Call it with use_causal_mask=True.",
    "MultiHeadAttention": "Call it with use_causal_mask=True.",
    "TransformerEncoder": "Type use_causal_mask=True.",
    "Bidirectional": "Leave the backward layer away: it reads the sequence from its end.",
}


def _repair(node) -> str:
    if node is None:
        return "Draw the model, Model(inputs, outputs), to be told which layer it is."
    if getattr(node.layer, "go_backwards", False):
        return "Leave go_backwards=True away: the layer reads the sequence from its end."
    return _REPAIRS.get(type(node.layer).__name__, "A layer must answer for a step from that step and earlier ones.")
