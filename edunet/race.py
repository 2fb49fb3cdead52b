"""One formula, several implementations, one answer: how far they differ and how long they take, side by side."""

import html
import statistics
import time
from dataclasses import dataclass

import numpy as np

from edunet import ops
from edunet.backend import available_backends, use_backend
from edunet.names import did_you_mean
from edunet.threads import get_num_threads

__all__ = ["Race", "compare_backends"]

ROUNDS = 7  # everybody runs once in each: what disturbs one disturbs all
SECONDS = 20.0  # after so many no further round begins
SHORT = 2e-3  # seconds: what is shorter is repeated until it is not


@dataclass(frozen=True)
class Race:
    """What came of it: `seconds` (median) and `difference` (largest, from NumPy in float64, relative) by backend."""

    title: str
    formula: str
    seconds: dict[str, float]
    difference: dict[str, float]
    rounds: int
    threads: int
    work: str

    @property
    def _rows(self) -> list[tuple[str, str, str, str]]:
        slowest = max(self.seconds.values())
        order = sorted(self.seconds, key=lambda name: self.seconds[name])
        return [
            (
                name,
                f"{1000 * self.seconds[name]:.3f}",
                f"{slowest / self.seconds[name]:,.1f}",
                f"{self.difference[name]:.0e}",
            )
            for name in order
        ]

    def _below(self) -> str:
        return (
            f"{self.work}. Medians of {self.rounds} rounds, all in turn. Difference: the largest to NumPy in float64, "
            f"as a share of the largest number. Kernels of this library may use {self.threads} threads."
        )

    def __str__(self):
        lines = [f"{self.title}   {self.formula}", "", "backend    milliseconds   times as fast   difference"]
        lines += [f"{n:10s} {ms:>12s} {times:>15s} {d:>12s}" for n, ms, times, d in self._rows]
        return "\n".join([*lines, "", self._below()])

    __repr__ = __str__

    def _repr_html_(self):
        style = 'style="text-align: right; padding: 2px 14px"'
        head = ("backend", "milliseconds", "times as fast as the slowest", "largest difference")
        rows = "".join(
            "<tr>" + "".join(f"<{tag} {style}>{html.escape(cell)}</{tag}>" for cell in row) + "</tr>"
            for row, tag in [(head, "th"), *((row, "td") for row in self._rows)]
        )
        formula = f"<p><b>{html.escape(self.title)}</b> &nbsp; <code>{html.escape(self.formula)}</code></p>"
        return f"{formula}<table>{rows}</table><p>{html.escape(self._below())}</p>"


def compare_backends(op, *arrays, backends=None, **options) -> Race:
    """Let every backend compute the same formula: show it, the largest difference, and the times.

    Args: op, the name of a formula, such as "conv2d", or the function of `edunet.ops`; arrays and options, its
    arguments; backends, names (all that are ready, and those you registered, unless given).
    Returns: `Race`, shown as a table; seconds and difference by backend.
    Raises ValueError for an unknown op or backend, and what the op raises.

    >>> race = compare_backends("softmax", np.zeros((2, 3)), backends=["numpy"])
    >>> race.difference
    {'numpy': 0.0}
    """
    op = _named(op)
    ready = [name for name, state in available_backends().items() if state == "ready"]
    names = ready if backends is None else [backends] if isinstance(backends, str) else list(backends)
    if not names:
        raise ValueError(f"compare_backends: no backend was given. Ready are {ready}.")
    with use_backend("numpy"):
        exact = _compute(op, [_double(a) for a in arrays], options)
    scale = max(float(np.abs(exact).max(initial=0)), 1e-300)
    difference, repeats = {}, {}
    for name in names:
        with use_backend(name):  # the first call compiles, and tells how long one takes
            result = _compute(op, arrays, options)
            start = time.perf_counter()
            _compute(op, arrays, options)
            repeats[name] = max(1, int(SHORT / max(time.perf_counter() - start, 1e-7)))
        difference[name] = float(np.abs(result - exact).max(initial=0)) / scale
    times: dict[str, list[float]] = {name: [] for name in names}
    began, rounds = time.perf_counter(), 0
    while rounds < ROUNDS and (rounds == 0 or time.perf_counter() - began < SECONDS * rounds / (rounds + 1)):
        rounds += 1
        for name in names:
            with use_backend(name):
                start = time.perf_counter()
                for _ in range(repeats[name]):
                    _compute(op, arrays, options)
                times[name].append((time.perf_counter() - start) / repeats[name])
    return Race(
        title=op.__name__,
        formula=_formula(op),
        seconds={name: statistics.median(t) for name, t in times.items()},
        difference=difference,
        rounds=rounds,
        threads=get_num_threads(),
        work=", ".join(f"{np.shape(a)} {np.asarray(a).dtype}" for a in arrays),
    )


def _named(op):
    if callable(op):
        return op
    if op not in ops.__all__:
        raise ValueError(f"there is no formula {op!r} in edunet.ops." + did_you_mean(op, ops.__all__))
    return getattr(ops, op)


def _compute(op, arrays, options):
    y = op(*arrays, **options)
    return np.asarray(y[0] if isinstance(y, tuple) else y)


def _double(a):
    a = np.asarray(a)
    return a.astype(np.float64) if a.dtype.kind == "f" else a


def _formula(op) -> str:
    """Return the first line of the formula in the op's own description."""
    lines = [line for line in (op.__doc__ or "").splitlines()[1:] if line.strip()]
    return " ".join(lines[0].split()) if lines else ""
