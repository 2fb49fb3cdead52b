"""Values of arguments as JSON, and back: numbers, texts, lists of them, arrays, and objects of a closed list of kinds.

1, true, "same", null, [1, 2]                     as they are
{"tuple": [3, 3]}   {"dict": [["a", 1]]}          what JSON has no word for
{"float": "inf"}   {"array": "config.0"}          an array stands in the file under that name
{"activation": "relu"}   {"own": "my_function"}
{"initializer": {"kind": "HeNormal", "config": {"seed": 1}}}        and so for every kind of the registry
{"layer": 2}   {"symbol": [4, 0]}                 the third layer of the model; the first output of its fifth call
"""

import collections
import math
import types

import numpy as np

from edunet import losses, metrics
from edunet.layers.layer import Layer
from edunet.layers.symbol import Symbol
from edunet.models.gate import check_sizes, check_types
from edunet.models.own import check_own, config_of
from edunet.models.registry import BASES, KINDS, base_of, find

__all__ = ["MOST_METRICS", "Reader", "Writer"]

MOST_METRICS = 1_000
LARGEST = 2**63  # of whole numbers: seeds
_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)


class Writer:
    """Turns values into JSON; arrays are collected in `arrays`, layers told by `layer(it)`, Symbols by `symbols`."""

    def __init__(self, layer):
        self.layer = layer
        self.arrays: dict[str, np.ndarray] = {}
        self.own: dict[str, object] = {}  # what the learner has written, by name
        self.symbols: dict[Symbol, list[int]] = {}

    def config(self, thing, config: dict) -> dict:
        """Return the arguments of an object as JSON."""
        written = {}
        for key, value in config.items():
            try:
                written[key] = self.write(value)
            except TypeError as error:
                raise TypeError(f"{type(thing).__name__}: the argument {key} cannot be saved. {error}") from error
        return written

    def write(self, value):
        """Return one value as JSON, or raise TypeError that says what it is."""
        if isinstance(value, np.generic):
            value = value.item()
        if value is None or isinstance(value, (bool, str)):
            return value
        if isinstance(value, int):
            if abs(value) >= LARGEST:
                raise TypeError(f"Whole numbers are at most 2⁶³. Received: {value}")
            return int(value)
        if isinstance(value, float):
            return float(value) if math.isfinite(value) else {"float": repr(float(value))}
        if isinstance(value, list):
            return [self.write(v) for v in value]
        if isinstance(value, tuple):
            return {"tuple": [self.write(v) for v in value]}
        if isinstance(value, dict):
            for key in value:
                if not isinstance(key, (str, int, np.integer)):
                    raise TypeError(f"The keys of a dict in a file are texts or whole numbers. Received: {key!r:.80}")
            return {"dict": [[self.write(k), self.write(v)] for k, v in value.items()]}
        return self._object(value)

    def _object(self, value):
        if isinstance(value, np.ndarray):
            name = f"config.{len(self.arrays)}"
            self.arrays[name] = value
            return {"array": name}
        if isinstance(value, Symbol):
            return {"symbol": self.symbols[value]}
        if isinstance(value, Layer):
            return {"layer": self.layer(value)}
        if isinstance(value, (losses._Function, metrics._Function)):
            value = value.function
        base = base_of(value)
        if base is not None:
            return {base: {**self.kind(base, value), "config": self.config(value, config_of(value))}}
        for name, function in KINDS["activation"].items():
            if function is value:
                return {"activation": name}
        if not isinstance(value, _FUNCTIONS):
            raise TypeError(f"It holds an object of the type {type(value).__name__}, which a file has no place for.")
        name = getattr(value, "__name__", "")
        if any(value is getattr(room, name, None) for room in (losses, metrics)):
            return name  # one of ours, which `compile` also finds by its name
        if not name.isidentifier():
            raise TypeError(
                "It is a lambda, which has no name. Write it as a function, def my_function(x): ..., and give "
                "custom_objects={'my_function': my_function} when the model is loaded."
            )
        return {"own": self._named(name, value)}

    def kind(self, base: str, thing) -> dict:
        """Return the name of an object's class, and whether that is the learner's own."""
        name = type(thing).__name__
        if KINDS[base].get(name) is type(thing):
            return {"kind": name}
        check_own(thing)
        return {"kind": self._named(name, type(thing)), "own": True}

    def _named(self, name: str, thing) -> str:
        if self.own.setdefault(name, thing) is not thing:
            raise TypeError(f"Two of your own things are called {name}: a file could not tell them apart.")
        return name


