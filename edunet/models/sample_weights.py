"""How much each example counts: weights of examples, of steps, of classes, for each output."""

import numpy as np

from edunet.models.examples import as_numbers, by_name, check_finite

__all__ = ["by_class", "check_weights"]


def check_weights(w, n: int, outputs: list[str], name: str = "sample_weight") -> list | None:
    """Return the weights (N,) or (N,T) of each output, None where all count alike; or say what is wrong with them.

    Args: w, an array for all outputs, or a list or dict by name with one for each, of which some may be None.
    """
    if w is None:
        return None
    several = len(outputs) > 1 and isinstance(w, (list, tuple)) and any(p is None or np.ndim(p) > 0 for p in w)
    if isinstance(w, dict) or several:
        parts = by_name(w, outputs, name)
        if len(parts) != len(outputs):
            raise ValueError(f"{name}: expected {len(outputs)} arrays, for {outputs}. Received {len(parts)}.")
        return [None if part is None else _one(part, n, name) for part in parts]
    return [_one(w, n, name)] * len(outputs)


def _one(w, n: int, name: str) -> np.ndarray:
    w = np.asarray(as_numbers(w, name))
    if w.ndim == 2 and w.shape[1] == 1:
        w = w[:, 0]
    if w.ndim == 0 or len(w) != n:
        found = len(w) if w.ndim else f"the single value {w}"
        raise ValueError(f"{name}: expected {n} weights, one per example. Received {found}.")
    if w.ndim > 2:
        raise ValueError(f"{name}: expected one weight per example, or per step (N, T). Received shape {w.shape}.")
    check_finite(w, name)
    if w.min() < 0:
        raise ValueError(f"{name}: weights are >= 0. Received {w.min()}.")
    return w


def by_class(class_weight: dict | None, ys: list, weights: list | None, objective) -> list | None:
    """Return the weights of each output: that of an example's (or a step's) class, times its own if it has one.

    Args: class_weight, {class: weight}; with several outputs {output: {class: weight}}; objective, whose outputs and
    shapes tell whole numbers from one-hot labels.
    """
    if class_weight is None:
        return weights
    outputs = objective.outputs
    if not isinstance(class_weight, dict):
        raise TypeError(
            f"class_weight is a dict {{class: weight}}, such as {{0: 1.0, 1: 5.0}}. Received: {class_weight!r}"
        )
    if len(outputs) > 1 or any(isinstance(part, dict) for part in class_weight.values()):
        if not all(isinstance(part, dict) or part is None for part in class_weight.values()):
            raise ValueError(
                f"class_weight: the model has the outputs {outputs}; say which one is meant, such as "
                f"{{{outputs[0]!r}: {{0: 1.0, 1: 5.0}}}}. Received: {class_weight!r}"
            )
        tables = by_name(class_weight, outputs, "class_weight")
    else:
        tables = [class_weight]
    own = weights or [None] * len(outputs)
    parts = zip(tables, ys, own, objective.shapes, strict=True)
    return [w if table is None else _weigh(table, _classes(y, shape), w) for table, y, w, shape in parts]


def _classes(y, shape: tuple) -> np.ndarray:
    """Return the class of each example (N,), or of each step (N,T), of a model that answers with that shape."""
    y = np.asarray(y)
    if y.ndim < len(shape) or y.shape[-1] == 1:
        return y[..., 0] if y.ndim > 1 and y.shape[-1] == 1 else y
    if y.ndim == 1:
        return y
    if not np.array_equal(y.sum(axis=-1), np.ones(y.shape[:-1])) or y.min() < 0 or y.max() > 1:
        raise ValueError(
            "class_weight: expected labels that are classes, whole numbers or one-hot rows. Received rows such as "
            f"{y.reshape(-1, y.shape[-1])[0]}. Weigh the examples themselves: sample_weight=."
        )
    return y.argmax(axis=-1)


def _weigh(table: dict, labels: np.ndarray, weights):
    missing = sorted(set(np.unique(labels).tolist()) - set(table))
    if missing:
        raise ValueError(f"class_weight has no weight for class {missing[0]:g}; it knows {sorted(table)}.")
    own = np.zeros(labels.shape)
    for k, weight in table.items():
        if not isinstance(weight, (int, float, np.number)) or not 0 <= weight < np.inf:
            raise ValueError(f"class_weight: weights are numbers >= 0. Received {weight!r} for class {k!r}.")
        own[labels == k] = weight
    if weights is None:
        return own
    return own.reshape(-1, *(1,) * (weights.ndim - 1)) * weights if own.ndim == 1 else own * weights
