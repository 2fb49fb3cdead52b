"""Callbacks hear every moment, in the order and with the logs that Keras gives them."""

import numpy as np
import pytest

import edunet
from edunet import layers
from edunet.callbacks import Callback, LambdaCallback

MOMENTS = [name for name in vars(Callback) if name.startswith("on_")]
X, Y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)


def diary(base, lines):
    """Return a callback of edunet or Keras that writes down every moment: name, number, names of the logs."""

    def note(name):
        def hear(self, *args, logs=None):
            *number, logs = [*args, *([logs] if logs is not None else [])] or [None]
            lines.append((name, *number, *sorted(set(logs or {}) - {"outputs"})))

        return hear

    batches = [m for m in MOMENTS if m not in ("on_batch_begin", "on_batch_end")]
    return type("Diary", (base,), {name: note(name) for name in batches})()


def play(models, layers, base):
    lines: list = []
    model = models.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    hear = diary(base, lines)
    model.fit(
        X, Y, batch_size=2, epochs=3, validation_data=(X[:2], Y[:2]), validation_freq=2, verbose=0, callbacks=[hear]
    )
    model.evaluate(X, Y, batch_size=2, verbose=0, callbacks=[hear])
    model.predict(X, batch_size=2, verbose=0, callbacks=[hear])
    return lines


@pytest.mark.filterwarnings("ignore")  # Keras's warnings are not ours
def test_as_in_keras():
    keras = pytest.importorskip("keras", reason="Keras is not installed: make test-peers")
    assert play(edunet.models, layers, Callback) == play(keras.models, keras.layers, keras.callbacks.Callback)


def test_one_epoch_is_told_in_order(model):
    lines: list = []
    model.fit(X, Y, batch_size=2, validation_data=(X, Y), verbose=0, callbacks=[diary(Callback, lines)])
    assert [line[:2] for line in lines if line[0] != "on_test_batch_begin"] == [
        ("on_train_begin",),
        ("on_epoch_begin", 0),
        ("on_train_batch_begin", 0),
        ("on_train_batch_end", 0),
        ("on_train_batch_begin", 1),
        ("on_train_batch_end", 1),
        ("on_test_begin",),
        ("on_test_batch_end", 0),
        ("on_test_batch_end", 1),
        ("on_test_end", "loss"),
        ("on_epoch_end", 0),
        ("on_train_end", "loss"),
    ]


def test_they_know_what_is_to_be_done(model):
    class Params(Callback):
        def on_train_begin(self, logs=None):
            self.seen = dict(self.params)

    hear = Params()
    model.fit(X, Y, batch_size=3, epochs=5, verbose=0, callbacks=[hear])
    assert (hear.seen["epochs"], hear.seen["steps"], hear.seen["verbose"]) == (5, 2, 0)


def test_the_shorter_names_of_batches_are_heard(model):
    heard = []

    class Short(Callback):
        def on_batch_begin(self, batch, logs=None):
            heard.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            heard.append(("end", batch, *logs))

    model.fit(X, Y, batch_size=2, verbose=0, callbacks=[Short()])
    assert heard == [("begin", 0), ("end", 0, "loss"), ("begin", 1), ("end", 1, "loss")]


def test_a_training_may_be_stopped_after_a_batch(model):
    lines: list = []

    class Enough(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = True

    model.fit(X, Y, batch_size=1, epochs=3, verbose=0, callbacks=[Enough(), diary(Callback, lines)])
    assert [line[0] for line in lines].count("on_train_batch_end") == 1
    assert lines[-2][:2] == ("on_epoch_end", 0)


def test_predict_hands_over_its_outputs(model):
    seen = []

    class Look(Callback):
        def on_predict_batch_end(self, batch, logs=None):
            seen.append(logs["outputs"][0].shape)

    model.predict(X, batch_size=3, callbacks=Look())
    assert seen == [(3, 1), (1, 1)]


def test_functions_as_a_callback(model):
    heard = []
    hear = LambdaCallback(
        on_epoch_end=lambda epoch, logs: heard.append((epoch, *logs)),
        on_train_batch_end=lambda batch, logs: heard.append(batch),
        on_train_end=lambda logs: heard.append("end"),
        on_epoch_begin=None,
    )
    model.fit(X, Y, batch_size=2, verbose=0, callbacks=[hear])
    assert heard == [0, 1, (0, "loss"), "end"]


@pytest.mark.parametrize(
    ("functions", "message"),
    [
        ({"on_epoch_ends": print}, "Did you mean 'on_epoch_end'"),
        ({"on_epoch_end": 3}, "on_epoch_end is a function. Received: 3"),
    ],
)
def test_what_is_no_moment_or_no_function(functions, message):
    with pytest.raises(TypeError, match=message):
        LambdaCallback(**functions)
