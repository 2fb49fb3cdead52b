"""The long short-term memory in loops: Python walks through time, Numba compiles the loops of a step.

Shapes: see lstm_numpy.py. In the loops row m = n·T + t is step t of example n: gates (N·T,4,U), h and c (N·T,U).
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


def lstm_forward(x, wx, wh, b, h0, c0, mask, h, c, gates):
    (N, T, D), U = x.shape, len(wh)
    x, h0, c0 = _writable(x, h0, c0)
    halves = np.repeat(np.array([0.5, 0.5, 1, 0.5], x.dtype), U)  # σ(a) = ½ + ½ tanh(½ a): one tanh for all four
    gates[:] = b * halves
    _add_product(gates, 0, _every(4 * U, N * T), x, 0, _every(D, N * T), _every(1, D), _panels(wx * halves), 4 * U)
    wh = _panels(wh * halves)
    h_rows, c_rows, gate_rows = h.reshape(N * T, U), c.reshape(N * T, U), gates.reshape(N * T, 4, U)
    examples, steps, units, gates_at = _every(1, N), _every(T, N), _every(1, U), _every(T * 4 * U, N)
    state, memory, start, before = h0, c0, 0, examples  # row before[n] + start is what example n comes from
    for t in range(T):
        _add_product(gates, t * 4 * U, gates_at, state, start * U, before * U, units, wh, 4 * U)
        np.tanh(gates[:, t], out=gates[:, t])
        _step(steps, t, before, start, memory, c_rows, gate_rows)
        np.tanh(c[:, t], out=h[:, t])
        h[:, t] *= gates[:, t, 3 * U :]
        if mask.size:
            skipped = np.flatnonzero(~mask[:, t])
            h[skipped, t], c[skipped, t] = state[before[skipped] + start], memory[before[skipped] + start]
        state, memory, start, before = h_rows, c_rows, t, steps


@_compiled
def _step(steps, t, before, start, memory, c, gates):
    """From tanh(½ a) to the gates, and from the memory before to that after the step."""
    for n in range(steps.size):
        m, earlier = steps[n] + t, before[n] + start
        for u in range(c.shape[1]):
            i, f = HALF + HALF * gates[m, 0, u], HALF + HALF * gates[m, 1, u]
            gates[m, 0, u], gates[m, 1, u] = i, f
            c[m, u] = f * memory[earlier, u] + i * gates[m, 2, u]
        for u in range(c.shape[1]):
            gates[m, 3, u] = HALF + HALF * gates[m, 3, u]


def lstm_backward(dh, dc, x, wx, wh, h0, c0, mask, h, c, gates, dx, dwx, dwh, db, dh0, dc0):
    (N, T, D), U = x.shape, len(wh)
    dh, x, c0, c, gates = _writable(dh, x, c0, c, gates)
    dh_rows, c_rows, gate_rows = dh.reshape(N * T, U), c.reshape(N * T, U), gates.reshape(N * T, 4, U)
    shown, da = np.tanh(c_rows), np.zeros((N * T, 4, U), x.dtype)  # da: before σ, σ, tanh, σ
    back_from = _panels(np.concatenate([wh, wx]).T if dx.size else wh.T)  # to the state, and to x if somebody asks
    width = U + D if dx.size else U
    back = np.zeros((N, width), x.dtype)  # what step t+1 sends back to h of step t, and x of step t + 1
    dc0[:] = dc  # the same for c
    examples, steps, columns = _every(1, N), _every(T, N), _every(1, 4 * U)
    back_at, da_at = examples * width, steps * (4 * U)
    for t in range(T - 1, -1, -1):
        counts = examples
        if mask.size:  # a skipped step hands its gradients on to the step before
            counts = np.flatnonzero(mask[:, t])
            back[:, :U] += np.where(mask[:, t, None], 0, dh[:, t])
        memory, start, before = (c_rows, t - 1, steps) if t else (c0, 0, examples)
        _step_back(counts, steps, t, before, start, dh_rows, memory, shown, gate_rows, da, back, dc0)
        _add_product(back, 0, back_at, da, t * 4 * U, da_at, columns, back_from, width)
        if dx.size:
            dx[:, t] = back[:, U:]
            back[:, U:] = 0
    dh0[:] = back[:, :U]
    da = da.reshape(N * T, 4 * U)
    h_before = np.concatenate([h0[:, None], h[:, :-1]], axis=1)
    dwx[:], dwh[:] = 0, 0
    for m in range(0, N * T, 256):  # part by part: what is read again and again stays in the cache
        part = _panels(da[m : m + 256])
        count = part.shape[1]
        _add_product(dwx, 0, _every(4 * U, D), x, m * D, _every(1, D), _every(D, count), part, 4 * U)
        _add_product(dwh, 0, _every(4 * U, U), h_before, m * U, _every(1, U), _every(U, count), part, 4 * U)
    db[:] = da.reshape(N, T, 4 * U).sum(axis=1).sum(axis=0)


@_compiled
def _step_back(counts, steps, t, before, start, dh, memory, shown, gates, da, back, dc0):
    """For each example that counts: the gradient before σ, σ, tanh, σ, and what goes back through the memory."""
    for j in range(counts.size):
        n = counts[j]
        m, earlier = steps[n] + t, before[n] + start
        for u in range(dh.shape[1]):
            dstate, o = back[n, u] + dh[m, u], gates[m, 3, u]
            back[n, u] = 0
            da[m, 3, u] = dstate * shown[m, u] * o * (ONE - o)
            dc0[n, u] += dstate * o * (ONE - shown[m, u] * shown[m, u])
        for u in range(dh.shape[1]):
            i, candidate, dmemory = gates[m, 0, u], gates[m, 2, u], dc0[n, u]
            da[m, 0, u] = dmemory * candidate * i * (ONE - i)
            da[m, 2, u] = dmemory * i * (ONE - candidate * candidate)
        for u in range(dh.shape[1]):
            f, dmemory = gates[m, 1, u], dc0[n, u]
            da[m, 1, u] = dmemory * memory[earlier, u] * f * (ONE - f)
            dc0[n, u] = dmemory * f


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
