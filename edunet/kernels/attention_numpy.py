"""Attention, defined: the whole table of scores at once.

Shapes: q (B,T,d), k (B,S,d), v (B,S,e), z (B,T,e); B is batch and heads. mask (B,T,S) bool, perhaps a view that repeats
one table, or size zero. horizon: query i may look at the keys j ≤ i + horizon (0 looks back only, S at everything).
Saved: lse (B,T), ln Σ_j e^(score j) of each query, from which the backward pass recomputes A = e^(score − lse).
A query that may look at nothing has z = 0 and lse = 0.
"""

import math

import numpy as np


def attention_forward(q, k, v, mask, horizon, z, lse):
    scores = _scores(q, k, mask, horizon)
    top = scores.max(axis=2, keepdims=True)
    top[np.isneginf(top)] = 0
    e = np.exp(np.subtract(scores, top, out=scores), out=scores)
    total = e.sum(axis=2, keepdims=True)
    total[total == 0] = 1
    np.matmul(e, v, out=z)
    z /= total
    lse[:] = (top + np.log(total))[..., 0]


def attention_backward(dz, q, k, v, mask, horizon, z, lse, dq, dk, dv):
    scores = _scores(q, k, mask, horizon)
    A = np.exp(np.subtract(scores, lse[..., None], out=scores), out=scores)
    np.matmul(A.swapaxes(1, 2), dz, out=dv)
    dA = dz @ v.swapaxes(1, 2)
    # softmax needs Σ_j dA_j A_j of each row; as z = A v, that is dz · z
    dA -= np.sum(dz * z, axis=2, keepdims=True)
    dscores = np.multiply(A, dA, out=dA)
    dscores /= math.sqrt(q.shape[2])
    np.matmul(dscores, k, out=dq)
    np.matmul(dscores.swapaxes(1, 2), q, out=dk)


def _scores(q, k, mask, horizon):
    """Return q kᵀ / √d, and −∞ where a query may not look: (B,T,S)."""
    scores = q @ k.swapaxes(1, 2)
    scores /= math.sqrt(q.shape[2])
    if mask.size:
        np.copyto(scores, -np.inf, where=~mask)
    T, S = scores.shape[1:]
    if horizon < S - 1:
        scores[:, ~np.tri(T, S, horizon, dtype=bool)] = -np.inf
    return scores
