"""The simple recurrence in loops: Python walks through time, Numba compiles the products.

Shapes: see rnn_numpy.py. In the loops row m = n·T + t is step t of example n: h and da (N·T,U).
"""

import numpy as np
from numba import njit

from edunet.kernels.registers import ROWS, registers

_compiled = njit(
    cache=True,
    nogil=True,
    error_model="numpy",
    fastmath={"reassoc", "contract", "nsz", "arcp"},
    no_cfunc_wrapper=True,  # nobody calls from C: less to compile
)


def simple_rnn_forward(x, wx, wh, b, h0, mask, activation, h):
    (N, T, D), U = x.shape, len(wh)
    x, h0 = _writable(x, h0)
    h[:] = b  # at first x W_x + b, step by step the state
    _add_product(h, 0, _every(U, N * T), x, 0, _every(D, N * T), _every(1, D), _panels(wx), U)
    wh = _panels(wh)
    h_at, units = _every(T * U, N), _every(1, U)
    for t in range(T):
        before, start, before_at = (h, (t - 1) * U, h_at) if t else (h0, 0, _every(U, N))
        _add_product(h, t * U, h_at, before, start, before_at, units, wh, U)
        _activate(h[:, t], activation)
        if mask.size:
            skipped = np.flatnonzero(~mask[:, t])
            h[skipped, t] = h[skipped, t - 1] if t else h0[skipped]


def _activate(a, activation):
    """From a to f(a), in place."""
    if activation == "tanh":
        np.tanh(a, out=a)
    elif activation == "relu":
        np.maximum(a, 0, out=a)
    elif activation == "sigmoid":
        a *= 0.5
        np.tanh(a, out=a)
        a += 1
        a *= 0.5


def simple_rnn_backward(dh, x, wx, wh, h0, mask, activation, h, dx, dwx, dwh, db, dh0):
    (N, T, D), U = x.shape, len(wh)
    dh, x = _writable(dh, x)
    da = _slope(h, activation).reshape(N * T, U)  # step by step multiplied with what arrives
    examples, steps, units, wh_turned = _every(1, N), _every(T, N), _every(1, U), _panels(wh.T)
    state_at, da_at = examples * U, steps * U
    dh0[:] = 0  # what step t+1 sends back to h of step t, and in the end to h0
    for t in range(T - 1, -1, -1):
        if mask.size:  # a skipped step hands its gradient on to the step before
            skipped = np.flatnonzero(~mask[:, t])
            da[skipped * T + t] = 0
            kept = dh0[skipped] + dh[skipped, t]
        _step_back(steps, t, dh.reshape(N * T, U), da, dh0)
        _add_product(dh0, 0, state_at, da, t * U, da_at, units, wh_turned, U)
        if mask.size:
            dh0[skipped] = kept
    before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    dwx[:], dwh[:] = 0, 0
    for m in range(0, N * T, 256):  # part by part: what is read again and again stays in the cache
        part = _panels(da[m : m + 256])
        count = part.shape[1]
        _add_product(dwx, 0, _every(U, D), x, m * D, _every(1, D), _every(D, count), part, U)
        _add_product(dwh, 0, _every(U, U), before, m * U, units, _every(U, count), part, U)
    db[:] = da.reshape(N, T, U).sum(axis=1).sum(axis=0)
    if dx.size:
        dx[:] = 0
        _add_product(dx, 0, _every(D, N * T), da, 0, _every(U, N * T), units, _panels(wx.T), D)


@_compiled
def _step_back(steps, t, dh, da, dh0):
    """Multiply the slope of step t with what arrives there."""
    for n in range(steps.size):
        m = steps[n] + t
        for u in range(da.shape[1]):
            da[m, u] *= dh0[n, u] + dh[m, u]
            dh0[n, u] = 0


def _slope(h, activation):
    """Return f'(a), expressed by h = f(a)."""
    if activation == "tanh":
        return 1 - h * h
    if activation == "relu":
        return (h > 0).astype(h.dtype)
    if activation == "sigmoid":
        return h * (1 - h)
    return np.ones_like(h)


# ---------------------------------------------------------------- products
# Repeated in rnn, gru and lstm: the cache of Numba does not see what changes in another file.


def _add_product(y, y_at, y_rows, a, a_at, a_rows, a_columns, w, F):
    """Add a w to y, wherever their numbers stand: y[m, f] += Σ_k a[m, k] w[k, f], f < F.

    y[m, f] is number y_at + y_rows[m] + f of y, and a[m, k] is number a_at + a_rows[m] + a_columns[k] of a.
    w comes from `_panels`.
    """
    _tiles(y.reshape(-1), y_at, y_rows, a.reshape(-1), a_at, a_rows, a_columns, w, F)


@_compiled
def _tiles(y, y_at, y_rows, a, a_at, a_rows, a_columns, w, F):
    """Tile by tile of ROWS rows and 32 columns: its sums stay in registers while k runs."""
    sums = registers(y)
    M = y_rows.size
    for panel in range((F + 31) // 32):
        f0 = 32 * panel
        for m in range(0, M, ROWS):
            for i in range(ROWS * 32):
                sums[i] = 0
            for k in range(w.shape[1]):
                row = w[panel, k]
                at = np.uintp(a_at + a_columns[k])  # an index without a sign: nobody looks whether it is negative
                for p in range(0, ROWS, 2):
                    even = a[at + np.uintp(a_rows[m + p if m + p < M else M - 1])]
                    odd = a[at + np.uintp(a_rows[m + p + 1 if m + p + 1 < M else M - 1])]
                    for f in range(32):
                        sums[p * 32 + f] += even * row[f]
                        sums[p * 32 + 32 + f] += odd * row[f]
            for p in range(ROWS if m + ROWS <= M else M - m):
                out = y[y_at + y_rows[m + p] + f0 :]
                for f in range(32 if f0 + 32 <= F else F - f0):
                    out[f] += sums[p * 32 + f]


def _panels(w):
    """Return w (K,F) cut into panels of 32 columns (F/32,K,32), zeros on the right: what a tile reads lies together."""
    K, F = w.shape
    whole = F // 32 * 32
    panels = np.zeros((-(-F // 32), K, 32), w.dtype)
    panels[: F // 32] = w[:, :whole].reshape(K, F // 32, 32).swapaxes(0, 1)
    if whole < F:
        panels[-1, :, : F - whole] = w[:, whole:]
    return panels


def _every(stride, count):
    """Return the places 0, stride, 2 stride, ..."""
    return np.arange(count) * stride


def _writable(*arrays):
    """Return copies of what is read-only: to Numba that is one more type, and each type is compiled anew."""
    return [a if a.flags.writeable else a.copy() for a in arrays]
