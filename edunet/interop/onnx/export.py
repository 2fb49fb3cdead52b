"""to_onnx: walk through the drawing of a model and write what it says."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from edunet import layers
from edunet.interop.onnx.graph import Graph, Value
from edunet.interop.onnx.moves import joined_masks
from edunet.interop.onnx.refusal import refuse, refuse_float64
from edunet.interop.onnx.table import HONOURS, LAYERS, MASKS
from edunet.layers.symbol import Symbol, fill, in_list
from edunet.models import Model, files

__all__ = ["to_onnx"]

OLDEST = 20  # the version of the operators that these graphs are written in; tested from onnxruntime 1.20


def to_onnx(model, path=None, *, opset=OLDEST):
    """Return a model as an ONNX `ModelProto`, and write it to `path` if one is given.

    Inputs are called input (input_0, input_1, ... if there are several), outputs as in `model.output_names`. The batch
    and every axis of any length stay open. Dropout and augmentation are left away, BatchNormalization uses its moving
    means: the graph is `model.predict`. A float64 model stays one where onnxruntime can run it; it has convolution,
    recurrence, means of windows and most activations for float32 only: those are refused.
    Args: model, built; path, ending in .onnx: an older file is replaced once the new one is complete; opset, the
    version of ONNX's operators, 20 or later.
    Raises ImportError without onnx; ValueError for a layer that ONNX, onnxruntime or this export does not know, with
    its name and what to do, before anything is written.

    >>> from edunet import Sequential, layers
    >>> model = Sequential([layers.Dense(1, input_shape=(3,))])
    >>> to_onnx(model, "small.onnx").producer_name      # doctest: +SKIP
    'edunet'
    """
    onnx = _onnx()
    newest = onnx.defs.onnx_opset_version()
    if isinstance(opset, bool) or not isinstance(opset, (int, np.integer)) or not OLDEST <= opset <= newest:
        raise ValueError(f"to_onnx: opset is a whole number from {OLDEST} to {newest}. Received: {opset!r}")
    if not isinstance(model, Model):
        raise TypeError(f"to_onnx takes a Model or Sequential. Received: {type(model).__name__}")
    if path is not None and Path(path).suffix != ".onnx":
        raise ValueError(f"to_onnx: ONNX files end in .onnx. Received {Path(path).name!r}.")
    made = _proto(onnx, model, int(opset))
    if path is not None:
        files.put(Path(path), made.SerializeToString())
    return made


def _onnx():
    try:
        import onnx
        import onnx.checker
        import onnx.defs
        import onnx.helper
        import onnx.numpy_helper
    except ImportError as error:
        raise ImportError("to_onnx needs the package onnx: pip install onnx onnxruntime") from error
    return onnx


def _proto(onnx, model, opset):
    helper = onnx.helper
    graph = Graph(_layer)
    _refuse_undrawn(model)
    names = ["input"] if len(model.inputs) == 1 else [f"input_{i}" for i in range(len(model.inputs))]
    inputs = [Value(graph.fresh(n), s.shape, s.dtype) for n, s in zip(names, model.inputs, strict=True)]
    outputs = _walk(graph, model, inputs)
    graph.scope, ends = "", []
    for name, x in zip(model.output_names, outputs, strict=True):
        ends.append(graph.fresh(name))
        graph.nodes.append(helper.make_node("Identity", [x.name], [ends[-1]], name=ends[-1]))
    nodes = graph.needed(ends)
    used = {name for node in nodes for name in node.input}
    weights = [onnx.numpy_helper.from_array(array, n) for n, array in graph.weights.values() if n in used]
    described = [_described(helper, x.name, x.shape, x.dtype) for x in inputs]
    answers = [_described(helper, n, x.shape, x.dtype) for n, x in zip(ends, outputs, strict=True)]
    opsets = [helper.make_opsetid("", opset)]
    proto = helper.make_model(
        helper.make_graph(nodes, model.name, described, answers, weights),
        producer_name="edunet",
        producer_version=sys.modules["edunet"].__version__,
        opset_imports=opsets,
        ir_version=helper.find_min_ir_version_for(opsets),
    )
    helper.set_model_props(proto, {"layers": ", ".join(f"{x.name} ({type(x).__name__})" for x in model.sublayers())})
    onnx.checker.check_model(proto, full_check=True)
    return proto


def _described(helper, name, shape, dtype):
    """Return what ONNX says of an input or output; open axes have names."""
    sizes = ["N", *(f"{name}_{i}" if n is None else n for i, n in enumerate(shape[1:], 1))]
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(dtype)), sizes)


def _refuse_undrawn(model):
    if not model.built and not model.inputs:
        raise ValueError(f"to_onnx: {model.name} is not built yet: give it an input_shape, or call fit or build first.")
    if not model.inputs:
        raise refuse(
            model,
            "what its call does is not known.",
            "Draw it instead: Model(inputs, outputs), from what Input returns.",
        )


# ---------------------------------------------------------------- from layer to layer


def _walk(graph, model, inputs: list[Value]) -> list[Value]:
    """Add all layers of a drawn model; return its outputs."""
    values: dict[Symbol, object] = dict(zip(model.inputs, inputs, strict=True))
    masked = _masked(model, inputs)
    for node in model._nodes:
        args, kwargs = node.filled(values)
        kwargs.pop("training", None)
        args, kwargs = _cast((args, kwargs), graph, node)
        made = _layer(graph, node.layer, *args, **kwargs)
        made = made if isinstance(made, tuple) else (made,)
        mask = _mask(graph, node, args) if masked & set(node.outputs) else None
        for symbol, name in zip(node.outputs, made, strict=True):
            if isinstance(name, Value):  # of a model in the model, which knows its masks
                values[symbol] = name
            else:
                values[symbol] = Value(name, symbol.shape, symbol.dtype, mask if symbol in masked else None)
    return in_list(fill(model._outputs_drawn, values))


def _masked(model, inputs: list[Value]) -> set[Symbol]:
    """Return the Symbols that carry a mask. A model inside another is drawn again if masks come in that it did not know
    of."""
    found = {s: s for node in model._nodes for s in node.outputs}
    if any((x.mask is not None) != s.masked for s, x in zip(model.inputs, inputs, strict=True)):
        found = {
            s: Symbol(s.shape, s.dtype, masked=x.mask is not None) for s, x in zip(model.inputs, inputs, strict=True)
        }
        for node in model._nodes:
            args, kwargs = node.filled(found)
            y = node.layer(*args, **kwargs)
            found.update(zip(node.outputs, in_list(y), strict=True))
    return {symbol for symbol, again in found.items() if again.masked}


def _layer(graph, layer, *args, **kwargs):
    """Add one layer; return the names of its outputs."""
    if isinstance(layer, Model):
        return _model(graph, layer, *args, **kwargs)
    kind = type(layer).__name__
    if kind not in LAYERS or getattr(layers, kind, None) is not type(layer):
        raise refuse(
            layer,
            "it has no counterpart in ONNX that is known here.",
            f"Use one of these layers: {', '.join(sorted(LAYERS))}.",
        )
    if any(x.mask is not None for x in _values((args, kwargs))) and kind not in HONOURS and not layer.supports_masking:
        raise refuse(layer, "it cannot honour a mask.", "Leave the mask away (mask_zero=False).")
    outside, graph.scope = graph.scope, f"{graph.scope}/{layer.name}" if graph.scope else layer.name
    before = len(graph.nodes)
    try:
        made = LAYERS[kind](graph, layer, *args, **kwargs)
    finally:
        graph.scope = outside
    refuse_float64(layer, _values((args, kwargs)), graph.nodes[before:])
    return made


def _model(graph, model, inputs):
    """Add a model that stands in another one like a layer."""
    _refuse_undrawn(model)
    outside, graph.scope = graph.scope, f"{graph.scope}/{model.name}" if graph.scope else model.name
    made = tuple(_walk(graph, model, in_list(inputs)))
    graph.scope = outside
    return made


def _mask(graph, node, args):
    rule = MASKS.get(type(node.layer).__name__, joined_masks)
    outside, graph.scope = graph.scope, node.layer.name
    mask = rule(graph, node.layer, args[0])
    graph.scope = outside
    return mask


def _values(structure) -> list[Value]:
    """Return the Values in nested tuples, lists and dicts."""
    if isinstance(structure, Value):
        return [structure]
    parts = structure.values() if isinstance(structure, dict) else structure
    return [x for part in parts for x in _values(part)] if isinstance(structure, (tuple, list, dict)) else []


def _cast(structure, graph, node):
    """Bring the inputs of a layer to the precision it computes in; codes, masks and what stays whole are left alone."""
    dtype = node.outputs[0].dtype
    if isinstance(structure, Value):
        kinds = "iu" if isinstance(node.layer, (layers.MultiHeadAttention, layers.TransformerEncoder)) else "iub"
        whole = structure.dtype.kind in kinds and not isinstance(node.layer, (layers.Embedding, Model))
        if structure.dtype == dtype or dtype.kind != "f" or not (structure.dtype.kind == "f" or whole):
            return structure
        return replace(structure, name=graph.cast(structure.name, dtype), dtype=dtype)
    if isinstance(structure, dict):
        return {key: _cast(part, graph, node) for key, part in structure.items()}
    if isinstance(structure, (tuple, list)):
        return type(structure)(_cast(part, graph, node) for part in structure)
    return structure
