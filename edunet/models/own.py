"""What a learner has written, in files: the arguments that make it again, and proof that they do.

An object is made again by handing its constructor the arguments of which it keeps attributes of the same name. One that
keeps them otherwise would come back with other numbers, so it is refused while the right ones are still known.
"""

import inspect

import numpy as np

from edunet.backend import default_rng
from edunet.layers.arguments import arguments, options
from edunet.layers.layer import Layer
from edunet.layers.naming import names_kept
from edunet.layers.phase import weights_from
from edunet.models.registry import KINDS, base_of
from edunet.optimizers import Optimizer

__all__ = ["check_own", "config_of"]


def config_of(thing) -> dict:
    """Return the arguments that make an object again.

    Raises TypeError for an object of a learner's own class that keeps an argument under no name, or another one.
    """
    kind = type(thing)
    if _is_ours(kind) and isinstance(thing, Layer):
        return thing.kept_arguments()
    if _is_ours(kind) or _says_itself(kind):
        return thing.get_config() if hasattr(thing, "get_config") else _kept(thing, arguments(kind))
    names = options(kind, below=Layer)
    lost = [name for name in names if not hasattr(thing, name)]
    if lost:
        raise TypeError(
            f"{kind.__name__} does not keep its argument {lost[0]}, so a file could not make it again: keep it as "
            f"self.{lost[0]}, or define get_config(), which returns a dict of the arguments."
        )
    if kind.__init__ is not object.__init__ and inspect.getfullargspec(kind.__init__).varargs:
        raise TypeError(f"{kind.__name__} takes *arguments, which have no names: define get_config().")
    return thing.kept_arguments() if isinstance(thing, Layer) else _kept(thing, names)


def _kept(thing, names) -> dict:
    config = {name: getattr(thing, name) for name in names if hasattr(thing, name)}
    if isinstance(thing, Optimizer) and "learning_rate" in config:
        config["learning_rate"] = thing.get_config()["learning_rate"]  # the schedule, not its rate of today
    return config


def _is_ours(kind: type) -> bool:
    return any(found is kind for kinds in KINDS.values() for found in kinds.values())


def _says_itself(kind: type) -> bool:
    """Tell whether a learner has defined get_config, in this class or one that it is made from."""
    method = getattr(kind, "get_config", None)
    return method is not None and not method.__module__.startswith("edunet.")


def check_own(thing) -> None:
    """Raise TypeError unless the arguments that an object keeps make another one that keeps the same."""
    config, kind = config_of(thing), type(thing)
    numbers = default_rng().bit_generator.state
    try:
        with names_kept(), weights_from(np.zeros):  # those of a constructor: no random numbers are drawn for them
            other = kind(**config) if not isinstance(thing, Layer) else kind.from_config(config)
    except RecursionError:
        raise ValueError(
            f"{kind.__name__}: among its arguments something holds itself: no file could say that"
        ) from None
    except Exception as error:  # whatever a learner's constructor raises
        raise TypeError(
            f"{kind.__name__} cannot be made again from {', '.join(config) or 'no arguments'}: {error}. Keep each "
            "argument as an attribute of its name, or define get_config(), which returns a dict of the arguments."
        ) from error
    finally:  # as if nothing had been made
        default_rng().bit_generator.state = numbers
    there = config_of(other)
    for name, value in config.items():
        if name not in there or not _same(value, there[name]):
            raise TypeError(
                f"{kind.__name__} would not come back as it is: it keeps {name}={value!r:.60}, and a new one that is "
                f"given this keeps {there.get(name)!r:.60}. Keep the argument as it came as self.{name} and what you "
                "make of it under another name, or define get_config(), which returns a dict of the arguments."
            )


def _same(a, b) -> bool:
    """Tell whether two arguments are worth the same; objects are compared by what makes them."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        alike = type(a) is type(b) and a.dtype == b.dtype
        return alike and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(_same(a[key], b[key]) for key in a)
    if base_of(a) is not None and a is not b:
        return type(a) is type(b) and (isinstance(a, Layer) or _same(config_of(a), config_of(b)))
    return a is b or a == b or (a != a and b != b)
