"""Why a measurement was not ordered: by chance alone, or because nobody was worried."""

from __future__ import annotations

__all__ = ["MECHANISMS", "is_informative"]

MECHANISMS = ("random", "informative")


def is_informative(missing: object) -> bool:
    """Tell whether it says something that a value is missing, or refuse what is no such mechanism."""
    names = " or ".join(f'missing="{name}"' for name in MECHANISMS)
    if not isinstance(missing, str):
        raise TypeError(
            f"missing must be the name of a mechanism. Received: {missing!r} ({type(missing).__name__}). Type {names}."
        )
    if missing not in MECHANISMS:
        raise ValueError(f'no mechanism has this name. Received: missing="{missing}". Type {names}.')
    return missing == "informative"
