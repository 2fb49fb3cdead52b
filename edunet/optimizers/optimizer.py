"""What all optimizers share: the learning rate, clipped gradients, weight decay, the running values of each weight."""

import inspect
import math
from typing import Any

import numpy as np

from edunet.names import refuse_unknown
from edunet.schedules import LearningRateSchedule
from edunet.tensor import for_kernels

__all__ = ["Optimizer", "number"]

OLD_NAMES = {  # of Keras 2
    "lr": "the rate is called learning_rate",
    "decay": "a rate that falls is a schedule, learning_rate=schedules.InverseTimeDecay(0.01, 1, decay)",
}
CLIPS = ("clipnorm", "clipvalue", "global_clipnorm")


class Optimizer:
    """Keep the running values of each weight and take steps: `apply(gradients, weights)`.

    Args: learning_rate, a number or a schedule; weight_decay λ, then w ← w − η·λ·w before each step; and one of
    clipvalue c: every entry of a gradient is brought into [−c, c]; clipnorm c: the gradient of each weight is made no
    longer than c; global_clipnorm c: all gradients together, as one vector, are made no longer than c.
    Raises ValueError for a value that cannot be meant, TypeError for an argument that nobody knows.
    """

    slots: tuple[str, ...] = ()  # names of the running values, one array each per weight
    weight_decay: float | None
    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    _rate: float | LearningRateSchedule

    def __init__(
        self, learning_rate=0.01, weight_decay=None, clipnorm=None, clipvalue=None, global_clipnorm=None, **unknown
    ):
        kind = type(self).__name__
        known = inspect.signature(type(self).__init__).parameters.keys() | {"weight_decay", *CLIPS}
        for name, instead in OLD_NAMES.items():
            if name in unknown:
                raise TypeError(f"{kind} has no argument {name!r}: {instead}. Received: {unknown[name]!r}")
        refuse_unknown(kind, unknown, known - {"self", "options"})
        if isinstance(learning_rate, LearningRateSchedule):
            self._rate = learning_rate
        else:
            self._rate = _rate(kind, learning_rate)
        self.given_rate = self._rate  # callbacks may set another on the way
        self.weight_decay = None if weight_decay is None else number(kind, "weight_decay", weight_decay)
        clips = dict(zip(CLIPS, (clipnorm, clipvalue, global_clipnorm), strict=True))
        if sum(c is not None for c in clips.values()) > 1:
            raise ValueError(f"{kind}: gradients are clipped in one way; give one of {', '.join(CLIPS)}.")
        for name, c in clips.items():
            setattr(self, name, None if c is None else number(kind, name, c, above=True))
        self.iterations = 0
        self.state: dict = {}  # weight (a Tensor) -> its running values, in the order of `slots`

    @property
    def learning_rate(self) -> float:
        """The rate η of the next step. A number may be replaced between batches; a schedule decides by itself."""
        return float(self._rate(self.iterations)) if isinstance(self._rate, LearningRateSchedule) else self._rate

    @learning_rate.setter
    def learning_rate(self, rate):
        if isinstance(rate, LearningRateSchedule):
            self._rate = rate
            return
        if isinstance(self._rate, LearningRateSchedule):
            raise TypeError(
                f"{type(self).__name__}: the learning rate follows a {type(self._rate).__name__} and cannot be set to "
                f"a number. To set it between batches make the optimizer with a number. Received: {rate!r}"
            )
        self._rate = _rate(type(self).__name__, rate)

    def apply(self, gradients, weights) -> None:
        """Take one step of every weight, in place: clip the gradients, shrink the weights, move them."""
        rate = self.learning_rate
        for dw, w in zip(self._clipped(gradients), weights, strict=True):
            dtype = w.data.dtype
            numbers = for_kernels(w.data, dtype)  # w.data itself, unless somebody set a strided view
            running: Any = self.state.get(w)
            if running is None or len(running) != len(self.slots) or not _are_like(numbers, running):
                running = self._meet(w, running)
            dw = for_kernels(dw, dtype)
            if dw.shape != numbers.shape:
                raise ValueError(
                    f"{type(self).__name__}: the gradient of the weight {w.name!r} has the shape {dw.shape}, expected "
                    f"{numbers.shape}, that of the weight."
                )
            if self.weight_decay:
                numbers -= rate * self.weight_decay * numbers
            self.step(numbers, dw, *running)
            if numbers is not w.data:
                w.data[...] = numbers
        self.iterations += 1

    def _meet(self, w, running) -> list[np.ndarray]:
        """Return the running values of a weight: fresh ones, or those that came from elsewhere, laid out for kernels.

        Compiled kernels trust these arrays to be as long as the weight.
        """
        fresh = self.begin(w.data)
        if running is None:
            running = fresh
        elif _forms(running) != _forms(fresh):
            raise ValueError(
                f"{type(self).__name__}: the running values of the weight {w.name!r} are {_forms(running)}, expected "
                f"{_forms(fresh)}. To begin anew type optimizer.state.clear()."
            )
        self.state[w] = [_laid_out(a) if isinstance(a, np.ndarray) else a for a in running]
        return self.state[w]

    def apply_gradients(self, pairs) -> None:
        """Take one step from pairs (gradient, weight): `apply_gradients(zip(gradients, weights))`, as in Keras."""
        gradients, weights = zip(*pairs, strict=True)
        self.apply(gradients, weights)

    def begin(self, w) -> list[np.ndarray]:
        """Return the running values before the first step of a weight: zeros."""
        return [np.zeros(w.shape, w.dtype) for _ in self.slots]

    def step(self, w, dw, *running):
        """Change w and the running values in place; `iterations` still counts the steps before this one."""
        raise NotImplementedError(f"{type(self).__name__} must define step(w, dw, *running)")

    def _clipped(self, gradients):
        """Return the gradients, clipped as wished; the arrays that came are left alone."""
        if self.clipvalue is not None:
            return [np.clip(dw, -self.clipvalue, self.clipvalue) for dw in gradients]
        if self.clipnorm is not None:
            return [_shorten(dw, _length([dw]), self.clipnorm) for dw in gradients]
        if self.global_clipnorm is not None:
            gradients = list(gradients)
            length = _length(gradients)
            return [_shorten(dw, length, self.global_clipnorm) for dw in gradients]
        return gradients

    def get_config(self) -> dict:
        """Return the arguments that make this optimizer again; a schedule stays an object."""
        own = ("_rate", "given_rate", "iterations", "slots", "state")
        config = {k: v for k, v in vars(self).items() if k not in own}
        return {"learning_rate": self._rate, **config}

    @classmethod
    def from_config(cls, config: dict):
        """Return a new optimizer from what `get_config` returned."""
        return cls(**config)


