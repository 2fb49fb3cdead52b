"""What the checks look at: the model, the data as arrays, and what the model ends with."""

import functools
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edunet import activations, losses
from edunet.layers.embedding import Embedding
from edunet.models.doctor.first import Reading
from edunet.models.doctor.report import Finding

__all__ = ["ROWS", "Case", "End", "Input", "ends_of", "finite_rows", "from_error", "number", "rows_of"]

ROWS = 10_000  # so many are looked at where all would take long


@dataclass
class Input:
    """One input: its numbers, what they are called, and what the model does with them first."""

    name: str  # "x", or "x[1]" of several, x['age'] of a dict
    data: np.ndarray
    columns: list[str]  # names of the last axis
    table: bool = False  # of pandas
    typed: bool = False  # a list of lists
    met: list[Reading] | None = None  # what the first layers with weights receive of it; None if it could not be tried

    @functools.cached_property
    def is_finite(self) -> bool:
        if self.data.dtype.kind != "f":
            return True
        total = np.add.reduce(self.data, axis=None)  # no finite sum holds a NaN or an infinity
        return bool(np.isfinite(total)) or bool(np.isfinite(self.data).all())

    @property
    def codes(self) -> int | None:
        """How many there are in the table of vectors in which this input is looked up; None if it is not."""
        return min((m.layer.input_dim for m in self.met or [] if isinstance(m.layer, Embedding)), default=None)

    @functools.cached_property
    def looks_like_pixels(self) -> bool:
        """Whether the columns of a table are those of pictures laid flat: many, of one range that begins at 0."""
        if self.data.ndim != 2 or self.data.shape[1] < 49 or not self.is_finite:
            return False
        some = self.data[:: max(1, len(self.data) // ROWS)]
        tops = some.max(axis=0)
        return bool(some.min() == 0 and np.median(tops) >= tops.max() / 2)

    def without(self, columns: list[int]) -> str:
        """Write how these columns are left out."""
        if self.table:
            return f"{self.name} = {self.name}.drop(columns={self.name}.columns[{columns}])"
        return f"{self.name} = np.delete({self.name}, {columns}, axis=-1)"


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
    answers: list[Input]
    ends: list[End] = field(default_factory=list)
    groups: np.ndarray | None = None
    cut: int | None = None  # the first row of those that validation_split holds out
    held_out: list[Input] = field(default_factory=list)  # what validation_data holds
    validation_groups: np.ndarray | None = None
    class_weight: Any = None
    causal: bool = False  # the model is asked before later steps are known

    @functools.cached_property
    def labels(self) -> list[np.ndarray]:
        return [part.data for part in self.answers]

    def layers(self) -> list:
        return self.model.with_inner()

    def measured(self) -> list[Input]:
        """Return the inputs that are no codes."""
        return [part for part in self.inputs if part.codes is None]

    def taken(self, rows: str, places=False) -> str:
        """Write how some rows of x and y are taken: by an array of True and False, or of places."""
        x, y = (_taken(name, parts, rows, places) for name, parts in (("x", self.inputs), ("y", self.answers)))
        return f"x, y = {x}, {y}"


def _taken(name: str, parts: list[Input], rows: str, places: bool) -> str:
    if len(parts) == 1 and parts[0].name == name:
        if parts[0].typed:
            return f"np.asarray({name})[{rows}]"
        return f"{name}.iloc[{rows}]" if places and parts[0].table else f"{name}[{rows}]"
    one = f"a.iloc[{rows}]" if places and all(part.table for part in parts) else f"a[{rows}]"
    if "'" in parts[0].name:
        return f"{{k: {one} for k, a in {name}.items()}}"
    return f"[{one} for a in {name}]"


def finite_rows(name: str) -> str:
    """Write which rows hold numbers only, of an array or a table."""
    return f"ok = np.isfinite(np.asarray({name}, float)).reshape(len({name}), -1).all(axis=1)"


def from_error(name: str, error: Exception | str, evidence: str) -> Finding:
    """Make a finding of what `fit` would raise, or warn of: what is wrong, what came, and the rest as repair."""
    first, *others = re.split(r"(?<=\.) ", str(error).replace("\n", " ").strip())
    came = [part for part in others if part.startswith("Received")]
    repair = [part for part in others if part not in came]
    if not repair and "mask" in first:
        repair = ["Give that layer padding='same', or leave Masking, or mask_zero=True, away."]
    shapes = "Bring x and y to the shapes that model.summary() shows."
    return Finding(name, " ".join([first, *came]), evidence, " ".join(repair) or shapes)


def number(value) -> str:
    """Write a number as people do."""
    value = float(value)
    if not np.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.4g}"


def rows_of(data: np.ndarray) -> np.ndarray:
    """Return some of the numbers, finite ones, as a table whose columns are the last axis; pictures as one column."""
    x = data[:: max(1, len(data) // ROWS)]
    x = x.reshape(-1, 1) if x.ndim > 3 or x.ndim == 1 else x.reshape(-1, x.shape[-1])
    x = x[:: max(1, len(x) // ROWS)].astype(np.float64)
    return x[np.isfinite(x).all(axis=1)] if np.isfinite(x).all(axis=1).any() else np.zeros((1, x.shape[1]))


# ---------------------------------------------------------------- the ends of the model

_PASSED = {"Flatten", "Reshape", "Permute", "Dropout", "Identity", "Input"}  # they leave the numbers as they are


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
