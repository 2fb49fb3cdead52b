"""Columns that know the answer: what was written after the outcome, or decides it alone.

The score of a single column says most of it. For numbers it is the AUC by mid-ranks of the rows measured, in either
direction. For words, and for numbers of few different values, which may be codes, each category gets the share of the
ill among the other rows of it (held out), so that many rare categories do not look perfect. Whether a cell is missing
is a column too. Several classes are taken one against the rest. A quantity is compared by Spearman's ρ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import CLASSES, classes_of, codes_of, is_id, values_of, words_in
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_ranks import areas, chance, chance_of_shares, held_out_rates, rank_correlation
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed

__all__ = ["CHECKS", "NEEDS", "PERFECT", "Told", "is_later", "known_afterwards", "leaks", "tells"]

PERFECT = 0.98  # AUC, or |ρ|, of a single column
SOME = 0.60  # AUC that makes a suspicious name a finding
SOME_RHO = 0.30
LEVEL = 0.01  # that chance does it, all comparisons counted
WAYS = 3  # by gaps, by values, by categories
ROWS = 10  # of a class and of the rest, measured

# names of columns as words_in writes them: lengths of follow-up and stay, deaths and what else comes after
SPAN = r"(time|days?|weeks?|months?|years?|date)"
END = r"(event|death|relapse|recurrence|progression|failure|discharge|readmission|follow ?up|last .*|censor\w*)"
SURE = re.compile(
    r"[drf]u?time|(surv|rec|rel|ev|event|death|cens|prog|fol\w*)(time|date|days)|lenfol|d time|s?los"
    r"|.*\b(length of stay|(hospital|icu) days|days in (hospital|icu))|permth.*"
    rf"|(os|pfs|dfs|rfs|efs|dss)( {SPAN}| status)?|.*\b(follow ?up|fu|fup|death|relapse|recurrence)( {SPAN})?"
    rf"|{SPAN} (to|until|till|of) {END}|.*\b\w*(died|dead|death|deceased)\w*\b(?! space).*|mort\w*|.* mortality"
    r"|.*\b(expired|autopsy|surviv\w+|surv\d\w*|readmi\w+|outcome|relapsed?|recur(red|rence)?|final diagnosis)\b.*"
    rf"|discharged?|discharge ({SPAN}|status|disposition|destination|to|ward|diagnosis|location)( id)?"
)
MAYBE = re.compile(
    rf"time|time[a-z]{{2,5}}|days|t|t?stop|status|event|cens|.*\b(vital|final|end|event) status|censor\w*( {SPAN})?"
    rf"|(event|progression) {SPAN}|.*\b(complications?|post ?op\w*)\b.*"
)
BEFORE = re.compile(
    r"\b(history|hx|family|parents?|mother|father|prior|previous|past|before|earlier"
    r"|last (?!follow|fu\b|contact|known))"
)


class Told(NamedTuple):
    """How well a column tells one class from the rest."""

    auc: float  # of either direction, 0.5 to 1
    p: float  # how likely chance does it
    k: int  # the class
    rows: int  # compared
    how: str


def tells(column: Column, classes: np.ndarray, k: int, groups: np.ndarray | None = None) -> list[Told]:
    """Return how well a column tells the classes: by its gaps, by its values, and by its categories, held out.

    Args: column; classes (n,), 0 .. k−1, -1 where not known; groups (n,), whose each row is. Of each way the class that
    is told best, of two the second; a class counts with 10 rows or more, and as many of the rest. Numbers of more than
    20 different values are cut into 20 parts of as many rows each, so that a middle range may tell the class too.
    """
    known = classes >= 0
    codes, values = codes_of(column)
    there = known & (codes >= 0)
    found = [_best(column.missing[known].astype(np.intp), classes[known], k, "whether it is missing")]
    if column.kind == "number":
        found.append(_best(codes[there], classes[there], k, "its values"))
        parts, how = _parts(codes, there, len(values))
    elif column.kind == "date":
        there &= np.isfinite(values_of(column))
        found.append(_best(values_of(column)[there], classes[there], k, "its values"))
        return [told for told in found if told is not None]
    else:
        parts, how = codes, "its categories, held out"
    if column.kind == "words" or len(values) > 2:
        every = range(1, 2) if k == 2 else range(k)
        found += [_held_out(parts[there], classes[there] == c, c, groups, there, how) for c in every]
    return [told for told in found if told is not None]


def _best(values: np.ndarray, classes: np.ndarray, k: int, how: str) -> Told | None:
    n = len(values)
    m = np.bincount(classes, minlength=k)
    auc, z = areas(values, classes, k)
    enough = np.flatnonzero((m >= ROWS) & (n - m >= ROWS))
    if not len(enough):
        return None
    best = int(enough[-1]) if k == 2 else int(enough[np.abs(auc[enough] - 0.5).argmax()])
    return Told(float(max(auc[best], 1 - auc[best])), chance(z[best]), best, n, how)


def _parts(codes: np.ndarray, there: np.ndarray, kinds: int) -> tuple[np.ndarray, str]:
    """Return the codes of numbers, cut into at most 20 parts of as many rows each, and how they tell."""
    if kinds <= CLASSES:
        return codes, "its values as categories, held out"
    before = np.cumsum(np.bincount(codes[there], minlength=kinds)) - 1
    return (before * CLASSES // max(int(there.sum()), 1))[codes], f"its values in {CLASSES} parts, held out"


def _held_out(codes, ill, k: int, groups, there, how: str) -> Told | None:
    if min(ill.sum(), (~ill).sum()) < ROWS:
        return None
    whose = None if groups is None else groups[there]
    auc, z = areas(held_out_rates(codes, ill, whose), ill.astype(np.intp), 2)
    p = chance(max(z[1], 0))
    if whose is None:  # rows of one patient are alike, and χ² would take them for proof
        k_ill, k_well = (np.bincount(codes[side], minlength=int(codes.max()) + 1) for side in (ill, ~ill))
        p = min(p, chance_of_shares(k_ill, k_well))
    return Told(float(auc[1]), p, k, len(codes), how)


def leaks(frame: Frame) -> Iterator[Finding]:
    """Find columns that alone tell the outcome: AUC above 0.98, where chance does not reach it.

    A class counts with 10 rows measured and 10 of the rest. A copy of the answer under another name is told as such.
    """
    if frame.target is None:
        return
    codes, names = classes_of(frame.target)
    columns = [column for column in frame.columns if not is_id(column.name)]
    copies: list[tuple[Column, str]] = []
    others: list[tuple[Column, str]] = []
    for column in columns:
        size, text = _told(frame, frame.target, column, codes, names, len(columns))
        if size > PERFECT:
            (copies if _is_copy(column, codes) else others).append((column, text))
    target = frame.target.name
    yield from _finding(frame, "copy of the outcome", copies, f"The same as {target}, under another name")
    yield from _finding(frame, "tells the outcome", others, f"Alone enough to tell {target}")


def known_afterwards(frame: Frame) -> Iterator[Finding]:
    """Find columns whose name says that they are known only after the outcome, and that do tell it.

    Names that leave no doubt, such as length of stay, survival, death, discharge, outcome, readmission, relapse, need
    an AUC that chance does not reach; others, such as time, days, status, event, complications, one of 0.6 (of a
    quantity |ρ| of 0.3) besides. Not with history, prior, previous, family beside them. `time` in heart failure has
    0.84: a limit of 0.98 would let it pass. How ill somebody is, SAPS or SOFA, is known before.
    """
    if frame.target is None:
        return
    codes, names = classes_of(frame.target)
    columns = [column for column in frame.columns if is_later(column.name)]
    found = []
    for column in columns:
        size, text = _told(frame, frame.target, column, codes, names, len(columns))
        least = 0 if SURE.fullmatch(words_in(column.name)) else SOME if names else SOME_RHO
        if text and least <= size <= PERFECT:
            found.append((column, text))
    what = f"Known only after {frame.target.name}, by the name, and telling it"
    yield from _finding(frame, "known only afterwards", found, what)


def is_later(name: str) -> bool:
    """Tell whether a column's name says that it is known only after the outcome.

    >>> [is_later(name) for name in ("time", "Length_of_stay", "prothrombin_time", "previous_readmissions")]
    [True, True, False, False]
    """
    words = words_in(name)
    return bool(SURE.fullmatch(words) or MAYBE.fullmatch(words)) and not BEFORE.search(words)


def _told(
    frame: Frame, target: Column, column: Column, codes: np.ndarray, names: list[str], columns: int
) -> tuple[float, str]:
    """Return how well a column tells the target, AUC or |ρ|, and in words; 0 and "" where chance may do the same."""
    if len(names) >= 2:
        groups = None if frame.patient is None else codes_of(frame.patient)[0]
        comparisons = columns * WAYS * (1 if len(names) == 2 else len(names))
        sure = [told for told in tells(column, codes, len(names), groups) if told.p * comparisons <= LEVEL]
        if not sure:
            return 0.0, ""
        told = max(sure, key=lambda told: told.auc)
        weak = f" (p = {told.p:.1g})" if told.auc < SOME else ""
        what = f"{target.name} = {names[told.k]}, by {told.how}"
        return told.auc, f"{column.name} AUC {told.auc:.3f} for {what}, in {told.rows:,} rows{weak}"
    if names or target.kind != "number" or column.values is None:
        return 0.0, ""
    values, wanted = values_of(column), values_of(target)
    both = np.isfinite(values) & np.isfinite(wanted)
    rho, z = rank_correlation(values[both], wanted[both])
    if np.isnan(rho) or both.sum() < ROWS or chance(z, columns) > LEVEL:
        return 0.0, ""
    return abs(rho), f"{column.name} Spearman's rank correlation {rho:.3f} in {both.sum():,} rows"


def _is_copy(column: Column, classes: np.ndarray) -> bool:
    """Tell whether each value stands for one class, and each class for one value."""
    codes, values = codes_of(column)
    both = (codes >= 0) & (classes >= 0)
    if len(values) > CLASSES or both.sum() < (classes >= 0).sum():
        return False
    together = len(np.unique(codes[both] * (CLASSES + 1) + classes[both]))
    return together == len(np.unique(codes[both])) == len(np.unique(classes[both]))


def _finding(frame: Frame, name: str, found: list[tuple[Column, str]], what: str) -> Iterator[Finding]:
    if not found:
        return
    columns = [column for column, _ in found]
    yield Finding(
        name,
        tuple(column.name for column in columns),
        f"{what}: {listed([column.name for column in columns])}.",
        "; ".join(text for _, text in found) + ".",
        "The score is that of this column, not of a model. If it is written after the outcome, nobody has it when a "
        "prediction is needed, and the model fails there.",
        f"{frame.without(columns)}  # unless it is known when the prediction is made; a follow-up belongs to survival",
    )


CHECKS: dict[str, Callable[[Frame], Iterator[Finding]]] = {
    "leaks of the outcome": leaks,
    "columns known afterwards": known_afterwards,
}
NEEDS = dict.fromkeys(CHECKS, "target")