class Reader:
    """Turns JSON back into values. What it names is in the registry, or in `custom`, which the learner gave."""

    def __init__(self, arrays: dict[str, np.ndarray], custom: dict):
        self.arrays, self.custom = arrays, custom
        self.used: set[str] = set()  # the arrays that have found their place
        self.made: collections.Counter[str] = collections.Counter()  # how many objects of each kind
        self.layers: list[Layer] = []  # those made so far
        self.symbols: list[tuple[Symbol, ...]] = []  # the outputs of each call so far, those of the inputs last: [-1]

    def config(self, described) -> dict:
        """Return arguments from their JSON."""
        if not isinstance(described, dict):
            raise ValueError(f"arguments have names. Received: {described!r:.80}")
        return {key: self.read(value) for key, value in described.items()}

    def read(self, described):
        """Return one value from its JSON, or raise ValueError."""
        if isinstance(described, list):
            return [self.read(v) for v in described]
        if not isinstance(described, dict):
            if isinstance(described, int) and abs(described) >= LARGEST:
                raise ValueError(f"{described:.3e} is too large a number")
            return described
        if len(described) != 1:
            raise ValueError(f"a value is described by one word. Received: {list(described)!r:.80}")
        ((word, content),) = described.items()
        if word in BASES and word != "layer":
            return self._made(word, content)
        reader = _READERS.get(word)
        if reader is None:
            raise ValueError(f"a file cannot hold {word!r:.80}")
        return reader(self, content)

    def _made(self, base: str, content):
        if not isinstance(content, dict) or not {"kind", "config"} <= content.keys() <= {"kind", "config", "own"}:
            raise ValueError(f"{base}: expected kind and config. Received: {content!r:.80}")
        self.made[base] += 1
        if base == "metric" and self.made[base] > MOST_METRICS:  # of a few letters, and some keep thousands of numbers
            raise ValueError(f"a file holds at most {MOST_METRICS} metrics")
        config = self.config(content["config"])
        if "own" in content:
            return self.own(content["kind"], BASES[base])(**config)
        kind = find(base, content["kind"])
        check_types(kind, config)
        check_sizes(kind, config)
        return kind(**config)

    def own(self, name, base: type | None = None):
        """Return what the learner has given under that name: a class of that base, or a function."""
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"{name!r:.80} is no name")
        if name not in self.custom:
            raise ValueError(
                f"it holds {name}, which this library does not have. If you have written that, type "
                f"load_model(path, custom_objects={{{name!r}: {name}}})"
            )
        found = self.custom[name]
        if base is None and callable(found) and not isinstance(found, type):
            return found
        if base is not None and isinstance(found, type) and issubclass(found, base):
            return found
        expected = "a function" if base is None else f"a class made from {base.__name__}"
        raise TypeError(f"custom_objects: {name} must be {expected}. Received: {found!r:.80}")

    def _tuple(self, content):
        return tuple(self._list(content))

    def _list(self, content):
        if not isinstance(content, list):
            raise ValueError(f"expected a list. Received: {content!r:.80}")
        return [self.read(v) for v in content]

    def _dict(self, content):
        pairs = self._list(content)
        if not all(isinstance(p, list) and len(p) == 2 and isinstance(p[0], (str, int)) for p in pairs):
            raise ValueError(f"expected pairs of a name and a value. Received: {content!r:.80}")
        return dict(pairs)

    def _float(self, content):
        if content not in ("nan", "inf", "-inf"):
            raise ValueError(f"{content!r:.80} is no number")
        return float(content)

    def _array(self, content):
        if not isinstance(content, str) or not content.startswith("config.") or content not in self.arrays:
            raise ValueError(f"there is no array {content!r:.80}")
        if content in self.used:  # each is written for one place; many would take memory that the file does not
            raise ValueError(f"the array {content!r} has two places")
        self.used.add(content)
        return self.arrays[content]

    def _layer(self, content):
        if type(content) is not int or not 0 <= content < len(self.layers):
            raise ValueError(f"there is no layer {content!r:.80} before this one")
        return self.layers[content]

    def _symbol(self, content):
        call, output = content if isinstance(content, list) and len(content) == 2 else (None, None)
        if type(call) is int and type(output) is int and -1 <= call < len(self.symbols) - 1:
            outputs = self.symbols[call]
            if 0 <= output < len(outputs):
                return outputs[output]
        raise ValueError(f"no call before this one has the output {content!r:.80}")


_READERS = {
    "tuple": Reader._tuple,
    "dict": Reader._dict,
    "float": Reader._float,
    "array": Reader._array,
    "layer": Reader._layer,
    "symbol": Reader._symbol,
    "activation": lambda self, content: find("activation", content),
    "own": lambda self, content: self.own(content),
}
