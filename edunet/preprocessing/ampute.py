"""Make data missing on purpose and keep the truth: then an imputation can be marked like an exam.

Every row is a candidate for one pattern, a set of columns that go missing together. It loses them with probability

    mcar   q_i = share                           missing completely at random: a tube broke
    mar    q_i = sigmoid(c + 1.5·s_i)            missing at random: s of columns that the pattern leaves
    mnar   q_i = sigmoid(c + 1.5·s_i)            missing not at random: s of the columns that it hides
    s_i = standardised Σ_j w_j·z_ij              z the columns of x, standardised; w weights, 1 if none are given

and c solves mean(q) = share among the candidates of each pattern, on this sample and not only in the long run. Under
kind="right" high scores go missing, as written; "left" takes -s, "tail" |s| and "mid" -|s| in the place of s.

The share is of the rows; as a row loses all of its pattern or nothing, it is the share of the cells that were at stake,
too. R's mice, where this comes from, has the slope 1 in the place of 1.5, with which edunet's datasets hide.

Sources: D. B. Rubin, Biometrika 63 (1976) 581-592, for the three mechanisms; J. P. L. Brand, Development,
implementation and evaluation of multiple imputation strategies, Rotterdam (1999); R. M. Schouten, P. Lugtig, G. Vink,
Generating missing values for simulation purposes: a multivariate amputation procedure, Journal of Statistical
Computation and Simulation 88 (2018) 2909-2930.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from edunet.preprocessing.amputation_patterns import patterns_of, weights_of
from edunet.preprocessing.columns import columns_of, with_columns
from edunet.preprocessing.given import generator
from edunet.preprocessing.numeric_table import called, numeric_table

__all__ = ["Amputed", "ampute"]

MECHANISMS = ("mcar", "mar", "mnar")
KINDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "right": lambda s: s,
    "left": lambda s: -s,
    "mid": lambda s: -np.abs(s),
    "tail": np.abs,
}
SLOPE = 1.5  # of the logit, per standard deviation of the score


@dataclass(frozen=True, eq=False)
class Amputed:
    """Data with cells missing on purpose, beside the truth.

    Attributes: x, as it was given, NaN where hidden; mask (n,k) bool, True where hidden; truth, a copy of what was
    given; probability (n,k), with which each cell was hidden, 0 where the row's pattern leaves it; pattern (n,), which
    one each row is a candidate for, -1 for a row that had nothing left to lose; text, what was done, in words.
    """

    x: Any = field(repr=False)
    mask: np.ndarray = field(repr=False)
    truth: Any = field(repr=False)
    probability: np.ndarray = field(repr=False)
    pattern: np.ndarray = field(repr=False)
    text: str

    def __str__(self) -> str:
        return self.text


def ampute(
    x, mechanism="mcar", share=0.2, patterns=None, weights=None, kind="right", seed=0, allow_missing=False
) -> Amputed:
    """Hide cells of x by a mechanism that is known, and keep what stood there.

        q_i = sigmoid(c + 1.5·s_i),  mean(q) = share      see the module
    Args: x (n,k), numbers: an array, a pandas DataFrame or a dict of columns; mechanism, "mcar", "mar" or "mnar";
    share, of the rows that lose the columns of their pattern, between 0 and 1; patterns, for each the columns that it
    hides, by name or by number, such as [["glucose"], ["glucose", "bmi"]], or a mask (p,k), True where hidden; without,
    every column by itself. The rows are dealt evenly among the patterns, one named twice gets twice as many; weights,
    (k,) for all patterns, (p,k), or by name, {"age": 2}, the others 0: under mar those of the columns that stay count,
    under mnar those of the hidden ones; kind, "right", "left", "mid" or "tail", at which scores cells go missing; seed,
    a whole number or a `numpy.random.Generator`; allow_missing, take x with gaps: they stay, count as the mean in s,
    and are not in mask.
    Returns `Amputed`. Whole numbers become float64, for NaN is none; float32 stays.
    Raises ValueError for gaps that were there before, for other shares, mechanisms and kinds, for patterns that hide
    nothing or leave nothing to score, for scores that are the same in every row, and for text or dates, by the name of
    the column.

    The usual misuse: to hide completely at random, find that a method does well, and trust it in the ward, where the
    sickest are measured most. Score it under mar and mnar too.
    Sources: see the module.

    >>> hidden = ampute(np.array([[1.0, 7.0], [2.0, 5.0], [3.0, 9.0], [4.0, 6.0]]), "mar", 0.5, patterns=[[1]])
    >>> hidden.probability[:, 1].round(2)  # the higher the first column, the likelier
    array([0.12, 0.34, 0.66, 0.88])
    >>> hidden.mask.any(axis=0).tolist(), hidden.probability[:, 1].mean().round(12).item()
    ([False, True], 0.5)
    """
    _check(mechanism, share, kind, weights)
    names, values = numeric_table("ampute", x)
    gone = np.isnan(values)
    if gone.any() and not allow_missing:
        _refuse_gaps(names, gone)
    hides = patterns_of(names, patterns, mechanism)
    w = np.ones(hides.shape) if weights is None else weights_of(names, hides, weights)
    rng = generator("ampute", seed)
    n = len(gone)
    pattern = rng.permutation(n) % len(hides)
    pattern[(gone | ~hides[pattern]).all(axis=1)] = -1
    z = np.nan_to_num(_standard(values))  # a gap counts as the mean
    q = np.zeros(n)
    for p, hidden in enumerate(hides):
        rows = pattern == p
        q[rows] = share
        if mechanism != "mcar":
            s = _score(names, z, w[p] * (hidden if mechanism == "mnar" else ~hidden), mechanism, p)
            q[rows] = _solved(SLOPE * KINDS[kind](s[rows]), share)
    probability = np.where(hides[pattern] & (pattern >= 0)[:, None] & ~gone, q[:, None], 0.0)
    mask = rng.random(n)[:, None] < probability  # a row loses all of its pattern or nothing
    text = _text(names, mechanism, share, kind, hides, mask, int(gone.sum()))
    return Amputed(_without(x, names, values, mask), mask, copy.deepcopy(x), probability, pattern, text)


def _without(x, names: list, values: np.ndarray, mask: np.ndarray):
    """Return a copy of the table with NaN where mask is True; columns of which nothing is hidden stay as they are."""
    hidden = np.where(mask, np.nan, values)
    columns = columns_of("ampute", x)
    single = [columns[name].dtype == np.float32 for name in names]
    return with_columns(
        x,
        {names[j]: hidden[:, j].astype(np.float32 if single[j] else np.float64) for j in np.flatnonzero(mask.any(0))},
    )


def _score(names: list, z: np.ndarray, w: np.ndarray, mechanism: str, p: int) -> np.ndarray:
    """Return s (n,), the weighted sum of the standardised columns, standardised itself."""
    s = _standard((z @ w)[:, None])[:, 0]
    if len(s) > 1 and not s.any():
        used = ", ".join(called(names[j]) for j in np.flatnonzero(w)) or "no column: all weights are 0"
        raise ValueError(
            f"ampute: the score of pattern {p} is the same in every row, so {mechanism} cannot depend on it. It is "
            f"made of {used}. Name other patterns= or weights=, or type mechanism='mcar'."
        )
    return s


def _standard(x: np.ndarray) -> np.ndarray:
    """Return z = (x - mean)/sd of each column, gaps left out; 0 where a column is constant or empty."""
    there = ~np.isnan(x)
    n = np.maximum(there.sum(axis=0), 1)
    x = np.where(there, x, 0.0)
    largest = np.abs(x).max(axis=0)
    x = x / np.where(largest > 0, largest, 1.0)  # no square is too large
    away = np.where(there, x - x.sum(axis=0) / n, 0.0)
    sd = np.sqrt((away**2).sum(axis=0) / n)
    z = np.divide(away, sd, out=np.zeros_like(away), where=sd > 1e-12)
    return np.where(there, z, np.nan)


def _solved(slope_score: np.ndarray, share: float) -> np.ndarray:
    """Return sigmoid(c + 1.5·s) with the c for which its mean is the share, by halving."""
    if not slope_score.size:
        return slope_score
    logit = np.log(share) - np.log1p(-share)
    low, high = logit - slope_score.max(), logit - slope_score.min()  # all at most the share, all at least
    for _ in range(100):
        c = (low + high) / 2
        low, high = (c, high) if _sigmoid(c + slope_score).mean() < share else (low, c)
    return _sigmoid((low + high) / 2 + slope_score)


def _sigmoid(logit: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0, -logit))


def _check(mechanism, share, kind, weights) -> None:
    if not isinstance(mechanism, str) or mechanism not in MECHANISMS:
        raise ValueError(
            f'ampute: mechanism is "mcar", "mar" or "mnar". Received: {mechanism!r:.40}. Type ampute(x, "mar").'
        )
    if isinstance(share, bool) or not isinstance(share, (int, float, np.floating)) or not 0 < share < 1:
        raise ValueError(f"ampute: share, of the rows, lies between 0 and 1, such as 0.2. Received: {share!r:.40}.")
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError(f'ampute: kind is "right", "left", "mid" or "tail". Received: {kind!r:.40}.')
    if mechanism == "mcar" and weights is not None:
        raise ValueError('ampute: under mcar no column is looked at: leave weights out, or type mechanism="mar".')


def _refuse_gaps(names: list, gone: np.ndarray) -> None:
    counts = gone.sum(axis=0)
    where = ", ".join(f"{called(names[j])} ({counts[j]:,})" for j in np.flatnonzero(counts)[:5])
    raise ValueError(
        f"ampute: {counts.sum():,} of {gone.size:,} cells are missing already, in {where}: their truth is not known. "
        "Take the complete rows, x[~np.isnan(x).any(axis=1)] or frame.dropna(); or type allow_missing=True, then they "
        "stay as they are and are left out of mask."
    )


def _text(names: list, mechanism, share, kind, hides, mask, before: int) -> str:
    n, k = mask.shape
    counts = mask.sum(axis=0)
    lost = ", ".join(f"{called(names[j])} {counts[j]:,}" for j in range(k) if hides[:, j].any())
    how = {
        "mcar": "whatever the values",
        "mar": f"by the columns that stay ({kind})",
        "mnar": f"by the hidden values themselves ({kind})",
    }
    text = (
        f"Hidden on purpose, {mechanism}, {how[mechanism]}: {mask.any(axis=1).sum():,} of {n:,} rows, of which a share "
        f"of {share:g} was expected; {counts.sum():,} of {n * k:,} cells: {lost}."
    )
    return text + (f" {before:,} cells were missing before, and are not counted." if before else "")
