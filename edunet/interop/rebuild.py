"""Whole models to and from Keras 3: every layer is made again from its arguments, the calls are repeated.

Initializers are not taken along: the weights are.
"""

import functools
import inspect
from typing import Any

import numpy as np

from edunet import activations, constraints, layers, regularizers
from edunet.interop.keras import expect_keras, weights_from_keras, weights_to_keras
from edunet.interop.masks import given_arguments, refuse_other_masks, takes_states
from edunet.layers.arguments import options
from edunet.layers.layer import Layer
from edunet.layers.symbol import in_list, replace
from edunet.models import Model, Sequential

__all__ = ["from_keras", "to_keras"]

_LEFT_OUT = {
    "name",
    "trainable",
    "dtype",
    "input_shape",
    "input_length",
    "batch_shape",
    "batch_input_shape",
    "implementation",
}  # said otherwise, or not at all
_ROOMS = {"regularizer": regularizers, "constraint": constraints}


def from_keras(keras_model):
    """Return a model of edunet with the layers, the graph and the weights of a Sequential or functional Keras model.

    Raises ValueError for a model that is not built or a subclass, for a layer that is not known here or treats masked
    steps otherwise, and for an argument that has no counterpart and is not what it is by default: each is named.
    """
    expect_keras("from_keras", keras_model)
    if hasattr(keras_model, "add") and getattr(keras_model, "built", False):  # a Sequential
        parts = [_layer_from(layer) for layer in keras_model.layers]
        first = keras_model.inputs[0]
        start = layers.Input(tuple(first.shape[1:]), first.dtype, name=first.name)
        model: Model = Sequential([start, *parts], name=keras_model.name)
    elif hasattr(keras_model, "_nodes_by_depth"):
        model = _functional_from(keras_model)
    else:
        raise ValueError(
            f"from_keras: expected a built Sequential or functional model of Keras. Received: {keras_model!r}. Write a "
            "subclass down here as well and use weights_from_keras; give a Sequential an Input first."
        )
    refuse_other_masks("from_keras", model)
    if not keras_model.trainable:
        model.trainable = False
    return weights_from_keras(model, keras_model)


def to_keras(model):
    """Return a Keras 3 model with the layers, the graph and the weights of a model of edunet.

    Raises ValueError for a model that is not drawn, such as a subclass or one without an Input, for a layer or argument
    that Keras does not have, and for a layer that treats masked steps otherwise: each is named.
    """
    import keras

    if not isinstance(model, Model):
        raise TypeError(f"to_keras: expected a model of edunet. Received: {type(model).__name__}")
    if not model.outputs:
        raise ValueError(
            f"to_keras: expected a model that is drawn, Model(inputs, outputs) or Sequential with an input_shape. "
            f"Received: {model!r}."
        )
    refuse_other_masks("to_keras", model)
    named = zip(model.inputs, model.input_names or [], strict=True)
    starts = [keras.Input(s.shape[1:], dtype=s.dtype.name, name=name) for s, name in named]
    if isinstance(model, Sequential):
        made = keras.Sequential([*starts, *[_layer_to(keras, layer) for layer in model.layers]], name=model.name)
    else:
        values = dict(zip(model.inputs, starts, strict=True))
        copies = {layer: _layer_to(keras, layer) for layer in model.sublayers()}
        for node in model._nodes:
            args, kwargs = node.filled(values)
            if takes_states(node.layer) and len(node.inputs) > 1:  # beside which Keras does not look for the mask
                kwargs.setdefault("mask", getattr(args[0], "_keras_mask", None))
            y = copies[node.layer](*args, **kwargs)
            values.update(zip(node.outputs, in_list(y), strict=True))
        made = keras.Model(starts, replace(model._outputs_drawn, lambda s: values[s]), name=model.name)
    if not model.trainable:
        made.trainable = False
    return weights_to_keras(model, made)


