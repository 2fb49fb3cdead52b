import math

import numpy as np
import pytest

import edunet
from edunet import layers
from edunet.callbacks import Callback, CallbackList, EarlyStopping, History, ModelCheckpoint, ProgressBar


class Scripted:
    """A model whose only weight is the number of the epoch."""

    def __init__(self):
        self.weights, self.stop_training, self.files = [None], False, []

    def get_weights(self):
        return list(self.weights)

    def set_weights(self, arrays):
        self.weights = list(arrays)

    def save_weights(self, path):
        self.files.append(str(path))


def run(callback, values, name="val_loss"):
    """Play epochs with these values; return (last epoch, weights at the end, files written)."""
    model = Scripted()
    callback.model = model
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.weights = [epoch]
        callback.on_epoch_end(epoch, {"loss": 1.0, name: value})
        if model.stop_training:
            break
    callback.on_train_end()
    return epoch, model.weights[0], model.files


# ---------------------------------------------------------------- EarlyStopping

VALUES = [0.9, 0.5, 0.7, 0.6, 0.45, 0.8, 0.8, 0.8, 0.2]


@pytest.mark.parametrize(
    ("options", "stops", "best"),
    [
        # (last epoch, best epoch) of keras.callbacks.EarlyStopping, Keras 3.15.1, on the same values
        ({}, 2, 1),
        ({"patience": 1}, 2, 1),
        ({"patience": 2}, 3, 1),
        ({"patience": 3}, 7, 4),
        ({"patience": 9}, 8, 8),
        ({"patience": 3, "min_delta": 0.1}, 4, 1),
        ({"patience": 2, "min_delta": -0.1}, 3, 1),
        ({"patience": 2, "mode": "max"}, 2, 0),
    ],
)
def test_it_stops_where_keras_stops(options, stops, best):
    callback = EarlyStopping(**options, restore_best_weights=True)
    assert run(callback, VALUES)[:2] == (stops, best)
    assert callback.best_epoch == best


def test_without_restoring_the_last_weights_stay():
    assert run(EarlyStopping(patience=1), VALUES)[:2] == (2, 2)


def test_the_best_value_is_kept_as_it_was():
    callback = EarlyStopping(patience=5)
    run(callback, VALUES)
    assert callback.best == 0.2


def test_best_weights_come_back_even_if_nothing_stopped():
    assert run(EarlyStopping(patience=9, restore_best_weights=True), [0.5, 0.4, 0.6])[:2] == (2, 1)


def test_a_second_training_starts_afresh():
    callback = EarlyStopping(patience=1)
    run(callback, [0.1, 0.2])
    assert run(callback, [0.9, 0.8, 0.7])[0] == 2


def test_nan_is_never_better():
    assert run(EarlyStopping(patience=2, restore_best_weights=True), [0.5, math.nan, math.nan, 0.1])[:2] == (2, 0)


@pytest.mark.parametrize("name", ["val_accuracy", "val_auc", "val_AUC", "auc_1", "ill_precision", "val_sensitivity"])
def test_what_is_better_when_large(name):
    assert run(EarlyStopping(name, patience=1, restore_best_weights=True), [0.1, 0.5, 0.3], name)[1] == 1


@pytest.mark.parametrize("name", ["loss", "val_dose_loss", "val_mae", "mean_squared_error"])
def test_what_is_better_when_small(name):
    assert run(EarlyStopping(name, patience=1, restore_best_weights=True), [0.5, 0.1, 0.3], name)[1] == 1


def test_mode_decides_over_the_name():
    assert run(EarlyStopping("val_loss", mode="max", patience=1, restore_best_weights=True), [0.1, 0.5, 0.3])[1] == 1


@pytest.mark.parametrize("kind", [EarlyStopping, lambda monitor: ModelCheckpoint("w.safetensors", monitor)])
def test_a_name_that_does_not_tell_is_asked_about(kind):
    with pytest.raises(ValueError, match=r"is a large 'val_dice' good or bad\? Add mode='max' or mode='min'"):
        kind("val_dice")


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="mode is 'auto', 'min' or 'max'"):
        EarlyStopping(mode="up")


