"""Digit preference: pressures of 120, 130, 140, ages of 60 and 65, because people round.

Of numbers that nobody rounded, the last digit is 0 or 5 in one of five. Terminal digit preference:

    share = (numbers that end in 0 or 5)/n,    z = (share - 0.2)/√(0.2·0.8/n)

The last digit is that on the grid of a number: the largest of ..., 10, 1, 0.1, ... on which nearly all different
numbers of the same length lie (95 of 100; of decimals 85). Looked at are columns of at least 100 values whose middle
half spans 10 steps of the grid; told are shares of 0.35 and more with z of 5 and more (chance below 10⁻⁶). Where 95 of
100 values (of decimals 85, for converted units have such grids) end in 0 or 5, the column was rounded by construction,
and nothing is said; nor of times and doses, which somebody sets, of ids and codes. With patient= a patient's value
counts once.
Source: S. W. Wen, M. S. Kramer, J. Hoey, J. A. Hanley, R. H. Usher, Terminal digit preference, random error, and bias
in routine clinical measurement of blood pressure, Journal of Clinical Epidemiology 46 (1993) 1187-1193.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import is_id
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_sentinels import SET_BY_HAND
from edunet.preprocessing.audit_writing import listed, share

__all__ = ["CHECKS", "Digits", "grid_of"]

ENOUGH = 100  # values
EXPECTED = 0.2  # end in 0 or 5
TOLD = 0.35
SURE = 5.0  # standard deviations
ON_THE_GRID, ON_DECIMALS = 0.95, 0.85  # of the values
ROWS = 20_000  # so many are looked at, spread over the table
STEPS = 10  # of the grid, in the middle half of the values
MOST_STEPS = 10_000  # a number of more digits was written by a machine
GRIDS = (1e4, 1e3, 100.0, 10.0, 1.0, 0.1, 0.01, 0.001, 1e-4)
LIMIT = 0.05  # of the values, at the lowest or highest: ">90" written as 90, which is no rounding


class Digits(NamedTuple):
    """The last digits of some numbers."""

    counts: np.ndarray  # (10,)
    grid: float

    @property
    def n(self) -> int:
        return int(self.counts.sum())

    @property
    def share(self) -> float:
        return float(self.counts[0] + self.counts[5]) / self.n

    @property
    def z(self) -> float:
        return (self.share - EXPECTED) / math.sqrt(EXPECTED * (1 - EXPECTED) / self.n)

    @property
    def chi_square(self) -> float:
        return float(((self.counts - self.n / 10) ** 2).sum() / (self.n / 10))


def preference(frame: Frame) -> Iterator[Finding]:
    """Last digits 0 and 5 more often than by chance."""
    found, whose = [], _whose(frame)
    for column in frame.numbers():
        if SET_BY_HAND.search(column.name.lower()) or is_id(column.name) or "code" in column.name.lower():
            continue
        digits = _preferred(_counted(column, whose))
        if digits is not None:
            found.append((column, digits))
    if not found:
        return
    names = [column.name for column, *_ in found]
    first, digits = found[0]
    yield Finding(
        "digit preference",
        tuple(names),
        f"Values of {listed(names)} end in 0 or 5 more often than measurements do: somebody rounded.",
        "; ".join(
            f"{column.name} {share(d.share, 1)} of {d.n:,} (z = {d.z:.1f}, χ² = {d.chi_square:,.0f}, 9 degrees "
            "of freedom)"
            for column, d in found[:5]
        )
        + f"{'; ...' if len(found) > 5 else ''}. By chance it would be 20 %.",
        f"A difference below {5 * digits.grid:g} in {first.name} is a reader's habit, not the patient's; a cut-off at "
        "a round number moves everybody who was rounded to it.",
        f"Nothing mends it. Report it, and try cut-offs between round numbers, such as {frame.at(first)} > "
        f"{_between(first, digits.grid):g}.",
    )


# ---------------------------------------------------------------- how it is done


def _whose(frame: Frame) -> np.ndarray | None:
    """Return a number for each patient, (n,); None if nobody says whose the rows are."""
    if frame.patient is None:
        return None
    names = frame.patient.text if frame.patient.values is None else np.nan_to_num(frame.patient.values)
    return np.unique(names, return_inverse=True)[1]


def _counted(column: Column, whose) -> np.ndarray:
    """Return the values that count: amounts that are no code and no limit, each of a patient once."""
    values = np.abs(column.values)
    rows = np.isfinite(values) & (values > 0) & ~column.is_code()
    for end in {*column.measured[:1], *column.measured[-1:]}:
        at_end = column.values == end
        if at_end.sum() > LIMIT * rows.sum():
            rows &= ~at_end
    some = np.flatnonzero(rows)[:: max(1, int(rows.sum()) // ROWS)]
    if whose is None or not len(some):
        return values[some]
    some = some[np.lexsort((values[some], whose[some]))]
    new = np.r_[True, (np.diff(values[some]) != 0) | (np.diff(whose[some]) != 0)]
    return values[some[new]]


def _preferred(values: np.ndarray) -> Digits | None:
    """Return the last digits of numbers > 0 if 0 and 5 are too many; None otherwise."""
    if len(values) < ENOUGH:
        return None
    counts, grids = np.zeros(10, np.int64), []
    length = np.floor(np.log10(values)).astype(int)
    for one in np.unique(length):
        part = values[length == one]
        grid = grid_of(part)
        if grid is not None and part.max() < MOST_STEPS * grid:
            steps = np.round(part / grid)
            steps = steps[np.abs(steps - part / grid) < 1e-2]
            counts += np.bincount((steps % 10).astype(int), minlength=10)
            grids += [grid] * len(part)
    if counts.sum() < ENOUGH:
        return None
    digits = Digits(counts, float(np.median(grids)))
    low, high = np.quantile(values, [0.25, 0.75])
    fine = min(high - low, low) >= STEPS * digits.grid
    by_construction = digits.share >= (ON_THE_GRID if digits.grid >= 1 else ON_DECIMALS)
    return digits if fine and digits.share >= TOLD and digits.z >= SURE and not by_construction else None


def grid_of(values) -> float | None:
    """Return the largest of 10000, 1000, ..., 0.0001 of which nearly all values are multiples; None if none is.

    >>> grid_of(np.array([12.5, 13.0, 14.5, 15.1]))
    0.1
    """
    different = np.unique(values)  # a filled-in mean counts once
    for grid in GRIDS:
        steps = different / grid
        on_it = (np.abs(steps - np.round(steps)) < 1e-3) & (steps > 0.5)
        if np.mean(on_it) >= (ON_THE_GRID if grid > 1 else ON_DECIMALS):
            return grid
    return None


def _between(column: Column, grid: float) -> float:
    """Return a cut-off near the middle, between two round numbers."""
    return float(np.floor(np.median(column.known) / (10 * grid)) * 10 * grid + 2.5 * grid)


CHECKS = {"digit preference": preference}
