"""Rows that stand there twice, and patients on several rows: what makes a test ask for what was learnt by heart."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import codes_of, text_of, values_of, words_in
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_signature import (
    TIMES,
    every_column,
    ids_of,
    log_shares,
    mixed,
    pairs,
    pairs_by_chance,
    rare,
    signature,
    whose_rows,
)
from edunet.preprocessing.audit_spelling import plain
from edunet.preprocessing.audit_twins import twins
from edunet.preprocessing.audit_writing import listed, share

__all__ = ["CHECKS", "fixed_values", "repeated_patients", "repeated_rows"]

FIXED = re.compile(
    r"(.* )?(sex|gender|male|female|dob|race|ethnicity|birth ?(date|day|year))|(date|year) of birth"
    r"|blood (group|type)"
)
SHOWN = 3
LISTED = 12


def repeated_rows(frame: Frame) -> Iterator[Finding]:
    """Find rows that repeat another: in all columns, or in all but the id, where chance does not make such rows.

    Few columns of few values repeat by chance. Rows count if they are `rare`, which those of gaps are not, and if 50
    times as many pairs are alike as `pairs_by_chance` expects: in five real tables of such columns there were 1.7 to
    5.7 times as many, because columns hang together; of five repeats planted in thirteen others, 460 times and more.
    Rows of one patient that are the same always count.
    """
    ids = ids_of(frame)
    columns = [column for column in every_column(frame) if column not in ids]
    if frame.n < 2 or not columns:
        return
    cells = [signature(column, j) for j, column in enumerate(columns)]
    rows = np.asarray(np.sum(cells, axis=0, dtype=np.uint64))
    full = rare(np.sum([log_shares(cell) for cell in cells], axis=0))
    alike = pairs(rows[full])
    by_chance = alike < TIMES * pairs_by_chance([cell[full] for cell in cells])
    surplus = full[_surplus(rows[full])]
    whole = surplus
    if ids:
        with_ids = rows + np.sum([signature(column, len(columns) + j) for j, column in enumerate(ids)], axis=0)
        whole = _surplus(with_ids)
    if len(whole) and (ids or not by_chance):
        yield _finding_of_rows(frame, whole, with_ids if ids else rows)
    others = np.setdiff1d(surplus, whole)
    if ids and len(others) and not by_chance:
        yield _finding_of_strangers(frame, others, rows, ids, len(columns))


def _surplus(keys: np.ndarray) -> np.ndarray:
    """Return the rows that were there before."""
    _, first = np.unique(keys, return_index=True)
    return np.setdiff1d(np.arange(len(keys)), first)


def _examples(rows: np.ndarray, keys: np.ndarray) -> str:
    """Write which rows are the same as which."""
    told = [f"{row} as {int(np.flatnonzero(keys == keys[row])[0])}" for row in rows[:SHOWN].tolist()]
    return f"row {', '.join(told)}" + (f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else "")


def _finding_of_rows(frame: Frame, rows: np.ndarray, keys: np.ndarray) -> Finding:
    return Finding(
        "duplicate rows",
        (),
        f"{len(rows)} of {frame.n:,} rows repeat{'s' * (len(rows) == 1)} another in every column.",
        f"{_n(len(rows))} ({share(len(rows), frame.n)}): {_examples(rows, keys)}.",
        "A split by rows puts one in training and its twin in the test, which then asks for what was learnt by heart; "
        "and every interval is too narrow.",
        _dropped(frame, rows),
    )


def _dropped(frame: Frame, rows: np.ndarray) -> str:
    """Write how rows are left out: by their numbers if they are few."""
    if frame.source == "pandas":
        few = len(rows) <= LISTED
        return f"frame = frame.drop(index=frame.index[{rows.tolist()}])" if few else "frame = frame.drop_duplicates()"
    if len(rows) <= LISTED:
        return f"keep = ~np.isin(np.arange({frame.n}), {rows.tolist()}); {frame.kept('keep')}"
    cells = "*columns.values()" if frame.source == "dict" else "*x.T"
    others = "".join(f"{column.name}, " for column in every_column(frame) if column.place < 0)
    kept = frame.kept("np.sort(first)")
    return f"_, first = np.unique(repeats(list(zip({others}{cells}))), return_index=True); {kept}"


def _n(rows: int) -> str:
    return f"{rows} surplus row{'s' * (rows > 1)}"


def _finding_of_strangers(frame: Frame, rows: np.ndarray, keys: np.ndarray, ids: list[Column], many: int) -> Finding:
    names = listed([column.name for column in ids])
    return Finding(
        "same rows under different ids",
        tuple(column.name for column in ids),
        f"{len(rows)} of {frame.n:,} rows are as another in all columns but {names}: one patient under two names?",
        f"{_n(len(rows))}, the same in {many} columns: {_examples(rows, keys)}.",
        "A split by patients does not keep them together: the test asks for what was learnt by heart.",
        f"repeats(x) numbers equal rows alike: patient_split(x, y, groups=repeats(x)), with x without {names}",
    )


def repeated_patients(frame: Frame) -> Iterator[Finding]:
    """Find ids that stand on several rows."""
    column = whose_rows(frame)
    if column is None:
        return
    codes, names = codes_of(column)
    known = codes >= 0
    rows = np.bincount(codes[known], minlength=len(names))
    many = int((rows > 1).sum())
    if not many:
        return
    surplus = int((rows[rows > 1] - 1).sum())
    ids = ids_of(frame)
    others = [other for other in every_column(frame) if other not in ids and other is not column]
    cells = [signature(other, j) for j, other in enumerate(others)] or [np.zeros(frame.n, np.uint64)]
    whole = np.sum(cells, axis=0, dtype=np.uint64) + mixed(codes.astype(np.uint64))
    same = len(_surplus(whole[known]))
    most = int(rows.argmax())
    worst = f"{names[most] if isinstance(names[most], str) else format(names[most], '.15g')} ({rows[most]})"
    differing = _of_two_answers(frame, codes, known, len(names))
    yield Finding(
        "repeated patients",
        (column.name,),
        f"{many} id{'s stand' if many > 1 else ' stands'} on several rows.",
        f"{_n(surplus)} of {many} repeated id{'s' * (many > 1)}, {len(names)} in all; most often {worst}. "
        f"Surplus rows that are the same as another of their id: {same}; that differ: {surplus - same}{differing}.",
        "A split by rows leaks: the model meets in the test patients it has learnt, and the score is too high; "
        "intervals that count rows are too narrow.",
        f"train, test = patient_split(x, y, groups={frame.at(column)})  # and bootstrap patients, not rows",
    )


def fixed_values(frame: Frame) -> Iterator[Finding]:
    """Find ids on whose rows stands what no patient changes: two sexes, two dates of birth, two blood groups."""
    whose = whose_rows(frame)
    if whose is None:
        return
    codes, names = codes_of(whose)
    for column in frame.columns:
        if not FIXED.fullmatch(words_in(column.name)):
            continue
        values, words = codes_of(column)
        if column.kind == "words":  # F and f are no two sexes
            seen: dict = {}
            same = np.array([*(seen.setdefault(plain(word), len(seen)) for word in words), -1], np.intp)
            values = same[values]
        both = np.flatnonzero((codes >= 0) & (values >= 0))
        low, high = _ends(codes[both], values[both], len(names))
        wrong = np.flatnonzero(low < high)
        if len(wrong):
            rows = both[codes[both] == wrong[0]]
            other = rows[values[rows] != values[rows[0]]][0]
            many = f"{len(wrong)} id{'s have' if len(wrong) > 1 else ' has'}"
            yield Finding(
                "one id, two patients",
                (whose.name, column.name),
                f"{many} several values of {column.name}: slips of the pen, or two patients under one name?",
                f"{len(wrong)} of {int((np.bincount(codes[both], minlength=len(names)) > 1).sum())} ids with several "
                f"rows, such as rows {rows[0]} and {other}: {_cell(column, rows[0])} and {_cell(column, other)}.",
                "What belongs to a patient is learnt from somebody else's values.",
                f"Look these ids up; patients who are two need two ids in {frame.at(whose)}.",
            )


def _ends(codes: np.ndarray, values: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the least and the largest value of each of k ids."""
    low, high = np.full(k, np.iinfo(np.intp).max), np.full(k, -1)
    np.minimum.at(low, codes, values)
    np.maximum.at(high, codes, values)
    return low, high


def _cell(column: Column, row: int) -> str:
    return repr(text_of(column)[row]) if text_of(column)[row] else f"{values_of(column)[row]:g}"


def _of_two_answers(frame: Frame, codes: np.ndarray, known: np.ndarray, k: int) -> str:
    """Write how many ids have rows with different answers."""
    if frame.target is None:
        return ""
    answer = codes_of(frame.target)[0]
    both = known & (answer >= 0)
    low, high = _ends(codes[both], answer[both], k)
    return f". Ids with different answers: {int((low < high).sum())}"


CHECKS = {
    "duplicate rows": repeated_rows,
    "rows nearly the same": twins,
    "repeated patients": repeated_patients,
    "values of a patient": fixed_values,
}
