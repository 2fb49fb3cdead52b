"""Models, as joblib sends them to its processes: pickled and copied whole, with their training. No file format."""

import copy
import inspect
import pickle

import numpy as np
import pytest

import edunet
from edunet import initializers, layers, losses, metrics, models, optimizers
from edunet.backend import use_rng

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(12, 6)).astype(np.float32), rng.integers(0, 3, 12)


def through_a_pickle(thing):
    return pickle.loads(pickle.dumps(thing))


COPIES = {"pickle": through_a_pickle, "deepcopy": copy.deepcopy}
both = pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)


def trained(optimizer="adam"):
    model = edunet.Sequential(
        [layers.Dense(5, activation="relu", input_shape=(6,)), layers.Dropout(0.3), layers.Dense(3, "softmax")]
    )
    model.compile(optimizer, "sparse_categorical_crossentropy", ["accuracy"])
    model.fit(X, Y, epochs=2, verbose=0)
    return model


@both
@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam", "adamw"])
def test_a_copy_goes_on_learning_as_the_model_itself(copied, optimizer):
    model = trained(optimizer)
    other = copied(model)
    for one in (model, other):
        with use_rng(np.random.default_rng(1)):
            one.fit(X, Y, epochs=2, verbose=0, batch_size=5)
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert model.history.history == other.history.history


@both
def test_a_copy_is_apart(copied):
    model = trained()
    before = model.get_weights()
    copied(model).fit(X, Y, verbose=0)
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


@both
def test_the_optimizer_keeps_the_running_values_of_each_weight(copied):
    model = copied(trained())
    assert set(model.optimizer.state) == set(model.trainable_weights)
    assert model.optimizer.iterations == 2


@both
def test_a_shared_layer_stays_one(copied):
    a, b, shared = layers.Input((6,)), layers.Input((6,)), layers.Dense(2)
    model = copied(models.Model([a, b], layers.Add()([shared(a), shared(b)])))
    assert model.count_params() == 14
    assert model.layers[2].kernel is model.weights[0]


@both
def test_depth_is_no_limit(copied):
    x = h = layers.Input((2,))
    for _ in range(400):
        h = layers.Add()([h, h])
    assert len(copied(models.Model(x, h)).layers) == 401


@both
def test_a_copy_can_be_drawn_further(copied):
    model = copied(trained())
    longer = models.Model(model.input, layers.Dense(1)(layers.Dense(2)(model.layers[0](model.input))))
    assert longer.predict(X).shape == (12, 1)
    model.pop()
    model.add(layers.Dense(4))
    assert model.predict(X).shape == (12, 4)


@both
@pytest.mark.parametrize(
    ("layer", "x"),
    [
        (layers.Conv2D(2, 3, activation="relu"), np.ones((1, 5, 5, 1))),
        (layers.BatchNormalization(), X),
        (layers.GRU(3, return_sequences=True), np.ones((1, 4, 2))),
        (layers.MultiHeadAttention(2, 3), np.ones((1, 4, 2))),
        (layers.Embedding(5, 2, mask_zero=True), np.array([[1, 0]])),
        (layers.Dense(2, kernel_regularizer="l2", kernel_constraint="non_neg"), X),
    ],
    ids=lambda case: type(case).__name__,
)
def test_layers(copied, layer, x):
    args = (x, x) if isinstance(layer, layers.MultiHeadAttention) else (x,)
    y = layer(*args)
    other = copied(layer)
    np.testing.assert_array_equal(other(*args).numpy(), y.numpy())
    assert [w.name for w in other.weights] == [w.name for w in layer.weights]
    assert not set(other.weights) & set(layer.weights)
    assert len(other.losses) == len(layer.losses)


@pytest.mark.parametrize("room", [losses, metrics, optimizers, initializers], ids=lambda room: room.__name__)
def test_everything_with_a_default_form(room):
    kinds = [kind for kind in vars(room).values() if isinstance(kind, type) and kind.__name__ in room.__all__]
    bases = {losses.Loss, metrics.Metric, optimizers.Optimizer}
    with_defaults = [
        k
        for k in kinds
        if all(
            p.default is not p.empty for p in inspect.signature(k).parameters.values() if p.kind is not p.VAR_KEYWORD
        )
    ]
    assert with_defaults
    for kind in set(with_defaults) - bases:
        thing = kind()
        assert vars(through_a_pickle(thing)).keys() == vars(thing).keys()


def test_how_a_tensor_was_computed_is_left_behind():
    w = edunet.Tensor([1.0, 2.0], name="w")
    y = through_a_pickle(w * w)
    assert y.made_by is None
    np.testing.assert_array_equal(y.numpy(), [1, 4])
    assert through_a_pickle(w).name == "w"
