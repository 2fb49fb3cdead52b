"""A model fed step by step gives what it gives for the whole sequence."""

import numpy as np
import pytest

import edunet
from edunet import layers as L
from edunet.models import Model, Sequential

X = np.random.default_rng(0).normal(size=(3, 20, 4)).astype(np.float32)
CODES = np.array([[1, 2, 3, 0, 0], [3, 0, 2, 1, 0], [0, 1, 0, 2, 2]])
EVERY = {"return_sequences": True}


def drawn(branches):
    x = L.Input((None, 4))
    return Model(x, branches(x))


def joined(x):
    a = L.Conv1D(6, 3, dilation_rate=4, padding="causal", activation="relu")(x)
    b = L.GRU(6, **EVERY)(x)
    return L.Concatenate()([L.Add()([a, b]), L.Multiply()([a, b]), x])


MODELS = {
    "SimpleRNN": lambda: Sequential([L.Input((None, 4)), L.SimpleRNN(8, **EVERY), L.Dense(2)]),
    "GRU": lambda: Sequential([L.Input((20, 4)), L.GRU(8, **EVERY), L.LayerNormalization(), L.GRU(3, **EVERY)]),
    "LSTM": lambda: Sequential([L.Input((None, 4)), L.Dropout(0.5), L.LSTM(8, **EVERY), L.BatchNormalization()]),
    "step by step": lambda: Sequential([L.Input((None, 4)), L.LSTM(8, activation="elu", **EVERY)]),
    "cells": lambda: Sequential([L.Input((None, 4)), L.RNN([L.GRUCell(5), L.LSTMCell(3)], **EVERY)]),
    "convolutions": lambda: Sequential(
        [L.Input((None, 4)), L.Conv1D(5, 3, padding="causal"), L.ReLU(), L.Conv1D(2, 4, padding="causal")]
    ),
    "branches": lambda: drawn(joined),
    "places": lambda: Sequential([L.Input((None, 4)), L.Rescaling(0.1), L.SinePositionEncoding(), L.LSTM(3, **EVERY)]),
    "nested": lambda: Sequential([L.Input((None, 4)), Sequential([L.LSTM(5, **EVERY), L.Dense(3)]), L.Dense(1)]),
    "around": lambda: Sequential(
        [
            L.Input((None, 4)),
            L.Residual([L.Conv1D(6, 3, padding="causal", dilation_rate=2, activation="relu"), L.Dense(4)]),
            L.Residual(L.Residual([L.GRU(4, **EVERY), Sequential([L.Conv1D(4, 2, padding="causal")])])),
        ]
    ),
    "at every step": lambda: Sequential([L.Input((None, 4)), L.TimeDistributed(L.Dense(3)), L.GRU(3, **EVERY)]),
}


def streamed(model, x):
    return np.stack([model.step(x[:, t]) for t in range(x.shape[1])], axis=1)


def agree(ours, whole):
    np.testing.assert_allclose(ours, whole, atol=1e-6 * abs(whole).max(), rtol=0)


@pytest.mark.parametrize("name", MODELS)
def test_the_steps_are_those_of_the_whole_sequence(name):
    model = MODELS[name]()
    whole = model.predict(X)
    assert whole.std() > 0.01
    agree(streamed(model, X), whole)


@pytest.mark.parametrize("kind", [L.SimpleRNN, L.GRU, L.LSTM])
def test_with_one_answer_it_is_that_for_the_sequence_so_far(kind):
    model = Sequential([L.Input((None, 4)), kind(6, **EVERY), kind(5), L.Dense(2, activation="softmax")])
    for t, y in enumerate(streamed(model, X[:, :6]).swapaxes(0, 1)):
        agree(y, model.predict(X[:, : t + 1]))


def test_layers_after_the_last_state_do_what_they_always_do():
    model = Sequential([L.Input((None, 4)), L.LSTM(5), L.RepeatVector(3), L.Bidirectional(L.GRU(2)), L.Dense(1)])
    for t in range(4):
        y = model.step(X[:, t])
    agree(y, model.predict(X[:, :4]))


@pytest.mark.parametrize("layer", [lambda: L.LSTM(5, **EVERY), lambda: L.GRU(5), lambda: L.RNN(L.GRUCell(5), **EVERY)])
def test_steps_that_are_masked(layer):
    model = Sequential([L.Embedding(9, 4, mask_zero=True, input_shape=(None,)), layer(), L.Dense(2)])
    whole, steps = model.predict(CODES), streamed(model, CODES)
    agree(steps if whole.ndim == 3 else steps[:, -1], whole)


