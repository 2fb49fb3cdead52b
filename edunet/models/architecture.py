"""The architecture of a model as JSON, and a model from it: layers with their arguments, and which is called on what.

The description is a list of layers in which each stands after those it is made of; the model is the last.
    a layer     kind, config: the arguments that make it again; name, trainable, dtype; built: the shapes it was built
                for; inner: name, trainable and built of each layer inside it
    a model     model: "Model" or "Sequential"; inputs; calls [layer, arguments, keywords, outputs]; outputs
The shapes of all outputs are part of it: a model is made from its description without a single trial computation.
"""

import numpy as np

from edunet.backend import use_floatx
from edunet.layers.arguments import options
from edunet.layers.layer import Layer
from edunet.layers.naming import name_taken
from edunet.layers.symbol import Node, Symbol
from edunet.models.gate import LARGEST_SIZE, check_sizes, check_types
from edunet.models.model import Model
from edunet.models.nesting import DEEPEST, check_nesting, refuse_deep
from edunet.models.own import config_of
from edunet.models.registry import find
from edunet.models.sequential import Sequential
from edunet.models.values import Reader, Writer

__all__ = ["describe", "make"]

DRAWN = {"Model": Model, "Sequential": Sequential}
DTYPES = {str(np.dtype(kind)) for kind in "?bBhHiIqQefd"}
MOST_AXES = 32


# ---------------------------------------------------------------- from a model


def describe(model) -> tuple[list[dict], Writer]:
    """Return the description of a model's layers, and the Writer that holds the arrays among their arguments.

    Raises TypeError for what a file cannot hold: a subclass with its own `call`, a lambda, an unknown object;
    ValueError for layers too deep inside each other.
    """
    described: list[dict] = []
    places: dict[Layer, int] = {}
    around: list[Layer] = []

    def place(layer) -> int:
        if layer not in places:
            around.append(layer)
            if len(around) > DEEPEST:
                raise refuse_deep()
            record = _model(layer, writer) if isinstance(layer, Model) else _layer(layer, writer)
            around.pop()
            described.append(record)
            places[layer] = len(described) - 1
        return places[layer]

    writer = Writer(place)
    try:
        place(model)
    except RecursionError:
        raise ValueError("a layer, or a list among its arguments, holds itself: no file could say that") from None
    check_nesting(described)
    return described, writer


def _common(layer) -> dict:
    return {"name": layer.name, "trainable": bool(layer.trainable), "dtype": layer.dtype.name}


def _layer(layer, writer) -> dict:
    config = {key: value for key, value in config_of(layer).items() if key not in ("name", "trainable", "dtype")}
    return {
        **writer.kind("layer", layer),
        **_common(layer),
        "config": writer.config(layer, config),
        "built": _built(layer, writer),
        "inner": [[part.name, bool(part.trainable), _built(part, writer)] for part in layer.with_inner()[1:]],
    }


def _built(layer, writer):
    shapes = layer._built_for  # of a Sequential, too, that a layer has inside and calls: only then it has weights
    return writer.write(shapes if shapes is None else list(shapes))


def _model(model, writer) -> dict:
    if type(model) not in DRAWN.values():
        raise TypeError(
            f"{model.name} is a {type(model).__name__}, a model with code of its own, which a file cannot hold: only "
            "Sequential([...]) and Model(inputs, outputs) are saved whole. Use model.save_weights(path); to get them "
            f"back type model = {type(model).__name__}(...), call it once on data, then model.load_weights(path)."
        )
    record = {"model": type(model).__name__, **_common(model)}
    if isinstance(model, Sequential):
        record["stack"] = [writer.layer(layer) for layer in model.layers]
    if model._outputs_drawn is None:
        return record
    layers = [writer.layer(node.layer) for node in model._nodes]  # before the symbols: a layer may be a model, too
    writer.symbols = {symbol: [-1, i] for i, symbol in enumerate(model.inputs)}
    record["inputs"] = [{**_symbol(s), "name": n} for s, n in zip(model.inputs, model.input_names, strict=True)]
    record["calls"] = []
    for i, (layer, node) in enumerate(zip(layers, model._nodes, strict=True)):
        arguments = [writer.write(list(node.args)), writer.config(node.layer, node.kwargs)]
        record["calls"].append([layer, *arguments, [_symbol(s) for s in node.outputs]])
        writer.symbols |= {symbol: [i, k] for k, symbol in enumerate(node.outputs)}
    record["outputs"] = writer.write(model._outputs_drawn)
    return record


def _symbol(symbol) -> dict:
    return {"shape": list(symbol.shape), "dtype": symbol.dtype.name, "masked": bool(symbol.masked)}


# ---------------------------------------------------------------- to a model


