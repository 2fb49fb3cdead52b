"""What every layer gives: of a model here, of Keras, of PyTorch."""

import contextlib
from typing import Any, NamedTuple

import numpy as np

from edunet.layers.layer import Layer
from edunet.tensor import as_array, no_gradients

__all__ = ["Seen", "apart", "in_order", "library_of", "watch"]


class Seen(NamedTuple):
    """One output of one layer."""

    layer: Any
    name: str
    kind: str
    output: np.ndarray
    weighted: bool  # has the layer weights?


def library_of(model) -> str:
    """Return "edunet", "keras" or "torch". (Keras's layers are also PyTorch's modules where Keras runs on PyTorch.)"""
    roots = {kind.__module__.split(".")[0] for kind in type(model).__mro__}
    for library in ("keras", "torch"):
        if library in roots:
            return library
    if isinstance(model, Layer):
        return "edunet"
    raise TypeError(
        "compare_with: expected a model of edunet or Keras, or a module of PyTorch. "
        f"Received: {type(model).__module__}.{type(model).__name__}"
    )


def watch(model, x) -> tuple[list[Seen], list[np.ndarray]]:
    """Run a model on x without learning; return what its layers gave, as they were called, and what it gave itself."""
    library = library_of(model)
    if library == "torch":
        return _watch_torch(model, x)
    seen: list[Seen] = []
    with contextlib.ExitStack() as stack:
        for layer in dict.fromkeys(_parts(model)):
            stack.enter_context(_watched(layer, seen))
        if library == "edunet":
            with no_gradients():
                y = model(x, training=False)
        else:
            y = model(x, training=False)
    return seen, _arrays(y)


def apart(a, b) -> float:
    """Return max|a − b|; infinite if the shapes differ or anything is NaN on one side only."""
    if a.shape != b.shape:
        return np.inf
    if not a.size:
        return 0.0
    with np.errstate(invalid="ignore"):
        difference = np.abs(np.asarray(a, float) - np.asarray(b, float))
    difference[(np.isnan(a) & np.isnan(b)) | (a == b)] = 0
    return float(np.nan_to_num(difference.max(), nan=np.inf))


def in_order(ours: list[Seen], theirs: list[Seen]) -> list[Seen]:
    """Return theirs as ours were called, if both have the same names: branches may be called in another order.

    Of several calls of a shared layer, those that gave the same belong together.
    """
    names = [sorted((seen.name, seen.kind) for seen in side) for side in (ours, theirs)]
    if names[0] != names[1]:
        return theirs
    waiting, found = list(theirs), []
    for seen in ours:
        calls = [i for i, other in enumerate(waiting) if (other.name, other.kind) == (seen.name, seen.kind)]
        found.append(waiting.pop(min(calls, key=lambda i: apart(seen.output, waiting[i].output))))
    return found


def _parts(layer) -> list:
    """Return the layers that a model calls, those of models inside it one by one."""
    if not (hasattr(layer, "layers") and hasattr(layer, "fit")):
        return [] if type(layer).__name__ == "InputLayer" else [layer]
    return [part for child in layer.layers for part in _parts(child)]


@contextlib.contextmanager
def _watched(layer, seen: list[Seen]):
    """Write down what `layer.call` returns, for a while."""
    call = layer.call

    def watched(*args, **kwargs):
        y = call(*args, **kwargs)
        seen.append(Seen(layer, layer.name, type(layer).__name__, _plain(y), bool(layer.weights)))
        return y

    vars(layer)["call"] = watched  # beside the layer's own __setattr__
    try:
        yield
    finally:
        del vars(layer)["call"]


def _watch_torch(module, x) -> tuple[list[Seen], list[np.ndarray]]:
    import torch

    from edunet.interop.torch import holds_weights

    seen: list[Seen] = []

    def leaves(part, name):
        if holds_weights(part) or not list(part.children()):
            return [(part, name)]
        return [leaf for own, child in part.named_children() for leaf in leaves(child, f"{name}.{own}".lstrip("."))]

    def noted(name):
        def hook(part, args, y):
            seen.append(Seen(part, name, type(part).__name__, _plain(y), bool(part.state_dict())))

        return hook

    hooks = [part.register_forward_hook(noted(name)) for part, name in leaves(module, "")]
    modes = [(part, part.training) for part in module.modules()]
    try:
        with torch.no_grad():
            y = module.eval()(*[torch.from_numpy(np.ascontiguousarray(a)) for a in (x if isinstance(x, list) else [x])])
    finally:
        for hook in hooks:
            hook.remove()
        for part, training in modes:
            part.training = training
    return seen, _arrays(y)


def _arrays(y) -> list[np.ndarray]:
    """Return all outputs, one after the other."""
    parts = list(y.values()) if isinstance(y, dict) else y
    return [a for part in parts for a in _arrays(part)] if isinstance(parts, (tuple, list)) else [_plain(y)]


def _plain(y) -> np.ndarray:
    """Return the (first) output as an array of its own."""
    while isinstance(y, (tuple, list)):
        y = y[0]
    if hasattr(y, "detach"):
        y = y.detach().cpu().numpy()
    return np.array(as_array(y))
