"""Losses of times until an event, for patients of whom some were not watched to the end."""

import numpy as np

from edunet import ops
from edunet.losses.binary import clip
from edunet.losses.loss import Loss, rows, scores_behind
from edunet.tensor import log

__all__ = ["DiscreteHazard"]


class DiscreteHazard(Loss):
    """−ln of the chance of what was seen: no event in the intervals before, then the event or not.

        loss = −Σ_(j<k) ln(1 − h_j) − e ln h_k − (1 − e) ln(1 − h_k)
    Labels (N,2): the last interval k that the patient was watched, counted from 0, and e, 1 if the event happened in
    it, 0 if it had not happened by its end (censored). Predictions (N,T): the hazard h_j of each of T intervals, by
    Dense(T, activation="sigmoid"); from_logits=True takes the scores before the sigmoid.
    The chance to be without the event after each interval is np.cumprod(1 - model.predict(x), axis=1).
    (Not in Keras.)   Formula, with its sources: edunet.ops.discrete_hazard

    >>> y = np.array([[1, 1], [0, 0]])          # an event in the second interval; censored after the first
    >>> round(float(DiscreteHazard()(y, np.full((2, 3), 0.5)) / np.log(2)), 6)
    1.5
    """

    def __init__(self, from_logits=False, reduction="sum_over_batch_size", name=None):
        super().__init__(name, reduction)
        self.from_logits = bool(from_logits)

    def align(self, y_true, y_pred):
        return y_true

    def call(self, y_true, y_pred):
        z = y_pred if self.from_logits else scores_behind(y_pred, ops.sigmoid)
        if z is None:
            p = clip(y_pred)
            z = log(p) - log(1.0 - p)
        return ops.discrete_hazard(z, interval=y_true[:, 0].astype(np.intp), event=y_true[:, 1])

    def check(self, y, output_shape):
        if len(output_shape) != 2:
            raise ValueError(
                f"{self.name}: expected a model that answers with (N, T), a hazard for each interval. It answers with "
                f"{rows(output_shape)}."
            )
        if y.ndim != 2 or y.shape[1] != 2:
            raise ValueError(
                f"{self.name}: expected y of shape (N, 2), the last interval watched and 1 for an event or 0. "
                f"Received {y.shape}. Type np.stack([interval, event], axis=1)."
            )
        interval, event = y[:, 0], y[:, 1]
        if not np.isin(event, (0, 1)).all():
            raise ValueError(f"{self.name}: the second column of y is 1 (event) or 0 (censored). Received {event}.")
        whole = np.array_equal(interval, np.floor(interval))
        if not whole or (len(y) and (interval.min() < 0 or interval.max() >= output_shape[1])):
            raise ValueError(
                f"{self.name}: the first column of y holds intervals, whole numbers 0 to {output_shape[1] - 1}. "
                f"Received values from {interval.min()} to {interval.max()}. For times and edges in the same unit "
                "use np.digitize(time, edges)."
            )
