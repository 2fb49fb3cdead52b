"""What runs here: versions, backends and why one is missing, binaries, vectors, threads, processor."""

import contextlib
import os
import platform
import sys

from edunet import threads
from edunet.backend import FAMILIES, available_backends, floatx, get_backend, instructions, kernels
from edunet.freshness import binaries
from edunet.namesakes import namesakes

__all__ = ["cpu_name", "info"]


def info() -> str:
    """Return a report: versions, backends and why one is missing, binaries and vectors, threads, CPU, namesakes."""
    lines = [f"edunet {sys.modules['edunet'].__version__}, Python {platform.python_version()}"]
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
    if available_backends()["cython"] == "ready":
        lines.append(f"vectors    {_vectors(instructions())} (cython)")
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


def _vectors(used: str) -> str:
    """Name the vectors that the kernels use, and why not wider ones."""
    x86 = ("SSE2", "AVX2", "AVX-512")
    wider = " and ".join(x86[x86.index(used) + 1 :] if used in x86 else ())
    return f"{used}; this processor has no {wider}" if wider else used


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
