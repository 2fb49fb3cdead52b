"""Classes that were chosen by the columns that should tell them: controls picked because their tests were normal."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import CLASSES, classes_of, codes_of
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_leaks import PERFECT, is_later, tells
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed

__all__ = ["CHECKS", "NEEDS", "outside", "selected"]

KEPT = 100  # rows of a class, so that their range holds 98 % of its members
OTHERS = 50
OUTSIDE = 0.75  # of the others


def selected(frame: Frame) -> Iterator[Finding]:
    """Find columns by whose values a class seems to have been chosen: it keeps to a range that most others leave.

    A column counts where one class has 100 rows or more, all of them in a range outside of which 75 % or more of the
    others lie, of whom there are 50; of words, with values that 75 % of the others do not have. A good test need
    not do that: in the Wisconsin diagnostic data, where a column has an AUC of 0.976, 64 % lie outside; in chronic
    kidney disease up to 88 %, of columns with an AUC of 0.91 to 0.97. What is told as a leak is not told again.
    """
    if frame.target is None:
        return
    classes, names = classes_of(frame.target)
    if len(names) < 2:
        return
    for k in range(len(names)):
        found = []
        for column in frame.columns:
            text = "" if column.kind == "date" or is_later(column.name) else _told(column, classes, k)
            if text:
                found.append((column, text))
        if not found:
            continue
        columns = [column for column, _ in found]
        yield Finding(
            "class chosen by its tests",
            tuple(column.name for column in columns),
            f"All with {frame.target.name} = {names[k]} keep to a range that most others leave: were they chosen by "
            f"{listed([column.name for column in columns])}?",
            "; ".join(text for _, text in found) + ".",
            "Near-perfect scores come from how patients were chosen, not from the illness: those between well and ill, "
            "for whom a model is wanted, are not in the table.",
            "Say how this class was chosen, and claim nothing without a test on patients taken one after another; for "
            f"lessons try it without: {frame.without(columns)}",
        )


def outside(mine: np.ndarray, others: np.ndarray, *, ordered: bool = True) -> float:
    """Return the share of the others below the least or above the largest of mine; unordered, that have none of mine.

    >>> outside(np.array([4.0, 5.0]), np.array([3.0, 4.5, 6.0, 7.0]))
    0.75
    """
    if not len(mine) or not len(others):
        return 0.0
    out = (others < mine.min()) | (others > mine.max()) if ordered else ~np.isin(others, mine)
    return float(out.mean())


def _told(column: Column, classes: np.ndarray, k: int) -> str:
    """Write the range of a class, how many of the others lie outside, and the AUC; "" where it is no finding."""
    codes, values = codes_of(column)
    there = (classes >= 0) & (codes >= 0)
    mine, others = codes[there & (classes == k)], codes[there & (classes != k)]
    words = column.kind == "words"
    if len(mine) < KEPT or len(others) < OTHERS or (words and len(values) > CLASSES):
        return ""
    share = outside(mine, others, ordered=not words)
    if share < OUTSIDE:
        return ""
    if words:
        kept = ", ".join(values[code] for code in np.unique(mine)[:3])
    else:
        kept = f"{values[mine.min()]:g} to {values[mine.max()]:g}"
    this_or_not = np.where(classes < 0, -1, classes == k)
    auc = max(told.auc for told in tells(column, this_or_not, 2) if told.rows == there.sum())
    if auc > PERFECT:
        return ""  # told as a leak
    out = f"{100 * share:.0f} % of the {len(others)} others outside"
    return f"{column.name} {kept} in {len(mine)} rows, {out}, AUC {auc:.3f}"


CHECKS = {"chosen classes": selected}
NEEDS = {"chosen classes": "target"}
