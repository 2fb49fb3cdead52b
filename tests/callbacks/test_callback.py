"""Callbacks of one's own, and History."""

import numpy as np
import pytest

from edunet.callbacks import Callback, CallbackList, EarlyStopping, History, ModelCheckpoint


def test_history_collects_by_name():
    history = History()
    for epoch in (3, 4):
        history.on_epoch_end(epoch, {"loss": epoch / 10, "accuracy": 1.0})
    assert (history.epoch, history.history) == ([3, 4], {"loss": [0.3, 0.4], "accuracy": [1.0, 1.0]})


class Diary(Callback):
    """Writes down what happens."""

    def __init__(self):
        self.lines = []

    def on_train_begin(self, logs=None):
        self.lines.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.lines.append(f"epoch {epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.lines.append(f"batch {batch} {sorted(logs)}")

    def on_epoch_end(self, epoch, logs=None):
        self.lines.append(f"end {epoch} {sorted(logs)}")

    def on_train_end(self, logs=None):
        self.lines.append("done")


X, Y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)


def test_an_own_callback_hears_every_moment_in_order(model):
    diary = Diary()
    model.fit(X, Y, batch_size=2, validation_split=0.25, verbose=0, callbacks=[diary])
    assert diary.lines == [
        "begin",
        "epoch 0",
        "batch 0 ['loss']",
        "batch 1 ['loss']",
        "end 0 ['loss', 'val_loss']",
        "done",
    ]


def test_a_callback_knows_its_model(model):
    diary = Diary()
    model.fit(X, Y, verbose=0, callbacks=[diary])
    assert diary.model is model


def test_an_error_is_not_taken_for_the_end(model):
    class Breaks(Diary):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("power cut")

    diary = Breaks()
    with pytest.raises(RuntimeError, match="power cut"):
        model.fit(X, Y, verbose=0, callbacks=[diary])
    assert diary.lines[-1] != "done"


def test_ctrl_c_keeps_the_latest_weights_though_the_best_were_to_be_restored(model):
    class Stop(Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 2:
                Stop.weights = self.model.get_weights()
                raise KeyboardInterrupt

    best = EarlyStopping("loss", mode="max", patience=9, restore_best_weights=True)  # the first epoch stays the best
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, epochs=9, verbose=0, callbacks=[best, Stop()])
    for now, then in zip(model.get_weights(), Stop.weights, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EarlyStopping(patiance=3), "Did you mean 'patience'"),
        (lambda: ModelCheckpoint("w.safetensors", save_best=True), "Did you mean 'save_best_only'"),
    ],
)
def test_misspelt_arguments_are_guessed(make, message):
    with pytest.raises(TypeError, match=message):
        make()


@pytest.mark.parametrize("patience", ["2", -1, 1.5, True])
def test_patience_is_a_whole_number(patience):
    with pytest.raises(ValueError, match="patience is a whole number of epochs >= 0"):
        EarlyStopping(patience=patience)


def test_a_callback_may_stop_the_training(model):
    class Enough(Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    assert model.fit(X, Y, epochs=9, verbose=0, callbacks=[Enough()]).epoch == [0, 1]


def test_what_is_no_callback_is_refused():
    with pytest.raises(TypeError, match=r"expected a list of Callback objects. Received: 'early'"):
        CallbackList(["early"], None)


@pytest.mark.parametrize("given", [EarlyStopping, [EarlyStopping]], ids=["alone", "in a list"])
def test_a_class_is_no_callback_yet(model, given):
    with pytest.raises(
        TypeError, match=r"EarlyStopping is a class; make an object of it: .*\[EarlyStopping\(\.\.\.\)\]"
    ):
        model.fit(X, Y, callbacks=given, verbose=0)


def test_a_method_that_does_not_take_what_it_is_told(model):
    class Short(Callback):
        def on_epoch_end(self, epoch):
            pass

    message = (
        r"Short.on_epoch_end is told epoch and logs. Write it as def on_epoch_end\(self, epoch, logs=None\): \.\.\."
    )
    with pytest.raises(TypeError, match=message):
        model.fit(X, Y, callbacks=[Short()], verbose=0)


def test_methods_may_name_or_collect_what_they_are_told(model):
    heard = []

    class Any(Callback):
        def on_epoch_end(self, number, logs):
            heard.append(number)

        def on_train_end(self, *args, **kwargs):
            heard.append("end")

    model.fit(X, Y, epochs=2, callbacks=Any(), verbose=0)
    assert heard == [0, 1, "end"]
