"""A training that was stopped goes on as if it had not been, bit by bit."""

import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from stopped_training import BATCHES, EPOCHS, Stop, X, Y, assert_same, model, train

import edunet
from edunet import callbacks, layers, metrics, models, optimizers
from edunet.callbacks import Callback, Checkpoint


def stopped_and_resumed(tmp_path, stop, **options):
    parts, whole = tmp_path / "parts", tmp_path / "whole"
    parts.mkdir(), whole.mkdir()
    never_stopped = train(whole, **options)
    with pytest.raises(RuntimeError, match="power cut"):
        train(parts, stop=stop, **options)
    resumed = train(parts, seed=99, resume=parts / "run.safetensors", **options)  # other weights and random numbers
    assert_same(resumed, never_stopped)
    assert (parts / "log.csv").read_text() == (whole / "log.csv").read_text()
    return never_stopped


@pytest.mark.parametrize("stop", [2, BATCHES, BATCHES + 1, EPOCHS * BATCHES])
def test_after_any_batch(tmp_path, stop):
    stopped_and_resumed(tmp_path, stop)


@pytest.mark.parametrize(
    "optimizer", [optimizers.SGD(0.1, momentum=0.9), "rmsprop", "adamw"], ids=["sgd", "rmsprop", "adamw"]
)
def test_with_any_optimizer(tmp_path, optimizer):
    def fresh():
        return type(optimizer)(0.1, momentum=0.9) if not isinstance(optimizer, str) else optimizer

    parts, whole = tmp_path / "parts", tmp_path / "whole"
    parts.mkdir(), whole.mkdir()
    never_stopped = train(whole, optimizer=fresh())
    with pytest.raises(RuntimeError):
        train(parts, stop=9, optimizer=fresh())
    assert_same(train(parts, seed=7, resume=parts / "run.safetensors", optimizer=fresh()), never_stopped)


@pytest.mark.parametrize("every", [{"every_batches": 4}, {"every_epochs": 2}, {}, {"every_seconds": 1e-9}], ids=str)
def test_from_the_last_checkpoint_however_often_one_is_written(tmp_path, every):
    stopped_and_resumed(tmp_path, 2 * BATCHES + 5, every=every or {"every_epochs": 1})


def test_steps_that_are_no_whole_pass(tmp_path):
    stopped_and_resumed(tmp_path, 6, steps_per_epoch=4)


def test_without_shuffling_and_with_a_validation_now_and_then(tmp_path):
    stopped_and_resumed(tmp_path, 9, shuffle=False, validation_split=0.0, validation_freq=1)


def test_the_callbacks_had_something_to_remember(tmp_path):
    history = train(tmp_path).history.history
    assert len(set(history["learning_rate"])) > 1


