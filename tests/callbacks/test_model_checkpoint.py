"""ModelCheckpoint writes when it should, and where."""

import numpy as np
import pytest
from scripted import run

import edunet
from edunet.callbacks import EarlyStopping, ModelCheckpoint

X, Y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)


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


def test_weights_alone_if_wanted(tmp_path):
    path = tmp_path / "w.safetensors"
    assert run(ModelCheckpoint(path, save_weights_only=True), [0.5])[2] == [f"weights of {path}"]


def test_the_first_file_beats_the_threshold(tmp_path):
    path = tmp_path / "{epoch}.safetensors"
    checkpoint = ModelCheckpoint(path, save_best_only=True, initial_value_threshold=0.6)
    assert run(checkpoint, [0.9, 0.5])[2] == [str(tmp_path / "2.safetensors")]


def test_a_file_every_few_batches_counts_through_the_epochs(model, tmp_path):
    path = tmp_path / "{epoch}-{batch}.safetensors"
    checkpoint = ModelCheckpoint(path, "loss", save_freq=2, save_weights_only=True)
    model.fit(np.ones((6, 2)), np.ones((6, 1)), batch_size=2, epochs=2, verbose=0, callbacks=[checkpoint])
    assert sorted(p.stem for p in tmp_path.iterdir()) == ["1-2", "2-1", "2-3"]


@pytest.mark.parametrize("freq", [0, "batch", True, 1.5])
def test_how_often_is_a_number_of_batches(freq):
    with pytest.raises(ValueError, match="save_freq is 'epoch' or a whole number of batches"):
        ModelCheckpoint("w.safetensors", save_freq=freq)


def test_a_checkpoint_name_that_asks_for_what_is_not_measured(model, tmp_path):
    checkpoint = ModelCheckpoint(tmp_path / "w-{val_los}.safetensors")
    with pytest.raises(ValueError, match=r"asks for 'val_los'; there are \['.*loss'"):
        model.fit(X, Y, verbose=0, callbacks=[checkpoint])


def test_verbose_callbacks_say_what_they_did(model, tmp_path, capsys):
    early = EarlyStopping("loss", mode="max", patience=1, verbose=1)
    written = ModelCheckpoint(tmp_path / "w.safetensors", save_weights_only=True, verbose=1)
    model.fit(X, Y, epochs=9, verbose=0, callbacks=[early, written])
    out = capsys.readouterr().out
    assert "Epoch 1: weights written to" in out
    assert "Epoch 2: stopped early, loss was best in epoch 1" in out


def test_a_whole_model_is_read_back(model, tmp_path):
    path = tmp_path / "m.safetensors"
    model.fit(X, Y, verbose=0, callbacks=[ModelCheckpoint(path)])
    np.testing.assert_array_equal(edunet.models.load_model(path).predict(X), model.predict(X))


def test_a_model_that_no_file_can_hold_is_noticed_before_the_first_epoch(tmp_path):
    class Own(edunet.models.Model):
        def __init__(self):
            super().__init__()
            self.dense = edunet.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    def fit(**options):
        made = Own()
        made.compile("sgd", "mse")
        keep = ModelCheckpoint(tmp_path / "m.safetensors", monitor="loss", **options)
        return made.fit(X, Y, verbose=0, callbacks=keep)

    assert fit(save_weights_only=True).epoch == [0]
    with pytest.raises(TypeError, match=r"ModelCheckpoint, without save_weights_only=True: .* is a Own") as caught:
        fit()
    assert "on_train_begin" in {entry.name for entry in caught.traceback}


def test_places_to_fill_in_stay_in_the_name_that_it_suggests():
    with pytest.raises(ValueError, match=r"use 'net_\{epoch:02d\}-\{val_loss:.2f\}.safetensors'"):
        ModelCheckpoint("net_{epoch:02d}-{val_loss:.2f}.keras")
