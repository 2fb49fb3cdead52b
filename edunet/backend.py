"""The choices of a session: which kernels compute, in which precision, from which random numbers.

    edunet.set_backend("numba")              from now on
    with edunet.use_backend("numpy"): ...    for a while
    EDUNET_BACKEND=cython                    from the shell

The default is cython if it was built, else numba if it is installed, else numpy: a fixed order, so that
seed and backend determine the numbers. This is the only module that imports `edunet.kernels`.
"""

import contextlib
import functools
import importlib
import inspect
import os
import threading
from types import ModuleType

import numpy as np

from edunet.names import did_you_mean
from edunet.split import split

__all__ = [
    "available_backends",
    "default_rng",
    "floatx",
    "get_backend",
    "instructions",
    "kernels",
    "register_kernels",
    "set_backend",
    "set_floatx",
    "set_random_seed",
    "use_backend",
    "use_floatx",
    "use_rng",
]

BACKENDS = ("cython", "numba", "numpy")  # in the order of preference
FAMILIES = ("conv", "pool", "rnn", "gru", "lstm", "attention", "norm", "loss", "update")
RECURRENT = ("rnn", "gru", "lstm")

REMEDY = {
    "cython": 'a C compiler and `pip install --force-reinstall --no-cache-dir "edunet-med"` '
    "(in a checkout: `pip install --no-build-isolation -e .`)",
    "numba": '`pip install "edunet-med[numba]"`',
}

_chosen: str | None = None  # decided at the first use, so that `import edunet` stays light
_missing: dict[str, ImportError] = {}
_registered: dict[str, dict[str, ModuleType]] = {}  # backends of the learner's own: {name: {family: kernels}}
_floatx = np.dtype(np.float32)
_rng: "np.random.Generator | None" = None  # made at the first use: numpy.random takes a while to load


# ---------------------------------------------------------------- kernels


def _load(family: str, backend: str) -> ModuleType:
    return importlib.import_module(f"edunet.kernels.{family}_{backend}")


def _why_missing(backend: str) -> ImportError | None:
    """Return the true import error of a backend, or None if it works."""
    if backend not in _missing:
        try:
            for family in FAMILIES:  # a backend is complete or missing
                _load(family, backend)
        except ImportError as error:
            absent = getattr(error, "name", None) or ""
            if backend == "cython" and absent.startswith("edunet.kernels."):
                told = ImportError(f"{absent} is not there: it was not compiled when edunet was installed")
                told.__cause__ = error
                error = told
            _missing[backend] = error
    return _missing.get(backend)


def available_backends() -> dict[str, str]:
    """Return {backend: "ready" or the reason why it is missing}.

    >>> available_backends()["numpy"]
    'ready'
    """
    reasons = {name: _why_missing(name) for name in BACKENDS}
    return {
        name: "ready" if error is None else f"missing: {error}. It needs {REMEDY[name]}"
        for name, error in reasons.items()
    } | dict.fromkeys(_registered, "ready")


def set_backend(name: str) -> None:
    """Choose the kernels for everything that follows: "numpy", "numba", "cython" or "auto".

    Raises ValueError for an unknown name, ImportError (with the true cause chained) for a backend that is missing.
    """
    global _chosen
    _chosen = _usable(name)


def _usable(name: str) -> str:
    """Return the name of a backend that can be loaded, for "auto" the first of them; raise as set_backend says."""
    if name == "auto":
        name = next(b for b in BACKENDS if _why_missing(b) is None)
    if name in _registered:
        return name
    if name not in BACKENDS:
        known = [*sorted(BACKENDS), *_registered]
        raise ValueError(f"unknown backend {name!r}; expected one of {known} or 'auto'." + did_you_mean(name, known))
    error = _why_missing(name)
    if error is not None:
        raise ImportError(f"the {name} backend cannot be loaded: {error}. It needs {REMEDY[name]}.") from error
    return name


def get_backend() -> str:
    """Return the name of the backend in use, deciding it now if nobody has."""
    global _chosen
    if _chosen is None:
        _chosen = _usable(os.environ.get("EDUNET_BACKEND") or "auto")
    return _chosen


@contextlib.contextmanager
def use_backend(name: str):
    """Compute with another backend inside a `with` block.

    >>> with use_backend("numpy"):
    ...     get_backend()
    'numpy'
    """
    global _chosen
    before = _chosen
    set_backend(name)
    try:
        yield
    finally:
        _chosen = before


def kernels(family: str) -> ModuleType:
    """Return the kernels of one family ("conv", "pool", ...) in the backend in use, split over the threads."""
    return _ready(family, get_backend())


@functools.cache
def _ready(family: str, backend: str) -> ModuleType:
    if backend in _registered:
        return _registered[backend].get(family) or _load(family, "numpy")
    module = _load(family, backend)
    return module if backend == "numpy" else split(module, walked=backend == "numba" and family in RECURRENT)


def instructions() -> str:
    """Return the vectors that the compiled kernels chose when they were loaded: "SSE2", "AVX2", "AVX-512", ..."""
    return importlib.import_module("edunet.kernels.tile").instructions


