"""Keras on TensorFlow: `fit` and `predict` with their defaults, single operations eagerly."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers

__all__ = ["build", "versions"]


def versions():
    return {"keras": keras.__version__, "tensorflow": tf.__version__}


def build(work, arrays):
    return BUILDERS[work["kind"]](work["kind"], arrays)


def fit(kind, arrays):
    model = _article_network()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

    def run():
        model.fit(arrays["x"], arrays["y"], batch_size=32, epochs=1, verbose=0)

    return {"fit": run}


def predict(kind, arrays):
    model, x = _article_network(), arrays["x"]

    def with_predict():
        model.predict(x, verbose=0)

    def with_call():
        model(x)

    return {"predict": with_predict, "call": with_call}


def _article_network():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def conv(kind, arrays):
    inputs = [tf.constant(arrays[name]) for name in ("x", "w", "b")]
    return _forward_backward(lambda x, w, b: tf.nn.conv2d(x, w, 1, "VALID") + b, inputs, arrays["dy"])


def _forward_backward(function, inputs, dy):
    dy = tf.constant(dy)

    def run():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            y = function(*inputs)
        return [y, *tape.gradient(y, inputs, dy)]

    return {"": run}


def recurrence(kind, arrays):
    x, dh = tf.constant(arrays["x"]), tf.constant(arrays["dh"])
    layer = {"rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}[kind](dh.shape[2], return_sequences=True)
    layer.build(x.shape)
    layer.set_weights([arrays[name] for name in ("wx", "wh", "b")])
    weights = [w.value for w in layer.trainable_weights]

    def run():
        with tf.GradientTape() as tape:
            h = layer(x)
        return [h, *tape.gradient(h, weights, dh)[:2]]

    return {"": run}


def attention(kind, arrays):
    def plain(q, k, v):
        return tf.nn.softmax(tf.matmul(q, k, transpose_b=True) / np.sqrt(np.float32(q.shape[-1]))) @ v

    return _forward_backward(plain, [tf.constant(arrays[name]) for name in ("q", "k", "v")], arrays["dz"])


BUILDERS = {
    "fit": fit,
    "predict": predict,
    "conv": conv,
    **dict.fromkeys(("rnn", "gru", "lstm"), recurrence),
    "attention": attention,
}
