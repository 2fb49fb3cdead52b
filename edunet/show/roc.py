"""Pictures of ROC curves: what finding more of the ill costs in false alarms."""

import numpy as np

from edunet.canvas import LOOKS, blank_figure
from edunet.metrics import roc_auc
from edunet.tensor import Tensor

__all__ = ["roc"]


def roc(y, scores, *, synthetic=False):
    """Draw the ROC curve of one or several models: one point for every threshold, with the area under it.

        x = share of the healthy with a score ≥ threshold           y = share of the ill with a score ≥ threshold
    Args: y (N,), 1 ill and 0 healthy; scores, {"name": (N,) probabilities or any number that is higher for the ill},
    at most 4, or one array. Equal scores share a threshold, so that the curve is slanted there.
    Raises ValueError unless both kinds of people are there, each with a finite score.
    Source: Fawcett, An introduction to ROC analysis (2006).

    >>> figure = roc([0, 0, 1, 1], {"network": [0.1, 0.4, 0.4, 0.8]})
    >>> figure.axes[0].get_legend().get_texts()[0].get_text()
    'network: AUC 0.875'
    """
    y = np.asarray(y).reshape(-1)
    if set(np.unique(y).tolist()) != {0, 1}:
        raise ValueError(f"roc: expected y of 0 (healthy) and 1 (ill), both present. Received {np.unique(y)[:5]}.")
    scores = scores if isinstance(scores, dict) else {"model": scores}
    if not 1 <= len(scores) <= len(LOOKS):
        raise ValueError(f"roc: from 1 to {len(LOOKS)} curves can be told apart. Received {len(scores)}.")
    figure = blank_figure(6, 5.6, synthetic)
    axes = figure.subplots()
    for n, (look, (name, given)) in enumerate(zip(LOOKS, scores.items(), strict=False)):
        score = _one_per_person(name, given, len(y))
        alarms, found = _points(y == 1, score)
        label = f"{name}: AUC {roc_auc(y, score):.3f}"
        axes.plot(alarms, found, label=label, markevery=(0.03 * n, 0.12), markersize=5, linewidth=1.8, **look)
    axes.plot([0, 1], [0, 1], color="0.5", linewidth=1, label="guessing: AUC 0.500")
    axes.set_xlabel("share of healthy called ill (1 − specificity)")
    axes.set_ylabel("share of ill found (sensitivity)")
    axes.set_aspect("equal")
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    axes.set_title(f"ROC of {len(y)} people, {int((y == 1).sum())} of them ill", fontsize=11)
    return figure


def _one_per_person(name, given, n):
    score = np.asarray(given.data if isinstance(given, Tensor) else given, np.float64)
    if score.ndim == 2 and score.shape[1] == 2:
        raise ValueError(f"roc: {name!r} has two columns; the second is the chance of being ill: p[:, 1].")
    if score.size != n:
        raise ValueError(f"roc: expected one score for each of {n} people. {name!r} has shape {score.shape}.")
    if not np.isfinite(score).all():
        raise ValueError(f"roc: {name!r} has {int((~np.isfinite(score)).sum())} scores that are NaN or infinite.")
    return score.reshape(-1)


def _points(ill, score):
    """Return shares of healthy and of ill people called ill, for every threshold from the highest down."""
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)  # of those who share a score
    found, alarms = np.cumsum(ill[order])[last], np.cumsum(~ill[order])[last]
    return np.append(0, alarms / alarms[-1]), np.append(0, found / found[-1])
