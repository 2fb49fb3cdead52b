"""Where two models part, and why."""

import os
import warnings

import numpy as np
import pytest

import edunet
from edunet import interop, layers
from edunet.interop import compare_with

rng = np.random.default_rng(0)
X, SIGNAL = rng.normal(size=(4, 6)).astype("float32"), rng.normal(size=(3, 7, 4)).astype("float32")
IMAGE = rng.normal(size=(2, 8, 8, 3)).astype("float32")


def stack(*parts, shape=(6,), name="first"):
    model = edunet.Sequential([edunet.Input(shape), *parts], name=name)
    model.set_weights([abs(rng.normal(size=w.shape)) + 0.1 for w in model.weights])
    return model


def twins(make, shape=(6,)):
    a, b = stack(*make(), shape=shape), stack(*make(), shape=shape)
    b.set_weights(a.get_weights())
    return a, b


# ---------------------------------------------------------------- two models of edunet


def test_equal_models_agree_in_every_layer():
    table = compare_with(*twins(lambda: [layers.Dense(5, activation="relu"), layers.Dropout(0.5), layers.Dense(2)]), X)
    assert (table.same, table.first, len(table.rows)) == (True, None, 3)
    assert {row.difference for row in table.rows} == {0.0}
    assert str(table).endswith("All 3 agree: max|a−b| <= 1e-05 max|b|.")


def test_the_first_difference_is_marked_in_text_and_html():
    a, b = twins(lambda: [layers.Dense(5, name="one"), layers.Dense(4, name="two"), layers.Dense(2, name="three")])
    b.layers[1].kernel.data[0, 0] += 1
    table = compare_with(a, b, X)
    assert table.first == 1
    marked = [line for line in str(table).splitlines() if line.endswith("<- first difference")]
    assert len(marked) == 1
    assert marked[0].startswith("two (Dense)")
    assert "The first difference is in two (Dense). Likely cause: the weights are not the same" in str(table)
    assert table._repr_html_().count("font-weight:bold") == len(marked) * 5


def test_watching_leaves_no_trace():
    a, b = twins(lambda: [layers.Dense(5), layers.Dropout(0.5)])
    keys = [set(vars(layer)) for layer in a.layers]
    compare_with(a, b, X)
    assert [set(vars(layer)) for layer in a.layers] == keys


@pytest.mark.parametrize(
    ("ours", "theirs", "cause"),
    [
        (lambda: layers.LayerNormalization(), lambda: layers.LayerNormalization(epsilon=0.1), "epsilon is 0.001 here"),
        (lambda: layers.Dense(2, activation="relu"), lambda: layers.Dense(2, "tanh"), "activation is relu here, tanh"),
    ],
)
def test_settings_that_differ_are_the_cause(ours, theirs, cause):
    a, b = stack(ours()), stack(theirs())
    b.set_weights(a.get_weights())
    assert cause in compare_with(a, b, X).cause


def test_gates_in_another_order_are_recognised():
    a, b = twins(lambda: [layers.GRU(5)], shape=(7, 4))
    for weight in b.weights:
        z, r, h = np.split(weight.data, 3, axis=-1)
        weight.data[...] = np.concatenate([r, z, h], axis=-1)
    assert "the gates stand in another order" in compare_with(a, b, SIGNAL).cause


def test_a_transposed_matrix_is_recognised():
    a, b = twins(lambda: [layers.Dense(6)])
    b.layers[0].kernel.data[...] = a.layers[0].kernel.data.T.copy()
    assert "a matrix is transposed" in compare_with(a, b, X).cause


def test_other_layers_are_named_and_the_ends_compared():
    table = compare_with(stack(layers.Dense(5), layers.Dense(2)), stack(layers.Dense(2)), X)
    assert len(table.rows) == 1
    assert table.cause == "the layers with weights are not the same: Dense, Dense here, Dense there"


def test_other_shapes_are_a_difference():
    table = compare_with(stack(layers.Dense(5)), stack(layers.Dense(2)), X)
    assert (table.first, table.rows[0].difference) == (0, np.inf)
    assert "the shapes differ" in table.cause


