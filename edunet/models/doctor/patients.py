"""Rows and whose they are: duplicates, and patients on both sides of a split."""

import numpy as np

from edunet.models.doctor.case import Case
from edunet.models.doctor.report import Finding

__all__ = ["CHECKS"]


def patients_on_both_sides(case: Case):
    """The same patient in training and validation: what is remembered looks like what was learned."""
    if case.groups is None:
        return
    n = len(case.inputs[0].data)
    if len(case.groups) != n:
        yield Finding(
            "groups do not fit",
            "groups says whose each row is: expected one entry for every row of x.",
            f"x has {n} rows, groups {len(case.groups)} entries.",
            "Take them from the same table: groups=table['patient_id'].",
        )
        return
    learn, judge = case.groups, case.validation_groups
    if isinstance(case.validation, float):
        cut = int(n * (1 - case.validation))
        learn, judge = case.groups[:cut], case.groups[cut:]
    if judge is None:
        return
    both = np.intersect1d(learn, judge)
    if len(both):
        rows = int(np.isin(judge, both).sum())
        yield Finding(
            "patients on both sides",
            f"{len(both)} patients are in training and in validation: the figures will be too good.",
            f"{', '.join(map(str, both[:5]))}{', ...' * (len(both) > 5)}; {rows} of {len(judge)} rows of validation "
            "are theirs.",
            "Split whole patients: held = np.isin(groups, np.unique(groups)[::5]); "
            "fit(x[~held], y[~held], validation_data=(x[held], y[held])).",
        )


def duplicates(case: Case):
    """Rows that occur twice, more often than chance would have it."""
    if any(not len(part.data) for part in case.inputs):
        return
    keys = _keys([part.data for part in case.inputs])
    _, first, back, counts = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    extra = len(keys) - len(counts)
    pairs = float((counts * (counts - 1) / 2).sum())
    if extra and pairs > 10 * _pairs_by_chance(case):
        groups = np.flatnonzero(counts > 1)
        rows = np.flatnonzero(back == groups[0])[:2].tolist()
        differ = _with_other_labels(case, first, back)
        yield Finding(
            "duplicate rows",
            f"{extra} of {len(keys)} rows of x occur before: a random split puts copies on both sides.",
            f"x[{rows[0]}] and x[{rows[1]}] are the same"
            + (f"; {differ} copies have another label." if differ else "."),
            "keep = np.unique(x.reshape(len(x), -1), axis=0, return_index=True)[1]; x, y = x[keep], y[keep].",
        )


def copies_in_validation(case: Case):
    """Rows of validation_data that are rows of the training data."""
    if not isinstance(case.validation, list) or not case.inputs or not all(len(part.data) for part in case.inputs):
        return
    if [a.shape[1:] for a in case.validation] != [part.data.shape[1:] for part in case.inputs]:
        return
    both = [
        np.concatenate([part.data, a.astype(part.data.dtype)])
        for a, part in zip(case.validation, case.inputs, strict=True)
    ]
    learn, judge = np.split(_keys(both), [len(case.inputs[0].data)])
    same = int(np.isin(judge, learn).sum())
    if same and same > 10 * 2 * _pairs_by_chance(case) * len(judge) / len(learn):
        yield Finding(
            "duplicate rows",
            f"{same} of {len(judge)} rows of validation_data are rows of x: the figures will be too good.",
            f"The first is validation row {int(np.flatnonzero(np.isin(judge, learn))[0])}.",
            "Split before anything is copied or augmented, whole patients at once.",
        )


def _keys(arrays) -> np.ndarray:
    """Return one number for each row of all inputs together: equal for equal rows, else practically never."""
    few = [a.reshape(len(a), -1)[:, :: max(1, a[0].size // 64)] for a in arrays]
    keys = _mixed_in_pieces(few)
    _, back, counts = np.unique(keys, return_inverse=True, return_counts=True)
    alike = np.flatnonzero(counts[back] > 1)  # in the places looked at so far: now in all
    keys[alike] ^= _mixed_in_pieces([a[alike] for a in arrays])
    return keys


def _mixed_in_pieces(arrays) -> np.ndarray:
    pieces = [_mixed([a[i : i + 4096] for a in arrays]) for i in range(0, len(arrays[0]), 4096)]
    return np.concatenate([np.zeros(0, np.uint64), *pieces])


def _mixed(arrays) -> np.ndarray:
    keys = np.zeros(len(arrays[0]), np.uint64)
    rng = np.random.default_rng(0)
    for a in arrays:
        words = np.ascontiguousarray(a.reshape(len(a), -1), np.float64).view(np.uint64)
        odd = rng.integers(0, 1 << 63, words.shape[1], dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        mixed = (words ^ (words >> np.uint64(29))) * odd
        keys = keys * np.uint64(0x9E3779B97F4A7C15) + (mixed ^ (mixed >> np.uint64(32))).sum(axis=1, dtype=np.uint64)
    return keys


def _pairs_by_chance(case: Case) -> float:
    """Return how many pairs of equal rows there would be if every column were drawn by itself: n²/2 · Π P(equal)."""
    n = len(case.inputs[0].data)
    logs = 0.0
    for part in case.inputs:
        some = part.data[:: max(1, n // 1000)].reshape(len(part.data[:: max(1, n // 1000)]), -1)
        some = some[:, :: max(1, some.shape[1] // 64)]
        for column in some.T:
            counts = np.unique(column, return_counts=True)[1]
            logs += float(np.log(max(float(np.sum((counts / len(column)) ** 2)), 1e-6)))
    return float(n * (n - 1) / 2 * np.exp(max(logs, -700)))


def _with_other_labels(case: Case, first, back) -> int:
    y = case.labels[0] if case.labels else None
    if y is None or len(y) != len(back):
        return 0
    flat = y.reshape(len(y), -1)
    return int((flat != flat[first[back]]).any(axis=1).sum())


CHECKS = {
    "patients on both sides": patients_on_both_sides,
    "duplicates": duplicates,
    "copies in validation": copies_in_validation,
}
