"""The gated recurrent unit in loops: Python walks through time, Numba compiles the loops of a step.

Shapes: see gru_numpy.py. In the loops row m = n·T + t is step t of example n: gates (N·T,3,U), h and inner (N·T,U).
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
HALF, ONE = np.float32(1 / 2), np.float32(1)  # single times single stays single


def gru_forward(x, wx, wh, b, h0, mask, reset_after, h, gates, inner):
    (N, T, D), U = x.shape, len(wh)
    x, h0 = _writable(x, h0)
    halves = np.repeat(np.array([0.5, 0.5, 1], x.dtype), U)  # σ(a) = ½ + ½ tanh(½ a)
    gates[:] = b.sum(axis=0) * halves
    if reset_after:  # the recurrent bias of ĥ is multiplied by r, too
        gates[:, :, 2 * U :] = b[0, 2 * U :]
        inner[:] = b[1, 2 * U :]
    _add_product(gates, 0, _every(3 * U, N * T), x, 0, _every(D, N * T), _every(1, D), _panels(wx * halves), 3 * U)
    to_zr, to_candidate = _panels((wh * halves)[:, : 2 * U]), _panels(wh[:, 2 * U :])
    gate_rows, inner_rows = gates.reshape(N * T, 3, U), inner.reshape(N * T, U)
    steps, units = _every(T, N), _every(1, U)
    gates_at, units_at = steps * (3 * U), steps * U
    for t in range(T):
        state, start, state_at = (h, (t - 1) * U, units_at) if t else (h0, 0, _every(U, N))
        before = h[:, t - 1] if t else h0
        z, r, candidate = np.split(gates[:, t], 3, axis=1)
        _add_product(gates, t * 3 * U, gates_at, state, start, state_at, units, to_zr, 2 * U)
        np.tanh(gates[:, t, : 2 * U], out=gates[:, t, : 2 * U])
        if reset_after:
            _add_product(inner, t * U, units_at, state, start, state_at, units, to_candidate, U)
            _open(steps, t, gate_rows, inner_rows)
        else:
            gates[:, t, : 2 * U] = 0.5 + 0.5 * gates[:, t, : 2 * U]
            inner[:, t] = r * before
            _add_product(gates, (t * 3 + 2) * U, gates_at, inner, t * U, units_at, units, to_candidate, U)
        np.tanh(candidate, out=candidate)
        h[:, t] = candidate + z * (before - candidate)
        if mask.size:
            np.copyto(h[:, t], before, where=~mask[:, t, None])


@_compiled
def _open(steps, t, gates, inner):
    """From tanh(½ a) to z and r; then r decides how much of what the state says reaches ĥ."""
    for n in range(steps.size):
        m = steps[n] + t
        for u in range(inner.shape[1]):
            r = HALF + HALF * gates[m, 1, u]
            gates[m, 0, u] = HALF + HALF * gates[m, 0, u]
            gates[m, 1, u] = r
            gates[m, 2, u] += r * inner[m, u]


def gru_backward(dh, x, wx, wh, h0, mask, reset_after, h, gates, inner, dx, dwx, dwh, db, dh0):
    (N, T, D), U = x.shape, len(wh)
    dh, x, gates, inner = _writable(dh, x, gates, inner)
    h_before = np.concatenate([h0[:, None], h[:, :-1]], axis=1).reshape(N * T, U)
    dh_rows, gate_rows, inner_rows = dh.reshape(N * T, U), gates.reshape(N * T, 3, U), inner.reshape(N * T, U)
    da = np.zeros((N * T, 3, U), x.dtype)  # before σ, σ, tanh
    dinner = np.zeros((N * T, U), x.dtype)
    from_zr, from_candidate = _panels(wh[:, : 2 * U].T), _panels(wh[:, 2 * U :].T)
    examples, steps, units, zr = _every(1, N), _every(T, N), _every(1, U), _every(1, 2 * U)
    da_at, state_at, units_at = steps * (3 * U), examples * U, steps * U
    dh0[:] = 0  # what step t+1 sends back to h of step t, and in the end to h0
    for t in range(T - 1, -1, -1):
        counts = examples
        if mask.size:  # a skipped step hands its gradient on to the step before
            counts = np.flatnonzero(mask[:, t])
            dh0 += np.where(mask[:, t, None], 0, dh[:, t])
        _step_back(counts, steps, t, dh_rows, h_before, gate_rows, inner_rows, da, dinner, dh0)
        if reset_after:
            _add_product(dh0, 0, state_at, dinner, t * U, units_at, units, from_candidate, U)
        else:  # r met the state itself
            now, r = steps + t, gates[:, t, U : 2 * U]
            dinner[now] = 0
            _add_product(dinner, t * U, units_at, da, (t * 3 + 2) * U, da_at, units, from_candidate, U)
            da[now, 1] = dinner[now] * h_before[now] * r * (1 - r)
            dh0 += dinner[now] * r
        _add_product(dh0, 0, state_at, da, t * 3 * U, da_at, zr, from_zr, U)
    da = da.reshape(N * T, 3 * U)
    met, given = (h_before, dinner) if reset_after else (inner, da[:, 2 * U :])  # what met the recurrent filters of ĥ
    dwx[:], dwh[:] = 0, 0
    for m in range(0, N * T, 256):  # part by part: what is read again and again stays in the cache
        part, candidates = _panels(da[m : m + 256]), _panels(given[m : m + 256])
        count = part.shape[1]
        _add_product(dwx, 0, _every(3 * U, D), x, m * D, _every(1, D), _every(D, count), part, 3 * U)
        _add_product(dwh, 0, _every(3 * U, U), h_before, m * U, units, _every(U, count), part, 2 * U)
        _add_product(dwh, 2 * U, _every(3 * U, U), met, m * U, units, _every(U, count), candidates, U)
    db[:] = da.reshape(N, T, 3 * U).sum(axis=1).sum(axis=0)
    if reset_after:
        db[1, 2 * U :] = dinner.reshape(N, T, U).sum(axis=1).sum(axis=0)
    if dx.size:
        dx[:] = 0
        _add_product(dx, 0, _every(D, N * T), da, 0, _every(3 * U, N * T), _every(1, 3 * U), _panels(wx.T), D)


@_compiled
def _step_back(counts, steps, t, dh, h_before, gates, inner, da, dinner, dh0):
    """For each example that counts: the gradients before σ, σ, tanh and of what r let through, and what z lets back."""
    for j in range(counts.size):
        n = counts[j]
        m = steps[n] + t
        for u in range(dh.shape[1]):
            z, dstate = gates[m, 0, u], dh0[n, u] + dh[m, u]
            da[m, 0, u] = dstate * (h_before[m, u] - gates[m, 2, u]) * z * (ONE - z)
            dh0[n, u] = dstate
        for u in range(dh.shape[1]):
            z, candidate = gates[m, 0, u], gates[m, 2, u]
            da[m, 2, u] = dh0[n, u] * (ONE - z) * (ONE - candidate * candidate)
            dh0[n, u] *= z
        for u in range(dh.shape[1]):
            r, dcandidate = gates[m, 1, u], da[m, 2, u]
            da[m, 1, u] = dcandidate * inner[m, u] * r * (ONE - r)
            dinner[m, u] = dcandidate * r


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
