import numpy as np
import pytest

import edunet
from edunet import Model, Sequential, check_causality
from edunet import layers as L

STEPS = 9
rng = np.random.default_rng(0)


class Reversed(L.Layer):
    """What go_backwards does: the sequence from its end."""

    def call(self, x):
        return x[:, ::-1]


def codes(*drawn, end=5):
    """A model of codes: Embedding, then what is drawn, an answer for every step."""
    x = L.Input((None,), dtype="int32")
    h = L.Embedding(20, 8)(x)
    for layer in drawn:
        h = layer(h)
    return Model(x, L.Dense(end)(h))


def signals(*layers):
    return Sequential([L.Input((STEPS, 2)), *layers, L.Dense(1)])


def looking(**options):
    x = L.Input((None,), dtype="int32")
    h = L.PositionEmbedding(30)(L.Embedding(20, 8)(x))
    return Model(x, L.Dense(20)(L.MultiHeadAttention(2, 4)(h, h, **options)))


CLEAN = {
    "causal convolutions": lambda: signals(L.Conv1D(4, 3, padding="causal"), L.Conv1D(4, 2, padding="causal")),
    "normalisation": lambda: signals(L.BatchNormalization(), L.LayerNormalization(), L.Dropout(0.5)),
    "recurrence": lambda: signals(L.GRU(4, return_sequences=True), L.LSTM(3, return_sequences=True)),
    "cells": lambda: signals(L.RNN(L.GRUCell(3), return_sequences=True), L.TimeDistributed(L.Dense(3))),
    "residual": lambda: signals(L.Residual(L.Conv1D(2, 3, padding="causal"))),
    "causal attention": lambda: looking(use_causal_mask=True),
    "causal Transformer": lambda: codes(
        L.PositionEmbedding(30),
        L.TransformerEncoder(16, 2, use_causal_mask=True),
        L.TransformerEncoder(16, 2, use_causal_mask=True),
    ),
    "a model inside": lambda: signals(Sequential([L.Input((STEPS, 2)), L.GRU(3, return_sequences=True)])),
    "padding that is masked": lambda: Sequential(
        [L.Embedding(9, 4, mask_zero=True, input_shape=(7,)), L.GRU(4, return_sequences=True)]
    ),
}


@pytest.mark.parametrize("make", CLEAN.values(), ids=CLEAN)
def test_a_model_that_looks_back_only(make):
    result = check_causality(make())
    assert result
    assert result.causal
    assert str(result).startswith("No answer depends on a later step")


LEAKS = {
    "a convolution": (
        lambda: signals(
            L.Conv1D(4, 3, padding="causal"), L.Conv1D(4, 3, padding="same", name="here"), L.LayerNormalization()
        ),
        1,
        "padding='causal'",
    ),
    "a mean over all steps": (
        lambda: signals(L.GRU(3, return_sequences=True), L.GlobalAveragePooling1D(name="here"), L.RepeatVector(STEPS)),
        STEPS - 1,
        "every step gets it back",
    ),
    "a mean as wide as the sequence is long": (
        lambda: signals(L.Conv1D(STEPS, 1), L.GlobalAveragePooling1D(name="here"), L.RepeatVector(STEPS)),
        STEPS - 1,
        "",
    ),
    "attention": (
        lambda: codes(L.GRU(8, return_sequences=True), L.TransformerEncoder(8, 2, name="here")),
        11,
        "use_causal_mask",
    ),
    "a reversed sequence": (lambda: signals(Reversed(name="here"), L.LSTM(3, return_sequences=True)), STEPS - 1, ""),
    "a flat picture of all steps": (
        lambda: signals(L.Flatten(name="here"), L.Dense(2 * STEPS), L.Reshape((STEPS, 2))),
        STEPS - 1,
        "",
    ),
    "inside a model": (
        lambda: signals(Sequential([L.Input((STEPS, 2)), L.Dense(3), L.Conv1D(3, 2, padding="same", name="here")])),
        1,
        "",
    ),
    "both directions": (
        lambda: signals(L.Bidirectional(L.LSTM(3, return_sequences=True), name="here")),
        STEPS - 1,
        "",
    ),
    "backwards": (lambda: signals(L.GRU(3, return_sequences=True, go_backwards=True, name="here")), STEPS - 1, ""),
    "a residual": (lambda: signals(L.Residual(L.Conv1D(2, 3, padding="same"), name="here")), 1, ""),
}


@pytest.mark.parametrize(("make", "ahead", "repair"), LEAKS.values(), ids=LEAKS)
def test_the_layer_that_lets_the_future_in(make, ahead, repair):
    edunet.set_random_seed(0)
    result = check_causality(make())
    assert not result
    assert result.layer == "here"
    assert "'here'" in result.sentence
    assert repair in result.repair
    assert (result.step, result.ahead) == (0, ahead)
    assert result.change > 0


