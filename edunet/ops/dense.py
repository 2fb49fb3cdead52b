"""The feed-forward formula y = f(W·x + b), where f is relu or left to activations.py."""

import numpy as np

from edunet.blas import matmul
from edunet.tensor import differentiable

__all__ = ["dense"]


@differentiable(keeps_mask="features")
def dense(x, w, b=None, *, relu=False):
    """Weigh every input, add up, shift: one dot product for each unit.

        y[n,u] = Σ_d x[n,d] · w[d,u] + b[u]                 y = x w + b
        relu=True: y = max(0, x w + b), the f(W·x + b) of a network without another array
    Gradients, given dy = ∂loss/∂y:
        dx = dy wᵀ        dw = xᵀ dy        db = Σ_n dy[n]
        relu=True: dy counts only where y > 0
    Shapes: x (N,D), or (N,...,D) with the same weights at every place; w (D,U); b (U,) or None; y (N,...,U).
    Raises ValueError if the last axis of x is not D.
    There is no kernel file: NumPy's matrix product already runs at the speed of the machine (`edunet.blas`).
    Source: Goodfellow, Bengio & Courville, Deep Learning (2016), section 6.1.   Tutorial: notebooks/01_dense.ipynb

    >>> dense(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([0.5]))
    array([[11.5]])
    """
    if x.ndim < 2 or w.ndim != 2 or x.shape[-1] != w.shape[0]:
        raise ValueError(
            f"dense: expected x (N, ..., {w.shape[0]}) for weights w {w.shape}. Received x {x.shape}. "
            + ("Give one row per patient: x.reshape(1, -1)." if x.ndim < 2 else "Each row needs that many features.")
        )
    rows = x if x.ndim == 2 else x.reshape(-1, x.shape[-1])  # (M,D), M places in all
    y = matmul(rows, w)
    if b is not None:
        y += b
    if relu:
        np.maximum(y, 0, out=y)

    def backward(dy, *, wanted=(True, True, True)):
        dy = dy.reshape(-1, w.shape[1])
        if relu:
            dy = dy * (y > 0)
        dx = matmul(dy, w.T).reshape(x.shape) if wanted[0] else None
        dw = matmul(rows.T, dy) if wanted[1] else None
        return dx, dw, None if b is None else dy.sum(axis=0)

    return y if x.ndim == 2 else y.reshape(*x.shape[:-1], w.shape[1]), backward
