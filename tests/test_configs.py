"""Objects as {"class_name", "config"} and back: optimizers, losses, metrics, activations."""

import numpy as np
import pytest

import edunet
from edunet import activations, losses, metrics, optimizers, schedules

MADE = {
    optimizers: [
        *(optimizers.SGD(0.1, momentum=0.9, nesterov=True), optimizers.AdamW(weight_decay=0.1), optimizers.RMSprop()),
        *(optimizers.Adam(schedules.ExponentialDecay(0.1, 10, 0.9), clipnorm=1.0), optimizers.Adagrad(0.3)),
    ],
    losses: [losses.Huber(0.5), losses.BinaryCrossentropy(label_smoothing=0.1), losses.get("mse"), losses.Dice()],
    metrics: [metrics.AUC(curve="PR"), metrics.MeanIoU(3), metrics.F1Score("macro"), metrics.get("mae")],
}
CASES = [(room, thing) for room, things in MADE.items() for thing in things]


@pytest.mark.parametrize(("room", "thing"), CASES, ids=lambda part: type(part).__name__)
def test_there_and_back(room, thing):
    told = room.serialize(thing)
    assert told["class_name"] == type(thing).__name__
    for again in (room.deserialize(told), room.get(told)):
        assert type(again) is type(thing)
        assert room.serialize(again) == told


@pytest.mark.parametrize(("room", "thing"), CASES, ids=lambda part: type(part).__name__)
def test_from_config(room, thing):
    again = type(thing).from_config(thing.get_config())
    assert room.serialize(again) == room.serialize(thing)


def test_a_schedule_comes_back_as_one():
    adam = optimizers.deserialize(optimizers.serialize(MADE[optimizers][3]))
    assert type(adam.get_config()["learning_rate"]) is schedules.ExponentialDecay


def test_activations_are_names():
    assert activations.serialize(activations.relu) == "relu"
    assert activations.deserialize("relu") is activations.relu
    assert activations.deserialize("own", {"own": np.tanh}) is np.tanh


def test_a_class_of_ones_own_is_given():
    class Bias(losses.Loss):
        def call(self, y_true, y_pred):
            return (y_pred - y_true).mean(axis=-1)

    told = losses.serialize(Bias())
    assert type(losses.deserialize(told, custom_objects={"Bias": Bias})) is Bias
    with pytest.raises(ValueError, match="unknown loss 'Bias'"):
        losses.deserialize(told)


def test_what_is_no_description():
    with pytest.raises(TypeError, match=r"expected the optimizer as \{'class_name'.*Received: 'adam'"):
        optimizers.deserialize("adam")


def test_a_model_takes_descriptions():
    model = edunet.Sequential([edunet.layers.Dense(1, input_shape=(2,))])
    model.compile(
        optimizers.serialize(optimizers.SGD(0.3)),
        losses.serialize(losses.Huber(0.5)),
        metrics=[metrics.serialize(metrics.MeanAbsoluteError())],
    )
    assert model.optimizer.learning_rate == 0.3
    assert set(model.fit(np.eye(2), [0, 1], verbose=0).history) == {"loss", "mean_absolute_error"}
