"""What an argument from a file may be: of the type of the default that it has in the signature, and of sane size."""

import functools
import inspect
import numbers

import numpy as np

__all__ = ["LARGEST_SIZE", "check_sizes", "check_types"]

LARGEST_SIZE = 10_000_000
_NO_SIZES = ("seed", "steps", "boundaries", "ignore_class")  # what takes no memory, however large


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
    for name, default in _defaults(kind).items():
        if name in config and not _fits(default, config[name]):
            raise ValueError(f"{kind.__name__}: {name} is something like {default!r}. Received: {config[name]!r:.80}")


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
