"""Whose each row is: several rows of one patient are worth less than as many patients."""

from __future__ import annotations

import numpy as np

from edunet.preprocessing.splits_groups import numbered

__all__ = ["numbers", "sums"]


def numbers(what: str, groups, n: int) -> np.ndarray | None:
    """Return a number for the patient of each row, (n,), from 0 in the order of their coming; None if all differ.

    Raises ValueError for groups of another length or with gaps, TypeError for a mixture of numbers and texts.
    """
    if groups is None:
        return None
    whose, names = numbered(what, groups, n)
    if len(names) == n:
        return None
    _, first = np.unique(whose, return_index=True)
    place = np.empty(len(names), np.intp)
    place[np.argsort(first)] = np.arange(len(names))
    return place[whose]


def sums(values: np.ndarray, whose: np.ndarray | None) -> np.ndarray:
    """Return the sum of the values of each patient, (patients,); of rows that are all of different ones, the values."""
    return values if whose is None else np.bincount(whose, weights=values)
