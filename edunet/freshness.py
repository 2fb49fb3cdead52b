"""Binaries that are older than their sources: in a checkout, an edited .pyx runs as before until it is compiled again.

Every extension carries the mark of the sources it was made from (setup.py puts it there, by sources.h). An installed
package has binaries and no sources: there is nothing to compare, and nothing is done.
"""

import re
import warnings
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

__all__ = ["binaries", "mark", "stale", "warn_of_stale"]

HERE = Path(__file__).parent


def mark(source: Path, package: Path = HERE) -> str:
    """Return the mark of an extension: it changes with its .pyx and with what all of them share, .pxd and .h."""
    import hashlib  # takes longer to load than all the rest here

    text = hashlib.sha256()
    for path in (source, *_shared(package)):
        text.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return f"edunet_sources_{text.hexdigest()[:16]}"


def _shared(package: Path) -> list[Path]:
    return [path for end in ("*.pxd", "*.h") for path in sorted((package / "kernels").glob(end))]


def binaries(package: Path = HERE) -> str:
    """Say which binaries Python loads, and for whom they were made; or that there are none."""
    kernels = package / "kernels"
    end = next((end for end in EXTENSION_SUFFIXES if (kernels / f"tile{end}").exists()), None)
    if end is None:
        foreign = sorted(path.name for path in kernels.glob("tile.*") if path.suffix in (".so", ".pyd", ".dylib"))
        return f"none for this Python, only {foreign[0]}" if foreign else f"none in {kernels}: nothing was compiled"
    stable = "abi3" in end or end == ".pyd"
    text = f"{kernels / ('*' + end)}, for {'every Python from 3.11 on (stable ABI)' if stable else 'this Python only'}"
    kind = re.search(rb"edunet_sources_[0-9a-f]{16}_(\w+)", (kernels / f"tile{end}").read_bytes())
    if kind and kind[1] != b"portable":
        text += "; built for this machine only" if kind[1] == b"native" else f"; built for tests: {kind[1].decode()}"
    changed = stale(package, trust_dates=False)
    return text + (f"; older than {', '.join(path.name for path in changed)}" if changed else "")


def stale(package: Path = HERE, trust_dates: bool = True) -> list[Path]:
    """Return the sources that have changed since their extension was compiled.

    trust_dates: do not read what is older than its extension. An edit that kept an old date is then missed.
    """
    last = max((path.stat().st_mtime for path in _shared(package)), default=0.0)
    found = []
    for source in sorted([*package.glob("*.pyx"), *(package / "kernels").glob("*.pyx")]):
        binary = next((b for end in EXTENSION_SUFFIXES if (b := source.with_suffix(end)).exists()), None)
        if binary is None or (trust_dates and binary.stat().st_mtime > max(last, source.stat().st_mtime)):
            continue
        if mark(source, package).encode() not in binary.read_bytes():
            found.append(source)
    return found


def warn_of_stale(package: Path = HERE) -> None:
    """Say so if the binaries of a checkout are not made of its sources."""
    changed = stale(package)
    if changed:
        names = ", ".join(path.name for path in changed)
        warnings.warn(
            f"changed since they were compiled: {names}. What runs is what they were before. "
            "Compile them again: pip install -e .",
            RuntimeWarning,
            stacklevel=2,
        )
