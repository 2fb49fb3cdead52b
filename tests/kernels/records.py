"""One record for every formula that has kernels: which inputs they may get, which arrays they fill.

`make(rng, **sizes)` returns the inputs of the forward pass by the names of its parameters, float64; `sizes` says what
Hypothesis may draw, `large` gives a few that fill the blocks and tiles of compiled kernels. Tests are made from these.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from edunet.ops.conv import placement


@dataclass(frozen=True)
class Op:
    family: str
    name: str
    make: Callable
    sizes: dict
    made: Callable = lambda given: {}  # {name: shape} of what the forward kernel fills
    large: tuple = ()
    in_place: tuple = ()  # what an update changes
    floor: Callable | None = None  # see `bound` in checks.py

    def _repr_pretty_(self, printer, cycle):  # in the examples that Hypothesis prints
        printer.text(self.name)

    @property
    def drawn(self):
        return st.fixed_dictionaries({"seed": st.integers(0, 999), **self.sizes})


WIDTH = st.sampled_from([1, 2, 3, 5, 8, 16, 17, 31, 32, 48])  # channels, features, units
FEW = st.integers(0, 3)


def two(low, high):
    return st.tuples(st.integers(low, high), st.integers(low, high))


# ---------------------------------------------------------------- windows

GEOMETRY = {
    "N": FEW,
    "room": two(0, 5),  # how far the window can move without padding; with padding the image is that much larger than 1
    "window": two(1, 4),
    "stride": two(1, 3),
    "padding": st.sampled_from(["valid", "same"]),
}


def image(rng, N, room, window, stride, padding, C, dilation=(1, 1)):
    """Return x, and where the window goes."""
    reach = [(u - 1) * d + 1 if padding == "valid" else 1 for u, d in zip(window, dilation, strict=True)]
    size = tuple(r + more for r, more in zip(reach, room, strict=True))
    pad, places = placement("records", size, window, stride, dilation, padding)
    return {"x": rng.normal(size=(N, *size, C)), "stride": stride, "pad": pad, "places": places}


def conv(rng, C, F, relu=False, dilation=(1, 1), **geometry):
    given = image(rng, C=C, dilation=dilation, **geometry)
    w, b = rng.normal(size=(*geometry["window"], C, F)), rng.normal(size=F)
    return {**given, "w": w, "b": b, "dilation": dilation, "relu": relu}


def depthwise(rng, C, multiplier, dilation=(1, 1), **geometry):
    given = image(rng, C=C, dilation=dilation, **geometry)
    w, b = rng.normal(size=(*geometry["window"], C, multiplier)), rng.normal(size=C * multiplier)
    return {**given, "w": w, "b": b, "dilation": dilation}


def pool(rng, ties=False, **geometry):
    given = image(rng, **geometry)
    x = given["x"].round() if ties else given["x"]
    return {**given, "x": x, "window": geometry["window"]}


def filled(given, channels):
    return (len(given["x"]), *given["places"], channels)


# ---------------------------------------------------------------- sequences

SEQUENCE = {
    "N": st.integers(0, 8),
    "T": st.integers(1, 7),
    "D": WIDTH,
    "U": WIDTH,
    "mask": st.sampled_from(["none", "lengths", "any"]),
}


def sequence(rng, N, T, D, U, mask="none", gates=1, **options):
    masks = {
        "none": np.zeros((0, 0), bool),
        "lengths": np.arange(T) < rng.integers(0, T + 1, size=(N, 1)),
        "any": rng.random((N, T)) < 0.6,
    }
    wx, wh = (rng.normal(size=(n, gates * U)) / np.sqrt(n) for n in (D, U))
    b = rng.normal(size=(2, 3 * U) if gates == 3 else gates * U)
    given = {"x": rng.normal(size=(N, T, D)), "wx": wx, "wh": wh, "b": b, "h0": rng.normal(size=(N, U))}
    return {**given, "c0": rng.normal(size=(N, U)), "mask": masks[mask], **options}


def simple_rnn(rng, activation="tanh", **sizes):
    return sequence(rng, **sizes, activation=activation)


def gru(rng, reset_after=True, **sizes):
    return sequence(rng, **sizes, gates=3, reset_after=reset_after)


def lstm(rng, **sizes):
    return sequence(rng, **sizes, gates=4)


def states(given, **widths):
    """Return the shapes of arrays (N,T,width·U)."""
    return {name: (*given["x"].shape[:2], width * len(given["wh"])) for name, width in widths.items()}


def attention(rng, B, T, S, d, e, look="all", horizon=None):
    q, k, v = (rng.normal(size=size) for size in ((B, T, d), (B, S, d), (B, S, e)))
    flags = {"keys": (B, 1, S), "table": (1, T, S), "full": (B, T, S), "blind": (B, T, S)}
    mask = np.zeros((0, 0, 0), bool)
    if look in flags:
        mask = rng.random(flags[look]) < 0.6
        mask[:, -1:] &= look != "blind"  # the last query sees nothing
        mask = np.broadcast_to(mask, (B, T, S))  # a view, as the op passes it
    return {"q": q, "k": k, "v": v, "mask": mask, "horizon": S if horizon is None else min(horizon, S)}


# ---------------------------------------------------------------- rows and steps


def rows(rng, M, C, epsilon=1e-3):
    x = rng.normal(size=(M, C)) + rng.normal(size=C)
    return {"x": x, "gamma": rng.normal(size=C), "beta": rng.normal(size=C), "epsilon": epsilon}


def magnified(known):
    """Dividing by a small deviation magnifies the rounding of what is divided."""
    deviation = np.sqrt(known["variance"] + known["epsilon"]).min(initial=1)
    return largest(known.get("dy", known["x"])) * max(1, largest(known["gamma"]) / deviation)


def largest(a):
    return float(np.abs(a).max(initial=0))


def scores(rng, M, K):
    z, target = 3 * rng.normal(size=(M, K)), rng.random((M, K))
    return {"z": z, "target": target, "labels": rng.integers(0, K, size=M)}


def numbers(rng, M):
    return {"z": 3 * rng.normal(size=M), "target": rng.random(M)}


def weights(rng, size, first=False, **options):
    """Return a step of an optimizer; at the first one nothing has been gathered in m and v."""
    w, dw, m, v = rng.normal(size=(4, size))
    return {"w": w, "dw": dw, "m": m * (not first), "v": v * v * (not first), "rate": 0.01, "epsilon": 1e-7, **options}


STEP = {"size": st.sampled_from([0, 1, 2, 7, 16, 33, 100]), "first": st.booleans()}
ROWS = {"M": st.integers(0, 9), "K": WIDTH}
BIG_IMAGE = {"N": 2, "room": (40, 35), "window": (3, 3), "stride": (1, 1), "padding": "same"}
BIG_SEQUENCE = {"N": 37, "T": 9, "D": 33, "U": 65, "mask": "lengths"}
DILATION = {"dilation": two(1, 3)}
OF_BOTH = {"epsilon": st.sampled_from([1e-3, 0.1])}

OPS = [
    Op("conv", "conv2d", conv, {**GEOMETRY, **DILATION, "C": WIDTH, "F": WIDTH, "relu": st.booleans()},
       lambda g: {"y": filled(g, g["w"].shape[3])},
       ({**BIG_IMAGE, "C": 5, "F": 33, "relu": True}, {**BIG_IMAGE, "C": 16, "F": 32, "stride": (2, 1)})),
    Op("conv", "depthwise_conv2d", depthwise, {**GEOMETRY, **DILATION, "C": WIDTH, "multiplier": st.integers(1, 3)},
       lambda g: {"y": filled(g, len(g["b"]))},
       ({**BIG_IMAGE, "C": 33, "multiplier": 1}, {**BIG_IMAGE, "C": 7, "multiplier": 2, "stride": (1, 2)})),
    Op("pool", "max_pool2d", pool, {**GEOMETRY, "C": WIDTH, "ties": st.booleans()},
       lambda g: dict.fromkeys(("y", "winner"), filled(g, g["x"].shape[3])), ({**BIG_IMAGE, "C": 33},)),
    Op("pool", "avg_pool2d", pool, {**GEOMETRY, "C": WIDTH},
       lambda g: {"y": filled(g, g["x"].shape[3])}, ({**BIG_IMAGE, "C": 33},)),
    Op("rnn", "simple_rnn", simple_rnn,
       {**SEQUENCE, "activation": st.sampled_from(["tanh", "relu", "sigmoid", "linear"])},
       lambda g: states(g, h=1), (BIG_SEQUENCE,)),
    Op("gru", "gru", gru, {**SEQUENCE, "reset_after": st.booleans()},
       lambda g: states(g, h=1, gates=3, inner=1), tuple({**BIG_SEQUENCE, "reset_after": r} for r in (True, False))),
    Op("lstm", "lstm", lstm, SEQUENCE, lambda g: states(g, h=1, c=1, gates=4), (BIG_SEQUENCE,)),
    Op("attention", "attention", attention,
       {"B": FEW, "T": st.integers(1, 7), "S": st.integers(1, 9), "d": WIDTH, "e": WIDTH,
        "look": st.sampled_from(["all", "keys", "table", "full", "blind"]),
        "horizon": st.sampled_from([None, 0, 2])},
       lambda g: {"z": (*g["q"].shape[:2], g["v"].shape[2]), "lse": g["q"].shape[:2]},
       ({"B": 2, "T": 410, "S": 410, "d": 9, "e": 17, "horizon": 0},  # several blocks, some of them cut
        {"B": 1, "T": 200, "S": 270, "d": 33, "e": 5, "horizon": 60},
        {"B": 1, "T": 70, "S": 333, "d": 16, "e": 32, "look": "full"})),
    Op("norm", "batch_norm", rows, {**OF_BOTH, "M": st.integers(1, 9), "C": WIDTH},
       lambda g: {"y": g["x"].shape, **dict.fromkeys(("mean", "variance"), g["gamma"].shape)},
       ({"M": 3001, "C": 33},), floor=magnified),
    Op("norm", "layer_norm", rows, {**OF_BOTH, "M": st.integers(0, 9), "C": WIDTH},
       lambda g: {"y": g["x"].shape, **dict.fromkeys(("mean", "variance"), (len(g["x"]),))},
       ({"M": 301, "C": 333},), floor=magnified),
    Op("loss", "softmax_crossentropy", scores, ROWS,
       lambda g: {"loss": (len(g["z"]),), "p": g["z"].shape}, ({"M": 301, "K": 103},)),
    Op("loss", "sparse_softmax_crossentropy", scores, ROWS,
       lambda g: {"loss": (len(g["z"]),), "p": g["z"].shape}, ({"M": 301, "K": 103},)),
    Op("loss", "sigmoid_crossentropy", numbers, {"M": st.integers(0, 70)},
       lambda g: dict.fromkeys(("loss", "p"), g["z"].shape), ({"M": 3001},)),
    Op("update", "sgd", weights, {**STEP, "momentum": st.sampled_from([0.0, 0.9]), "nesterov": st.booleans()},
       large=({"size": 10_007, "momentum": 0.9, "nesterov": True},), in_place=("w", "m")),
    Op("update", "rmsprop", weights, {**STEP, "momentum": st.sampled_from([0.0, 0.9]), "rho": st.just(0.9)},
       large=({"size": 10_007, "momentum": 0.0, "rho": 0.9},), in_place=("w", "v", "m")),
    Op("update", "adam", weights, {**STEP, "beta_1": st.just(0.9), "beta_2": st.just(0.999)},
       large=({"size": 10_007, "beta_1": 0.9, "beta_2": 0.999},), in_place=("w", "m", "v")),
]  # fmt: skip
