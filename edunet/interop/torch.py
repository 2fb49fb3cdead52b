"""Weights to and from PyTorch, layer by layer: gates, biases and axes are put in the order of the other side.

The network itself is written down on both sides; how its weights correspond is the table in `edunet.interop.layouts`.
PyTorch wants images as (N,C,H,W), and recurrent modules and attention made with batch_first=True.
"""

import functools

import numpy as np

from edunet.interop.layouts import LAYOUTS, PARTS, kind_of
from edunet.interop.rows import channels_first_rows, channels_last_rows, flattened_before
from edunet.interop.settings import refuse_other_settings
from edunet.interrupt import finish_first
from edunet.layers.layer import Layer
from edunet.models import Model

__all__ = ["holds_weights", "pairs", "weights_from_torch", "weights_to_torch"]


def weights_to_torch(model, module):
    """Copy the weights of a layer or model into the PyTorch module of the same architecture; return the module.

    The k-th layer with weights goes into the k-th module with weights, in the order in which they were drawn here and
    made there. Rows of a Dense after Flatten are put in PyTorch's order. Also set: epsilon and momentum of
    normalisation. A bias that PyTorch has twice goes into the first, the second becomes 0.
    Args: model, a layer or model that is built; module, a torch.nn.Module.
    Raises ValueError, before anything is changed, where kinds or shapes do not correspond, and says where.
    """
    import torch

    found = _alike(model, module)
    moves = [move for pair in found for move in pair.to_torch()]
    with finish_first(), torch.no_grad():
        for target, array in moves:
            target.copy_(torch.from_numpy(np.array(array)))
        for pair in found:
            for ours, theirs, turned in pair.layout.numbers:
                setattr(pair.modules[0], theirs, turned(getattr(pair.layer, ours)))
    return module


def weights_from_torch(model, module):
    """Copy the weights of a PyTorch module into the layer or model of the same architecture; return the model.

    As `weights_to_torch`, the other way; two biases that PyTorch adds become their sum.
    Raises ValueError, before anything is changed, where kinds or shapes do not correspond, and says where.
    """
    found = _alike(model, module)
    moves = [move for pair in found for move in pair.from_torch()]
    with finish_first():
        for weight, array in moves:
            weight.data[...] = array
        for pair in found:
            for ours, theirs, turned in pair.layout.numbers:
                if getattr(pair.modules[0], theirs) is not None:  # BatchNorm(momentum=None) takes the plain mean
                    setattr(pair.layer, ours, turned(getattr(pair.modules[0], theirs)))
    return model


def _alike(model, module) -> list:
    """Return the pairs, after a look at their settings; TypeError for what is neither a layer nor a module."""
    import torch

    if not isinstance(model, Layer) or not isinstance(module, torch.nn.Module):
        raise TypeError(
            "expected a layer or model of edunet, then a torch.nn.Module. Received: "
            f"{type(model).__name__}, {type(module).__name__}"
        )
    odd = {p.dtype for p in module.parameters() if p.dtype not in (torch.float32, torch.float64)}
    if odd:
        raise TypeError(f"expected a module of float32 or float64. Received: {odd.pop()}. Type module.float() first.")
    found = pairs(model, module)
    blocks = [layer for layer in dict.fromkeys(_leaves(model)) if kind_of(layer) == "TransformerEncoder"]
    theirs = [m for m in dict.fromkeys(_modules(module)) if _is_a(m, "TransformerEncoderLayer")]
    settings = [(pair.layer, pair.modules, pair.ending is not None) for pair in found]
    refuse_other_settings(model, module, [*settings, *((a, [b], False) for a, b in zip(blocks, theirs, strict=True))])
    return found


class _Pair:
    """A layer and the module, or modules, that hold the same weights."""

    def __init__(self, layer, modules, ending=None, rows=None):
        self.layer, self.modules, self.ending, self.rows = layer, modules, ending, rows
        self.layout = LAYOUTS[kind_of(layer)]  # ending: set for the parts of a layer, such as both directions
        why = self.layout.refuse(layer, modules[0])
        if why is None and ending is None and getattr(modules[0], "bidirectional", False):
            kind = type(layer).__name__.removesuffix("Cell")
            why = f"it reads in both directions; here that is Bidirectional({kind}(...))"
        if why is not None:
            raise ValueError(f"{layer.name} ({type(layer).__name__}) and {_kind(modules[0])}: {why}.")

    def _rules(self):
        """Hand out each rule with the Tensors here and there; a weight that neither side has is left out."""
        for rule in self.layout.rules:
            ours = [getattr(self.layer, name, None) for name in rule.ours]
            theirs = [self._tensor(name) for name in rule.theirs]
            if all(w is None for w in ours + theirs):
                continue
            if any(w is None for w in ours + theirs):
                here, there = (["no", "a"][all(w is not None for w in side)] for side in (ours, theirs))
                raise ValueError(
                    f"{self.layer.name} ({type(self.layer).__name__}) has {here} {rule.ours[0]}, the module "
                    f"{_kind(self.modules[0])} has {there} {_either(rule.theirs[0])}: make both with it, or both "
                    "without."
                )
            yield rule, ours, theirs

    def _tensor(self, name: str):
        place, _, rest = name.rpartition(".")
        if place.isdigit():
            return getattr(self.modules[int(place)], rest)
        owner = functools.reduce(getattr, filter(None, place.split(".")), self.modules[0])
        held = (getattr(owner, name + (self.ending or ""), None) for name in rest.split("|"))
        return next((tensor for tensor in held if tensor is not None), None)

    def _turned(self, turn, name: str, array):
        """Put the rows of what stands for flattened features in the other order; a bias stands for the outputs."""
        same = self.rows is None or name == "bias" or array.size == 1
        return array if same else turn(array, self.rows)

    def to_torch(self) -> list[tuple]:
        """Return pairs (tensor there, array for it)."""
        moves = []
        for rule, ours, theirs in self._rules():
            arrays = [self._turned(channels_first_rows, name, w.data) for name, w in zip(rule.ours, ours, strict=True)]
            made = rule.there(self.layer, *arrays)
            for name, target, array in zip(rule.theirs, theirs, made, strict=True):
                self._check(rule, name, tuple(target.shape), array.shape)
                moves.append((target, array))
        return moves

    def from_torch(self) -> list[tuple]:
        """Return pairs (Tensor here, array for it)."""
        self.to_torch()  # which compares the shapes
        moves = []
        for rule, ours, theirs in self._rules():
            made = rule.back(self.layer, *[t.detach().cpu().numpy() for t in theirs])
            for name, weight, array in zip(rule.ours, ours, made, strict=True):
                moves.append((weight, self._turned(channels_last_rows, name, array)))
        return moves

    def _check(self, rule, name, there, here):
        if there != here:
            raise ValueError(
                f"{self.layer.name} ({type(self.layer).__name__}): {', '.join(rule.ours)} would be {_either(name)} "
                f"{here} in "
                f"PyTorch. {_kind(self.modules[0])} has {there}: make both of one size."
            )


