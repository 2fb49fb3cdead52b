"""Every comparison of every column at each of several places, sites or thirds of the time, with all other places.

How large: the difference of its mean from the middle one of the others' means, in their middle standard deviation, so
that one site in another unit does not make all the others look strange; of shares the difference from the middle one
of theirs. Whether by chance: the rank-sum test of its rows against all other rows, of shares Pearson's χ².
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import CLASSES, classes_of, codes_of, is_id, values_of, words_in
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_ranks import areas, chance, chance_of_shares

__all__ = ["ROWS", "SD", "Difference", "differences", "from_the_others"]

ROWS = 10  # of a site, and of the others
SD = 0.2  # difference of means, in standard deviations; of an outcome, in logits
SHARE = 0.10  # difference of a category's share
MISSING = 0.05  # difference of the share of gaps
PLACES = {
    "street",
    "address",
    "city",
    "town",
    "zip",
    "postcode",
    "county",
    "state",
    "region",
    "country",
    "ward",
    "site",
}
UNIT = 3  # sd, and ratio of medians: another unit?


class Difference(NamedTuple):
    """How one column at one place differs from the others."""

    kind: str  # "value", "share", "gaps", "writing" or "outcome"
    column: Column
    place: int
    size: float  # sd, difference of shares, or logits
    limit: float  # from which on it counts
    chance: float  # of one comparison
    text: str
    unit: bool = False  # so large that it may be another unit


def from_the_others(means: np.ndarray) -> np.ndarray:
    """Return for each of k values the middle one of the k − 1 others: (k,).

    >>> from_the_others(np.array([1.0, 2.0, 90.0, 3.0]))
    array([3., 3., 2., 2.])
    """
    there = np.isfinite(means)
    ordered = np.sort(means[there])
    rank = np.full(len(means), len(ordered))  # of a value that is not known nothing is taken away
    rank[there] = np.argsort(np.argsort(means[there], kind="stable"), kind="stable")
    rest = len(ordered) - there  # how many others
    low, high = np.maximum(rest - 1, 0) // 2, rest // 2
    padded = np.append(ordered, [np.nan, np.nan])
    middle = (padded[low + (low >= rank)] + padded[high + (high >= rank)]) / 2
    return np.where(rest > 0, middle, np.nan)


def differences(frame: Frame, place: np.ndarray, names: list[str]) -> list[Difference]:
    """Return every comparison that can be made, of each column at each of k places with the others.

    Args: frame; place (n,), 0 .. k−1, -1 for rows that are left out; names of the places. Of two places only the second
    is compared with the first. Addresses are left out: of course they differ.
    """
    if frame.patient is not None:
        place = _first_of_each(codes_of(frame.patient)[0], place)
    made: list[Difference] = []
    for column in frame.columns:
        if is_id(column.name) or column.kind == "date" or PLACES & set(words_in(column.name).split()):
            continue
        codes, values = codes_of(column)
        if column.missing.any():
            made += _shares("gaps", column, column.missing.astype(np.intp), [0, 1], place, names, MISSING)
        if column.kind == "number" and len(values) > 2:
            made += _values(column, place, names, codes)
            made += _writing(column, place, names, codes, np.array(values)) if len(values) > CLASSES else []
        elif len(values) <= CLASSES:
            made += _shares("share", column, codes, values, place, names, SHARE)
    if frame.target is not None:
        codes, classes = classes_of(frame.target)
        if len(classes) >= 2:
            made += _shares("outcome", frame.target, codes, classes, place, names, SD)
        elif frame.target.kind == "number" and frame.target.known.size:
            made += _values(frame.target, place, names, codes)
    return made


def _first_of_each(whose: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Return the places with all but the first row of each patient left out; rows of nobody stay."""
    rows = np.flatnonzero((whose >= 0) & (place >= 0))
    _, first = np.unique(whose[rows], return_index=True)
    kept = np.where(whose < 0, place, -1)
    kept[rows[first]] = place[rows[first]]
    return kept


