"""Attention: the two formulas A = softmax(Q Kᵀ / √d_k) and Z = A V."""

import math
import numbers

import numpy as np

from edunet.arithmetic import unbroadcast
from edunet.backend import kernels
from edunet.tensor import Tensor, differentiable, reshape, transpose

__all__ = ["attention", "attention_weights", "merge_heads", "split_heads"]


@differentiable
def attention(q, k, v, bias=None, *, mask=None, causal=False, scale=None):
    """Ask every key how well it answers the query; return the values, weighed by the answers.

        A_ij = softmax_j(q_i · k_j / √d)                    A = softmax(Q Kᵀ / √d_k)
        z_i  = Σ_j A_ij v_j                                 Z = A V
    Without 1/√d the scores of random vectors would grow like √d, and softmax would choose a single key.
    Gradients, given dz = ∂loss/∂z, with s the scores in brackets:
        dv = Aᵀ dz          dA = dz vᵀ          ds_ij = A_ij (dA_ij − Σ_m dA_im A_im)
        dq = ds k / √d      dk = dsᵀ q / √d
    Shapes: q (...,T,d), k (...,S,d), v (...,S,e), z (...,T,e); the leading axes are equal, usually (N, heads).
    mask: True where query i may look at key j, any shape that broadcasts to (...,T,S). Keys that are padding, flags
    of shape (N,S): mask=flags[:, None, None, :].
    causal=True: query i looks at keys j ≤ i only. A query that may look at nothing gets z = 0 and no gradient.
    bias: numbers added to the scores, of any shape that broadcasts to (...,T,S); −∞ forbids. scale: in place of 1/√d.
    Only z and one number per query are kept for the way back; A is computed again. (With a bias A is kept, and NumPy
    computes on every backend.)
    Raises ValueError for sizes that do not fit, TypeError for a mask that is not boolean.
    Source: Vaswani et al., Attention is all you need (2017), section 3.2.   Tutorial: notebooks/10_attention.ipynb

    >>> q, k = np.array([[0.0, 0.0]]), np.array([[1.0, 0.0], [0.0, 1.0]])
    >>> attention(q, k, np.array([[10.0], [30.0]]))      # a query without preference gets the mean
    array([[20.]])
    """
    _check_vectors("attention", q, k)
    if v.ndim != k.ndim or v.shape[:-1] != k.shape[:-1] or not v.shape[-1]:
        raise ValueError(
            f"attention: expected one value for each key, v {(*k.shape[:-1], 'e')}, of at least one number. "
            f"Received k {k.shape}, v {v.shape}."
        )
    leading, (T, S) = q.shape[:-2], (q.shape[-2], k.shape[-2])
    looks = _may_look("attention", mask, (*leading, T, S))
    if bias is not None:
        A, weights_backward = attention_weights.__wrapped__(q, k, bias, mask=mask, causal=causal, scale=scale)

        def backward_with_bias(dz):
            dq, dk, dbias = weights_backward(dz @ v.swapaxes(-1, -2))
            return dq, dk, A.swapaxes(-1, -2) @ dz, dbias

        return A @ v, backward_with_bias
    stretch = None if scale is None else _scale("attention", scale, q) * math.sqrt(q.shape[-1])  # kernels divide by √d
    rows = math.prod(leading)  # batch and heads together
    looks = np.zeros((0, 0, 0), bool) if looks is None else _one_axis(np.asarray(mask), leading, T, S)
    horizon = 0 if causal else S
    inputs = [a.reshape(rows, *a.shape[-2:]) for a in (q if stretch is None else q * stretch, k, v)]
    z, lse = np.empty((rows, T, v.shape[-1]), q.dtype), np.empty((rows, T), q.dtype)
    kernel = kernels("attention")
    kernel.attention_forward(*inputs, looks, horizon, z, lse)

    def backward(dz):
        made = [np.empty_like(a) for a in inputs]
        kernel.attention_backward(dz.reshape(z.shape), *inputs, looks, horizon, z, lse, *made)
        if stretch is not None:
            made[0] *= stretch
        return *(da.reshape(a.shape) for da, a in zip(made, (q, k, v), strict=True)), None

    return z.reshape(*leading, T, v.shape[-1]), backward


@differentiable
def attention_weights(q, k, bias=None, *, mask=None, causal=False, scale=None):
    """Return who looks at whom: the table A of attention, to be shown or explained.

        A_ij = softmax_j(q_i · k_j / √d + bias_ij)
    Gradients, given dA = ∂loss/∂A:
        ds_ij = A_ij (dA_ij − Σ_m dA_im A_im)               dq = ds k / √d          dk = dsᵀ q / √d        dbias = ds
    Shapes: q (...,T,d), k (...,S,d), A (...,T,S); each row of A sums to 1, or is 0 if the query may look at nothing.
    mask, causal, bias, scale, errors and source: as attention.   Tutorial: notebooks/10_attention.ipynb

    >>> attention_weights(np.zeros((3, 2)), np.zeros((3, 2)), causal=True)
    array([[1.        , 0.        , 0.        ],
           [0.5       , 0.5       , 0.        ],
           [0.33333333, 0.33333333, 0.33333333]])
    """
    _check_vectors("attention_weights", q, k)
    scale = 1 / math.sqrt(q.shape[-1]) if scale is None else _scale("attention_weights", scale, q)
    scores = q @ k.swapaxes(-1, -2) * q.dtype.type(scale)
    looks = _may_look("attention_weights", mask, scores.shape)
    if bias is not None:
        scores += _spread("attention: expected a bias", bias, scores.shape)
    if looks is not None:
        scores[~looks] = -np.inf
    if causal:
        scores[..., ~np.tri(*scores.shape[-2:], dtype=np.bool_)] = -np.inf
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(np.isneginf(top), 0, top))
    total = e.sum(axis=-1, keepdims=True)
    A = e / np.where(total == 0, 1, total)

    def backward(dA):
        ds = A * (dA - np.sum(dA * A, axis=-1, keepdims=True))
        dbias = None if bias is None else unbroadcast(ds, bias.shape)
        ds = ds * q.dtype.type(scale)
        return ds @ k, ds.swapaxes(-1, -2) @ q, dbias

    return A, backward


