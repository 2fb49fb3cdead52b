"""The steps, one class each; what else an optimizer takes (weight_decay, clipnorm, ...) see `Optimizer`."""

import functools
import math

import numpy as np

from edunet.backend import kernels
from edunet.optimizers.optimizer import Optimizer, number

__all__ = ["SGD", "Adadelta", "Adagrad", "Adam", "AdamW", "Adamax", "Nadam", "RMSprop"]


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

        w ← w − η·dw
        with momentum μ:     m ← μ·m − η·dw        w ← w + m          (Nesterov: w ← w + μ·m − η·dw)
    Source: Robbins & Monro (1951); Sutskever et al., On the importance of initialization and momentum (2013).
    """

    slots = ("m",)

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False, **options):
        super().__init__(learning_rate, **options)
        _shares("SGD", momentum=momentum)
        self.momentum, self.nesterov = momentum, bool(nesterov)

    def step(self, w, dw, m):
        kernels("update").sgd_update(*_flat(w, dw, m), self.learning_rate, self.momentum, self.nesterov)


class RMSprop(Optimizer):
    """Divide each step by the recent size of that weight's gradient.

        v ← ρ·v + (1 − ρ)·dw²        w ← w − η·dw/√(v + ε)         (momentum μ: m ← μ·m + step, w ← w − m)
        centered:     g ← ρ·g + (1 − ρ)·dw        and √(v − g² + ε), the recent deviation, divides
    Source: Tieleman & Hinton, Lecture 6.5 (2012); Graves, Generating sequences with recurrent networks (2013).
    """

    slots: tuple[str, ...] = ("v", "m")

    def __init__(self, learning_rate=0.001, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, **options):
        super().__init__(learning_rate, **options)
        _shares("RMSprop", rho=rho, momentum=momentum)
        self.rho, self.momentum, self.epsilon = rho, momentum, number("RMSprop", "epsilon", epsilon)
        self.centered = bool(centered)
        if centered:
            self.slots = ("v", "m", "g")

    def step(self, w, dw, v, m, g=None):
        if g is None:
            rates = self.learning_rate, self.rho, self.momentum, self.epsilon
            kernels("update").rmsprop_update(*_flat(w, dw, v, m), *rates)
            return
        v += (1 - self.rho) * (dw * dw - v)
        g += (1 - self.rho) * (dw - g)
        step = self.learning_rate * dw / np.sqrt(v - g * g + self.epsilon)
        m *= self.momentum
        m += step
        w -= m


class Adagrad(Optimizer):
    """Divide each step by the size of all gradients of that weight so far: rare features keep their large steps.

        v ← v + dw²        w ← w − η·dw/√(v + ε)        v starts at initial_accumulator_value
    Source: Duchi, Hazan & Singer, Adaptive subgradient methods (2011).
    """

    slots = ("v",)

    def __init__(self, learning_rate=0.001, initial_accumulator_value=0.1, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        self.initial_accumulator_value = number("Adagrad", "initial_accumulator_value", initial_accumulator_value)
        self.epsilon = number("Adagrad", "epsilon", epsilon)

    def begin(self, w):
        return [np.full(w.shape, self.initial_accumulator_value, w.dtype)]

    def step(self, w, dw, v):
        v += dw * dw
        w -= self.learning_rate * dw / np.sqrt(v + self.epsilon)


class Adadelta(Optimizer):
    """Give each step the size that recent steps had, in proportion to the gradient beside recent gradients.

        v ← ρ·v + (1 − ρ)·dw²        δ = dw·√(u + ε)/√(v + ε)        u ← ρ·u + (1 − ρ)·δ²        w ← w − η·δ
    Source: Zeiler, ADADELTA: an adaptive learning rate method (2012), where η is 1.
    """

    slots = ("v", "u")

    def __init__(self, learning_rate=0.001, rho=0.95, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        _shares("Adadelta", rho=rho)
        self.rho, self.epsilon = rho, number("Adadelta", "epsilon", epsilon)

    def step(self, w, dw, v, u):
        v += (1 - self.rho) * (dw * dw - v)
        delta = dw * np.sqrt(u + self.epsilon) / np.sqrt(v + self.epsilon)
        u += (1 - self.rho) * (delta * delta - u)
        w -= self.learning_rate * delta


class Adam(Optimizer):
    """Follow the running mean of the gradient, divided by its running size.

        m ← m + (1 − β₁)(dw − m)        v ← v + (1 − β₂)(dw² − v)
        w ← w − η·(√(1 − β₂ᵗ)/(1 − β₁ᵗ))·m/(√v + ε)             t counts the steps: both means start at 0
        amsgrad:     u ← max(u, v) stands for v in the last line, so that a step never grows again
    Source: Kingma & Ba, Adam (2015), in the form of its section 2 that Keras uses; Reddi, Kale & Kumar, On the
    convergence of Adam and beyond (2018).
    """

    slots: tuple[str, ...] = ("m", "v")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False, **options):
        super().__init__(learning_rate, **options)
        _shares(type(self).__name__, beta_1=beta_1, beta_2=beta_2)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, number(type(self).__name__, "epsilon", epsilon)
        self.amsgrad = bool(amsgrad)
        if amsgrad:
            self.slots = ("m", "v", "u")

    def step(self, w, dw, m, v, u=None):
        t = self.iterations + 1
        rate = self.learning_rate * math.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        if u is None:
            kernels("update").adam_update(*_flat(w, dw, m, v), rate, self.beta_1, self.beta_2, self.epsilon)
            return
        m += (1 - self.beta_1) * (dw - m)
        v += (1 - self.beta_2) * (dw * dw - v)
        np.maximum(u, v, out=u)
        w -= rate * m / (np.sqrt(u) + self.epsilon)


class AdamW(Adam):
    """Adam, and every weight shrinks by a fixed share: w ← w − η·λ·w before the step, λ the weight decay.

    Source: Loshchilov & Hutter, Decoupled weight decay regularization (2019).
    """

    def __init__(
        self,
        learning_rate=0.001,
        weight_decay=0.004,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        **options,
    ):
        decay = number("AdamW", "weight_decay", weight_decay)
        super().__init__(learning_rate, beta_1, beta_2, epsilon, amsgrad, weight_decay=decay, **options)


class Adamax(Optimizer):
    """Adam that divides by the largest recent gradient in place of its running size.

        m ← m + (1 − β₁)(dw − m)        u ← max(β₂·u, |dw|)        w ← w − η·m/((1 − β₁ᵗ)(u + ε))
    Source: Kingma & Ba, Adam (2015), section 7.1.
    """

    slots = ("m", "u")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        _shares("Adamax", beta_1=beta_1, beta_2=beta_2)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, number("Adamax", "epsilon", epsilon)

    def step(self, w, dw, m, u):
        m += (1 - self.beta_1) * (dw - m)
        np.maximum(self.beta_2 * u, np.abs(dw), out=u)
        w -= self.learning_rate / (1 - self.beta_1 ** (self.iterations + 1)) * m / (u + self.epsilon)


class Nadam(Optimizer):
    """Adam that looks one step ahead, as Nesterov's momentum does.

        m ← m + (1 − β₁)(dw − m)        v ← v + (1 − β₂)(dw² − v)        μ_t = β₁(1 − ½·0.96ᵗ)
        m̂ = μ_(t+1)·m/(1 − μ_1 ⋯ μ_(t+1)) + (1 − μ_t)·dw/(1 − μ_1 ⋯ μ_t)        v̂ = v/(1 − β₂ᵗ)
        w ← w − η·m̂/(√v̂ + ε)
    Source: Dozat, Incorporating Nesterov momentum into Adam (2016).
    """

    slots: tuple[str, ...] = ("m", "v")

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7, **options):
        super().__init__(learning_rate, **options)
        _shares("Nadam", beta_1=beta_1, beta_2=beta_2)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, number("Nadam", "epsilon", epsilon)

    def step(self, w, dw, m, v):
        t = self.iterations + 1
        now, ahead = (self.beta_1 * (1 - 0.5 * 0.96**k) for k in (t, t + 1))
        product = self.beta_1**t * _lookahead(min(t, 1000))  # μ_1 ⋯ μ_t; 0.96ᵏ is nothing beside 1 for later k
        m += (1 - self.beta_1) * (dw - m)
        v += (1 - self.beta_2) * (dw * dw - v)
        mean = ahead / (1 - product * ahead) * m + (1 - now) / (1 - product) * dw
        w -= self.learning_rate * mean / (np.sqrt(v / (1 - self.beta_2**t)) + self.epsilon)


@functools.lru_cache(maxsize=1)  # one step asks for every weight
def _lookahead(t):
    return math.prod(1 - 0.5 * 0.96**k for k in range(1, t + 1))


def _flat(*arrays):
    """Return contiguous arrays as the kernels want them: views (size,)."""
    return [a.reshape(-1) for a in arrays]


def _shares(optimizer: str, **shares) -> None:
    """Raise ValueError unless each value lies between 0 and 1: how much of the past is kept.

    A β of 1 would keep all of it: the mean would stay 0, and be divided by 1 − βᵗ = 0.
    """
    for name, value in shares.items():
        if name.startswith("beta") and isinstance(value, (int, float, np.number)) and value == 1:
            raise ValueError(f"{optimizer}: {name} is below 1: the step divides by 1 − {name}. Received: {value!r}")
        if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not 0 <= value <= 1:
            raise ValueError(f"{optimizer}: {name} lies between 0 and 1. Received: {value!r}")
