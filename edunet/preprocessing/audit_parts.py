"""Rows in which a part is more than the whole: a diastolic pressure above the systolic, HDL above all cholesterol.

Which columns are part and whole, their names tell. Where more than 5 of 100 rows disagree, the columns are in different
units, or something else: nothing is said. Rows where both are the same are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed, number
from edunet.preprocessing.units_names import analyte_of_column

__all__ = ["CHECKS"]

PARTS = (  # of the same unit as the whole
    ("diastolic pressure", "systolic pressure"),
    ("diastolic pressure", "mean pressure"),
    ("mean pressure", "systolic pressure"),
    ("direct bilirubin", "bilirubin"),
    ("HDL cholesterol", "cholesterol"),
    ("LDL cholesterol", "cholesterol"),
    ("albumin", "total protein"),
)
MOST = 0.05  # of the rows


def parts(frame: Frame) -> Iterator[Finding]:
    """Rows in which a part is more than the whole."""
    named: dict[str, list[Column]] = {}
    for column in frame.numbers():
        known = analyte_of_column(column.name)
        if known is not None:
            named.setdefault(known[0].name, []).append(column)
    for part, whole in PARTS:
        if len(named.get(part, ())) == len(named.get(whole, ())) == 1:  # of several nobody knows which belong together
            yield from _compared(frame, named[part][0], named[whole][0])


def _compared(frame: Frame, part: Column, whole: Column) -> Iterator[Finding]:
    there = _measured(part) & _measured(whole)
    rows = np.flatnonzero(there & (np.nan_to_num(part.values) > np.nan_to_num(whole.values)))
    if not len(rows) or len(rows) > max(1, MOST * there.sum()):
        return
    first = rows[0]
    yield Finding(
        "a part above the whole",
        (part.name, whole.name),
        f"In {len(rows):,} of {int(there.sum()):,} rows {part.name} is above {whole.name}, which no patient has.",
        f"Row {first} has {part.name} {number(part.values[first])} and {whole.name} {number(whole.values[first])}. "
        f"Rows, counted from 0: {listed([str(row) for row in rows], 8)}.",
        "One of the two is wrong, and a difference or a ratio of them, such as a pulse pressure, has the wrong sign.",
        f"Look them up: rows = {frame.at(part)} > {frame.at(whole)}. What cannot be mended becomes missing in both.",
    )


def _measured(column: Column) -> np.ndarray:
    return np.isfinite(column.values) & (column.values > 0) & ~column.is_code()


CHECKS = {"parts above the whole": parts}
