"""A training in which nothing can be learnt says so, once."""

import numpy as np
import pytest
from small_models import X, Y

import edunet
from edunet import layers


class New(layers.Layer):
    """Makes a new Dense at every call."""

    def call(self, x):
        return layers.Dense(1, activation="sigmoid")(x)


def model(*stack):
    made = edunet.Sequential([layers.Input((4,)), *stack])
    made.compile("sgd", "binary_crossentropy")
    return made


def test_a_frozen_model():
    frozen = model(layers.Dense(1, activation="sigmoid"))
    frozen.trainable = False
    before = frozen.get_weights()
    with pytest.warns(UserWarning, match="the model is frozen, trainable=False. Type model.trainable = True") as told:
        frozen.fit(X, Y, epochs=3, callbacks=[edunet.callbacks.Callback()], verbose=0)
    assert len(told) == 1
    assert told[0].filename == __file__  # it points at the learner's line
    np.testing.assert_array_equal(before[0], frozen.get_weights()[0])
    frozen.trainable = True
    frozen.fit(X, Y, verbose=0)  # no warning: warnings are errors here


def test_frozen_layers():
    frozen = model(layers.Dense(1, activation="sigmoid", trainable=False))
    with pytest.warns(UserWarning, match="every layer that has weights is frozen.*layer.trainable = True"):
        frozen.fit(X, Y, verbose=0)


@pytest.mark.parametrize(("layer", "x"), [(New(), X), (layers.GlobalAveragePooling1D(), X[:, :, None])])
def test_a_model_without_weights(layer, x):
    made = edunet.Sequential([layers.Input(x.shape[1:]), layer])
    made.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="the model has no weights.*in __init__ or build"):
        made.fit(x, Y, verbose=0)


def test_a_batch_by_itself_is_warned_of_once():
    frozen = model(layers.Dense(1, activation="sigmoid", trainable=False))
    with pytest.warns(UserWarning, match="frozen") as told:  # noqa: PT031
        for _ in range(3):
            frozen.train_on_batch(X, Y)
    assert len(told) == 1
