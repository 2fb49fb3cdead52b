"""What a training is made of, in words: two trainings of the same words compute the same numbers.

The architecture, what was compiled, the data and the callbacks, each as {what: text}. A model, loss or function of the
learner's own is told by its name alone.
"""

import types
import zlib

import numpy as np

from edunet.layers.arguments import arguments, options
from edunet.layers.symbol import symbols_in
from edunet.models.examples import take_rows
from edunet.models.values import config_of

__all__ = ["fingerprint", "refuse_other", "told"]

ROWS = 64  # of each array that are looked at
DEEPEST = 5
OF_NO_WEIGHT = {"name", "trainable", "dtype", "verbose"}  # names count on; layers may be frozen on the way
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, np.ufunc)


def fingerprint(loop, acting) -> dict[str, dict[str, str]]:
    """Return {"model": {"layer 1": "Dense with weights (4, 8), (8,)", ...}, "data": ..., ...} as a training begins.

    Args: acting, the callbacks on which the numbers depend.
    """
    return {
        "model": _model(loop.model),
        "loss": _objective(loop.model.objective) | {"class_weight": told(loop.class_weight)},
        "data": _data(loop.feed),
        "validation": {} if loop.held_out is None else _data(loop.held_out) | {"freq": told(loop.validation_freq)},
        "optimizer": _optimizer(loop.model.optimizer),
        "callbacks": _callbacks(acting),
    }


NAMES = {
    "model": "another model",
    "loss": "another loss, other metrics or class weights",
    "data": "other data",
    "validation": "another validation",
    "optimizer": "another optimizer",
    "callbacks": "other callbacks",
}


def refuse_other(then: dict, now: dict, path: str) -> None:
    """Raise ValueError for the first thing in which a file and this training differ."""
    for room, words in now.items():
        for key in words | then[room]:
            was, is_now = then[room].get(key, "not there"), words.get(key, "not there")
            if was != is_now:
                raise ValueError(
                    f"{path!r} belongs to {NAMES[room]}: {key} was {was:.300}, now it is {is_now:.300}. Give fit the "
                    "same as then; or, to begin anew, delete the file and leave resume away."
                )


def told(value, depth: int = 0) -> str:
    """Return a value in words, the same in every process."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, float, str)):
        return repr(value)
    if isinstance(value, np.ndarray):
        return f"{value.dtype} {value.shape} with checksum {_checksum(value)}"
    if isinstance(value, FUNCTIONS):
        return str(getattr(value, "__name__", type(value).__name__))
    if depth == DEEPEST:
        return type(value).__name__
    if isinstance(value, dict):
        return "{" + ", ".join(f"{told(k)}: {told(v, depth + 1)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(told(v, depth + 1) for v in value) + "]"
    if not hasattr(value, "get_config") or hasattr(value, "with_inner"):  # layers are told one by one
        return type(value).__name__
    return f"{type(value).__name__}({', '.join(f'{k}={v}' for k, v in _arguments(value, depth + 1).items())})"


def _arguments(thing, depth: int = 0) -> dict[str, str]:
    try:
        config = config_of(thing)
    except Exception:  # the learner's own class may lack any of its arguments
        return {}
    return {str(k): told(v, depth) for k, v in config.items() if k not in OF_NO_WEIGHT}


def _model(model) -> dict[str, str]:
    parts = model.with_inner()
    words, connections = {}, {}
    for i, part in enumerate(parts):
        shapes = ", ".join(str(tuple(w.shape)) for w, _ in part._own())
        words[f"layer {i}"] = f"{type(part).__name__} {f'with weights {shapes}' if shapes else 'without weights'}"
        words[f"dtype of layer {i}"] = part.dtype.name
        if hasattr(part, "_outputs_drawn"):  # a model, whose layers are told one by one
            connections[f"connections of layer {i}"] = _connections(part, parts)
        else:
            words |= {f"{key} of layer {i} ({type(part).__name__})": text for key, text in _arguments(part).items()}
    return words | connections


def _connections(model, parts) -> str:
    """Return a checksum of which layer is called on what."""
    if model._outputs_drawn is None:
        return "None"
    known = {symbol: (-1, i) for i, symbol in enumerate(model.inputs)}
    calls = []
    for n, node in enumerate(model._nodes):
        calls.append((parts.index(node.layer), [known.get(s) for s in symbols_in((node.args, node.kwargs))]))
        known |= {symbol: (n, i) for i, symbol in enumerate(node.outputs)}
    calls.append((-1, [known.get(s) for s in symbols_in(model._outputs_drawn)]))
    return f"checksum {zlib.crc32(repr(calls).encode()):08x}"


def _objective(objective) -> dict[str, str]:
    rooms = {
        "loss": objective.losses,
        "loss_weights": objective.loss_weights,
        "metrics": objective.metrics,
        "weighted_metrics": objective.weighted,
    }
    several = len(objective.outputs) > 1  # told by their places: names may have been counted on
    return {
        f"{what} of output {i + 1}" if several else what: told(one)
        for what, each in rooms.items()
        for i, one in enumerate(each)
    }


def _optimizer(optimizer) -> dict[str, str]:
    known = options(type(optimizer))
    words = {key: text for key, text in _arguments(optimizer).items() if key in known}
    return {"kind": type(optimizer).__name__, **words, "learning_rate": told(optimizer.given_rate)}


def _callbacks(callbacks) -> dict[str, str]:
    words = {"callbacks": str([type(c).__name__ for c in callbacks])}
    for i, callback in enumerate(callbacks):
        for key in arguments(type(callback)):
            if hasattr(callback, key) and key not in OF_NO_WEIGHT | callback.get_state().keys():
                value = getattr(callback, key)
                if hasattr(value, "__fspath__") or key == "filepath":  # the folder may have moved
                    value = str(value).replace("\\", "/").rsplit("/", 1)[-1]
                words[f"{key} of callback {i} ({type(callback).__name__})"] = told(value)
    return words


def _data(feed) -> dict[str, str]:
    """Return what is known of the data without reading them all."""
    words = {key: str(value) for key, value in feed.describe().items()}
    arrays: dict = feed.arrays() if hasattr(feed, "arrays") else {}
    return words | {name: _sample(a, feed.start, feed.n) for name, a in arrays.items()}


def _sample(a, start: int, n: int) -> str:
    rows = np.unique(np.linspace(start, start + n - 1, min(n, ROWS)).astype(np.intp))
    return f"{a.dtype} {tuple(a.shape)} with checksum {_checksum(np.asarray(take_rows(a, rows)))}"


def _checksum(a: np.ndarray) -> str:
    content = repr(a.tolist()).encode() if a.dtype.hasobject else np.ascontiguousarray(a).tobytes()
    return f"{zlib.crc32(content):08x}"
