"""Repair promises: learn from patients of the place where a model is used how its risks must be moved.

    InterceptUpdate       the risks are too high or too low on the whole: one number
    PlattScaling          and too extreme or too timid: two numbers
    TemperatureScaling    too sure of themselves, several classes: one number
    IsotonicCalibration   any rising curve; takes a thousand patients and more

The ladder of updating: InterceptUpdate first, then PlattScaling(smoothed=False), then train anew; climb only with
enough patients, some ten ill and ten healthy ones for each number that is learnt. No rung up to here changes who is
riskier than whom (isotonic calibration makes ties): a poor AUROC stays poor.
Each learns with fit(p, y), the predictions first as for scikit-learn's transformers, unlike the metrics of this room,
which take (y, p); the wrong order is refused. Fit on patients that the model has not seen, judge on others again.
Source: Steyerberg, Clinical Prediction Models (2nd edition, 2019), chapter 20, on updating.
"""

from __future__ import annotations

import numpy as np

from edunet.clinic.inputs import labels_and_probabilities
from edunet.clinic.learnt import Learnt
from edunet.clinic.logistic import fit_logistic, log_odds, overlap, sigmoid
from edunet.clinic.temperature import TemperatureScaling

__all__ = ["InterceptUpdate", "IsotonicCalibration", "PlattScaling", "TemperatureScaling"]


class _FromPatients(Learnt):
    """What has learnt from patients, ill and healthy, knows how many they were."""

    n: int
    ill: int

    def given(self, p, y) -> tuple[np.ndarray, np.ndarray]:
        """Return labels and probabilities that can be learnt from, and note how many they are."""
        what = f"{type(self).__name__}.fit(p, y)"
        y, p = labels_and_probabilities(what, y, p)
        if not y.any() or y.all():
            kind = "no patient" if not y.size else f"{y.size} patients, all {'ill' if y.all() else 'healthy'}"
            raise ValueError(f"{what}: expected ill (1) and healthy (0) patients to learn from. Received {kind}.")
        self.n, self.ill = y.size, int(y.sum())
        return y, p

    def asked(self, p) -> np.ndarray:
        """Return the probabilities to be moved, if anything has been learnt."""
        self.check_learnt()
        p = np.atleast_1d(np.asarray(p))
        return labels_and_probabilities(type(self).__name__, np.zeros(len(p)), p)[1]

    def whom(self) -> str:
        return f"{self.n:,} patients ({self.ill:,} ill)"


class InterceptUpdate(_FromPatients):
    """Move all risks up or down by the same log-odds, so that as many are predicted as fall ill.

        logit p' = a + logit p          a from Σ p' = Σ y
    Attributes after fit: intercept, a; n, ill, patients and ill patients it was learnt from; text, a sentence.
    The usual misuse: taking it where the slope is wrong too: the mean is then right, and the risks of most patients
    are not.
    Source: Janssen et al., Updating methods improved the performance of a clinical prediction model in new patients,
    Journal of Clinical Epidemiology 61 (2008) 76-86.

    >>> update = InterceptUpdate().fit([0.1, 0.1, 0.2, 0.4], [0, 1, 0, 1])
    >>> update.text
    "logit p' = 1.57 + logit p, from 4 patients (2 ill)"
    >>> update.predict([0.1, 0.2]).round(3)
    array([0.347, 0.545])
    """

    def fit(self, p, y) -> InterceptUpdate:
        """Learn from p (N,) probabilities and y (N,) 0 or 1. Raises ValueError for one kind of patient, NaN, others."""
        y, p = self.given(p, y)
        b, _ = fit_logistic(np.ones((y.size, 1)), y, log_odds(p)[0])
        self.intercept = float(b[0])
        self.text = f"logit p' = {self.intercept:.2f} + logit p, from {self.whom()}"
        return self

    def predict(self, p) -> np.ndarray:
        """Return the moved risks (N,) of p (N,) probabilities."""
        z = log_odds(self.asked(p))[0]
        return sigmoid(self.intercept + z)


