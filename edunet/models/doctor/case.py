"""What the checks look at: the model, the data as arrays, and what the model ends with."""

import functools
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edunet import activations, losses
from edunet.layers.embedding import Embedding
from edunet.models.doctor.report import Finding

__all__ = ["Case", "End", "Input", "ends_of", "from_error", "number"]


@dataclass
class Input:
    """One input: its numbers, what they are called, and whether they are codes for an Embedding."""

    name: str  # "x", or "x[1]" of several
    data: np.ndarray
    columns: list[str]  # names of the last axis
    codes: int | None = None  # how many there are in the table of vectors

    @functools.cached_property
    def is_finite(self) -> bool:
        if self.data.dtype.kind != "f":
            return True
        total = np.add.reduce(self.data, axis=None)  # no finite sum holds a NaN or an infinity
        return bool(np.isfinite(total)) or bool(np.isfinite(self.data).all())


@dataclass
class End:
    """What an output ends with."""

    name: str
    shape: tuple
    loss: Any  # None if the model is not compiled
    activations: list[str] | None  # names from the last backwards, only what acts on the answer; None if not known


@dataclass
class Case:
    """A model and its data before training."""

    model: Any
    inputs: list[Input]
    labels: list[np.ndarray]
    ends: list[End] = field(default_factory=list)
    groups: np.ndarray | None = None
    validation: Any = None  # a share, or a pair (x, y)
    validation_groups: np.ndarray | None = None
    class_weight: Any = None

    def layers(self) -> list:
        return self.model.with_inner()


def from_error(name: str, error: Exception, evidence: str) -> Finding:
    """Make a finding of the error that `fit` would raise: what is wrong, what came, and the rest as repair."""
    first, *others = re.split(r"(?<=\.) ", str(error).replace("\n", " ").strip())
    came = [part for part in others if part.startswith("Received")]
    repair = [part for part in others if part not in came]
    shapes = "Bring x and y to the shapes that model.summary() shows."
    return Finding(name, " ".join([first, *came]), evidence, " ".join(repair) or shapes)


def number(value) -> str:
    """Write a number as people do."""
    value = float(value)
    if not np.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.4g}"


def codes_of(model, i: int) -> int | None:
    """Return how long the table is in which input i is looked up, or None if it is not."""
    symbols = getattr(model, "inputs", [])
    nodes = model._nodes if symbols else []
    tables = [n.layer.input_dim for n in nodes if isinstance(n.layer, Embedding) and symbols[i] in n.inputs]
    if not tables and not symbols:
        tables = [layer.input_dim for layer in model.with_inner()[1:2] if isinstance(layer, Embedding)]
    return min(tables, default=None)


# ---------------------------------------------------------------- the ends of the model

_PASSED = {"Flatten", "Reshape", "Permute", "Dropout", "Input"}  # they leave the numbers as they are


def ends_of(model, loss_by_output: list) -> list[End]:
    """Return what every output ends with."""
    names = model.output_names or [f"output_{i + 1}" for i in range(len(model.output_shapes))]
    symbols = model.outputs if model.inputs else [None] * len(names)
    return [
        End(name, shape, loss, None if symbol is None else _activations_behind(symbol))
        for name, shape, loss, symbol in zip(names, model.output_shapes, loss_by_output, symbols, strict=True)
    ]


def _activations_behind(symbol) -> list[str]:
    """Return the names of the activations behind an output, last first, as far as they follow each other directly."""
    found: list[str] = []
    while symbol is not None and symbol.node is not None:
        layer, kind = symbol.node.layer, type(symbol.node.layer).__name__
        if getattr(layer, "inputs", None) and getattr(layer, "outputs", None):  # a model as a layer
            return found + _activations_behind(layer.outputs[symbol.index])
        if kind in ("Softmax", "ReLU", "LeakyReLU", "ELU"):
            found.append({"LeakyReLU": "leaky_relu"}.get(kind, kind.lower()))
        elif kind == "Activation":
            found.append(activations.name_of(layer.activation))
        elif kind not in _PASSED:
            return [*found, _own_activation(layer)]
        symbol = symbol.node.inputs[0] if len(symbol.node.inputs) == 1 else None
    return found


def _own_activation(layer) -> str:
    """Return what a layer does last: "unknown" for one that says nothing of it."""
    kind = type(layer).__name__
    if kind == "TimeDistributed":
        return _own_activation(layer.layer)
    if kind == "Dense" or "Conv" in kind:
        return activations.name_of(layer.activation)
    return {"BatchNormalization": "linear", "LayerNormalization": "linear", "Add": "linear"}.get(kind, "unknown")


def wants_probabilities(loss) -> bool:
    """Tell whether a loss takes probabilities: one of the cross-entropies, and not from_logits."""
    return is_crossentropy(loss) and not getattr(loss, "from_logits", False)


def is_crossentropy(loss) -> bool:
    return isinstance(loss, (losses.BinaryCrossentropy, losses.CategoricalCrossentropy))
