"""Which rows are alike, in all columns or in half of them, and how many would be by chance."""

from __future__ import annotations

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import codes_of, text_of

__all__ = ["mixed", "pairs", "pairs_by_chance", "signature"]

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
    each = [pairs(np.broadcast_to(half, n)) for half in halves]
    return each[0] * each[1] / max(n * (n - 1) / 2, 1)