def register_kernels(name: str, **functions) -> None:
    """Make a backend of your own: your functions, and NumPy's for everything that you have not written.

    A kernel is a plain function on arrays that fills its last arguments, see `edunet/kernels/__init__.py`. Registering
    a name again replaces it. Yours is not spread over threads.

    Args: name, then used as in `set_backend(name)`; functions, for example conv2d_forward=my_function.
    Raises ValueError for a name that is taken, a kernel that nobody knows, or other parameters than it must have;
    TypeError for what cannot be called.

    >>> def slow(x, w, b, stride, dilation, pad, relu, y):
    ...     for n, i, j, f in np.ndindex(y.shape):
    ...         y[n, i, j, f] = b[f] + np.sum(x[n, i : i + len(w), j : j + w.shape[1]] * w[..., f])
    >>> register_kernels("mine", conv2d_forward=slow)
    >>> with use_backend("mine"):
    ...     get_backend()
    'mine'
    """
    if not isinstance(name, str) or not name.isidentifier() or name in (*BACKENDS, "auto"):
        raise ValueError(f"register_kernels: choose a name of your own, such as 'mine'. Received: {name!r}")
    if not functions:
        raise ValueError("register_kernels: no kernel was given. Type register_kernels('mine', conv2d_forward=f)")
    made: dict[str, ModuleType] = {}
    for kernel, function in functions.items():
        family = _family_of(kernel)
        _check_parameters(kernel, function, getattr(_load(family, "numpy"), kernel))
        if family not in made:
            made[family] = ModuleType(f"edunet.kernels.{family}_{name}")
            vars(made[family]).update({k: v for k, v in vars(_load(family, "numpy")).items() if k[0] != "_"})
        setattr(made[family], kernel, _watched(name, kernel, function))
    _registered[name] = made
    _ready.cache_clear()


def _watched(name: str, kernel: str, function):
    """Fill y with NaN first: a kernel that forgets a place must not find an old, right number there. Name who fails."""

    @functools.wraps(function)
    def watched(*arguments):
        if kernel.endswith("_forward") and arguments[-1].dtype.kind == "f":
            arguments[-1].fill(np.nan)
        try:
            function(*arguments)
        except Exception as error:
            error.add_note(f"in the kernel {kernel} of the backend {name!r}, which was registered")
            raise

    return watched


def _family_of(kernel: str) -> str:
    known = {
        k: f for f in FAMILIES for k in vars(_load(f, "numpy")) if k.endswith(("_forward", "_backward", "_update"))
    }
    if kernel not in known:
        raise ValueError(f"there is no kernel {kernel!r}; there are {sorted(known)}." + did_you_mean(kernel, known))
    return known[kernel]


def _check_parameters(kernel: str, function, model) -> None:
    if not callable(function):
        raise TypeError(f"register_kernels: {kernel} is a function. Received: {type(function).__name__}")
    wanted = list(inspect.signature(model).parameters)
    try:
        given = list(inspect.signature(function).parameters)
    except ValueError:  # a compiled function may not tell
        return
    if given != wanted:
        raise ValueError(
            f"register_kernels: {kernel} takes ({', '.join(wanted)}), in this order. Yours takes ({', '.join(given)})."
        )


# ---------------------------------------------------------------- precision and randomness


def floatx() -> np.dtype:
    """Return the precision of new weights and of data that come as integers (float32 unless set otherwise)."""
    return _floatx if _lent.floatx is None else _lent.floatx


def set_floatx(name: str) -> None:
    """Set the precision of new weights: "float32" (default) or "float64" (for gradient checks)."""
    global _floatx
    _floatx = _precision(name)


def _precision(name: str) -> np.dtype:
    if name not in ("float32", "float64"):
        raise ValueError(f"unknown floatx {name!r}; expected 'float32' or 'float64'.")
    return np.dtype(name)


class _Lent(threading.local):
    floatx: np.dtype | None = None  # in the place of the common one, inside `with use_floatx(...)`
    rng: "np.random.Generator | None" = None  # in the place of the common one, inside `with use_rng(...)`


_lent = _Lent()


def default_rng() -> "np.random.Generator":
    """Return the one generator from which initial weights, shuffling and dropout draw."""
    global _rng
    if _lent.rng is not None:
        return _lent.rng
    if _rng is None:
        _rng = np.random.default_rng()
    return _rng


@contextlib.contextmanager
def use_floatx(name: str):
    """Make weights in another precision inside a `with` block, in this thread.

    >>> with use_floatx("float64"):
    ...     floatx()
    dtype('float64')
    """
    before, _lent.floatx = _lent.floatx, _precision(name)
    try:
        yield
    finally:
        _lent.floatx = before


@contextlib.contextmanager
def use_rng(rng: "np.random.Generator"):
    """Draw from another generator inside a `with` block, in this thread; the common one stays where it was.

    >>> with use_rng(np.random.default_rng(0)):
    ...     first = default_rng().random()
    >>> with use_rng(np.random.default_rng(0)):
    ...     default_rng().random() == first
    True
    """
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"use_rng: expected a generator, np.random.default_rng(0). Received: {rng!r}")
    before, _lent.rng = _lent.rng, rng
    try:
        yield
    finally:
        _lent.rng = before


def set_random_seed(seed: int) -> None:
    """Start the one random generator afresh: same seed, versions and backend give the same numbers."""
    global _rng
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"a seed is a whole number >= 0, for example set_random_seed(0). Received: {seed!r}")
    _rng = np.random.default_rng(int(seed))
