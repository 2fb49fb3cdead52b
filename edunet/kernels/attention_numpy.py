"""Attention, defined: the whole table of scores at once.

Shapes: q (N,H,T,d), k (N,H,S,d), v (N,H,S,e), z (N,H,T,e), mask (N,H,T,S) bool or size zero, causal True or False.
Saved: lse (N,H,T), ln Σ_j e^(score j) of each query, from which the backward pass recomputes A = e^(score − lse).
A query that may look at nothing has z = 0 and lse = 0.
"""

import math

import numpy as np


def attention_forward(q, k, v, mask, causal):
    scores = _scores(q, k, mask, causal)
    top = scores.max(axis=3, keepdims=True)
    top = np.where(np.isneginf(top), 0, top)
    e = np.exp(scores - top)
    total = e.sum(axis=3, keepdims=True)
    total = np.where(total == 0, 1, total)
    z = (e @ v) / total
    lse = (top + np.log(total))[..., 0]
    return z, lse


def attention_backward(dz, q, k, v, mask, causal, z, lse):
    A = np.exp(_scores(q, k, mask, causal) - lse[..., None])
    dv = A.swapaxes(2, 3) @ dz
    dA = dz @ v.swapaxes(2, 3)
    # softmax needs Σ_j dA_j A_j of each row; as z = A v, that is dz · z
    dscores = A * (dA - np.sum(dz * z, axis=3, keepdims=True)) / math.sqrt(q.shape[3])
    dq = dscores @ k
    dk = dscores.swapaxes(2, 3) @ q
    return dq, dk, dv


def _scores(q, k, mask, causal):
    """Return q kᵀ / √d, and −∞ where a query may not look: (N,H,T,S)."""
    scores = q @ k.swapaxes(2, 3) / math.sqrt(q.shape[3])
    if mask.size:
        scores[~mask] = -np.inf
    if causal:
        scores[..., ~np.tri(*scores.shape[2:], dtype=bool)] = -np.inf
    return scores
