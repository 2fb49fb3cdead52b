"""A worked step of a GRU: two gates, a candidate, the new state; and the way back through each of them."""

from types import SimpleNamespace

import numpy as np

from edunet.show.working.sequence import Back, Sequence, gate, worked
from edunet.show.working.symbols import bracket, number

__all__ = ["gru"]


class Cell:
    """One step of one patient, in float64; parts of W, R and the biases b, c in the order z, r, h."""

    names = ("W", "R", "b")

    def __init__(self, layer):
        self.after = layer.reset_after
        self.W = np.split(layer.kernel.data.astype(float), 3, axis=1)
        self.R = np.split(layer.recurrent_kernel.data.astype(float), 3, axis=1)
        both = np.zeros((2, 3 * layer.units))
        if layer.bias is not None:
            both[: 2 if self.after else 1] = layer.bias.data
        self.b, self.c = (np.split(row, 3) for row in both)

    def start(self):
        return (np.zeros(len(self.R[0])),)

    def step(self, x, state):
        (before,) = state
        z, r = (_logistic(x @ self.W[g] + self.b[g] + before @ self.R[g] + self.c[g]) for g in (0, 1))
        inner = before @ self.R[2] + self.c[2] if self.after else (r * before) @ self.R[2]
        candidate = np.tanh(x @ self.W[2] + self.b[2] + (r * inner if self.after else inner))
        h = z * before + (1 - z) * candidate
        return SimpleNamespace(x=x, before=state, z=z, r=r, inner=inner, candidate=candidate, state=(h,))

    def back(self, saved, dstate):
        (dh,), (before,) = dstate, saved.before
        z, r, candidate = saved.z, saved.r, saved.candidate
        dz = dh * (before - candidate) * z * (1 - z)
        dcandidate = dh * (1 - z) * (1 - candidate**2)
        if self.after:
            dr = dcandidate * saved.inner * r * (1 - r)
            through, seen, read = self.R[2] @ (dcandidate * r), before, dcandidate * r
        else:
            dr = (self.R[2] @ dcandidate) * before * r * (1 - r)
            through, seen, read = r * (self.R[2] @ dcandidate), r * before, dcandidate
        signals = {"dz": dz, "dr": dr, "dĥ": dcandidate}
        dx = {f"{name} · W_{g}": w @ d for (name, d), g, w in zip(signals.items(), "zrh", self.W, strict=True)}
        dbefore = {"dh · z": dh * z, "dz · R_z": self.R[0] @ dz, "dr · R_r": self.R[1] @ dr, "dĥ · R_h": through}
        dW = np.outer(saved.x, np.concatenate([dz, dr, dcandidate]))
        dR = np.concatenate([np.outer(before, dz), np.outer(before, dr), np.outer(seen, read)], axis=1)
        db = np.concatenate([dz, dr, dcandidate])
        both = np.stack([db, np.concatenate([dz, dr, read])]) if self.after else db
        return Back(dx, dbefore, (), [dW, dR, both], signals)


def _logistic(a):
    return 0.5 * (1 + np.tanh(a / 2))


def gru(layer, arrays, at, dy):
    """Work out h[n,t,u] of a GRU."""
    run = Sequence(layer, arrays, at, dy, Cell)
    u, saved = run.u, run.saved[-1]
    page = run.page(
        _symbols(run, layer), "In W stand `W_z`, `W_r` and `W_h` side by side; in R and the biases likewise."
    )
    for i, (letter, meaning, value) in enumerate((("z", "keep", saved.z), ("r", "remember", saved.r))):
        page.say(f"The gate {letter}, {meaning}: between 0 and 1.")
        total = gate(page, "all inside σ", _terms(run, i, saved.before[0]), _biases(run, layer, i, "bc"))
        page.line(f"{run.now(letter)} = σ({number(total)}) = {number(value[u])}")
    page.say("The candidate ĥ, what the new state could be:")
    _candidate(page, run, layer)
    page.say("The new state keeps a part z of the old one and takes the rest from the candidate:")
    z, candidate, old = run.now("z"), run.now("ĥ"), run.before("h", u)
    values = {z: saved.z[u], candidate: saved.candidate[u], old: saved.before[0][u]}
    worked(page, (run.now("h"), saved.state[0][u]), f"{z} · {old} + (1 − {z}) · {candidate}", values)
    run.begin_backward(page)
    _signals(page, run, layer, dy, values)
    run.sent_back(page)
    return run.through_time(page)


