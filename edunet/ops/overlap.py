"""Losses of areas: how much of a drawn region lies on the true one?"""

import numpy as np

from edunet.tensor import differentiable, for_kernels

__all__ = ["dice"]


@differentiable
def dice(y, *, target, axis=None):
    """One minus twice the common area, divided by the sum of both: 0 if they are equal, 1 if they do not touch.

        loss = 1 − 2 Σ t y / S        S = Σ t + Σ y + ε        dy = dloss · 2 (Σ t y / S − t) / S        ε = 1e-7
    A background of any size changes nothing, which is why small lesions are measured by it.
    Shapes: y and target alike, loss without the axes that are summed over (all of them for axis=None).
    Raises ValueError if target has another shape.
    Source: Dice (1945); Milletari, Navab & Ahmadi, V-Net (2016).   Tutorial: lesson 07

    >>> round(float(dice(np.array([1.0, 1.0, 0.0]), target=np.array([1.0, 0.0, 0.0]))), 4)
    0.3333
    """
    target = np.asarray(target)
    if target.shape != y.shape:
        raise ValueError(f"dice: expected a target of shape {y.shape}, like the prediction. Received {target.shape}.")
    t = for_kernels(target, y.dtype)
    total = np.sum(t, axis=axis, keepdims=True) + np.sum(y, axis=axis, keepdims=True) + y.dtype.type(1e-7)
    share = np.sum(t * y, axis=axis, keepdims=True) / total

    def backward(dloss):
        dloss = dloss.reshape(total.shape)
        return dloss * 2 * (share - t) / total

    return (1 - 2 * share).squeeze(axis), backward
