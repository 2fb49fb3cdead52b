"""Losses of times until an event, which not everybody has had when the study ends."""

import numpy as np

from edunet.tensor import differentiable

__all__ = ["discrete_hazard"]


@differentiable
def discrete_hazard(z, *, interval, event):
    """Cross-entropy of a risk that is asked anew in every interval of time, while a patient is being watched.

        h_j = σ(z_j)                   hazard: chance of the event in interval j for those without it so far
        L = Π_(j<k) (1 − h_j) · h_k^e (1 − h_k)^(1−e)        interval k, the last one watched; event e, 1 or 0
        loss = −ln L = Σ_(j≤k) crossentropy(h_j, [j = k]·e)        dz_j = dloss · (h_j − [j = k]·e) for j ≤ k, else 0
    A censored patient (e = 0) has been watched to the end of interval k and is known to be without the event until
    then; nothing is said about what came later. Who drops out inside an interval has watched the one before.
    Shapes: z (N,T) scores, one for each of T intervals; interval (N,) whole numbers 0 ... T−1; event (N,) 0 or 1;
    loss (N,). The chance to be without the event after interval j is Π_(i≤j) (1 − h_i).
    Raises ValueError for labels of another shape or out of range.
    Source: Singer & Willett, It's about time: using discrete-time survival analysis (1993), equation 10; Gensheimer &
    Narasimhan, A scalable discrete-time survival model for neural networks (2019).   Tutorial: lesson 17

    >>> z = np.zeros((2, 3))                                          # hazards of ½ in three intervals
    >>> discrete_hazard(z, interval=[1, 0], event=[1, 0]) / np.log(2)     # ½·½, and ½
    array([2., 1.])
    """
    interval, event = np.asarray(interval), np.asarray(event)
    if z.ndim != 2 or interval.shape != z.shape[:1] or event.shape != z.shape[:1]:
        raise ValueError(
            "discrete_hazard: expected z (N, T), interval (N,) and event (N,). Received "
            f"{z.shape}, {interval.shape} and {event.shape}."
        )
    if interval.size and (interval.min() < 0 or interval.max() >= z.shape[1]):
        raise ValueError(
            f"discrete_hazard: intervals run from {interval.min()} to {interval.max()}, but there are {z.shape[1]} "
            f"scores per row: expected 0 to {z.shape[1] - 1}."
        )
    steps = np.arange(z.shape[1])
    watched = (steps <= interval[:, None]).astype(z.dtype)
    happens = ((steps == interval[:, None]) & (event[:, None] > 0)).astype(z.dtype)
    loss = np.sum(watched * (np.maximum(z, 0) - z * happens + np.log1p(np.exp(-np.abs(z)))), axis=1)
    h = 0.5 * (1 + np.tanh(0.5 * z))
    return loss, lambda dloss: dloss[:, None] * watched * (h - happens)