def test_codes_that_an_inner_model_looks_up():
    model = Sequential([L.Input((None,)), Sequential([L.Embedding(9, 4), L.GRU(5, **EVERY)]), L.Dense(2)])
    agree(streamed(model, CODES), model.predict(CODES))


def test_several_outputs():
    x = L.Input((None, 4))
    h = L.GRU(5, **EVERY)(x)
    model = Model(x, [L.Dense(1)(h), L.LSTM(2)(h)])
    every, last = model.predict(X)
    steps = [model.step(X[:, t]) for t in range(20)]
    agree(np.stack([a for a, _ in steps], axis=1), every)
    agree(steps[-1][1], last)


def test_states_that_are_given_out():
    x = L.Input((None, 4))
    model = Model(x, L.LSTM(5, return_state=True, **EVERY)(x))
    _, h, c = model.predict(X)
    for t in range(20):
        _, *states = model.step(X[:, t])
    agree(states[0], h)
    agree(states[1], c)


def test_one_measurement_per_step():
    model = Sequential([L.Input((None, 1)), L.GRU(3, **EVERY)])
    agree(streamed(model, X[..., 0]), model.predict(X[..., :1]))


def test_double_precision_comes_in_single_precision_goes_out():
    model = MODELS["GRU"]()
    steps = streamed(model, X.astype(float))
    assert steps.dtype == np.float32
    agree(steps, model.predict(X))


def test_several_inputs():
    x, codes = L.Input((None, 4)), L.Input((None,), dtype="int32")
    model = Model([x, codes], L.GRU(3)(L.Concatenate()([x, L.Embedding(9, 2)(codes)])))
    for t in range(5):
        y = model.step([X[:, t], CODES[:, t]])
    agree(y, model.predict([X[:, :5], CODES]))


def test_learned_places():
    model = Sequential([L.Input((None, 4)), L.PositionEmbedding(20), L.Dense(2)])
    agree(streamed(model, X), model.predict(X))
    with pytest.raises(ValueError, match="20 steps"):
        model.step(X[:, 0])


def test_reset_begins_anew():
    model = MODELS["LSTM"]()
    first = model.step(X[:, 0])
    assert (model.step(X[:, 0]) != first).any()
    model.reset_states()
    np.testing.assert_array_equal(model.step(X[:, 0]), first)


def test_predict_and_fit_in_between_do_not_disturb():
    model = Sequential([L.Input((None, 4)), L.LSTM(8, stateful=True, **EVERY), L.Dense(2)])
    whole = model.predict(X)
    model.compile(loss="mse")
    steps = [model.step(X[:, 0])]
    model.layers[0].reset_states()
    weights = model.get_weights()
    model.fit(X, whole, verbose=0)
    model.set_weights(weights)
    model.predict(X)
    steps += [model.step(X[:, t]) for t in range(1, 20)]
    agree(np.stack(steps, axis=1), whole)


def test_a_stateful_layer_keeps_its_own_states():
    model = Sequential([L.Input((None, 4)), L.GRU(3, stateful=True)])
    model.predict(X)
    kept = model.layers[0].states[0].copy()
    model.step(X[:2, 0])
    np.testing.assert_array_equal(model.layers[0].states[0], kept)


def test_another_number_of_sequences_is_refused():
    model = MODELS["GRU"]()
    model.step(X[:, 0])
    with pytest.raises(ValueError, match=r"goes on with 3 sequences. Received 2.*reset_states\(\)"):
        model.step(X[:2, 1])
    model.step(X[:, 1])


@pytest.mark.parametrize(
    ("x", "hint"),
    [(X, r"predict\(x\); a single step is x\[:, t\]"), (X[0, 0], r"x_t\[None\]"), (X[:, 0, :3], r"\(N, 4\)")],
)
def test_what_is_not_one_step_is_refused(x, hint):
    with pytest.raises(ValueError, match=hint):
        MODELS["GRU"]().step(x)


def test_a_step_that_failed_has_not_been():
    model, twin = MODELS["GRU"](), MODELS["GRU"]()
    twin.set_weights(model.get_weights())
    model.step(X[:, 0]), twin.step(X[:, 0])
    with pytest.raises(ValueError, match="one step"):
        model.step(X)
    np.testing.assert_array_equal(model.step(X[:, 1]), twin.step(X[:, 1]))


class Own(L.Layer):
    def call(self, x):
        return x * 2.0


