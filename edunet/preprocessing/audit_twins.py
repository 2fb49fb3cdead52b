"""Rows that are the same in all columns but one: one patient twice, with another age or a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import codes_of, text_of, values_of
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_signature import (
    TIMES,
    every_column,
    ids_of,
    log_shares,
    pairs,
    pairs_by_chance,
    rare,
    signature,
    whose_rows,
)
from edunet.preprocessing.audit_writing import listed

__all__ = ["twins"]

LEAST = 5  # columns: of fewer, all but one are too few to know somebody by
SHOWN = 3


def twins(frame: Frame) -> Iterator[Finding]:
    """Find pairs of rows that differ in one column alone, where chance does not make such pairs.

    Asked as `repeated_rows` asks: rows that are rare, and 50 times as many pairs as two halves of the other columns let
    expect. Rows of one patient are left out, who may come again unchanged. In the HCV data (hcvdat0) five pairs of
    people have the same ten laboratory values, and other ages.
    """
    patient = whose_rows(frame)
    ids = ids_of(frame)
    columns = [column for column in every_column(frame) if column is not patient and column not in ids]
    if frame.n < 2 or len(columns) < LEAST:
        return
    cells = [signature(column, j) for j, column in enumerate(columns)]
    shares = [log_shares(cell) for cell in cells]
    rows, told = np.asarray(np.sum(cells, axis=0, dtype=np.uint64)), np.sum(shares, axis=0)
    whose = None if patient is None else codes_of(patient)[0]
    found: list[tuple[Column, int, int]] = []
    for j, column in enumerate(columns):
        there = rare(told - shares[j])
        but_one = (rows - cells[j])[there]
        alike = pairs(but_one) - pairs(rows[there])
        if not alike or alike < TIMES * pairs_by_chance([cell[there] for k, cell in enumerate(cells) if k != j]):
            continue
        of_two = ((int(there[a]), int(there[b])) for a, b in _pairs(but_one, rows[there]))
        found += [(column, a, b) for a, b in of_two if whose is None or whose[a] != whose[b] or whose[a] < 0]
    if found:
        yield _finding(found, len(columns))


def _pairs(keys: np.ndarray, rows: np.ndarray) -> list[tuple[int, int]]:
    """Return neighbouring rows that share a key and differ."""
    order = np.lexsort((rows, keys))
    a, b = order[:-1], order[1:]
    near = (keys[a] == keys[b]) & (rows[a] != rows[b])
    return sorted((min(pair), max(pair)) for pair in zip(a[near].tolist(), b[near].tolist(), strict=True))


def _finding(found: list[tuple[Column, int, int]], columns: int) -> Finding:
    differ = list(dict.fromkeys(column.name for column, _, _ in found))
    told = [f"rows {a} and {b} but for {c.name}, {_cell(c, a)} and {_cell(c, b)}" for c, a, b in found]
    more = f"; {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    many = f"{len(found)} pair{'s' * (len(found) > 1)} of rows"
    return Finding(
        "rows nearly the same",
        tuple(differ),
        f"{many} differ{'s' * (len(found) == 1)} in one column alone: one patient twice?",
        f"The same in {columns - 1} of {columns} columns: {'; '.join(told[:SHOWN])}{more}.",
        "A split by rows puts one in training and its twin in the test, which then asks for what was learnt by heart.",
        f"Look these rows up; until then keep them together: patient_split(x, y, groups=repeats(x)), x without "
        f"{listed(differ)}",
    )


def _cell(column: Column, row: int) -> str:
    text = text_of(column)[row]
    return repr(text) if text else "nothing" if column.missing[row] else f"{values_of(column)[row]:g}"
