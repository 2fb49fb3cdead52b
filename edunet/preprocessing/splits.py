"""Splits that keep together what belongs together: all rows of a patient stand on one side.

    patient_split     parts of given shares, every patient in one of them
    grouped_kfold     k parts, each of which is the test part once
    temporal_split    before a moment and from it on
    check_split       says who stands on both sides
    repeats           who is alike: a number for each row, the same for rows that are the same

A model that has met a patient in training knows the patient, not the illness. In 1,945 visits of 312 patients with
primary biliary cholangitis a forest "finds" who died with an AUC of 0.93 where rows were split at random, and of 0.83
where patients were.
Source: J. Roberts et al., Common pitfalls and recommendations for using machine learning to detect COVID-19, Nature
Machine Intelligence 3 (2021) 199-217, for what happens without.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.given import generator
from edunet.preprocessing.splits_check import check_split
from edunet.preprocessing.splits_groups import numbered, repeats, rows_of
from edunet.preprocessing.splits_labels import refuse_names, strata
from edunet.preprocessing.splits_time import temporal_split

__all__ = ["check_split", "grouped_kfold", "patient_split", "repeats", "temporal_split"]


def patient_split(x, y=None, groups=None, *, shares=(0.8, 0.2), seed=0) -> tuple[np.ndarray, ...]:
    """Split the rows into parts of these shares, every patient in one part; return the row numbers of each part.

    Patients are shuffled, the ones with most rows (by powers of two) are dealt first, and each goes to the part that
    lacks most of its share. No part stays empty: where patients are few, each part has at least one. With y that is
    done class by class, so that every part has about as many ill patients; a quantity is cut into at most 5 bins.

    Args: x (N,...), the data, looked at only if there are no groups; y (N,), labels to be spread alike, the largest of
    a patient's rows counts, rows without (NaN, None) are spread alike too; groups (N,), whose each row is; shares, one
    for each part, which sum to 1; seed, a whole number or a `numpy.random.Generator`.
    Raises ValueError for shares that do not sum to 1, for fewer patients than parts, and for groups that are missing.
    Without groups also for rows that are the same: they may be one patient's; and for a y of 3 or more classes with
    fewer than 10 rows each, or of more than 20: they may be names of patients. Raises TypeError for groups or labels
    that mix numbers and texts.

    >>> train, test = patient_split(np.arange(6.0), groups=["a", "a", "b", "b", "c", "c"], shares=(2 / 3, 1 / 3))
    >>> len(train), len(test)
    (4, 2)
    """
    return _parts("patient_split", x, y, groups, shares, seed)


def grouped_kfold(x, y=None, groups=None, *, k=5, seed=0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield k pairs (train, test) of row numbers: every patient is in one test part, and in no training part beside it.

    Args: x, y, groups and seed as for `patient_split`; k, at least 2, how many parts.
    Raises ValueError and TypeError as `patient_split` does.

    >>> [test.tolist() for train, test in grouped_kfold(np.arange(4.0), groups=[0, 0, 1, 1], k=2)]
    [[0, 1], [2, 3]]
    """
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 2:
        raise ValueError(f"grouped_kfold: k is a whole number >= 2. Received: {k!r}")
    return _folds(_parts("grouped_kfold", x, y, groups, (1 / k,) * int(k), seed))


def _folds(tests) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for k, test in enumerate(tests):
        yield np.sort(np.concatenate([part for i, part in enumerate(tests) if i != k])), test


# ---------------------------------------------------------------- how it is done


def _parts(name, x, y, groups, shares, seed) -> tuple[np.ndarray, ...]:
    shares = _shares(shares)
    rng = generator(name, seed)
    n = rows_of(name, x)
    if groups is None:
        whose = _each_alone(name, x, n)
        if y is not None:
            refuse_names(name, y, n)
    else:
        whose, _ = numbered(name, groups, n)
    part_of = _deal(name, whose, strata(name, y, whose, len(shares)), shares, rng)
    return tuple(np.flatnonzero(part_of[whose] == k) for k in range(len(shares)))


def _each_alone(name: str, x, n: int) -> np.ndarray:
    """Return the rows as patients of their own, if no two are the same."""
    if hasattr(x, "toarray"):
        raise ValueError(
            f"{name}: x is sparse, its rows are not compared. Say whose each row is: groups=patient_id; if all are "
            "different patients, groups=range(x.shape[0]); if nobody knows, groups=repeats(x.toarray())."
        )
    alike = repeats(x)
    if alike.max(initial=-1) + 1 < n:
        _, first, count = np.unique(alike, return_index=True, return_counts=True)
        one = int(first[count > 1][0])
        other = int(np.flatnonzero(alike == alike[one])[1])
        raise ValueError(
            f"{name}: {n - len(count)} of {n} rows are there before, such as row {other}, the same as row {one}. If "
            "they are one patient's, the test would ask for what was learnt by heart. Say whose each row is: "
            "groups=patient_id. If nobody knows, groups=repeats(x) keeps equal rows together; if all are different "
            "patients, groups=range(len(x))."
        )
    return np.arange(n)


def _shares(shares) -> np.ndarray:
    try:
        parts = np.asarray(shares, np.float64)
    except (TypeError, ValueError):
        parts = np.empty(0)
    if parts.ndim != 1 or len(parts) < 2 or not (parts > 0).all() or abs(parts.sum() - 1) > 1e-6:
        raise ValueError(
            f"patient_split: shares are positive and sum to 1, such as (0.7, 0.15, 0.15). Received: {shares!r:.60}"
        )
    return parts


def _deal(name, whose, label, shares, rng) -> np.ndarray:
    """Return the part of every patient."""
    rows = np.bincount(whose)
    if len(rows) < len(shares):
        raise ValueError(
            f"{name}: {len(shares)} parts need as many patients. Received: {len(rows)}. Take fewer parts, or more "
            "patients."
        )
    order = rng.permutation(len(rows))
    about = np.frexp(rows)[1]  # 1, 2-3, 4-7, ... rows: within these chance decides, or the seed would do nothing
    order = order[np.argsort(-about[order], kind="stable")]
    part_of = np.empty(len(rows), np.intp)
    so_far = np.zeros(len(shares))  # rows of the classes before, so that rounding does not favour one part
    wanted = np.zeros(len(shares))
    left, empty = len(rows), len(shares)
    for one in np.unique(label):
        mine = order[label[order] == one]
        wanted += shares * rows[mine].sum()
        for patient in mine:
            lacking = wanted - so_far
            if left <= empty:  # the last go where nobody is
                lacking[so_far > 0] = -np.inf
            part = int(np.argmax(lacking))
            part_of[patient] = part
            empty -= so_far[part] == 0
            so_far[part] += rows[patient]
            left -= 1
    return part_of
