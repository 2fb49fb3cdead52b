"""Looking inside a model: what every layer gives, and how the loss changes with every weight. Nothing is changed."""

import contextlib

import numpy as np

from edunet.layers.symbol import in_list
from edunet.tensor import as_array, gradients, no_gradients

__all__ = ["activations", "every_output", "slopes", "without_states"]


def activations(model, x) -> dict:
    """Return what every layer gives for x, by its name: an array, or a list of them from a layer of several outputs."""
    xs = model._loaded(model._inputs(x))
    if not model.nodes and not model.inputs:
        raise ValueError(
            f"activations: {model.name} has a call of its own, which is not drawn. Draw it, Model(inputs, outputs), or "
            "call its layers one by one."
        )
    values = every_output(model, xs)
    seen: dict = {}
    for node in model.nodes:
        arrays = [np.array(as_array(values[symbol])) for symbol in node.outputs]
        seen[_fresh(node.layer.name, seen)] = arrays[0] if len(arrays) == 1 else arrays
    return seen


def every_output(model, xs) -> dict:
    """Return the value of every Symbol of a drawn model, as `predict` computes it."""
    values = dict(zip(model.inputs, xs, strict=False))  # a model that is not drawn has no symbols for its inputs
    with without_states(model), no_gradients():
        for node in model.nodes if model.inputs else []:
            args, kwargs = node.filled(values)
            y = node.layer(*args, **{**kwargs, "training": False})
            values.update(zip(node.outputs, in_list(y), strict=True))
    return values


@contextlib.contextmanager
def without_states(model):
    """Let stateful layers begin afresh inside the block, and afterwards go on from where they were."""
    kept = [(layer, layer.states) for layer in model.with_inner() if getattr(layer, "stateful", False)]
    for layer, _ in kept:
        layer.reset_states()
    try:
        yield
    finally:
        for layer, states in kept:
            layer.states = states


def slopes(model, x, y, sample_weight=None) -> dict[str, np.ndarray]:
    """Return ∂loss/∂w for every weight that learns, by layer and weight: "dense/kernel"."""
    xs, ys, weights = model._ready(x, y, sample_weight)
    xs, ys = model._loaded(xs), [np.asarray(a) for a in ys]
    with without_states(model):
        outputs = model._forward(xs, training=False)
        plan = model._plan_steps()
        loss, _ = model.objective.total(ys, outputs, weights, plan.losses(model))
    if plan.learning:
        model._refuse_dead_end(loss)
    found = gradients(loss, plan.learning) if plan.learning else []
    return dict(zip(_names(model, plan.learning), found, strict=True))


def _names(model, weights) -> list[str]:
    """Return where each weight stands; those of the model itself have no layer in front."""
    layer_of = {id(w): f"{layer.name}/" for layer in model.sublayers() for w in layer.weights}
    names: dict[str, None] = {}
    for weight in weights:
        names[_fresh(layer_of.get(id(weight), "") + (weight.name or "weight"), names)] = None
    return list(names)


def _fresh(name: str, taken) -> str:
    """Return the name, counted on if it is taken: kernel, kernel_1."""
    names = [name, *(f"{name}_{i}" for i in range(1, len(taken) + 1))]
    return next(n for n in names if n not in taken)
