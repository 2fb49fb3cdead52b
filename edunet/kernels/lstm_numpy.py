"""The long short-term memory, defined: the input's share of all steps in one product, then step by step.

Shapes: x (N,T,D), wx (D,4U), wh (U,4U), b (4U,), h0 and c0 (N,U), mask (N,T) bool or size zero, h and c (N,T,U).
Saved: c, the cell state after every step, and gates (N,T,4U) = i, f, c̃, o.
In the backward pass dh is (N,T,U), dc (N,U) belongs to the last cell state.
"""

import numpy as np


def lstm_forward(x, wx, wh, b, h0, c0, mask, h, c, gates):
    N, T, D = x.shape
    U = len(wh)
    np.matmul(x.reshape(N * T, D), wx, out=gates.reshape(N * T, 4 * U))  # at first the input's share of i, f, c̃, o
    gates += b
    before, memory = h0, c0
    for t in range(T):
        s = gates[:, t] + before @ wh
        gates[:, t] = _sigmoid(s)
        gates[:, t, 2 * U : 3 * U] = np.tanh(s[:, 2 * U : 3 * U])
        i, f, candidate, o = np.split(gates[:, t], 4, axis=1)
        c[:, t] = f * memory + i * candidate
        h[:, t] = o * np.tanh(c[:, t])
        if mask.size:
            c[:, t] = np.where(mask[:, t, None], c[:, t], memory)
            h[:, t] = np.where(mask[:, t, None], h[:, t], before)
        before, memory = h[:, t], c[:, t]


def lstm_backward(dh, dc, x, wx, wh, h0, c0, mask, h, c, gates, dx, dwx, dwh, db, dh0, dc0):
    N, T, D = x.shape
    U = len(wh)
    before, memory = _before(h, h0), _before(c, c0)
    da = np.empty_like(gates)
    dh0[:], dc0[:] = 0, dc  # what step t+1 sends back to h[:, t] and c[:, t], and in the end to h0 and c0
    for t in reversed(range(T)):
        total, dmemory = dh[:, t] + dh0, dc0.copy()
        if mask.size:  # a skipped step hands its gradients on to the step before
            skipped, kept = np.where(mask[:, t, None], 0, total), np.where(mask[:, t, None], 0, dmemory)
            total -= skipped
            dmemory -= kept
        i, f, candidate, o = np.split(gates[:, t], 4, axis=1)
        shown = np.tanh(c[:, t])
        dmemory += total * o * (1 - shown * shown)
        da[:, t, :U] = dmemory * candidate * i * (1 - i)
        da[:, t, U : 2 * U] = dmemory * memory[:, t] * f * (1 - f)
        da[:, t, 2 * U : 3 * U] = dmemory * i * (1 - candidate * candidate)
        da[:, t, 3 * U :] = total * shown * o * (1 - o)
        np.matmul(da[:, t], wh.T, out=dh0)
        np.multiply(dmemory, f, out=dc0)
        if mask.size:
            dh0 += skipped
            dc0 += kept
    rows = da.reshape(N * T, 4 * U)
    if dx.size:
        np.matmul(rows, wx.T, out=dx.reshape(N * T, D))
    np.matmul(x.reshape(N * T, D).T, rows, out=dwx)
    np.matmul(before.reshape(N * T, U).T, rows, out=dwh)
    np.sum(rows, axis=0, out=db)


def _sigmoid(a):
    return 0.5 * (1 + np.tanh(0.5 * a))  # finite for every a


def _before(h, h0):
    """Return the state that each step started from: h0, h[:, 0], ..., h[:, T−2]."""
    return np.concatenate([h0[:, None], h[:, :-1]], axis=1)
