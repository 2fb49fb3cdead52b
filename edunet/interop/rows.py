"""Flatten before Dense: here channels run fastest (H,W,C), in PyTorch slowest (C,H,W), so the rows change places."""

import numpy as np

from edunet.layers import Flatten
from edunet.models import Model

__all__ = ["channels_first_rows", "channels_last_rows", "flattened_before"]

_STAYS = {"Activation", "Add", "Multiply", "Rescaling"}  # place by place
_STAYS_IN = {"activations", "norm", "regularize"}  # rooms of layers that work so


def channels_first_rows(w, shape) -> np.ndarray:
    """Return w (H·W·C, ...) with its rows as PyTorch's Flatten lays out (C,H,W).

    >>> channels_first_rows(np.arange(6), (3, 2))
    array([0, 2, 4, 1, 3, 5])
    """
    w = np.asarray(w)
    return np.moveaxis(w.reshape(*shape, -1), len(shape) - 1, 0).reshape(w.shape)


def channels_last_rows(w, shape) -> np.ndarray:
    """Return w (C·H·W, ...) with its rows as Flatten lays out (H,W,C) here: the way back."""
    w = np.asarray(w)
    return np.moveaxis(w.reshape(shape[-1], *shape[:-1], -1), 0, len(shape) - 1).reshape(w.shape)


def flattened_before(model) -> dict:
    """Return {layer: (H,W,C)} for the layers whose features come from a Flatten of images, or of convolved signals."""
    found: dict = {}
    if isinstance(model, Model) and model.outputs:
        _follow(model, ["images" if s.ndim == 4 else None for s in model.inputs], found)
    return found


def _follow(model, came: list, found: dict) -> list:
    """Walk through a drawn model: what each Symbol holds is "images", the shape that was flattened, or None."""
    holds = dict(zip(model.inputs, came, strict=True))
    for node in model._nodes:
        inputs = [holds.get(symbol) for symbol in node.inputs]
        if isinstance(node.layer, Model) and node.layer.outputs:
            outputs = _follow(node.layer, inputs, found)
        else:
            outputs = [_after(node, inputs, found)] * len(node.outputs)
        holds.update(zip(node.outputs, outputs, strict=True))
    return [holds.get(symbol) for symbol in model.outputs]


def _after(node, inputs: list, found: dict):
    layer, kind = node.layer, type(node.layer).__name__
    if isinstance(inputs[0], tuple):
        if len(inputs) > 1 and kind == "Concatenate":
            raise ValueError(f"{layer.name} joins flattened images: PyTorch's order of their rows is not known here.")
        found[layer] = inputs[0]
    if isinstance(layer, Flatten):
        return node.inputs[0].shape[1:] if inputs[0] == "images" else inputs[0]
    if kind in _STAYS or type(layer).__module__.rpartition(".")[2] in _STAYS_IN:
        return inputs[0]
    if kind.startswith("Global") or kind in ("Dense", "Embedding"):
        return None
    if any(part in kind for part in ("Conv", "Pooling", "UpSampling", "ZeroPadding", "Cropping")):
        return "images"
    return "images" if kind == "Concatenate" and "images" in inputs else None
