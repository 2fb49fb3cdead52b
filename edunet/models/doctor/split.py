"""Rows that are held out, against those that are learnt: on one scale, and no windows that share steps."""

import numpy as np

from edunet.models.doctor.case import Case, number, rows_of
from edunet.models.doctor.report import Finding

__all__ = ["CHECKS"]

LEAST = 20  # rows, of which a mean and a spread tell something
APART = 5  # spreads between the means, or one spread in the other
LONGEST = 500  # steps of a window


def other_scale(case: Case):
    """validation_data that were scaled otherwise than x, or not at all."""
    for part, held in zip(case.inputs, case.held_out, strict=False):
        if part.codes is not None or min(len(part.data), len(held.data)) < LEAST:
            continue
        learn, judge = rows_of(part.data), rows_of(held.data)
        if learn.shape[1] != judge.shape[1]:
            continue
        (middle, wide), (other, width) = ((np.median(a, axis=0), a.std(axis=0)) for a in (learn, judge))
        moving = (wide > 0) & (width > 0)
        shift = np.abs(other - middle)[moving] / wide[moving]
        ratio = np.abs(np.log(width[moving] / wide[moving]))
        if not moving.any() or max(np.median(shift) / APART, np.median(ratio) / np.log(APART)) < 1:
            continue
        i = int(np.flatnonzero(moving)[0])
        yield Finding(
            "another scale",
            f"{held.name} is on another scale than {part.name}: the figures of validation will mean nothing.",
            f"{part.columns[i]}: middle {number(middle[i])} and spread {number(wide[i])} in {part.name}, "
            f"{number(other[i])} and {number(width[i])} in {held.name}.",
            f"Scale both by what the training rows say: mean, std of {part.name} as it was read, and then "
            f"(x - mean) / std for {part.name} and for {held.name}.",
        )


def windows_over_the_split(case: Case):
    """Windows cut from one series, of which those on both sides of the cut share steps."""
    cut = case.cut
    for part in case.inputs:
        x = part.data
        if cut is None or part.codes is not None or x.ndim not in (2, 3) or not 1 < cut < len(x) - 1:
            continue
        step = _step_of_windows(x, cut)
        if step is None:
            continue
        shared = x.shape[1] - step
        gap = -(-x.shape[1] // step)
        yield Finding(
            "windows overlap",
            f"The rows of {part.name} are windows of one series that overlap: the last that are learnt from and the "
            "first to judge by share what was measured.",
            f"Row {cut - 1} and row {cut} share {shared} of {x.shape[1]} steps.",
            f"Leave a gap of one window: fit(x[:{max(cut - gap, 1)}], y[:{max(cut - gap, 1)}], "
            f"validation_data=(x[{cut}:], y[{cut}:])). Of several patients, split whole patients.",
        )


def _step_of_windows(x, cut: int) -> int | None:
    """Return by how many steps each window around the cut is later than the one before; None if they are no windows."""
    for step in range(1, min(x.shape[1] - 1, LONGEST)):
        pairs = [(x[i, step:], x[i + 1, :-step]) for i in (cut - 2, cut - 1, cut)]
        if all(np.array_equal(a, b) for a, b in pairs) and all(len(np.unique(a)) > 2 for a, _ in pairs):
            return step
    return None


CHECKS = {"scale of validation": other_scale, "overlapping windows": windows_over_the_split}
