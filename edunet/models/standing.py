"""Where a training stands: what the numbers of the next batch depend on, collected, checked, and put back.

The weights are beside it. All of it is numbers, texts, lists, dicts and arrays, which `models/packing.py` keeps.
"""

import numpy as np

from edunet.backend import default_rng, get_backend
from edunet.callbacks import Callback, LearningRateScheduler, ProgressBar, TerminateOnNaN
from edunet.layers.arguments import arguments, options
from edunet.metrics import Metric
from edunet.models.packing import check_like, pack

__all__ = ["acting", "check", "collect", "put_back", "remembering"]


def collect(loop) -> dict:
    """Return where a training stands. Raises TypeError that names a metric of which a file cannot hold everything."""
    model, objective = loop.model, loop.model.objective
    optimizer, place = model.optimizer, {w: i for i, w in enumerate(model.weights)}
    return {
        "backend": get_backend(),
        "epoch": loop.epoch,
        "epochs": loop.epochs,
        "step": loop.step,
        "stop_training": bool(model.stop_training),
        "states": [_states(layer) for layer in model.with_inner()],
        "frozen": [not layer.trainable for layer in model.with_inner()],
        "feed": loop.feed.get_state(),
        "held_out": loop.held_out.get_state() if _is_kept(loop.held_out) else None,
        "totals": objective.totals,
        "seen": objective.seen,
        "metrics": [_of_metric(m) for m in _metrics(objective)],
        "optimizer": _of_optimizer(optimizer),
        "slots": {place[w]: list(slots) for w, slots in optimizer.state.items() if w in place},
        "callbacks": [callback.get_state() for callback in remembering(loop)],
        "generators": [rng.bit_generator.state for rng in _generators(model)],
    }


def check(loop, then: dict) -> None:
    """Raise an exception, of whatever kind, unless all of a state from a file fits this training. Changes nothing."""
    loop.model.objective.reset()  # to see what the metrics are before their first batch
    now = collect(loop)
    if then.keys() != now.keys():
        raise ValueError(f"it tells of {sorted(then)}")
    for key in ("epoch", "epochs", "step", "seen"):
        if type(then[key]) is not int or then[key] < 0:
            raise ValueError(f"{key} is {then[key]!r:.40}")
    if then["epoch"] > then["epochs"] or then["step"] > (loop.feed.steps or 0):
        raise ValueError("the place in the training is outside of it")
    for key in ("stop_training", "backend", "totals"):
        check_like(then[key], now[key], key)
    if type(then["totals"]) is not np.ndarray or type(then["stop_training"]) is not bool:
        raise ValueError("totals or stop_training are something else")
    for key in ("states", "frozen", "metrics", "callbacks", "generators"):
        if type(then[key]) is not list or len(then[key]) != len(now[key]):
            raise ValueError(f"there are other {key}")
    if not all(type(frozen) is bool for frozen in then["frozen"]):
        raise ValueError("it does not say which layers were frozen")
    for layer, states in zip(loop.model.with_inner(), then["states"], strict=True):
        _check_states(layer, states)
    for metric, values, fresh in zip(_metrics(loop.model.objective), then["metrics"], now["metrics"], strict=True):
        _check_metric(metric, values, fresh)
    _check_optimizer(loop.model, then, now)
    for callback, values, fresh in zip(remembering(loop), then["callbacks"], now["callbacks"], strict=True):
        if type(callback).set_state is Callback.set_state:
            check_like(values, fresh, type(callback).__name__, arrays_alike=False)
        callback.check_state(values)
    for rng, values in zip(_generators(loop.model), then["generators"], strict=True):
        trial = type(rng.bit_generator)()
        trial.state = values  # raises if it is no state of such a generator
    loop.feed.check_state(then["feed"])
    if _is_kept(loop.held_out):
        loop.held_out.check_state(then["held_out"])


def _is_kept(held_out) -> bool:
    """Tell whether what is judged by has a place and an order; what begins anew for each validation has none."""
    return held_out is not None and held_out.resumable


def put_back(loop, then: dict, arrays: list[np.ndarray]) -> None:
    """Go on from a state that was checked, and weights."""
    model, objective, weights = loop.model, loop.model.objective, loop.model.weights
    for callback, values in zip(remembering(loop), then["callbacks"], strict=True):
        callback.set_state(values)  # the learner's own comes first: it may raise
    loop.feed.set_state(then["feed"])
    if _is_kept(loop.held_out):
        loop.held_out.set_state(then["held_out"])
    for w, a in zip(weights, arrays, strict=True):
        w.data[...] = a
    for layer, frozen, states in zip(model.with_inner(), then["frozen"], then["states"], strict=True):
        layer.trainable = not frozen
        if states is not None:
            layer.states = states
    vars(model.optimizer).update(then["optimizer"])
    model.optimizer.state = {weights[i]: slots for i, slots in then["slots"].items()}
    objective.totals, objective.seen = then["totals"], then["seen"]
    for metric, values in zip(_metrics(objective), then["metrics"], strict=True):
        _put_into(metric, values)
    loop.epoch, loop.step, model.stop_training = then["epoch"], then["step"], then["stop_training"]
    for rng, values in zip(_generators(model), then["generators"], strict=True):
        rng.bit_generator.state = values