def _signals(page, run, layer, dy, values):
    """Write the gradients of what stands inside each gate; values holds the numbers of the gates."""
    h, z, r, candidate, inner = (run.now(letter) for letter in ("h", "z", "r", "ĥ", "m"))
    u, old, saved = run.u, run.before("h", run.u), run.saved[-1]
    signals = {name: d[u] for name, d in run.first_back.signals.items()}
    values |= {r: saved.r[u], f"d{h}": dy, f"d{candidate}": signals["dĥ"], inner: saved.inner[u]}
    page.say("Here `dz`, `dr` and `dĥ` are the gradients of what stands inside σ or tanh:")
    worked(page, (f"d{z}", signals["dz"]), f"d{h} · ({old} − {candidate}) · {z} · (1 − {z})", values)
    worked(page, (f"d{candidate}", signals["dĥ"]), f"d{h} · (1 − {z}) · (1 − {candidate}²)", values)
    if layer.reset_after:
        worked(page, (f"d{r}", signals["dr"]), f"d{candidate} · {inner} · {r} · (1 − {r})", values)
        return
    q = run.now("q")
    values[q] = run.cell.R[2][u] @ run.first_back.signals["dĥ"]
    page.line(f"{q} = Σ_j d{run.now('ĥ', 'j')} · R_h[{u},j] = {number(values[q])}")
    worked(page, (f"d{r}", signals["dr"]), f"{q} · {old} · {r} · (1 − {r})", values)


def _symbols(run, layer):
    u, x, before = run.u, run.now("x", "d"), run.before()
    both = layer.bias is not None
    lines = []
    for g in ("z", "r"):
        bias = f" + b_{g}[{u}]" * both + f" + c_{g}[{u}]" * (both and layer.reset_after)
        lines.append(f"{run.now(g)} = σ(Σ_d {x} · W_{g}[d,{u}] + Σ_k {before} · R_{g}[k,{u}]{bias})")
    start = f"{run.now('ĥ')} = tanh(Σ_d {x} · W_h[d,{u}]" + f" + b_h[{u}]" * both
    if layer.reset_after:
        lines.append(f"{run.now('m')} = Σ_k {before} · R_h[k,{u}]" + f" + c_h[{u}]" * both)
        lines.append(f"{start} + {run.now('r')} · {run.now('m')})")
    else:
        lines.append(f"{start} + Σ_k {run.now('r', 'k')} · {before} · R_h[k,{u}])")
    kept = f"{run.now('z')} · {run.before('h', u)}"
    return [*lines, f"{run.now('h')} = {kept} + (1 − {run.now('z')}) · {run.now('ĥ')}"]


def _terms(run, i, states, name=None):
    cell, u = run.cell, run.u
    name = name or run.before("h", "#")
    return [(run.now("x", "#"), run.saved[-1].x, cell.W[i][:, u]), (name, states, cell.R[i][:, u])]


def _biases(run, layer, i, letters):
    if layer.bias is None:
        return []
    letters = letters if layer.reset_after else letters.replace("c", "")
    values = {"b": run.cell.b, "c": run.cell.c}
    return [(f"{letter}_{'zrh'[i]}[{run.u}]", values[letter][i][run.u]) for letter in letters]


def _candidate(page, run, layer):
    saved, u = run.saved[-1], run.u
    if not layer.reset_after:
        reset = f"{run.now('r', '#')} · {run.before('h', '#')}"
        total = gate(
            page, "all inside tanh", _terms(run, 2, saved.r * saved.before[0], reset), _biases(run, layer, 2, "b")
        )
        page.line(f"{run.now('ĥ')} = tanh({number(total)}) = {number(saved.candidate[u])}")
        return
    of_x, of_h = _terms(run, 2, saved.before[0])
    first = gate(page, "from the input", [of_x], _biases(run, layer, 2, "b"))
    gate(page, run.now("m"), [of_h], _biases(run, layer, 2, "c"))
    inner = f"{bracket(number(first))} + {number(saved.r[u])} · {bracket(number(saved.inner[u]))}"
    page.line(f"{run.now('ĥ')} = tanh({inner}) = {number(saved.candidate[u])}")
