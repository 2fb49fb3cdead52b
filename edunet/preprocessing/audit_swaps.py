"""Two columns whose values stand in each other's place in some rows: height and weight.

With m the median of a column and s half the range of its middle 68 %, a row is changed over if both its values are out
of their own column, |v - m| > 4·s, and ordinary in the other, |v - m'| ≤ 3·s'. That is told if the columns differ by
more than 4·s, and three of ten values that are out of a column are explained so: a column with many far values of its
own is none of a pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed, number

__all__ = ["CHECKS", "swapped_rows"]

ENOUGH = 30  # values of a column, half as many of them different
OUT, IN = 4.0, 3.0  # half-widths s from the median: not of this column; of the other one
EXPLAINED = 0.3  # of the values that are out of a column


class Pair(NamedTuple):
    """Two columns and the rows in which they are changed over."""

    a: Column
    b: Column
    middles: tuple[float, float]
    rows: np.ndarray


def swapped(frame: Frame) -> Iterator[Finding]:
    """Rows in which two columns are changed over."""
    for pair in _pairs(frame):
        a, b, middles, rows = pair
        first = rows[0]
        yield Finding(
            "swapped columns",
            (a.name, b.name),
            f"In {len(rows):,} of {frame.n:,} rows {a.name} and {b.name} seem to stand in each other's place.",
            f"Row {first} has {a.name} {number(a.values[first])} and {b.name} {number(b.values[first])}; the middle "
            f"values are {number(middles[0])} and {number(middles[1])}. Rows, counted from 0: "
            f"{listed([str(row) for row in rows], 8)}.",
            "Each such row is far out in both columns and pulls on both weights; a ratio of the two (BMI) is nonsense.",
            _repair(frame, pair),
        )


def swapped_rows(frame: Frame) -> dict[Column, np.ndarray]:
    """Return, of each column that stands in another's place somewhere, the rows (n,) bool where it does."""
    moved: dict[Column, np.ndarray] = {}
    for a, b, _, rows in _pairs(frame):
        for column in (a, b):
            moved.setdefault(column, np.zeros(frame.n, bool))[rows] = True
    return moved


def _pairs(frame: Frame) -> list[Pair]:
    if "swaps" not in frame.known:
        frame.known["swaps"] = list(_found(frame))
    return frame.known["swaps"]


def _found(frame: Frame) -> Iterator[Pair]:
    columns, scales = [], []
    for column in frame.numbers():
        known = column.known
        if len(known) >= ENOUGH and len(np.unique(known)) >= ENOUGH // 2:
            low, middle, high = np.quantile(known, [0.16, 0.5, 0.84])
            if high > low:
                columns.append(column)
                scales.append((middle, (high - low) / 2))
    odd = [_away(c, m, s) & ~c.is_code() for c, (m, s) in zip(columns, scales, strict=True)]
    some = [i for i, rows in enumerate(odd) if rows.any()]
    both = np.array([odd[i] for i in some], np.float32).reshape(len(some), frame.n)
    for p, q in np.argwhere(np.triu(both @ both.T, 1)):
        i, j = some[p], some[q]
        a, b = columns[i], columns[j]
        rows = np.flatnonzero(odd[i] & odd[j])
        rows = rows[_fits(a.values[rows], scales[j]) & _fits(b.values[rows], scales[i])]
        many = len(rows) >= EXPLAINED * max(odd[i].sum(), odd[j].sum())
        far = abs(scales[i][0] - scales[j][0]) > OUT * max(scales[i][1], scales[j][1])
        if len(rows) and many and far:
            yield Pair(a, b, (scales[i][0], scales[j][0]), rows)


def _away(column: Column, middle: float, s: float) -> np.ndarray:
    return np.isfinite(column.values) & (np.abs(column.values - middle) > OUT * s)


def _fits(values, other: tuple[float, float]) -> np.ndarray:
    """Tell which values would be ordinary ones of the other column."""
    return np.abs(values - other[0]) <= IN * other[1]


def _repair(frame: Frame, pair: Pair) -> str:
    """Write how the rows are changed back, found by what they hold."""
    a, b = frame.at(pair.a), frame.at(pair.b)
    cut = float(f"{sum(pair.middles) / 2:.3g}")
    signs = ("<", ">") if pair.middles[0] > pair.middles[1] else (">", "<")
    found = f"rows = ({a} {signs[0]} {cut:g}) & ({b} {signs[1]} {cut:g})"
    if frame.source == "pandas":
        c = [pair.a.name, pair.b.name]
        return f"{found}; c = {c}; frame.loc[rows, c] = frame.loc[rows, c[::-1]].to_numpy()."
    rows_a, rows_b = (f"{at[:-1]}][rows]" if at.endswith("]") else f"{at}[rows]" for at in (a, b))
    return f"{found}; {rows_a}, {rows_b} = {rows_b}.copy(), {rows_a}.copy()."


CHECKS = {"swapped columns": swapped}
