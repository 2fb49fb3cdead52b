"""Where chance comes from: a seed, or a generator that is used on."""

from __future__ import annotations

import numpy as np

__all__ = ["generator"]


def generator(name: str, seed) -> np.random.Generator:
    """Return the generator of a seed, or say that it is none."""
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{name}: seed is a whole number >= 0 or a numpy.random.Generator, such as seed=0. Received: {seed!r:.40}"
        ) from error
