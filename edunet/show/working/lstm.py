"""A worked step of an LSTM: three gates, the cell, what is shown of it; and the way back through each of them."""

from types import SimpleNamespace

import numpy as np

from edunet.show.working.sequence import Back, Sequence, gate, worked
from edunet.show.working.symbols import number

__all__ = ["lstm"]

GATES = {"i": "write", "f": "keep", "c̃": "what could be written", "o": "show"}


class Cell:
    """One step of one patient, in float64; parts of W, R and b in the order i, f, c, o."""

    names = ("W", "R", "b")

    def __init__(self, layer):
        self.W = np.split(layer.kernel.data.astype(float), 4, axis=1)
        self.R = np.split(layer.recurrent_kernel.data.astype(float), 4, axis=1)
        bias = np.zeros(4 * layer.units) if layer.bias is None else layer.bias.data.astype(float)
        self.b = np.split(bias, 4)

    def start(self):
        return np.zeros(len(self.R[0])), np.zeros(len(self.R[0]))

    def step(self, x, state):
        h, c = state
        inner = [x @ W + h @ R + b for W, R, b in zip(self.W, self.R, self.b, strict=True)]
        i, f, o = (0.5 * (1 + np.tanh(inner[g] / 2)) for g in (0, 1, 3))
        could = np.tanh(inner[2])
        cell = f * c + i * could
        gates = {"i": i, "f": f, "c̃": could, "o": o}
        return SimpleNamespace(x=x, before=state, gates=gates, state=(o * np.tanh(cell), cell))

    def back(self, saved, dstate):
        (dh, dc), (h, c) = dstate, saved.before
        i, f, could, o = saved.gates.values()
        shown = np.tanh(saved.state[1])
        dc = dc + dh * o * (1 - shown**2)
        signals = {
            "di": dc * could * i * (1 - i),
            "df": dc * c * f * (1 - f),
            "dc̃": dc * i * (1 - could**2),
            "do": dh * shown * o * (1 - o),
        }
        dx = {f"{name} · W_{name[1]}": W @ d for (name, d), W in zip(signals.items(), self.W, strict=True)}
        dbefore = {f"{name} · R_{name[1]}": R @ d for (name, d), R in zip(signals.items(), self.R, strict=True)}
        all_four = np.concatenate(list(signals.values()))
        weights = [np.outer(saved.x, all_four), np.outer(h, all_four), all_four]
        return Back(dx, dbefore, (dc * f,), weights, signals | {"dc": dc})


def lstm(layer, arrays, at, dy):
    """Work out h[n,t,u] of an LSTM."""
    run = Sequence(layer, arrays, at, dy, Cell)
    biased = layer.bias is not None
    parts = "In W stand `W_i`, `W_f`, `W_c` and `W_o` side by side; in R and b likewise."
    page = run.page(_symbols(run, biased), parts)
    for g, (letter, meaning) in enumerate(GATES.items()):
        page.say(f"{letter}, {meaning}:")
        _gate(page, run, g, letter, biased)
    _states(page, run)
    run.begin_backward(page)
    _signals(page, run, dy)
    run.sent_back(page)
    return run.through_time(page)


def _gate(page, run, g, letter, biased):
    saved, cell, u = run.saved[-1], run.cell, run.u
    curve = "tanh" if letter == "c̃" else "σ"
    of_x = (run.now("x", "#"), saved.x, cell.W[g][:, u])
    of_h = (run.before("h", "#"), saved.before[0], cell.R[g][:, u])
    total = gate(page, f"all inside {curve}", [of_x, of_h], [(f"b_{letter[0]}[{u}]", cell.b[g][u])] * biased)
    page.line(f"{run.now(letter)} = {curve}({number(total)}) = {number(saved.gates[letter][u])}")


def _states(page, run):
    """Write the new cell and what is shown of it."""
    saved, u = run.saved[-1], run.u
    i, f, could, o, c = (run.now(letter) for letter in ("i", "f", "c̃", "o", "c"))
    old = run.before("c", u)
    values = {run.now(letter): values[u] for letter, values in saved.gates.items()}
    values |= {old: saved.before[1][u], c: saved.state[1][u]}
    page.say("The cell keeps a part f of what it held, and a part i of the new is written into it:")
    worked(page, (c, saved.state[1][u]), f"{f} · {old} + {i} · {could}", values)
    page.say("The gate o shows a part of the cell:")
    worked(page, (run.now("h"), saved.state[0][u]), f"{o} · tanh({c})", values)


def _signals(page, run, dy):
    """Write the gradients of the cell and of what stands inside each gate."""
    saved, u = run.saved[-1], run.u
    i, f, could, o, c, h = (run.now(letter) for letter in ("i", "f", "c̃", "o", "c", "h"))
    old, back = run.before("c", u), {name: d[u] for name, d in run.first_back.signals.items()}
    values = {run.now(letter): values[u] for letter, values in saved.gates.items()}
    values |= {f"tanh({c})": np.tanh(saved.state[1][u]), f"d{h}": dy, f"d{c}": back["dc"], old: saved.before[1][u]}
    page.say("`dc` is the gradient of the cell; `di`, `df`, `dc̃` and `do` are those of what stands inside σ or tanh:")
    worked(page, (f"d{c}", back["dc"]), f"d{h} · {o} · (1 − tanh({c})²)", values)
    worked(page, (f"d{o}", back["do"]), f"d{h} · tanh({c}) · {o} · (1 − {o})", values)
    worked(page, (f"d{i}", back["di"]), f"d{c} · {could} · {i} · (1 − {i})", values)
    worked(page, (f"d{f}", back["df"]), f"d{c} · {old} · {f} · (1 − {f})", values)
    worked(page, (f"d{could}", back["dc̃"]), f"d{c} · {i} · (1 − {could}²)", values)
    page.say("What goes back to the cell of the step before:")
    worked(page, (f"d{old}", run.first_back.others[0][u]), f"d{c} · {f}", values)


def _symbols(run, biased):
    u = run.u
    lines = []
    for letter in GATES:
        inner = f"Σ_d {run.now('x', 'd')} · W_{letter[0]}[d,{u}] + Σ_k {run.before()} · R_{letter[0]}[k,{u}]"
        inner += f" + b_{letter[0]}[{u}]" * biased
        lines.append(f"{run.now(letter)} = {'tanh' if letter == 'c̃' else 'σ'}({inner})")
    lines.append(f"{run.now('c')} = {run.now('f')} · {run.before('c', u)} + {run.now('i')} · {run.now('c̃')}")
    return [*lines, f"{run.now('h')} = {run.now('o')} · tanh({run.now('c')})"]
