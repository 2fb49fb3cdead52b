"""Both kinds of patients must be there, or nothing can be told apart."""

from __future__ import annotations

import numpy as np

__all__ = ["missing_kind", "one_kind_only"]


def missing_kind(ill: int, healthy: int) -> str:
    """Return which kind of patients is missing of so many, as a reason; "" if none is."""
    if not ill + healthy:
        return "there are no patients"
    return "" if ill and healthy else f"nobody is {'healthy' if ill else 'ill'}"


def one_kind_only(y: np.ndarray) -> str:
    """Return which kind is missing among labels y (N,) bool, as a reason; "" if none is."""
    ill = int(np.count_nonzero(y))
    return missing_kind(ill, len(y) - ill)
