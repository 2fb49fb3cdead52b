"""From the ends of a drawing to its layers: which are between inputs and outputs, and in which order."""

import collections

from edunet.layers.layer import Layer
from edunet.layers.symbol import Node, Symbol, in_list

__all__ = ["as_keras_orders_them", "checked", "parts_behind", "unique"]


def checked(drawn):
    """Return what a Model is drawn from or to: a Symbol, a list of them, or a dict in the order of its names."""
    parts = in_list(drawn)
    named = not isinstance(drawn, dict) or all(isinstance(name, str) for name in drawn)
    if not parts or not named or not all(isinstance(part, Symbol) for part in parts):
        raise ValueError(
            "Model(inputs, outputs): both are what Input and layers return, one of them, a list, or a dict by name, "
            f"such as {{'risk': y}}. Received: {drawn!r:.200}"
        )
    return dict(sorted(drawn.items())) if isinstance(drawn, dict) else drawn


def parts_behind(ends: list[Symbol], starts: list[Symbol]) -> list[Node | Symbol]:
    """Return all uses of layers between starts and ends, and the starts, depth first from the first end."""
    known = {id(s) for s in starts}
    found: dict[int, Node | Symbol] = {}
    waiting = list(reversed(ends))
    while waiting:
        symbol = waiting.pop()
        if id(symbol) in known:
            found[id(symbol)] = symbol
            continue
        if symbol.node is None:
            raise ValueError(
                f"the outputs depend on the input {symbol.name!r}, {symbol}, which is not among the inputs of this "
                "Model. What is inside a model that is used as a layer begins at the inputs of that model: "
                "Model(base.inputs, base.get_layer(name).output)."
            )
        if id(symbol.node) not in found:
            found[id(symbol.node)] = symbol.node
            waiting.extend(reversed(symbol.node.inputs))
    return [*(s for s in starts if id(s) not in found), *found.values()]


def as_keras_orders_them(parts: list[Node | Symbol]) -> list[Layer | Symbol]:
    """Sort layers, and Symbols of inputs, by their distance from the outputs, furthest first.

    So weights move from Keras by plain copy, and the places of layers are those that books name.
    """
    distance: dict[int, int] = {}  # id of a node or an input -> steps to the output on the longest way
    depth: dict[Layer | Symbol, int] = {}
    starts = {id(part) for part in parts if isinstance(part, Symbol)}
    for node in sorted((part for part in parts if isinstance(part, Node)), key=lambda node: -node.number):
        here = depth[node.layer] = max(distance.get(id(node), 0), depth.get(node.layer, 0))
        for symbol in node.inputs:
            before = symbol if id(symbol) in starts else symbol.node
            distance[id(before)] = max(here + 1, distance.get(id(before), 0))
    depth |= {part: distance.get(id(part), 0) for part in parts if isinstance(part, Symbol)}
    found = dict.fromkeys(part.layer if isinstance(part, Node) else part for part in parts)
    _refuse_namesakes([part for part in found if isinstance(part, Layer)])
    return sorted(found, key=lambda part: -depth[part])


def _refuse_namesakes(layers: list[Layer]) -> None:
    """Raise ValueError for two layers of one name: get_layer, histories and pictures would confuse them."""
    known: dict[str, Layer] = {}
    for layer in layers:
        other = known.setdefault(layer.name, layer)
        if other is not layer:
            raise ValueError(
                f"two layers of the model are called {layer.name!r}: {other!r} and {layer!r}. Give one another name, "
                "name=..., or, if it comes from a file, layer.name = ... before."
            )


def unique(names: list[str]) -> list[str]:
    """Number the names that stand there more than once: dense_0, dense_1."""
    total, seen = collections.Counter(names), collections.Counter[str]()
    numbered = []
    for name in names:
        numbered.append(name if total[name] == 1 else f"{name}_{seen[name]}")
        seen[name] += 1
    return numbered
