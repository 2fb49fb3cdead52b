"""Masks travel from layer to layer, are obeyed, or stop the one that cannot obey them."""

import numpy as np
import pytest

from edunet import Input, Model, Sequential, Tensor, activations, layers, ops, tensor
from edunet.layers.mask import carry, mask_of

WORDS = np.array([[3, 1, 0, 0], [2, 4, 1, 0]])
COUNTS = WORDS != 0
STEPS = np.where(COUNTS[..., None], np.random.default_rng(0).normal(size=(2, 4, 3)), 0.0)


class Halve(layers.Layer):
    """A learner's own layer, which knows nothing of masks."""

    def call(self, x):
        return x * 0.5


class Obedient(layers.Layer):
    """A learner's own layer that asks for the mask."""

    def call(self, x, mask=None):
        self.seen = mask
        return x * 0.5


def embedded():
    return layers.Embedding(5, 3, mask_zero=True)(WORDS)


def test_embedding_masks_code_zero_and_only_if_asked():
    np.testing.assert_array_equal(embedded().mask, COUNTS)
    assert layers.Embedding(5, 3)(WORDS).mask is None


def test_masking_finds_steps_that_hold_the_value_throughout():
    padded = STEPS.copy()
    padded[~COUNTS] = -1.0
    padded[0, 0, 0] = -1.0  # one measurement of a step is not the step
    y = layers.Masking(-1.0)(padded)
    np.testing.assert_array_equal(y.mask, COUNTS)
    np.testing.assert_allclose(y.numpy()[0, 2], 0)


def test_masking_needs_sequences():
    with pytest.raises(ValueError, match=r"expected sequences \(N, T, D\)"):
        layers.Masking()(np.ones((2, 3)))


def test_a_mask_passes_layers_that_treat_each_step_by_itself():
    y = embedded()
    for layer in (layers.Dense(4, activation="relu"), layers.LayerNormalization(), layers.Dropout(0.5)):
        y = layer(y)
        np.testing.assert_array_equal(y.mask, COUNTS)


def test_sums_and_products_keep_the_mask():
    y = embedded()
    np.testing.assert_array_equal((y * 2.0 + 1.0 - y / 3.0).mask, COUNTS)
    shorter = Tensor(np.ones((2, 4, 3)))
    shorter.mask = np.array([[True, False, False, False]] * 2)
    np.testing.assert_array_equal((y * shorter).mask, shorter.mask)


@pytest.mark.parametrize("make", [Halve, layers.Flatten], ids=["own", "Flatten"])
def test_a_layer_that_would_lose_the_mask_raises(make):
    with pytest.raises(ValueError, match=r"cannot honour the mask.*mask_zero=False.*call\(self, x, mask=None\)"):
        make()(embedded())


def test_it_raises_while_the_model_is_drawn():
    x = layers.Embedding(5, 3, mask_zero=True)(Input((4,), dtype="int32"))
    assert x.masked
    with pytest.raises(ValueError, match="Flatten cannot honour the mask"):
        layers.Flatten()(x)


def test_an_own_layer_gets_the_mask_it_asks_for_and_hands_it_on():
    layer = Obedient()
    y = layer(embedded())
    np.testing.assert_array_equal(layer.seen, COUNTS)
    np.testing.assert_array_equal(y.mask, COUNTS)


def test_a_mask_given_by_hand_comes_first():
    layer, other = Obedient(), np.array([[True, False, False, False]] * 2)
    y = layer(embedded(), mask=other)
    np.testing.assert_array_equal(layer.seen, other)
    np.testing.assert_array_equal(y.mask, other)


def test_a_recurrence_answers_once_and_ends_the_mask():
    assert layers.LSTM(2)(embedded()).mask is None
    np.testing.assert_array_equal(layers.LSTM(2, return_sequences=True)(embedded()).mask, COUNTS)


def test_branches_count_where_all_count():
    a, b = embedded(), embedded()
    b.mask = np.array([[True] * 4, [True, False, True, True]])
    for kind in ("Add", "Average", "Concatenate", "Maximum", "Minimum", "Multiply", "Subtract"):
        join = getattr(layers, kind)()
        np.testing.assert_array_equal(join([a, b]).mask, COUNTS & b.mask)
    np.testing.assert_array_equal(layers.Add()([a, STEPS]).mask, COUNTS)
    longer = layers.Concatenate(axis=1)([a, STEPS])
    np.testing.assert_array_equal(longer.mask, np.concatenate([COUNTS, np.ones((2, 4), bool)], axis=1))


