"""Does a model serve women as well as men, the old as well as the young? Every number per group, and the gaps."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from edunet.clinic.auroc import auroc
from edunet.clinic.brier import brier_score
from edunet.clinic.calibration import observed_expected
from edunet.clinic.confusion import Confusion, counted, sensitivity, specificity
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.groups import numbers
from edunet.clinic.inputs import labels_and_scores
from edunet.clinic.predictive import ppv
from edunet.clinic.subgroups_gaps import Gap, gaps_of
from edunet.preprocessing.given import array_of
from edunet.preprocessing.splits_groups import missing

__all__ = ["MEASURES", "SubgroupRow", "SubgroupTable", "age_bands", "groups_of", "subgroup_table"]

FEW = 10  # patients: fewer are marked
MOST_GROUPS = 30  # more are a quantity, or names
NOT_RECORDED = "not recorded"
MEASURES = {
    "auroc": "AUROC",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "ppv": "PPV",
    "observed_expected": "O/E",
    "brier": "Brier",
}


@dataclass(frozen=True)
class SubgroupRow:
    """One group of patients: its attribute and name, n, events (the ill), and an `Estimate` of each measure.

    expected is Σ p, how many ill the model expects; table, the `Confusion` at the threshold; mark, "few" for fewer than
    ten patients, "empty" for none.
    """

    attribute: str
    name: str
    n: int
    events: int
    expected: float
    auroc: Estimate
    sensitivity: Estimate
    specificity: Estimate
    ppv: Estimate
    observed_expected: Estimate
    brier: Estimate
    table: Confusion
    mark: str


@dataclass(frozen=True, repr=False)
class SubgroupTable:
    """What `subgroup_table` found: overall, the row of all patients; rows, one for each group; gaps between groups."""

    overall: SubgroupRow
    rows: list[SubgroupRow]
    gaps: list[Gap]
    threshold: float | None

    @property
    def comparisons(self) -> int:
        """How many pairs of groups the gaps were sought among."""
        return sum(gap.comparisons for gap in self.gaps)

    def measure(self, name: str) -> list[tuple[str, Estimate]]:
        """Return (group, estimate) of one measure for each group, as `subgroup_figure` draws it."""
        if name not in MEASURES:
            raise ValueError(f"measure is one of {', '.join(MEASURES)}. Received: {name!r:.40}")
        return [(f"{row.attribute}: {row.name}".removeprefix(": "), getattr(row, name)) for row in self.rows]

    def __str__(self):
        everybody = [self.overall, *self.rows]
        width = max(len(row.name) for row in everybody) + 2
        called = "" if self.threshold is None else f"called ill from {self.threshold:g} on; "
        lines = [called + "95 % intervals"]
        for part in (list(MEASURES)[:3], list(MEASURES)[3:]):
            head = "".join(f"{MEASURES[name]:<20}" for name in part)
            lines += ["", f"{'':<{width}}{'n':>7}{'ill':>7}  {head}".rstrip()]
            attribute = ""
            for row in everybody:
                if row.attribute != attribute:
                    attribute = row.attribute
                    lines.append(attribute)
                cells = "".join(f"{_cell(getattr(row, name), 2 + (name == 'brier')):<20}" for name in part)
                lines.append(f"{row.name:<{width}}{row.n:>7,}{row.events:>7,}  {cells}{row.mark}".rstrip())
        return "\n".join([*lines, "", *self._unknown(), *map(str, self.gaps), *self.notes()])

    __repr__ = __str__

    def _unknown(self) -> list[str]:
        why: dict[str, list[str]] = {}
        for row in [self.overall, *self.rows]:
            for name, heading in MEASURES.items():
                if reason := getattr(row, name).why:
                    why.setdefault(f"{row.name}: {reason}", []).append(heading)
        return [f"not computed (-) for {reason}: {', '.join(names)}" for reason, names in why.items()]

    def notes(self) -> list[str]:
        """Say what the gaps do not, in lines."""
        shares = [row.events / row.n for row in self.rows if row.n >= FEW]
        if len(shares) < 2:
            return []
        return [
            f"{self.comparisons} comparisons in all; each interval allows for those of its own line only.",
            f"Of the groups {min(shares):.2g} to {max(shares):.2g} are ill. Where these shares differ, only a perfect",
            "model has both equal calibration and equal error rates (Kleinberg 2016, Chouldechova 2017): say which",
            "of them the decision needs.",
        ]


def subgroup_table(y, p, subgroup, threshold: float | None = 0.5, *, groups=None) -> SubgroupTable:
    """Return for each group of patients how good the predictions are in it, and the largest gaps between groups.

        AUROC;  sensitivity = TPR, specificity = 1 − FPR, PPV at the threshold;  O/E = Σ y / Σ p;  Brier = mean (p − y)²
    Args: y (N,) 0 or 1; p (N,) probabilities (of other scores what needs probabilities is "not computed", and without a
    threshold, None, what needs one); subgroup, the group of each patient (N,), texts
    or a few numbers, or several such, {"sex": array, "age": age_bands(age, (40, 65))}, or a table with named columns;
    threshold, called ill if p ≥ threshold; groups (N,), whose each row is, if patients have several: the intervals in
    each group, and of the gaps, are then those of so many patients. Missing labels are a group of their own, "not
    recorded". Categories of pandas keep their order, and those without a patient their row.
    Of the rows pandas.DataFrame(table.rows) makes a table, `subgroup_figure(table.measure("auroc"))` a picture.
    What cannot be computed in a group (nobody is ill, one patient) is "not computed" with the reason; the others stand.
    Raises ValueError for labels and predictions as `auroc`, for a group array of another length, and for more than 30
    groups.
    The usual misuse: "no significant difference" read as "fair": in a group of twenty nothing can be; one good number
    for all, which is that of the largest group; a group's AUROC compared with that of all, which is higher when groups
    differ in prevalence and the model knows the group; the search through groups until one stands out. A cell of few
    patients may tell who they are: do not publish it.
    Source: Collins et al., TRIPOD+AI (2024), which asks for it; Kleinberg, Mullainathan & Raghavan, Inherent trade-offs
    in the fair determination of risk scores (2016); Chouldechova, Fair prediction with disparate impact (2017).

    >>> rng = np.random.default_rng(0)
    >>> p, sex = rng.random(400), rng.choice(["f", "m"], 400)
    >>> table = subgroup_table(rng.random(400) < p, p, {"sex": sex})
    >>> [(row.name, row.n, row.auroc) for row in table.rows]
    [('f', 195, 0.870 [0.813 to 0.912], n = 195), ('m', 205, 0.840 [0.781 to 0.886], n = 205)]
    """
    y, p = labels_and_scores("subgroup_table", y, p)
    if threshold is not None:
        counted("subgroup_table", y, p, threshold)
    whose = numbers("subgroup_table", groups, len(y))
    attributes = {name: groups_of(name, labels, len(y)) for name, labels in _attributes(subgroup).items()}
    everybody = _row("", "all", y, p, threshold, whose)
    rows, gaps = [], []
    for attribute, groups in attributes.items():
        mine = [
            _row(attribute, name, y[who], p[who], threshold, None if whose is None else whose[who])
            for name, who in groups
        ]
        rows += mine
        gaps += gaps_of(attribute, [(row.name, _rates(row)) for row in mine])
    return SubgroupTable(everybody, rows, gaps, threshold if threshold is None else float(threshold))


def age_bands(age, edges) -> np.ndarray:
    """Return the band of each age as text, (N,): "<40", "40-<65", "65+"; nan stays without ("").

    Args: age (N,), years; edges, rising. Raises ValueError for other edges.
    The usual misuse: moving the edges until a gap appears, or disappears. Choose them before looking at results.

    >>> age_bands([39.9, 40, 70, np.nan], (40, 65)).tolist()
    ['<40', '40-<65', '65+', '']
    """
    try:
        age, edges = np.asarray(age, np.float64), np.asarray(edges, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"age_bands: ages are numbers of years, edges too. Received others: {error}.") from error
    if edges.ndim != 1 or not edges.size or not (np.diff(edges) > 0).all() or not np.isfinite(edges).all():
        raise ValueError(f"age_bands: edges are rising ages, such as (40, 65). Received: {edges.tolist()!r:.60}")
    inner = [f"{low:g}-<{high:g}" for low, high in pairwise(edges)]
    names = np.array([f"<{edges[0]:g}", *inner, f"{edges[-1]:g}+"])
    return np.where(np.isnan(age), "", names[np.searchsorted(edges, age, side="right")])


# ---------------------------------------------------------------- how it is done


def _attributes(subgroup) -> dict:
    if isinstance(subgroup, Mapping):
        found = {str(name): labels for name, labels in subgroup.items()}
    elif hasattr(subgroup, "columns"):
        found = {str(name): subgroup[name] for name in subgroup.columns}
    else:
        found = {"": subgroup}
    if not found:
        raise ValueError('subgroup_table: expected groups, such as {"sex": array}. Received none.')
    return found


def groups_of(attribute: str, given, n: int) -> list[tuple[str, np.ndarray]]:
    """Return (name, rows) of each group in the order of the names, of categories in theirs; "not recorded" last."""
    what = f"subgroup_table: {attribute or 'subgroup'}"
    known = getattr(getattr(given, "cat", given), "categories", None)
    if isinstance(given, (tuple, list, range)):  # ["a", nan] must not become text
        given = np.asarray(list(given), object)
    labels = array_of("subgroup_table", attribute or "subgroup", given)
    if labels.shape != (n,):
        raise ValueError(f"{what} says the group of each of {n} patients, ({n},). Received {labels.shape}.")
    names = np.array([_name(label) for label in labels.tolist()], object)
    names[missing(labels)] = NOT_RECORDED
    order = [_name(one) for one in known] if known is not None else sorted(set(names.tolist()), key=_by_number)
    order = [one for one in order if one != NOT_RECORDED] + [NOT_RECORDED] * bool((names == NOT_RECORDED).any())
    if len(order) > MOST_GROUPS:
        raise ValueError(
            f"{what} has {len(order)} groups, such as {order[0]!r:.30}; at most {MOST_GROUPS}. Cut a quantity into "
            "bands: age_bands(age, (40, 65))."
        )
    return [(one, names == one) for one in order]


def _name(label) -> str:
    return f"{label:g}" if isinstance(label, float) else str(label).strip()


def _by_number(name: str) -> tuple:
    """Sort "<40" before "40-<65" before "100+", and words after numbers."""
    first = re.search(r"\d+(\.\d+)?", name)
    return (float(first[0]) if first else math.inf, not name.startswith(("<", "≤")), name)


def _row(attribute, name, y, p, threshold, whose) -> SubgroupRow:
    no_threshold, no_chance = undefined("no threshold", len(y)), undefined("no probabilities", len(y))
    at = {} if threshold is None else {"threshold": threshold, "groups": whose}
    chances = not len(p) or bool(p.min() >= 0 and p.max() <= 1)
    return SubgroupRow(
        attribute,
        name,
        len(y),
        int(np.count_nonzero(y)),
        float(p.sum()) if chances else 0.0,
        auroc(y, p, groups=whose),
        sensitivity(y, p, **at) if at else no_threshold,
        specificity(y, p, **at) if at else no_threshold,
        ppv(y, p, **at) if at else no_threshold,
        observed_expected(y, p, groups=whose) if chances else no_chance,
        brier_score(y, p, groups=whose) if chances else no_chance,
        counted("subgroup_table", y, p, threshold) if at else Confusion(0, 0, 0, 0),
        ("few" if len(y) else "empty") if len(y) < FEW else "",
    )


def _rates(row: SubgroupRow) -> dict[str, Estimate]:
    well = row.specificity
    wrong = Estimate(1 - well, 1 - well.high, 1 - well.low, well.n, why=well.why)
    return {"TPR": row.sensitivity, "FPR": wrong, "PPV": row.ppv, "O/E": row.observed_expected}


def _cell(value: Estimate, digits: int) -> str:
    """Return a number with its interval; the Brier score of a rare illness is 0.01 for every model, to two digits."""
    if math.isnan(value):
        return "-"
    ends = "" if math.isnan(value.low) else f" ({value.low:.{digits}f}-{value.high:.{digits}f})"
    return f"{float(value):.{digits}f}{ends}"
