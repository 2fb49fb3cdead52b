"""Columns that say what another says already: the same values, or a fixed factor and offset away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import codes_of, is_id, text_of, values_of
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_ranks import rank_correlation
from edunet.preprocessing.audit_report import Finding

__all__ = ["CHECKS", "copies", "linear_copies"]

REST = 1e-4  # of the variance that a line leaves: rounding of a unit does so, no second measurement
ROWS = 10  # measured in both
BLOCK = 256  # columns at a time: 5,000 columns need no matrix of all pairs
FEW = 3  # values of words that stand for each other, such as f and m for 0 and 1
OTHERS = 5  # rows that differ from the usual value


def linear_copies(values: np.ndarray) -> list[tuple[int, int]]:
    """Return the pairs of columns of which one is a line of the other, by all rows where both are known.

        1 − r² < 10⁻⁴        r Pearson's correlation
    Args: values (N,C), NaN where missing. Fahrenheit beside Celsius, or pounds rounded to whole numbers beside
    kilograms, are found; two measurements of one thing are not: mean radius and mean perimeter of the Wisconsin data
    have 1 − r² = 0.004.

    >>> celsius = np.array([36.6, 37.2, 39.1, 38.0, 36.9, 37.7, 40.2, 36.1, 38.8, 37.0])
    >>> linear_copies(np.column_stack([celsius, celsius**2, 1.8 * celsius + 32]))
    [(0, 2)]
    """
    known = np.isfinite(values)
    m = known.sum(axis=0)
    mean = np.where(known, values, 0).sum(axis=0) / np.maximum(m, 1)
    x = np.where(known, values - mean, 0)
    sd = np.sqrt((x**2).sum(axis=0) / np.maximum(m, 1))
    x /= np.where(sd > 0, sd, 1)
    w, square = known.astype(np.float64), x**2
    found = []
    for start in range(0, values.shape[1], BLOCK):
        a = slice(start, start + BLOCK)
        n = np.maximum(w[:, a].T @ w, 1)
        of_a, of_b = x[:, a].T @ w, w[:, a].T @ x
        rest_a = square[:, a].T @ w - of_a**2 / n
        rest_b = w[:, a].T @ square - of_b**2 / n
        together = x[:, a].T @ x - of_a * of_b / n
        enough = (n >= ROWS) & (n >= 0.5 * np.minimum(m[a][:, None], m)) & (rest_a > 1e-6 * n) & (rest_b > 1e-6 * n)
        line = enough & (together**2 > (1 - REST) * rest_a * rest_b)
        found += [(start + int(i), int(j)) for i, j in zip(*np.nonzero(line), strict=True) if start + i < j]
    return found


def copies(frame: Frame) -> Iterator[Finding]:
    """Find columns that repeat another: equal, in another unit, or 0 and 1 beside words.

    Numbers count where a line leaves less than 1/10,000 of the variance and the order of the rows is the same, so that
    two columns with 999 in the same rows are not taken for copies; words where they are the same, or stand for each
    other and have at most 3 values. Of columns with few values 5 rows or more must differ from the usual one.
    """
    pairs = [*_numbers(frame), *_words(frame)]
    told: set[int] = set()
    for first, second, how in pairs:
        if second.place in told or first.place in told:
            continue
        told.add(second.place)
        yield Finding(
            "copy of a column",
            (first.name, second.name),
            f"{second.name} says what {first.name} says already.",
            f"{how}.",
            "Weights are shared out between the two at random, each looks half as important, and a linear model has no "
            "single solution.",
            frame.without([second]),
        )


def _numbers(frame: Frame) -> Iterator[tuple[Column, Column, str]]:
    columns = [column for column in frame.numbers() if _varies(column) and not is_id(column.name)]
    if len(columns) < 2:
        return
    values = np.column_stack([values_of(column) for column in columns])
    for i, j in linear_copies(np.where(np.isfinite(values), values, np.nan)):
        a, b = values[:, i], values[:, j]
        both = np.isfinite(a) & np.isfinite(b)
        rho, _ = rank_correlation(a[both], b[both])
        if abs(rho) < 0.995:
            continue
        yield (
            columns[i],
            columns[j],
            f"{_line(columns[i].name, columns[j].name, a[both], b[both])}, correlation {rho:+.4f}",
        )


def _line(name: str, other: str, a: np.ndarray, b: np.ndarray) -> str:
    if np.array_equal(a, b):
        return f"{other} equals {name} in {len(a)} rows"
    slope = float((a - a.mean()) @ (b - b.mean()) / ((a - a.mean()) ** 2).sum())
    return f"{other} = {slope:.4g} · {name} {b.mean() - slope * a.mean():+.4g} in {len(a)} rows"


def _varies(column: Column) -> bool:
    """Tell whether 5 rows or more differ from the most usual value."""
    if column.values is None or len(column.known) < ROWS:
        return False
    _, count = np.unique(column.known, return_counts=True)
    return len(column.known) - int(count.max()) >= OTHERS


def _words(frame: Frame) -> Iterator[tuple[Column, Column, str]]:
    """Yield columns of words that are the same as an earlier one, or stand for it, one for one."""
    seen: dict[bytes, Column] = {}
    for column in frame.columns:
        codes, values = codes_of(column)
        if column.kind == "number" and len(values) > FEW:
            continue
        there = codes >= 0
        if there.sum() < ROWS or len(values) < 2 or there.sum() - np.bincount(codes[there]).max() < OTHERS:
            continue
        key = _by_first(codes, len(values)).tobytes()
        if key not in seen:
            seen[key] = column
            continue
        first = seen[key]
        if first.kind == column.kind == "number":
            continue  # told by the line
        same = first.kind == column.kind and text_of(first).tolist() == text_of(column).tolist()
        if same or len(values) <= FEW:
            how = "the same words" if same else f"{len(values)} values that stand for each other"
            yield first, column, f"{how} in all {int(there.sum())} rows"


def _by_first(codes: np.ndarray, k: int) -> np.ndarray:
    """Return codes numbered in the order of their coming, the same for two columns that stand for each other."""
    rows = np.flatnonzero(codes >= 0)
    first = np.full(k + 1, len(codes))
    np.minimum.at(first, codes[rows], rows)
    number = np.empty(k + 1, np.intp)
    number[np.argsort(first, kind="stable")] = np.arange(k + 1)
    number[k] = -1  # codes of -1 take the last
    return number[codes]


CHECKS = {"copies of columns": copies}