def test_nan_on_one_side_is_a_difference():
    a, b = twins(lambda: [layers.Dense(2)])
    b.layers[0].bias.data[0] = np.nan
    assert compare_with(a, b, X).first == 0


def test_nan_in_the_same_places_hides_no_difference():
    a, b = twins(lambda: [layers.Dense(2)])
    for model in (a, b):
        model.layers[0].bias.data[0] = np.nan
    assert compare_with(a, b, X).same
    for model in (a, b):
        model.layers[0].kernel.data[...] *= 1e6
    b.layers[0].kernel.data[0, 1] *= 1 + 1e-7  # 0.1 beside 1e6: the same, relatively
    assert compare_with(a, b, X).same
    b.layers[0].kernel.data[0, 1] *= 2
    assert not compare_with(a, b, X).same


def test_what_is_added_at_the_end_is_a_difference():
    a, b = stack(layers.Dense(5), layers.Dense(2)), stack(layers.Dense(5), layers.Dense(2), layers.Activation("tanh"))
    b.set_weights(a.get_weights())
    table = compare_with(a, b, X)
    assert (table.same, table.rows[table.first].layer) == (False, "output")
    assert "what comes last" in table.cause
    assert not compare_with(b, a, X).same


def test_only_what_was_compared_is_said_to_be_the_same():
    class Louder(layers.Dense):
        def call(self, x):
            return super().call(x) * 2.0

    a, b = stack(layers.Dense(2)), stack(Louder(2))
    b.set_weights(a.get_weights())
    assert "settings that only one side has" in compare_with(a, b, X).cause


def test_a_subclass_is_watched_layer_by_layer():
    class Own(edunet.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.top = layers.Dense(5), layers.Dense(2)

        def call(self, x):
            return self.top(self.hidden(x))

    a, b = Own(), Own()
    a(X), b(X)
    b.set_weights(a.get_weights())
    table = compare_with(a, b, X)
    assert (len(table.rows), table.same) == (2, True)


def test_branches_may_be_called_in_another_order():
    def branches(order):
        x = edunet.Input((4,))
        made = {name: layers.Dense(units, name=name)(x) for name, units in order}
        return edunet.Model(x, layers.Concatenate(name="both")([made["left"], made["right"]]))

    a, b = branches([("left", 3), ("right", 2)]), branches([("right", 2), ("left", 3)])
    for name in ("left", "right"):
        b.get_layer(name).set_weights(a.get_layer(name).get_weights())
    table = compare_with(a, b, np.eye(4))
    assert table.same
    assert [row.layer for row in table.rows] == ["left (Dense)", "right (Dense)", "both (Concatenate)"]


def test_calls_of_a_shared_layer_in_another_order():
    def shared(order):
        x = {name: edunet.Input((4,)) for name in ("left", "right")}
        dense = layers.Dense(3, name="dense")
        made = {name: dense(x[name]) for name in order}
        both = layers.Concatenate(name="both")([made["left"], made["right"]])
        return edunet.Model([x["left"], x["right"]], both)

    a, b = shared(["left", "right"]), shared(["right", "left"])
    b.set_weights(a.get_weights())
    table = compare_with(a, b, [np.eye(4), np.ones((4, 4))])
    assert table.same
    assert len(table.rows) == 3


def test_what_is_no_model_is_refused():
    with pytest.raises(
        TypeError, match="expected a model of edunet or Keras, or a module of PyTorch. Received: builtins"
    ):
        compare_with(stack(layers.Dense(2)), "model.keras", X)


# ---------------------------------------------------------------- PyTorch


@pytest.fixture(scope="module")
def torch():
    return pytest.importorskip("torch", reason="PyTorch is not installed: make test-peers installs it aside")


def network():
    return stack(
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.5),
        layers.Dense(3, activation="softmax"),
        shape=(8, 8, 3),
    )


def module(nn):
    images = [nn.Conv2d(3, 4, 3), nn.ReLU(), nn.BatchNorm2d(4), nn.MaxPool2d(2)]
    return nn.Sequential(*images, nn.Flatten(), nn.Dropout(), nn.Linear(36, 3), nn.Softmax(1))


