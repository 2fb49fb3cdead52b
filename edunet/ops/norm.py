"""Normalisation: subtract a mean, divide by a standard deviation, let two weights undo it if that helps."""

import numpy as np

from edunet.backend import kernels
from edunet.tensor import differentiable

__all__ = ["batch_norm", "batch_norm_inference", "group_norm", "layer_norm"]


@differentiable
def batch_norm(x, gamma, beta, *, epsilon=1e-3, mask=None):
    """Give each channel mean β and standard deviation γ over the batch and all places (the form for training).

        μ_c = (1/M) Σ_m x_mc        σ²_c = (1/M) Σ_m (x_mc − μ_c)²        x̂ = (x − μ)/√(σ² + ε)        y = γ x̂ + β
        m runs over all M values of a channel: batch, height, width
    Gradients, given dy = ∂loss/∂y (and dμ, dσ², if somebody used the statistics):
        dβ = Σ_m dy         dγ = Σ_m dy ⊙ x̂
        dx = γ/√(σ² + ε) · (dy − dβ/M − x̂ dγ/M) + dμ/M + dσ² · 2(x − μ)/M
    The means in the bracket are there because every x of the batch moves μ and σ².
    With a mask, μ, σ² and M are those of the steps that count; every step is normalised, and only what counts moves
    the means: dx = γ/√(σ² + ε) · (dy − 𝟙(dβ/M + x̂ dγ/M)) + 𝟙(dμ/M + ...), 𝟙 = 1 where a step counts, else 0.
    Shapes: x (...,C), gamma and beta (C,), mask: the first axes of x, such as (N,T), False where a step does not count.
    Returns y (...,C), mean (C,) and the biased variance (C,).
    A single value per channel is well defined and useless: variance 0, y = β, dx = 0.
    Raises ValueError for a channel count that differs, an empty batch, or ε ≤ 0.
    Source: Ioffe & Szegedy, Batch normalization (2015).   Tutorial: lesson 13

    >>> y, mean, variance = batch_norm(np.array([[3.0], [5.0]]), np.ones(1), np.zeros(1), epsilon=1e-12)
    >>> y.ravel(), mean, variance
    (array([-1.,  1.]), array([4.]), array([1.]))
    """
    _check_channels("batch_norm", x, epsilon, gamma=gamma, beta=beta)
    rows = x.reshape(-1, x.shape[-1])  # (M,C)
    M = len(rows)
    if M == 0:
        raise ValueError(f"batch_norm: an empty batch has no mean. Received x of shape {x.shape}.")
    if mask is not None:
        return _masked_batch_norm(x, gamma, beta, epsilon, np.asarray(mask, bool))
    y, mean, variance = np.empty_like(rows), np.empty_like(gamma), np.empty_like(gamma)
    k = kernels("norm")
    k.batch_norm_forward(rows, gamma, beta, epsilon, y, mean, variance)

    def backward(dy, dmean, dvariance):
        dy = dy.reshape(rows.shape)
        dx, dgamma, dbeta = np.empty_like(rows), np.empty_like(gamma), np.empty_like(beta)
        k.batch_norm_backward(dy, rows, gamma, epsilon, mean, variance, dx, dgamma, dbeta)
        if dmean.any() or dvariance.any():
            dx = dx + dmean / M + dvariance * (rows - mean) * (2 / M)
        return dx.reshape(x.shape), dgamma, dbeta

    return (y.reshape(x.shape), mean, variance), backward


