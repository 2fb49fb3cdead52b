"""A stop and a going on, where more than arrays take part: data to judge by, and callbacks that change the training."""

import re

import numpy as np
import pytest
from stopped_training import Stop, X, Y, model

import edunet
from edunet import callbacks
from edunet.callbacks import Callback, Checkpoint


def run(folder, stop=None, resume=None, further=lambda: (), optimizer="adam", validation=None, epochs=4):
    """Train; `stop` breaks off after so many batches, `resume` goes on from there."""
    edunet.set_random_seed(1)
    made, path = model(optimizer), folder / "run.safetensors"
    watchers = [*further(), Checkpoint(path, every_batches=1), Stop(stop)]
    options = {"validation_data": validation and validation(), "resume": path if resume else None}
    options["validation_steps"] = 2 if validation is endless else None
    made.fit(X, Y, epochs=epochs, batch_size=8, verbose=0, callbacks=watchers, **options)
    return made


def stopped(folder, stop=9, **options):
    with pytest.raises(RuntimeError, match="power cut"):
        run(folder, stop, **options)


def same_after_a_stop(folder, stop, **options):
    for name in ("whole", "parts"):
        (folder / name).mkdir()
    whole = run(folder / "whole", **options)
    stopped(folder / "parts", stop, **options)
    parts = run(folder / "parts", resume=True, **options)
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert whole.history.history == parts.history.history


# ---------------------------------------------------------------- data to judge by


def endless():
    rng = np.random.default_rng(0)
    while True:
        rows = rng.integers(0, len(X), 6)
        yield X[rows], Y[rows]


class Drifting:
    """Batches to judge by that change after each pass, and tell."""

    off = 0.0

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return X[i * 10 : i * 10 + 10] + self.off, Y[i * 10 : i * 10 + 10]

    def on_epoch_end(self):
        self.off += 0.5

    def get_state(self):
        return {"off": self.off}

    def set_state(self, state):
        self.off = state["off"]


def plateau():
    return [callbacks.ReduceLROnPlateau(factor=0.5, patience=1, min_delta=0.05)]


def test_a_generator_to_judge_by_is_refused(tmp_path):
    with pytest.raises(TypeError, match=r"validation_data comes from a generator, .* cannot be written down"):
        run(tmp_path, validation=endless)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("stop", [3, 9, 14])
def test_batches_to_judge_by_with_a_state(tmp_path, stop):
    same_after_a_stop(tmp_path, stop, validation=Drifting, further=plateau)


class Again:
    """Can be read again and again, from the first batch on."""

    def __iter__(self):
        return iter([(X[:9], Y[:9]), (X[9:], Y[9:])])


def test_batches_to_judge_by_that_begin_anew_each_time(tmp_path):
    same_after_a_stop(tmp_path, 9, validation=Again, further=plateau)


def test_batches_to_judge_by_that_change_and_do_not_tell(tmp_path):
    class Untold(Drifting):
        def __getattribute__(self, name):
            if name in ("get_state", "set_state"):
                raise AttributeError(name)
            return super().__getattribute__(name)

    with pytest.warns(UserWarning, match=r"Untold has an on_epoch_end of its own"):
        run(tmp_path, validation=Untold)


# ---------------------------------------------------------------- callbacks


class Push(Callback):
    """Gives the optimizer momentum from the second epoch on."""

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 1:
            self.model.optimizer.momentum = 0.9


@pytest.mark.parametrize("stop", [5, 9, 14])
def test_an_option_of_the_optimizer_that_a_callback_has_set(tmp_path, stop):
    same_after_a_stop(tmp_path, stop, optimizer="sgd", further=lambda: [Push()])


def schedule():
    return callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)


def stopping(mode):
    return callbacks.EarlyStopping("accuracy", mode=mode, patience=9)


@pytest.mark.parametrize(
    ("then", "now", "message"),
    [
        ([schedule], [], "callbacks was ['History', 'LearningRateScheduler'], now it is ['History']"),
        ([], [schedule], "callbacks was ['History'], now it is ['History', 'LearningRateScheduler']"),
        ([callbacks.TerminateOnNaN], [], "callbacks was ['History', 'TerminateOnNaN'], now"),
        (
            [lambda: stopping("max")],
            [lambda: stopping("min")],
            "mode of callback 1 (EarlyStopping) was 'max', now it is 'min'",
        ),
    ],
)
def test_other_callbacks_that_change_a_training(tmp_path, then, now, message):
    stopped(tmp_path, further=lambda: [make() for make in then])
    with pytest.raises(ValueError, match=re.escape(f"belongs to other callbacks: {message}")):
        run(tmp_path, resume=True, further=lambda: [make() for make in now])


def test_callbacks_that_only_look_may_come_and_go(tmp_path):
    stopped(tmp_path, further=lambda: [callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)])
    assert run(tmp_path, resume=True).history.epoch == [0, 1, 2, 3]


def test_epochs_that_end_before_the_file_stands(tmp_path):
    stopped(tmp_path)
    with pytest.raises(ValueError, match=r"stands in epoch 2, and fit was given epochs=1, which end before. Give as"):
        run(tmp_path, resume=True, epochs=1)
    assert run(tmp_path, resume=True, epochs=2).history.epoch == [0, 1]
