"""What SimpleRNN, GRU, LSTM and RNN share: states that are given, kept and handed back; directions; masks; dropout."""

import numpy as np
import pytest

import edunet
from edunet import Sequential, Tensor, check_gradients, layers, models
from edunet.layers import GRU, LSTM, RNN, GRUCell, LSTMCell, SimpleRNN, SimpleRNNCell

X = np.random.default_rng(0).normal(size=(3, 5, 4)).astype(np.float32)
MASK = np.arange(5) < np.array([[5], [2], [3]])
ALL = pytest.mark.parametrize("kind", [SimpleRNN, GRU, LSTM])
PAIRS = pytest.mark.parametrize(("kind", "cell"), [(SimpleRNN, SimpleRNNCell), (GRU, GRUCell), (LSTM, LSTMCell)])


def arrays(tensors):
    return [np.asarray(t) for t in tensors]


@ALL
def test_states_that_come_back_are_those_of_the_last_step(kind):
    every, h, *c = arrays(kind(6, return_sequences=True, return_state=True)(X))
    np.testing.assert_array_equal(every[:, -1], h)
    assert [a.shape for a in c] == [(3, 6)] * (kind is LSTM)


@ALL
def test_a_sequence_cut_in_two_goes_on_from_its_states(kind):
    layer = kind(6, return_sequences=True, return_state=True)
    whole, *_ = arrays(layer(X))
    first, *states = arrays(layer(X[:, :2]))
    second, *_ = arrays(layer(X[:, 2:], initial_state=states))
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, atol=1e-6)


def test_a_single_state_needs_no_list():
    layer = GRU(6)
    h = np.ones((3, 6), np.float32)
    np.testing.assert_array_equal(layer(X, initial_state=h).numpy(), layer(X, initial_state=[h]).numpy())


@ALL
def test_states_of_another_shape_are_refused(kind):
    with pytest.raises(ValueError, match=r"expected initial_state of shape \[\(3, 6\).*Received: \[\(3, 4\)\]"):
        kind(6)(X, initial_state=X[:, 0])


def test_an_encoder_hands_its_states_to_a_decoder_and_both_learn():
    notes, answer = layers.Input((None, 4)), layers.Input((None, 2))
    encoder = LSTM(6, return_state=True)
    _, h, c = encoder(notes)
    y = LSTM(6, return_sequences=True)(answer, initial_state=[h, c])
    model = models.Model([notes, answer], layers.Dense(1)(y))
    assert model.output_shape == (None, None, 1)
    before = encoder.get_weights()
    model.compile("adam", "mse")
    model.fit([X, X[:, :3, :2]], np.ones((3, 3, 1)), verbose=0)
    assert all((a != b).any() for a, b in zip(before, encoder.get_weights(), strict=True))


@ALL
def test_backwards_is_forwards_on_the_turned_sequence(kind):
    layer = kind(6, return_sequences=True)
    forwards = layer(X[:, ::-1].copy()).numpy()
    layer.go_backwards = True
    np.testing.assert_array_equal(layer(X).numpy(), forwards)


@ALL
def test_backwards_padding_comes_first_and_is_skipped(kind):
    layer = kind(6, return_sequences=True, go_backwards=True)
    y = layer(Tensor(X), mask=MASK)
    np.testing.assert_allclose(y.numpy()[1, 3:], layer(X[1:2, :2]).numpy()[0], atol=1e-6)
    np.testing.assert_array_equal(y.mask, MASK[:, ::-1])


@PAIRS
def test_a_loop_over_the_cell_is_the_layer(kind, cell):
    layer, loop = (make(return_sequences=True) for make in (lambda **o: kind(6, **o), lambda **o: RNN(cell(6), **o)))
    layer(X), loop(X)
    assert [w.name for w in loop.weights] == [w.name for w in layer.weights]
    loop.set_weights(layer.get_weights())
    x, again = Tensor(X), Tensor(X)
    ours, theirs = layer(x, mask=MASK), loop(again, mask=MASK)
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-6)
    (ours * ours).sum().backward(), (theirs * theirs).sum().backward()
    for a, b in zip([x, *layer.weights], [again, *loop.weights], strict=True):
        np.testing.assert_allclose(a.grad, b.grad, rtol=1e-4, atol=1e-5)


