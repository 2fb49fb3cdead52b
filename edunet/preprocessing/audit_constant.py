"""Columns that say nothing about a patient: one value for all, numbers of rows, names of patients as if measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import classes_of, codes_of, is_id, is_moment, values_of, words_in
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_ranks import areas
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed

__all__ = ["CHECKS", "constant", "ids", "numbers_rows"]

FEW = 10  # rows that differ from all others: two in each part of five
SHARE = 0.02  # of the rows that differ from all others
KINDS = 20  # different values that ids have at least: "case" of 0 and 1 is none


def constant(frame: Frame) -> Iterator[Finding]:
    """Find columns with one value, and those in which at most 10 rows and at most 2 % have another.

    A column that names a unit may and should be constant.
    """
    same: list[tuple[Column, str]] = []
    nearly: list[tuple[Column, str]] = []
    gaps: list[tuple[Column, str]] = []
    for column in frame.columns:
        codes, values = codes_of(column)
        there = codes >= 0
        n = int(there.sum())
        if n < 2 or "unit" in words_in(column.name).split():
            continue
        count = np.bincount(codes[there], minlength=1)
        others = n - int(count.max())
        told = f"{column.name} = {_value(values[int(count.argmax())])}"
        if not others:
            missing = f", missing in {frame.n - n:,}" if n < frame.n else ""
            (gaps if n < (1 - SHARE) * frame.n else same).append((column, f"{told} in {n:,} rows{missing}"))
        elif others <= min(FEW, SHARE * n):
            nearly.append((column, f"{told} in all but {others} of {n:,} rows"))
    yield from _finding(
        frame,
        "constant column",
        "one value for all",
        same,
        "Nothing can be learnt from it; scaling divides by its standard deviation, which is 0.",
    )
    yield from _finding(
        frame,
        "one value or nothing",
        "one value where there is any; a gap may mean no",
        gaps,
        "Filled with its usual value it is constant, and what the gaps say is lost.",
    )
    yield from _finding(
        frame,
        "nearly constant column",
        "one value for nearly all",
        nearly,
        "Hardly anything can be learnt from so few rows, and scaling makes them outliers of many standard deviations.",
    )


def _value(value) -> str:
    return repr(value[:40]) if isinstance(value, str) else f"{value:g}"


def _finding(
    frame: Frame, name: str, what: str, found: list[tuple[Column, str]], consequence: str
) -> Iterator[Finding]:
    if not found:
        return
    columns = [column for column, _ in found]
    if name == "one value or nothing":
        repair = "; ".join(_yes_or_no(frame, column) for column in columns[:2]) + "  # if whoever made it says so"
    elif name == "id among the measurements":
        repair = f"{frame.without(columns)}  # keep it for patient_split(..., groups=) and audit(..., patient=)"
    else:
        repair = frame.without(columns)
    evidence = "; ".join(told for _, told in found[:6]) + (f"; {len(found) - 6} more." if len(found) > 6 else ".")
    yield Finding(
        name,
        tuple(column.name for column in columns),
        f"{listed([column.name for column in columns])}: {what}.",
        evidence,
        consequence,
        repair,
    )


def _yes_or_no(frame: Frame, column: Column) -> str:
    """Write how a column becomes 1 where something stands and 0 elsewhere."""
    if frame.source == "pandas":
        return frame.changed(column, "{c}.notna().astype(float)")
    there = "~np.isnan({c})" if column.kind == "number" else "{c} != ''"
    return frame.changed(column, f"({there}).astype(float)")


def numbers_rows(values: np.ndarray) -> bool:
    """Tell whether these are the numbers of the rows, in any order: whole, all different, without a gap, 10 or more.

    >>> numbers_rows(np.arange(1.0, 12)), numbers_rows(np.arange(5.0)), numbers_rows(np.arange(0.0, 30, 2))
    (True, False, False)
    """
    n = len(values)
    if n < 10 or not np.isfinite(values).all() or values.max() - values.min() != n - 1:
        return False
    return bool((values == np.floor(values)).all()) and len(np.unique(values)) == n


def ids(frame: Frame) -> Iterator[Finding]:
    """Find columns that number the rows, and ids that stand as numbers among the measurements.

    An id is known by its name (id, pid, patient_id, record_number, ...), more than 20 different values, and one for
    every ten rows at least. Numbers of the rows are whole, all different, without a gap, under any name but that of a
    moment (day, hour, visit, ...).
    """
    numbering, naming = [], []
    for column in frame.numbers():
        if numbers_rows(values_of(column)) and not is_moment(column.name):
            first, last = column.known[0], column.known[-1]
            numbering.append((column, f"{column.name} {first:.15g} to {last:.15g}, no gap{_area(frame, column)}"))
        elif is_id(column.name):
            kinds = len(np.unique(column.known))
            if kinds > KINDS and kinds >= 0.1 * len(column.known):
                told = f"{column.name} {kinds:,} different values in {len(column.known):,} rows{_area(frame, column)}"
                naming.append((column, told))
    yield from _finding(
        frame,
        "numbers of the rows",
        "numbers the rows",
        numbering,
        "The order of a file often follows the outcome or the time of admission: a model that uses it fails elsewhere.",
    )
    yield from _finding(
        frame,
        "id among the measurements",
        "names patients or records and measures nothing",
        naming,
        "A model learns names by heart, or the order in which they were given, and fails on new patients.",
    )


def _area(frame: Frame, column: Column) -> str:
    """Write how well the numbers tell the outcome."""
    if frame.target is None or column.values is None:
        return ""
    codes, names = classes_of(frame.target)
    rows = (codes >= 0) & np.isfinite(column.values)
    if len(names) < 2 or rows.sum() < 2:
        return ""
    auc = np.nan_to_num(areas(column.values[rows], codes[rows], len(names))[0], nan=0.5)
    best = 1 if len(names) == 2 else int(np.abs(auc - 0.5).argmax())
    return f", AUC for {frame.target.name} = {names[best]}: {max(auc[best], 1 - auc[best]):.2f}"


CHECKS = {"constant columns": constant, "ids among the measurements": ids}