def _values(column: Column, place: np.ndarray, names: list[str], codes: np.ndarray) -> list[Difference]:
    there = (place >= 0) & (codes >= 0)
    values, where, k = values_of(column)[there], place[there], len(names)
    m = np.bincount(where, minlength=k)
    if len(values) < 2 * ROWS:
        return []
    _, z = areas(codes[there], where, k)
    total = np.maximum(m, 1)
    mean = np.where(m >= ROWS, np.bincount(where, weights=values, minlength=k) / total, np.nan)
    deviation = values - np.where(m >= ROWS, mean, 0)[where]
    sd = np.where(m >= ROWS, np.sqrt(np.bincount(where, weights=deviation**2, minlength=k) / total), np.nan)
    middle, spread = from_the_others(mean), from_the_others(sd)
    made = []
    for i in _compared(m):
        if not np.isfinite(middle[i]) or not spread[i] > 0:
            continue
        size = (mean[i] - middle[i]) / spread[i]
        text, unit = f"{size:+.0f} sd" if abs(size) >= 10 else f"{size:+.2g} sd", False
        if abs(size) >= SD:  # medians only where they will be told
            here, others = np.median(values[where == i]), np.median(values[where != i])
            text += f" (median {here:.4g}, {_elsewhere(names)} {others:.4g})"
            ratio = here / others if others > 0 and here > 0 else 1.0
            unit = abs(size) >= UNIT and max(ratio, 1 / ratio) >= UNIT
        made.append(Difference("value", column, i, float(size), SD, chance(z[i]), f"{names[i]} {text}", unit))
    return made


def _writing(
    column: Column, place: np.ndarray, names: list[str], codes: np.ndarray, values: np.ndarray
) -> list[Difference]:
    """Compare how often values are multiples of 5, and how often they are the least of their place."""
    rows = np.flatnonzero((place >= 0) & (codes >= 0))
    where, which = place[rows], codes[rows]
    least = np.full(len(names), len(values))
    np.minimum.at(least, where, which)
    made = []
    for told, what in ((values % 5 == 0)[which], "a multiple of 5"), (which == least[where], "at its least value"):
        made += _shares("writing", column, told.astype(np.intp), ["other", what], where, names, SHARE)
    return made


def _elsewhere(names: list[str]) -> str:
    return names[0] if len(names) == 2 else "elsewhere"


def _compared(rows: np.ndarray) -> list[int]:
    """Return the places with enough rows, here and elsewhere; of two only the second."""
    enough = np.flatnonzero((rows >= ROWS) & (rows.sum() - rows >= ROWS)).tolist()
    return [i for i in enough if i == 1] if len(rows) == 2 else enough


def _shares(
    kind: str, column: Column, codes: np.ndarray, values: list, place: np.ndarray, names: list[str], limit: float
) -> list[Difference]:
    there = (place >= 0) & (codes >= 0)
    k, kinds = len(names), len(values)
    if kinds < 2 or there.sum() < 2 * ROWS:
        return []
    count = np.bincount(place[there] * kinds + codes[there], minlength=k * kinds).reshape(k, kinds)
    m = count.sum(axis=1)
    if not ((count.sum(axis=0) > 0).sum() > 1):
        return []
    share = np.where(m[:, None] >= ROWS, count / np.maximum(m, 1)[:, None], np.nan)
    middle = np.stack([from_the_others(share[:, j]) for j in range(kinds)], axis=1)
    made = []
    for i in _compared(m):
        if not np.isfinite(middle[i]).all():
            continue
        gap = _logit(share[i], m[i]) - _logit(middle[i], m[i]) if kind == "outcome" else share[i] - middle[i]
        j = kinds - 1 if kinds == 2 else int(np.abs(gap).argmax())
        what = {"gaps": "missing", "writing": f"{values[j]}"}.get(kind, f"with {_value(values[j])}")
        text = f"{names[i]} {100 * share[i, j]:.1f} % {what} ({_elsewhere(names)} {100 * middle[i, j]:.1f} %)"
        p = chance_of_shares(count[i], count.sum(axis=0) - count[i])
        made.append(Difference(kind, column, i, float(gap[j]), limit, p, text))
    return made


def _logit(share: np.ndarray, n: int) -> np.ndarray:
    share = np.clip(share, 0.5 / n, 1 - 0.5 / n)
    return np.log(share / (1 - share))


def _value(value) -> str:
    return value if isinstance(value, str) else f"{value:g}"
