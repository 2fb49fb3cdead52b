"""The arguments of a layer in words that JSON has: an activation by its name, what makes weights by its class.

    ops.relu  ->  "relu"
    L2(0.1)   ->  {"module": "edunet.regularizers", "class_name": "L2", "config": {"l2": 0.1}}
What a learner has written has no word and stays what it is.
"""

import numpy as np

from edunet import activations, constraints, initializers, regularizers
from edunet.names import look_up

__all__ = ["as_words", "from_words", "is_ours"]

ROOMS = {"edunet.constraints": constraints, "edunet.initializers": initializers, "edunet.regularizers": regularizers}


def is_ours(kind: type) -> bool:
    """Tell whether a class is the library's own."""
    return kind.__module__.startswith("edunet.")


def as_words(value):
    """Return an argument in words, if it is of the library: `get` of its room, or `from_config`, takes them back."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(as_words, value))
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if callable(value) and not isinstance(value, type):
        return _of_a_room(value)
    return value


def _of_a_room(value):
    kind = type(value)
    if kind.__module__ in ROOMS and getattr(ROOMS[kind.__module__], kind.__name__, None) is kind:
        config = {key: as_words(part) for key, part in value.get_config().items()}
        return {"module": kind.__module__, "class_name": kind.__name__, "config": config}
    if kind.__module__.startswith("edunet.layers.") and hasattr(value, "get_config"):
        return {"module": "edunet.layers", "class_name": kind.__name__, "config": value.get_config()}
    name = activations.name_of(value)
    return name if getattr(activations, name, None) is value else value


def from_words(value):
    """Return an argument with the layers that `as_words` described made anew; all else as it is."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(from_words, value))
    if not isinstance(value, dict) or value.get("module") != "edunet.layers":
        return value
    from edunet import layers  # which hold this room's layers, and are complete only now

    kinds = {name: getattr(layers, name) for name in layers.__all__ if isinstance(getattr(layers, name), type)}
    return look_up("layer", kinds, value.get("class_name", "")).from_config(value.get("config", {}))
