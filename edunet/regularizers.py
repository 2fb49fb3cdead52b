"""Penalties on weights, added to the loss: large weights must earn their keep. Names as in Keras.

    L1   l1 Σ |w|        pulls every weight with equal force: small ones become 0
    L2   l2 Σ w²         pulls large weights hardest: none becomes 0
Source: Tibshirani, Regression shrinkage and selection via the lasso (1996); Hoerl & Kennard, Ridge regression (1970).
"""

import math

import numpy as np

from edunet.configs import made
from edunet.names import look_up, missing_name
from edunet.tensor import absolute, as_array, maximum, transpose

__all__ = ["L1", "L2", "L1L2", "OrthogonalRegularizer", "Regularizer", "get", "l1", "l1_l2", "l2"]


class Regularizer:
    """A penalty: `regularizer(w)` returns one number, a Tensor, for a weight w of any shape."""

    def __call__(self, w):
        raise NotImplementedError(f"{type(self).__name__} must define __call__(w)")

    def get_config(self) -> dict:
        """Return the arguments that make this regularizer again."""
        return dict(vars(self))


class L1L2(Regularizer):
    """penalty = l1 Σ |w| + l2 Σ w².

    Raises ValueError for a strength that is negative or not finite.

    >>> from edunet import Tensor
    >>> float(L1L2(l1=0.1, l2=0.01)(Tensor([3.0, -1.0])))
    0.5
    """

    def __init__(self, l1=0.0, l2=0.0):
        self.l1, self.l2 = _strength("l1", l1), _strength("l2", l2)

    def __call__(self, w):
        return _penalty(w, self.l1, self.l2)


class L1(Regularizer):
    """penalty = l1 Σ |w|."""

    def __init__(self, l1=0.01):
        self.l1 = _strength("l1", l1)

    def __call__(self, w):
        return _penalty(w, self.l1, 0.0)


class L2(Regularizer):
    """penalty = l2 Σ w². (Weight decay of AdamW shrinks the weights themselves, and is not the same with Adam.)"""

    def __init__(self, l2=0.01):
        self.l2 = _strength("l2", l2)

    def __call__(self, w):
        return _penalty(w, 0.0, self.l2)


MODES = dict.fromkeys(("rows", "columns"))


class OrthogonalRegularizer(Regularizer):
    """Rows (or columns) of a matrix shall point in different directions: the mean of |cosine| over all pairs.

        penalty = factor · Σ_(i<j) |û_i · û_j| / pairs        û_i row i, brought to length 1
    Raises ValueError for a weight that is no matrix, an unknown mode, a factor that is negative or not finite.

    >>> from edunet import Tensor
    >>> round(float(OrthogonalRegularizer(factor=1.0)(Tensor([[2.0, 0.0], [3.0, 4.0]]))), 4)
    0.6
    """

    def __init__(self, factor=0.01, mode="rows"):
        self.factor, self.mode = _strength("factor", factor), mode
        look_up("mode", MODES, str(mode))

    def __call__(self, w):
        if w.ndim != 2:
            raise ValueError(f"OrthogonalRegularizer: expected a matrix. Received a weight of shape {w.shape}.")
        u = w if self.mode == "rows" else transpose(w)
        u = u / maximum((u * u).sum(axis=1, keepdims=True), 1e-14) ** 0.5
        pairs = 1 - np.eye(len(u), dtype=as_array(w).dtype)
        return absolute((u @ transpose(u)) * pairs).sum() * (self.factor / max(len(u) * (len(u) - 1), 1))


def _penalty(w, l1, l2):
    if not l1:
        return (w * w).sum() * l2
    if not l2:
        return absolute(w).sum() * l1
    return absolute(w).sum() * l1 + (w * w).sum() * l2


def _strength(name, value) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not 0 <= value < math.inf:
        raise ValueError(f"a regularizer's {name} is a number >= 0, such as 0.01. Received: {value!r}")
    return float(value)


l1, l2, l1_l2 = L1, L2, L1L2  # as Keras also spells them

_BY_NAME = {
    "L1": L1,
    "L1L2": L1L2,
    "L2": L2,
    "l1": L1,
    "l1_l2": L1L2,
    "l2": L2,
    "orthogonal_regularizer": OrthogonalRegularizer,
}


def get(regularizer) -> Regularizer | None:
    """Return a regularizer from its name or {"class_name": ...}, a function of the weight, or itself; None stays None.

    >>> get("l2").l2
    0.01
    """
    if isinstance(regularizer, str):
        return look_up("regularizer", _BY_NAME, regularizer)()
    if isinstance(regularizer, dict):
        return made("regularizer", {cls.__name__: cls for cls in _BY_NAME.values()}, regularizer)
    if regularizer is None or (callable(regularizer) and not isinstance(regularizer, type)):
        return regularizer
    raise TypeError(
        f"a regularizer is a name such as 'l2', an object such as L2(0.01) or None. Received: {regularizer!r}"
    )


def __getattr__(name):
    raise missing_name("edunet.regularizers", name, __all__)
