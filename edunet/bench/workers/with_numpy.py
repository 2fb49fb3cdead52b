"""NumPy: only its matrix product, as the measure of what this machine can do."""

import numpy as np

__all__ = ["build", "versions"]


def versions():
    return {}


def build(work, arrays):
    a, b = arrays["a"], arrays["b"]
    c = np.empty((len(a), b.shape[1]), a.dtype)
    return {"": lambda: [np.matmul(a, b, out=c)]}
