"""The gated recurrent unit, defined: the input's share of all steps in one product, then step by step.

Shapes: x (N,T,D), wx (D,3U), wh (U,3U), b (2,3U) (input row, recurrent row), h0 (N,U) or size zero, mask (N,T) bool
or size zero, h (N,T,U). Saved: gates (N,T,3U) = z, r, ĥ; inner (N,T,U), the place where r meets the state:
    reset_after      inner = h_{t-1} U_h + c_h       then ĥ = tanh(.. + r ⊙ inner)
    otherwise        inner = r ⊙ h_{t-1}             then ĥ = tanh(.. + inner U_h); both rows of b are simply added
dh0 is (N,U), also where h0 was absent.
"""

import numpy as np


def gru_forward(x, wx, wh, b, h0, mask, reset_after):
    N, T, D = x.shape
    U = wh.shape[0]
    a = (x.reshape(N * T, D) @ wx + (b[0] if reset_after else b[0] + b[1])).reshape(N, T, 3 * U)
    h, inner = np.empty((N, T, U), x.dtype), np.empty((N, T, U), x.dtype)
    gates = np.empty((N, T, 3 * U), x.dtype)
    before = h0 if h0.size else np.zeros((N, U), x.dtype)
    for t in range(T):
        if reset_after:
            state = before @ wh + b[1]  # (N,3U): what the state says to z, r and ĥ
            zr = _sigmoid(a[:, t, : 2 * U] + state[:, : 2 * U])
            z, r = zr[:, :U], zr[:, U:]
            inner[:, t] = state[:, 2 * U :]
            candidate = np.tanh(a[:, t, 2 * U :] + r * inner[:, t])
        else:
            zr = _sigmoid(a[:, t, : 2 * U] + before @ wh[:, : 2 * U])
            z, r = zr[:, :U], zr[:, U:]
            inner[:, t] = r * before
            candidate = np.tanh(a[:, t, 2 * U :] + inner[:, t] @ wh[:, 2 * U :])
        h[:, t] = z * before + (1 - z) * candidate
        if mask.size:
            h[:, t] = np.where(mask[:, t, None], h[:, t], before)
        gates[:, t, : 2 * U], gates[:, t, 2 * U :] = zr, candidate
        before = h[:, t]
    return h, gates, inner


def gru_backward(dh, x, wx, wh, b, h0, mask, reset_after, h, gates, inner):
    N, T, D = x.shape
    U = wh.shape[0]
    before = _before(h, h0)
    da = np.empty((N, T, 3 * U), x.dtype)  # before σ, σ, tanh, as the input's share sees it
    ds = np.empty((N, T, 3 * U), x.dtype) if reset_after else da  # the same as the state's share sees it
    back = np.zeros((N, U), x.dtype)  # what step t+1 sends back to h[:, t]
    for t in reversed(range(T)):
        total = dh[:, t] + back
        skipped = np.zeros_like(total)
        if mask.size:  # a skipped step hands its gradient on to the step before
            skipped = np.where(mask[:, t, None], 0, total)
            total = total - skipped
        z, r, candidate = gates[:, t, :U], gates[:, t, U : 2 * U], gates[:, t, 2 * U :]
        dz = total * (before[:, t] - candidate) * z * (1 - z)
        dcandidate = total * (1 - z) * (1 - candidate * candidate)
        if reset_after:
            dr = dcandidate * inner[:, t] * r * (1 - r)
            ds[:, t, :U], ds[:, t, U : 2 * U], ds[:, t, 2 * U :] = dz, dr, dcandidate * r
            back = total * z + ds[:, t] @ wh.T
        else:
            dinner = dcandidate @ wh[:, 2 * U :].T
            dr = dinner * before[:, t] * r * (1 - r)
            back = total * z + dinner * r + dz @ wh[:, :U].T + dr @ wh[:, U : 2 * U].T
        back += skipped
        da[:, t, :U], da[:, t, U : 2 * U], da[:, t, 2 * U :] = dz, dr, dcandidate
    rows, state_rows = da.reshape(N * T, 3 * U), ds.reshape(N * T, 3 * U)
    dx = (rows @ wx.T).reshape(N, T, D)
    dwx = x.reshape(N * T, D).T @ rows
    dwh = before.reshape(N * T, U).T @ state_rows
    if not reset_after:
        dwh[:, 2 * U :] = inner.reshape(N * T, U).T @ rows[:, 2 * U :]
    db = np.stack([rows.sum(axis=0), state_rows.sum(axis=0)])
    return dx, dwx, dwh, db, back


def _sigmoid(a):
    return 0.5 * (1 + np.tanh(0.5 * a))  # finite for every a


def _before(h, h0):
    """Return the state that each step started from: h0, h[:, 0], ..., h[:, T−2]."""
    before = np.empty_like(h)
    before[:, 0] = h0 if h0.size else 0
    before[:, 1:] = h[:, :-1]
    return before
