"""Optimizers: how a gradient dw = ∂loss/∂w becomes a step of the weight w. Defaults are Keras's.

All numbers of a step are in the weight's precision; `learning_rate` (η) may be changed between batches.
"""

import inspect
import math

import numpy as np

from edunet.backend import kernels
from edunet.names import look_up, missing_name, refuse_unknown
from edunet.tensor import for_kernels

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "RMSprop", "get"]


class Optimizer:
    """Keep the running values of each weight and take steps: `apply(gradients, weights)`."""

    slots: tuple[str, ...] = ()  # names of the running values, one array each per weight

    def __init__(self, learning_rate: float, **unknown):
        refuse_unknown(
            type(self).__name__, unknown, inspect.signature(type(self).__init__).parameters.keys() - {"self"}
        )
        if not (isinstance(learning_rate, (int, float, np.number)) and 0 <= learning_rate < math.inf):
            raise ValueError(
                f"{type(self).__name__}: learning_rate is a number >= 0, often 0.001. Received: {learning_rate!r}"
            )
        self.learning_rate = float(learning_rate)
        self.iterations = 0
        self.state: dict = {}  # weight (a Tensor) -> its running values, in the order of `slots`

    def apply(self, gradients, weights) -> None:
        """Take one step of every weight, in place."""
        self.iterations += 1
        for dw, w in zip(gradients, weights, strict=True):
            if w not in self.state:
                self.state[w] = [np.zeros(w.shape, w.dtype) for _ in self.slots]
            numbers = for_kernels(w.data, w.dtype)  # w.data itself, unless somebody set a strided view
            self.step(numbers, for_kernels(dw, w.dtype), *self.state[w])
            if numbers is not w.data:
                w.data[...] = numbers

    def step(self, w, dw, *running):
        raise NotImplementedError(f"{type(self).__name__} must define step(w, dw, *running)")

    def get_config(self) -> dict:
        """Return the arguments that make this optimizer again."""
        return {k: v for k, v in vars(self).items() if k not in ("iterations", "state")}


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

        w ← w − η·dw
        with momentum μ:     m ← μ·m − η·dw        w ← w + m          (Nesterov: w ← w + μ·m − η·dw)
    Source: Robbins & Monro (1951); Sutskever et al., On the importance of initialization and momentum (2013).
    """

    slots = ("m",)

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, **unknown):
        super().__init__(learning_rate, **unknown)
        _shares("SGD", momentum=momentum)
        self.momentum, self.nesterov = momentum, nesterov

    def step(self, w, dw, m):
        kernels("update").sgd_update(*_flat(w, dw, m), self.learning_rate, self.momentum, self.nesterov)


class RMSprop(Optimizer):
    """Divide each step by the recent size of that weight's gradient.

        v ← ρ·v + (1 − ρ)·dw²        w ← w − η·dw/√(v + ε)         (momentum μ: m ← μ·m + step, w ← w − m)
    Source: Tieleman & Hinton, Lecture 6.5 (2012).
    """

    slots = ("v", "m")

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, **unknown):
        super().__init__(learning_rate, **unknown)
        _shares("RMSprop", rho=rho, momentum=momentum)
        self.rho, self.momentum, self.epsilon = rho, momentum, epsilon

    def step(self, w, dw, v, m):
        kernels("update").rmsprop_update(*_flat(w, dw, v, m), self.learning_rate, self.rho, self.momentum, self.epsilon)


class Adam(Optimizer):
    """Follow the running mean of the gradient, divided by its running size.

        m ← m + (1 − β₁)(dw − m)        v ← v + (1 − β₂)(dw² − v)
        w ← w − η·(√(1 − β₂ᵗ)/(1 − β₁ᵗ))·m/(√v + ε)             t counts the steps: both means start at 0
    Source: Kingma & Ba, Adam (2015), in the form of its section 2 that Keras uses.
    """

    slots = ("m", "v")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **unknown):
        super().__init__(learning_rate, **unknown)
        _shares(type(self).__name__, beta_1=beta_1, beta_2=beta_2)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def step(self, w, dw, m, v):
        t = self.iterations
        rate = self.learning_rate * math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        kernels("update").adam_update(*_flat(w, dw, m, v), rate, self.beta_1, self.beta_2, self.epsilon)


class AdamW(Adam):
    """Adam, and every weight shrinks by a fixed share: w ← w − η·λ·w before the step, λ the weight decay.

    Source: Loshchilov & Hutter, Decoupled weight decay regularization (2019).
    """

    def __init__(self, learning_rate=0.001, weight_decay=0.004, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **unknown):
        super().__init__(learning_rate, beta_1, beta_2, epsilon, **unknown)
        self.weight_decay = weight_decay

    def step(self, w, dw, m, v):
        w -= self.learning_rate * self.weight_decay * w
        super().step(w, dw, m, v)


def _flat(*arrays):
    """Return contiguous arrays as the kernels want them: views (size,)."""
    return (a.reshape(-1) for a in arrays)


def _shares(optimizer: str, **shares) -> None:
    """Raise ValueError unless each value lies between 0 and 1: how much of the past is kept."""
    for name, value in shares.items():
        if not isinstance(value, (int, float, np.number)) or not 0 <= value <= 1:
            raise ValueError(f"{optimizer}: {name} lies between 0 and 1. Received: {value!r}")


_BY_NAME = {"sgd": SGD, "rmsprop": RMSprop, "adam": Adam, "adamw": AdamW}


def get(optimizer) -> Optimizer:
    """Return an optimizer from its name, with Keras's defaults, or itself.

    >>> get("adam").learning_rate
    0.001
    """
    if isinstance(optimizer, str):
        return look_up("optimizer", _BY_NAME, optimizer.lower())()
    if isinstance(optimizer, Optimizer):
        return optimizer
    raise TypeError(f"an optimizer is a name such as 'adam' or an object such as Adam(1e-3). Received: {optimizer!r}")


def __getattr__(name):
    raise missing_name("edunet.optimizers", name, __all__)
