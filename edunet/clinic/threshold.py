"""Where to call a patient ill: a threshold chosen on the validation part, and what it reached there."""

from __future__ import annotations

import numpy as np

from edunet.clinic.confusion import share
from edunet.clinic.curves import counts_at_thresholds
from edunet.clinic.estimate import Estimate
from edunet.clinic.inputs import labels_and_scores
from edunet.clinic.kinds import one_kind_only
from edunet.clinic.shares import check_share

__all__ = ["Threshold", "threshold_for"]


class Threshold(float):
    """A threshold that remembers what it was chosen for, on how many patients, and what it reached there.

    Attributes: wanted, such as "sensitivity >= 0.95"; n and ill, patients it was chosen on; sensitivity, specificity,
    ppv, Estimates in those patients: too good by the choice, new patients do worse.
    """

    wanted: str
    n: int
    ill: int
    sensitivity: Estimate
    specificity: Estimate
    ppv: Estimate
    _given: tuple

    def __new__(cls, value, wanted="", tp=0, fp=0, ill=0, n=0):
        self = super().__new__(cls, value)
        self.wanted, self.n, self.ill, self._given = wanted, n, ill, (wanted, tp, fp, ill, n)
        self.sensitivity = share(tp, ill, "nobody is ill", n)
        self.specificity = share(n - ill - fp, n - ill, "nobody is healthy", n)
        self.ppv = share(tp, tp + fp, "nobody is called ill", n)
        return self

    def __reduce__(self):
        return Threshold, (float(self), *self._given)

    def __repr__(self):
        if not self.wanted:
            return float.__repr__(self)
        return (
            f"{float(self):.4g}, chosen for {self.wanted} on {self.n:,} patients, {self.ill:,} of them ill: "
            f"sensitivity {self.sensitivity.text()}, specificity {self.specificity.text()}"
        )

    __str__ = __repr__


def threshold_for(
    y, p, *, sensitivity: float | None = None, specificity: float | None = None, ppv: float | None = None
) -> Threshold:
    """Choose the threshold that reaches what is wanted of validation patients, at the least cost in the other error.

        sensitivity=s   the highest t with Se(t) ≥ s: the largest specificity
        specificity=s   the lowest t with Sp(t) ≥ s: the largest sensitivity        ppv=s   the lowest t with PPV(t) ≥ s
    where patients with p ≥ t are called ill. The threshold is one of the predictions.

    Args: y (N,) 0 or 1, who is ill; p (N,), higher for the ill: **of the validation part**; and one of sensitivity,
    specificity and ppv, above 0 and at most 1. Returns a Threshold: a float for every threshold=.
    Raises ValueError if it cannot be reached with anybody called ill, saying what can; if only one kind of patients is
    there; unless exactly one is wanted; and as `roc_curve` does.
    The usual misuse: to choose it on the test part and to report what it reaches there. It then reaches 0.95 because it
    was made to: with 40 ill patients (AUC 0.85) the report says 0.95 in every study, and new patients get 0.93 on the
    average, fewer than 0.90 in every fifth study. The threshold with the largest Youden's J, chosen on 40 ill and 40
    healthy patients, reaches 0.60 there and 0.51 in new ones. So: choose on validation, look at the test part once.
    Even then expect a little less than wanted, and read the lower end of `.sensitivity`.
    Source: Leeflang et al., Bias in sensitivity and specificity caused by data-driven selection of optimal cutoff
    values, Clinical Chemistry 54 (2008).

    >>> y, p = [0, 0, 0, 1, 0, 1, 1, 1], [0.1, 0.2, 0.3, 0.35, 0.4, 0.6, 0.7, 0.8]
    >>> t = threshold_for(y, p, sensitivity=0.95)
    >>> float(t), t.specificity
    (0.35, 0.750 [0.301 to 0.954], n = 4)
    >>> threshold_for(y, p, specificity=0.95)
    0.6, chosen for specificity >= 0.95 on 8 patients, 4 of them ill: sensitivity 0.750 [0.301 to 0.954], specificity \
1.000 [0.510 to 1.000]
    """
    name, wanted = _one_of(sensitivity=sensitivity, specificity=specificity, ppv=ppv)
    y, p = labels_and_scores("threshold_for", y, p)
    missing = one_kind_only(y)
    if missing:
        raise ValueError(f"threshold_for: {missing}; expected ill and healthy patients.")
    thresholds, tp, fp = counts_at_thresholds(y, p)
    ill, healthy = int(y.sum()), int((~y).sum())
    reached = {"sensitivity": tp / ill, "specificity": (healthy - fp) / healthy, "ppv": tp / (tp + fp)}[name]
    meets = np.flatnonzero(reached >= wanted)
    if not len(meets):
        best = int(reached.argmax())
        raise ValueError(
            f"threshold_for: {name} {wanted:g} is not reached with anybody called ill. The largest is "
            f"{reached[best]:.3f}, from {thresholds[best]:g} on, with a sensitivity of {tp[best] / ill:.3f}."
        )
    place = int(meets[0] if name == "sensitivity" else meets[-1])
    counts = int(tp[place]), int(fp[place]), ill, len(y)
    return Threshold(thresholds[place], f"{name} >= {wanted:g}", *counts)


def _one_of(**given) -> tuple[str, float]:
    """Return the name and the number of the one that is wanted."""
    wanted = {name: value for name, value in given.items() if value is not None}
    if len(wanted) != 1:
        raise ValueError(
            f"threshold_for: say one of sensitivity=, specificity= and ppv=, such as sensitivity=0.95. Received: "
            f"{', '.join(wanted) or 'none'}"
        )
    ((name, value),) = wanted.items()
    return name, check_share("threshold_for", name, value)
