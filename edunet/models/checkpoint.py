"""Checkpoints: a training in one file, so that it goes on after a stop as if it had never stopped, bit by bit.

What the numbers of the next batch depend on is in it: weights; the optimizer's running values, steps and rate; the
order of the rows and the place in it; the means so far; History; what callbacks remember; every random
generator. Before anything is put back, all of it is read and compared with the model, the data and the callbacks here.
"""

import inspect
import json
import warnings
from pathlib import Path

import numpy as np

from edunet.backend import default_rng, get_backend
from edunet.callbacks import ProgressBar
from edunet.interrupt import finish_first
from edunet.metrics import Metric
from edunet.models import files
from edunet.models.packing import pack, unpack

__all__ = ["check", "restore", "write"]

FORMAT = "edunet checkpoint 1"


def check(loop, path) -> None:
    """Raise before the first epoch if this training cannot be written down, or the file is needed by another."""
    if not loop.feed.resumable:
        raise TypeError(
            "Checkpoint: these batches come from a stream, and where a generator stands cannot be written down. Give "
            "arrays, or an object with __getitem__ and __len__ that makes batch i."
        )
    if loop.resumed or not Path(path).exists():
        return
    try:
        _, state = _read(path)
    except ValueError as error:
        raise FileExistsError(f"Checkpoint: another file is called {str(path)!r}. Choose another name.") from error
    if state["epoch"] < state["epochs"] and not state["stop_training"]:
        raise FileExistsError(
            f"Checkpoint: {str(path)!r} holds a training that was stopped in epoch {state['epoch'] + 1} of "
            f"{state['epochs']}. Go on with fit(..., resume={str(path)!r}), or delete the file to begin anew."
        )


def write(loop, path) -> None:
    """Write the training that is going on, in the place of an older file, which stays if anything goes wrong."""
    model = loop.model
    arrays = {f"weights.{i}": w.data for i, w in enumerate(model.weights)}
    objective = model.objective
    state = {
        "layers": _layers(model),
        "data": loop.feed.describe(),
        "backend": get_backend(),
        "epoch": loop.epoch,
        "epochs": loop.epochs,
        "step": loop.step,
        "stop_training": bool(model.stop_training),
        "states": [_states(layer) for layer in model.with_inner()],
        "frozen": [not layer.trainable for layer in model.with_inner()],
        "feed": loop.feed.get_state(),
        "means": {
            "totals": objective.totals,
            "seen": objective.seen,
            "metrics": [_plain(m) for m in _metrics(objective)],
        },
        "optimizer": _optimizer(model),
        "callbacks": [(type(c).__name__, c.get_state()) for c in _remembering(loop)],
        "generators": [rng.bit_generator.state for rng in _generators(model)],
    }
    with finish_first():
        packed = json.dumps(pack(state, arrays, "state"))
        files.write(path, arrays, FORMAT, packed)


def _read(path) -> tuple[dict, dict]:
    """Return arrays and state of a file, or raise ValueError for one that is no checkpoint."""
    arrays, notes = files.read(path)
    if FORMAT not in notes:
        raise ValueError(
            f"{str(path)!r} is not a checkpoint (its kind is {next(iter(notes), 'unknown')!r:.40}). Checkpoints are "
            "written by callbacks.Checkpoint; weights alone are read by model.load_weights."
        )
    try:
        state = unpack(json.loads(notes[FORMAT]), arrays)
        for key in ("epoch", "epochs", "step"):
            if not isinstance(state[key], int):
                raise TypeError(key)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ValueError(f"{str(path)!r} is damaged: what it says of the training cannot be read.") from error
    return arrays, state


def restore(loop, path) -> None:
    """Put everything back; nothing is changed unless all of it fits.

    Raises FileNotFoundError, ValueError for a damaged file or one of another model, optimizer, data or callbacks.
    """
    arrays, state = _read(path)
    model = loop.model
    try:
        _compare(loop, arrays, state, str(path))
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"{str(path)!r} is damaged: what it says of the training cannot be read.") from error
    if state["backend"] != get_backend():
        warnings.warn(
            f"{str(path)!r} was computed by the backend {state['backend']!r}, now it is {get_backend()!r}: the numbers "
            "will differ in their last digits.",
            stacklevel=4,
        )
    weights = model.weights
    with finish_first():
        for i, w in enumerate(weights):
            w.data[...] = arrays[f"weights.{i}"]
        for layer, frozen, states in zip(model.with_inner(), state["frozen"], state["states"], strict=True):
            layer.trainable = not frozen
            if states is not None:
                layer.states = states
        vars(model.optimizer).update(state["optimizer"]["values"])
        model.optimizer.state = {weights[i]: slots for i, slots in state["optimizer"]["slots"].items()}
        means = state["means"]
        model.objective.totals, model.objective.seen = means["totals"], means["seen"]
        for metric, values in zip(_metrics(model.objective), means["metrics"], strict=True):
            _put_back(metric, values)
        for callback, (_, values) in zip(_remembering(loop), state["callbacks"], strict=True):
            callback.set_state(values)
        loop.feed.set_state(state["feed"])
        loop.epoch, loop.step, model.stop_training = state["epoch"], state["step"], state["stop_training"]
        for rng, values in zip(_generators(model), state["generators"], strict=True):
            rng.bit_generator.state = values


