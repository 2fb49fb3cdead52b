"""What is missing, and whether it is missing by chance.

A gap by chance (missing completely at random) costs patients; a gap that depends on the illness or on who was examined
tells the model who the patient is, and every mean of what remains is that of other patients.
Source: D. B. Rubin, Inference and missing data, Biometrika 63 (1976) 581-592.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed, share

__all__ = ["CHECKS", "NEEDS", "apart"]

ROWS = 20_000  # so many are looked at, spread over the table, where gaps are compared
FEWEST = 5  # gaps of a column, to be compared with anything
TOGETHER = 0.9  # of the rows where one or the other is missing, both are
EMPTY = 0.75  # of the cells of a row
CHANCE = 0.001  # that one of all comparisons would be found without reason (Bonferroni)
APART = 0.6  # AUC of a column for "is missing": the two groups differ by more than a trifle
APART_TARGET = 0.55  # likewise of the answer, where less does harm
LEVELS = 10  # different words of a column whose gaps are compared


def how_much(frame: Frame) -> Iterator[Finding]:
    """What is missing, column by column."""
    gaps = [(column, int(column.missing.sum())) for column in _all(frame)]
    gaps = sorted((gap for gap in gaps if gap[1]), key=lambda gap: -gap[1])
    if not gaps:
        return
    names = [column.name for column, _ in gaps]
    complete = frame.n - int(np.logical_or.reduce([column.missing for column, _ in gaps]).sum())
    total = sum(n for _, n in gaps)
    yield Finding(
        "values missing",
        tuple(names),
        f"{total:,} cell{'s are' if total > 1 else ' is'} empty, in {listed(names)}.",
        "; ".join(f"{column.name} {n:,} ({share(n, frame.n)})" for column, n in gaps[:8])
        + f"{'; ...' if len(gaps) > 8 else ''}. {complete:,} of {frame.n:,} rows "
        + f"{'is' if complete == 1 else 'are'} complete.",
        "Most models refuse NaN; to drop the rows with gaps keeps "
        f"{share(complete, frame.n)} of the patients, and not just any of them.",
        f"{_imputers([column for column, _ in gaps])}, of scikit-learn, fitted on the training rows only.",
    )


def _imputers(columns: list) -> str:
    """Write what fills the gaps: words have no median."""
    ways = {"SimpleImputer(strategy='median', add_indicator=True)": [c for c in columns if c.kind != "words"]}
    ways["SimpleImputer(strategy='most_frequent', add_indicator=True)"] = [c for c in columns if c.kind == "words"]
    there = [(way, which) for way, which in ways.items() if which]
    if len(there) == 1:
        return there[0][0]
    return " and ".join(f"{way} of {listed([c.name for c in which])}" for way, which in there)


def together(frame: Frame) -> Iterator[Finding]:
    """Columns whose gaps are in the same rows."""
    columns = [c for c in frame.columns if c.missing.sum() >= FEWEST and not c.missing.all()]
    if len(columns) < 2:
        return
    gaps = np.stack([column.missing for column in columns]).astype(np.float32)
    both = gaps @ gaps.T
    either = np.diag(both)[:, None] + np.diag(both) - both
    alike = both >= TOGETHER * either
    left = np.flatnonzero(alike.sum(axis=1) > 1).tolist()
    while left:
        first = max(left, key=lambda i: (alike[i, left].sum(), -i))
        group = [i for i in left if alike[first, i]]
        left = [i for i in left if i not in group]
        if len(group) < 2:
            continue
        names = [columns[i].name for i in group]
        rows = int(np.logical_and.reduce([columns[i].missing for i in group]).sum())
        yield Finding(
            "missing together",
            tuple(names),
            f"{listed(names)} are missing in the same rows: they were not asked of these patients.",
            f"{'Both' if len(group) == 2 else f'All {len(group)}'} are empty in {rows:,} of {frame.n:,} rows; "
            + ", ".join(f"{columns[i].name} in {int(columns[i].missing.sum()):,}" for i in group[:6])
            + f"{', ...' if len(group) > 6 else ''}.",
            f"Filled in one by one, they make up {rows:,} patients whom nobody has examined, all alike.",
            f"Ask what they are: another form, another study, another ward? Rows: {_where(frame, columns[group[0]])}.",
        )


def nearly_empty(frame: Frame) -> Iterator[Finding]:
    """Rows in which next to nothing stands."""
    if len(frame.columns) < 4 or not frame.n:
        return
    empty = np.mean([column.missing for column in frame.columns], axis=0) >= EMPTY
    if empty.any():
        rows = np.flatnonzero(empty)
        keep = f"frame.notna().mean(axis=1) > {1 - EMPTY:g}" if frame.source == "pandas" else "keep"
        made = "" if frame.source == "pandas" else f"keep = ~np.isin(np.arange({frame.n}), {rows[:5].tolist()}); "
        yield Finding(
            "rows nearly empty",
            (),
            f"In {len(rows):,} of {frame.n:,} rows at least {EMPTY:.0%} of the cells are empty.",
            f"Such as row{'s' if len(rows) > 1 else ''} {listed([str(row) for row in rows], 5)}, counted from 0.",
            "Whatever fills them in, the model learns the filling, and the scores count patients nobody knows.",
            f"{made}{frame.kept(keep)}; say in the report how many were left out.",
        )


def by_answer(frame: Frame) -> Iterator[Finding]:
    """Gaps that depend on the answer."""
    if frame.target is not None:
        yield from _dependent(frame, [frame.target], APART_TARGET)


def by_others(frame: Frame) -> Iterator[Finding]:
    """Gaps that depend on another column."""
    yield from _dependent(frame, list(frame.columns), APART)


# ---------------------------------------------------------------- how it is done


def _all(frame: Frame) -> list[Column]:
    given = [c for c in (frame.target, frame.patient, frame.time, frame.site) if c is not None and c.place < 0]
    return [*frame.every(), *given]


def _where(frame: Frame, column: Column) -> str:
    at = frame.at(column)
    if frame.source == "pandas":
        return f"np.flatnonzero({at}.isna())"
    return f"np.flatnonzero(np.isnan({at}))" if column.kind == "number" else f"np.flatnonzero(np.array({at}) == '')"


def _dependent(frame: Frame, partners: list[Column], least: float) -> Iterator[Finding]:
    """Compare rows with and without a gap in the partner; one finding for all columns, with the strongest partner."""
    rows = slice(None, None, max(1, frame.n // ROWS))
    gaps = [c for c in frame.columns if FEWEST <= c.missing[rows].sum() <= len(c.missing[rows]) - FEWEST]
    scores = [(partner, level, score) for partner in partners for level, score in _scores(partner, rows)]
    if not gaps or not scores:
        return
    missing = np.stack([column.missing[rows] for column in gaps])
    auc, z = (np.zeros((len(gaps), len(scores))) for _ in range(2))
    for j, (partner, _, score) in enumerate(scores):
        auc[:, j], z[:, j] = apart(missing, score, ~partner.missing[rows])
        auc[[column is partner for column in gaps], j] = 0.5
    limit = CHANCE / z.size
    found = []
    for i, column in enumerate(gaps):
        j = int(np.argmax(np.where(np.isfinite(auc[i]), np.abs(auc[i] - 0.5), 0)))
        if abs(auc[i, j] - 0.5) >= least - 0.5 and math.erfc(abs(z[i, j]) / math.sqrt(2)) < limit:
            found.append((column, *scores[j], abs(auc[i, j] - 0.5)))
    if not found:
        return
    found.sort(key=lambda one: -one[-1])
    names = [column.name for column, *_ in found]
    target = partners[0] is frame.target
    others = "the answer" if target else "another column"
    yield Finding(
        "missing by the answer" if target else "missing by another column",
        tuple(names),
        f"Whether {listed(names)} {'is' if len(names) == 1 else 'are'} missing depends on {others}: not missing "
        "completely at random.",
        " ".join(_told(column, partner, level, score, rows) for column, partner, level, score, _ in found[:4])
        + f" Tested by ranks, chance below {CHANCE:g} over {z.size:,} comparisons.",
        "The gap itself foretells the answer: a model leans on who was examined, and fails where others are examined."
        if target
        else "Complete rows are other patients than the rest: means, coefficients and scores of them alone are biased.",
        "Fill in by a model of the other columns (IterativeImputer, KNNImputer), keep a column of 0/1 for the gap "
        "(add_indicator=True), and report results with and without it.",
    )


def _scores(column: Column, rows: slice) -> list[tuple[str, np.ndarray]]:
    """Return what a column says of each row, as numbers to be ranked: ("", values), or a 0/1 for each word."""
    if column.values is not None:
        return [("", column.values[rows])] if len(column.known) else []
    text = np.asarray(column.text)[rows]
    words = set(text.tolist()) - {""}
    return [(word, (text == word).astype(np.float64)) for word in sorted(words)] if 2 <= len(words) <= LEVELS else []


def apart(missing, score, present) -> tuple[np.ndarray, np.ndarray]:
    """Return the AUC of a score (n,) for each mask of missing (k,n), and its z by mid-ranks."""
    present = present & np.isfinite(score)
    score, missing = score[present], missing[:, present]
    n = len(score)
    if n < 2 * FEWEST:
        return np.full(len(missing), 0.5), np.zeros(len(missing))
    _, group, count = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[group]
    m = missing.sum(axis=1).astype(np.float64)
    enough = np.minimum(m, n - m) >= FEWEST
    with np.errstate(all="ignore"):
        mean = (missing @ rank) / m
        auc = (mean - (m + 1) / 2) / (n - m)
        z = (mean - (n + 1) / 2) / np.sqrt(rank.var(ddof=1) / m * (1 - m / n))
    return np.where(enough, auc, 0.5), np.where(enough & np.isfinite(z), z, 0.0)


def _told(column: Column, partner: Column, level: str, score, rows: slice) -> str:
    """Write in which part of the partner the column is missing more often."""
    missing = column.missing[rows]
    fine = np.isfinite(score) & ~partner.missing[rows]
    if level or len(np.unique(score[fine])) == 2:
        top = np.max(score[fine])
        part, what = fine & (score == top), f"{partner.name} is {level or f'{top:g}'}"
    else:
        middle = float(np.median(score[fine]))
        part, what = fine & (score > middle), f"{partner.name} is above {_middle(partner, middle)}"
    rest = fine & ~part
    return (
        f"{column.name} is missing in {share(missing[part].sum(), part.sum())} where {what}, in "
        f"{share(missing[rest].sum(), rest.sum())} elsewhere."
    )


def _middle(column: Column, value: float) -> str:
    return str(np.datetime64(int(value), "D")) if column.kind == "date" else f"{value:.4g}"


CHECKS = {
    "values missing": how_much,
    "missing together": together,
    "rows nearly empty": nearly_empty,
    "missing by the answer": by_answer,
    "missing by another column": by_others,
}
NEEDS = {"missing by the answer": "target"}
