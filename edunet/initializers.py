"""Initial weights: small random numbers whose spread keeps signals alive from layer to layer.

fan_in and fan_out are the numbers of inputs and outputs of one unit: of a filter (U,V,C,F) they are U·V·C and U·V·F.
Glorot & Bengio (2010): variance 2/(fan_in + fan_out). He et al. (2015), for relu: 2/fan_in. Saxe et al. (2014):
orthogonal recurrent weights, which neither stretch nor shrink a state.
"""

import math

import numpy as np

from edunet.backend import default_rng, floatx
from edunet.configs import made
from edunet.names import look_up, missing_name

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "variance_scaling",
    "zeros",
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
    """Every weight is `value`, or what an array of the same shape holds."""

    def __init__(self, value: float | np.ndarray = 0.0):
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


_MODES = {
    "fan_in": lambda fan_in, fan_out: fan_in,
    "fan_out": lambda fan_in, fan_out: fan_out,
    "fan_avg": lambda fan_in, fan_out: (fan_in + fan_out) / 2,
}
_DISTRIBUTIONS = {
    "uniform": "uniform",
    "normal": "truncated_normal",
    "truncated_normal": "truncated_normal",
    "untruncated_normal": "untruncated_normal",
}


class _Scaled(Initializer):
    """variance = scale / n, where the mode says what n is."""

    scale, mode, distribution = 1.0, "fan_in", "uniform"

    def draw(self, shape, rng):
        deviation = math.sqrt(self.scale / max(_MODES[self.mode](*_fans(shape)), 1))
        if self.distribution == "uniform":
            limit = math.sqrt(3) * deviation
            return rng.uniform(-limit, limit, shape)
        if self.distribution == "untruncated_normal":
            return rng.normal(0, deviation, shape)
        return deviation / 0.87962566103423978 * _truncated(shape, rng)  # the divisor undoes what truncation takes


class VarianceScaling(_Scaled):
    """Random numbers of variance scale / n: those of Glorot, He and Lecun are of this kind.

    Args: scale > 0; mode, which n: "fan_in", "fan_out", or "fan_avg", their mean; distribution, "truncated_normal" (in
    which numbers beyond two standard deviations are drawn again; "normal" is the same), "untruncated_normal", or
    "uniform" in ±√(3·scale/n); seed.
    Raises ValueError for a scale, mode or distribution that is none of these.

    >>> VarianceScaling(2.0, "fan_in", "uniform", seed=1)((2, 3)).shape
    (2, 3)
    """

    def __init__(self, scale=1.0, mode="fan_in", distribution="truncated_normal", seed=None):
        super().__init__(seed)
        if isinstance(scale, bool) or not isinstance(scale, (int, float, np.number)) or not 0 < scale < math.inf:
            raise ValueError(f"VarianceScaling: scale is a number above 0. Received: {scale!r}")
        look_up("mode of VarianceScaling", _MODES, mode)
        self.scale, self.mode = float(scale), mode
        self.distribution = look_up("distribution of VarianceScaling", _DISTRIBUTIONS, distribution)


class GlorotUniform(_Scaled):
    """Uniform in ±√(6 / (fan_in + fan_out)); Keras's default for weights."""

    mode = "fan_avg"


class GlorotNormal(_Scaled):
    """Truncated normal of variance 2 / (fan_in + fan_out)."""

    mode, distribution = "fan_avg", "truncated_normal"


class HeUniform(_Scaled):
    """Uniform in ±√(6 / fan_in)."""

    scale = 2.0


class HeNormal(_Scaled):
    """Truncated normal of variance 2 / fan_in."""

    scale, distribution = 2.0, "truncated_normal"


class LecunUniform(_Scaled):
    """Uniform in ±√(3 / fan_in)."""


class LecunNormal(_Scaled):
    """Truncated normal of variance 1 / fan_in."""

    distribution = "truncated_normal"


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


class Identity(Initializer):
    """`gain` where the number of the input is that of the unit, 0 elsewhere: a layer that begins by doing nothing.

    Only for a matrix (rows, columns). Source: Le et al. (2015), whose recurrent weights begin so.

    >>> Identity()((2, 3))
    array([[1., 0., 0.],
           [0., 1., 0.]], dtype=float32)
    """

    def __init__(self, gain=1.0):
        super().__init__()
        self.gain = gain

    def draw(self, shape, rng):
        if len(shape) != 2:
            raise ValueError(f"Identity: expected a weight with 2 axes. Received shape {shape}.")
        return self.gain * np.eye(*shape)

    def get_config(self):
        return {"gain": self.gain}


# as Keras also spells them
constant = Constant
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
identity = Identity
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
ones = Ones
orthogonal = Orthogonal
random_normal = RandomNormal
random_uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
zeros = Zeros

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
    "variance_scaling": VarianceScaling,
    "identity": Identity,
}


def get(initializer):
    """Return an initializer from its name, its class, or from {"class_name": ..., "config": {...}}; or itself.

    >>> get("zeros")((2,))
    array([0., 0.], dtype=float32)
    """
    if isinstance(initializer, str):
        return look_up("initializer", _BY_NAME, initializer)()
    if isinstance(initializer, type) and issubclass(initializer, Initializer):
        return initializer()
    if isinstance(initializer, dict):
        return made("initializer", {cls.__name__: cls for cls in _BY_NAME.values()}, initializer)
    if callable(initializer):
        return initializer
    raise TypeError(f"an initializer is a name or a function of the shape. Received: {initializer!r}")


def __getattr__(name):
    raise missing_name("edunet.initializers", name, __all__)