def test_a_module_agrees_in_every_layer(torch):
    model, other = network(), module(torch.nn)
    interop.weights_to_torch(model, other)
    table = compare_with(model, other, IMAGE)
    assert table.same, str(table)
    assert len(table.rows) == 6
    assert other.training


def test_epsilon_of_a_module(torch):
    model, other = network(), module(torch.nn)
    interop.weights_to_torch(model, other)
    other[2].eps = 0.5
    table = compare_with(model, other, IMAGE)
    assert table.first == 1
    assert "epsilon is 0.001 here, 0.5 there" in table.cause


def test_rows_after_flatten_that_were_not_turned(torch):
    model, other = network(), module(torch.nn)
    interop.weights_to_torch(model, other)
    other[6].weight.data = torch.from_numpy(model.layers[-1].kernel.data.T.copy())
    table = compare_with(model, other, IMAGE)
    assert table.first == 5
    assert "the rows after Flatten of (3, 3, 4) stand in the order (H,W,C)" in table.cause


def test_gates_of_a_module(torch):
    model = stack(layers.GRU(5), layers.Dense(1), shape=(7, 4))

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.gru, self.top = torch.nn.GRU(4, 5, batch_first=True), torch.nn.Linear(5, 1)

        def forward(self, x):
            return self.top(self.gru(x)[0][:, -1])

    other = interop.weights_to_torch(model, Net())
    assert compare_with(model, other, SIGNAL).same
    other.gru.weight_hh_l0.data = torch.from_numpy(model.layers[0].recurrent_kernel.data.T.copy())
    table = compare_with(model, other, SIGNAL)
    assert table.first == 0
    assert "the gates stand in another order" in table.cause


def test_padding_of_a_module(torch):
    model = stack(layers.Conv2D(4, 3, strides=2, padding="same"), shape=(8, 8, 3))
    other = torch.nn.Conv2d(3, 4, 3, stride=2, padding=1)
    with pytest.raises(ValueError, match="padding is 'same' here"):
        interop.weights_to_torch(model, other)
    other.weight.data = torch.from_numpy(model.layers[-1].kernel.data.transpose(3, 2, 0, 1).copy())
    other.bias.data.zero_()
    table = compare_with(model, other, IMAGE)
    assert "padding='same' with strides > 1 may pad more at the end" in table.cause


def test_the_outputs_decide_where_one_layer_is_two(torch):
    nn = torch.nn
    model = stack(layers.SeparableConv2D(4, 3), layers.GlobalAveragePooling2D(), shape=(8, 8, 3))
    parts = [nn.Conv2d(3, 3, 3, groups=3, bias=False), nn.Conv2d(3, 4, 1)]
    other = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten())
    table = compare_with(model, interop.weights_to_torch(model, other), IMAGE)
    assert (table.same, table.cause) == (True, "")


def test_an_activation_that_the_module_lacks(torch):
    model = stack(layers.Dense(2, activation="softmax"))
    other = interop.weights_to_torch(model, torch.nn.Linear(6, 2))
    assert compare_with(model, other, X).cause == "what comes last: Dense with softmax here, Linear there"


# ---------------------------------------------------------------- Keras


@pytest.mark.filterwarnings("ignore")
def test_a_model_of_keras():
    pytest.importorskip("torch", reason="Keras runs on PyTorch here: make test-peers installs both aside")
    os.environ.setdefault("KERAS_BACKEND", "torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        keras = pytest.importorskip("keras", minversion="3", reason="Keras 3 is not installed: make test-peers does it")
    L = keras.layers
    other = keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            L.Conv2D(4, 3, activation="relu"),
            L.BatchNormalization(epsilon=0.1),
            L.MaxPooling2D(2),
            L.Flatten(),
            L.Dropout(0.5),
            L.Dense(3, activation="softmax"),
        ]
    )
    model = network()
    interop.weights_to_keras(model, other)
    table = compare_with(model, other, IMAGE)
    assert (table.first, len(table.rows)) == (1, 6)
    assert "epsilon is 0.001 here, 0.1 there" in table.cause
    other.layers[1].epsilon = 1e-3
    assert compare_with(model, other, IMAGE).same
