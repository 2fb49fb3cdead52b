"""`edunet verify`: does edunet compute rightly here, on this processor, with these versions?

gradients      every formula changes along random directions as its gradients say, in float64
equality       every backend finds in float32 what NumPy finds in float64: outputs, gradients, steps of optimizers
determinism    trainings from the same seed, on one, two and three threads, end in the same bits
"""

import functools
import time

import numpy as np

from edunet import about, backend, layers, models, ops, optimizers, threads
from edunet.gradcheck import check_gradients
from edunet.tensor import Tensor

__all__ = ["formulas", "images", "outcome", "run", "sequences"]

CLOSE = 1e-4  # of the largest number: float32 keeps seven digits, and a sum over 5000 examples loses two of them


def run(backends=None) -> bool:
    """Ask the three questions of every backend, or of those named; print the answers; return whether all are right.

    Raises ValueError for a backend that is unknown, ImportError for one that is missing.
    """
    start = time.perf_counter()
    wrong: dict[str, list[str]] = {}  # backend: questions that it failed
    print(about.info())
    if not backends:
        backend.get_backend()  # what EDUNET_BACKEND asks for must be there
        backends = [name for name, state in backend.available_backends().items() if state == "ready"]
    for name in backends:
        with backend.use_backend(name):
            for question, ask in QUESTIONS.items():
                print(f"{question:11s} {name:7s} ", end="", flush=True)
                told, faults = _answer(ask)
                print(f"{'WRONG' if faults else 'right'}, {told}", *faults, sep="\n    ", flush=True)
                if faults:
                    wrong.setdefault(name, []).append(question)
    print(f"\n{_verdict(wrong, backends)} ({time.perf_counter() - start:.0f} s)")
    return not wrong


def _answer(ask) -> tuple[str, list[str]]:
    try:
        return ask()
    except KeyboardInterrupt:
        raise KeyboardInterrupt("stopped before there was a verdict") from None
    except Exception as error:  # whatever a broken kernel may raise is an answer, too
        return "it broke off", [f"{type(error).__name__}: {error}"]


def _verdict(wrong: dict, asked: list) -> str:
    if not wrong:
        return "edunet computes rightly on this machine."
    doubts = "; ".join(f"{name}: {', '.join(questions)}" for name, questions in wrong.items())
    sound = next((name for name in asked if name not in wrong), None)
    way_out = f"Until then compute with EDUNET_BACKEND={sound}. " if sound else ""
    return f"DO NOT TRUST edunet on this machine ({doubts}). {way_out}Please send this report to its developers."


# ---------------------------------------------------------------- the formulas


def formulas(N=6) -> dict:
    """Return {name: (op, arrays, options)}: every formula that has kernels of its own, on a batch of N examples.

    The widths lie on both sides of 16, so that full vectors are used as well as what is left over.
    """
    rng = np.random.default_rng(0)

    def draw(*shapes):
        return [rng.normal(size=shape) for shape in shapes]

    seen, looks = rng.random((N, 4)) < 0.6, rng.random((3, 4)) < 0.6
    table, share = rng.random((N, 4, 5)), rng.random((N, 4))
    odd = {"window": 3, "stride": 2, "padding": "same"}
    return {
        "conv1d": (ops.conv1d, draw((N, 9, 3), (3, 3, 5), (5,)), {"padding": "causal"}),
        "conv2d": (
            ops.conv2d,
            draw((N, 5, 7, 3), (3, 2, 3, 21), (21,)),
            {"padding": "same", "stride": 2, "relu": True},
        ),
        "depthwise_conv2d": (ops.depthwise_conv2d, draw((N, 5, 7, 19), (3, 2, 19, 2), (38,)), {"dilation": 2}),
        "max_pool2d": (ops.max_pool2d, draw((N, 5, 7, 19)), odd),
        "avg_pool2d": (ops.avg_pool2d, draw((N, 5, 7, 19)), odd),
        "simple_rnn": (ops.simple_rnn, draw((N, 4, 5), (5, 18), (18, 18), (18,), (N, 18)), {"mask": seen}),
        "gru": (ops.gru, draw((N, 4, 5), (5, 54), (18, 54), (2, 54), (N, 18)), {"mask": seen}),
        "gru, first form": (ops.gru, draw((N, 4, 5), (5, 21), (7, 21), (21,), (N, 7)), {"reset_after": False}),
        "lstm": (ops.lstm, draw((N, 4, 5), (5, 72), (18, 72), (72,), (N, 18), (N, 18)), {"mask": seen}),
        "attention": (ops.attention, draw((N, 2, 3, 5), (N, 2, 4, 5), (N, 2, 4, 17)), {"mask": looks}),
        "causal attention": (ops.attention, draw((N, 4, 5), (N, 4, 5), (N, 4, 7)), {"causal": True}),
        "batch_norm": (ops.batch_norm, draw((N, 4, 19), (19,), (19,)), {}),
        "layer_norm": (ops.layer_norm, draw((N, 4, 37), (37,), (37,)), {}),
        "softmax_crossentropy": (ops.softmax_crossentropy, draw((N, 4, 5)), {"target": table}),
        "sparse_softmax_crossentropy": (ops.sparse_softmax_crossentropy, draw((N, 4)), {"labels": np.arange(N) % 4}),
        "sigmoid_crossentropy": (ops.sigmoid_crossentropy, draw((N, 4)), {"target": share}),
    }


@functools.cache
def large() -> dict:
    """Return the formulas on works that threads share: large batches, one large image, one long sequence."""
    rng = np.random.default_rng(1)
    image, filters = rng.normal(size=(1, 120, 120, 8)), rng.normal(size=(3, 3, 8, 21))
    steps = [rng.normal(size=(1, 600, 17)) for _ in "qkv"]
    return formulas(5000) | {
        "conv2d of one image": (ops.conv2d, [image, filters, np.zeros(21)], {"padding": "same"}),
        "attention of one sequence": (ops.attention, steps, {"causal": True}),
    }