def pairs(model, module) -> list[_Pair]:
    """Return the layers with weights, each with its modules. Raises ValueError where they do not correspond."""
    layers, waiting = list(dict.fromkeys(_leaves(model))), list(dict.fromkeys(_modules(module)))
    rows = flattened_before(model)
    here, there, found = list(layers), [_kind(m) for m in waiting], []
    for layer in layers:
        kind = kind_of(layer)
        wanted = (PARTS[kind][0],) if kind in PARTS else LAYOUTS[kind].modules
        taken, waiting = waiting[: len(wanted)], waiting[len(wanted) :]
        fits = len(taken) == len(wanted) and all(_is_a(m, names) for m, names in zip(taken, wanted, strict=True))
        if not fits:
            got = " and ".join(map(_kind, taken)) or "nothing more"
            raise ValueError(
                f"{layer.name} ({type(layer).__name__}) would be {_either(' and '.join(wanted))} in "
                f"PyTorch. Found there: {got}.{_both(here, there)}"
            )
        if kind in PARTS:
            for part, place, ending in PARTS[kind][1]:
                inside = getattr(taken[0], place) if place else taken[0]
                found.append(_Pair(_with_weights(getattr(layer, part)), [inside], ending))
        else:
            found.append(_Pair(layer, taken, rows=rows.get(layer)))
    if waiting:
        raise ValueError(f"the module has more: {_kind(waiting[0])} has no layer here.{_both(here, there)}")
    return found


def _with_weights(part):
    """Return a part of a layer, of an RNN its cell. Raises ValueError for a cell that is none of the three."""
    part = getattr(part, "cell", part)
    if not kind_of(part):
        raise ValueError(f"{part.name} ({type(part).__name__}): no module of PyTorch is known to hold its weights.")
    return part


def _both(here, there) -> str:
    return (
        f" With weights, in order, here: {', '.join(type(layer).__name__ for layer in here) or 'nothing'}; in PyTorch: "
        f"{', '.join(there) or 'nothing'}."
    )


def _leaves(layer):
    """Return the layers that hold weights, in the order in which they were drawn."""
    if not layer.built and not layer.weights:
        raise ValueError(f"{layer.name} has no weights yet: give it an input_shape, or call it on data first.")
    if kind_of(layer):
        return [layer]
    drawn = isinstance(layer, Model) and layer.outputs
    inner = [node.layer for node in layer._nodes] if drawn else layer.sublayers()
    if layer.weights and len(layer.weights) != sum(len(part.weights) for part in dict.fromkeys(inner)):
        raise ValueError(
            f"{layer.name} ({type(layer).__name__}) has weights whose place in PyTorch is not known here. Copy them "
            f"by hand: tensor.data.copy_(torch.from_numpy(weight.numpy())). Known are {sorted([*LAYOUTS, *PARTS])}."
        )
    return [leaf for part in inner if part.weights for leaf in _leaves(part)]


_MODULES = {name for layout in LAYOUTS.values() for names in layout.modules for name in names.split("|")}
_MODULES |= {name for names, _ in PARTS.values() for name in names.split("|")}


def holds_weights(module) -> bool:
    """Tell whether a module is one that a layer here corresponds to."""
    return any(_is_a(module, name) for name in _MODULES)


def _modules(module):
    """Return the modules that hold weights, in the order in which they were made."""
    if holds_weights(module):
        return [module]
    if any(p is not None for p in module._parameters.values()):
        raise ValueError(f"{_kind(module)}: no layer here is known to hold the same weights. Copy them by hand.")
    return [leaf for child in module.children() for leaf in _modules(child)]


def _either(names: str) -> str:
    return names.replace("|", " or ")


def _is_a(module, names: str) -> bool:
    return bool({kind.__name__ for kind in type(module).__mro__} & set(names.split("|")))


def _kind(module) -> str:
    return repr(module) if not list(module.children()) else type(module).__name__
