"""Names of layers that were given none: conv2d, conv2d_1, conv2d_2, ..., counted through the session."""

import collections
import contextlib
import re

__all__ = ["forget_names", "fresh_name", "name_taken", "names_given", "names_kept"]

_named: collections.Counter[str] = collections.Counter()


def fresh_name(kind: str) -> str:
    """Return conv2d, conv2d_1, conv2d_2, ... for Conv2D, as Keras spells and counts (ReLU is re_lu)."""
    stem = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind)).lower()
    _named[stem] += 1
    return stem if _named[stem] == 1 else f"{stem}_{_named[stem] - 1}"


def forget_names() -> None:
    """Count names from the beginning again: the next Dense is called dense."""
    _named.clear()


def names_given() -> dict[str, int]:
    """Return how many layers of each kind have been given a name so far."""
    return dict(_named)


def name_taken(name: str) -> None:
    """Let no fresh name be that of a layer from a file: after conv2d_3 comes conv2d_4."""
    stem, _, number = name.rpartition("_")
    numbered = stem and number.isdecimal() and len(number) < 7  # a forged file may hold any
    stem, count = (stem, int(number) + 1) if numbered else (name, 1)
    _named[stem] = max(_named[stem], count)


@contextlib.contextmanager
def names_kept():
    """Let names that are given inside the block be given again after it: what was made there is thrown away."""
    before = _named.copy()
    try:
        yield
    finally:
        _named.clear()
        _named.update(before)