@PAIRS
@pytest.mark.parametrize("sequences", [False, True])
@pytest.mark.parametrize("activation", ["tanh", "elu"])  # the second has no kernel
def test_before_the_first_step_that_counts_y_is_zero_and_the_states_are_those_given(kind, cell, sequences, activation):
    options = {"return_sequences": sequences, "return_state": True}
    layer, loop = kind(6, activation=activation, **options), RNN(cell(6, activation=activation), **options)
    layer(X), loop(X)
    loop.set_weights(layer.get_weights())
    mask = MASK[:, ::-1].copy()
    mask[1] = False
    states = [np.full((3, 6), 0.5, np.float32)] * len(layer.state_sizes())
    ours, theirs = (arrays(made(X, initial_state=states, mask=mask)) for made in (layer, loop))
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    assert not ours[0][1].any()
    np.testing.assert_array_equal(ours[1][1], states[0][1])


@PAIRS
def test_gradients_of_the_loop(kind, cell):
    loop = RNN(cell(2, dtype="float64", activation="softplus"), return_sequences=True, dtype="float64")
    x = X[:2, :3].astype(float)
    loop(x)
    check_gradients(lambda x: loop(x, mask=MASK[:2, :3]), x)


def test_the_old_form_of_the_gru_step_by_step():
    layer, loop = GRU(6, reset_after=False), RNN(GRUCell(6, reset_after=False))
    layer(X), loop(X)
    loop.set_weights(layer.get_weights())
    np.testing.assert_allclose(loop(X).numpy(), layer(X).numpy(), atol=1e-6)


@ALL
def test_skipped_steps_may_hold_anything_also_step_by_step(kind):
    layer = kind(6, activation="elu")
    broken = np.where(MASK[..., None], X, np.nan)
    np.testing.assert_array_equal(layer(broken, mask=MASK).numpy(), layer(X, mask=MASK).numpy())


def test_masked_steps_give_zero_on_request():
    y = GRU(6, return_sequences=True, zero_output_for_mask=True)(X, mask=MASK).numpy()
    assert not y[~MASK].any()
    assert y[MASK].all()


# ---------------------------------------------------------------- a learner's own cell


class Leak(layers.Layer):
    """h_t = ½ h_{t−1} + x_t w"""

    state_size = 2

    def build(self, input_shape):
        self.w = self.add_weight((input_shape[-1], 2), name="w")

    def call(self, x, states):
        h = states[0] * 0.5 + edunet.tensor.matmul(x, self.w)
        return h, [h]


