"""What can be said to a layer: the names of the arguments of its methods, read from its signatures."""

import functools
import inspect
from collections.abc import Callable

__all__ = ["arguments", "default", "options"]

# mypy takes a class such as type(self) for one that has no hash, so it is not told what this decorator takes
_cached: Callable = functools.cache


@_cached
def arguments(kind: type, method: str = "__init__") -> list[str]:
    """Return the names of a method's arguments, without the first, self, and without *args and **kwargs."""
    found = list(inspect.signature(getattr(kind, method)).parameters.values())
    if not isinstance(inspect.getattr_static(kind, method), (staticmethod, classmethod)):
        found = found[1:]  # by its place: some write s or this
    return [p.name for p in found if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]


@_cached
def default(kind: type, method: str, name: str):
    """Return the default of an argument of a method; False if it has none."""
    found = inspect.signature(getattr(kind, method)).parameters[name].default
    return False if found is inspect.Parameter.empty else found


@_cached
def options(kind: type, below: type = object) -> list[str]:
    """Return the arguments that make a layer of this kind: its own, and those it hands on with **kwargs.

    With `below` those that the classes below this base ask for, not those that only the base knows.
    """
    found: list[str] = []
    for base in kind.__mro__:
        if base is below:
            break
        if "__init__" in vars(base):
            found += [name for name in arguments(base) if name not in found]
            if inspect.getfullargspec(vars(base)["__init__"]).varkw is None:
                break
    return found
