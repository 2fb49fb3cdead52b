"""What is given: arrays, numbers and seeds, or what is wrong with them."""

from __future__ import annotations

from numbers import Real

import numpy as np

__all__ = ["array_of", "generator", "is_number"]


def array_of(name: str, what: str, given) -> np.ndarray:
    """Return an array, or say that the rows differ in length."""
    try:
        return np.asarray(given)
    except ValueError as error:
        raise ValueError(f"{name}: {what} is one array. Received: rows of different lengths.") from error


def generator(name: str, seed) -> np.random.Generator:
    """Return the generator of a seed, or say that it is none."""
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{name}: seed is a whole number >= 0 or a numpy.random.Generator, such as seed=0. Received: {seed!r:.40}"
        ) from error


def is_number(value) -> bool:
    """Tell whether a value is a real number; True and False are none."""
    return isinstance(value, Real) and not isinstance(value, bool)
