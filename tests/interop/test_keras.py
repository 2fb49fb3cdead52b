"""Weights to and from Keras, layer by layer."""

import os
import warnings

import numpy as np
import pytest

import edunet
from edunet import interop

pytest.importorskip("torch", reason="Keras runs on PyTorch here: make test-peers installs both aside")
os.environ.setdefault("KERAS_BACKEND", "torch")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    keras = pytest.importorskip("keras", minversion="3", reason="Keras 3 is not installed: make test-peers does it")

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's warnings are not ours
rng = np.random.default_rng(0)


def normal(*shape):
    return rng.normal(size=shape).astype(np.float32)


TABLE, SIGNAL, IMAGE = normal(4, 6), normal(3, 7, 4), normal(2, 9, 8, 4)
CASES = {
    "Dense": (lambda L: L.Dense(5, activation="gelu"), TABLE),
    "Conv1D": (lambda L: L.Conv1D(5, 3, padding="causal"), SIGNAL),
    "Conv2D": (lambda L: L.Conv2D(5, (3, 2), strides=2, padding="same"), IMAGE),
    "Conv2D groups": (lambda L: L.Conv2D(6, 3, groups=2), IMAGE),
    "DepthwiseConv2D": (lambda L: L.DepthwiseConv2D(3, depth_multiplier=2), IMAGE),
    "SeparableConv2D": (lambda L: L.SeparableConv2D(5, 3, depth_multiplier=2), IMAGE),
    "Conv2DTranspose": (lambda L: L.Conv2DTranspose(5, 3, strides=2, padding="same"), IMAGE),
    "Conv1DTranspose": (lambda L: L.Conv1DTranspose(5, 3, strides=2), SIGNAL),
    "BatchNormalization": (lambda L: L.BatchNormalization(), IMAGE),
    "LayerNormalization": (lambda L: L.LayerNormalization(), SIGNAL),
    "GroupNormalization": (lambda L: L.GroupNormalization(2), IMAGE),
    "Embedding": (lambda L: L.Embedding(9, 4), rng.integers(0, 9, (3, 5))),
    "SimpleRNN": (lambda L: L.SimpleRNN(5), SIGNAL),
    "LSTM": (lambda L: L.LSTM(5, return_sequences=True), SIGNAL),
    "GRU": (lambda L: L.GRU(5, return_sequences=True), SIGNAL),
    "GRU reset before": (lambda L: L.GRU(5, reset_after=False), SIGNAL),
    "PReLU": (lambda L: L.PReLU(shared_axes=[1, 2]), IMAGE),
    "RNN": (lambda L: L.RNN(L.LSTMCell(5), return_sequences=True), SIGNAL),
    "RNN of several cells": (lambda L: L.RNN([L.GRUCell(5), L.LSTMCell(3)]), SIGNAL),
    "Bidirectional": (lambda L: L.Bidirectional(L.LSTM(5)), SIGNAL),
    "TimeDistributed": (lambda L: L.TimeDistributed(L.Dense(5)), SIGNAL),
    "MultiHeadAttention": (lambda L: L.MultiHeadAttention(2, 3), SIGNAL),
}


def built(case):
    make, x = CASES[case]
    ours, theirs = make(edunet.layers), make(keras.layers)
    args = (x, x) if case == "MultiHeadAttention" else (x,)
    for layer in (ours, theirs):
        layer(*args)
        layer.set_weights([abs(normal(*w.shape)) + 0.1 for w in layer.get_weights()])
    return ours, theirs, args


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("move", [interop.weights_to_keras, interop.weights_from_keras], ids=["to", "from"])
def test_both_compute_the_same(case, move):
    ours, theirs, args = built(case)
    assert move(ours, theirs) is (theirs if move is interop.weights_to_keras else ours)
    a, b = ours(*args).numpy(), keras.ops.convert_to_numpy(theirs(*args))
    assert abs(a - b).max() <= 1e-5 * abs(b).max()


