"""Learning rates that follow a plan: large steps first, small ones at the end. Names and formulas as in Keras.

    rate = schedule(step)        step counts the batches that were learnt from, 0 before the first
Give one in place of the number: `Adam(CosineDecay(1e-3, decay_steps=1000))`.
"""

import bisect
import math

import numpy as np

from edunet.names import missing_name

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "Warmup",
]


class LearningRateSchedule:
    """A plan: `schedule(step)` returns the learning rate for that step."""

    def __call__(self, step) -> float:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(step)")

    def get_config(self) -> dict:
        """Return the arguments that make this schedule again."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict):
        """Return a new schedule from what `get_config` returned."""
        return cls(**config)


class _ByPeriods(LearningRateSchedule):
    """A rate that shrinks from one period of `decay_steps` steps to the next, or evenly within them."""

    def __init__(self, initial_learning_rate, decay_steps, decay_rate, staircase=False):
        self.initial_learning_rate = _number(self, "initial_learning_rate", initial_learning_rate)
        self.decay_steps = _number(self, "decay_steps", decay_steps, above=True)
        self.decay_rate = _number(self, "decay_rate", decay_rate)
        self.staircase = bool(staircase)

    def periods(self, step):
        """Return how many periods have passed, whole ones only in a staircase."""
        passed = step / self.decay_steps
        return math.floor(passed) if self.staircase else passed


class ExponentialDecay(_ByPeriods):
    """The rate shrinks by the same factor in every `decay_steps` steps.

        η = η₀ · r^(step/S)        r decay_rate, S decay_steps; staircase: the exponent is rounded down
    Raises ValueError for what is not a number >= 0, or decay_steps that are not above 0.

    >>> ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)
    0.025
    """

    def __call__(self, step):
        return self.initial_learning_rate * self.decay_rate ** self.periods(step)


class InverseTimeDecay(_ByPeriods):
    """The rate shrinks ever more slowly.

        η = η₀ / (1 + r · step/S)        r decay_rate, S decay_steps; staircase: step/S is rounded down
    Raises ValueError for what is not a number >= 0, or decay_steps that are not above 0.

    >>> InverseTimeDecay(0.1, decay_steps=10, decay_rate=1.0)(30)
    0.025
    """

    def __call__(self, step):
        return self.initial_learning_rate / (1 + self.decay_rate * self.periods(step))


class PolynomialDecay(LearningRateSchedule):
    """The rate falls to its end along a power of the time that is left; power 1 is a straight line.

        η = (η₀ − η_end) · (1 − step/S)^power + η_end        after S steps: η_end
    cycle=True: each time the end is reached S grows to its next multiple, and the rate jumps up again.
    Raises ValueError for what is not a number >= 0, or decay_steps that are not above 0.

    >>> PolynomialDecay(0.1, decay_steps=10, end_learning_rate=0.0)(5)
    0.05
    """

    def __init__(self, initial_learning_rate, decay_steps, end_learning_rate=0.0001, power=1.0, cycle=False):
        self.initial_learning_rate = _number(self, "initial_learning_rate", initial_learning_rate)
        self.decay_steps = _number(self, "decay_steps", decay_steps, above=True)
        self.end_learning_rate = _number(self, "end_learning_rate", end_learning_rate)
        self.power = _number(self, "power", power)
        self.cycle = bool(cycle)

    def __call__(self, step):
        steps = self.decay_steps
        if self.cycle:
            steps *= max(1, math.ceil(step / steps))
        left = 1 - min(step, steps) / steps
        return (self.initial_learning_rate - self.end_learning_rate) * left**self.power + self.end_learning_rate


class CosineDecay(LearningRateSchedule):
    """The rate falls along half a cosine: slowly, then fast, then slowly; a warmup may come first.

        η = η₀ · ((1 − α)·½(1 + cos(π · step/S)) + α)        S decay_steps; after S steps: α·η₀
    With warmup_target the rate first rises along a line from η₀ to the target, in warmup_steps, and falls from there.
    Raises ValueError for what is not a number >= 0, or decay_steps that are not above 0.
    Source: Loshchilov & Hutter, SGDR: Stochastic gradient descent with warm restarts (2017).

    >>> CosineDecay(0.1, decay_steps=10)(5)
    0.05
    """

    def __init__(self, initial_learning_rate, decay_steps, alpha=0.0, warmup_target=None, warmup_steps=0):
        self.initial_learning_rate = _number(self, "initial_learning_rate", initial_learning_rate)
        self.decay_steps = _number(self, "decay_steps", decay_steps, above=True)
        self.alpha = _number(self, "alpha", alpha)
        self.warmup_target = None if warmup_target is None else _number(self, "warmup_target", warmup_target)
        self.warmup_steps = _number(self, "warmup_steps", warmup_steps)

    def __call__(self, step):
        top = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return top + (self.warmup_target - top) * step / self.warmup_steps
            top, step = self.warmup_target, step - self.warmup_steps
        cosine = 0.5 * (1 + math.cos(math.pi * min(step, self.decay_steps) / self.decay_steps))
        return top * ((1 - self.alpha) * cosine + self.alpha)


class CosineDecayRestarts(LearningRateSchedule):
    """Half a cosine again and again, each time over more steps and from a lower top.

        η = η₀ · ((1 − α)·mⁱ·½(1 + cos(π · s/Sᵢ)) + α)        Sᵢ = first_decay_steps · tⁱ, s the steps since restart i
    Args: t_mul t and m_mul m, by which length and top are multiplied at each restart.
    Raises ValueError for what is not a number >= 0, first_decay_steps that are not above 0, or t_mul below 1.
    Source: Loshchilov & Hutter, SGDR: Stochastic gradient descent with warm restarts (2017).

    >>> rate = CosineDecayRestarts(0.1, first_decay_steps=10)
    >>> rate(5), rate(10), rate(20)
    (0.05, 0.1, 0.05)
    """

    def __init__(self, initial_learning_rate, first_decay_steps, t_mul=2.0, m_mul=1.0, alpha=0.0):
        self.initial_learning_rate = _number(self, "initial_learning_rate", initial_learning_rate)
        self.first_decay_steps = _number(self, "first_decay_steps", first_decay_steps, above=True)
        self.t_mul, self.m_mul = _number(self, "t_mul", t_mul), _number(self, "m_mul", m_mul)
        if self.t_mul < 1:
            raise ValueError(f"CosineDecayRestarts: t_mul is a number >= 1. Received: {t_mul!r}")
        self.alpha = _number(self, "alpha", alpha)

    def __call__(self, step):
        t, done = self.t_mul, step / self.first_decay_steps
        if t == 1:
            restarts = begun = math.floor(done)
        else:  # i lengths add up to (tⁱ − 1)/(t − 1); the logarithm may be off by one at a restart
            near = math.floor(math.log1p(done * (t - 1)) / math.log(t))
            restarts = next((i for i in (near + 1, near) if (t**i - 1) / (t - 1) <= done), max(near - 1, 0))
            begun = (t**restarts - 1) / (t - 1)
        cosine = self.m_mul**restarts * 0.5 * (1 + math.cos(math.pi * (done - begun) / t**restarts))
        return self.initial_learning_rate * ((1 - self.alpha) * cosine + self.alpha)


class PiecewiseConstantDecay(LearningRateSchedule):
    """One rate up to and including each boundary, another beyond it.

    Args: boundaries, steps in rising order; values, the rates, one more than boundaries.
    Raises ValueError for lists that do not fit together.

    >>> rate = PiecewiseConstantDecay([100, 200], [0.1, 0.01, 0.001])
    >>> rate(100), rate(101), rate(1000)
    (0.1, 0.01, 0.001)
    """

    def __init__(self, boundaries, values):
        self.boundaries = [_number(self, "each boundary", b) for b in boundaries]
        self.values = [_number(self, "each value", v) for v in values]
        if len(self.values) != len(self.boundaries) + 1 or self.boundaries != sorted(self.boundaries):
            raise ValueError(
                "PiecewiseConstantDecay: expected boundaries in rising order and one value more than boundaries, such "
                f"as ([100, 200], [0.1, 0.01, 0.001]). Received: boundaries={boundaries}, values={values}"
            )

    def __call__(self, step):
        return self.values[bisect.bisect_left(self.boundaries, step)]


class Warmup(LearningRateSchedule):
    """Let the rate rise along a line first, then follow a rate or another schedule. (Not in Keras.)

        η = η₀ + (η(0) − η₀) · step/W for step < W, then η(step − W)        W warmup_steps, η₀ initial_learning_rate
    Args: schedule, a number or a schedule; warmup_steps; initial_learning_rate.
    Raises ValueError for what is not a number >= 0, or no warmup_steps.
    Source: Goyal et al., Accurate, large minibatch SGD (2017), section 2.2.

    >>> rate = Warmup(0.1, warmup_steps=4)
    >>> rate(1), rate(100)
    (0.025, 0.1)
    """

    def __init__(self, schedule, warmup_steps, initial_learning_rate=0.0):
        is_plan = isinstance(schedule, LearningRateSchedule)
        self.schedule = schedule if is_plan else _number(self, "schedule", schedule)
        self.warmup_steps = _number(self, "warmup_steps", warmup_steps, above=True)
        self.initial_learning_rate = _number(self, "initial_learning_rate", initial_learning_rate)

    def __call__(self, step):
        if step < self.warmup_steps:
            start = self.initial_learning_rate
            return start + (self._after(0) - start) * step / self.warmup_steps
        return self._after(step - self.warmup_steps)

    def _after(self, step):
        return self.schedule(step) if isinstance(self.schedule, LearningRateSchedule) else self.schedule


def _number(schedule, name, value, above=False):
    """Return a number >= 0 (or > 0) as Python's own, or raise ValueError."""
    good = isinstance(value, (int, float, np.number)) and not isinstance(value, bool) and 0 <= value < math.inf
    if not good or (above and not value):
        bound = "> 0" if above else ">= 0"
        raise ValueError(f"{type(schedule).__name__}: {name} is a number {bound}. Received: {value!r}")
    return value.item() if isinstance(value, np.number) else value


def __getattr__(name):
    raise missing_name("edunet.schedules", name, __all__)
