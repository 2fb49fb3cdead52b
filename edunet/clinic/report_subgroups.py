"""The section of a report on groups of patients: each with its numbers, and the gaps between them."""

from __future__ import annotations

import math

from edunet.clinic.estimate import Estimate
from edunet.clinic.figures_groups import subgroup_figure
from edunet.clinic.report_case import Case
from edunet.clinic.report_page import Part, Picture, Table
from edunet.clinic.report_pictures import later
from edunet.clinic.subgroups import FEW, MEASURES, groups_of, subgroup_table

__all__ = ["parts_of_subgroups"]


def parts_of_subgroups(case: Case) -> tuple[Part, ...]:
    """Return every number for each group, a picture, and the gaps between the groups.

    What is no attribute of groups, a quantity or names, is named with what to type, and the others are shown.
    """
    parts: list[Part] = []
    attributes = {}
    for name, labels in case.subgroup.items():
        try:
            groups_of(name, labels, case.n)
            attributes[name] = labels
        except ValueError as error:
            parts.append(f"Not computed: {error}")
    if not attributes:
        return tuple(parts)
    table = subgroup_table(case.y, case.p, attributes, case.threshold, groups=case.groups)
    for names in (("auroc", "sensitivity", "specificity"), ("ppv", "observed_expected", "brier")):
        rows = [
            (_group(row), f"{row.n:,}", f"{row.events:,}", *(_text(getattr(row, name), name) for name in names))
            for row in [table.overall, *table.rows]
        ]
        header = ("Group", "Rows", "Ill", *(MEASURES[name] for name in names))
        parts.append(Table(f"{', '.join(MEASURES[name] for name in names)}, with 95 % intervals", header, rows))
    overall = table.overall.auroc
    figure = later(case, subgroup_figure, table.measure("auroc"), measure="AUROC", overall=overall)
    words = "; ".join(f"{name} {value.text(2)}" for name, value in table.measure("auroc"))
    parts.append(Picture("AUROC in each group.", f"{words}; all {overall.text(2)}.", figure))
    gaps = [(f"{gap.attribute}: {gap.measure}".removeprefix(": "), *_gap(gap)) for gap in table.gaps]
    header = ("Largest gap", "Difference", "95 % interval", "Highest", "Lowest", "Pairs compared")
    how = "The interval is Newcombe's, of O/E that of Donner and Zou, wide enough for all pairs of an attribute "
    how += f"together (Bonferroni).{_left_out(table.gaps)}"
    parts.append(Table("Gaps between groups", header, gaps, how))
    said = table.notes()
    if any(0 < row.n < FEW for row in table.rows):
        said.append(
            f"A group of fewer than {FEW} rows may tell who its patients are: leave it out of what is published."
        )
    return (*parts, " ".join(said)) if said else tuple(parts)


def _group(row) -> str:
    name = f"{row.attribute}: {row.name}".removeprefix(": ")
    return f"{name} ({row.mark})" if row.mark else name


def _text(value: Estimate, name: str) -> str:
    return value.why if math.isnan(value) else value.text(3 if name == "brier" else 2)


def _left_out(gaps) -> str:
    without: dict[str, list[str]] = {}
    for gap in gaps:
        for name in gap.left_out:
            without.setdefault(f"{gap.attribute}: {name}".removeprefix(": "), []).append(gap.measure)
    named = "; ".join(f"{name} ({', '.join(measures)})" for name, measures in without.items())
    return f" Left out, having fewer than ten to count or no interval: {named}." if named else ""


def _gap(gap) -> tuple[str, ...]:
    if math.isnan(gap.difference):
        return ("not computed", gap.difference.why, "", "", "0")
    low, high = gap.difference.interval
    return (f"{gap.difference:.2f}", f"{low:.2f} to {high:.2f}", gap.highest, gap.lowest, str(gap.comparisons))
