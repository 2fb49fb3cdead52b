"""What the first layers with weights receive: the data as they are after rescaling, augmenting and laying flat."""

import contextlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from edunet.layers.adapt import Normalization
from edunet.layers.embedding import Embedding
from edunet.layers.norm import BatchNormalization, GroupNormalization, LayerNormalization
from edunet.layers.symbol import fill, in_list
from edunet.tensor import as_array, no_gradients

__all__ = ["Reading", "readings"]

SCALING = (BatchNormalization, LayerNormalization, GroupNormalization)


@dataclass
class Reading:
    """What a layer with weights receives of an input."""

    layer: Any
    values: np.ndarray
    adaptable: Normalization | None = None  # on the way, and not adapted yet


@dataclass
class _Value:
    """What is on its way through the model, and from which inputs it comes."""

    y: Any
    origins: frozenset
    adaptable: Normalization | None = None


def readings(model, xs) -> list[list[Reading]]:
    """Return for each input what the first layers with weights receive of it; nothing where that is not known.

    Layers that bring their input to one scale end the way: what they receive may be on any.
    """
    found: list[list[Reading]] = [[] for _ in xs]
    with no_gradients(), np.errstate(all="ignore"):
        if model.inputs:
            _walk(model, [_Value(x, frozenset([i])) for i, x in enumerate(xs)], found)
            return found
        called = _called_inside(model, xs[0] if len(xs) == 1 else xs)
    for i, x in enumerate(xs):
        own = [part for part in called if _equal(part[1], x)] if len(xs) > 1 else called
        _note(own[:1], [*found[i : i + 1]])
    return found


def _walk(model, given, found) -> list:
    """Follow the inputs through a drawn model; return what has come through without meeting weights, or None."""
    values = dict(zip(model.inputs, given, strict=True))
    for node in model.nodes:
        came = [values.get(s) for s in node.inputs]
        if any(value is None for value in came):
            continue
        for symbol, value in zip(node.outputs, _through(node, came, found), strict=True):
            values[symbol] = value
    return [values.get(s) for s in model.outputs]


def _through(node, came, found) -> list:
    layer, nothing = node.layer, [None] * len(node.outputs)
    if getattr(layer, "nodes", None):
        return _walk(layer, came, found)
    if isinstance(layer, SCALING):
        return nothing
    origins = frozenset().union(*(value.origins for value in came))
    adaptable = next((value.adaptable for value in came if value.adaptable), None)
    if layer.weights and not isinstance(layer, Normalization):
        for value in came:
            for part in _met(layer, value.y):
                for i in value.origins:
                    _note([part], [found[i]], adaptable)
        return nothing
    if isinstance(layer, Normalization) and layer.mean is not None and (as_array(layer.variance) == 1).all():
        adaptable = layer
    args, kwargs = fill((node.args, node.kwargs), {s: v.y for s, v in zip(node.inputs, came, strict=True)})
    y = layer(*args, **{**kwargs, "training": False})
    return [_Value(part, origins, adaptable) for part in in_list(y)]


def _note(called, lists, adaptable=None) -> None:
    for layer, values in called:
        if not isinstance(layer, SCALING):
            for one in lists:
                one.append(Reading(layer, values, adaptable))


def _met(layer, x) -> list:
    """Return (layer, values) of what meets the input in a layer: the layer itself, or the first ones inside it."""
    inside = _called_inside(layer, x) if layer.sublayers() else []
    looked_up = [part for part in inside if isinstance(part[0], Embedding) and _equal(part[1], as_array(x))]
    if looked_up:
        return looked_up
    if type(layer).__module__.startswith("edunet.") and layer._own():
        return [(layer, as_array(x))]
    return [] if layer._own() else inside[:1]  # nobody knows what a layer of one's own does with its weights


def _called_inside(layer, x) -> list:
    """Call a layer; return (layer, values) for those inside it that have weights, in the order of their calls."""
    called: list = []
    inner = [part for part in layer.with_inner()[1:] if part._own()]
    try:
        for part in inner:
            vars(part)["call"] = _listening(part, called)
        with contextlib.suppress(Exception):  # what does not fit is told by other checks
            layer(x, training=False)
    finally:
        for part in inner:
            vars(part).pop("call", None)
    return called


def _listening(layer, called: list):
    call = layer.call

    def listen(x, *args, **kwargs):
        if not isinstance(x, (list, tuple)):
            called.append((layer, np.array(as_array(x))))
        return call(x, *args, **kwargs)

    return listen


def _equal(a, b) -> bool:
    return a.shape == b.shape and np.array_equal(a, b)
