"""Columns that know the answer: what was written after the outcome, or decides it alone.

The score of a single column says most of it. For numbers it is the AUC by mid-ranks of the rows measured, in either
direction. For words, and for numbers of few different values, which may be codes, each category gets the share of the
ill among the other rows of it (held out), so that many rare categories do not look perfect. Whether a cell is missing
is a column too. Several classes are taken one against the rest. A quantity is compared by Spearman's ρ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import CLASSES, classes_of, codes_of, is_id, words_in
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_ranks import areas, chance, held_out_rates, rank_correlation
from edunet.preprocessing.audit_report import Finding

__all__ = ["CHECKS", "NEEDS", "Told", "known_afterwards", "leaks", "selected", "tells", "tells_quantity"]

PERFECT = 0.98  # AUC, or |ρ|, of a single column
SOME = 0.60  # AUC that makes a suspicious name a finding
SOME_RHO = 0.30
LEVEL = 0.01  # that chance does it, all comparisons counted
ROWS = 10  # of a class and of the rest, measured
KEPT = 50  # rows of a class, so that their range holds 96 % of its members
OUTSIDE = 0.75  # of the others

LATER = re.compile(
    r"time|days|t|dtime|rtime|futime|followup|los|status|(vital|final|end|event|survival) status"
    r"|.*\b(follow ?up|fu|fup|survival|survived|event|censor(ed|ing)?|death|relapse|recurrence|progression) "
    r"?(time|days|weeks|months|years|date|day)?"
    r"|(time|days|months|years) (to|until|till) .*|.*\b(length of stay|(hospital|icu|stay) days|days in (hospital|icu))"
    r"|.*\b(died|dead|death|deceased|mortality|expired|autopsy|discharged?|readmi\w+|outcome|relapsed?|recur(rence|red)?"
    r"|complications?|final diagnosis|post ?op\w*|cause of death|surviv\w+)\b.*"
)
BEFORE = re.compile(r"\b(history|hx|family|prior|previous|past|before|earlier|last|parents?|mother|father)\b")


class Told(NamedTuple):
    """How well a column tells one class from the rest."""

    auc: float  # of either direction, 0.5 to 1
    z: float  # sd from 0.5
    k: int  # the class
    rows: int  # compared
    how: str


def tells(column: Column, classes: np.ndarray, k: int, groups: np.ndarray | None = None) -> list[Told]:
    """Return how well a column tells the classes: by its values, by its categories held out, and by its gaps.

    Args: column; classes (n,), 0 .. k−1, -1 where not known; groups (n,), whose each row is. Of each way the class that
    is told best; a class counts with 10 rows or more, and as many of the rest.
    """
    known = classes >= 0
    codes, values = codes_of(column)
    there = known & (codes >= 0)
    found = [_best(column.missing[known].astype(float), classes[known], k, "whether it is missing")]
    if column.kind == "number" or column.kind == "date":
        there &= np.isfinite(column.values)
        found.append(_best(column.values[there], classes[there], k, "its values"))
    if column.kind == "words" or (column.kind == "number" and 2 < len(values) <= CLASSES):
        found += [_held_out(codes[there], classes[there] == c, c, groups, there) for c in range(k)]
    return [told for told in found if told is not None]


def _best(values: np.ndarray, classes: np.ndarray, k: int, how: str) -> Told | None:
    n = len(values)
    m = np.bincount(classes, minlength=k)
    auc, z = areas(values, classes, k)
    enough = np.flatnonzero((m >= ROWS) & (n - m >= ROWS))
    if not len(enough):
        return None
    best = int(enough[np.abs(auc[enough] - 0.5)[::-1].argmax() * -1 - 1])  # of two classes the second, the event
    return Told(max(auc[best], 1 - auc[best]), float(abs(z[best])), best, n, how)


def _held_out(codes, ill, k: int, groups, there) -> Told | None:
    if min(ill.sum(), (~ill).sum()) < ROWS:
        return None
    rate = held_out_rates(codes, ill, None if groups is None else groups[there])
    auc, z = areas(rate, ill.astype(np.intp), 2)
    return Told(float(auc[1]), float(z[1]), k, len(codes), "its categories, held out")


def leaks(frame: Frame) -> Iterator[Finding]:
    """Find columns that alone tell the outcome: AUC above 0.98, where chance does not reach it.

    A class counts with 10 rows measured and 10 of the rest. A copy of the answer under another name is told as such.
    """
    target = frame.target
    codes, names = classes_of(target)
    columns = [column for column in frame.columns if not is_id(column.name)]
    if len(names) < 2:
        yield from _quantity(frame, columns) if target.kind == "number" and not names else ()
        return
    groups = None if frame.patient is None else codes_of(frame.patient)[0]
    comparisons = len(columns) * len(names)
    for column in columns:
        told = max(tells(column, codes, len(names), groups), key=lambda t: t.auc, default=None)
        if told is None or told.auc <= PERFECT or chance(told.z, comparisons) > LEVEL:
            continue
        if _is_copy(column, codes):
            yield _finding(frame, "copy of the outcome", column, f"is {target.name} under another name", told, names)
        else:
            yield _finding(frame, "tells the outcome", column, f"alone tells {target.name}", told, names)


def _quantity(frame: Frame, columns: list[Column]) -> Iterator[Finding]:
    for column in columns:
        if column.kind == "words" or column.values is None:
            continue
        rho, z, n = tells_quantity(column.values, frame.target.values)
        if abs(rho) > PERFECT and n >= ROWS and chance(z, len(columns)) <= LEVEL:
            yield Finding(
                "tells the outcome",
                (column.name,),
                f"{column.name} alone tells {frame.target.name}.",
                f"Spearman's rank correlation {rho:.3f} in {n} rows",
                "The score is that of this column, not of a model; it falls where the column is not known yet.",
                f"{frame.without([column])}, unless it is known when the prediction is made",
            )


def tells_quantity(values: np.ndarray, target: np.ndarray) -> tuple[float, float, int]:
    """Return Spearman's ρ, 0 where it is undefined, its z, and in how many rows both are known."""
    both = np.isfinite(values) & np.isfinite(target)
    rho, z = rank_correlation(values[both], target[both])
    return (0.0 if np.isnan(rho) else rho), z, int(both.sum())


