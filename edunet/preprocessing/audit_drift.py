"""The same column means another thing elsewhere: differences between sites, and between early and late rows.

Every site is compared with the others (audit_differences.py), with the number of all comparisons counted (Bonferroni),
so that small sites do not alarm. Of several rows of one patient the first counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_codes import codes_of, is_moment
from edunet.preprocessing.audit_differences import ROWS, Difference, differences
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed

__all__ = ["CHECKS", "NEEDS", "between_sites", "over_time"]

LEVEL = 0.01  # that chance makes one finding at least, all comparisons of an audit counted
SHOWN = 6


def between_sites(frame: Frame) -> Iterator[Finding]:
    """Find what differs between sites: 0.2 standard deviations, 0.1 of a category, 0.05 missing, 0.2 logits of outcome.

    A site and all others need 10 rows each. Chance makes a finding in 1 of 100 audits at most, whatever their number of
    sites and columns.
    """
    if frame.site is None:
        return
    codes, values = codes_of(frame.site)
    if len(values) < 2:
        return
    names = [f"{frame.site.name} {value if isinstance(value, str) else format(value, 'g')}" for value in values]
    how = f"for train, test in grouped_kfold(x, y, groups={frame.at(frame.site)}): ...  # a score at sites never seen"
    yield from _findings(frame, differences(frame, codes, names), "between sites", how)


def over_time(frame: Frame) -> Iterator[Finding]:
    """Find what differs between the first third of the rows by time and the last, by the limits of `between_sites`.

    Columns that count up by nature, as their names say (day, visit, year, ...), are left out.
    """
    time = frame.time
    if time is None or time.values is None:
        return
    known = np.isfinite(time.values)
    if known.sum() < 4 * ROWS:
        return
    early, late = np.quantile(time.values[known], [1 / 3, 2 / 3])
    if early >= late:
        return
    place = np.where(time.values <= early, 0, np.where(time.values >= late, 1, -1))
    made = [one for one in differences(frame, place, ["first third", "last third"]) if not is_moment(one.column.name)]
    cut = repr(str(np.datetime64(int(late), "D"))) if time.kind == "date" else f"{late:g}"
    how = f"train, test = temporal_split({frame.at(time)}, {cut})  # learn from the early rows, test on the late ones"
    yield from _findings(frame, made, "over time", how)


WHAT = {
    "value": (
        "values differ",
        "A model learns them as an illness, or the {0} itself; its score falls where the next values come from.",
    ),
    "share": (
        "categories differ",
        "A model learns the {0} by them, and its score falls where the shares are others.",
    ),
    "gaps": (
        "gaps differ",
        "What is missing tells the {0}; a model that uses gaps, or what they were filled with, fails elsewhere.",
    ),
    "writing": (
        "rounding or limits differ",
        "A model tells the {0} by them; values rounded or cut off say less than they seem to.",
    ),
    "outcome": (
        "outcome differs",
        "Risks are too high at one {0} and too low at another, even where the order of patients is right.",
    ),
}


def _findings(frame: Frame, made: list[Difference], where: str, test: str) -> Iterator[Finding]:
    found = [one for one in made if abs(one.size) >= one.limit and one.chance * len(made) <= LEVEL]
    units = [one for one in found if one.unit]
    if units:
        what = "A cut-off or a weight learnt in one unit is wrong in the other, by that factor."
        repair = "Ask for the unit of these rows; then units.convert(value, analyte, its unit, the unit of the others)."
        yield _finding(units, len(made), f"another unit {where}", what, repair)
    for kind, (what, consequence) in WHAT.items():
        mine = [one for one in found if one.kind == kind and not one.unit]
        if mine:
            repair = f"{test}, and calibrate there" if kind == "outcome" else test
            consequence = consequence.format("time" if where == "over time" else "site")
            yield _finding(mine, len(made), f"{what} {where}", consequence, repair)


def _finding(found: list[Difference], comparisons: int, name: str, consequence: str, repair: str) -> Finding:
    """Write a finding of all columns, those that differ most first."""
    by_column: dict[str, list[Difference]] = {}
    for one in sorted(found, key=lambda one: -abs(one.size)):
        by_column.setdefault(one.column.name, []).append(one)
    told = [f"{column}: {', '.join(one.text for one in ones[:3])}" for column, ones in by_column.items()]
    more = f"; {len(told) - SHOWN} more columns" if len(told) > SHOWN else ""
    p = max(one.chance for one in found) * comparisons
    sure = "p < 1e-9" if p < 1e-9 else f"p <= {p:.1g}"
    return Finding(
        name,
        tuple(by_column),
        f"{listed(list(by_column))}: {name}.",
        f"{'; '.join(told[:SHOWN])}{more}; {sure} with all {comparisons} comparisons counted.",
        consequence,
        repair,
    )


CHECKS = {"drift between sites": between_sites, "drift over time": over_time}
NEEDS = {"drift between sites": "site", "drift over time": "time"}