def _functional_from(keras_model) -> Model:
    """Repeat the calls that drew a functional model. Masks that Keras hands on by itself are handed on here, too."""
    values: dict[int, Any] = {}
    copies: dict[int, Layer] = {}
    operations: dict[int, str] = {}  # what no layer has made: a mask, or nothing that can be repeated

    def known(x):
        if id(x) in operations:
            raise ValueError(
                f"from_keras: {operations[id(x)]} is an operation, not a layer; say it by a layer, such as "
                "layers.Add()([a, b]) for a + b."
            )
        return values.get(id(x), x)

    for depth in sorted(keras_model._nodes_by_depth, reverse=True):
        for node in keras_model._nodes_by_depth[depth]:
            if node.is_input:
                for tensor in node.outputs:
                    values[id(tensor)] = layers.Input(tuple(tensor.shape[1:]), tensor.dtype, name=node.operation.name)
                continue
            if not hasattr(node.operation, "get_weights"):
                operations |= {id(tensor): node.operation.name for tensor in node.outputs}
                continue
            if id(node.operation) not in copies:
                copies[id(node.operation)] = _layer_from(node.operation)
            kwargs = given_arguments(node, copies[id(node.operation)])
            y = copies[id(node.operation)](*replace(node.arguments.args, known), **replace(kwargs, known))
            values.update(zip(map(id, node.outputs), in_list(y), strict=True))
    starts = [known(x) for x in keras_model.inputs]
    ends = [known(x) for x in keras_model.outputs]
    return Model(_as_there(keras_model.input, starts), _as_there(keras_model.output, ends), name=keras_model.name)


def _as_there(structure, symbols: list):
    """Return the inputs or outputs by name if Keras has them in a dict; else one alone, or a list."""
    if isinstance(structure, dict):
        return dict(zip(sorted(structure), symbols, strict=True))
    return symbols[0] if len(symbols) == 1 else symbols


def _layer_from(theirs) -> Layer:
    """Return our layer with the arguments of one of Keras."""
    if hasattr(theirs, "layers") and hasattr(theirs, "fit"):
        return from_keras(theirs)
    kind = getattr(layers, type(theirs).__name__, None)
    if kind is None or not _of_keras(type(theirs)):
        raise ValueError(f"from_keras: {theirs.name} is a {type(theirs).__name__}, which edunet does not have.")
    if kind is layers.Attention:
        raise _other_scores("from_keras", theirs)
    if theirs.compute_dtype != theirs.variable_dtype or theirs.compute_dtype not in ("float32", "float64"):
        raise ValueError(f"from_keras: {theirs.name} computes in {theirs.dtype_policy}; here in float32 or float64.")
    config = theirs.get_config()
    held = {key: getattr(theirs, key, None) for key in config}
    if "layer" in held:  # which Bidirectional has under another name
        held["layer"] = getattr(theirs, "forward_layer", held["layer"])
    for key, value in held.items():
        if key.endswith("activation") and callable(value) and not _of_keras(value):
            raise ValueError(f"from_keras: {theirs.name}: {key} is a function of its own, which edunet does not have.")
        if key.endswith("activation") and ".ops." in getattr(value, "__module__", ""):  # gelu has another default there
            name = getattr(value, "__name__", "")
            raise ValueError(
                f"from_keras: {theirs.name}: {key} is keras.ops.{name}; give its name, {name!r}, in Keras."
            )
    inner = {key: replace(_plain(part), _layer_from) for key, part in held.items() if _are_layers(part)}
    taken = _taken(theirs, config, options(kind), "edunet")
    for key, value in taken.items():
        ending = key.rpartition("_")[2]
        if ending in _ROOMS and isinstance(value, dict):
            made = getattr(_ROOMS[ending], value["class_name"], None)
            if made is None or not (value.get("module") or "").startswith("keras"):
                raise ValueError(f"from_keras: {theirs.name}: {key} is a {value['class_name']}, not one of edunet's.")
            wanted = inspect.signature(made).parameters
            taken[key] = made(**{k: v for k, v in value["config"].items() if k in wanted})
    return kind(**taken | inner, name=theirs.name, trainable=theirs.trainable, dtype=theirs.compute_dtype)


