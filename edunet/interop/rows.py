"""Flatten before Dense: here channels run fastest (H,W,C), in PyTorch slowest (C,H,W), so the rows change places."""

import numpy as np

from edunet.interop.layouts import kind_of
from edunet.layers import Flatten, Reshape
from edunet.models import Model

__all__ = ["channels_first_rows", "channels_last_rows", "flattened_before"]

_LIKE_IMAGES = ("Conv", "Pooling", "UpSampling", "ZeroPadding", "Cropping")  # channels first in PyTorch
_BY_FEATURE = {"Dense", "BatchNormalization", "LayerNormalization", "PReLU"}  # their weights can change places
_UNSURE = "unsure"  # numbers whose order in PyTorch depends on how the module is written
_VIEW = "view"  # features as steps: so for a recurrence, but a convolution wants channels first


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
    """Return {layer: (H,W,C)} for the layers whose features come from a Flatten of images, or of convolved signals.

    Raises ValueError where the order that these features have in PyTorch is not known.
    """
    found: dict = {}
    if isinstance(model, Model) and model.outputs:
        _follow(model, ["images" if s.ndim == 4 else "input" for s in model.inputs], found)
        return {layer: shape for layer, shape in found.items() if shape is not None}
    kinds = [type(part) for part in _deep(model)]
    if any(issubclass(k, Flatten) for k in kinds) and any("Conv" in k.__name__ for k in kinds):
        raise ValueError(
            f"{model.name} flattens images, but it is not drawn: which weights stand for which pixel is not known. "
            "Draw it: Model(inputs, outputs), from what Input returns."
        )
    return {}


def _deep(layer) -> list:
    return [layer, *(part for child in layer.sublayers() for part in _deep(child))]


def _follow(model, came: list, found: dict) -> list:
    """Walk through a drawn model: what each Symbol holds.

    "images", or signals that are convolved; "either", if the module may hold them channels last as well; the shape that
    was flattened; "input", as it came; _VIEW; _UNSURE; None, what has the same order on both sides.
    """
    holds = dict(zip(model.inputs, came, strict=True))
    for node in model._nodes:
        inputs = [holds.get(symbol) for symbol in node.inputs]
        if isinstance(node.layer, Model) and node.layer.outputs:
            outputs = _follow(node.layer, inputs, found)
        else:
            _look(node.layer, inputs, found)
            outputs = [_after(node, inputs)] * len(node.outputs)
        holds.update(zip(node.outputs, outputs, strict=True))
    return [holds.get(symbol) for symbol in model.outputs]


def _look(layer, inputs: list, found: dict) -> None:
    """Note the rows of a layer; raise where they cannot be known."""
    flat = next((held for held in inputs if isinstance(held, tuple)), None)
    if flat is not None and (len(set(inputs)) > 1 or (len(inputs) > 1 and type(layer).__name__ == "Concatenate")):
        raise ValueError(f"{layer.name} joins flattened images: PyTorch's order of their rows is not known here.")
    if not layer.weights:
        return
    kind = type(layer).__name__
    channels = any(part in kind for part in _LIKE_IMAGES) or kind in ("BatchNormalization", "GroupNormalization")
    unsure = _UNSURE in inputs or (_VIEW in inputs and channels)
    if unsure or (flat is not None and kind_of(layer) not in _BY_FEATURE) or found.get(layer, flat) != flat:
        raise ValueError(
            f"{layer.name} ({type(layer).__name__}) comes after images or features that were reshaped: in which order "
            "PyTorch has them there is not known. Use Flatten right before a Dense, or copy its weights by hand."
        )
    found[layer] = flat


def _after(node, inputs: list):
    """Return what a layer makes of what it gets."""
    layer, kind, held, shape = node.layer, type(node.layer).__name__, inputs[0], node.outputs[0].shape[1:]
    before = node.inputs[0].shape[1:]
    by_channel = kind in ("BatchNormalization", "GroupNormalization", "PReLU")  # (N,C,T) in PyTorch
    if kind == "PReLU" and layer.alpha.size == 1 and held != _UNSURE:  # one slope for all
        return held
    if isinstance(layer, (Flatten, Reshape)):
        return _reshaped(held, before, shape)
    if any(part in kind for part in _LIKE_IMAGES):
        return None if kind.startswith("Global") else "images"
    if kind == "Permute" or _UNSURE in inputs:
        return _UNSURE
    if isinstance(held, tuple):
        return held if shape == before and kind != "Dense" else None if kind == "Dense" else _UNSURE
    if kind in ("Dense", "TimeDistributed") and len(shape) == 3:
        return "either"
    if "images" in inputs or "either" in inputs:
        if len(shape) < 3 and layer.weights and not by_channel:  # steps, one after the other on both sides
            return held if kind == "LayerNormalization" else None
        return _UNSURE if len(shape) != len(before) else "either" if "either" in inputs else "images"
    if len(shape) == 2 and by_channel:
        return "images" if held == "input" else "either"
    return held if not layer.weights else None


def _reshaped(held, before: tuple, shape: tuple):
    """Return what Flatten and Reshape make of it."""
    one_order = len(shape) == 1 or shape[-1] == 1 or np.prod(shape[:-1]) == 1  # one channel, or one place
    if shape == before:
        return held
    if held in ("images", "either") and len(shape) == 2 and shape[-1] == before[-1]:
        return None  # places as steps, each with its channels
    if held == "images":
        return before if len(shape) == 1 else _UNSURE
    if isinstance(held, tuple):
        return "images" if shape == held else _UNSURE
    if held in ("either", _UNSURE):
        return _UNSURE
    if held == "input" or (one_order and len(shape) != 2):  # no weights stand before an input
        return "images" if len(shape) == 3 else held
    return _VIEW if len(shape) < 3 and not one_order else None if len(shape) < 3 else _UNSURE
