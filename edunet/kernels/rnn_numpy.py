"""The simple recurrence, defined: the input's share of all steps in one product, then step by step.

Shapes: x (N,T,D), wx (D,U), wh (U,U), b (U,), h0 (N,U), mask (N,T) bool or size zero (every step counts), h (N,T,U).
"""

import numpy as np


def simple_rnn_forward(x, wx, wh, b, h0, mask, activation, h):
    N, T, D = x.shape
    np.matmul(x.reshape(N * T, D), wx, out=h.reshape(N * T, len(wh)))  # at first x W_x + b, step by step the state
    h += b
    before = h0
    for t in range(T):
        h[:, t] = _f(h[:, t] + before @ wh, activation)
        if mask.size:
            h[:, t] = np.where(mask[:, t, None], h[:, t], before)
        before = h[:, t]


def simple_rnn_backward(dh, x, wx, wh, h0, mask, activation, h, dx, dwx, dwh, db, dh0):
    N, T, D = x.shape
    U = len(wh)
    da = _slope(h, activation)  # (N,T,U), step by step multiplied with what arrives
    dh0[:] = 0  # what step t+1 sends back to h[:, t], and in the end to h0
    for t in reversed(range(T)):
        total = dh[:, t] + dh0
        if mask.size:  # a skipped step hands its gradient on to the step before
            skipped = np.where(mask[:, t, None], 0, total)
            total -= skipped
        da[:, t] *= total
        np.matmul(da[:, t], wh.T, out=dh0)
        if mask.size:
            dh0 += skipped
    rows = da.reshape(N * T, U)
    if dx.size:
        np.matmul(rows, wx.T, out=dx.reshape(N * T, D))
    np.matmul(x.reshape(N * T, D).T, rows, out=dwx)
    np.matmul(_before(h, h0).reshape(N * T, U).T, rows, out=dwh)
    np.sum(rows, axis=0, out=db)


def _f(a, activation):
    if activation == "tanh":
        return np.tanh(a)
    if activation == "relu":
        return np.maximum(a, 0)
    if activation == "sigmoid":
        return 0.5 * (1 + np.tanh(0.5 * a))  # finite for every a
    return a


def _slope(h, activation):
    """Return f'(a), expressed by h = f(a)."""
    if activation == "tanh":
        return 1 - h * h
    if activation == "relu":
        return (h > 0).astype(h.dtype)
    if activation == "sigmoid":
        return h * (1 - h)
    return np.ones_like(h)


def _before(h, h0):
    """Return the state that each step started from: h0, h[:, 0], ..., h[:, T−2]."""
    return np.concatenate([h0[:, None], h[:, :-1]], axis=1)
