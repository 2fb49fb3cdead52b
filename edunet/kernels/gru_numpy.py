"""The gated recurrent unit, defined: the input's share of all steps in one product, then step by step.

Shapes: x (N,T,D), wx (D,3U), wh (U,3U), b (2,3U) (input row, recurrent row), h0 (N,U), mask (N,T) bool or size zero,
h (N,T,U). Saved: gates (N,T,3U) = z, r, ĥ; inner (N,T,U), the place where r meets the state:
    reset_after      inner = h_{t-1} U_h + c_h       then ĥ = tanh(.. + r ⊙ inner)
    otherwise        inner = r ⊙ h_{t-1}             then ĥ = tanh(.. + inner U_h); both rows of b are simply added
"""

import numpy as np


def gru_forward(x, wx, wh, b, h0, mask, reset_after, h, gates, inner):
    N, T, D = x.shape
    U = len(wh)
    np.matmul(x.reshape(N * T, D), wx, out=gates.reshape(N * T, 3 * U))  # at first the input's share of z, r, ĥ
    gates += b[0] if reset_after else b[0] + b[1]
    before = h0
    for t in range(T):
        zr, candidate = gates[:, t, : 2 * U], gates[:, t, 2 * U :]
        z, r = zr[:, :U], zr[:, U:]
        if reset_after:
            state = before @ wh + b[1]  # (N,3U): what the state says to z, r and ĥ
            zr[:] = _sigmoid(zr + state[:, : 2 * U])
            inner[:, t] = state[:, 2 * U :]
            candidate[:] = np.tanh(candidate + r * inner[:, t])
        else:
            zr[:] = _sigmoid(zr + before @ wh[:, : 2 * U])
            inner[:, t] = r * before
            candidate[:] = np.tanh(candidate + inner[:, t] @ wh[:, 2 * U :])
        h[:, t] = z * before + (1 - z) * candidate
        if mask.size:
            h[:, t] = np.where(mask[:, t, None], h[:, t], before)
        before = h[:, t]


def gru_backward(dh, x, wx, wh, h0, mask, reset_after, h, gates, inner, dx, dwx, dwh, db, dh0):
    N, T, D = x.shape
    U = len(wh)
    before = _before(h, h0)
    da = np.empty_like(gates)  # before σ, σ, tanh, as the input's share sees it
    ds = np.empty_like(gates) if reset_after else da  # the same as the state's share sees it
    dh0[:] = 0  # what step t+1 sends back to h[:, t], and in the end to h0
    for t in reversed(range(T)):
        total = dh[:, t] + dh0
        if mask.size:  # a skipped step hands its gradient on to the step before
            skipped = np.where(mask[:, t, None], 0, total)
            total -= skipped
        z, r, candidate = gates[:, t, :U], gates[:, t, U : 2 * U], gates[:, t, 2 * U :]
        dz = total * (before[:, t] - candidate) * z * (1 - z)
        dcandidate = total * (1 - z) * (1 - candidate * candidate)
        if reset_after:
            dr = dcandidate * inner[:, t] * r * (1 - r)
            ds[:, t, :U], ds[:, t, U : 2 * U], ds[:, t, 2 * U :] = dz, dr, dcandidate * r
            dh0[:] = total * z + ds[:, t] @ wh.T
        else:
            dinner = dcandidate @ wh[:, 2 * U :].T
            dr = dinner * before[:, t] * r * (1 - r)
            dh0[:] = total * z + dinner * r + dz @ wh[:, :U].T + dr @ wh[:, U : 2 * U].T
        if mask.size:
            dh0 += skipped
        da[:, t, :U], da[:, t, U : 2 * U], da[:, t, 2 * U :] = dz, dr, dcandidate
    rows, state_rows = da.reshape(N * T, 3 * U), ds.reshape(N * T, 3 * U)
    if dx.size:
        np.matmul(rows, wx.T, out=dx.reshape(N * T, D))
    np.matmul(x.reshape(N * T, D).T, rows, out=dwx)
    np.matmul(before.reshape(N * T, U).T, state_rows, out=dwh)
    if not reset_after:
        dwh[:, 2 * U :] = inner.reshape(N * T, U).T @ rows[:, 2 * U :]
    db[0], db[1] = rows.sum(axis=0), state_rows.sum(axis=0)


def _sigmoid(a):
    return 0.5 * (1 + np.tanh(0.5 * a))  # finite for every a


def _before(h, h0):
    """Return the state that each step started from: h0, h[:, 0], ..., h[:, T−2]."""
    return np.concatenate([h0[:, None], h[:, :-1]], axis=1)