def test_a_value_that_nobody_measures_is_guessed():
    with pytest.raises(ValueError, match=r"nothing called 'val_los' is measured.*Did you mean 'val_loss'\?"):
        run(EarlyStopping("val_los", mode="min"), VALUES)


def test_missing_validation_is_named():
    with pytest.raises(ValueError, match="Give fit a validation_split or validation_data"):
        run(EarlyStopping("val_loss"), VALUES, "accuracy")


# ---------------------------------------------------------------- ModelCheckpoint


def test_every_epoch_is_written(tmp_path):
    path = tmp_path / "w{epoch:02d}-{val_loss:.2f}.safetensors"
    files = run(ModelCheckpoint(path), [0.5, 0.75])[2]
    assert files == [str(tmp_path / "w01-0.50.safetensors"), str(tmp_path / "w02-0.75.safetensors")]


@pytest.mark.parametrize(("mode", "epochs"), [("min", "125"), ("max", "1")])
def test_only_the_best_are_written(tmp_path, mode, epochs):
    checkpoint = ModelCheckpoint(tmp_path / "{epoch}.safetensors", save_best_only=True, mode=mode)
    files = run(checkpoint, [0.9, 0.5, 0.7, 0.5, 0.45])[2]
    assert files == [str(tmp_path / f"{n}.safetensors") for n in epochs]


def test_the_best_of_an_earlier_training_still_counts(tmp_path):
    checkpoint = ModelCheckpoint(tmp_path / "w.safetensors", save_best_only=True)
    run(checkpoint, [0.3])
    assert run(checkpoint, [0.9, 0.5])[2] == []


def test_another_ending_is_refused_with_the_right_one():
    with pytest.raises(ValueError, match=r"Received 'best.weights.h5'; use 'best.safetensors'"):
        ModelCheckpoint("best.weights.h5")


def test_a_missing_folder_is_noticed_before_the_first_epoch(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist; make it first"):
        run(ModelCheckpoint(tmp_path / "no" / "w.safetensors"), [0.5])


def test_whole_models_are_not_written():
    with pytest.raises(ValueError, match="leave save_weights_only=True"):
        ModelCheckpoint("w.safetensors", save_weights_only=False)


# ---------------------------------------------------------------- History, own callbacks


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


@pytest.fixture
def model():
    model = edunet.Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    return model


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
    with pytest.raises(TypeError, match=r"expected a list of Callback objects. Received: <class"):
        CallbackList([EarlyStopping], None)


# ---------------------------------------------------------------- ProgressBar


@pytest.mark.parametrize(("verbose", "bars"), [(0, 0), (False, 0), (1, 1), (2, 1), (True, 1), ("auto", 1)])
def test_verbose_asks_for_a_progress_bar(verbose, bars):
    assert len(ProgressBar.wanted(verbose)) == bars


def test_an_unknown_verbose_is_refused():
    with pytest.raises(ValueError, match=r"verbose is 'auto', 0 \(silent\), 1 or 2"):
        ProgressBar.wanted("loud")


def test_a_log_file_gets_one_finished_line_per_epoch(model, capsys):
    model.fit(X, Y, epochs=2, verbose=1)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" [")[0] for line in lines] == ["Epoch 1/2", "Epoch 2/2"]


def test_silence_is_silent(model, capsys):
    model.fit(X, Y, verbose=0)
    assert capsys.readouterr() == ("", "")


def test_a_checkpoint_name_that_asks_for_what_is_not_measured(model, tmp_path):
    checkpoint = ModelCheckpoint(tmp_path / "w-{val_los}.safetensors")
    with pytest.raises(ValueError, match=r"asks for 'val_los'; there are \['.*loss'"):
        model.fit(X, Y, verbose=0, callbacks=[checkpoint])


def test_verbose_callbacks_say_what_they_did(model, tmp_path, capsys):
    early = EarlyStopping("loss", mode="max", patience=1, verbose=1)
    model.fit(X, Y, epochs=9, verbose=0, callbacks=[early, ModelCheckpoint(tmp_path / "w.safetensors", verbose=1)])
    out = capsys.readouterr().out
    assert "Epoch 1: weights written to" in out
    assert "Epoch 2: stopped early, loss was best in epoch 1" in out
