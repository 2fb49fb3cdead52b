"""What an argument from a file may be: of the type of its default, of sane size, and an object only where one belongs.

A regularizer can be called, and so can a loss or an initializer: a constructor would take each of them for an
activation. So an object must be of the kind that the name of its place tells.
"""

import functools
import inspect
import numbers

import numpy as np

from edunet.models.registry import KINDS, base_of

__all__ = ["LARGEST_SIZE", "check_kinds", "check_sizes", "check_types"]

LARGEST_SIZE = 10_000_000
_NO_SIZES = ("seed", "steps", "boundaries", "ignore_class")  # what takes no memory, however large
PLACES = {  # the end of an argument's name: the kinds of objects that it may be
    "activation": ("activation", "layer"),
    "initializer": ("initializer",),
    "regularizer": ("regularizer",),
    "constraint": ("constraint",),
    "learning_rate": ("schedule",),
    "schedule": ("schedule",),
    "optimizer": ("optimizer",),
    "loss": ("loss",),
    "metrics": ("metric", "loss"),
    **dict.fromkeys(("layer", "layers", "cell", "cells"), ("layer",)),
}


def _is_number(value) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _is_whole(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fits(default, value) -> bool:
    if default is None or default is inspect.Parameter.empty or isinstance(default, np.ndarray):
        return True  # the constructor alone knows
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, float):
        return _is_number(value) or isinstance(value, np.ndarray) or callable(value)  # or a schedule
    if isinstance(default, (int, tuple, list)):  # one size for all axes, or one each, or a number of each side
        several = isinstance(value, (tuple, list)) and all(_fits(0, v) or _is_number(v) for v in value)
        return value is None or _is_number(value) or several
    if isinstance(default, str):  # an option, or the name of an object
        return value is None or isinstance(value, str) or callable(value)
    return True


def check_types(kind: type, config: dict) -> None:
    """Raise ValueError for an argument that its constructor has never been written for: text in place of a number."""
    check_kinds(kind.__name__, config)
    for name, default in _defaults(kind).items():
        if name in config and not _fits(default, config[name]):
            raise ValueError(f"{kind.__name__}: {name} is something like {default!r}. Received: {config[name]!r:.80}")


def check_kinds(owner: str, config: dict) -> None:
    """Raise ValueError for an object of another kind than its place is for: a loss as an activation."""
    for name, value in config.items():
        wanted = next((kinds for end, kinds in PLACES.items() if name == end or name.endswith(f"_{end}")), ())
        for thing in _objects_in(value):
            kind = _kind_of(thing)
            if kind not in wanted and not (kind == "function" and wanted):
                raise ValueError(f"{owner}: {name} cannot be the {kind} {_name(thing)!r:.40}")


def _objects_in(value) -> list:
    """Return what is neither number nor text in nested lists and dicts."""
    if isinstance(value, (list, tuple, dict)):
        parts = value.values() if isinstance(value, dict) else value
        return [thing for part in parts for thing in _objects_in(part)]
    return [value] if callable(value) or base_of(value) is not None else []


def _kind_of(thing) -> str:
    """Return what an object is; "function" if it is one of the learner's own."""
    ours = any(thing is activation for activation in KINDS["activation"].values())
    return base_of(thing) or ("activation" if ours else "function")


def _name(thing) -> str:
    return getattr(thing, "__name__", type(thing).__name__)


@functools.cache
def _defaults(kind: type) -> dict:
    """Return the defaults of a class's own arguments, and of those that it hands on to its bases."""
    found: dict = {}
    for base in kind.__mro__[:-1]:
        if "__init__" in vars(base):
            found = {n: p.default for n, p in inspect.signature(vars(base)["__init__"]).parameters.items()} | found
    return found


def check_sizes(kind: type, config: dict) -> None:
    """Raise ValueError for a whole number so large that only a broken file can hold it."""
    for name, value in config.items():
        if not any(word in name for word in _NO_SIZES):
            _check_size(kind, name, value)


def _check_size(kind, name, value):
    if isinstance(value, (tuple, list)):
        for part in value:
            _check_size(kind, name, part)
    elif _is_whole(value) and abs(value) > LARGEST_SIZE:
        raise ValueError(f"{kind.__name__}: {name} is at most {LARGEST_SIZE} in a file. Received: {value}")
