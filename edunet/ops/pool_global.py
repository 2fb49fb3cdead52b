"""Global pooling: one answer per channel, whatever the size of the image or the length of the sequence."""

import numpy as np

from edunet.ops.pool import max_pool1d, max_pool2d
from edunet.tensor import Tensor, differentiable, mean, reshape

__all__ = ["global_avg_pool1d", "global_avg_pool2d", "global_max_pool1d", "global_max_pool2d"]


def global_max_pool2d(x):
    """Keep the largest value of each channel: y[n,c] = max_ij x[n,i,j,c]; dy goes to the first place that holds it.

    Shapes: x (N,H,W,C), y (N,C).
    Raises ValueError unless x has 4 axes.   Tutorial: lesson 13
    """
    x = _not_empty("global_max_pool2d", _with_axes("global_max_pool2d", x, 4, "(N, H, W, C)"))
    y = max_pool2d(x, window=x.shape[1:3])
    return reshape(y, shape=(x.shape[0], x.shape[3]))


def global_avg_pool2d(x):
    """Take the mean of each channel: y[n,c] = (1/HW) Σ_ij x[n,i,j,c]; every place gets dy/(HW).

    Shapes: x (N,H,W,C), y (N,C).   Source: Lin, Chen & Yan, Network in network (2014).
    Raises ValueError unless x has 4 axes.   Tutorial: lesson 13
    """
    return mean(_not_empty("global_avg_pool2d", _with_axes("global_avg_pool2d", x, 4, "(N, H, W, C)")), axis=(1, 2))


def global_max_pool1d(x, *, mask=None):
    """Keep the largest value of each channel over time: y[n,c] = max_t x[n,t,c]; dy goes to the first that holds it.

    With a mask the maximum is over the steps that count; a sequence with none gives 0.
    Shapes: x (N,T,C), y (N,C), mask (N,T), False where a step does not count.
    Raises ValueError unless x has 3 axes, and the mask its first two.   Tutorial: lesson 15

    >>> global_max_pool1d(np.array([[[1.0], [9.0]]]), mask=np.array([[True, False]]))
    array([[1.]])
    """
    x = _with_axes("global_max_pool1d", x, 3, "(N, T, C)")
    if mask is not None:
        return _masked_max(x, mask=_steps("global_max_pool1d", x, mask))
    return reshape(max_pool1d(_not_empty("global_max_pool1d", x), window=x.shape[1]), shape=(x.shape[0], x.shape[2]))


def global_avg_pool1d(x, *, mask=None):
    """Take the mean of each channel over time: y[n,c] = (1/T) Σ_t x[n,t,c]; every step gets dy/T.

    With a mask m:  y[n,c] = Σ_t m[n,t] x[n,t,c] / Σ_t m[n,t]       dx[n,t,c] = m[n,t] dy[n,c] / Σ_t m[n,t]
    A sequence in which no step counts gives 0, and its dx is 0.
    Shapes: x (N,T,C), y (N,C), mask (N,T), False where a step does not count.
    Raises ValueError unless x has 3 axes, and the mask its first two.   Tutorial: lesson 15

    >>> global_avg_pool1d(np.array([[[1.0], [9.0]]]), mask=np.array([[True, False]]))
    array([[1.]])
    """
    x = _with_axes("global_avg_pool1d", x, 3, "(N, T, C)")
    if mask is not None:
        return _masked_mean(x, mask=_steps("global_avg_pool1d", x, mask))
    return mean(_not_empty("global_avg_pool1d", x), axis=1)


@differentiable
def _masked_mean(x, *, mask):
    counts = mask[..., None]  # (N,T,1)
    number = np.maximum(counts.sum(axis=1), 1).astype(x.dtype)  # (N,1)
    total = np.where(counts, x, 0).sum(axis=1)  # a masked NaN is not measured either
    return total / number, lambda dy: np.where(counts, (dy / number)[:, None], 0)


@differentiable
def _masked_max(x, *, mask):
    seen = np.where(mask[..., None], x, -np.inf)
    winner = seen.argmax(axis=1)[:, None]  # (N,1,C); the first NaN, if there is one
    some = mask.any(axis=1)[:, None]  # (N,1)

    def backward(dy):
        dx = np.zeros_like(x)
        np.put_along_axis(dx, winner, np.where(some, dy, 0)[:, None], axis=1)
        return dx

    return np.where(some, np.take_along_axis(seen, winner, axis=1)[:, 0], 0).astype(x.dtype), backward


def _steps(op, x, mask):
    mask = np.asarray(mask, bool)
    if mask.shape != x.shape[:2]:
        raise ValueError(f"{op}: expected a mask {x.shape[:2]}, one flag per step of x. Received {mask.shape}.")
    return mask


def _not_empty(op, x):
    if 0 in x.shape[1:-1]:
        raise ValueError(f"{op}: an axis without entries has no mean and no largest value. Received x {x.shape}.")
    return x


def _with_axes(op, x, axes, expected):
    x = x if isinstance(x, Tensor) else np.asarray(x)
    if x.ndim != axes:
        raise ValueError(f"{op}: expected x {expected}, {axes} axes. Received x of shape {x.shape}.")
    return x
