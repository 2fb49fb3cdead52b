"""Samples of patients as they might have come: drawn from those who came, with all rows of each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

__all__ = ["Patients", "times_drawn"]


class Patients:
    """Whose the rows are, in strata that are drawn from separately.

    Attributes: whose (N,), the number of each row's patient; n, patients; strata, arrays of patients; stratified,
    whether they are the ill and the healthy.
    """

    def __init__(self, y: np.ndarray, whose: np.ndarray | None, stratified: bool):
        self.whose = np.arange(len(y)) if whose is None else whose
        self.alone = whose is None
        rows = np.bincount(self.whose)
        ill = np.bincount(self.whose, weights=y)
        self.n = len(rows)
        self.stratified = stratified and not np.count_nonzero((ill > 0) & (ill < rows))
        everybody = np.arange(self.n)
        sides = (everybody[ill > 0], everybody[ill == 0]) if self.stratified else (everybody,)
        self.strata = [side for side in sides if len(side)]

    @property
    def why_not(self) -> str:
        """Return what keeps the sample from telling how others would be, or ""."""
        if self.n == 1:
            return "all rows are of one patient"
        if self.stratified and min(map(len, self.strata)) == 1:
            return "one patient is the only ill, or the only healthy one"
        return ""

    def rows(self, times: np.ndarray) -> np.ndarray:
        """Return how often each row is in a sample in which each patient is so many times."""
        return times if self.alone else times[self.whose]

    def without_parts(self, most: int, rng: np.random.Generator) -> Iterator[tuple[int, np.ndarray]]:
        """Yield (stratum, how often each patient counts) without one patient, or one of `most` parts of a stratum."""
        for number, side in enumerate(self.strata):
            for part in np.array_split(rng.permutation(side), min(len(side), most)):
                times = np.ones(self.n)
                times[part] = 0
                yield number, times


def times_drawn(patients: Patients, rng: np.random.Generator) -> np.ndarray:
    """Return how often each patient is drawn, (patients,): as many draws from each stratum as it has patients."""
    times = np.zeros(patients.n)
    for side in patients.strata:
        times[side] = np.bincount(rng.integers(0, len(side), len(side)), minlength=len(side))
    return times
