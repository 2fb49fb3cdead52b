"""What a clinical metric expects of labels and predictions: one of each for every patient, 0 or 1, and no NaN."""

import numpy as np

from edunet.metrics.labels import check_answers, check_labels, check_probabilities, check_yes_or_no, like

__all__ = ["labels", "labels_and_probabilities", "labels_and_scores"]


def labels(what: str, y) -> np.ndarray:
    """Return y as (N,) bool: who is ill. Raises ValueError for labels that are not 0 or 1."""
    y = np.asarray(y)
    if y.dtype == object and all(isinstance(label, (bool, int, float, np.bool_, np.number)) for label in y.flat):
        y = np.array(y.tolist())  # numbers of a table that has words too
    if y.dtype.kind not in "biuf":
        raise _words(what, np.unique(y.astype(str)))
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise ValueError(
            f"{what}: expected one label for each patient, (N,). Received shape {y.shape}. For several classes take "
            "one of them: y == k, p[:, k]; of one-hot labels y[:, k]."
        )
    unknown = np.count_nonzero(np.isnan(y)) if y.dtype.kind == "f" else 0
    if unknown:
        raise ValueError(
            f"{what}: {unknown} of {y.size} labels are NaN: who of these patients is ill is not known. Leave them out "
            "of y and p, and say how many they were."
        )
    check_labels(what, y)
    kinds = np.unique(y)
    if kinds.size and kinds[0] >= 0 and kinds[-1] <= 1 and (kinds % 1).any():
        raise ValueError(
            f"{what}: labels are 0 or 1. Received {kinds[kinds % 1 > 0][0]:g} among them. Are labels and predictions "
            "exchanged? Metrics take (y, p), calibrators fit(p, y)."
        )
    two = f"Type y == {kinds[-1]:g} for who is ill, or " if kinds.size == 2 else "For class k "
    check_yes_or_no(what, y, two + "y == k, and p[:, k] of several columns.")
    return y.astype(bool)


def _words(what: str, kinds: np.ndarray) -> ValueError:
    """Return the error for labels that are words, of these kinds."""
    if kinds.size != 2:
        return ValueError(f"{what}: labels are 0 or 1. Received {kinds.size} different words, such as {kinds[:3]}.")
    first, second = map(str, kinds)
    return ValueError(
        f"{what}: labels are 0 or 1. Received words; type y == {second!r}, or y == {first!r} if that is who is ill."
    )


def labels_and_scores(what: str, y, score) -> tuple[np.ndarray, np.ndarray]:
    """Return y (N,) bool and score (N,) float64, any finite numbers that are higher for the ill."""
    y, score = labels(what, y), np.asarray(score)
    if score.ndim == 2 and score.shape[1] == 2:
        raise ValueError(f"{what}: predictions have two columns; the second is the chance of being ill: p[:, 1].")
    if score.ndim > 1 and score.shape != (len(score), 1):
        raise ValueError(f"{what}: expected one prediction for each patient, (N,). Received shape {score.shape}.")
    check_answers(what, score, finite=True)
    like(what, y, score)
    return y, score.reshape(-1).astype(np.float64)


def labels_and_probabilities(what: str, y, p) -> tuple[np.ndarray, np.ndarray]:
    """Return y (N,) bool and p (N,) float64 between 0 and 1."""
    y, p = labels_and_scores(what, y, p)
    check_probabilities(what, p)
    return y, p