def make(described, reader: Reader) -> Model:
    """Return the model of a description.

    Raises ValueError that names the layer, whatever is wrong with it.
    """
    if not isinstance(described, list) or not described:
        raise ValueError("it describes no layers")
    check_nesting(described)
    records: dict[Layer, dict] = {}
    for i, record in enumerate(described):
        try:
            _check_common(record)
            with use_floatx(record["dtype"]):  # also for layers that a layer makes inside itself
                layer = _made_model(record, reader, records) if "model" in record else _made_layer(record, reader)
        except Exception as error:  # constructors may raise anything if the learner's, or given nonsense
            raise ValueError(f"layer {i} of its description{_name_of(record)}: {error}") from error
        reader.layers.append(layer)
        records[layer] = record
    model = reader.layers[-1]
    if not isinstance(model, Model):
        raise ValueError("the last of its layers is no model")
    return model


def _name_of(record) -> str:
    return f" ({record['name']!r:.80})" if isinstance(record, dict) and "name" in record else ""


def _check_common(record) -> None:
    if not isinstance(record, dict):
        raise ValueError(f"expected a description with names. Received: {record!r:.80}")
    name, trainable, dtype = (record.get(key) for key in ("name", "trainable", "dtype"))
    if not isinstance(name, str) or not isinstance(trainable, bool) or dtype not in ("float32", "float64"):
        raise ValueError(f"name, trainable and dtype are {name!r:.40}, {trainable!r:.40} and {dtype!r:.40}")


def _made_layer(record, reader) -> Layer:
    config = reader.config(record["config"])
    kind = reader.own(record.get("kind"), Layer) if "own" in record else find("layer", record.get("kind"))
    if "own" not in record:
        check_types(kind, config)
        check_sizes(kind, config)
    common = {key: record[key] for key in ("name", "trainable", "dtype") if key in options(kind)}
    layer = kind(**config, **common)
    layer.name, layer.trainable = record["name"], record["trainable"]
    name_taken(layer.name)
    return layer


def _restore(layer, record, reader) -> None:
    """Build a layer that a model calls for the shapes that it was built for, and those inside it for theirs."""
    _build(layer, record["built"], reader)
    for i, (name, trainable, built) in enumerate(record["inner"]):
        inner = layer.with_inner()[1:]  # again each time: building a layer may give it layers of its own
        if i >= len(inner) or not isinstance(name, str) or not isinstance(trainable, bool):
            raise ValueError(f"it tells of {name!r:.80} inside it, which is not there")
        inner[i].name, inner[i].trainable = name, trainable
        _build(inner[i], built, reader)


def _build(layer, described, reader) -> None:
    if described is None or layer.built:
        return
    shape, further = reader.read(described)
    if not isinstance(further, dict) or not _are_sizes([shape, *further.values()]):
        raise ValueError(f"{layer.name!r:.80} cannot be built for the shape {shape!r:.80}")
    layer.build_for(shape, further)


def _are_sizes(shape) -> bool:
    """Tell whether a shape, or several, are made of lengths only: of no object, which might hold the layer itself."""
    if isinstance(shape, (tuple, list, dict)):
        return all(_are_sizes(part) for part in (shape.values() if isinstance(shape, dict) else shape))
    return shape is None or (type(shape) is int and 0 <= shape <= LARGEST_SIZE)


def _made_model(record, reader, records) -> Model:
    kind = DRAWN.get(record["model"]) if isinstance(record["model"], str) else None
    if kind is None:
        raise ValueError(f"there is no model called {record['model']!r:.80}")
    model = kind(name=record["name"], trainable=record["trainable"])
    if isinstance(model, Sequential):
        model._stack = [reader._layer(place) for place in record["stack"]]
    if "inputs" in record:
        inputs = tuple(_made_symbol(s) for s in record["inputs"])
        reader.symbols = [inputs]
        for call in record["calls"]:
            _made_call(call, reader, records)
        outputs = reader.read(record["outputs"])
        model._connect(inputs[0] if isinstance(model, Sequential) else list(inputs), outputs)
    elif not isinstance(model, Sequential):
        raise ValueError("a Model has inputs")
    return model


def _made_call(call, reader, records) -> None:
    place, args, kwargs, outputs = call
    layer = reader._layer(place)
    if not isinstance(layer, Model):
        with use_floatx(records[layer]["dtype"]):
            _restore(layer, records[layer], reader)
    node = Node(layer, tuple(reader._list(args)), reader.config(kwargs))
    node.outputs = tuple(_made_symbol(s, node, i) for i, s in enumerate(outputs))
    reader.symbols.insert(-1, node.outputs)


def _made_symbol(described, node=None, index=0) -> Symbol:
    shape, dtype, masked = described["shape"], described["dtype"], described["masked"]
    known = isinstance(shape, list) and 0 < len(shape) <= MOST_AXES and shape[0] is None
    if not known or not all(n is None or (type(n) is int and 0 <= n <= LARGEST_SIZE) for n in shape):
        raise ValueError(f"{shape!r:.80} is not the shape of a batch")
    if dtype not in DTYPES or not isinstance(masked, bool):
        raise ValueError(f"numbers of dtype {dtype!r:.40}, masked {masked!r:.40}")
    symbol = Symbol(shape, dtype, node, index, masked)
    if node is None and described.get("name") is not None:
        symbol.name = str(described["name"])
    return symbol
