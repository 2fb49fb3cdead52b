"""Graph: the nodes and weights of an ONNX model in the making."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Graph", "Value"]


@dataclass(frozen=True)
class Value:
    """A Tensor to come: its name in the graph; None in a shape is an axis of any length."""

    name: str
    shape: tuple
    dtype: np.dtype
    mask: str | None = None  # the name of the flags (N,T) of the steps that count


class Graph:
    """Collect nodes and constants. What is added last may use all that was added before."""

    def __init__(self, layer):
        self._layer = layer  # adds a layer: (graph, layer, *inputs) -> the names of its outputs
        self.nodes: list = []
        self.weights: dict[tuple, tuple[str, np.ndarray]] = {}  # by content: shared layers share them
        self.turned: dict[str, tuple[str, tuple]] = {}  # what a Transpose has made: (of what, its axes)
        self.names: set[str] = set()
        self.scope = ""  # the layer at work

    def fresh(self, name: str) -> str:
        """Return a name that nothing has yet."""
        number, found = 0, name
        while found in self.names:
            number += 1
            found = f"{name}_{number}"
        self.names.add(found)
        return found

    def constant(self, numbers, name="constant") -> str:
        """Return the name under which an array, or a Tensor's array, stands in the file."""
        array = np.ascontiguousarray(getattr(numbers, "data", numbers) if hasattr(numbers, "made_by") else numbers)
        array = array.reshape(np.shape(numbers))  # a scalar stays one
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self.weights:
            self.weights[key] = (self.fresh(f"{self.scope}.{name}" if self.scope else name), array)
        return self.weights[key][0]

    def whole(self, *numbers) -> str:
        """Return whole numbers, such as axes or a shape, as a constant."""
        return self.constant(np.array(numbers, np.int64), "numbers")

    def scalar(self, number, dtype) -> str:
        return self.constant(np.array(number, dtype), "number")

    def several(self, op: str, *inputs, outputs=1, **attributes) -> tuple[str, ...]:
        """Add a node and return the names of its outputs."""
        from onnx import helper

        made = tuple(self.fresh(f"{self.scope}/{op}") for _ in range(outputs))
        names = ["" if x is None else x for x in inputs]
        while names and not names[-1]:
            names.pop()
        self.nodes.append(helper.make_node(op, names, made, name=made[0], **attributes))
        return made

    def add(self, op: str, *inputs, **attributes) -> str:
        """Add a node with one output and return its name."""
        return self.several(op, *inputs, **attributes)[0]

    def layer(self, layer, *inputs, **options):
        """Add a layer that works inside another one; return the names of its outputs."""
        made = self._layer(self, layer, *inputs, **options)
        if isinstance(made, tuple):
            made = tuple(x.name if isinstance(x, Value) else x for x in made)
        return made[0] if isinstance(made, tuple) and len(made) == 1 else made

    # ---- axes

    def transpose(self, x: str, axes) -> str:
        """Reorder axes; two in a row become one or none, so that chains of convolutions stay channels first."""
        source, axes = x, tuple(axes)
        if x in self.turned:
            source, before = self.turned[x]
            axes = tuple(before[i] for i in axes)
        if axes == tuple(range(len(axes))):
            return source
        y = self.add("Transpose", source, perm=axes)
        self.turned[y] = (source, axes)
        return y

    def channels_first(self, x: str, rank: int) -> str:
        return self.transpose(x, (0, rank - 1, *range(1, rank - 1)))

    def channels_last(self, x: str, rank: int) -> str:
        return self.transpose(x, (0, *range(2, rank), 1))

    def each(self, op: str, x: str, *more, **attributes) -> str:
        """Add a node that treats every number by itself: it may as well stand before a Transpose."""
        if x not in self.turned:
            return self.add(op, x, *more, **attributes)
        source, axes = self.turned[x]
        return self.transpose(self.add(op, source, *more, **attributes), axes)

    def cast(self, x: str, dtype) -> str:
        from onnx import helper

        return self.each("Cast", x, to=helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def size(self, x: str, axis: int) -> str:
        """Return how long an axis is, as an array of one number."""
        end = {} if axis == -1 else {"end": axis + 1}
        return self.add("Shape", x, start=axis, **end)

    def flip(self, x: str, axis: int) -> str:
        """Return x with an axis in reverse order."""
        end = np.iinfo(np.int64).min
        return self.add("Slice", x, self.whole(-1), self.whole(end), self.whole(axis), self.whole(-1))

    # ---- the end

    def needed(self, outputs) -> list:
        """Return the nodes that the outputs depend on, in order."""
        wanted, kept = set(outputs), []
        for node in reversed(self.nodes):
            if wanted & set(node.output):
                wanted |= set(node.input)
                kept.append(node)
        return kept[::-1]