def _are_like(w, running) -> bool:
    """Tell whether all running values are arrays just as the weight is: looked at in every step, so in no time."""
    shape, dtype = w.shape, w.dtype
    for a in running:
        if type(a) is not np.ndarray or a.shape != shape or a.dtype is not dtype or not a.flags.carray:
            return False
    return True


def _laid_out(a: np.ndarray) -> np.ndarray:
    laid_out = for_kernels(a, a.dtype)
    return laid_out if laid_out.flags.writeable else laid_out.copy()


def _forms(running) -> list:
    """Return dtype and shape of each array, in words; anything else by its kind."""
    return [f"{a.dtype} {a.shape}" if isinstance(a, np.ndarray) else type(a).__name__ for a in running]


def _length(gradients) -> float:
    return math.sqrt(sum(np.square(dw, dtype=np.float64).sum() for dw in gradients))


def _shorten(dw, length: float, longest: float):
    return dw * (longest / length) if length > longest else dw


def _rate(optimizer, value) -> float:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not 0 <= value < math.inf:
        raise ValueError(
            f"{optimizer}: learning_rate is a number >= 0, often 0.001, or a schedule such as "
            f"schedules.CosineDecay(0.001, 1000). Received: {value!r}"
        )
    return float(value)


def number(optimizer: str, name: str, value, above=False):
    """Return an argument as Python's own number >= 0 (or > 0), or raise ValueError."""
    good = isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and 0 <= value < math.inf
    if not good or (above and not value):
        raise ValueError(f"{optimizer}: {name} is a number {'>' if above else '>='} 0. Received: {value!r}")
    return value.item() if isinstance(value, np.number) else value
