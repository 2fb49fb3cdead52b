"""Which columns go missing together, and how much each column has to say about it."""

from __future__ import annotations

import numpy as np

from edunet.preprocessing.numeric_table import place

__all__ = ["patterns_of", "weights_of"]

AS_TYPED = (
    'Type the columns that each pattern hides, such as patterns=[["glucose"], ["glucose", "bmi"]] or [[0], [0, 2]].'
)


def patterns_of(names: list, patterns, mechanism: str) -> np.ndarray:
    """Return hides (p,k) bool: which columns each pattern hides; without patterns each column by itself."""
    k = len(names)
    if patterns is None:
        hides = np.eye(k, dtype=bool)
    elif _is_mask(patterns):
        hides = np.asarray(patterns)
        if hides.ndim != 2 or hides.shape[1] != k or not len(hides):
            raise ValueError(f"ampute: a mask of patterns is (p,{k}) for {k} columns. Received: {hides.shape}.")
    else:
        hides = np.array([_one(names, p, pattern) for p, pattern in enumerate(_listed(patterns))])
    for p, hidden in enumerate(hides):
        if not hidden.any():
            raise ValueError(f"ampute: pattern {p} hides nothing. {AS_TYPED}")
        if mechanism == "mar" and hidden.all():
            raise ValueError(
                f"ampute: pattern {p} hides every column, and mar needs one that stays, to depend on. Leave a column "
                'out of the pattern, or type mechanism="mnar" or "mcar".'
            )
    return hides


def _is_mask(patterns) -> bool:
    """Return whether patterns are True and False instead of columns."""
    if isinstance(patterns, np.ndarray):
        return patterns.dtype.kind == "b"
    rows = patterns if isinstance(patterns, (list, tuple)) else []
    cells = [cell for row in rows if isinstance(row, (list, tuple, np.ndarray)) for cell in row]
    return bool(cells) and all(isinstance(cell, (bool, np.bool_)) for cell in cells) and len(set(map(len, rows))) == 1


def _listed(patterns) -> list:
    if isinstance(patterns, (str, bytes)) or not hasattr(patterns, "__len__") or not len(patterns):
        raise ValueError(f"ampute: patterns are a list of lists. Received: {patterns!r:.40}. {AS_TYPED}")
    return list(patterns)


def _one(names: list, p: int, pattern) -> np.ndarray:
    if isinstance(pattern, (str, bytes)) or not hasattr(pattern, "__len__"):
        raise ValueError(f"ampute: pattern {p} is a list of columns. Received: {pattern!r:.40}. {AS_TYPED}")
    places = [place("ampute", names, key) for key in pattern]
    if len(set(places)) < len(places):
        raise ValueError(
            f"ampute: pattern {p} names a column twice: {list(pattern)!r:.60}. {AS_TYPED} Patterns of 1 and 0, where 0 "
            "is hidden, as R's mice has them, become a mask by np.array(patterns) == 0."
        )
    return np.isin(np.arange(len(names)), places)


def weights_of(names: list, hides: np.ndarray, weights) -> np.ndarray:
    """Return w (p,k): the weight of each column in the score of each pattern."""
    places = {place("ampute", names, key): value for key, value in weights.items()} if isinstance(weights, dict) else {}
    try:
        w = np.array([places.get(j, 0.0) for j in range(len(names))] if places else weights, np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"ampute: weights are numbers. Received: {weights!r:.60}.") from error
    if w.shape not in (hides.shape, hides.shape[1:]) or not np.isfinite(w).all():
        raise ValueError(
            f"ampute: weights are finite numbers, ({hides.shape[1]},) one for each column, or {hides.shape} for each "
            f"pattern too. Received shape {w.shape}."
        )
    return np.broadcast_to(w, hides.shape)