def _is_copy(column: Column, classes: np.ndarray) -> bool:
    """Tell whether each value stands for one class, and each class for one value."""
    codes, values = codes_of(column)
    both = (codes >= 0) & (classes >= 0)
    if len(values) > CLASSES or both.sum() < (classes >= 0).sum():
        return False
    together = len(np.unique(codes[both] * (CLASSES + 1) + classes[both]))
    return together == len(np.unique(codes[both])) == len(np.unique(classes[both]))


def _finding(frame: Frame, name: str, column: Column, what: str, told: Told, names: list[str]) -> Finding:
    return Finding(
        name,
        (column.name,),
        f"{column.name} {what}.",
        f"AUC {told.auc:.3f} for {frame.target.name} = {names[told.k]}, by {told.how}, in {told.rows} rows",
        "The score is that of this column, not of a model. If it is written after the outcome, nobody has it when a "
        "prediction is needed, and the model fails there.",
        f"{frame.without([column])}, unless it is known when the prediction is made",
    )


def known_afterwards(frame: Frame) -> Iterator[Finding]:
    """Find columns whose name says that they are known only after the outcome, and that do tell it.

    Names such as time, follow-up, length of stay, survival, discharge, death, outcome, readmission, relapse; not with
    history, prior, previous, family beside them. They count with an AUC of 0.6 (of a quantity |ρ| of 0.3) or more that
    chance does not reach: `time` in heart failure has 0.84, so a limit of 0.98 would let it pass. Scores of how ill
    somebody is, such as SAPS and SOFA, are none.
    """
    target = frame.target
    codes, names = classes_of(target)
    columns = [column for column in frame.columns if _later(column.name)]
    groups = None if frame.patient is None else codes_of(frame.patient)[0]
    for column in columns:
        evidence = ""
        if len(names) >= 2:
            told = max(tells(column, codes, len(names), groups), key=lambda t: t.auc, default=None)
            if told and SOME <= told.auc <= PERFECT and chance(told.z, len(columns) * len(names)) <= LEVEL:
                of = f"{target.name} = {names[told.k]}"
                evidence = f"AUC {told.auc:.3f} for {of}, by {told.how}, in {told.rows} rows"
        elif target.kind == "number" and column.values is not None:
            rho, z, n = tells_quantity(column.values, target.values)
            if SOME_RHO <= abs(rho) <= PERFECT and chance(z, len(columns)) <= LEVEL:
                evidence = f"Spearman's rank correlation {rho:.3f} in {n} rows"
        if evidence:
            yield Finding(
                "known only afterwards",
                (column.name,),
                f"{column.name} is, by its name, known only after {target.name}, and tells it.",
                evidence,
                "The model uses what nobody has when a prediction is needed: its score is too high, and it fails there.",
                f"{frame.without([column])}; if it is the length of follow-up, it belongs to a model of survival",
            )