def test_the_same_again_keeps_the_mask():
    np.testing.assert_array_equal(layers.Identity()(embedded()).mask, COUNTS)


def test_a_dot_cannot_leave_steps_out():
    with pytest.raises(ValueError, match="Dot cannot honour the mask of its input"):
        layers.Dot(1)([embedded(), STEPS])


def test_nested_models_hand_masks_through():
    inner = Sequential([layers.Dense(3), layers.Dense(3)])
    model = Sequential([Input((None,), dtype="int32"), layers.Embedding(5, 3, mask_zero=True), inner, layers.LSTM(2)])
    np.testing.assert_allclose(model.predict(WORDS)[:1], model.predict(WORDS[:1, :2]), rtol=1e-6)


def test_several_outputs_have_a_mask_each():
    y, state = carry((np.ones((2, 4, 3)), np.ones((2, 3))), COUNTS)
    assert mask_of([y, state])[1:] == [None]
    a, b = carry([np.ones((2, 4, 3)), np.ones((2, 4, 3))], [None, COUNTS])
    assert mask_of(a) is None
    np.testing.assert_array_equal(mask_of(b), COUNTS)


def padded_and_cut(make):
    """Return a drawn model for codes of any length, a padded batch of one sequence, and the sequence itself."""
    x = Input((None,), dtype="int32")
    return Model(x, make(layers.Embedding(5, 3, mask_zero=True)(x))), WORDS[:1], WORDS[:1, :2]


def test_loss_and_gradient_of_a_padded_batch_are_those_of_the_unpadded(backend):
    model, padded, cut = padded_and_cut(lambda x: layers.Dense(1)(layers.GRU(4, return_sequences=True)(x)))
    model.compile("sgd", "mse", metrics=["mae"])
    y = np.arange(4.0).reshape(1, 4, 1)
    start = model.get_weights()
    results, weights = [], []
    for x, labels in ((padded, y), (cut, y[:, :2])):
        model.set_weights(start)
        results.append(model.evaluate(x, labels, verbose=0))
        model.train_on_batch(x, labels)
        weights.append(model.get_weights())
    np.testing.assert_allclose(results[0], results[1], rtol=1e-6)
    for a, b in zip(*weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)


def test_weights_of_steps_and_masks_together():
    model, padded, cut = padded_and_cut(layers.Dense(1))
    model.compile("sgd", "mse")
    y, w = np.ones((1, 4, 1)), np.array([[1.0, 3.0, 5.0, 7.0]])
    assert model.evaluate(padded, y, sample_weight=w, verbose=0) == pytest.approx(
        model.evaluate(cut, y[:, :2], sample_weight=w[:, :2], verbose=0), rel=1e-6
    )


def test_a_masked_prediction_needs_a_loss_for_every_step():
    model = Sequential([Input((4,), dtype="int32"), layers.Embedding(5, 3, mask_zero=True), Narrow()])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"masked step by step, \(2, 4\), but has a loss for each example"):
        model.evaluate(WORDS, np.ones((2, 4)), verbose=0)


class Narrow(layers.Layer):
    """Gives one number for every step, without an axis of outputs."""

    supports_masking = True

    def call(self, x):
        return x.sum(axis=-1)


class PlacedWords(layers.Layer):
    """A learner's own layer that hands the mask of an inner Embedding on, as textbooks write it."""

    def __init__(self, mask_zero=True, **kwargs):
        super().__init__(**kwargs)
        self.words, self.places = layers.Embedding(5, 3, mask_zero=mask_zero), layers.Embedding(4, 3)

    def call(self, x):
        return self.words(x) + self.places(np.arange(x.shape[-1]))

    def compute_mask(self, x, mask=None):
        return self.words.compute_mask(x)


