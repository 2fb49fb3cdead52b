"""What is to be spread alike over the parts of a split: classes, or a quantity in a few bins."""

from __future__ import annotations

import numpy as np

from edunet.preprocessing.given import array_of
from edunet.preprocessing.splits_groups import distinct, missing

__all__ = ["refuse_names", "strata"]

BINS = 5  # of a quantity
CLASSES = 20  # more are names, unless groups are given
ROWS = 10  # of a class, on average; fewer are names, unless groups are given


def strata(name: str, y, whose: np.ndarray, parts: int) -> np.ndarray:
    """Return for each patient a number; patients with the same are to be spread over the parts.

    Of a patient's rows the largest label counts. A quantity, or a label with fewer than two patients for each value, is
    cut at its quantiles into at most 5 bins, of about two patients for each part or more: where each patient is a class
    of its own, there is nothing to shuffle.
    """
    patients = int(whose.max()) + 1
    if y is None:
        return np.zeros(patients, np.intp)
    values, which = _classes(name, y, len(whose))
    largest = np.full(patients, -1)  # without a label: a class of its own
    np.maximum.at(largest, whose, which)
    known = largest >= 0
    if _quantity(values) or 2 * len(np.unique(largest[known])) > known.sum():
        bins = int(np.clip(known.sum() // (2 * parts), 1, BINS))
        edges = np.quantile(largest[known], np.arange(1, bins) / bins) if known.any() else []
        largest[known] = np.searchsorted(edges, largest[known], side="right")
    return largest


def refuse_names(name: str, y, n: int) -> None:
    """Raise ValueError if y, with no groups beside it, looks as if it said whose each row is.

    Two classes do not, nor floats, which are quantities, nor a few classes with many rows each in a mixed order. Equal
    names stand together: the rows of a patient follow each other.
    """
    values, which = _classes(name, y, n)
    many = len(values)
    changes = 1 + np.count_nonzero(which[1:] != which[:-1])
    together = n >= 2 * many and changes <= 2 * many and not (values.dtype.kind == "f" and _quantity(values))
    few = many <= CLASSES and n >= ROWS * many
    if many < 3 or (not together and (few or values.dtype.kind == "f")):
        return
    quantity = (
        f" If it is a quantity, {name}(x, y.astype(float))." if values.dtype.kind in "iu" and not together else ""
    )
    raise ValueError(
        f"{name}: y has {many} different values in {n} rows, such as {values[:1].item()!r}"
        f"{', equal ones together' if together else ''}. Names of patients, in the place of y? If they say whose each "
        f"row is, type {name}(x, groups=patient_id). If they are labels, say whose each row is besides; where each is "
        f"another patient's, {name}(x, y, groups=range(len(x))).{quantity}"
    )


def _classes(name: str, y, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the different labels in rising order, and which each row has, -1 where none."""
    y = array_of(name, "y", y)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.shape != (n,):
        raise ValueError(
            f"{name}: y has one label for each of the {n} rows, ({n},). Received: {y.shape}."
            + (
                " Of labels at every step take y.max(axis=1); of one-hot classes y.argmax(axis=1)."
                if y.ndim > 1
                else ""
            )
        )
    known = ~missing(y)
    values, of_known = distinct(name, "y", y[known])
    which = np.full(n, -1)
    which[known] = of_known
    return values, which


def _quantity(values: np.ndarray) -> bool:
    """Return whether there are fractions among the numbers."""
    if values.dtype.kind == "O":
        try:
            values = values.astype(np.float64)
        except (TypeError, ValueError):
            return False
    return values.dtype.kind == "f" and bool((values != np.floor(values)).any())
