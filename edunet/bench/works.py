"""What is measured: names, sizes, operations, and the arrays that every library gets."""

from dataclasses import dataclass, field

import numpy as np

from edunet.names import did_you_mean

__all__ = ["PEAK", "WORKS", "Work", "choose"]

BATCH, STEPS = 32, 30  # a fit of 30 batches: slicing, shuffling, optimizer and metrics are inside


@dataclass(frozen=True)
class Work:
    """One line of the work list.

    kind, which function of the workers computes it; how, "time" (the default), "memory", "import" or "speed-up";
    flops, the multiplications and additions of one step; shapes, of the arrays; steps, how many one call takes.
    """

    name: str
    kind: str
    how: str = "time"
    flops: int | None = None
    shapes: dict = field(default_factory=dict)
    steps: int = 1

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the float32 arrays, always the same; y are labels. Weights (w...) are small, as a network's are."""
        rng = np.random.default_rng(0)
        made = {}
        for name, shape in self.shapes.items():
            scale = 0.1 if name.startswith("w") else 1.0
            made[name] = (
                rng.integers(10, size=shape)
                if name == "y"
                else (scale * rng.standard_normal(shape, np.float32)).astype(np.float32)
            )
        return made


def _forward_flops(layers):
    """Each output place of a convolution, and each output of a dense layer, is one dot product: 2 per weight in it."""
    return sum(2 * places * inputs * outputs for places, inputs, outputs in layers)


# (places, numbers in one dot product, outputs) of the article's network on one 28 x 28 image
ARTICLE = [(26 * 26, 9, 32), (11 * 11, 9 * 32, 64), (3 * 3, 9 * 64, 64), (1, 576, 64), (1, 64, 10)]


def _article(name):
    # Backward is two such products for each layer (weights, input), but the image itself needs no gradient.
    flops = BATCH * (3 * _forward_flops(ARTICLE) - _forward_flops(ARTICLE[:1]))
    return Work(name, "fit", flops=flops, shapes={"x": (BATCH * STEPS, 28, 28, 1), "y": (BATCH * STEPS,)}, steps=STEPS)


def _conv(N, H, W, C, F):
    I, J = H - 2, W - 2  # 3 x 3, valid
    flops = 3 * _forward_flops([(N * I * J, 9 * C, F)])  # y, dx and dw: the same number of products each
    shapes = {"x": (N, H, W, C), "w": (3, 3, C, F), "b": (F,), "dy": (N, I, J, F)}
    return Work(f"conv {N}x{H}x{W}x{C} -> {F}", "conv", flops=flops, shapes=shapes)


GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def _recurrence(kind, N, T, D, U):
    G = GATES[kind]
    # Each step and gate: x Wx and h Wh forward; dh, dWh and dWx backward. Nobody asks for dx.
    flops = 2 * N * T * G * U * ((D + U) + (U + U + D))
    shapes = {"x": (N, T, D), "wx": (D, G * U), "wh": (U, G * U), "dh": (N, T, U)}
    shapes["b"] = (2, G * U) if kind == "gru" else (G * U,)
    return Work(f"{kind} {N}x{T}x{D} -> {U}", kind, flops=flops, shapes=shapes)


def _attention(N, heads, T, d, how="time"):
    # Forward: q kᵀ and A v. Backward: dv, dA, dq, dk, and q kᵀ once more, because A (T x T) is not kept.
    # Whoever keeps A does one product less.
    flops = 7 * 2 * N * heads * T * T * d
    shapes = dict.fromkeys(("q", "k", "v", "dz"), (N, heads, T, d))
    prefix = "" if how == "time" else f"{how}, "
    return Work(f"{prefix}attention {N}x{heads}x{T}x{d}", "attention", how, flops if how == "time" else None, shapes)


def _speed_up():
    step = _article("speed-up, article CNN training step")
    return Work(step.name, step.kind, "speed-up", step.flops, step.shapes, step.steps)


WORKS = (
    _article("article CNN, training step"),
    Work("article CNN, predict one image", "predict", flops=_forward_flops(ARTICLE), shapes={"x": (1, 28, 28, 1)}),
    _conv(32, 28, 28, 1, 32),
    _conv(32, 13, 13, 32, 64),
    _conv(32, 5, 5, 64, 64),
    _conv(8, 56, 56, 64, 64),
    *(_recurrence(kind, 32, 100, 8, 64) for kind in GATES),
    *(_recurrence(kind, 64, 187, 1, 32) for kind in ("gru", "lstm")),
    _attention(32, 4, 64, 32),
    _attention(8, 8, 256, 64),
    _attention(1, 8, 1024, 64),
    _attention(1, 1, 4096, 64),
    _attention(1, 1, 4096, 64, how="memory"),
    Work("import", "import", "import"),
    _speed_up(),
)

# NumPy's own matrix product, measured between the others: what this machine can do, 2 n³ operations.
PEAK = Work("matrix product", "product", flops=2 * 1024**3, shapes={"a": (1024, 1024), "b": (1024, 1024)})


def choose(only, cores) -> list[Work]:
    """Return the works whose names contain one of the texts in `only` (all if it is empty)."""
    for text in only:
        if not any(text.lower() in work.name.lower() for work in WORKS):
            first_words = sorted({work.name.split(" ")[0].strip(",") for work in WORKS})
            raise ValueError(
                f"--only {text}: no work has this in its name; the works are {[work.name for work in WORKS]}."
                + did_you_mean(text, first_words)
            )
    chosen = [work for work in WORKS if not only or any(text.lower() in work.name.lower() for text in only)]
    possible = [work for work in chosen if cores > 1 or work.how != "speed-up"]
    if not possible:
        raise ValueError(f"{chosen[0].name!r} compares one core with several: add --cores 2.")
    return possible
