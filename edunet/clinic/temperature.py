"""Temperature scaling: probabilities that are too sure of themselves, cooled down by one number."""

from __future__ import annotations

import numpy as np

from edunet.clinic.learnt import Learnt
from edunet.clinic.logistic import log_odds
from edunet.metrics.labels import check_probabilities, check_yes_or_no, known_classes, like

__all__ = ["TemperatureScaling"]

LEAST = 1e-38  # the log of 0 is infinite: one of several probabilities is at least this, the smallest of float32


class TemperatureScaling(Learnt):
    """Divide the log-odds of the predictions by one temperature T: above 1 they become less sure.

        p'_k = p_k^(1/T) / Σ_j p_j^(1/T)          of one probability: logit p' = logit p / T
        T from the largest likelihood, Σ log p'_(y_i), by Newton's method on 1/T
    Attributes after fit: temperature, T; n, the patients it was learnt from; text, a sentence. p is (N,) for ill or
    not, or (N,K) with rows that sum to 1; y then is the class number, 0 to K−1. Who has the highest probability stays;
    a probability of 0 counts as 1e-38, and one alone as 1e-8 (or 1 − 1e-8) if it is nearer to 0 (or 1).
    The usual misuse: fitting it on the training patients, of which an overfitted network is rightly sure; and hoping
    that it repairs risks that are too high on the whole: 0.5 stays 0.5. See `PlattScaling` for that.
    Source: Guo et al., On calibration of modern neural networks (2017).

    >>> scaling = TemperatureScaling().fit([0.99, 0.98, 0.97, 0.03, 0.02, 0.01], [1, 1, 0, 0, 1, 0])
    >>> scaling.text
    'T = 4.98, from 6 patients'
    >>> scaling.predict([0.99, 0.5, 0.01]).round(2)
    array([0.72, 0.5 , 0.28])
    """

    def fit(self, p, y) -> TemperatureScaling:
        """Learn from p (N,) or (N,K) probabilities and y (N,) labels.

        Raises ValueError for one kind of patient, NaN, probabilities outside 0 to 1 or rows that do not sum to 1; and
        where no T is the best: predictions that are all right (T → 0), or no better than chance (T → ∞).
        """
        p, y = np.asarray(p), np.asarray(y)
        z = _logs(self, p)
        if p.ndim == 1 or p.shape[-1] == 1:
            check_yes_or_no("TemperatureScaling.fit(p, y)", y)
            y = like("TemperatureScaling.fit(p, y)", y, p).reshape(-1)
        else:
            y = known_classes("TemperatureScaling.fit(p, y)", y, p)
        y = y.astype(int)
        if np.unique(y).size < 2:
            raise ValueError(
                f"TemperatureScaling.fit(p, y): expected patients of two classes at least. Received {y.size} patients "
                f"of {np.unique(y).size} class."
            )
        self.temperature = 1 / _sharpness(z, z[np.arange(y.size), y])
        self.n, self.text = y.size, f"T = {self.temperature:.2f}, from {y.size:,} patients"
        return self

    def predict(self, p) -> np.ndarray:
        """Return the cooled probabilities, in the shape of p."""
        self.check_learnt()
        p = np.asarray(p)
        cooled = _softmax(_logs(self, p) / self.temperature)
        return cooled if p.ndim > 1 and p.shape[-1] > 1 else cooled[:, 1].reshape(p.shape)


def _logs(self, p) -> np.ndarray:
    """Return the logarithms of the probabilities (N,K), but for a number in each row; of one as two classes."""
    what = type(self).__name__
    check_probabilities(what, p)
    p = p.astype(np.float64)
    if p.ndim == 1 or p.shape[1:] == (1,):
        z = log_odds(p.reshape(-1))[0]
        return np.stack([np.zeros_like(z), z], axis=1)
    if p.ndim != 2:
        raise ValueError(f"{what}: expected probabilities (N,) or (N,K). Received shape {p.shape}.")
    sums = p.sum(axis=1)
    if p.size and np.abs(sums - 1).max() > 1e-3:
        raise ValueError(
            f"{what}: expected rows that sum to 1. Received sums from {sums.min():.3g} to {sums.max():.3g}. Of several "
            "yes-or-no answers scale each column by itself."
        )
    return np.log(np.clip(p, LEAST, 1))


def _softmax(z) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _sharpness(z, told) -> float:
    """Return β = 1/T with the largest Σ_i (β told_i − log Σ_k e^(β z_ik)): where the slope of this arch is 0."""
    if np.mean(told - z.mean(axis=1)) <= 0:
        raise ValueError(
            "TemperatureScaling.fit(p, y): the predictions are no better than chance on these patients, the best T is "
            "infinite. Are the classes in the order of the columns?"
        )
    if (told >= z.max(axis=1)).all():
        raise ValueError(
            "TemperatureScaling.fit(p, y): every prediction is right, the best T is 0. Take more patients, and none of "
            "those the model was trained on."
        )
    low, high, beta = 0.0, np.inf, 1.0
    for _ in range(200):
        p = _softmax(beta * z)
        mean = (p * z).sum(axis=1)
        slope, bend = float(np.sum(told - mean)), float(np.sum((p * z * z).sum(axis=1) - mean**2))
        low, high = (beta, high) if slope > 0 else (low, beta)
        step = beta + slope / bend if bend > 0 else np.inf
        if not low < step < high or step > 4 * beta:  # Newton leaps out of what is known: halve, or go up slowly
            step = (low + high) / 2 if np.isfinite(high) else 2 * beta
        if abs(step - beta) <= 1e-12 * beta:
            break
        beta = step
    return beta