@pytest.mark.parametrize("case", CASES)
def test_there_and_back_nothing_is_lost(case):
    ours, theirs, _ = built(case)
    before = ours.get_weights()
    interop.weights_to_keras(ours, theirs)
    ours.set_weights([np.zeros_like(w) for w in before])
    interop.weights_from_keras(ours, theirs)
    for a, b in zip(ours.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


def branched(library):
    L = library.layers
    x = library.Input((9, 8, 4))
    h = L.Conv2D(4, 3, padding="same", activation="relu")(x)
    h = L.Add()([x, L.BatchNormalization()(h)])
    h = L.Dropout(0.5)(L.Flatten()(h))
    return library.Model(x, L.Dense(3, activation="softmax")(h))


def test_a_branched_model():
    ours, theirs = branched(edunet), branched(keras)
    interop.weights_from_keras(ours, theirs)
    np.testing.assert_allclose(ours.predict(IMAGE), theirs.predict(IMAGE, verbose=0), rtol=1e-4, atol=1e-6)


def stack(library, units):
    return library.Sequential([library.Input((6,)), *[library.layers.Dense(n) for n in units]])


@pytest.mark.parametrize("move", [interop.weights_to_keras, interop.weights_from_keras], ids=["to", "from"])
def test_what_differs_is_named_and_nothing_is_changed(move):
    ours, theirs = stack(edunet, [5, 2]), stack(keras, [5, 3])
    before = ours.get_weights() + theirs.get_weights()
    with pytest.raises(ValueError, match=r"shapes \[\(5, 2\), \(2,\)\]; dense.* in Keras has \[\(5, 3\), \(3,\)\]"):
        move(ours, theirs)
    for a, b in zip(ours.get_weights() + theirs.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_layer_too_many_is_named():
    with pytest.raises(
        ValueError, match="is in Keras only. With weights, in order, here: Dense; in Keras: Dense, Dens"
    ):
        interop.weights_from_keras(stack(edunet, [5]), stack(keras, [5, 2]))
    with pytest.raises(ValueError, match="is here only"):
        interop.weights_from_keras(stack(edunet, [5, 2]), stack(keras, [5]))
    with pytest.raises(ValueError, match="is in Keras only. A model has no weights before it is built"):
        interop.weights_from_keras(edunet.Sequential([edunet.layers.Dense(5)]), stack(keras, [5]))


# ---------------------------------------------------------------- whole models


def mixed(library):
    """An image and a sequence, which are read apart and judged together."""
    L = library.layers
    image, words = library.Input((9, 8, 4)), library.Input((5,), dtype="int32")
    h = L.Conv2D(4, 3, padding="same", activation="relu")(image)
    h = L.GlobalAveragePooling2D()(L.Add()([image, h]))
    shared = L.Dense(4, activation="tanh", kernel_regularizer="l2", kernel_constraint="non_neg")
    t = L.GRU(4)(L.Embedding(9, 4)(words))
    both = L.Concatenate()([shared(h), shared(t)])
    return library.Model([image, words], [L.Dense(3, activation="softmax")(both), L.Dense(1)(both)])


INPUTS = [IMAGE, rng.integers(0, 9, (2, 5))]


def assert_the_same(ours, theirs, x):
    here, there = ours.predict(x), theirs.predict(x, verbose=0)
    for a, b in zip(*[side if isinstance(side, list) else [side] for side in (here, there)], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_a_functional_model_from_keras():
    theirs = mixed(keras)
    ours = interop.from_keras(theirs)
    assert_the_same(ours, theirs, INPUTS)
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
    assert len(ours.losses) == 1
    assert len(ours.constrained_weights) == 1


def test_a_functional_model_to_keras():
    ours = mixed(edunet)
    theirs = interop.to_keras(ours)
    assert_the_same(ours, theirs, INPUTS)
    assert len(theirs.losses) == 1


@pytest.mark.parametrize("units", [[5], [5, 2]])
def test_a_stack_in_both_directions(units):
    theirs = stack(keras, units)
    ours = interop.from_keras(theirs)
    assert isinstance(ours, edunet.Sequential)
    assert_the_same(ours, theirs, TABLE)
    assert_the_same(ours, interop.to_keras(ours), TABLE)


@pytest.mark.parametrize("case", [case for case in CASES if case != "MultiHeadAttention"])
def test_every_layer_is_made_again(case):
    make, x = CASES[case]
    kind = "int32" if case == "Embedding" else "float32"
    theirs = keras.Sequential([keras.Input(x.shape[1:], dtype=kind), make(keras.layers)])
    theirs.set_weights([abs(normal(*w.shape)) + 0.1 for w in theirs.get_weights()])
    ours = interop.from_keras(theirs)
    assert_the_same(ours, theirs, x)
    assert_the_same(ours, interop.to_keras(ours), x)


def test_what_edunet_does_not_have_is_named():
    with pytest.raises(ValueError, match="is a UnitNormalization, which edunet does not have"):
        interop.from_keras(keras.Sequential([keras.Input((6,)), keras.layers.UnitNormalization()]))
    adapted = keras.layers.Dense(4, lora_rank=2)
    with pytest.raises(ValueError, match="lora_rank=2 has no counterpart in edunet. Leave it at its default, None"):
        interop.from_keras(keras.Sequential([keras.Input((8,)), adapted]))
    x = keras.Input((6,))
    with pytest.raises(ValueError, match="is an operation, not a layer"):
        interop.from_keras(keras.Model(x, x + x))


def test_what_is_not_drawn_is_refused():
    with pytest.raises(ValueError, match="give a Sequential an Input first"):
        interop.from_keras(keras.Sequential([keras.layers.Dense(2)]))
    with pytest.raises(ValueError, match="expected a model that is drawn"):
        interop.to_keras(edunet.Sequential([edunet.layers.Dense(2)]))
