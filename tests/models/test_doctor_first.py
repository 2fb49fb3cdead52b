"""model.doctor judges the numbers where they meet the first weights, not before they are scaled inside the model."""

import numpy as np
import pytest

from edunet import Model, Sequential
from edunet import layers as L

rng = np.random.default_rng(0)
N = 300
Y = np.arange(N) % 2
GREY = rng.integers(0, 256, (N, 8, 8, 1)).astype("u1")
TABLE = rng.normal(size=(N, 4)) * [1, 1, 1, 5000] + [0, 0, 0, 30_000]
WORDS = rng.integers(0, 5000, (N, 12))
END = (L.Flatten, lambda: L.Dense(1, activation="sigmoid"))


def model(*stack):
    made = Sequential([*stack, *(make() for make in END)])
    made.compile("adam", "binary_crossentropy")
    return made


def adapted():
    layer = L.Normalization()
    layer.adapt(TABLE)
    return layer


def preprocessing():
    return Sequential([L.Input((8, 8, 1)), L.RandomFlip("horizontal"), L.Rescaling(1 / 255)])


class Places(L.Layer):
    """Codes and their places as vectors."""

    def __init__(self):
        super().__init__()
        self.words, self.places = L.Embedding(5000, 8), L.Embedding(12, 8)

    def call(self, x):
        return self.words(x) + self.places(np.arange(12)[None])


class Table(L.Layer):
    """Vectors of one's own for codes."""

    def build(self, input_shape):
        self.vectors = self.add_weight((5000, 8))

    def call(self, x):
        return self.vectors[np.asarray(x).astype(int)]


class Own(Model):
    def __init__(self, *inner):
        super().__init__()
        self.inner = [*inner, L.Flatten(), L.Dense(1, activation="sigmoid")]

    def call(self, x):
        for layer in self.inner:
            x = layer(x)
        return x


def own(*inner):
    made = Own(*inner)
    made.compile("adam", "binary_crossentropy")
    return made


def encoder():
    return Sequential([L.Input((12,)), L.Embedding(5000, 8), L.GRU(4)])


CLEAN = {
    "rescaling": (lambda: model(L.Rescaling(1 / 255), L.Conv2D(2, 3)), GREY),
    "rescaling, input drawn": (lambda: model(L.Input((8, 8, 1)), L.Rescaling(1 / 255), L.Conv2D(2, 3)), GREY),
    "augmentation first": (
        lambda: model(L.RandomFlip(), L.RandomRotation(0.1), L.RandomZoom(0.1), L.Rescaling(1 / 255), L.Conv2D(2, 3)),
        GREY,
    ),
    "a model that prepares": (lambda: model(preprocessing(), L.Conv2D(2, 3)), GREY),
    "laid flat": (lambda: model(L.Flatten(), L.Rescaling(1 / 255), L.Dense(4)), GREY),
    "adapted": (lambda: model(adapted(), L.Dense(4)), TABLE),
    "batch normalization": (lambda: model(L.Dropout(0.1), L.BatchNormalization(), L.Dense(4)), TABLE),
    "own model, rescaling": (lambda: own(L.Rescaling(1 / 255), L.Conv2D(2, 3)), GREY),
    "own model, batch normalization": (lambda: own(L.BatchNormalization()), TABLE),
    "own layer of places": (lambda: model(L.Input((12,), dtype="int32"), Places(), L.GRU(4)), WORDS),
    "own layer of vectors": (lambda: model(L.Input((12,), dtype="int32"), Table(), L.GRU(4)), WORDS),
    "own model of places": (lambda: own(Places(), L.GRU(4)), WORDS),
    "an encoder inside": (lambda: model(L.Input((12,)), encoder()), WORDS),
    "an encoder inside, own model": (lambda: own(encoder()), WORDS),
    "steps": (lambda: model(L.Rescaling(1 / 255), L.TimeDistributed(L.Dense(3))), GREY[..., 0]),
}


@pytest.mark.parametrize(("make", "x"), CLEAN.values(), ids=CLEAN)
def test_scaled_inside(make, x):
    report = make().doctor(x, Y)
    assert not report, report


