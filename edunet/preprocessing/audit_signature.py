"""Which rows are alike, in all columns or in half of them, how many would be by chance, and whose they are."""

from __future__ import annotations

import re

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import GLUED, codes_of, is_id, text_of, words_in
from edunet.preprocessing.audit_frame import Frame

__all__ = [
    "TIMES", "every_column", "ids_of", "log_shares", "mixed", "pairs", "pairs_by_chance", "rare", "signature",
    "whose_rows",
]  # fmt: skip

PATIENT = re.compile(
    rf"(patient|subject|person|participant|pat)( .*)?|pid|mrn|id|{GLUED}|(medical )?record .*"
    r"|(hospital|sample code) (nr|no|number)"
)
TIMES = 50  # as many pairs alike as by chance
KINDS = 20  # different values that ids have at least, or half as many as there are rows
SALT = 0x9E3779B97F4A7C15  # 2⁶⁴ / golden ratio: neighbours land far apart


def signature(column: Column, salt: int = 0) -> np.ndarray:
    """Return 64 bits for each cell, the same for cells that hold the same: (n,) uint64.

    Those of a row may be summed over its columns, or some of them: two rows that differ have the same sum once in 10¹⁹
    pairs. The sums say what `repeats` of `edunet.preprocessing.splits` says, and of half the columns too.
    """
    if column.kind == "number" and column.values is not None:
        bits = (np.where(np.isnan(column.values), np.nan, column.values) + 0.0).view(np.uint64)
        if column.text is not None:  # words among the numbers
            bits = bits ^ mixed(_text_codes(column).astype(np.uint64))
    else:
        bits = codes_of(column)[0].astype(np.uint64)
    return mixed(bits + np.uint64(SALT * (2 * salt + 1) % 2**64))


def _text_codes(column: Column) -> np.ndarray:
    seen: dict = {}
    return np.array([seen.setdefault(text, len(seen)) for text in text_of(column).tolist()], np.int64)


def mixed(bits: np.ndarray) -> np.ndarray:
    """Mix 64 bits so that each depends on all: the last step of splitmix64 (Steele, Lea & Flood 2014)."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def pairs(keys: np.ndarray) -> int:
    """Return how many pairs of rows have the same key.

    >>> pairs(np.array([7, 7, 7, 1]))
    3
    """
    _, count = np.unique(keys, return_counts=True)
    return int((count * (count - 1) // 2).sum())


def pairs_by_chance(cells: list[np.ndarray]) -> float:
    """Return how many pairs of rows would be alike if two halves of the columns had nothing to do with each other.

        expected = pairs(half) · pairs(other half) / all pairs
    The columns are dealt to the halves in turn, those that tell rows apart best first.
    Args: cells, the `signature` of each column.

    >>> coins = [np.arange(8) // 4, np.arange(8) // 2 % 2, np.arange(8) % 2]
    >>> round(pairs_by_chance([coin.astype(np.uint64) << np.uint64(k) for k, coin in enumerate(coins)]), 2)
    1.71
    """
    n = len(cells[0])
    order = sorted(range(len(cells)), key=lambda j: pairs(cells[j]))
    halves = (np.sum([cells[j] for j in order[k::2]], axis=0, dtype=np.uint64) for k in (0, 1))
    alike = [pairs(np.broadcast_to(half, n)) for half in halves]
    return alike[0] * alike[1] / max(n * (n - 1) / 2, 1)


def log_shares(cell: np.ndarray) -> np.ndarray:
    """Return for each cell the logarithm of the share of other rows that hold the same, of one row at least: (n,).

    >>> np.exp(log_shares(np.array([7, 7, 7, 1])))
    array([0.5 , 0.5 , 0.5 , 0.25])
    """
    _, place, count = np.unique(cell, return_inverse=True, return_counts=True)
    return np.log(np.maximum(count - 1, 1) / max(len(cell), 1))[place.reshape(-1)]


def rare(told: np.ndarray) -> np.ndarray:
    """Return the numbers of rows that are too rare to be met twice by chance, where columns do not hang together.

        n² Π p ≤ 1/50        p share of other rows that hold the same, of each column
    Rows of gaps, or of values at a limit, are not. Args: told (n,), the sum of `log_shares` of the columns.
    """
    return np.flatnonzero(2 * np.log(max(len(told), 1)) + told <= -np.log(TIMES))


def ids_of(frame: Frame) -> list[Column]:
    """Return the columns of ids: by their names and many different values, for a case may be 0 or 1."""
    named = [column for column in every_column(frame) if column is not frame.patient and is_id(column.name)]
    ids = [column for column in named if len(codes_of(column)[1]) > min(KINDS, frame.n / 2)]
    return ids if frame.patient is None else [frame.patient, *ids]


def every_column(frame: Frame) -> list[Column]:
    """Return all columns, those that came as arrays of their own too."""
    roles = [column for column in (frame.target, frame.patient, frame.time, frame.site) if column is not None]
    return list({id(column): column for column in (*frame.columns, *roles)}.values())


def whose_rows(frame: Frame) -> Column | None:
    """Return the column that says whose each row is: the one that was given, or one whose name says so."""
    if frame.patient is not None:
        return frame.patient
    named = [column for column in frame.columns if column.kind != "date" and PATIENT.fullmatch(words_in(column.name))]
    named = [column for column in named if is_id(column.name)]
    return min(named, key=lambda column: words_in(column.name) == "id", default=None)
