"""A split is looked over: no row, no patient and no repeated row in two parts."""

from __future__ import annotations

import numpy as np

from edunet.preprocessing.splits_groups import numbered, repeats, rows_of

__all__ = ["check_split"]


def check_split(*parts, groups=None, x=None) -> None:
    """Raise ValueError if a row, a patient, or a row that is the same stands in two parts; say which.

    Args: parts, two or more, each an array of row numbers or a mask, true where a row belongs to it; groups (N,), whose
    each row is; x (N,...), the data, in which rows of different parts must differ.
    Raises ValueError too for empty parts and for rows that are not there; TypeError for what is no rows, such as the
    data themselves.

    >>> check_split([0, 1], [2, 3], groups=["a", "a", "b", "a"])
    Traceback (most recent call last):
    ...
    ValueError: check_split: 1 patient stands in several parts, such as 'a', rows 0 and 3. ...
    """
    if len(parts) < 2:
        raise TypeError(
            f"check_split: expected at least two parts. Received: {len(parts)}. Type check_split(*parts, "
            "groups=patient_id), with the star, for a list of them."
        )
    n = None if x is None else rows_of("check_split", x)
    if groups is not None:
        n = rows_of("check_split", groups, "groups") if n is None else n
        whose, names = numbered("check_split", groups, n)
    rows = _rows(parts, n)
    twice, count = np.unique(np.concatenate(rows), return_counts=True)
    if (count > 1).any():
        raise ValueError(
            f"check_split: {(count > 1).sum()} rows stand in several parts, such as row {twice[count.argmax()]}."
        )
    found = None if groups is None else _in_two(rows, whose)
    if found:
        crossing, one, other = found
        raise ValueError(
            f"check_split: {crossing} patient{'s stand' if crossing > 1 else ' stands'} in several parts, such as "
            f"{names[whose[[one]]].item()!r}, rows {one} and {other}. Split with patient_split(x, y, groups)."
        )
    found = None if x is None else _in_two(rows, repeats(x))
    if found:
        raise ValueError(
            f"check_split: {found[0]} rows of one part are found again in another, such as rows {found[1]} and "
            f"{found[2]}: one patient under two names? Leave one of them out."
        )


def _rows(parts, n: int | None) -> list[np.ndarray]:
    """Return the different row numbers of each part; n, how many rows there are, if that is known."""
    made = []
    for k, part in enumerate(parts, 1):
        try:
            rows = np.asarray(part)
        except ValueError:  # of different lengths
            rows = np.asarray(None)
        if rows.ndim != 1 or (rows.size and rows.dtype.kind not in "biu"):
            raise TypeError(
                f"check_split: part {k} is row numbers, whole, or a mask, true where a row belongs to it. Received: "
                f"{type(part).__name__}, {rows.dtype} of shape {rows.shape}. The data themselves go to x: "
                "check_split(train, test, groups=patient_id, x=x)."
            )
        if rows.dtype.kind == "b":
            n = len(rows) if n is None else n
            if len(rows) != n:
                raise ValueError(f"check_split: part {k} is a mask of {len(rows)} rows, but there are {n}.")
            rows = np.flatnonzero(rows)
        if not rows.size:
            raise ValueError(f"check_split: part {k} has no rows: nothing could be learnt from it, or tested.")
        made.append(rows)
    for k, rows in enumerate(made, 1):
        wrong = (rows < 0) | (rows >= n if n is not None else False)
        if wrong.any():
            raise ValueError(
                f"check_split: part {k} holds row {rows[wrong][0]}, but rows are numbered from 0"
                + (f" to {n - 1}." if n is not None else ".")
            )
    return [np.unique(rows.astype(np.intp)) for rows in made]


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
