"""The simple recurrence, defined: the input's share of all steps in one product, then step by step.

Shapes: x (N,T,D), wx (D,U), wh (U,U), b (U,), h0 (N,U) or size zero (the state starts at 0), mask (N,T) bool or
size zero (every step counts), h (N,T,U). dh0 is (N,U), also where h0 was absent.
"""

import numpy as np


def simple_rnn_forward(x, wx, wh, b, h0, mask, activation):
    N, T, D = x.shape
    U = wh.shape[0]
    a = (x.reshape(N * T, D) @ wx + b).reshape(N, T, U)
    h = np.empty((N, T, U), x.dtype)
    before = h0 if h0.size else np.zeros((N, U), x.dtype)
    for t in range(T):
        h[:, t] = _f(a[:, t] + before @ wh, activation)
        if mask.size:
            h[:, t] = np.where(mask[:, t, None], h[:, t], before)
        before = h[:, t]
    return h


def simple_rnn_backward(dh, x, wx, wh, b, h0, mask, activation, h):
    N, T, D = x.shape
    U = wh.shape[0]
    da = np.empty((N, T, U), x.dtype)
    slope = _slope(h, activation)
    back = np.zeros((N, U), x.dtype)  # what step t+1 sends back to h[:, t]
    for t in reversed(range(T)):
        total = dh[:, t] + back
        skipped = np.zeros_like(total)
        if mask.size:  # a skipped step hands its gradient on to the step before
            skipped = np.where(mask[:, t, None], 0, total)
            total = total - skipped
        da[:, t] = total * slope[:, t]
        back = da[:, t] @ wh.T + skipped
    rows = da.reshape(N * T, U)
    dx = (rows @ wx.T).reshape(N, T, D)
    dwx = x.reshape(N * T, D).T @ rows
    dwh = _before(h, h0).reshape(N * T, U).T @ rows
    db = rows.sum(axis=0)
    return dx, dwx, dwh, db, back


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
    before = np.empty_like(h)
    before[:, 0] = h0 if h0.size else 0
    before[:, 1:] = h[:, :-1]
    return before