FOUND = {
    "grey values": (lambda: model(L.RandomFlip(), L.Conv2D(2, 3)), GREY, "x / 255"),
    "grey values, own model": (lambda: own(L.Conv2D(2, 3)), GREY, "x / 255"),
    "a table": (lambda: model(L.Dropout(0.1), L.Dense(4)), TABLE, "column 3"),
    "a table, own model": (lambda: own(L.Dense(4)), TABLE, "np.where"),
    "scaled the wrong way": (lambda: model(L.Rescaling(255.0), L.Conv2D(2, 3)), GREY / 255, "reach layer 'conv2d"),
    "not adapted": (lambda: model(L.Normalization(name="scale"), L.Dense(4)), TABLE, "Adapt the layer 'scale'"),
    "steps": (lambda: model(L.TimeDistributed(L.Dense(3))), GREY[..., 0], "axis="),
}


@pytest.mark.parametrize(("make", "x", "words"), FOUND.values(), ids=FOUND)
def test_not_scaled_inside(make, x, words):
    report = make().doctor(x, Y)
    assert report.names() == ["unscaled inputs"]
    assert words in str(report)


def test_of_two_inputs_the_one_that_is_not_scaled():
    a, b = L.Input((8, 8, 1)), L.Input((4,))
    h = L.Concatenate()([L.Flatten()(L.Rescaling(1 / 255)(a)), L.Dense(3)(b)])
    made = Model([a, b], L.Dense(1, activation="sigmoid")(h))
    made.compile("adam", "binary_crossentropy")
    (found,) = made.doctor([GREY, TABLE], Y)
    assert "x[1]" in found.sentence


# ---------------------------------------------------------------- columns that may be constant


def digits(shape=(8, 8), scale=1.0):
    """Pictures with a dark border, laid flat."""
    x = rng.random((N, *shape)) * (rng.random((N, *shape)) < 0.7)
    x[:, :, 0] = x[:, :, -1] = 0
    return scale * x.reshape(N, -1)


def test_the_dark_border_of_small_pictures_laid_flat():
    assert not model(L.Dense(4)).doctor(digits(), Y)


def test_pixels_that_are_hardly_ever_lit():
    x = digits()
    x[:, 0] = 0
    x[5, 0] = 1 / 255
    assert not model(L.Dense(4)).doctor(x, Y)


def test_an_autoencoder_gives_back_what_is_constant():
    made = Sequential([L.Dense(3), L.Dense(5)])
    made.compile("adam", "mse")
    x = rng.normal(size=(N, 5)) * [1, 1, 1, 1, 0] + 7
    assert not made.doctor(x, x)


def test_a_constant_column_among_measurements():
    x = rng.normal(size=(N, 64))
    x[:, 5] = 0
    assert model(L.Dense(4)).doctor(x, Y).names() == ["constant input"]


# ---------------------------------------------------------------- looking ahead


def tagger():
    made = Sequential([L.Bidirectional(L.LSTM(3, return_sequences=True), input_shape=(12, 2)), L.Dense(1)])
    made.compile("adam", "mse")
    return made


SIGNAL = np.cumsum(rng.normal(size=(N, 14, 2)), axis=1).astype("f4")


def test_a_tagger_may_look_at_all_steps():
    y = rng.normal(size=(N, 12, 1))
    assert not tagger().doctor(SIGNAL[:, :12], y)
    assert tagger().doctor(SIGNAL[:, :12], y, causal=True).names() == ["looks ahead"]


def test_a_forecast_may_not():
    assert "looks ahead" in tagger().doctor(SIGNAL[:, :12], SIGNAL[:, 2:, :1]).names()


def test_a_forecast_of_all_quantities():
    made = Sequential([L.Bidirectional(L.LSTM(3, return_sequences=True), input_shape=(12, 2)), L.Dense(2)])
    made.compile("adam", "mse")
    assert made.doctor(SIGNAL[:, :12], SIGNAL[:, 1:13]).names() == ["looks ahead"]