class PlattScaling(_FromPatients):
    """Move and stretch the log-odds of the risks: logistic regression of what happened on what was predicted.

        logit p' = a + b logit p          a, b the most likely ones, by Newton's method
    smoothed: Platt's targets (n₁+1)/(n₁+2) for the ill and 1/(n₀+2) for the healthy in place of 1 and 0, which keep a
    and b finite in every case and shrink them a little, as scikit-learn's "sigmoid" does. False: plain logistic
    recalibration; patients without overlap are refused.
    Attributes after fit: intercept, a; slope, b; n, ill, patients and ill patients it was learnt from; text.
    The usual misuse: learning two numbers from five ill patients. And b < 0 means that the model has ill and healthy
    the wrong way round: look for the mistake.
    Source: Platt, Probabilistic outputs for support vector machines (1999); Cox, Two further applications of a model
    for binary regression, Biometrika 45 (1958) 562-565.

    >>> scaling = PlattScaling(smoothed=False).fit([0.1, 0.2, 0.3, 0.6, 0.7, 0.9], [0, 0, 1, 0, 1, 1])
    >>> scaling.text
    "logit p' = 0.23 + 1.12 logit p, from 6 patients (3 ill)"
    >>> scaling.predict([0.5, 0.9]).round(3)
    array([0.557, 0.937])
    """

    def __init__(self, smoothed: bool = True):
        self.smoothed = bool(smoothed)

    def fit(self, p, y) -> PlattScaling:
        """Learn from p (N,) probabilities and y (N,) 0 or 1. Raises ValueError for one kind of patient, NaN, others."""
        y, p = self.given(p, y)
        z = log_odds(p)[0]
        if z.min() == z.max():
            raise ValueError("PlattScaling: all predictions are the same, there is no slope. Type InterceptUpdate().")
        if not self.smoothed and not overlap(z, y):
            raise ValueError(
                "PlattScaling: ill and healthy do not overlap, the most likely slope is infinite. Take more patients, "
                "or PlattScaling(smoothed=True)."
            )
        target = y.astype(np.float64)
        if self.smoothed:
            target = np.where(y, (self.ill + 1) / (self.ill + 2), 1 / (self.n - self.ill + 2))
        centre, scale = z.mean(), z.std()
        b, _ = fit_logistic(np.stack([np.ones(y.size), (z - centre) / scale], axis=1), target)
        self.slope = float(b[1] / scale)
        self.intercept = float(b[0] - self.slope * centre)
        self.text = f"logit p' = {self.intercept:.2f} + {self.slope:.2f} logit p, from {self.whom()}"
        return self

    def predict(self, p) -> np.ndarray:
        """Return the moved risks (N,) of p (N,) probabilities."""
        z = log_odds(self.asked(p))[0]
        return sigmoid(self.intercept + self.slope * z)


class IsotonicCalibration(_FromPatients):
    """Replace the risks by the rising curve that is nearest to what happened: steps, with lines between them.

        p' = f(p),  f rising,  that minimises Σ (y_i − f(p_i))²          by pooling neighbours that fall
    Below the lowest and above the highest prediction it learnt from, f stays as it is at the end.
    Attributes after fit: predicted, share, the corners of f; n, ill, patients and ill patients it was learnt from;
    text, a sentence.
    The usual misuse: learning it from few patients. Its ends are 0 and 1 then, promised for certain; and it makes ties:
    the AUROC changes.
    Source: Zadrozny & Elkan, Transforming classifier scores into accurate multiclass probability estimates (2002);
    Ayer et al., An empirical distribution function for sampling with incomplete information (1955).

    >>> curve = IsotonicCalibration().fit([0.1, 0.2, 0.3, 0.6, 0.7, 0.9], [0, 0, 1, 0, 1, 1])
    >>> curve.text
    'isotonic: 3 steps, from 6 patients (3 ill)'
    >>> curve.predict([0.05, 0.25, 0.4, 0.65])
    array([0.  , 0.25, 0.5 , 0.75])
    """

    def fit(self, p, y) -> IsotonicCalibration:
        """Learn from p (N,) probabilities and y (N,) 0 or 1. Raises ValueError for one kind of patient, NaN, others."""
        y, p = self.given(p, y)
        predicted, place, n = np.unique(p, return_inverse=True, return_counts=True)
        ill = np.bincount(place.reshape(-1), weights=y)
        first, share = _pooled(ill.tolist(), n.tolist())
        last = np.append(first[1:], predicted.size) - 1
        corners, which = np.unique(np.stack([first, last], axis=1).reshape(-1), return_index=True)
        self.predicted, self.share = predicted[corners], np.repeat(share, 2)[which]
        self.text = f"isotonic: {len(share)} step{'s' if len(share) > 1 else ''}, from {self.whom()}"
        return self

    def predict(self, p) -> np.ndarray:
        """Return the curve's risks (N,) of p (N,) probabilities."""
        p = self.asked(p)
        return np.interp(p, self.predicted, self.share)


# ---------------------------------------------------------------- how it is done


def _pooled(ill: list[float], n: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Pool adjacent violators: return the first entry of each step and the share of the ill in it, rising."""
    steps: list[tuple[int, float, int]] = []  # first entry, ill, patients
    for i, (hits, size) in enumerate(zip(ill, n, strict=True)):
        first = i
        while steps and steps[-1][1] * size >= hits * steps[-1][2]:  # the step before is as high: one step of both
            first, more, others = steps.pop()
            hits, size = hits + more, size + others
        steps.append((first, hits, size))
    starts, hits_of, sizes = np.array(steps).T
    return starts.astype(int), hits_of / sizes
