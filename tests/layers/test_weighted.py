"""Weights of a layer and of those inside it: found, copied, replaced, frozen, spelled as in Keras; losses it adds."""

import numpy as np
import pytest

import edunet
from edunet import layers
from edunet.layers import Dense, Layer
from edunet.tensor import Tensor

X = np.array([[1.0, 2.0]], np.float32)


class Scale(Layer):
    """A learner's own layer: build and call, nothing else."""

    def build(self, input_shape):
        self.factor = self.add_weight((input_shape[-1],), initializer="ones", name="factor")

    def call(self, x):
        return x * self.factor


class Block(Layer):
    """A layer made of layers: one alone, some in a list, some in a dict, some hidden."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = Dense(2)
        self.more = [Dense(2), (Dense(2),)]
        self._hidden = {"last": Dense(2)}

    def call(self, x):
        return self._hidden["last"](self.more[1][0](self.more[0](self.first(x))))


def test_weights_are_copies():
    layer = Scale()
    layer(X)
    layer.get_weights()[0][...] = 7
    np.testing.assert_array_equal(layer.factor.data, 1)


def test_weights_come_back():
    a, b = Block(), Block()
    a(X), b(X)
    b.set_weights(a.get_weights())
    np.testing.assert_array_equal(a(X), b(X))


def test_freezing_a_layer_keeps_the_order_of_the_weights():
    model = edunet.Sequential([layers.Input((2,)), Dense(2), Dense(2)])
    before = [id(w) for w in model.weights]
    model.layers[0].trainable = False
    assert [id(w) for w in model.weights] == before


def test_running_means_stand_with_their_layer():
    # the order of Keras, so that weights move by plain copy
    model = edunet.Sequential([layers.Input((2,)), layers.BatchNormalization(), Dense(1)])
    names = ["gamma", "beta", "moving_mean", "moving_variance", "kernel", "bias"]
    assert [w.name for w in model.weights] == names


def test_a_frozen_layer_has_nothing_to_learn():
    layer = Scale(trainable=False)
    layer(X)
    assert layer.trainable_weights == []
    assert layer.non_trainable_weights == [layer.factor]


def test_freezing_reaches_sublayers():
    block = Block()
    block(X)
    block.trainable = False
    assert (len(block.trainable_weights), len(block.non_trainable_weights)) == (0, 8)


def test_count_params():
    layer = Dense(3)
    layer.build((None, 4))
    assert layer.count_params() == 4 * 3 + 3


@pytest.mark.parametrize(
    ("arrays", "message"),
    [([np.ones((2, 3))], "expected 2 arrays. Received 1"), ([np.ones((2, 3)), np.ones(2)], r"\(bias\).*\(3,\)")],
)
def test_weights_that_do_not_fit_are_refused(arrays, message):
    layer = Dense(3)
    layer.build((None, 2))
    with pytest.raises(ValueError, match=message):
        layer.set_weights(arrays)


def test_nothing_changes_if_one_weight_does_not_fit():
    layer = Dense(3)
    layer.build((None, 2))
    before = layer.get_weights()
    with pytest.raises(ValueError, match="bias"):
        layer.set_weights([np.ones((2, 3)), np.ones(2)])
    np.testing.assert_array_equal(layer.get_weights()[0], before[0])


def test_weights_before_build_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match="no weights before it is built: give it an input_shape"):
        Dense(3).set_weights([np.ones((2, 3)), np.ones(3)])


@pytest.mark.parametrize(
    ("args", "named", "shape"),
    [
        (((2, 3), "zeros"), {"name": "w"}, (2, 3)),
        (("w",), {"shape": (2, 3), "initializer": "zeros"}, (2, 3)),
        ((), {"name": "w", "shape": [4]}, (4,)),
        ((), {"name": "w", "shape": 4, "initializer": None}, (4,)),
        ((), {"name": "w", "dtype": "float32"}, ()),
        ((3, "ones", "float32", True), {"name": "w"}, (3,)),
    ],
)
def test_every_spelling_of_a_weight(args, named, shape):
    layer = Layer()
    w = layer.add_weight(*args, **named)
    assert (w.shape, w.name, w.dtype) == (shape, "w", np.float32)
    assert layer.trainable_weights == [w]


def test_a_weight_of_another_precision():
    assert Layer().add_weight((2,), dtype="float64").dtype == np.float64
    with pytest.raises(ValueError, match="weights are float32 or float64. Received: dtype=int32"):
        Layer().add_weight((2,), dtype="int32")


class Counting(Layer):
    """Counts what it has seen."""

    def build(self, input_shape):
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")

    def call(self, x):
        self.seen.assign_add(len(x))
        return x * 1.0


def test_what_is_counted_while_a_model_is_drawn_does_not_count():
    model = edunet.Sequential([Counting(input_shape=(2,))])
    model(np.ones((5, 2)))
    assert float(model.layers[0].seen) == 5


class Penalized(Layer):
    """Adds a loss of its own: the mean square of what it gives."""

    def call(self, x):
        self.add_loss((x * x).mean())
        return x


def test_a_loss_that_a_layer_adds_is_made_small():
    model = edunet.Sequential([Dense(2, input_shape=(2,)), Penalized()])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).random((4, 2)).astype(np.float32)
    y = model.predict(x)
    added = float((y**2).mean())
    assert model.evaluate(x, y, verbose=0) == pytest.approx(added, rel=1e-5)
    assert model.fit(x, y, verbose=0).history["loss"] == pytest.approx([added], rel=1e-5)
    assert model.evaluate(x, y, verbose=0) < added


def test_nothing_is_added_by_predictions():
    model = edunet.Sequential([Dense(2, input_shape=(2,)), Penalized()])
    model.predict(X)
    assert model.losses == []
    model(X)
    assert len(model.losses) == 1


def test_an_added_loss_is_one_number():
    with pytest.raises(ValueError, match=r"add_loss takes one number, such as loss.mean\(\). Received \(2,\)"):
        Layer().add_loss(Tensor([1.0, 2.0]))
