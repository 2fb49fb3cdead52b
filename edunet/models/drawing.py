"""From the ends of a drawing to its layers: which are between inputs and outputs, and in which order."""

from edunet.layers.layer import Layer
from edunet.layers.symbol import Node, Symbol, in_list

__all__ = ["checked", "layers_as_keras_orders_them", "nodes_behind", "unique"]


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


def nodes_behind(ends: list[Symbol], starts: list[Symbol]) -> list[Node]:
    """Return all uses of layers between starts and ends, depth first from the first end."""
    known = {id(s) for s in starts}
    found: dict[int, Node] = {}
    waiting = list(reversed(ends))
    while waiting:
        symbol = waiting.pop()
        if id(symbol) in known:
            continue
        if symbol.node is None:
            raise ValueError(f"the outputs depend on {symbol}, which is not among the inputs of this Model.")
        if symbol.node.number not in found:
            found[symbol.node.number] = symbol.node
            waiting.extend(reversed(symbol.node.inputs))
    return list(found.values())


def layers_as_keras_orders_them(nodes: list[Node]) -> list[Layer]:
    """Sort layers by their distance from the outputs, furthest first, so that weights move from Keras by plain copy."""
    distance: dict[int, int] = {}  # node number -> steps to the output on the longest way
    depth: dict[Layer, int] = {}
    for node in sorted(nodes, key=lambda node: -node.number):
        here = depth[node.layer] = max(distance.get(node.number, 0), depth.get(node.layer, 0))
        for symbol in node.inputs:
            if symbol.node is not None:
                distance[symbol.node.number] = max(here + 1, distance.get(symbol.node.number, 0))
    layers = sorted(dict.fromkeys(node.layer for node in nodes), key=lambda layer: -depth[layer])
    _refuse_namesakes(layers)
    return layers


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
    return [name if names.count(name) == 1 else f"{name}_{names[:i].count(name)}" for i, name in enumerate(names)]