def _masked_batch_norm(x, gamma, beta, epsilon, mask):
    if mask.shape != x.shape[: mask.ndim] or mask.ndim >= x.ndim:
        raise ValueError(
            f"batch_norm: expected a mask of the first axes of x, such as {x.shape[:-1]}. Received {mask.shape}."
        )
    if not mask.any():
        raise ValueError("batch_norm: the mask hides every step of the batch, and none has no mean.")
    counted = x[mask].reshape(-1, x.shape[-1])
    M = len(counted)
    mean = counted.mean(axis=0, dtype=np.float64).astype(x.dtype)
    variance = np.square(counted - mean).mean(axis=0, dtype=np.float64).astype(x.dtype)
    deviation = np.sqrt(variance + epsilon)
    normal = (x - mean) / deviation
    counts = mask.reshape(mask.shape + (1,) * (x.ndim - mask.ndim))

    def backward(dy, dmean, dvariance):
        places = tuple(range(x.ndim - 1))
        dgamma, dbeta = np.sum(dy * normal, axis=places), np.sum(dy, axis=places)
        moved = (dmean + dvariance * 2 * (x - mean) - gamma / deviation * (dbeta + normal * dgamma)) / M
        return dy * (gamma / deviation) + np.where(counts, moved, 0), dgamma, dbeta

    return (gamma * normal + beta, mean, variance), backward


@differentiable
def batch_norm_inference(x, gamma, beta, *, mean, variance, epsilon=1e-3):
    """Normalise with statistics that are known already: the same patient gets the same answer in any company.

        y = γ (x − μ)/√(σ² + ε) + β
    Gradients: dx = γ/√(σ² + ε) · dy        dγ = Σ dy ⊙ (x − μ)/√(σ² + ε)        dβ = Σ dy
    Shapes: x (...,C), gamma, beta, mean and variance (C,), y (...,C).
    Raises ValueError for a channel count that differs, a negative variance, or ε ≤ 0.
    Source: as batch_norm.   Tutorial: lesson 13

    >>> known = dict(mean=np.array([4.0]), variance=np.array([4.0]), epsilon=1e-12)
    >>> batch_norm_inference(np.array([[8.0]]), np.ones(1), np.zeros(1), **known)
    array([[2.]])
    """
    mean, variance = np.asarray(mean, x.dtype), np.asarray(variance, x.dtype)
    _check_channels("batch_norm_inference", x, epsilon, gamma=gamma, beta=beta, mean=mean, variance=variance)
    if (variance < 0).any():
        raise ValueError(f"batch_norm_inference: a variance is never negative. Received {variance.min()}.")
    deviation = np.sqrt(variance + epsilon)
    normal = (x - mean) / deviation

    def backward(dy):
        places = tuple(range(x.ndim - 1))
        return dy * (gamma / deviation), np.sum(dy * normal, axis=places), np.sum(dy, axis=places)

    return gamma * normal + beta, backward


@differentiable(keeps_mask="features")
def layer_norm(x, gamma, beta, *, epsilon=1e-3):
    """Give each row mean 0 and standard deviation 1 over its own features, then scale and shift every feature.

        μ = (1/D) Σ_d x_d       σ² = (1/D) Σ_d (x_d − μ)²       x̂ = (x − μ)/√(σ² + ε)       y_d = γ_d x̂_d + β_d
    Gradients, given dy = ∂loss/∂y, with g = γ ⊙ dy:
        dx = (g − (1/D) Σ_d g_d − x̂ · (1/D) Σ_d g_d x̂_d)/√(σ² + ε)       dγ = Σ dy ⊙ x̂       dβ = Σ dy  (over the rows)
    Shapes: x (...,D), gamma and beta (D,), y (...,D).
    Raises ValueError for a feature count that differs, or ε ≤ 0.
    Source: Ba, Kiros & Hinton, Layer normalization (2016).   Tutorial: lesson 11

    >>> layer_norm(np.array([[3.0, 5.0]]), np.ones(2), np.zeros(2), epsilon=1e-12)
    array([[-1.,  1.]])
    """
    _check_channels("layer_norm", x, epsilon, gamma=gamma, beta=beta)
    rows = x.reshape(-1, x.shape[-1])  # (M,D)
    y, mean, variance = np.empty_like(rows), np.empty(len(rows), x.dtype), np.empty(len(rows), x.dtype)
    k = kernels("norm")
    k.layer_norm_forward(rows, gamma, beta, epsilon, y, mean, variance)

    def backward(dy):
        dy = dy.reshape(rows.shape)
        dx, dgamma, dbeta = np.empty_like(rows), np.empty_like(gamma), np.empty_like(beta)
        k.layer_norm_backward(dy, rows, gamma, epsilon, mean, variance, dx, dgamma, dbeta)
        return dx.reshape(x.shape), dgamma, dbeta

    return y.reshape(x.shape), backward