def _later(name: str) -> bool:
    words = words_in(name)
    return bool(LATER.fullmatch(words)) and not BEFORE.search(words)


def selected(frame: Frame) -> Iterator[Finding]:
    """Find columns by whose values a class seems to have been chosen: it keeps to a range that most others leave.

    Controls picked because their tests were normal make every test look excellent. A column counts where one class has
    50 rows or more, all of them in a range outside of which 75 % or more of the others lie (50 of them or more): of
    words, with values that 75 % of the others do not have. A good test need not do that: in the Wisconsin diagnostic
    data, where one column has an AUC of 0.976, it is 64 %; in chronic kidney disease up to 88 %.
    """
    codes, names = classes_of(frame.target)
    if len(names) < 2:
        return
    found: dict[int, list[tuple[Column, str]]] = {}
    for column in frame.columns:
        values = column.values if column.kind == "number" else codes_of(column)[0].astype(float)
        for k in range(len(names)):
            told = _kept_to(column, values, codes, k)
            if told:
                found.setdefault(k, []).append((column, told))
    for k, told in found.items():
        columns = [column for column, _ in told]
        yield Finding(
            "class chosen by its tests",
            tuple(column.name for column in columns),
            f"All with {frame.target.name} = {names[k]} keep to a range that most others leave, in {len(told)} "
            f"column{'s' if len(told) > 1 else ''}: were they chosen by it?",
            "; ".join(text for _, text in told),
            "Near-perfect scores come from how patients were chosen, not from the illness: those between well and ill, "
            "for whom a model is wanted, are not in the table.",
            "Report how the controls were chosen, and make no claim without a test on patients taken one after another; "
            f"for lessons try it without: {frame.without(columns)}",
        )


def _kept_to(column: Column, values: np.ndarray | None, classes: np.ndarray, k: int) -> str:
    """Write the range of a class, how many of the others lie outside, and the AUC; "" where it is no finding."""
    if values is None or column.kind == "date":
        return ""
    there = (classes >= 0) & ~column.missing & np.isfinite(values)
    mine, others = values[there & (classes == k)], values[there & (classes != k)]
    if min(len(mine), len(others)) < KEPT:
        return ""
    if column.kind == "words":
        if len(np.unique(values[there])) > CLASSES:
            return ""
        outside = float((~np.isin(others, mine)).mean())
        kept = "the same value" if len(np.unique(mine)) == 1 else "few values"
    else:
        outside = float(((others < mine.min()) | (others > mine.max())).mean())
        kept = f"{mine.min():g} to {mine.max():g}"
    if outside < OUTSIDE:
        return ""
    auc = areas(values[there], (classes[there] == k).astype(np.intp), 2)[0][1]
    score = f", AUC {max(auc, 1 - auc):.3f}" if column.kind == "number" else ""
    return f"{column.name} {kept} in {len(mine)} rows, {outside:.0%} of the {len(others)} others outside{score}"


CHECKS = {"leaks of the outcome": leaks, "columns known afterwards": known_afterwards, "chosen classes": selected}
NEEDS = dict.fromkeys(CHECKS, "target")
