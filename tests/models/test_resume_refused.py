"""A checkpoint that does not fit the training, or a file that is none: it is said, and nothing is changed."""

import numpy as np
import pytest
from stopped_training import EPOCHS, WEIGHTS, X, Y, model, train, watchers

from edunet import layers, models, optimizers
from edunet.callbacks import BackupAndRestore, Checkpoint


@pytest.fixture
def stopped(tmp_path):
    with pytest.raises(RuntimeError, match="power cut"):
        train(tmp_path, stop=9)
    return tmp_path / "run.safetensors"


def go_on(path, made=None, x=X, y=Y, **options):
    made = made or model()
    given = {"batch_size": 8, "epochs": EPOCHS, "verbose": 0} | options
    before = made.get_weights()
    try:
        given = {"validation_data": (X[:10], Y[:10]), "sample_weight": WEIGHTS[: len(x)]} | given
        made.fit(x, y, callbacks=watchers(path.parent, None), resume=path, **given)
    finally:
        for a, b in zip(before, made.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def wider():
    made = models.Sequential([layers.Dense(9, input_shape=(4,)), layers.BatchNormalization(), layers.Dense(1)])
    made.compile("adam", "binary_crossentropy")
    return made


def other_metrics():
    made = model()
    made.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return made


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"made": wider},
            r"belongs to another model: layer 1 was Dense with weights \(4, 8\), \(8,\), now",
        ),
        ({"x": X[:40], "y": Y[:40]}, r"belongs to other data: examples was 44, now it is 40"),
        ({"batch_size": 4}, r"belongs to other data: batch_size was 8, now it is 4"),
        ({"shuffle": False}, r"belongs to other data: shuffle was True, now it is False"),
        ({"made": lambda: model("sgd")}, r"belongs to another optimizer: kind was Adam, now it is SGD"),
        ({"made": lambda: model(optimizers.Adam(beta_1=0.8))}, r"another optimizer: beta_1 was 0.9, now it is 0.8"),
        (
            {"made": other_metrics},
            r"other metrics .*: metrics was \[BinaryAccuracy.*, AUC.*, now it is \[BinaryAccuracy[^,]*\]\. Give",
        ),
    ],
)
def test_another_training_is_refused_and_nothing_is_changed(stopped, change, message):
    change = dict(change)
    made = change.pop("made", model)()
    with pytest.raises(ValueError, match=message):
        go_on(stopped, made, **change)


def test_other_callbacks_are_refused(stopped):
    given = {"sample_weight": WEIGHTS, "validation_data": (X[:10], Y[:10])}
    with pytest.raises(ValueError, match=r"other callbacks: callbacks was \['History', .*, now it is \['History'\]"):
        model().fit(X, Y, batch_size=8, epochs=EPOCHS, verbose=0, resume=stopped, **given)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file '.*none.safetensors'"):
        model().fit(X, Y, verbose=0, resume=tmp_path / "none.safetensors")


def test_weights_alone_are_no_checkpoint(tmp_path):
    path = tmp_path / "w.safetensors"
    model().save_weights(path)
    with pytest.raises(ValueError, match=r"is not a checkpoint .*model.load_weights"):
        model().fit(X, Y, verbose=0, resume=path)


def test_a_damaged_file_is_a_clear_error(stopped):
    whole = stopped.read_bytes()
    errors = []
    for place in np.random.default_rng(0).integers(0, 4000, 30):
        broken = bytearray(whole)
        broken[place] ^= 1 << (place % 8)
        stopped.write_bytes(broken)
        try:
            go_on(stopped, epochs=2)  # the file stands in epoch 2: if it is taken for whole, nothing is learnt
        except ValueError as error:
            errors.append(str(error))
        except AssertionError:
            pass  # a number was changed, which no file can know
    assert len(errors) > 10
    assert all(str(stopped) in error for error in errors)
    stopped.write_bytes(whole[:-100])
    with pytest.raises(ValueError, match="is not a safetensors file, or is damaged"):
        go_on(stopped)


def test_an_unfinished_training_is_not_written_over(stopped):
    before = stopped.read_bytes()
    with pytest.raises(FileExistsError, match=r"holds a training that was stopped in epoch 2 of 3. Go on with fit"):
        train(stopped.parent)
    assert stopped.read_bytes() == before


def test_another_file_is_not_written_over(tmp_path):
    path = tmp_path / "run.safetensors"
    model().save_weights(path)
    with pytest.raises(FileExistsError, match="another file is called"):
        train(tmp_path)


def test_a_finished_training_may_be_written_over(tmp_path):
    train(tmp_path)
    train(tmp_path)


def test_generators_cannot_be_written_down(tmp_path):
    stream = iter([(X, Y)])
    keep = Checkpoint(tmp_path / "run.safetensors")
    with pytest.raises(TypeError, match="where a generator stands cannot be written down"):
        model().fit(stream, verbose=0, callbacks=[keep])
    assert list(tmp_path.iterdir()) == []


def test_outside_of_fit_there_is_nothing_to_write(tmp_path):
    with pytest.raises(RuntimeError, match="a checkpoint holds a training that is going on"):
        model().save_checkpoint(tmp_path / "run.safetensors")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"every_batches": 2, "every_epochs": 1}, "give one of"),
        ({"every_batches": 0}, "every_batches is a number > 0. Received: 0"),
        ({"every_epochs": 1.5}, "every_epochs is a number > 0"),
    ],
)
def test_how_often(options, message):
    with pytest.raises(ValueError, match=message):
        Checkpoint("run.safetensors", **options)


@pytest.mark.parametrize("kind", [Checkpoint, BackupAndRestore])
def test_what_is_no_path(kind):
    with pytest.raises(TypeError, match=f"{kind.__name__}: expected a path, a text. Received: None"):
        kind(None)


def test_an_argument_of_another_library():
    with pytest.raises(TypeError, match="BackupAndRestore has no argument 'double_checkpoint'; it knows"):
        BackupAndRestore("folder", double_checkpoint=True)


def test_the_ending_of_the_file():
    with pytest.raises(ValueError, match=r"Received 'run.ckpt'; use 'run.safetensors'"):
        Checkpoint("run.ckpt")