def test_a_cell_of_your_own():
    loop = RNN(Leak(), return_sequences=True)
    y = loop(X).numpy()
    np.testing.assert_allclose(y[:, 1], (0.5 * X[:, 0] + X[:, 1]) @ loop.cell.w.data, atol=1e-6)
    model = Sequential([layers.Input((None, 4)), RNN(Leak()), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert len(model.trainable_weights) == 3
    model.fit(X, np.ones((3, 1)), verbose=0)


class Forgetful(Leak):
    def call(self, x, states):
        return super().call(x, states)[0]


def test_a_cell_that_returns_no_states_is_told_so():
    with pytest.raises(TypeError, match=r"returns \(y_t, new_states\)"):
        RNN(Forgetful())(X)


@pytest.mark.parametrize("wrong", [LSTM(3), layers.Dense(3), "lstm", lambda x, h: (x, h)])
def test_what_is_no_cell_is_refused(wrong):
    with pytest.raises(TypeError, match=r"a cell is a Layer with call\(x_t, states\)"):
        RNN(wrong)


# ---------------------------------------------------------------- states from batch to batch


@PAIRS
def test_stateful_goes_on_where_the_last_batch_ended(kind, cell):
    for layer in (kind(6, stateful=True), RNN(cell(6), stateful=True)):
        first = layer(X[:, :2])
        went_on = layer(X[:, 2:]).numpy()
        layer.reset_states()
        np.testing.assert_allclose(layer(X).numpy(), went_on, atol=1e-6)
        layer.reset_state()
        np.testing.assert_array_equal(layer(X[:, :2]).numpy(), first.numpy())


def test_stateful_does_not_learn_through_batches():
    layer = LSTM(6, stateful=True)
    layer(X)
    assert all(type(state) is np.ndarray for state in layer.states)
    assert len(layer.weights) == 3


def test_stateful_refuses_another_number_of_sequences():
    layer = LSTM(6, stateful=True, name="ward")
    layer(X)
    with pytest.raises(ValueError, match=r"goes on with 3 sequences. Received 2.*ward.reset_states\(\)"):
        layer(X[:2])
    layer.reset_states()
    assert layer(X[:2]).shape == (2, 6)


def test_drawing_a_model_leaves_no_state():
    model = Sequential([layers.Input((5, 4)), LSTM(6, stateful=True), layers.Dense(1)])
    assert model.layers[0].states is None
    once = model.predict(X)
    assert (model.predict(X) != once).all()
    model.reset_states()
    np.testing.assert_array_equal(model.predict(X), once)


def test_looking_for_shapes_leaves_no_state():
    class Own(models.Model):
        def __init__(self):
            super().__init__()
            self.rnn = GRU(1, stateful=True)

        def call(self, x):
            return self.rnn(x)

    model = Own()
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((3, 1)), verbose=0)
    assert model.rnn.states[0].shape == (3, 1)


# ---------------------------------------------------------------- dropout, penalties, arguments


@ALL
@pytest.mark.parametrize("option", ["dropout", "recurrent_dropout"])
def test_dropout_while_learning_only(kind, option):
    layer = kind(6, **{option: 0.5})
    still = layer(X).numpy()
    np.testing.assert_array_equal(layer(X).numpy(), still)
    assert (layer(X, training=True).numpy() != still).any()


def test_dropout_silences_the_same_inputs_at_all_steps():
    layer = SimpleRNN(4, "linear", dropout=0.5, seed=1, return_sequences=True, recurrent_initializer="zeros")
    layer.build((None, 5, 4))
    layer.kernel.data[...] = np.eye(4)
    silent = layer(np.ones((50, 5, 4), np.float32), training=True).numpy() == 0
    assert (silent == silent[:, :1]).all()
    assert 0.3 < silent.mean() < 0.7


@ALL
def test_a_seed_repeats_what_dropout_silences(kind):
    make = lambda: kind(6, dropout=0.3, recurrent_dropout=0.3, seed=3, kernel_initializer="ones")  # noqa: E731
    layer, twin = make(), make()
    layer(X), twin(X)
    twin.set_weights(layer.get_weights())
    np.testing.assert_array_equal(layer(X, training=True).numpy(), twin(X, training=True).numpy())


@ALL
def test_penalties_and_constraints_of_each_weight(kind):
    rules = {f"{w}_regularizer": "l2" for w in ("kernel", "recurrent", "bias")}
    layer = kind(6, **rules, kernel_constraint="non_neg", recurrent_constraint="max_norm", bias_constraint="non_neg")
    layer(X)
    assert len(layer.losses) == 3
    assert [w for w, _ in layer.constrained_weights] == layer.weights


@ALL
def test_unrolled_is_the_same(kind):
    layer = kind(6, unroll=True)
    same = kind(6)
    layer(X), same(X)
    same.set_weights(layer.get_weights())
    np.testing.assert_array_equal(layer(X), same(X))


@ALL
def test_the_config_makes_the_layer_again(kind):
    layer = kind(6, "relu", return_sequences=True, stateful=True, go_backwards=True, dropout=0.2, seed=4)
    config = layer.get_config()
    assert type(layer)(**config).get_config() == config


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"return_sequences": "yes"}, TypeError, "return_sequences is True or False"),
        ({"stateful": 1}, TypeError, "stateful is True or False"),
        ({"dropout": 1.0}, ValueError, "dropout is a share"),
        ({"recurrent_dropout": -0.1}, ValueError, "recurrent_dropout is a share"),
        ({"seed": "one"}, ValueError, "seed is a whole number"),
        ({"unit_forget_bias": None}, TypeError, "unit_forget_bias is True or False"),
        ({"recurrent_activation": "sigmoit"}, ValueError, "sigmoid"),
    ],
)
def test_wrong_arguments_are_named(wrong, error, message):
    with pytest.raises(error, match=message):
        LSTM(6, **wrong)
