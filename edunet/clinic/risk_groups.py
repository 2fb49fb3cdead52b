"""Patients in groups of about the same predicted risk."""

import numpy as np

__all__ = ["risk_groups", "totals"]

STRATEGIES = ("quantile", "uniform")


def risk_groups(what: str, p, bins: int, strategy: str) -> np.ndarray:
    """Return the number of each patient's group (N,), from 0, empty groups left out.

    quantile: about equally many patients in each, those with the same p together; uniform: equally wide.
    Raises ValueError for bins below 1 or another strategy.
    """
    if isinstance(bins, bool) or not isinstance(bins, (int, np.integer)) or bins < 1:
        raise ValueError(f"{what}: bins is a whole number >= 1. Received: {bins!r}")
    if strategy not in STRATEGIES:
        raise ValueError(f"{what}: strategy is one of {', '.join(map(repr, STRATEGIES))}. Received: {strategy!r}")
    if not p.size:
        return np.zeros(0, np.intp)
    shares = np.linspace(0, 1, int(bins) + 1)
    edges = np.percentile(p, shares * 100) if strategy == "quantile" else shares
    return np.unique(np.searchsorted(edges[1:-1], p), return_inverse=True)[1].reshape(-1)


def totals(place, y, p) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return of each group the number of patients, of the ill among them, and the sum of their predictions."""
    return np.bincount(place), np.bincount(place, weights=y), np.bincount(place, weights=p)
