"""How far an area under the ROC curve would differ in other patients, without a model of the scores.

DeLong's idea: an area is a mean over the ill, and over the healthy, of how well each one is placed among the others. So
its variance is that of two means.
Sources: DeLong, DeLong & Clarke-Pearson, Comparing the areas under two or more correlated receiver operating
characteristic curves, Biometrics 44 (1988); Sun & Xu, Fast implementation of DeLong's algorithm, IEEE Signal Processing
Letters 21 (2014), for the ranks; Obuchowski, Nonparametric analysis of clustered ROC curve data, Biometrics 53 (1997).
"""

from __future__ import annotations

import numpy as np

from edunet.clinic.groups import sums

__all__ = ["covariance", "independent_pairs", "placements", "share_below"]


def placements(y: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the share of the other kind that each one is on the right side of, (N,): ties count half.

        v_i = (#{s_j < s_i} + ½ #{s_j = s_i}) / n   over the n healthy j, of an ill patient i
        v_j = (#{s_i > s_j} + ½ #{s_i = s_j}) / m   over the m ill i, of a healthy patient j
    The mean over the ill is the area, and so is the mean over the healthy. By sorting: N log N steps, not m·n.
    Args: y (N,) bool with m ill and n healthy, at least one of each; score (N,).
    """
    ill, healthy = np.sort(score[y]), np.sort(score[~y])
    placed = np.empty(len(score))
    placed[y] = share_below(healthy, score[y])
    placed[~y] = 1 - share_below(ill, score[~y])
    return placed


def share_below(others: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Return the share of the others (sorted) that are below each score, ties counted half."""
    return (np.searchsorted(others, score, "left") + np.searchsorted(others, score, "right")) / (2 * len(others))


def covariance(y: np.ndarray, placed: np.ndarray, whose: np.ndarray | None = None) -> np.ndarray:
    """Return the covariances (K,K) of K areas of the same patients.

        a_c = Σ_(i ill, of c) (v_i − v̄)/m       b_c = Σ_(j healthy, of c) (v_j − v̄)/n       of patient c
        cov = I/(I−1) Σ a a'  +  J/(J−1) Σ b b'  +  C/(C−1) Σ (a b' + b a')
    where I patients have ill rows, J healthy ones, and C any. With one row a patient no a meets a b, and this is
    DeLong's S10/m + S01/n.
    Args: y (N,) bool; placed (K,N), one row for each area; whose (N,), numbers of patients, None if all differ.
    NaN unless at least two patients have ill rows and two have healthy ones: one does not tell how others would be.
    """
    ill, healthy = (_of_patients(side, placed, whose) for side in (y, ~y))
    if whose is None:
        return _corrected(ill[:, y], int(y.sum())) + _corrected(healthy[:, ~y], int((~y).sum()))
    patients = ill.shape[1]
    crossed = ill @ healthy.T
    own = _corrected(ill, _patients(y, whose)) + _corrected(healthy, _patients(~y, whose))
    return own + (crossed + crossed.T) * (patients / (patients - 1) if patients > 1 else np.nan)


def _of_patients(side: np.ndarray, placed: np.ndarray, whose: np.ndarray | None) -> np.ndarray:
    """Return for each area what each patient's rows of one side add to it, (K,patients)."""
    centred = np.where(side, placed - placed[:, side].mean(axis=1, keepdims=True), 0) / side.sum()
    return np.array([sums(one, whose) for one in centred])


def _corrected(parts: np.ndarray, patients: int) -> np.ndarray:
    return parts @ parts.T * (patients / (patients - 1) if patients > 1 else np.nan)


def _patients(side: np.ndarray, whose: np.ndarray) -> int:
    return len(np.unique(whose[side]))


def independent_pairs(y: np.ndarray, whose: np.ndarray | None = None) -> int:
    """Return how many pairs of an ill and a healthy row can be made without using any patient twice."""
    if whose is None:
        return int(min(y.sum(), (~y).sum()))
    return min(_patients(y, whose), _patients(~y, whose), (int(whose.max()) + 1) // 2)
