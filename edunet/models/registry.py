"""Everything that a file may name: a closed list, made of the public names of this library.

A name in a file is looked up here and nowhere else. It cannot lead to a module, to a function of Python's, or to
anything that is not on the list; what the learner has written is handed to `load_model` by the learner.
"""

from edunet import activations, constraints, initializers, layers, losses, metrics, optimizers, regularizers, schedules
from edunet.names import did_you_mean

__all__ = ["BASES", "KINDS", "base_of", "find"]


def _kinds(room, base: type) -> dict[str, type]:
    """Return the public classes of a room that are of one base, without the base itself."""
    public = {name: getattr(room, name) for name in room.__all__}
    return {
        kind.__name__: kind
        for kind in public.values()
        if isinstance(kind, type) and issubclass(kind, base) and kind is not base
    }


BASES: dict[str, type] = {
    "layer": layers.Layer,
    "initializer": initializers.Initializer,
    "regularizer": regularizers.Regularizer,
    "constraint": constraints.Constraint,
    "optimizer": optimizers.Optimizer,
    "loss": losses.Loss,
    "metric": metrics.Metric,
    "schedule": schedules.LearningRateSchedule,
}

KINDS: dict[str, dict] = {
    "layer": {k: v for k, v in _kinds(layers, layers.Layer).items() if v is not layers.InputLayer},
    "initializer": _kinds(initializers, initializers.Initializer),
    "regularizer": _kinds(regularizers, regularizers.Regularizer),
    "constraint": _kinds(constraints, constraints.Constraint),
    "optimizer": _kinds(optimizers, optimizers.Optimizer),
    "loss": _kinds(losses, losses.Loss),
    "metric": _kinds(metrics, metrics.Metric),
    "activation": activations.BY_NAME,
    "schedule": _kinds(schedules, schedules.LearningRateSchedule),
}


def base_of(thing) -> str | None:
    """Return what kind of object it is, "layer", "loss", ..., or None if it is of no kind that a file may hold."""
    return next((name for name, base in BASES.items() if isinstance(thing, base)), None)


def find(base, name):
    """Return what the library calls by that name, or raise ValueError."""
    table = KINDS.get(base) if isinstance(base, str) else None
    if table is None or not isinstance(name, str) or name not in table:
        raise ValueError(f"there is no {base!r:.40} called {name!r:.80}." + did_you_mean(str(name)[:80], table or ()))
    return table[name]
