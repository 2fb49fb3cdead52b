"""edunet, through its public calls."""

import os

import edunet
from edunet import Tensor, gradients, ops

__all__ = ["build", "versions"]

if hasattr(edunet, "set_num_threads"):
    edunet.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def versions():
    return {"edunet": edunet.__version__, "backend": edunet.get_backend()}


def build(work, arrays):
    return {"": BUILDERS[work["kind"]](work["kind"], arrays)}


def fit(kind, arrays):
    model = _article_network()

    def run():
        model.fit(arrays["x"], arrays["y"], batch_size=32, epochs=1, verbose=0)

    return run


def predict(kind, arrays):
    model = _article_network()

    def run():
        model.predict(arrays["x"])

    return run


def _article_network():
    from edunet.demo import article_network

    model = article_network()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def conv(kind, arrays):
    x, w, b = (Tensor(arrays[name]) for name in ("x", "w", "b"))

    def run():
        y = ops.conv2d(x, w, b)
        return [y.data, *gradients(y, [x, w, b], arrays["dy"])]

    return run


def recurrence(kind, arrays):
    op = {"rnn": ops.simple_rnn, "gru": ops.gru, "lstm": ops.lstm}[kind]
    wx, wh, b = (Tensor(arrays[name]) for name in ("wx", "wh", "b"))

    def run():
        h = op(arrays["x"], wx, wh, b)
        h = h[0] if kind == "lstm" else h
        return [h.data, *gradients(h, [wx, wh, b], arrays["dh"])[:2]]

    return run


def attention(kind, arrays):
    q, k, v = (Tensor(arrays[name]) for name in ("q", "k", "v"))

    def run():
        z = ops.attention(q, k, v)
        return [z.data, *gradients(z, [q, k, v], arrays["dz"])]

    return run


BUILDERS = {
    "fit": fit,
    "predict": predict,
    "conv": conv,
    **dict.fromkeys(("rnn", "gru", "lstm"), recurrence),
    "attention": attention,
}
