"""One column in two units: glucose in mg/dl and here and there in mmol/l, a decimal point that slipped.

Which units a column may be in, its name tells (`edunet.preprocessing.units` knows the names and the factors); in every
column a factor of 10, 100 and 1000 is looked for; in one without a name those of a few analytes, too. When two heaps
are two units stands in `audit_heaps`. At least 30 values are needed, 10 of them different, 3 in the other unit.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_heaps import Heaps, Pair, heaps_of
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_swaps import swapped_rows
from edunet.preprocessing.audit_writing import number, share
from edunet.preprocessing.plausible import plausible_range
from edunet.preprocessing.units import factor_and_offset
from edunet.preprocessing.units_analytes import ANALYTES
from edunet.preprocessing.units_names import analyte_of_column

__all__ = ["CHECKS", "mixtures_of"]

POWERS_OF_TEN = tuple(Pair(f"{k:,} times too large", f"{k:,} times too small", k) for k in (10, 100, 1000))
SMALLEST_FACTOR = 2  # nearer units overlap
IN_A_BODY = {"temperature": ((25, 45), (77, 113)), "HbA1c": ((3, 18), (19, 180))}  # of a line that does not pass 0
NAMELESS = re.compile(r"column \d+|x?\d+|v\d+|unnamed.*|feature.?\d+")
WITHOUT_A_NAME = ("glucose", "creatinine", "cholesterol", "weight", "height", "temperature")
ROWS = 50_000  # so many are looked at, spread over the values
ENOUGH = 30  # values
NEGATIVE = 0.01  # of the values, at most
DIFFERENT = 10  # values: fewer are classes, or doses


def mixtures(frame: Frame) -> Iterator[Finding]:
    """Two units in one column."""
    for column, found in mixtures_of(frame).items():
        yield _told(frame, column, found)


def unit_columns(frame: Frame) -> Iterator[Finding]:
    """A column that says which unit each value has, and says more than one."""
    names = {column.name for column in frame.every()}
    for column in frame.words():
        measured = re.sub(r"[ _.]*units?$", "", column.name, flags=re.IGNORECASE)
        if measured == column.name or column.text is None:
            continue
        said = [word.strip().lower() for word in column.text.tolist() if word.strip()]
        kinds, count = np.unique(said, return_counts=True)
        if 1 < len(kinds) <= DIFFERENT:
            yield Finding(
                "several units",
                (column.name, *([measured] if measured in names else [])),
                f"{column.name} says that {measured or 'the values'} come in {len(kinds)} units.",
                ", ".join(f"{kind} {n:,}" for kind, n in zip(kinds.tolist(), count.tolist(), strict=True)) + ".",
                "Numbers of different units are learnt as if they were of one.",
                "Convert all to one unit by edunet.preprocessing.units.convert, before anything is scaled.",
            )


def mixtures_of(frame: Frame) -> dict[Column, Heaps]:
    """Return the two heaps of each column of numbers in which there are two units."""
    if "units" not in frame.known:
        moved = swapped_rows(frame)
        found = {column: _heaps(column, moved.get(column)) for column in frame.numbers()}
        frame.known["units"] = {column: heaps for column, heaps in found.items() if heaps is not None}
    return frame.known["units"]


# ---------------------------------------------------------------- how it is done


def _heaps(column: Column, moved) -> Heaps | None:
    """Return the two heaps of a column, without the rows moved (n,) bool, which are in another column's place."""
    values = column.measured
    if moved is not None:
        values = np.sort(column.values[np.isfinite(column.values) & ~column.is_code() & ~moved])
    if np.searchsorted(values, 0) > NEGATIVE * len(values):
        return None  # no amount
    values = values[np.searchsorted(values, 0, side="right") :]
    found = _looked_for(values[:: max(1, len(values) // ROWS)], column.name)
    if found is None:
        return None
    below = int(np.searchsorted(values, found.cut))
    return found._replace(below=below, above=len(values) - below)


def _looked_for(values, name: str) -> Heaps | None:
    """Look for two units among sorted values > 0: first those that the name tells, then a power of ten."""
    if len(values) < ENOUGH or values[-1] < SMALLEST_FACTOR * values[0] or len(np.unique(values)) < DIFFERENT:
        return None
    known = analyte_of_column(name)
    if known is not None:
        of_the_name = _pairs(known[0].name)
    else:
        guessed = WITHOUT_A_NAME if NAMELESS.fullmatch(name.lower()) else ()
        of_the_name = tuple(pair for analyte in guessed for pair in _pairs(analyte))
    for pairs in (of_the_name, POWERS_OF_TEN):
        found = [one for pair in pairs if (one := heaps_of(values, pair, known is not None and bool(pair.analyte)))]
        if found:
            return min(found, key=lambda heaps: heaps.off)
    return None


@functools.cache
def _pairs(analyte: str) -> tuple[Pair, ...]:
    """Return the pairs of usual units of an analyte that are far enough apart to be told from each other."""
    line, pairs = ANALYTES[analyte], []
    for low, high in itertools.permutations(line.usual, 2):
        slope, offset = map(float, factor_and_offset("audit", line, low, high))
        ranges = IN_A_BODY.get(analyte) if offset else None
        if slope >= SMALLEST_FACTOR if not offset else ranges is not None and slope > 1:
            pairs.append(Pair(high, low, slope, offset, analyte, ranges))
    return tuple(pairs)


def _told(frame: Frame, column: Column, found: Heaps) -> Finding:
    pair, rare, n = found.pair, min(found.above, found.below), found.above + found.below
    cut = float(f"{found.cut:.2g}")
    if not found.medians[0] < cut < found.medians[1]:
        cut = found.cut
    old, new = (pair.high, pair.low) if found.rare_is_above else (pair.low, pair.high)
    way = "/" if found.rare_is_above else "*"
    to, first, times = f"{{c}} {way} {pair.slope:.6g}", "", f"; {pair.high} and {pair.low} {pair.slope:.4g} times"
    if not pair.analyte:
        seems = f"seems to hold two units, or the decimal point slipped: {rare:,} of {n:,} values are {old}"
        times = ""
    elif _is_in(column, found, new):
        seems = f"seems to hold {new} and {old}: {rare:,} of {n:,} values are in {old}"
        to = f"convert({{c}}, {pair.analyte!r}, {old!r}, {new!r})"
        first = "from edunet.preprocessing.units import convert; "
        if pair.offset:
            times = f"; in {pair.low} that is {number((found.medians[1] - pair.offset) / pair.slope)}"
    else:
        seems = f"was converted once too often, or too rarely, in {rare:,} of {n:,} values"
    where = f"{{c}} {'>' if found.rare_is_above else '<'} {cut:g}"
    return Finding(
        "two units in one column",
        (column.name,),
        f"{column.name} {seems}.",
        f"{found.below:,} values below {number(cut)} with median {number(found.medians[0])}, {found.above:,} above "
        f"with median {number(found.medians[1])}, {found.medians[1] / found.medians[0]:.4g} times as much{times}."
        f"{_of_one_site(frame, column, found)}",
        "These patients look gravely ill, or well, for a slip of the pen; the scale of the whole column is theirs.",
        f"Ask the laboratory, then: {first}{frame.changed(column, to, where)}.",
    )


def _is_in(column: Column, found: Heaps, unit: str) -> bool:
    """Tell whether the larger heap may be in a unit: 170 is no height in inches."""
    common = column.measured[~found.is_rare(column.measured)]
    limits = plausible_range(column.name, None, common)
    return limits is None or unit in limits.unit.split(" or ")


def _of_one_site(frame: Frame, column: Column, found: Heaps) -> str:
    """Write at which site the rarer unit is used, if at one."""
    if frame.site is None or column.values is None:
        return ""
    rare = found.is_rare(np.where(np.isfinite(column.values), column.values, 0))
    sites = frame.site.values if frame.site.values is not None else np.asarray(frame.site.text)
    kinds, count = np.unique(sites[rare], return_counts=True)
    if not len(kinds) or count.max() < 0.9 * count.sum() or len(np.unique(sites[~rare])) < 2:
        return ""
    name = kinds[int(np.argmax(count))]
    called = f"{name:g}" if frame.site.text is None else name
    return f" {share(count.max(), count.sum())} of the smaller heap are of site {called}."


CHECKS = {"units": mixtures, "columns of units": unit_columns}
