"""Losses of classes: how wrong is the answer? The cross-entropies take scores z, before softmax or sigmoid.

Fused with that last activation they stay finite where the probability itself has rounded to 0 or 1, and the
gradient becomes the simplest of all: what was said minus what was true.
"""

import numpy as np

from edunet.backend import kernels
from edunet.tensor import differentiable, for_kernels

__all__ = [
    "kl_divergence",
    "sigmoid_crossentropy",
    "sigmoid_focal_crossentropy",
    "softmax_crossentropy",
    "sparse_softmax_crossentropy",
]


@differentiable
def softmax_crossentropy(z, *, target):
    """Cross-entropy between the true shares and softmax(z).

        p = softmax(z)          loss = −Σ_k t_k ln p_k = Σ_k t_k (ln Σ_j e^(z_j) − z_k)
        dz = dloss · (p Σ_k t_k − t), which is p − t where the targets sum to 1
    Shapes: z (...,K), target (...,K), loss (...).
    Raises ValueError if target has another shape.
    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4.
    Tutorial: lesson 06

    >>> softmax_crossentropy(np.array([[0.0, 1000.0]]), target=np.array([[1.0, 0.0]]))
    array([1000.])
    """
    target = _like("softmax_crossentropy", z, target)
    _refuse_no_classes("softmax_crossentropy", z)
    z_rows, t_rows = z.reshape(-1, z.shape[-1]), target.reshape(-1, z.shape[-1])
    loss, p = np.empty(z.shape[:-1], z.dtype), np.empty_like(z_rows)
    k = kernels("loss")
    k.softmax_crossentropy_forward(z_rows, t_rows, loss.reshape(-1), p)

    def backward(dloss):
        dz = np.empty_like(p)
        k.softmax_crossentropy_backward(dloss.reshape(-1), t_rows, p, dz)
        return dz.reshape(z.shape)

    return loss, backward


@differentiable
def sparse_softmax_crossentropy(z, *, labels):
    """Cross-entropy between the true class and softmax(z): softmax_crossentropy with the class as a number.

        loss = ln Σ_j e^(z_j) − z_label                  dz = dloss · (p − onehot(label))
    Shapes: z (...,K), labels (...) whole numbers 0 ... K−1, loss (...).
    Raises ValueError for labels of another shape or out of range.
    Tutorial: lesson 06
    """
    labels = np.asarray(labels)
    _refuse_no_classes("sparse_softmax_crossentropy", z)
    classes = z.shape[-1]
    if labels.shape != z.shape[:-1]:
        raise ValueError(
            f"sparse_softmax_crossentropy: expected one label per row, shape {z.shape[:-1]}. Received {labels.shape}."
        )
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ValueError(
            f"sparse_softmax_crossentropy: labels run from {labels.min()} to {labels.max()}, but there are {classes} "
            f"scores per row: expected 0 to {classes - 1}."
        )
    rows, labels = z.reshape(-1, classes), for_kernels(labels.reshape(-1), np.dtype(np.intp))
    loss, p = np.empty(z.shape[:-1], z.dtype), np.empty_like(rows)
    k = kernels("loss")
    k.sparse_softmax_crossentropy_forward(rows, labels, loss.reshape(-1), p)

    def backward(dloss):
        dz = np.empty_like(p)
        k.sparse_softmax_crossentropy_backward(dloss.reshape(-1), labels, p, dz)
        return dz.reshape(z.shape)

    return loss, backward


@differentiable
def sigmoid_crossentropy(z, *, target):
    """Cross-entropy between a true probability and σ(z), element by element.

        p = σ(z)        loss = −t ln p − (1 − t) ln(1 − p) = max(z,0) − z·t + ln(1 + e^−|z|)        dz = dloss · (p − t)
    Shapes: z, target and loss are alike.
    Raises ValueError if target has another shape.
    Tutorial: lesson 02

    >>> sigmoid_crossentropy(np.array([-1000.0, 0.0]), target=np.array([1.0, 1.0]))
    array([1.00000000e+03, 6.93147181e-01])
    """
    target = _like("sigmoid_crossentropy", z, target)
    numbers = target.reshape(-1)
    loss, p = np.empty_like(numbers), np.empty_like(numbers)
    k = kernels("loss")
    k.sigmoid_crossentropy_forward(z.reshape(-1), numbers, loss, p)

    def backward(dloss):
        dz = np.empty_like(p)
        k.sigmoid_crossentropy_backward(dloss.reshape(-1), numbers, p, dz)
        return dz.reshape(z.shape)

    return loss.reshape(z.shape), backward


@differentiable
def sigmoid_focal_crossentropy(z, *, target, gamma=2.0):
    """Cross-entropy that cares less for what is already right: rare findings are not drowned by easy examples.

        p = σ(z)        q = t(1 − p) + (1 − t)p, what is missing to the truth        loss = q^γ · crossentropy
        dz = dloss · (q^γ (p − t) + γ q^(γ−1) (1 − 2t) p(1 − p) · crossentropy)
    Shapes: z, target and loss are alike.
    Raises ValueError if target has another shape.
    Source: Lin et al., Focal loss for dense object detection (2017).   Tutorial: lesson 06

    >>> sigmoid_focal_crossentropy(np.array([0.0]), target=np.array([1.0])).round(4)
    array([0.1733])
    """
    target = _like("sigmoid_focal_crossentropy", z, target)
    crossentropy, back = sigmoid_crossentropy.__wrapped__(z, target=target)
    p = 0.5 * (1 + np.tanh(0.5 * z))
    q = np.maximum(target * (1 - p) + (1 - target) * p, np.finfo(z.dtype).tiny)
    focus = q**gamma

    def backward(dloss):
        slope = gamma * (focus / q) * (1 - 2 * target) * p * (1 - p)
        return back(dloss * focus) + dloss * slope * crossentropy

    return focus * crossentropy, backward


@differentiable
def kl_divergence(p, *, target):
    """How much is lost by believing the shares p where the shares t are true: 0 if they are equal.

        loss = Σ_k t_k ln(t_k / p_k)        dp_k = −dloss · t_k / p_k        both shares kept above ε = 1e-7
    Shapes: p (...,K), target (...,K), loss (...).
    Raises ValueError if target has another shape.
    Source: Kullback & Leibler, On information and sufficiency (1951).   Tutorial: lesson 06

    >>> kl_divergence(np.array([[0.5, 0.5]]), target=np.array([[1.0, 0.0]])).round(4)
    array([0.6931])
    """
    t = np.clip(_like("kl_divergence", p, target), 1e-7, 1)
    kept = np.clip(p, 1e-7, 1)
    loss = np.sum(t * np.log(t / kept), axis=-1)
    return loss, lambda dloss: -dloss[..., None] * np.where(kept == p, t / kept, 0).astype(p.dtype)


def _refuse_no_classes(op, z):
    if not z.ndim or not z.shape[-1]:
        raise ValueError(f"{op}: expected scores z (..., K), at least one for each row. Received z of shape {z.shape}.")


def _like(op, z, target):
    """Return the target as an array of z's precision and shape."""
    target = np.asarray(target)
    if target.shape != z.shape:
        raise ValueError(f"{op}: expected a target of shape {z.shape}, like the prediction. Received {target.shape}.")
    return for_kernels(target, z.dtype)
