"""Symbols: how a model is drawn before there is data. A layer called on one records the call and returns another."""

import itertools
import weakref

import numpy as np

__all__ = ["DrawnEnd", "Node", "Symbol", "draw_again", "fill", "in_list", "lay_flat", "replace", "symbols_in"]

_nodes = itertools.count()


class Symbol:
    """A Tensor to come, in a model that is being drawn: a shape (None = any length) and the call that makes it.

    masked: whether it will carry a mask, because some of its steps may be padding; name: that of an input.
    """

    def __init__(self, shape, dtype="float32", node=None, index=0, masked=False, name=None):
        self.shape, self.dtype, self.node, self.index = tuple(shape), np.dtype(dtype), node, index
        self.masked, self.name = masked, name
        self.source = None  # its InputLayer, once somebody asks a model for its layers

    ndim = property(lambda self: len(self.shape))

    def _refuse(self, *others, **options):
        """Name the layer for what was tried on a Symbol, which holds no numbers yet."""
        raise TypeError(
            f"{self} holds no numbers yet: a drawn model is made of layers. a + b, a - b and a * b are drawn as such, "
            "x * 2, x / 255, 1 - x and -x, too, and arrays with one number per channel. For an activation type "
            "layers.Activation(name), for x @ w layers.Dense(units). Else, for x[:, -1] or edunet.ops, "
            "write a layer of your own: class Last(layers.Layer), whose call(self, x) returns x[:, -1]."
        )

    __array__ = __getitem__ = __iter__ = __abs__ = __rtruediv__ = _refuse
    __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _refuse

    def __add__(self, other):
        return self._join("Add", other) or self._scale(1.0, other)

    def __sub__(self, other):
        return self._join("Subtract", other) or self._scale(1.0, other, -1)

    def __rsub__(self, other):
        return self._scale(-1.0, other)

    def __mul__(self, other):
        return self._join("Multiply", other) or self._scale(other)

    def __truediv__(self, other):
        if isinstance(other, Symbol):
            self._refuse()
        return self._scale(1 / self._constant(other))

    def __neg__(self):
        return self._scale(-1.0)

    __radd__, __rmul__ = __add__, __mul__

    def _join(self, kind: str, other):
        """Draw a layer that joins two Symbols; None if the other is none."""
        from edunet.layers import merge  # whose layers stand on this file

        return getattr(merge, kind)()([self, other]) if isinstance(other, Symbol) else None

    def _scale(self, scale, offset=0.0, sign=1):
        """Draw x·scale ± offset."""
        from edunet.layers.reshape import Rescaling

        return Rescaling(self._constant(scale), sign * self._constant(offset))(self)

    def _constant(self, value):
        """Return a number, or an array with one for each channel, or say what can be drawn."""
        a = np.asarray(value) if isinstance(value, (int, float, np.number, np.ndarray)) else np.array(None)
        if a.dtype.kind not in "fiu" or a.shape not in ((), (1,), self.shape[1:][-1:]):
            self._refuse()
        return float(a) if a.ndim == 0 else a.astype(self.dtype if self.dtype.kind == "f" else np.float32)

    __array_ufunc__ = None  # an array on the left asks the Symbol, too

    def __repr__(self):
        return f"Symbol(shape={self.shape}, dtype={self.dtype})"


class Node:
    """One use of a layer in a drawn model. A layer that is shared has several."""

    def __init__(self, layer, args, kwargs):
        self.layer, self.args, self.kwargs = layer, args, kwargs
        one = len(args) == 1 and not kwargs and isinstance(args[0], Symbol)
        self.only = args[0] if one else None  # nearly every layer has a single input
        self.number = next(_nodes)
        self.outputs: tuple[Symbol, ...] = ()
        # the layer knows its uses, and keeps none alive: a drawing goes when its model goes
        if not layer._uses:
            layer._uses = weakref.WeakSet()
        layer._uses.add(self)

    @property
    def inputs(self) -> list[Symbol]:
        return symbols_in((self.args, self.kwargs))

    def filled(self, values: dict[Symbol, object]) -> tuple[tuple, dict]:
        """Return the arguments with values in the place of Symbols."""
        if self.only is not None:
            return (values[self.only],), {}
        return fill((self.args, self.kwargs), values)


class DrawnEnd:
    """What a layer is called on, or what it gives, in the one place where it is drawn: a Symbol, or several.

    An attribute of that name which a learner's own layer sets, self.output = Dense(1), stands before it.
    """

    def __init__(self, end: str):
        self.end = end  # "inputs" or "outputs" of a Node

    def __get__(self, layer, kind=None):
        if layer is None:
            return self
        nodes = [node for node in layer._uses if node.outputs]
        if len(nodes) != 1:
            hint = "Keep what each call returned: h = layer(x)." if nodes else "Call it on what Input returns."
            raise AttributeError(
                f"{layer.name} is drawn in {len(nodes)} places; input and output are those of a layer in one. {hint}"
            )
        found = getattr(nodes[0], self.end)
        return found[0] if len(found) == 1 else list(found)


def symbols_in(structure) -> list[Symbol]:
    """Return the Symbols in nested tuples, lists and dicts."""
    if isinstance(structure, Symbol):
        return [structure]
    if isinstance(structure, dict):
        structure = structure.values()
    elif not isinstance(structure, (tuple, list)):
        return []
    return [symbol for part in structure for symbol in symbols_in(part)]


def in_list(y) -> list:
    """Return what a call gave as a list: one output, several, or a dict of them."""
    if isinstance(y, dict):
        return list(y.values())
    return list(y) if isinstance(y, (tuple, list)) else [y]


def replace(structure, change):
    """Return nested tuples, lists and dicts with `change` applied to whatever is inside."""
    if isinstance(structure, dict):
        return {key: replace(part, change) for key, part in structure.items()}
    if isinstance(structure, (tuple, list)):
        return type(structure)(replace(part, change) for part in structure)
    return change(structure)


def fill(structure, values: dict[Symbol, object]):
    """Return nested tuples, lists and dicts with values in the place of Symbols."""
    if isinstance(structure, Symbol):
        return values[structure]
    return replace(structure, lambda x: values[x] if isinstance(x, Symbol) else x)


class _Place(int):
    """Where a Symbol stands in the list of a drawing that was laid flat."""


def lay_flat(nodes: list[Node], inputs: list[Symbol], outputs) -> tuple:
    """Return a drawing as lists without cycles: however deep, it can be copied and pickled."""
    symbols = list(dict.fromkeys([*inputs, *(s for node in nodes for s in (*node.inputs, *node.outputs))]))
    place: dict[Symbol, object] = {symbol: _Place(i) for i, symbol in enumerate(symbols)}
    return (
        [(s.shape, s.dtype, s.index, s.masked, s.name) for s in symbols],
        [(node.layer, fill((node.args, node.kwargs), place), fill(node.outputs, place)) for node in nodes],
        fill(inputs, place),
        fill(outputs, place),
    )


def draw_again(flat: tuple) -> tuple[list[Node], list[Symbol], object]:
    """Return nodes, inputs and outputs of a drawing that was laid flat; its Symbols and Nodes are new."""
    symbols = [Symbol(shape, dtype, None, i, masked, name) for shape, dtype, i, masked, name in flat[0]]

    def back(structure):
        return replace(structure, lambda x: symbols[x] if isinstance(x, _Place) else x)

    nodes = []
    for layer, arguments, outputs in flat[1]:
        node = Node(layer, *back(arguments))
        node.outputs = back(outputs)
        for symbol in node.outputs:
            symbol.node = node
        nodes.append(node)
    return nodes, back(flat[2]), back(flat[3])