def _of_keras(kind) -> bool:
    return (getattr(kind, "__module__", None) or "").split(".")[0] == "keras"


def _other_scores(where: str, layer) -> ValueError:
    return ValueError(
        f"{where}: {layer.name} (Attention) divides its scores by √d in edunet and does not in Keras. Use "
        "MultiHeadAttention with one head, which divides on both sides."
    )


def _layer_to(keras, ours):
    """Return Keras's layer with the arguments of one of ours."""
    if isinstance(ours, Model):
        return to_keras(ours)
    kind = getattr(keras.layers, type(ours).__name__, None)
    if kind is None or not type(ours).__module__.startswith("edunet."):
        raise ValueError(f"to_keras: {ours.name} is a {type(ours).__name__}, which Keras does not have.")
    if kind is keras.layers.Attention:
        raise _other_scores("to_keras", ours)
    config = ours.kept_arguments()
    wanted = [
        p
        for base in kind.__mro__
        if "__init__" in vars(base)
        for p in inspect.signature(vars(base)["__init__"]).parameters
    ]
    taken = _taken(ours, config, wanted, "Keras")
    for key, value in taken.items():
        ending = key.rpartition("_")[2]
        if _are_layers(value):
            taken[key] = replace(value, functools.partial(_layer_to, keras))
        elif ending in _ROOMS and value is not None:
            if not type(value).__module__.startswith("edunet."):
                raise ValueError(f"to_keras: {ours.name}: {key} is a {type(value).__name__}, not one of Keras's.")
            made = getattr(getattr(keras, f"{ending}s"), type(value).__name__)
            there = inspect.signature(made).parameters
            taken[key] = made(**{k: v for k, v in vars(value).items() if k in there})
        elif callable(value):
            taken[key] = activations.name_of(value)
            if getattr(value, "__name__", "") == "<lambda>" or activations.get(taken[key]) is not value:
                raise ValueError(f"to_keras: {ours.name}: {key} is a function of its own, which Keras does not have.")
    made = kind(**taken, name=ours.name, dtype=ours.dtype.name)
    if not ours.trainable:  # which some do not take as an argument
        made.trainable = False
    return made


def _plain(value):
    return list(value) if isinstance(value, (list, tuple)) else value  # Keras has lists of a kind of its own


def _are_layers(value) -> bool:
    """Tell whether an argument is a layer of either library, or several, as the cells of StackedRNNCells."""
    several = isinstance(value, (list, tuple)) and len(value) > 0
    return all(hasattr(part, "get_weights") and hasattr(part, "get_config") for part in (value if several else [value]))


def _taken(layer, config: dict, wanted: list[str], where: str) -> dict:
    """Return the arguments that the other side has too; raise for one that it lacks and that says something."""
    defaults = {
        name: p.default
        for base in reversed(type(layer).__mro__)
        if base is not object and "__init__" in vars(base)
        for name, p in inspect.signature(vars(base)["__init__"]).parameters.items()
    }
    taken = {}
    for key, value in config.items():
        if key in _LEFT_OUT or key.endswith("_initializer"):
            continue
        default = defaults.get(key, False)  # rms_scaling, which Keras takes and does not list
        if key in wanted and key in defaults:
            taken[key] = value
        elif not _says_nothing(key, value, default):
            raise ValueError(
                f"{layer.name} ({type(layer).__name__}): {key}={value!r} has no counterpart in {where}. Leave it at "
                f"its default, {default!r}, or say it otherwise."
            )
    return taken


def _says_nothing(key: str, value, default) -> bool:
    """Tell whether an argument is as it always is."""
    if key == "data_format":
        return value in (None, "channels_last")
    if key == "axis" and value is not None:  # of the channels, which Keras counts from the front once it is built
        return len(np.ravel(value)) == 1
    if key == "attention_axes":  # the steps, which Keras writes down once it is built
        return value is None or list(np.ravel(value)) == [1]
    value = activations.name_of(value) if callable(value) else value
    return value is None or value == default or key == "supports_masking"