def split_heads(x, *, heads):
    """Cut every vector into as many parts as there are heads: (N,T,heads·d) -> (N,heads,T,d).

        y[n,h,t,i] = x[n,t,h·d + i]                         gradient: dy with its axes put back
    Shapes: x (N,T,heads·d), y (N,heads,T,d). Raises ValueError if the width is not a multiple of heads.
    Source: Vaswani et al. (2017), section 3.2.2.   Tutorial: lesson 11

    >>> split_heads(np.arange(8.0).reshape(1, 2, 4), heads=2)[0, 1]
    array([[2., 3.],
           [6., 7.]])
    """
    x = x if isinstance(x, Tensor) else np.asarray(x)
    if x.ndim != 3:
        raise ValueError(f"split_heads: expected x (N, T, D), 3 axes. Received x of shape {x.shape}.")
    N, T, D = x.shape
    if isinstance(heads, bool) or not isinstance(heads, (int, np.integer)) or heads < 1:
        raise ValueError(f"split_heads: heads is a whole number >= 1. Received: {heads!r}")
    if D % heads:
        fitting = [n for n in range(1, D + 1) if D % n == 0]
        raise ValueError(f"split_heads: a width of {D} cannot be cut into {heads} equal heads; {fitting} would do.")
    return transpose(reshape(x, shape=(N, T, heads, D // heads)), axes=(0, 2, 1, 3))


def merge_heads(x):
    """Put the parts side by side again: (N,heads,T,d) -> (N,T,heads·d), the inverse of split_heads.

        y[n,t,h·d + i] = x[n,h,t,i]                         gradient: dy, split
    Shapes: x (N,heads,T,d), y (N,T,heads·d). Raises ValueError for a wrong rank.   Tutorial: lesson 11

    >>> x = np.arange(8.0).reshape(1, 2, 4)
    >>> bool(np.all(merge_heads(split_heads(x, heads=2)) == x))
    True
    """
    x = x if isinstance(x, Tensor) else np.asarray(x)
    if x.ndim != 4:
        raise ValueError(f"merge_heads: expected x (N, heads, T, d), 4 axes. Received x of shape {x.shape}.")
    N, heads, T, d = x.shape
    return reshape(transpose(x, axes=(0, 2, 1, 3)), shape=(N, T, heads * d))


def _check_vectors(op, q, k):
    """Refuse queries and keys that cannot be compared."""
    if q.ndim < 2 or k.ndim != q.ndim:
        raise ValueError(f"{op}: expected q (..., T, d) and k (..., S, d). Received q {q.shape}, k {k.shape}.")
    if q.shape[-1] != k.shape[-1]:
        exchanged = " k seems transposed: use k.swapaxes(-1, -2)." if q.shape[-1] == k.shape[-2] else ""
        raise ValueError(
            f"{op}: queries have {q.shape[-1]} numbers each, keys have {k.shape[-1]}; they must agree. "
            f"Received q {q.shape}, k {k.shape}.{exchanged}"
        )
    if q.shape[:-2] != k.shape[:-2]:
        raise ValueError(f"{op}: the leading axes must be equal. Received q {q.shape}, k {k.shape}.")
    if 0 in (q.shape[-1], k.shape[-2]):
        raise ValueError(f"{op}: expected at least one key and one feature. Received q {q.shape}, k {k.shape}.")


def _may_look(op, mask, shape):
    """Return the mask spread over all pairs (..., T, S), or None."""
    if mask is None:
        return None
    mask = np.asarray(mask)
    if mask.dtype != bool:
        raise TypeError(
            f"{op}: expected a mask of True and False, True where a query may look. Received dtype {mask.dtype}. "
            "For 1 and 0 type mask.astype(bool)."
        )
    return _spread(f"{op}: expected a mask", mask, shape)


def _spread(expected, a, shape):
    """Return a mask or a bias spread over all pairs (..., T, S)."""
    try:
        return np.broadcast_to(a, shape)
    except ValueError:
        flags = len(shape) == 4 and a.shape == (shape[0], shape[3])
        hint = f" For one entry for each key, (N, S), type {expected.split()[-1]}[:, None, None, :]." if flags else ""
        raise ValueError(
            f"{expected} that broadcasts to (..., T, S) = {shape}. Received shape {a.shape}.{hint}"
        ) from None


def _scale(op, scale, q) -> float:
    """Return the factor of the scores, or say what is wrong with it."""
    if isinstance(scale, bool) or not isinstance(scale, numbers.Real) or not math.isfinite(scale):
        usual = f"1/√d = {1 / math.sqrt(q.shape[-1]):.4g}"
        raise ValueError(
            f"{op}: scale is the factor of the scores, a finite number ({usual} if left out). Received: {scale!r}"
        )
    return float(scale)


def _one_axis(mask, leading, T, S):
    """Return a mask as a view (B,T,S), B the leading axes together: spread, not copied, over queries and keys."""
    mask = np.atleast_2d(mask)
    last = mask.shape[-2:]
    tables = np.broadcast_to(mask, (*leading, *last)).reshape(math.prod(leading), *last)
    return np.broadcast_to(tables, (len(tables), T, S))