@differentiable
def group_norm(x, gamma, beta, *, groups, epsilon=1e-3):
    """Give each group of channels of each example mean 0 and standard deviation 1; then each channel its β and γ.

        μ_ng = mean of x[n, all places, channels of g]      σ²_ng likewise      x̂ = (x − μ)/√(σ² + ε)      y = γ x̂ + β
    The batch plays no part. groups = C is instance normalisation, groups = 1 a layer norm over the whole example.
    Gradients, given dy = ∂loss/∂y, with g = γ ⊙ dy and means over the D values of a group:
        dx = (g − mean g − x̂ · mean(g ⊙ x̂))/√(σ² + ε)       dγ = Σ dy ⊙ x̂       dβ = Σ dy  (over examples and places)
    Shapes: x (N,...,C), gamma and beta (C,), y (N,...,C).
    Raises ValueError for a channel count that differs or is no multiple of groups, or ε ≤ 0.
    Source: Wu & He, Group normalization (2018).   Tutorial: lesson 13

    >>> group_norm(np.array([[1.0, 3.0, 70.0, 90.0]]), np.ones(4), np.zeros(4), groups=2, epsilon=1e-12)
    array([[-1.,  1., -1.,  1.]])
    """
    _check_channels("group_norm", x, epsilon, gamma=gamma, beta=beta)
    N, C = len(x), x.shape[-1]
    whole = isinstance(groups, (int, np.integer)) and not isinstance(groups, bool) and groups >= 1
    if not whole or C % groups:
        raise ValueError(f"group_norm: the {C} channels of x are to be a multiple of groups. Received: {groups!r}")
    places = x.size // (N * C) if N else 1

    def by_group(a):  # (N,...,C) -> (N·G, all values of a group)
        parts = a.reshape(N, places, groups, C // groups).swapaxes(1, 2)
        return np.ascontiguousarray(parts).reshape(N * groups, places * C // groups)

    def as_image(a):
        return a.reshape(N, groups, places, C // groups).swapaxes(1, 2).reshape(x.shape)

    rows = by_group(x)
    D = rows.shape[1]
    one, zero = np.ones(D, x.dtype), np.zeros(D, x.dtype)  # γ and β come afterwards: theirs is another axis
    normal, mean, variance = np.empty_like(rows), np.empty(len(rows), x.dtype), np.empty(len(rows), x.dtype)
    k = kernels("norm")
    k.layer_norm_forward(rows, one, zero, epsilon, normal, mean, variance)
    normal = as_image(normal)

    def backward(dy):
        dx, unused = np.empty_like(rows), np.empty((2, D), x.dtype)
        k.layer_norm_backward(by_group(dy * gamma), rows, one, epsilon, mean, variance, dx, *unused)
        axes = tuple(range(x.ndim - 1))
        return as_image(dx), np.sum(dy * normal, axis=axes), np.sum(dy, axis=axes)

    return gamma * normal + beta, backward


def _check_channels(op, x, epsilon, **per_channel):
    """Refuse weights or statistics that do not have one number per channel."""
    if x.ndim < 2 or x.shape[-1] == 0:
        hint = " Give one row per patient: x.reshape(1, -1)." if x.ndim == 1 else ""
        raise ValueError(f"{op}: expected x (N, ..., C), channels last. Received x of shape {x.shape}.{hint}")
    for name, a in per_channel.items():
        if a is None or a.shape != x.shape[-1:]:
            received = None if a is None else a.shape
            hint = ""
            if a is not None and a.shape == x.shape[1:2]:
                hint = " The channels of x seem to stand second: use np.moveaxis(x, 1, -1)."
            raise ValueError(
                f"{op}: x has {x.shape[-1]} channels (its last axis): expected {name} ({x.shape[-1]},). "
                f"Received x {x.shape}, {name} {received}.{hint}"
            )
    if not epsilon > 0:
        raise ValueError(f"{op}: epsilon keeps the division away from 0 and must be > 0. Received: {epsilon!r}")
