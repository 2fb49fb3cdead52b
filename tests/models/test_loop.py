"""The loop of fit: what callbacks may do on the way, and how Ctrl-C stops it."""

import os
import signal

import numpy as np
import pytest
from small_models import X, Y, classifier

import edunet
from edunet import callbacks, layers, models


def test_initial_epoch_goes_on_counting():
    assert classifier().fit(X, Y, epochs=4, initial_epoch=2, verbose=0).epoch == [2, 3]


def test_history_knows_an_epoch_before_other_callbacks_can_fail():
    class Fails(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("disk full")

    model = classifier()
    with pytest.raises(RuntimeError, match="disk full"):
        model.fit(X, Y, verbose=0, callbacks=[Fails()])
    assert model.history.epoch == [0]


@pytest.mark.parametrize("moment", ["on_epoch_begin", "on_epoch_end", "on_train_batch_end"])
def test_a_callback_may_freeze_and_unfreeze_layers(moment):
    changed = []  # after each batch: did the first layer learn? did the second?

    class Freeze(callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.before = self.model.get_weights()

        def on_train_batch_end(self, batch, logs=None):
            now = self.model.get_weights()
            changed.append(tuple(bool((now[i] != self.before[i]).any()) for i in (0, 2)))
            self.before = now

    def act(self, number, logs=None):
        if moment == "on_train_batch_end":
            Freeze.on_train_batch_end(self, number, logs)
        first, second = self.model.layers
        first.trainable, second.trainable = second.trainable, first.trainable

    model = classifier()
    model.layers[0].trainable = False
    watcher = type("Turns", (Freeze,), {moment: act})()
    model.fit(X, Y, batch_size=60, epochs=3, verbose=0, callbacks=[watcher])
    first, second = (True, False), (False, True)
    assert (
        changed
        == {
            "on_epoch_begin": [first, first, second, second, first, first],
            "on_epoch_end": [second, second, first, first, second, second],
            "on_train_batch_end": [second, first, second, first, second, first],
        }[moment]
    )


def test_ctrl_c_between_batches_has_its_sentence_too():
    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(
        KeyboardInterrupt, match=r"stopped in epoch 1. The model keeps the weights of the last finished"
    ):
        classifier().fit(X, Y, verbose=0, callbacks=[Stop()])


def interrupted(at_epoch, at_batch, presses=1):
    """Fit a model that receives SIGINT while it is computing one batch; return it and the interrupt."""

    class CtrlC(layers.Layer):
        batches = -1

        def call(self, x, training=False):
            if training:
                CtrlC.batches += 1
                if CtrlC.batches == at_epoch * 4 + at_batch:
                    for _ in range(presses):
                        os.kill(os.getpid(), signal.SIGINT)
            return x

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is started with it ignored
    edunet.set_random_seed(0)
    model = models.Sequential([CtrlC(input_shape=(4,)), layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(KeyboardInterrupt) as caught:
        model.fit(X, Y, epochs=3, verbose=0)
    return model, str(caught.value)


def test_ctrl_c_keeps_the_weights_of_the_last_finished_batch_and_the_finished_epochs():
    stopped, message = interrupted(at_epoch=1, at_batch=2)
    assert stopped.history.epoch == [0]
    assert "stopped in epoch 2 after batch 3" in message
    assert "1 finished epochs" in message
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class _Same(layers.Layer):
    def call(self, x):
        return x


@pytest.mark.parametrize("presses", [1, 3])
def test_ctrl_c_leaves_exactly_the_steps_that_were_finished(presses):
    stopped, _ = interrupted(at_epoch=0, at_batch=1, presses=presses)

    class StopAfter(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                raise StopIteration

    edunet.set_random_seed(0)
    whole = models.Sequential([_Same(input_shape=(4,)), layers.Dense(2, activation="softmax")])
    whole.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(StopIteration):
        whole.fit(X, Y, epochs=3, verbose=0, callbacks=[StopAfter()])
    for a, b in zip(stopped.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert stopped.optimizer.iterations == 2
