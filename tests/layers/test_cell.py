import numpy as np
import pytest

from edunet.layers import GRU, LSTM, RNN, GRUCell, LSTMCell, SimpleRNN, SimpleRNNCell, StackedRNNCells

X = np.random.default_rng(0).normal(size=(3, 5, 4)).astype(np.float32)
CELLS = pytest.mark.parametrize(
    ("kind", "cell"), [(SimpleRNN, SimpleRNNCell), (GRU, GRUCell), (LSTM, LSTMCell)], ids=["rnn", "gru", "lstm"]
)


@CELLS
def test_a_cell_called_by_hand_does_one_step(kind, cell):
    layer, one = kind(6), cell(6)
    layer(X)
    states = one.get_initial_state(batch_size=3)
    one(X[:, 0], states)
    one.set_weights(layer.get_weights())
    for t in range(5):
        y, states = one(X[:, t], states)
    np.testing.assert_allclose(y.numpy(), layer(X).numpy(), atol=1e-6)
    assert len(states) == (2 if kind is LSTM else 1)


def test_a_single_state_stays_single():
    y, state = GRUCell(6)(X[:, 0], np.zeros((3, 6), np.float32))
    np.testing.assert_array_equal(y.numpy(), state.numpy())


@CELLS
def test_whole_sequences_are_refused_with_the_repair(kind, cell):
    with pytest.raises(ValueError, match=rf"RNN\({cell.__name__}\(6\)\)"):
        cell(6)(X, cell(6).get_initial_state(3))


def test_stacked_cells_are_stacked_layers():
    stack = RNN([GRUCell(6), LSTMCell(3)], return_sequences=True, return_state=True)
    first, second = GRU(6, return_sequences=True), LSTM(3, return_sequences=True, return_state=True)
    answers, (y, h, c) = stack(X), second(first(X))
    stack.set_weights(first.get_weights() + second.get_weights())
    answers = stack(X)
    assert [tuple(a.shape) for a in answers] == [(3, 5, 3), (3, 6), (3, 3), (3, 3)]
    for ours, theirs in zip([answers[0], *answers[2:]], [y, h, c], strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=1e-6)


@pytest.mark.parametrize("wrong", [[], GRUCell(3), [GRU(3)]])
def test_what_is_no_list_of_cells_is_refused(wrong):
    with pytest.raises(TypeError, match="cell"):
        StackedRNNCells(wrong)


def test_dropout_of_a_cell_stays_for_a_sequence_and_changes_for_the_next():
    loop = RNN(SimpleRNNCell(4, "linear", dropout=0.5, recurrent_initializer="zeros"), return_sequences=True)
    loop(X)
    loop.cell.kernel.data[...] = np.eye(4)
    ones = np.ones((20, 5, 4), np.float32)
    first, second = (loop(ones, training=True).numpy() == 0 for _ in range(2))
    assert (first == first[:, :1]).all()
    assert (first != second).any()
