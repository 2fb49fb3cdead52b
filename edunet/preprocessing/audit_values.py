"""Values that nobody has: negative weights, an age of 150, a point that slipped."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_limits import limits_of
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_swaps import swapped_rows
from edunet.preprocessing.audit_units import mixtures_of
from edunet.preprocessing.audit_writing import listed, number

__all__ = ["CHECKS"]

ENOUGH = 30  # values, before anything is called odd among them
RARE = 0.01  # of the values
MOST = 0.2  # of the values may be impossible: where more are, the column is something else
FEW = 3  # values, where the share is less
AWAY = 2.0  # half-widths s, from the lowest value that is not negative
SKEWED = (
    3  # times as far from the median to the 84 % point as from the 16 % point: a quantity that has no negative values
)
BEYOND = 8  # half-widths s from the median
GAP = 3  # half-widths s of nothing, between the odd values and all others
TIMES = 4  # or a quarter: so far at least from the next value, of an amount; otherwise from the median


def infinite(frame: Frame) -> Iterator[Finding]:
    """Cells that hold an infinity."""
    for column in frame.numbers():
        n = int(np.isinf(column.values).sum())
        if n:
            yield Finding(
                "infinite values",
                (column.name,),
                f"{column.name} is infinite in {n:,} row{'s' * (n > 1)}: something was divided by zero.",
                f"The first is row {int(np.flatnonzero(np.isinf(column.values))[0])}, counted from 0.",
                "One infinity makes every mean, every scale and the first loss of a network inf or NaN.",
                frame.blanked(column, "np.isinf({c})"),
            )


def negative(frame: Frame) -> Iterator[Finding]:
    """A few values below zero in a column that measures an amount."""
    for column in frame.numbers():
        known = column.measured
        below, other = np.sort(known[known < 0]), known[known >= 0]
        if not 0 < len(below) <= RARE * len(known) or len(known) < ENOUGH or len(np.unique(other)) < ENOUGH // 2:
            continue
        low, middle, high = np.quantile(other, [0.16, 0.5, 0.84])
        amount = high - middle > SKEWED * (middle - low) or other.min() - below.max() > AWAY * (high - low) / 2
        if amount:
            yield _impossible(
                frame,
                column,
                f"{len(below):,} value{'s' * (len(below) > 1)} of {column.name} {'are' if len(below) > 1 else 'is'} "
                "negative, where all others measure an amount.",
                f"{_few(below)}; the other {len(other):,} lie between {number(other.min())} and {number(other.max())}.",
                "{c} < 0",
            )


def outside(frame: Frame) -> Iterator[Finding]:
    """Values beyond what a living patient has, by the name of the column; shares that are no share."""
    for column in frame.numbers():
        limits = limits_of(column)
        if limits is None:
            continue
        known = _in_one_unit(frame, column)
        known = known[known != 0]  # zeros are looked at as missing values
        odd = known[(known < limits.low) | (known > limits.high)]
        if 0 < len(odd) <= max(FEW, MOST * len(known)):
            many = len(odd) > 1
            yield _impossible(
                frame,
                column,
                f"{len(odd):,} value{'s' * many} of {column.name} {'are' if many else 'is'} possible in nobody.",
                f"{_few(odd)}; possible are {number(limits.low)} to {number(limits.high)}"
                f"{'' if limits.unit == '1' else f' {limits.unit}'} ({limits.source}).",
                f"({{c}} < {limits.low:g}) | ({{c}} > {limits.high:g})",
            )


def far_beyond(frame: Frame) -> Iterator[Finding]:
    """Single values far from all others, also on a logarithmic scale: a point that slipped, a digit too much."""
    for column in frame.numbers():
        known, limits = _in_one_unit(frame, column), limits_of(column)
        odd = _stray(known)
        if limits is not None:
            odd = odd[(odd >= limits.low) & (odd <= limits.high)]  # the others have been told
        if len(odd):
            rest = known[~np.isin(known, odd)]
            yield _impossible(
                frame,
                column,
                f"{len(odd):,} value{'s' * (len(odd) > 1)} of {column.name} lie{'s' * (len(odd) == 1)} far beyond all "
                "others.",
                f"{_few(odd)}; the other {len(rest):,} lie between {number(rest.min())} and {number(rest.max())}.",
                f"np.isin({{c}}, {[float(v) for v in odd[:10]]})",
                "values far beyond",
            )


# ---------------------------------------------------------------- how it is done


def _in_one_unit(frame: Frame, column: Column) -> np.ndarray:
    """Return the sorted values that are no code, not in the rarer of two units and not in another column's place."""
    units, moved, known = mixtures_of(frame).get(column), swapped_rows(frame).get(column), column.measured
    if moved is not None:
        known = np.sort(column.values[np.isfinite(column.values) & ~column.is_code() & ~moved])
    return known if units is None else known[~units.is_rare(known)]


def _stray(known: np.ndarray) -> np.ndarray:
    """Return the values that lie far beyond all others, sorted; of an amount, far also as a factor."""
    if len(known) < ENOUGH or len(np.unique(known)) < ENOUGH // 2:
        return np.empty(0)
    odd = known[_is_beyond(known)]
    if not len(odd):
        return odd
    if known[0] < 0:
        far = np.abs(known - np.median(known))
        return odd[np.abs(odd - np.median(known)) > TIMES * far[~np.isin(known, odd)].max()]
    positive = known[known > 0]
    return np.intersect1d(odd, positive[_is_beyond(np.log(positive), np.log(TIMES))])


def _is_beyond(ordered, least: float = 0.0) -> np.ndarray:
    """Tell which of sorted values are cut off from the rest by a wide gap, far from the median; at most 1 %, or 3."""
    low, middle, high = np.quantile(ordered, [0.16, 0.5, 0.84])
    s, n = (high - low) / 2, len(ordered)
    found = np.zeros(n, bool)
    if not s:
        return found
    most = max(FEW, int(RARE * n))
    wide = np.diff(ordered) > max(GAP * s, least)
    above = [i for i in range(n - most, n) if wide[i - 1] and ordered[i] - middle > BEYOND * s]
    below = [i for i in range(most) if wide[i] and middle - ordered[i] > BEYOND * s]
    if above:
        found[min(above) :] = True
    if below:
        found[: max(below) + 1] = True
    return found


def _few(values) -> str:
    different, count = np.unique(values, return_counts=True)
    return listed([number(v) + (f" ({n:,} times)" if n > 1 else "") for v, n in zip(different, count, strict=True)], 5)


def _impossible(
    frame: Frame, column: Column, sentence: str, evidence: str, where: str, name: str = "impossible values"
) -> Finding:
    return Finding(
        name,
        (column.name,),
        sentence,
        evidence,
        "A squared error or a scale of mean and deviation is ruled by these few; a tree spends its first cut on them.",
        f"Look them up in the record. What cannot be mended becomes missing: {frame.blanked(column, where)}.",
    )


CHECKS = {
    "infinite values": infinite,
    "negative values": negative,
    "values outside their range": outside,
    "values far beyond": far_beyond,
}
