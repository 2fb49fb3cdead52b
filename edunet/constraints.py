"""Bounds that weights are brought back into after every step. Names and defaults as in Keras.

A length is that of the weights that lead into one unit: √Σ w² along `axis` (0: the inputs of a Dense layer).
"""

import math

import numpy as np

from edunet.configs import made
from edunet.names import look_up, missing_name

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "unit_norm",
]

EPSILON = 1e-7


class Constraint:
    """A bound: `constraint(w)` returns the array w brought back into it."""

    def __call__(self, w: np.ndarray) -> np.ndarray:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(w)")

    def get_config(self) -> dict:
        """Return the arguments that make this constraint again."""
        return dict(vars(self))


class MaxNorm(Constraint):
    """No unit's weights are longer than max_value: longer ones are scaled down.

    Source: Srivastava et al., Dropout (2014), section 5.1.

    >>> MaxNorm(1.0)(np.array([[3.0, 0.3], [4.0, 0.4]])).round(3)
    array([[0.6, 0.3],
           [0.8, 0.4]])
    """

    def __init__(self, max_value=2.0, axis=0):
        self.max_value, self.axis = _length("MaxNorm: max_value", max_value), _axis("MaxNorm", axis)

    def __call__(self, w):
        lengths = _lengths(w, self.axis)
        return w * (np.clip(lengths, 0, self.max_value) / (EPSILON + lengths))


class NonNeg(Constraint):
    """No weight is negative: w ← max(w, 0).

    >>> NonNeg()(np.array([-1.0, 2.0]))
    array([0., 2.])
    """

    def __call__(self, w):
        return np.maximum(w, 0)


class UnitNorm(Constraint):
    """Every unit's weights have length 1: w ← w/√Σ w².

    >>> UnitNorm()(np.array([[3.0], [4.0]])).round(3)
    array([[0.6],
           [0.8]])
    """

    def __init__(self, axis=0):
        self.axis = _axis("UnitNorm", axis)

    def __call__(self, w):
        return w / (EPSILON + _lengths(w, self.axis))


class MinMaxNorm(Constraint):
    """The lengths lie between min_value and max_value; rate < 1 moves them only this share of the way.

    >>> MinMaxNorm(1.0, 2.0)(np.array([[3.0, 0.3], [4.0, 0.4]])).round(3)
    array([[1.2, 0.6],
           [1.6, 0.8]])
    """

    def __init__(self, min_value=0.0, max_value=1.0, rate=1.0, axis=0):
        self.min_value = _length("MinMaxNorm: min_value", min_value)
        self.max_value = _length("MinMaxNorm: max_value", max_value)
        self.rate, self.axis = _length("MinMaxNorm: rate", rate), _axis("MinMaxNorm", axis)
        if self.min_value > self.max_value or self.rate > 1:
            raise ValueError(
                "MinMaxNorm: expected min_value <= max_value and a rate between 0 and 1. "
                f"Received: min_value={min_value}, max_value={max_value}, rate={rate}"
            )

    def __call__(self, w):
        lengths = _lengths(w, self.axis)
        wanted = self.rate * np.clip(lengths, self.min_value, self.max_value) + (1 - self.rate) * lengths
        return w * (wanted / (EPSILON + lengths))


def _length(name, value) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not 0 <= value < math.inf:
        raise ValueError(f"{name} is a number >= 0. Received: {value!r}")
    return float(value)


def _axis(constraint, axis):
    """Return an axis, or several as a tuple, or raise ValueError."""
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    if not all(isinstance(a, (int, np.integer)) and not isinstance(a, bool) for a in axes):
        raise ValueError(f"{constraint}: axis is a whole number, or several such as [0, 1, 2]. Received: {axis!r}")
    return tuple(axis) if isinstance(axis, list) else axis


def _lengths(w, axis):
    return np.sqrt(np.sum(np.square(w), axis=axis, keepdims=True))


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm  # as Keras also spells them

_BY_NAME = {"max_norm": MaxNorm, "min_max_norm": MinMaxNorm, "non_neg": NonNeg, "unit_norm": UnitNorm}


def get(constraint):
    """Return a constraint from its name or {"class_name": ...}, a function of the array, or itself; None stays None.

    >>> get("non_neg")(np.array([-1.0]))
    array([0.])
    """
    if isinstance(constraint, str):
        return look_up("constraint", _BY_NAME, constraint)()
    if isinstance(constraint, dict):
        return made("constraint", {cls.__name__: cls for cls in _BY_NAME.values()}, constraint)
    if constraint is None or (callable(constraint) and not isinstance(constraint, type)):
        return constraint
    raise TypeError(
        f"a constraint is a name such as 'non_neg', an object such as MaxNorm(2) or None. Received: {constraint!r}"
    )


def __getattr__(name):
    raise missing_name("edunet.constraints", name, __all__)
