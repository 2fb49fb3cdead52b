"""Rows that are equal, in the training data and in those held out: copies, or what chance gives."""

import hashlib

import numpy as np

from edunet.models.doctor.case import Case
from edunet.models.doctor.report import Finding

__all__ = ["CHECKS"]

PIECE = 2**22  # bytes of rows that are compared at a time
SOME, PLACES = 1000, 64  # rows and numbers of a row from which the frequencies of values are taken
NEVER = 1e-6  # a probability


def duplicates(case: Case):
    """Rows that occur twice, more often than chance would have it."""
    if len({len(part.data) for part in case.inputs}) > 1:
        return
    keys = _keys([part.data for part in case.inputs])
    _, first, back, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    extra = len(keys) - len(counts)
    pairs = float((counts * (counts - 1) / 2).sum())
    if extra and pairs > 10 * _pairs_by_chance(case, first):
        again = np.flatnonzero(first[back] != np.arange(len(keys)))[0]
        differ = _with_other_labels(case, first, back)
        yield Finding(
            "duplicate rows",
            f"{extra} of {len(keys)} rows of x occur before: a random split puts copies on both sides.",
            f"Rows {first[back[again]]} and {again}, counted from 0, are the same"
            + (f"; {differ} {'copy has' if differ == 1 else 'copies have'} another label." if differ else "."),
            _once(case),
        )


def _once(case: Case) -> str:
    """Write how every row is kept once, in the order in which they are."""
    parts = [f"np.reshape({part.name}, (len({part.name}), -1))" for part in case.inputs]
    rows = parts[0] if len(parts) == 1 else f"np.hstack([{', '.join(parts)}])"
    if len(case.inputs) == 1 and case.inputs[0].table:
        rows = f"{case.inputs[0].name}.to_numpy()"
    first = f"keep = np.sort(np.unique({rows}, axis=0, return_index=True)[1])"
    return f"{first}; {case.taken('keep', places=True)}."


def copies_in_validation(case: Case):
    """Rows of validation_data that are rows of the training data."""
    if [a.data.shape[1:] for a in case.held_out] != [part.data.shape[1:] for part in case.inputs]:
        return
    both = [_joined(part.data, a.data) for a, part in zip(case.held_out, case.inputs, strict=True)]
    learn, judge = np.split(_keys(both), [len(case.inputs[0].data)])
    copied = np.isin(judge, learn)
    same = int(copied.sum())
    if not same:
        return
    first = np.unique(learn, return_index=True)[1]
    matches = np.searchsorted(np.sort(learn), judge, "right") - np.searchsorted(np.sort(learn), judge)
    if matches.sum() > 10 * 2 * _pairs_by_chance(case, first) * len(judge) / len(learn):
        yield Finding(
            "duplicate rows",
            f"{same} of {len(judge)} rows of validation_data are rows of x: the figures will be too good.",
            f"The first is validation row {int(np.flatnonzero(copied)[0])}.",
            "Split before anything is copied or augmented, whole patients at once.",
        )


def _joined(a, b) -> np.ndarray:
    """Return the rows of a, then of b; floats of different precision in the lower one, in which they can be equal."""
    if a.dtype.kind == b.dtype.kind == "f":
        narrow = min(a.dtype, b.dtype, key=lambda dtype: dtype.itemsize)
        return np.concatenate([a.astype(narrow), b.astype(narrow)])
    return np.concatenate([a, b])


def _keys(arrays) -> np.ndarray:
    """Return one number for each row of all inputs together: equal for equal rows, different for all others."""
    flat = [a.reshape(len(a), -1) for a in arrays]
    keys = _first_equal([a[:, :: max(1, a.shape[1] // PLACES)] for a in flat])
    alike = np.flatnonzero(np.bincount(keys)[keys] > 1)  # in the places looked at so far: now in all
    keys[alike] = alike[_first_equal([a[alike] for a in flat])]
    return keys


def _first_equal(tables) -> np.ndarray:
    """Return for each row the number of the first that equals it, by 16 bytes that no two different rows share."""
    seen: dict[bytes, int] = {}
    first = np.empty(len(tables[0]), int)
    size = max(1, PIECE // max(1, sum(a.shape[1] * a.itemsize for a in tables)))
    for start in range(0, len(first), size):
        rows = [a[start : start + size] for a in tables]
        rows = [a + 0 if a.dtype.kind == "f" else a for a in rows]  # -0 is 0
        words = [np.ascontiguousarray(a).view(np.uint8) for a in rows]
        joined = words[0] if len(words) == 1 else np.concatenate(words, axis=1)
        for i, row in enumerate(joined, start):
            first[i] = seen.setdefault(hashlib.blake2b(row, digest_size=16).digest(), i)
    return first


def _pairs_by_chance(case: Case, first) -> float:
    """Return how many pairs of equal rows chance gives: n²/2 · Π P(equal in column d)^(what earlier ones leave open).

    P comes from the column's own frequencies. What earlier columns leave open is 1 − R², the share of a column's
    variance that they do not explain: a symptom that always comes with another makes no pair rarer. A column whose
    values are fractions, each in one row only but for copies, repeats by no chance. first: a row of each kind.
    """
    n = len(case.inputs[0].data)
    table, kinds = (_columns(case, rows) for rows in (np.arange(n), first))
    moving = table.std(axis=0) > 0
    table, kinds = table[:, moving], kinds[:, moving]
    if not table.shape[1]:
        return n * (n - 1) / 2
    equal = np.array([_equal_by_chance(a, b) for a, b in zip(table.T, kinds.T, strict=True)])
    order = np.argsort(equal)  # those that tell most come first
    standard = (table - table.mean(axis=0)) / table.std(axis=0)
    alike = (standard.T @ standard / len(table))[np.ix_(order, order)]
    left_open = np.diag(np.linalg.cholesky(alike + 1e-6 * np.eye(len(alike)))) ** 2
    left_open[equal[order] == NEVER] = 1
    logs = float(np.sum(np.log(equal[order]) * np.minimum(left_open, 1)))
    return float(n * (n - 1) / 2 * np.exp(max(logs, -700)))


def _columns(case: Case, rows) -> np.ndarray:
    """Return some of the numbers of these rows, finite, with a column for each place in a row."""
    rows = rows[:: max(1, len(rows) // SOME)]
    flat = [part.data[rows].reshape(len(rows), -1) for part in case.inputs]
    table = np.concatenate([a[:, :: max(1, a.shape[1] // PLACES)].astype(np.float64) for a in flat], axis=1)
    return np.nan_to_num(table, posinf=0, neginf=0)


def _equal_by_chance(column, kinds) -> float:
    """Return the probability that two rows have the same value in a column."""
    if len(np.unique(kinds)) > 0.99 * len(kinds) and (kinds != np.floor(kinds)).any():
        return NEVER
    counts = np.unique(column, return_counts=True)[1]
    return max(float((counts * (counts - 1)).sum() / (len(column) * (len(column) - 1))), NEVER)


def _with_other_labels(case: Case, first, back) -> int:
    y = case.labels[0] if case.labels else None
    if y is None or len(y) != len(back):
        return 0
    flat = y.reshape(len(y), -1)
    return int((flat != flat[first[back]]).any(axis=1).sum())


CHECKS = {
    "duplicates": duplicates,
    "copies in validation": copies_in_validation,
}