class Inside(layers.Layer):
    """A learner's own layer whose `call` returns what an inner layer has masked."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.words = layers.Embedding(5, 3, mask_zero=True)

    def call(self, x):
        return self.words(x)


@pytest.mark.parametrize("make", [PlacedWords, Inside])
def test_an_own_layer_makes_a_mask_where_none_came_in(make):
    np.testing.assert_array_equal(make()(WORDS).mask, COUNTS)
    assert make()(Input((4,), dtype="int32")).masked


def test_an_own_compute_mask_may_say_that_there_is_none():
    assert PlacedWords(mask_zero=False)(WORDS).mask is None


def test_a_penalty_on_activity_leaves_masked_steps_out():
    penalties = []
    for codes in (WORDS[:1], WORDS[:1, :2]):
        layer = layers.Dense(2, kernel_initializer="ones", bias_initializer="ones", activity_regularizer="l2")
        layer(layers.Embedding(5, 3, embeddings_initializer="ones", mask_zero=True)(codes))
        penalties.append(float(layer.losses[0]))
    assert penalties[0] == pytest.approx(penalties[1], rel=1e-6)


W = np.ones((3, 4))
KEEPERS = {
    "relu": activations.relu,
    "softmax": activations.softmax,
    "dropout": lambda x: ops.dropout(x, rate=0.5, rng=np.random.default_rng(0)),
    "matmul": lambda x: x @ W,
    "dense": lambda x: ops.dense(x, W),
    "layer_norm": lambda x: ops.layer_norm(x, np.ones(3), np.zeros(3)),
    "a feature": lambda x: x[..., 0],
    "some features": lambda x: x[:, :, 1:],
    "sigmoid of a feature": lambda x: activations.sigmoid(x[:, :, 0]),
    "side by side": lambda x: tensor.concatenate(x, x),
}
ENDERS = {
    "mean": lambda x: x.mean(axis=1),
    "sum": lambda x: x.sum(axis=-1),
    "reshape": lambda x: x.reshape(2, 12),
    "transpose": lambda x: x.transpose(1, 0, 2),
    "last step": lambda x: x[:, -1],
    "picked steps": lambda x: x[:, [0, 1, 2, 3]],
    "softmax of steps": lambda x: activations.softmax(x, axis=1),
    "one step after the other": lambda x: tensor.concatenate(x, x, axis=1),
    "a matrix for each example": lambda x: x @ np.ones((2, 3, 3)),
    "a matrix of steps": lambda x: x[..., 0] @ np.ones((4, 4)),
}


@pytest.mark.parametrize("formula", KEEPERS.values(), ids=list(KEEPERS))
def test_what_treats_each_step_by_itself_keeps_the_mask(formula):
    np.testing.assert_array_equal(formula(embedded()).mask, COUNTS)


@pytest.mark.parametrize("formula", ENDERS.values(), ids=list(ENDERS))
def test_what_mixes_or_moves_steps_ends_the_mask(formula):
    assert formula(embedded()).mask is None


def test_steps_that_are_cut_out_take_their_mask_along():
    np.testing.assert_array_equal(embedded()[:, 1:].mask, COUNTS[:, 1:])
    np.testing.assert_array_equal(embedded()[:1].mask, COUNTS[:1])
    np.testing.assert_array_equal(embedded()[..., ::-1, :].mask, COUNTS[:, ::-1])


class Reader(Model):
    """A learner's own model that computes between its layers."""

    def __init__(self):
        super().__init__()
        self.words, self.answer = layers.Embedding(5, 3, mask_zero=True), layers.LSTM(2)

    def call(self, x):
        return self.answer(activations.tanh(self.words(x)))


def test_an_own_model_that_computes_between_its_layers_ignores_padding():
    model = Reader()
    np.testing.assert_allclose(model(WORDS[:1]).numpy(), model(WORDS[:1, :2]).numpy(), rtol=1e-6)


class Forgetful(layers.Layer):
    """Says that its output has no mask, though what it returns carries one."""

    def call(self, x, mask=None):
        return x

    def compute_mask(self, x, mask=None):
        return None


def test_an_own_compute_mask_ends_a_mask_and_leaves_that_of_the_input():
    x = embedded()
    assert Forgetful()(x).mask is None
    np.testing.assert_array_equal(x.mask, COUNTS)


# ---- promises of a learner's own layer


class Centred(layers.Layer):
    supports_masking = True

    def call(self, x):
        return x - tensor.mean(x, axis=1, keepdims=True)


class Scaled(layers.Layer):
    supports_masking = True

    def call(self, x):
        return x * 2.0


class Block(layers.Layer):
    """Mixes steps by a layer that honours the mask."""

    supports_masking = True

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.attention = layers.MultiHeadAttention(1, 3)

    def call(self, x):
        return x + self.attention(x, x)


def padded():
    return layers.Embedding(9, 3, mask_zero=True)(layers.Input((None,), dtype="int32"))


def test_a_layer_that_lets_padding_in_is_refused():
    with pytest.raises(ValueError, match=r"Centred says supports_masking.*padded steps.*call\(self, x, mask=None\)"):
        Centred()(padded())
    assert Centred()(layers.Input((None, 3))).shape == (None, None, 3)  # without a mask it may mix


@pytest.mark.parametrize("layer", [Scaled, Block])
def test_a_layer_that_keeps_its_promise(layer):
    assert layer()(padded()).masked
