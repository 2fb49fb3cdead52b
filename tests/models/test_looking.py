"""What every layer gives, and how the loss changes with every weight, without changing the model."""

import numpy as np
import pytest

import edunet
from edunet import layers, models

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(6, 4)).astype(np.float32), rng.integers(0, 2, 6)


def network():
    model = models.Sequential(
        [
            layers.Dense(5, activation="tanh", input_shape=(4,), name="hidden", kernel_regularizer="l2"),
            layers.Dropout(0.5, name="drop"),
            layers.Dense(1, activation="sigmoid", name="answer"),
        ]
    )
    model.compile("sgd", "binary_crossentropy")
    return model


# ---------------------------------------------------------------- activations


def test_what_every_layer_gives():
    model = network()
    seen = model.activations(X)
    assert list(seen) == ["hidden", "drop", "answer"]
    w, b = model.get_weights()[:2]
    np.testing.assert_allclose(seen["hidden"], np.tanh(X @ w + b), atol=1e-6)
    np.testing.assert_array_equal(seen["drop"], seen["hidden"])
    np.testing.assert_allclose(seen["answer"], model.predict(X), atol=1e-6)
    assert type(seen["answer"]) is np.ndarray


def test_a_shared_layer_is_there_once_for_each_use():
    a, b = layers.Input((4,), name="a"), layers.Input((4,), name="b")
    shared = layers.Dense(2, name="shared")
    model = models.Model([a, b], layers.Add(name="sum")([shared(a), shared(b)]))
    seen = model.activations({"a": X, "b": 2 * X})
    assert list(seen) == ["shared", "shared_1", "sum"]
    np.testing.assert_allclose(seen["shared"] + seen["shared_1"], seen["sum"], atol=1e-6)


def test_several_outputs_of_a_layer_are_a_list():
    x = layers.Input((3, 2))
    y, _, c = layers.LSTM(4, return_state=True, name="memory")(x)
    seen = models.Model(x, layers.Add(name="sum")([y, c])).activations(np.ones((2, 3, 2)))
    assert [part.shape for part in seen["memory"]] == [(2, 4)] * 3
    np.testing.assert_array_equal(seen["memory"][0], seen["memory"][1])


def test_states_of_a_stateful_layer_stay():
    model = models.Sequential([layers.GRU(3, stateful=True, input_shape=(5, 2))])
    x = rng.normal(size=(2, 5, 2)).astype(np.float32)
    model.predict(x)
    before = model.layers[0].states[0].copy()
    model.activations(x)
    np.testing.assert_array_equal(model.layers[0].states[0], before)


def test_a_sequential_is_built_for_the_data():
    model = models.Sequential([layers.Dense(2, name="only")])
    assert model.activations(X)["only"].shape == (6, 2)


def test_a_model_with_its_own_call_has_no_drawing():
    class Own(models.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="activations: own.* has a call of its own, which is not drawn"):
        Own().activations(X)


# ---------------------------------------------------------------- gradients


def test_how_the_loss_changes_with_every_weight():
    edunet.set_floatx("float64")
    try:
        model = network()
    finally:
        edunet.set_floatx("float32")
    found = model.gradients(X, Y)
    assert list(found) == ["hidden/kernel", "hidden/bias", "answer/kernel", "answer/bias"]
    for (name, slope), weight in zip(found.items(), model.trainable_weights, strict=True):
        place = (0,) * weight.ndim
        value = weight.data[place]
        losses = []
        for change in (1e-5, -1e-5):
            weight.data[place] = value + change
            losses.append(model.evaluate(X, Y, verbose=0))
        weight.data[place] = value
        assert slope[place] == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=1e-6), name


def test_a_step_goes_against_them():
    model = network()
    model.layers[1].rate = 0.0  # as they are computed: nothing is dropped
    found, before = model.gradients(X, Y), model.get_weights()
    model.compile(edunet.optimizers.SGD(0.1), "binary_crossentropy")
    model.train_on_batch(X, Y)
    for w, slope, after in zip(before, found.values(), model.get_weights(), strict=True):
        np.testing.assert_allclose(after, w - 0.1 * slope, atol=1e-6)


def test_weights_of_examples_count():
    model, w = network(), np.arange(6.0)
    with_weights, each = model.gradients(X, Y, w), [model.gradients(X[i : i + 1], Y[i : i + 1]) for i in range(6)]
    expected = sum(w[i] * each[i]["answer/bias"] for i in range(6)) / 6
    np.testing.assert_allclose(with_weights["answer/bias"], expected, rtol=1e-4, atol=1e-6)


def test_nothing_of_the_model_changes():
    model = models.Sequential([layers.BatchNormalization(input_shape=(4,)), layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    before = model.get_weights()

    class Watch(edunet.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.gradients(X, Y)

    watched, alone = [], []
    for logs, callbacks in ((watched, [Watch()]), (alone, [])):
        model.set_weights(before)
        logs += model.fit(X, Y, batch_size=2, verbose=0, shuffle=False, callbacks=callbacks).history["mae"]
    assert watched == alone


def test_weights_of_one_name_are_counted():
    model = models.Sequential([layers.Bidirectional(layers.GRU(2), input_shape=(3, 2), name="both"), layers.Dense(1)])
    model.compile("sgd", "mse")
    names = list(model.gradients(np.ones((2, 3, 2)), np.ones(2)))
    assert names[:2] == ["both/kernel", "both/recurrent_kernel"]
    assert "both/kernel_1" in names
    assert len(names) == len(model.trainable_weights)


def test_frozen_layers_have_none():
    model = network()
    model.layers[0].trainable = False
    assert list(model.gradients(X, Y)) == ["answer/kernel", "answer/bias"]


def test_outputs_by_name():
    x = layers.Input((4,))
    model = models.Model(x, {"a": layers.Dense(1, name="first")(x), "b": layers.Dense(1, name="second")(x)})
    model.compile("sgd", {"a": "mse", "b": "mse"})
    assert not model.gradients(X, {"a": model.predict(X)["a"], "b": Y})["first/kernel"].any()


def test_a_weight_of_the_model_itself():
    class Own(models.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1, name="dense")
            self.scale = self.add_weight((1,), "ones", name="scale")

        def call(self, x):
            return self.dense(x) * self.scale

    model = Own()
    model.compile("sgd", "mse")
    assert set(model.gradients(X, Y)) == {"scale", "dense/kernel", "dense/bias"}


def test_a_loss_from_which_no_gradient_goes_back():
    model = models.Sequential([layers.Dense(1, input_shape=(4,))])
    model.compile("sgd", lambda y, p: (p.numpy() - y) ** 2)
    with pytest.raises(ValueError, match="no gradient goes back from it to the weights"):
        model.gradients(X, Y)
    with edunet.no_gradients(), pytest.raises(RuntimeError, match="inside edunet.no_gradients"):
        model.gradients(X, Y)


def test_before_compile():
    with pytest.raises(RuntimeError, match="call model.compile"):
        models.Sequential([layers.Dense(1, input_shape=(4,))]).gradients(X, Y)
