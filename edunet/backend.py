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
import os
import platform
import sys
from types import ModuleType

import numpy as np

from edunet import threads
from edunet.freshness import binaries
from edunet.names import did_you_mean
from edunet.namesakes import namesakes
from edunet.split import split

__all__ = [
    "available_backends",
    "cpu_name",
    "default_rng",
    "floatx",
    "get_backend",
    "info",
    "kernels",
    "set_backend",
    "set_floatx",
    "set_random_seed",
    "use_backend",
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
    }


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
    if name not in BACKENDS:
        raise ValueError(
            f"unknown backend {name!r}; expected one of {sorted(BACKENDS)} or 'auto'." + did_you_mean(name, BACKENDS)
        )
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
    module = _load(family, backend)
    return module if backend == "numpy" else split(module, walked=backend == "numba" and family in RECURRENT)


# ---------------------------------------------------------------- precision and randomness


def floatx() -> np.dtype:
    """Return the precision of new weights and of data that come as integers (float32 unless set otherwise)."""
    return _floatx


def set_floatx(name: str) -> None:
    """Set the precision of new weights: "float32" (default) or "float64" (for gradient checks)."""
    global _floatx
    if name not in ("float32", "float64"):
        raise ValueError(f"unknown floatx {name!r}; expected 'float32' or 'float64'.")
    _floatx = np.dtype(name)


def default_rng() -> "np.random.Generator":
    """Return the one generator from which initial weights, shuffling and dropout draw."""
    global _rng
    if _rng is None:
        _rng = np.random.default_rng()
    return _rng


def set_random_seed(seed: int) -> None:
    """Start the one random generator afresh: same seed, versions and backend give the same numbers."""
    global _rng
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"a seed is a whole number >= 0, for example set_random_seed(0). Received: {seed!r}")
    _rng = np.random.default_rng(int(seed))


# ---------------------------------------------------------------- report


def info() -> str:
    """Return a report: versions, backends and why one is missing, binaries and vectors, threads, CPU, namesakes."""
    lines = [f"edunet {importlib.import_module('edunet').__version__}, Python {platform.python_version()}"]
    packages = ("numpy", "numba", "matplotlib", "tqdm", "safetensors", "scikit-learn", "jupyterlab")
    lines.append("packages   " + ", ".join(f"{name} {_version(name)}" for name in packages))
    try:
        in_use = get_backend()
    except (
        ValueError,
        ImportError,
    ) as error:  # EDUNET_BACKEND asks for what is not there: report that too
        in_use = None
        lines.append(f"EDUNET_BACKEND={os.environ.get('EDUNET_BACKEND')}: {error}")
    for name, state in available_backends().items():
        lines.append(f"backend    {name:7s} {state}{'  <- in use' if name == in_use else ''}")
    lines.append(f"kernels    {_kernels_in_use(in_use)}")
    lines.append(f"binaries   {binaries()}")
    if _why_missing("cython") is None:
        lines.append(f"vectors    {_vectors(importlib.import_module('edunet.kernels.tile').instructions)} (cython)")
    try:
        lines.append(f"threads    {threads.get_num_threads()}, for kernels and matrix products")
    except ValueError as error:
        lines.append(f"threads    {error}")
    lines.append(f"CPU        {cpu_name()} ({platform.system()} {platform.machine()})")
    lines.append(f"floatx     {floatx()}")
    lines += [f"CAUTION    {other}" for other in namesakes()]
    return "\n".join(lines)


def _kernels_in_use(in_use: str | None) -> str:
    """Say where the kernels of each family come from, and name those that are not of the backend in use."""
    if in_use is None:
        return "none"
    others = [family for family in FAMILIES if not kernels(family).__name__.endswith(in_use)]
    return f"{', '.join(FAMILIES)}, of {in_use}; from another backend: {', '.join(others) or 'none'}"


def _vectors(instructions: str) -> str:
    """Name the vectors that the kernels use, and why not wider ones."""
    x86 = ("SSE2", "AVX2", "AVX-512")
    wider = " and ".join(x86[x86.index(instructions) + 1 :] if instructions in x86 else ())
    return f"{instructions}; this processor has no {wider}" if wider else instructions


def _version(package: str) -> str:
    from importlib import metadata  # reading it takes longer than all of edunet

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "(not installed)"


def cpu_name() -> str:
    """Return what the system calls its processor."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
