"""How well one column tells classes apart, by ranks, and whether chance could do the same.

No distribution is assumed, a single wild value counts as one row, and any rising change of unit changes nothing.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["areas", "chance", "chance_of_shares", "held_out_rates", "mid_ranks", "rank_correlation"]


def mid_ranks(values: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the rank of each value, from 1, equal ones sharing the middle of theirs; and Σ(t³ − t), t equal ones.

    >>> mid_ranks(np.array([5.0, 1.0, 5.0]))
    (array([2.5, 1. , 2.5]), 6.0)
    """
    if values.dtype.kind in "iu" and values.min(initial=0) >= 0:  # codes in rising order: counted, not sorted
        place, count = values, np.bincount(values)
    else:
        _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    count = count.astype(np.float64)
    rank = (np.cumsum(count) - (count - 1) / 2)[place.reshape(-1)]
    return rank, float((count**3 - count).sum())


def areas(values: np.ndarray, classes: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return for each of k classes the AUC of the values, this class against the rest, and how many sd it is from ½.

        AUC = (R − m(m+1)/2) / m(n−m)       z = (AUC − ½) / sd      sd² = (n+1 − Σ(t³−t)/n(n−1)) / 12m(n−m)
    R is the sum of the mid-ranks of the m rows of the class, n all rows, t the numbers of equal values.
    Args: values (n,), finite, or their codes_of; classes (n,), 0 .. k−1. Nan and 0 where a class has no row, or all.
    Source: Mann & Whitney (1947); Hanley & McNeil (1982).

    >>> auc, z = areas(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1]), 2)
    >>> auc.tolist(), z.round(2).tolist()
    ([0.0, 1.0], [-1.55, 1.55])
    """
    n = len(values)
    rank, ties = mid_ranks(values)
    m = np.bincount(classes, minlength=k).astype(np.float64)
    sums = np.bincount(classes, weights=rank, minlength=k)
    pairs = m * (n - m)
    defined = pairs > 0
    auc = np.where(defined, (sums - m * (m + 1) / 2) / np.where(defined, pairs, 1), np.nan)
    spread = (n + 1 - ties / max(n * (n - 1), 1)) / (12 * np.where(defined, pairs, 1))
    sure = defined & (spread > 1e-15)
    z = np.where(sure, (np.where(defined, auc, 0.5) - 0.5) / np.sqrt(np.where(sure, spread, 1)), 0.0)
    return auc, z


def held_out_rates(
    codes: np.ndarray, ill: np.ndarray, groups: np.ndarray | None = None, *, folds: int = 5, weight: float = 2.0
) -> np.ndarray:
    """Return for each row the share of the ill in its category, counted in the other folds: (n,).

        (hits + weight·p) / (rows + weight)         p share of the ill among all
    A category that the other folds lack gets p: many rare categories look no better than chance, as they do to new
    patients. Rates counted on the row itself would tell each name of a patient apart perfectly.
    Args: codes (n,), categories from 0; ill (n,) bool; groups (n,), whose each row is, from 0, -1 where not known,
    so that no patient is in two folds.
    """
    n = len(codes)
    rng = np.random.default_rng(0)  # which fold a row is in should not change from one audit to the next
    if groups is None:
        fold = rng.permutation(n) % folds
    else:
        fold = (rng.permutation(int(groups.max(initial=0)) + 2) % folds)[groups]
    k = int(codes.max(initial=0)) + 1
    cell = codes * folds + fold
    rows = np.bincount(cell, minlength=k * folds).reshape(k, folds)
    hits = np.bincount(cell, weights=ill, minlength=k * folds).reshape(k, folds)
    p = float(ill.mean()) if n else 0.0
    rows, hits = rows.sum(axis=1, keepdims=True) - rows, hits.sum(axis=1, keepdims=True) - hits  # of the other folds
    return ((hits + weight * p) / (rows + weight)).reshape(-1)[cell]


def rank_correlation(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Return Spearman's ρ of two columns, the correlation of their mid-ranks, and z = ρ√(n−1).

    Nan and 0 where one of them does not vary.
    """
    if len(a) < 3:
        return math.nan, 0.0
    x, y = (mid_ranks(values)[0] for values in (a, b))
    x, y = x - x.mean(), y - y.mean()
    scale = math.sqrt(float(x @ x) * float(y @ y))
    if scale == 0:
        return math.nan, 0.0
    rho = float(np.clip(x @ y / scale, -1, 1))
    return rho, rho * math.sqrt(len(a) - 1)


def chance(z: float, comparisons: int = 1) -> float:
    """Return how likely chance alone gives a z as large, in one at least of so many comparisons (Bonferroni).

    >>> round(chance(1.96), 3), round(chance(1.96, 100), 3), chance(6, 100) < 1e-6
    (0.05, 1.0, True)
    """
    return min(1.0, comparisons * math.erfc(abs(z) / math.sqrt(2)))


def chance_of_shares(here: np.ndarray, there: np.ndarray) -> float:
    """Return how likely chance alone gives two rows of counts that differ as much: Pearson's χ².

        χ² = Σ (O − E)²/E        z = ((χ²/f)^⅓ − 1 + 2/9f) / √(2/9f)        f degrees of freedom
    Categories are put together from the rarest on until each is expected 5 times on both sides.
    Args: here, there (k,), counts of the same categories.
    Source: Wilson & Hilferty, The distribution of chi-square (1931).
    """
    pooled = _pooled(np.asarray(here, np.float64), np.asarray(there, np.float64))
    n = pooled.sum()
    if pooled.shape[1] < 2 or not n:
        return 1.0
    expected = pooled.sum(axis=1, keepdims=True) * pooled.sum(axis=0) / n
    statistic = float(((pooled - expected) ** 2 / expected).sum())
    f = pooled.shape[1] - 1
    if f == 1:
        return math.erfc(math.sqrt(statistic / 2))
    z = ((statistic / f) ** (1 / 3) - 1 + 2 / (9 * f)) / math.sqrt(2 / (9 * f))
    return 0.5 * math.erfc(z / math.sqrt(2))


def _pooled(here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Return the counts (2,k) with rare categories put together."""
    total = here + there
    smaller = min(here.sum(), there.sum())
    order = np.argsort(-total, kind="stable")
    here, there, total = here[order], there[order], total[order]
    n = total.sum()
    common = total * smaller >= 5 * n if n else np.zeros(len(total), bool)
    counts = np.stack([here[common], there[common]])
    rest = np.array([[here[~common].sum()], [there[~common].sum()]])
    return np.concatenate([counts, rest], axis=1) if rest.sum() * smaller >= 5 * n > 0 else counts
