"""The long short-term memory, defined: the input's share of all steps in one product, then step by step.

Shapes: x (N,T,D), wx (D,4U), wh (U,4U), b (4U,), h0 and c0 (N,U) or size zero, mask (N,T) bool or size zero,
h and c (N,T,U). Saved: c, the cell state after every step, and gates (N,T,4U) = i, f, c̃, o.
In the backward pass dh is (N,T,U), dc (N,U) belongs to the last cell state; dh0 and dc0 are (N,U), also where the
states were absent.
"""

import numpy as np


def lstm_forward(x, wx, wh, b, h0, c0, mask):
    N, T, D = x.shape
    U = wh.shape[0]
    a = (x.reshape(N * T, D) @ wx + b).reshape(N, T, 4 * U)
    h, c = np.empty((N, T, U), x.dtype), np.empty((N, T, U), x.dtype)
    gates = np.empty((N, T, 4 * U), x.dtype)
    before = h0 if h0.size else np.zeros((N, U), x.dtype)
    memory = c0 if c0.size else np.zeros((N, U), x.dtype)
    for t in range(T):
        s = a[:, t] + before @ wh
        gates[:, t] = _sigmoid(s)
        gates[:, t, 2 * U : 3 * U] = np.tanh(s[:, 2 * U : 3 * U])
        i, f, candidate, o = np.split(gates[:, t], 4, axis=1)
        c[:, t] = f * memory + i * candidate
        h[:, t] = o * np.tanh(c[:, t])
        if mask.size:
            c[:, t] = np.where(mask[:, t, None], c[:, t], memory)
            h[:, t] = np.where(mask[:, t, None], h[:, t], before)
        before, memory = h[:, t], c[:, t]
    return h, c, gates


def lstm_backward(dh, dc, x, wx, wh, b, h0, c0, mask, h, c, gates):
    N, T, D = x.shape
    U = wh.shape[0]
    before, memory = _before(h, h0), _before(c, c0)
    da = np.empty((N, T, 4 * U), x.dtype)
    back = np.zeros((N, U), x.dtype)  # what step t+1 sends back to h[:, t]
    for t in reversed(range(T)):
        total, dmemory = dh[:, t] + back, dc
        skipped, kept = np.zeros_like(total), np.zeros_like(dc)
        if mask.size:  # a skipped step hands its gradients on to the step before
            skipped = np.where(mask[:, t, None], 0, total)
            kept = np.where(mask[:, t, None], 0, dmemory)
            total, dmemory = total - skipped, dmemory - kept
        i, f, candidate, o = np.split(gates[:, t], 4, axis=1)
        shown = np.tanh(c[:, t])
        dmemory = dmemory + total * o * (1 - shown * shown)
        da[:, t, :U] = dmemory * candidate * i * (1 - i)
        da[:, t, U : 2 * U] = dmemory * memory[:, t] * f * (1 - f)
        da[:, t, 2 * U : 3 * U] = dmemory * i * (1 - candidate * candidate)
        da[:, t, 3 * U :] = total * shown * o * (1 - o)
        back = da[:, t] @ wh.T + skipped
        dc = dmemory * f + kept
    rows = da.reshape(N * T, 4 * U)
    dx = (rows @ wx.T).reshape(N, T, D)
    dwx = x.reshape(N * T, D).T @ rows
    dwh = before.reshape(N * T, U).T @ rows
    db = rows.sum(axis=0)
    return dx, dwx, dwh, db, back, dc


def _sigmoid(a):
    return 0.5 * (1 + np.tanh(0.5 * a))  # finite for every a


def _before(h, h0):
    """Return the state that each step started from: h0, h[:, 0], ..., h[:, T−2]."""
    before = np.empty_like(h)
    before[:, 0] = h0 if h0.size else 0
    before[:, 1:] = h[:, :-1]
    return before