def test_an_early_end_stays_an_end(tmp_path):
    class Enough(Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 2

    def fit(made, **options):
        made.fit(X, Y, batch_size=8, epochs=EPOCHS, verbose=0, validation_split=0.2, **options)
        return made

    path = tmp_path / "run.safetensors"
    edunet.set_random_seed(0)
    first = fit(model(), callbacks=[Enough(), Checkpoint(path, every_batches=1)])
    assert first.history.epoch == [0]
    again = fit(model(), callbacks=[Enough(), Checkpoint(path, every_batches=1)], resume=path)
    assert_same(first, again)


def test_batches_from_an_object(tmp_path):
    class Batches:
        def __len__(self):
            return 5

        def __getitem__(self, i):
            return X[i * 8 : i * 8 + 8], Y[i * 8 : i * 8 + 8]

    def fit(stop=None, resume=None, seed=0, folder=tmp_path):
        edunet.set_random_seed(seed)
        made = model()
        keep = Checkpoint(folder / "run.safetensors", every_batches=1)
        made.fit(Batches(), epochs=3, verbose=0, callbacks=[keep, Stop(stop)], resume=resume)
        return made

    never_stopped = fit()
    (tmp_path / "run.safetensors").unlink()
    with pytest.raises(RuntimeError):
        fit(stop=7)
    assert_same(fit(seed=5, resume=tmp_path / "run.safetensors"), never_stopped)


def test_a_layer_with_a_generator_of_its_own(tmp_path):
    class Noise(layers.Layer):
        def __init__(self, seed, **kwargs):
            super().__init__(**kwargs)
            self.seed, self._rng = seed, np.random.default_rng(seed)

        def call(self, x, training=False):
            return x + self._rng.normal(size=x.shape).astype(np.float32) if training else x

    def fit(**options):
        edunet.set_random_seed(0)
        made = models.Sequential([Noise(1, input_shape=(4,)), layers.Dense(1)])
        made.compile("sgd", "mse")
        made.fit(X, Y, epochs=3, verbose=0, **options)
        return made

    path = tmp_path / "run.safetensors"
    never_stopped = fit()
    with pytest.raises(RuntimeError):
        fit(callbacks=[Checkpoint(path, every_batches=1), Stop(3)])
    assert_same(fit(resume=path), never_stopped)


def test_a_frozen_layer_stays_frozen(tmp_path):
    class Freeze(Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.layers[0].trainable = epoch < 1

    def fit(stop=None, resume=None):
        edunet.set_random_seed(0)
        made = model()
        keep = Checkpoint(tmp_path / "run.safetensors", every_batches=1)
        made.fit(X, Y, epochs=3, batch_size=8, verbose=0, callbacks=[Freeze(), keep, Stop(stop)], resume=resume)
        return made

    never_stopped = fit()
    with pytest.raises(RuntimeError):
        fit(stop=BATCHES + 2)
    assert_same(fit(resume=tmp_path / "run.safetensors"), never_stopped)


def test_a_training_may_be_made_longer(tmp_path):
    never_stopped = train(tmp_path)
    (tmp_path / "run.safetensors").unlink()
    (tmp_path / "best.safetensors").unlink()
    train(tmp_path, epochs=2)
    longer = train(tmp_path, resume=tmp_path / "run.safetensors")
    assert longer.history.history == never_stopped.history.history


KILLED = """
    import os, signal, sys; sys.path.insert(0, {here!r})
    import edunet
    from edunet.callbacks import Callback, Checkpoint
    from stopped_training import EPOCHS, X, Y, model
    class Kill(Callback):
        seen = 0
        def on_train_batch_begin(self, batch, logs=None):
            Kill.seen += 1
            if Kill.seen == {at} and {kill}:
                os.kill(os.getpid(), signal.SIGKILL)
    edunet.set_random_seed({seed})
    made = model()
    keep = Checkpoint({path!r}, every_batches=1)
    resume = {path!r} if not {kill} else None
    made.fit(X, Y, batch_size=8, epochs=EPOCHS, verbose=0, callbacks=[keep, Kill()], resume=resume)
    made.save_weights({path!r} + ".end.safetensors")
    print(made.history.history)
"""


def test_after_a_killed_process_in_a_new_one(tmp_path):
    path = str(tmp_path / "run.safetensors")

    def process(kill, seed):
        code = textwrap.dedent(KILLED.format(here=os.path.dirname(__file__), at=10, kill=kill, seed=seed, path=path))
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert process(True, 0).returncode == -signal.SIGKILL
    done = process(False, 1)
    assert done.returncode == 0, done.stderr
    edunet.set_random_seed(0)
    never_stopped = model()
    never_stopped.fit(X, Y, batch_size=8, epochs=EPOCHS, verbose=0)
    resumed = model()
    resumed.load_weights(path + ".end.safetensors")
    for a, b in zip(resumed.get_weights(), never_stopped.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert eval(done.stdout) == never_stopped.history.history


def test_backup_and_restore_needs_no_second_word(tmp_path):
    def fit(stop=None):
        edunet.set_random_seed(0)
        made = model()
        keep = callbacks.BackupAndRestore(tmp_path / "backup", save_freq=2)
        made.fit(X, Y, batch_size=8, epochs=3, verbose=0, callbacks=[keep, Stop(stop)])
        return made

    never_stopped = fit()
    assert list((tmp_path / "backup").iterdir()) == []
    with pytest.raises(RuntimeError):
        fit(stop=9)
    assert_same(fit(), never_stopped)


def test_a_metric_with_metrics_inside_comes_back(tmp_path):
    class Both(metrics.Metric):
        def __init__(self):
            self.inner = metrics.BinaryAccuracy()
            super().__init__("both")

        def reset_state(self):
            self.inner.reset_state()

        def update_state(self, y_true, y_pred, sample_weight=None):
            self.inner.update_state(y_true, y_pred, sample_weight)

        def result(self):
            return self.inner.result()

    def fit(**options):
        edunet.set_random_seed(0)
        made = models.Sequential([layers.Dense(1, input_shape=(4,))])
        made.compile("sgd", "mse", metrics=[Both()])
        made.fit(X, Y, batch_size=8, epochs=2, verbose=0, **options)
        return made

    path = tmp_path / "run.safetensors"
    never_stopped = fit()
    with pytest.raises(RuntimeError):
        fit(callbacks=[Checkpoint(path, every_batches=1), Stop(3)])
    assert_same(fit(resume=path), never_stopped)