CLOSED = {
    "weights of 0": lambda: L.Conv1D(4, 3, padding="same", kernel_initializer="zeros", name="ahead"),
    "units that are off": lambda: L.Conv1D(
        4, 3, padding="same", activation="relu", bias_initializer=edunet.initializers.Constant(-100.0), name="ahead"
    ),
    "frozen": lambda: L.Conv1D(4, 3, padding="same", kernel_initializer="zeros", trainable=False, name="ahead"),
}


@pytest.mark.parametrize("make", CLOSED.values(), ids=list(CLOSED))
def test_a_leak_that_the_present_weights_close(make):
    model = signals(make())
    before = model.get_weights()
    found = check_causality(model)
    assert (bool(found), found.layer, found.repair) == (False, "ahead", "Type padding='causal'.")
    assert found.sentence.startswith("With the present weights no answer depends on a later step, but with others")
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_it_says_what_was_tried():
    assert "with the present weights and with others" in str(check_causality(CLEAN["causal convolutions"]()))
    assert not str(check_causality(signals(L.Conv1D(4, 3, padding="same")))).startswith("With the present")


class PastOnly:
    """A constraint that keeps a filter from looking ahead."""

    def __call__(self, w):
        w = w.copy()
        w[2:] = 0
        return w


def test_constraints_hold_for_the_other_weights():
    layer = L.Conv1D(4, 3, padding="same", kernel_initializer="zeros", kernel_constraint=PastOnly())
    assert check_causality(signals(layer))


def test_a_model_that_cannot_be_copied_gets_its_weights_back():
    layer = L.Conv1D(4, 3, padding="same", kernel_initializer="zeros")
    layer.room = np  # a module
    model = signals(layer)
    assert not check_causality(model)
    np.testing.assert_array_equal(layer.get_weights()[0], 0)


def test_stateful_layers_go_on_from_where_they_were():
    model = signals(L.LSTM(3, return_sequences=True, stateful=True))
    x = np.random.default_rng(0).normal(size=(2, STEPS, 2))
    model.predict(x)
    before = [state.copy() for state in model.layers[0].states]
    assert check_causality(model)
    np.testing.assert_array_equal(model.layers[0].states, before)


def test_multi_head_attention_without_its_mask():
    assert check_causality(looking()).layer.startswith("multi_head_attention")


def test_the_first_step_that_leaks():
    class SeesTheEnd(L.Layer):
        def call(self, x):
            return L.concatenate([x[:, :6], x[:, 8:], x[:, 7:8], x[:, 8:]], axis=1)

    result = check_causality(signals(SeesTheEnd()))
    assert (result.step, result.ahead) == (6, 2)


def test_which_of_two_inputs():
    a, b = L.Input((STEPS, 2)), L.Input((STEPS, 2))
    h = L.Concatenate()([L.Conv1D(3, 3, padding="causal")(a), L.Conv1D(3, 3, padding="same", name="second")(b)])
    result = check_causality(Model([a, b], L.Dense(1)(h)))
    assert (result.input, result.layer) == (1, "second")


def test_an_input_without_steps_stands_aside():
    x, age = L.Input((STEPS, 2)), L.Input((1,))
    h = L.Concatenate()([L.GRU(3, return_sequences=True)(x), L.RepeatVector(STEPS)(L.Dense(2)(age))])
    assert check_causality(Model([x, age], L.Dense(1)(h)))


def test_with_examples_of_ones_own():
    x = rng.normal(size=(50, STEPS, 2))
    assert not check_causality(signals(L.Conv1D(2, 3, padding="same")), x)
    assert check_causality(signals(L.Conv1D(2, 3, padding="causal")), x)


def test_a_model_that_is_not_drawn_needs_examples():
    class Own(Model):
        def __init__(self):
            super().__init__()
            self.layer = L.Conv1D(2, 3, padding="same")

        def call(self, x):
            return self.layer(x)

    with pytest.raises(ValueError, match=r"Give it examples, check_causality\(model, x\)"):
        check_causality(Own())
    result = check_causality(Own(), rng.normal(size=(5, STEPS, 2)))
    assert not result
    assert result.layer is None
    assert "the model looks ahead" in result.sentence


def test_one_answer_for_a_whole_sequence_is_no_case_for_it():
    with pytest.raises(ValueError, match=r"expected one answer for every step.*\(N, 9, 2\).*return_sequences=True"):
        check_causality(Sequential([L.Input((STEPS, 2)), L.LSTM(3), L.Dense(1)]))


def test_the_numbers_of_a_later_training_stay_what_they_are():
    model = signals(L.Conv1D(2, 3, padding="same"), L.Dropout(0.5))
    weights = model.get_weights()
    edunet.set_random_seed(7)
    expected = edunet.backend.default_rng().random()
    edunet.set_random_seed(7)
    check_causality(model)
    assert edunet.backend.default_rng().random() == expected
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_learned_places_limit_the_length_of_what_is_made_up():
    assert not check_causality(codes(L.PositionEmbedding(5), L.TransformerEncoder(8, 2)))


def test_long_sequences_are_sampled():
    model = Sequential([L.Input((400, 1)), L.Conv1D(2, 3, padding="causal"), L.Dense(1)])
    assert check_causality(model)
