"""Softmax, which most exercises of this lesson need."""

import numpy as np

__all__ = ["stable_softmax"]


def stable_softmax(s, axis=-1):
    e = np.exp(s - np.max(s, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