def outcome(op, arrays, options, layout=np.array) -> list[np.ndarray]:
    """Return the outputs of an op and the gradients of all its inputs; whatever arrives is laid out in the same way."""
    tensors = [Tensor(layout(a)) for a in arrays]
    options = {name: layout(a) if isinstance(a, np.ndarray) else a for name, a in options.items()}
    y = op(*tensors, **options)
    outputs = y if isinstance(y, tuple) else (y,)
    found = [output.numpy() for output in outputs]
    for output in outputs:
        output.backward(layout(np.cos(np.arange(output.size)).reshape(output.shape).astype(output.dtype)))
        found += [t.grad for t in tensors]
    return found


def gradients() -> tuple[str, list[str]]:
    """Check the gradients of every formula; return what was done, and what is wrong.

    Not of Numba's, which would compile everything once more, for float64: equality holds them against NumPy's.
    """
    if backend.get_backend() == "numba":
        return "if equality is: they are compared with NumPy's", []
    faults, worst = [], 0.0
    for op, arrays, options in formulas().values():
        try:
            worst = max(worst, check_gradients(op, *arrays, **options))
        except ValueError as error:
            faults.append(str(error))
    return f"{len(formulas())} formulas, largest difference {worst:.0e}", faults


def equality() -> tuple[str, list[str]]:
    """Compare every formula and every optimizer in float32 with NumPy in float64."""
    apart = {}
    for name, (op, arrays, options) in large().items():
        found = outcome(op, [a.astype(np.float32) for a in arrays], options)
        apart[name] = np.max([_apart(a, b) for a, b in zip(found, _expected(name), strict=True)])  # NaN stays NaN
    for name in STEPS:
        found = _steps(name, np.float32)
        with backend.use_backend("numpy"):
            apart[name] = _apart(found, _steps(name, np.float64))
    faults = [
        f"{name}: differs from NumPy in float64 by {far:.1e} of the largest number"
        for name, far in apart.items()
        if not far <= CLOSE
    ]
    return f"{len(apart)} formulas, largest difference {np.max(list(apart.values())):.0e}", faults


@functools.cache  # for every backend the same
def _expected(name) -> list[np.ndarray]:
    op, arrays, options = large()[name]
    with backend.use_backend("numpy"):
        return outcome(op, [a.astype(np.float32).astype(np.float64) for a in arrays], options)


def _apart(a, b) -> float:
    with np.errstate(all="ignore"):
        return np.max(np.abs(a - b)) / max(1, np.abs(b).max())


STEPS = {
    "SGD": lambda: optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    "RMSprop": lambda: optimizers.RMSprop(0.01),
    "Adam": lambda: optimizers.Adam(0.01),
}


def _steps(name, dtype):
    """Return a weight after three steps."""
    rng, optimizer = np.random.default_rng(0), STEPS[name]()
    w = Tensor(rng.normal(size=70).astype(np.float32).astype(dtype))
    for _ in range(3):
        optimizer.apply([rng.normal(size=70).astype(np.float32).astype(dtype)], [w])
    return w.numpy()


# ---------------------------------------------------------------- trainings


def images(seed=3) -> tuple[bytes, dict]:
    """Train on images: convolution, normalisation, pooling, dropout. Return all weights and the history."""

    def network(x):
        x = layers.BatchNormalization()(layers.Conv2D(24, 3, activation="relu")(x))
        x = layers.Conv2D(32, 3, activation="relu", padding="same")(layers.MaxPooling2D(2)(x))
        return layers.Dropout(0.3)(layers.Flatten()(x))

    return _trained(network, (96, 20, 20, 3), seed)


def sequences(seed=3) -> tuple[bytes, dict]:
    """Train on sequences: recurrence with gates, attention, normalisation."""

    def network(x):
        x = layers.GRU(32, return_sequences=True)(x)
        x = layers.LayerNormalization()(layers.MultiHeadAttention(2, 16)(x, x))
        return layers.LSTM(32)(x)

    return _trained(network, (80, 30, 8), seed)


def _trained(network, shape, seed):
    backend.set_random_seed(seed)
    rng = np.random.default_rng(0)
    x, y = rng.random(shape, dtype=np.float32), rng.integers(0, 4, shape[0])
    drawn = layers.Input(shape[1:])
    model = models.Model(drawn, layers.Dense(4, activation="softmax")(network(drawn)))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, batch_size=40, validation_split=0.1, verbose=0).history
    return b"".join(w.tobytes() for w in model.get_weights()), history


def determinism() -> tuple[str, list[str]]:
    """Compute and train again on one, two and three threads, and compare bit by bit."""
    before = threads.get_num_threads()
    works: dict = {
        name: lambda op=op, arrays=arrays, options=options: _bits(op, arrays, options)
        for name, (op, arrays, options) in large().items()
    }
    works |= {"training on images": images, "training on sequences": sequences}
    faults = []
    try:
        for name, work in works.items():
            threads.set_num_threads(1)
            expected = work()
            for n in (2, 3):
                threads.set_num_threads(n)
                if work() != expected:
                    faults.append(f"{name}: has other bits on {n} threads than on one")
    finally:
        threads.set_num_threads(before)
    return f"{len(works)} works on 1, 2 and 3 threads", faults


def _bits(op, arrays, options) -> bytes:
    return b"".join(a.tobytes() for a in outcome(op, [a.astype(np.float32) for a in arrays], options))


QUESTIONS = {"gradients": gradients, "equality": equality, "determinism": determinism}
