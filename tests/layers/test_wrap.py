import numpy as np
import pytest

from edunet import Sequential, Tensor, check_gradients, layers
from edunet.layers import GRU, LSTM, RNN, Bidirectional, Dense, GRUCell, LSTMCell, TimeDistributed

X = np.random.default_rng(0).normal(size=(3, 5, 4)).astype(np.float32)
MASK = np.arange(5) < np.array([[5], [2], [3]])


def both(layer):
    """Return what the two layers inside give, the steps of the second turned."""
    return layer.forward_layer(X).numpy(), layer.backward_layer(X).numpy()[:, ::-1]


@pytest.mark.parametrize(
    ("mode", "join"),
    [
        ("concat", lambda a, b: np.concatenate([a, b], axis=-1)),
        ("sum", np.add),
        ("mul", np.multiply),
        ("ave", lambda a, b: (a + b) / 2),
    ],
)
def test_both_directions_are_joined(mode, join):
    layer = Bidirectional(GRU(6, return_sequences=True), merge_mode=mode)
    np.testing.assert_allclose(layer(X).numpy(), join(*both(layer)), atol=1e-6)


def test_both_outputs_as_they_are():
    layer = Bidirectional(LSTM(6, return_sequences=True), merge_mode=None)
    for ours, inside in zip(layer(X), both(layer), strict=True):
        np.testing.assert_array_equal(ours.numpy(), inside)


def test_the_last_states_of_both_directions():
    layer = Bidirectional(LSTM(6, return_state=True))
    y, *states = layer(X)
    assert [s.shape for s in states] == [(3, 6)] * 4
    np.testing.assert_array_equal(y.numpy(), np.concatenate([states[0].numpy(), states[2].numpy()], axis=-1))
    zeros = [np.zeros((3, 6), np.float32)] * 4
    np.testing.assert_array_equal(layer(X, initial_state=zeros)[0].numpy(), y.numpy())
    assert (layer(X, initial_state=states)[0].numpy() != y.numpy()).any()


def test_padding_is_skipped_in_both_directions():
    layer = Bidirectional(LSTM(6, return_sequences=True))
    y = layer(Tensor(X), mask=MASK)
    np.testing.assert_allclose(y.numpy()[1, :2], layer(X[1:2, :2]).numpy()[0], atol=1e-6)
    assert not y.numpy()[~MASK].any()
    np.testing.assert_array_equal(y.mask, MASK)


def test_a_mask_reaches_the_next_layer_of_a_drawn_model():
    x = layers.Input((5, 4))
    y = Bidirectional(GRU(2, return_sequences=True))(layers.Masking()(x))
    assert y.masked
    assert not Bidirectional(GRU(2))(y).masked


def test_gradients_of_both_directions():
    layer = Bidirectional(GRU(2, return_sequences=True, dtype="float64"), dtype="float64")
    check_gradients(lambda x: layer(x), X[:2].astype(float))


def test_two_layers_are_made_and_the_one_given_is_left_alone():
    given = RNN([LSTMCell(3), GRUCell(2)])
    layer = Bidirectional(given)
    layer(X)
    assert not given.built
    assert len(layer.weights) == 12
    assert [w.shape for w in layer.weights[:6]] == [w.shape for w in layer.forward_layer.weights]


def test_the_config_makes_the_layer_again():
    layer = Bidirectional(LSTM(6, return_sequences=True), merge_mode="sum")
    layer(X)
    again = Bidirectional.from_config(layer.get_config())
    again(X)
    again.set_weights(layer.get_weights())
    np.testing.assert_array_equal(again(X).numpy(), layer(X).numpy())


def test_another_layer_backwards():
    layer = Bidirectional(GRU(6), backward_layer=LSTM(3, go_backwards=True))
    assert layer(X).shape == (3, 9)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Bidirectional(Dense(3)), TypeError, "wraps a recurrent layer"),
        (lambda: Bidirectional(GRU(3), merge_mode="concatenate"), ValueError, "Did you mean 'concat'"),
        (lambda: Bidirectional(GRU(3), backward_layer=GRU(3)), ValueError, "backward_layer has go_backwards=True"),
        (lambda: Bidirectional(GRU(3, go_backwards=True)), ValueError, "layer reads forwards"),
        (
            lambda: Bidirectional(GRU(3), backward_layer=GRU(3, return_sequences=True, go_backwards=True)),
            ValueError,
            "both layers need the same return_sequences",
        ),
        (lambda: TimeDistributed("dense"), TypeError, "TimeDistributed wraps a layer"),
        (lambda: TimeDistributed(Dense(3))(X[:, 0]), ValueError, "something at every step"),
        (lambda: TimeDistributed(LSTM(3, return_state=True))(X[..., None]), ValueError, "one output"),
    ],
)
def test_what_does_not_fit_is_refused(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_reset_reaches_both_directions():
    model = Sequential([layers.Input((5, 4)), Bidirectional(GRU(3, stateful=True))])
    once = model.predict(X)
    assert (model.predict(X) != once).any()
    model.reset_states()
    np.testing.assert_array_equal(model.predict(X), once)


def test_the_same_at_every_step():
    layer = TimeDistributed(Dense(3, activation="relu"))
    y = layer(X).numpy()
    np.testing.assert_allclose(y[:, 2], layer.layer(X[:, 2]).numpy(), atol=1e-6)
    assert [w.shape for w in layer.weights] == [(4, 3), (3,)]


def test_pictures_in_a_sequence():
    clip = layers.Input((None, 6, 6, 1))
    assert TimeDistributed(layers.Conv2D(2, 3))(clip).shape == (None, None, 4, 4, 2)


def test_codes_stay_whole_numbers():
    assert TimeDistributed(layers.Embedding(9, 2))(np.ones((2, 3, 4), int)).shape == (2, 3, 4, 2)


def test_a_mask_travels_on():
    np.testing.assert_array_equal(TimeDistributed(Dense(2))(layers.Masking()(X * MASK[..., None])).mask, MASK)
