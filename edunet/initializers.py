"""Initial weights: small random numbers whose spread keeps signals alive from layer to layer.

fan_in and fan_out are the numbers of inputs and outputs of one unit: of a filter (U,V,C,F) they are U·V·C and U·V·F.
Glorot & Bengio (2010): variance 2/(fan_in + fan_out). He et al. (2015), for relu: 2/fan_in. Saxe et al. (2014):
orthogonal recurrent weights, which neither stretch nor shrink a state.
"""

import math

import numpy as np

from edunet.backend import default_rng, floatx
from edunet.names import look_up, missing_name

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "Zeros",
    "get",
]


class Initializer:
    """Make the initial value of a weight: `initializer(shape) -> array`. With a seed it has its own generator."""

    def __init__(self, seed: int | None = None):
        self.seed = seed

    def __call__(self, shape, dtype=None) -> np.ndarray:
        rng = default_rng() if self.seed is None else np.random.default_rng(self.seed)
        return np.asarray(self.draw(tuple(shape), rng)).astype(dtype or floatx())

    def draw(self, shape, rng):
        raise NotImplementedError(f"{type(self).__name__} must define draw(shape, rng)")

    def get_config(self) -> dict:
        """Return the arguments that make this initializer again."""
        return {k: v for k, v in vars(self).items() if not k.startswith("_")}


class Constant(Initializer):
    """Every weight is `value`."""

    def __init__(self, value: float = 0.0):
        self.value, self.seed = value, None

    def draw(self, shape, rng):
        return np.full(shape, self.value)

    def get_config(self):
        return {"value": self.value}


class Zeros(Constant):
    """Every weight is 0."""

    def __init__(self):
        super().__init__(0.0)

    def get_config(self):
        return {}


class Ones(Constant):
    """Every weight is 1."""

    def __init__(self):
        super().__init__(1.0)

    def get_config(self):
        return {}


class RandomNormal(Initializer):
    """Normal numbers."""

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def draw(self, shape, rng):
        return rng.normal(self.mean, self.stddev, shape)


class RandomUniform(Initializer):
    """Uniform numbers between minval and maxval."""

    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def draw(self, shape, rng):
        return rng.uniform(self.minval, self.maxval, shape)


class TruncatedNormal(RandomNormal):
    """Normal numbers; those beyond two standard deviations are drawn again."""

    def draw(self, shape, rng):
        return self.mean + self.stddev * _truncated(shape, rng)


def _truncated(shape, rng):
    z = rng.normal(size=shape)
    while (outside := np.abs(z) > 2).any():
        z[outside] = rng.normal(size=outside.sum())
    return z


def _fans(shape):
    if len(shape) < 2:
        return (shape[0], shape[0]) if shape else (1, 1)
    field = math.prod(shape[:-2])
    return field * shape[-2], field * shape[-1]


class _Scaled(Initializer):
    """variance = gain / fan, drawn uniformly or from a normal truncated at two standard deviations."""

    gain, fan, uniform = 1.0, "in", True

    def draw(self, shape, rng):
        fan_in, fan_out = _fans(shape)
        n = {"in": fan_in, "mean": (fan_in + fan_out) / 2}[self.fan]
        deviation = math.sqrt(self.gain / max(n, 1))
        if self.uniform:
            limit = math.sqrt(3) * deviation
            return rng.uniform(-limit, limit, shape)
        return deviation / 0.87962566103423978 * _truncated(shape, rng)  # the divisor undoes what truncation takes


class GlorotUniform(_Scaled):
    """Uniform in ±√(6 / (fan_in + fan_out)); Keras's default for weights."""

    fan = "mean"


class GlorotNormal(_Scaled):
    """Truncated normal of variance 2 / (fan_in + fan_out)."""

    fan, uniform = "mean", False


class HeUniform(_Scaled):
    """Uniform in ±√(6 / fan_in)."""

    gain = 2.0


class HeNormal(_Scaled):
    """Truncated normal of variance 2 / fan_in."""

    gain, uniform = 2.0, False


class LecunUniform(_Scaled):
    """Uniform in ±√(3 / fan_in)."""


class LecunNormal(_Scaled):
    """Truncated normal of variance 1 / fan_in."""

    uniform = False


class Orthogonal(Initializer):
    """A random matrix with WᵀW = gain²·1 (or WWᵀ, whichever is smaller): lengths are kept."""

    def __init__(self, gain=1.0, seed=None):
        super().__init__(seed)
        self.gain = gain

    def draw(self, shape, rng):
        if len(shape) < 2:
            raise ValueError(f"Orthogonal: expected a weight with at least 2 axes. Received shape {shape}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
        q = q * np.sign(np.diag(r))  # makes the draw uniform over all rotations
        return self.gain * (q.T if rows < columns else q).reshape(shape)


_BY_NAME = {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "random_normal": RandomNormal,
    "random_uniform": RandomUniform,
    "uniform": RandomUniform,
    "normal": RandomNormal,
    "truncated_normal": TruncatedNormal,
    "glorot_uniform": GlorotUniform,
    "glorot_normal": GlorotNormal,
    "he_uniform": HeUniform,
    "he_normal": HeNormal,
    "lecun_uniform": LecunUniform,
    "lecun_normal": LecunNormal,
    "orthogonal": Orthogonal,
}


def get(initializer):
    """Return an initializer from its name, or itself.

    >>> get("zeros")((2,))
    array([0., 0.], dtype=float32)
    """
    if isinstance(initializer, str):
        return look_up("initializer", _BY_NAME, initializer)()
    if callable(initializer):
        return initializer
    raise TypeError(f"an initializer is a name or a function of the shape. Received: {initializer!r}")


def __getattr__(name):
    raise missing_name("edunet.initializers", name, __all__)