def remembering(loop) -> list:
    """Return the callbacks that have something to remember, now or later."""
    return [c for c in _callbacks(loop) if type(c).get_state is not Callback.get_state]


def acting(loop) -> list:
    """Return the callbacks on which the numbers depend: those that remember, and others known to change a training."""
    remember = remembering(loop)
    return [c for c in _callbacks(loop) if c in remember or isinstance(c, (LearningRateScheduler, TerminateOnNaN))]


def _callbacks(loop) -> list:
    return list(dict.fromkeys(c for c in loop.watchers.callbacks if not isinstance(c, ProgressBar)))


# ---------------------------------------------------------------- layers


def _states(layer):
    """Return the states that a stateful layer hands from batch to batch, or None."""
    states = getattr(layer, "states", None)
    arrays = isinstance(states, list) and all(isinstance(a, np.ndarray) for a in states)
    return states if arrays else None


def _check_states(layer, states) -> None:
    if states is None:
        return
    forms = [a.shape for a in _states(layer) or ()]  # of the learner's own layer we know what is there
    if hasattr(layer, "state_sizes"):
        forms = [(len(states[0]), size) for size in layer.state_sizes()]
    if [a.shape for a in states] != forms or any(a.dtype != layer.dtype for a in states):
        raise ValueError(f"the states of {layer.name} have other shapes")


def _generators(model) -> "list[np.random.Generator]":
    """Return the common generator, and those that layers hold as attributes, alone or in lists and dicts."""
    found = [rng for layer in model.with_inner() for value in vars(layer).values() for rng in _generators_in(value)]
    return list(dict.fromkeys([default_rng(), *found]))


def _generators_in(value) -> "list[np.random.Generator]":
    if isinstance(value, np.random.Generator):
        return [value]
    parts = value.values() if type(value) is dict else value if type(value) in (list, tuple) else ()
    return [part for part in parts if isinstance(part, np.random.Generator)]


# ---------------------------------------------------------------- metrics


def _metrics(objective) -> list[Metric]:
    return [m for group in objective.metrics + objective.weighted for m in group]


def _of_metric(metric) -> dict:
    """Return what a metric has collected, also that of metrics inside it; its arguments are no part of it."""
    kept, given = {}, {"name", *arguments(type(metric))}
    for name, value in vars(metric).items():
        if isinstance(value, Metric):
            kept[name] = _of_metric(value)
        elif name not in given and not callable(value):
            try:
                pack(value, {}, name)
            except TypeError as error:
                raise TypeError(
                    f"Checkpoint: the metric {metric.name!r} ({type(metric).__name__}) holds in {name!r} what a file "
                    f"cannot keep. {error} Collect in numbers, arrays, or lists and dicts of them."
                ) from error
            kept[name] = value
    return kept


def _check_metric(metric, values, fresh) -> None:
    own = vars(metric)
    if not isinstance(values, dict) or not fresh.keys() <= values.keys():
        raise ValueError(f"the metric {metric.name} lacks values")
    for name, value in values.items():
        if name in fresh and isinstance(own[name], Metric):
            _check_metric(own[name], value, fresh[name])
        elif name in fresh:
            check_like(value, fresh[name], f"{metric.name}.{name}")
        elif not isinstance(name, str) or name in own or hasattr(type(metric), name):
            raise ValueError(f"the metric {metric.name} collects no {name!r:.40}")


def _put_into(metric, values: dict) -> None:
    for name, value in values.items():
        inner = vars(metric).get(name)
        if isinstance(inner, Metric):
            _put_into(inner, value)
        else:
            setattr(metric, name, value)


# ---------------------------------------------------------------- the optimizer


def _of_optimizer(optimizer) -> dict:
    """Return what may change as an optimizer goes on: the steps, the rate, and options that a callback may set."""
    kept = {}
    for name, value in vars(optimizer).items():
        if name in ("state", "given_rate", "slots"):
            continue
        try:
            pack(value, {}, name)
        except TypeError:  # a schedule
            continue
        kept[name] = value
    return kept


def _check_optimizer(model, then, now) -> None:
    values, slots = then["optimizer"], then["slots"]
    if values.keys() != now["optimizer"].keys():
        raise ValueError("its optimizer remembers other values")
    check_like(values, now["optimizer"], "optimizer")
    steps, rate = values["iterations"], values.get("_rate", 0.0)
    if type(steps) is not int or not 0 <= steps < 2**63 or type(rate) is not float or not 0 <= rate < np.inf:
        raise ValueError(f"the optimizer has taken {steps!r:.40} steps, its rate is {rate!r:.40}")
    kind = type(model.optimizer)
    given = {name: values[name] for name in options(kind) if name in values}
    if any(isinstance(v, (int, float)) and not abs(v) < 2**53 for v in given.values()):
        raise ValueError(f"the options of the optimizer are {given!r:.200}")
    if kind.__module__.startswith("edunet.") and any(given[name] != now["optimizer"][name] for name in given):
        kind(**given)  # raises for what no callback can have meant
    weights = model.weights
    for i, arrays in slots.items():
        if type(i) is not int or not 0 <= i < len(weights):
            raise ValueError(f"there is no weight {i!r:.40}")
        fresh = model.optimizer.begin(weights[i].data)
        if [(a.shape, a.dtype) for a in arrays] != [(a.shape, a.dtype) for a in fresh]:
            raise ValueError(f"the running values of weight {i} have other shapes")