@pytest.mark.parametrize(
    ("layer", "why"),
    [
        (lambda: L.Bidirectional(L.GRU(3), name="ward"), "from its end as well"),
        (lambda: L.GRU(3, go_backwards=True, name="ward"), "goes backwards"),
        (lambda: L.GlobalAveragePooling1D(name="ward"), "all steps at once"),
        (lambda: L.MaxPooling1D(2, name="ward"), "all steps at once"),
        (lambda: L.Conv1D(3, 3, name="ward"), "padding='causal'"),
        (lambda: L.Conv1D(3, 3, strides=2, padding="causal", name="ward"), "strides=1"),
        (lambda: L.Flatten(name="ward"), "all steps at once"),
        (lambda: Own(name="ward"), "supports_masking = True"),
    ],
)
def test_what_needs_the_whole_sequence_is_refused_by_name(layer, why):
    model = Sequential([L.Input((6, 4)), L.Dense(3), layer()])
    with pytest.raises(ValueError, match=f"'ward' .*cannot go step by step: .*{why}"):
        model.step(X[:, 0])


def test_a_decoder_that_waits_for_the_whole_sequence_is_refused():
    x = L.Input((None, 4))
    _, h = L.GRU(3, return_state=True)(x)
    model = Model(x, L.GRU(3, name="decoder")(x, initial_state=h))
    with pytest.raises(ValueError, match="'decoder' .*initial_state"):
        model.step(X[:, 0])


def test_attention_is_refused():
    x = L.Input((None, 4))
    with pytest.raises(ValueError, match="MultiHeadAttention"):
        Model(x, L.MultiHeadAttention(1, 2)(x, x)).step(X[:, 0])


def test_a_table_is_no_sequence():
    with pytest.raises(ValueError, match="no time axis"):
        Sequential([L.Dense(2, input_shape=(4,))]).step(X[:, 0])


def test_a_model_without_weights_says_what_is_missing():
    with pytest.raises(ValueError, match="give it an input_shape"):
        Sequential([L.LSTM(3)]).step(X[:, 0])


def test_a_model_that_has_changed_says_so():
    model = MODELS["GRU"]()
    model.step(X[:, 0])
    model.add(L.Dense(1))
    with pytest.raises(ValueError, match="other layers"):
        model.step(X[:, 1])


class Centred(L.Layer):
    """Promises that every step is treated by itself, and looks at all of them."""

    supports_masking = True

    def call(self, x):
        return x - edunet.tensor.mean(x, axis=1, keepdims=True)


class Halved(L.Layer):
    supports_masking = True

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.asked = 0

    def call(self, x):
        self.asked += 1
        return x * 0.5


class Lagging(L.Conv1D):
    """A causal convolution by descent only."""

    def call(self, x):
        return super().call(x) + edunet.tensor.mean(x)


def own(layer, shape=(None, 4)):
    return Sequential([L.Input(shape), L.GRU(4, **EVERY), layer, L.Dense(2)])


def test_an_own_layer_that_keeps_its_promise():
    model = own(Halved())
    whole = model.predict(X)
    asked = model.layers[1].asked
    agree(streamed(model, X), whole)
    assert model.layers[1].asked == asked + X.shape[1]  # it was tried on a copy


@pytest.mark.parametrize("shape", [(None, 4), (20, 4)])
def test_an_own_layer_that_breaks_its_promise_is_refused_by_name(shape):
    with pytest.raises(
        ValueError, match=r"'centre' \(Centred\).*supports_masking = True, that every step.*other steps"
    ):
        own(Centred(name="centre"), shape).step(X[:, 0])


@pytest.mark.parametrize("wrap", [lambda layer: Sequential([layer]), L.Residual])
def test_a_broken_promise_inside(wrap):
    with pytest.raises(ValueError, match="its answer for a step depends on other steps"):
        own(wrap(Centred())).step(X[:, 0])


def test_an_own_layer_made_from_one_that_could():
    layer = Lagging(4, 2, padding="causal", name="lag")
    with pytest.raises(ValueError, match=r"'lag' \(Lagging\) cannot go step by step: its answer for a step depends"):
        own(layer).step(X[:, 0])


def test_a_residual_around_what_cannot_go_step_by_step_names_that_layer():
    model = Sequential([L.Input((None, 4)), L.Residual(L.Conv1D(4, 3, padding="same", name="ahead"))])
    with pytest.raises(ValueError, match="'ahead' \\(Conv1D\\) cannot go step by step"):
        model.step(X[:, 0])


def test_images_that_come_step_by_step_are_not_augmented():
    shape = (3, 4, 4, 1)
    turned = L.TimeDistributed(L.RandomFlip(seed=0), input_shape=shape)
    model = Sequential([turned, L.TimeDistributed(L.Flatten())])
    x = np.random.default_rng(0).random((2, *shape)).astype(np.float32)
    np.testing.assert_array_equal(np.stack([model.step(x[:, t]) for t in range(3)], axis=1), model.predict(x))
