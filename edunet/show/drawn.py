"""Finding a layer's output in a drawn model, for pictures of maps."""

from edunet.layers import Layer
from edunet.layers.symbol import Symbol
from edunet.models import Model
from edunet.names import did_you_mean

__all__ = ["map_of", "symbols_of"]


def symbols_of(op, model) -> list[Symbol]:
    """Return what the layers of a model give, in the order in which they were drawn."""
    if not isinstance(model, Model):
        raise TypeError(f"{op}: expected a model. Received: {model!r}.")
    if not model.outputs:
        raise ValueError(
            f"{op}: {model.name} is not drawn yet. Give its first layer an input_shape, call "
            "model.build((None, H, W, C)) or fit it; a subclass with its own call has no drawing at all."
        )
    if len(model.inputs) != 1 or model.inputs[0].ndim != 4:
        shapes = [s.shape for s in model.inputs]
        raise ValueError(f"{op}: expected a model of one image (H, W, C). {model.name} has inputs {shapes}.")
    found: dict[Symbol, None] = {}
    waiting = list(model.outputs)
    while waiting:
        symbol = waiting.pop()
        if symbol not in found and symbol not in model.inputs:
            found[symbol] = None
            waiting += symbol.node.inputs
    return sorted(found, key=lambda symbol: symbol.node.number)


def map_of(op, model, layer, default) -> Symbol:
    """Return the maps (None,I,J,F) that a layer gives: a name, a place or the layer itself; None, by `default`."""
    symbols = symbols_of(op, model)
    maps = {symbol.node.layer.name: symbol for symbol in reversed(symbols) if symbol.ndim == 4}  # its first use
    names = list(reversed(maps))
    if layer is None:
        chosen = default([maps[name] for name in names])
        if chosen is None:
            raise ValueError(f"{op}: no layer of {model.name} would do; layers with maps: {names}.")
        return chosen
    if isinstance(layer, int):
        if not -len(model.layers) <= layer < len(model.layers):
            raise ValueError(f"{op}: {model.name} has {len(model.layers)} layers, 0 the first. Received layer={layer}.")
        layer = model.layers[layer]
    name = layer.name if isinstance(layer, Layer) else layer
    known = [symbol.node.layer.name for symbol in symbols]
    if name not in known:
        raise ValueError(f"{op}: {model.name} has no layer {name!r}; it has {known}." + did_you_mean(name, known))
    if name not in maps:
        shape = symbols[known.index(name)].shape
        raise ValueError(f"{op}: {name!r} gives {shape}, no maps (N, I, J, F). Layers with maps: {names}.")
    return maps[name]