def _compare(loop, arrays, state, path: str) -> None:
    """Raise ValueError for the first thing in which the file and this training differ."""
    model = loop.model
    for i, (then, now) in enumerate(zip(state["layers"], layers := _layers(model), strict=False)):
        if then != now:
            raise ValueError(f"{path!r} belongs to another model: its layer {i} is {_told(then)}, here {_told(now)}.")
    if len(state["layers"]) != len(layers):
        raise ValueError(
            f"{path!r} belongs to another model: it has {len(state['layers'])} layers, here {len(layers)}."
        )
    for i, w in enumerate(model.weights):
        if arrays[f"weights.{i}"].shape != w.shape or arrays[f"weights.{i}"].dtype != w.dtype:
            raise ValueError(f"{path!r} is damaged: weight {i} has another shape than its layer.")
    then, now = state["data"], loop.feed.describe()
    for key in then | now:
        if then.get(key) != now.get(key):
            raise ValueError(f"{path!r} belongs to other data: {key} was {then.get(key)}, now it is {now.get(key)}.")
    then, now = state["optimizer"], _optimizer(model)
    for key in then["arguments"] | now["arguments"]:
        a, b = then["arguments"].get(key), now["arguments"].get(key)
        if a != b:
            raise ValueError(f"{path!r} belongs to another optimizer: {key} was {a!r}, now it is {b!r}.")
    places = range(len(model.weights))
    if then["values"].keys() != now["values"].keys() or not all(i in places for i in then["slots"]):
        raise ValueError(f"{path!r} is damaged: its optimizer remembers other values than ours.")
    old, new = [kind for kind, _ in state["callbacks"]], [type(c).__name__ for c in _remembering(loop)]
    if old != new:
        raise ValueError(f"{path!r} was written with the callbacks {old}, now they are {new}: give the same, in order.")
    for key, value in (("metrics", _metrics(model.objective)),):
        if len(state["means"][key]) != len(value):
            raise ValueError(
                f"{path!r} was written with {len(state['means'][key])} metrics, now there are {len(value)}."
            )
    generators = _generators(model)
    if len(state["generators"]) != len(generators):
        raise ValueError(f"{path!r} belongs to another model: it has other layers with a seed of their own.")
    for rng, values in zip(generators, state["generators"], strict=True):
        type(rng.bit_generator)().state = values  # raises if it is no state of such a generator
    if not len(state["frozen"]) == len(state["states"]) == len(model.with_inner()):
        raise ValueError(f"{path!r} is damaged: it does not say which layers were frozen.")


def _told(layer) -> str:
    kind, shapes = layer
    return f"{kind} with weights {', '.join(map(str, map(tuple, shapes)))}" if shapes else f"{kind} without weights"


def _layers(model) -> list:
    """Return kind and shapes of weights of each layer: what must be alike."""
    return [[type(part).__name__, [list(w.shape) for w, _ in part._own()]] for part in model.with_inner()]


def _states(layer):
    """Return the states that a stateful layer hands from batch to batch, or None."""
    states = getattr(layer, "states", None)
    arrays = isinstance(states, list) and all(isinstance(a, np.ndarray) for a in states)
    return states if arrays else None


def _metrics(objective) -> list[Metric]:
    return [m for group in objective.metrics + objective.weighted for m in group]


def _generators(model):
    """Return the common generator, and those of layers with a seed of their own."""
    own = [v for layer in model.with_inner() for v in vars(layer).values() if isinstance(v, np.random.Generator)]
    return [default_rng(), *own]


def _remembering(loop) -> list:
    """Return the callbacks that have something to remember."""
    callbacks = dict.fromkeys(c for c in loop.watchers.callbacks if not isinstance(c, ProgressBar))
    return [c for c in callbacks if c.get_state()]


def _plain(thing) -> dict:
    """Return the attributes that can be kept in a file, also those of metrics inside a metric."""
    kept = {}
    for name, value in vars(thing).items():
        try:
            pack(value, {}, name)
            kept[name] = value
        except TypeError:
            if isinstance(value, Metric):
                kept[name] = {"metric": _plain(value)}
    return kept


def _put_back(thing, values: dict) -> None:
    for name, value in values.items():
        own = vars(thing).get(name)
        if isinstance(own, Metric):
            _put_back(own, value["metric"])
        else:
            setattr(thing, name, value)


def _optimizer(model) -> dict:
    """Return what an optimizer is (its kind and arguments, which must be alike) and where it stands."""
    optimizer = model.optimizer
    parameters = set(inspect.signature(type(optimizer).__init__).parameters) - {"learning_rate"}
    plain = _plain(optimizer)
    for name in ("state", "_known"):
        plain.pop(name, None)
    arguments = {"kind": type(optimizer).__name__} | {k: v for k, v in plain.items() if k in parameters}
    place = {w: i for i, w in enumerate(model.weights)}
    return {
        "arguments": arguments,
        "values": {k: v for k, v in plain.items() if k not in arguments},
        "slots": {place[w]: list(slots) for w, slots in optimizer.state.items() if w in place},
    }
