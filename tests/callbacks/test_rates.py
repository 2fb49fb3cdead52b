"""Learning rates by plan, and when nothing becomes better."""

import numpy as np
import pytest

from edunet.callbacks import LearningRateScheduler, ReduceLROnPlateau

X, Y = np.ones((4, 2), np.float32), np.ones((4, 1), np.float32)
VALUES = [0.9, 0.5, 0.7, 0.6, 0.49995, 0.8, 0.8, 0.2, 0.2, 0.2, 0.2]


class Model:
    """Has a learning rate only."""

    def __init__(self):
        self.optimizer = self
        self.learning_rate = 1.0


def rates(callback, values=VALUES):
    """Return the rate after each epoch with these values of val_loss."""
    callback.set_model(Model())
    callback.on_train_begin()
    seen = []
    for epoch, value in enumerate(values):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"val_loss": value})
        seen.append(callback.model.learning_rate)
    return seen


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # of keras.callbacks.ReduceLROnPlateau, Keras 3.15.1, on the same values
        (
            {"patience": 1, "factor": 0.5},
            [1, 1, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.03125, *(2.0**-6, 2.0**-7, 2.0**-8)],
        ),
        ({"patience": 2, "factor": 0.5}, [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125, 0.125]),
        (
            {"patience": 1, "factor": 0.5, "cooldown": 2},
            [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625, 0.0625, 0.03125],
        ),
        ({"patience": 1, "factor": 0.5, "min_lr": 0.2}, [1, 1, 0.5, 0.25, *[0.2] * 7]),
        (
            {"patience": 1, "factor": 0.5, "min_delta": 0},
            [1, 1, 0.5, 0.25, 0.25, 0.125, 0.0625, 0.0625, 0.03125, 2.0**-6, 2.0**-7],
        ),
    ],
)
def test_the_rate_falls_where_it_falls_in_keras(options, expected):
    np.testing.assert_allclose(rates(ReduceLROnPlateau(**options)), expected, rtol=1e-6)


@pytest.mark.parametrize(
    "options",
    [
        {"patience": p, "factor": 0.5, "cooldown": c, "min_delta": d}
        for p in (1, 2)
        for c in (0, 2)
        for d in (0, 1e-4, 0.3)
    ],
)
@pytest.mark.filterwarnings("ignore")  # Keras's warnings are not ours
def test_as_keras_itself(options):
    keras = pytest.importorskip("keras", reason="Keras is not installed: make test-peers")
    theirs = keras.callbacks.ReduceLROnPlateau(**options)
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1.0), "mse")
    theirs.set_model(model)
    theirs.on_train_begin()
    expected = []
    for epoch, value in enumerate(VALUES):
        theirs.on_epoch_end(epoch, {"val_loss": value})
        expected.append(float(model.optimizer.learning_rate))
    np.testing.assert_allclose(rates(ReduceLROnPlateau(**options)), expected, rtol=1e-6)


def test_the_rate_follows_a_plan_and_is_noted(model):
    plan = LearningRateScheduler(lambda epoch, rate: rate if epoch < 1 else rate / 2)
    history = model.fit(X, Y, epochs=3, verbose=0, callbacks=[plan]).history
    assert history["learning_rate"] == [0.01, 0.005, 0.0025]


def test_a_plan_may_know_the_epoch_only(model):
    plan = LearningRateScheduler(lambda epoch: 0.1 * (epoch + 1))
    assert model.fit(X, Y, epochs=2, verbose=0, callbacks=[plan]).history["learning_rate"] == [0.1, 0.2]


def test_verbose_plans_say_what_they_did(capsys):
    rates(LearningRateScheduler(lambda epoch: 0.5, verbose=1), [1])
    rates(ReduceLROnPlateau(patience=1, verbose=1), [0.1, 0.2])
    assert capsys.readouterr().out.splitlines() == [
        "Epoch 1: learning rate 0.5",
        "Epoch 2: val_loss stands still, learning rate 0.1",
    ]


@pytest.mark.parametrize("callback", [ReduceLROnPlateau("loss"), LearningRateScheduler(lambda epoch: 0.1)])
def test_a_rate_that_follows_a_schedule_cannot_be_set(model, callback):
    class Scheduled(type(model.optimizer)):
        learning_rate = property(lambda self: 0.01)

    model.optimizer.__class__ = Scheduled
    with pytest.raises(TypeError, match="it follows a schedule. Give the optimizer a number, or leave"):
        model.fit(X, Y, verbose=0, callbacks=[callback])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ReduceLROnPlateau(factor=1.0), "factor lies between 0 and 1, such as 0.1. Received: 1.0"),
        (lambda: ReduceLROnPlateau(patience=-1), "patience is a whole number of epochs >= 0"),
        (lambda: ReduceLROnPlateau(min_lr="0"), "min_lr is a number. Received: '0'"),
        (lambda: rates(LearningRateScheduler(lambda epoch: None)), r"schedule\(0, 1\) must return a number >= 0"),
        (lambda: LearningRateScheduler(0.1), r"schedule is a function \(epoch, rate\) -> rate. Received: 0.1"),
        (lambda: ReduceLROnPlateau(patients=3), "Did you mean 'patience'"),
    ],
)
def test_wrong_arguments(make, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make()
