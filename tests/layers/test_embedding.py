import numpy as np
import pytest

from edunet import Sequential, gradients
from edunet.layers import Dense, Embedding, Flatten, PositionEmbedding, SinePositionEncoding

CODES = np.array([[0, 3, 3], [1, 2, 0]])


def test_rows_are_looked_up():
    layer = Embedding(4, 2)
    np.testing.assert_array_equal(layer(CODES).numpy(), layer.get_weights()[0][CODES])


def test_the_table_is_the_only_weight():
    layer = Embedding(4, 2)
    layer(CODES)
    assert [(w.name, w.shape) for w in layer.weights] == [("embeddings", (4, 2))]


def test_initial_vectors_are_small_and_uniform():
    layer = Embedding(100, 20)
    layer(CODES)
    assert 0.045 < abs(layer.get_weights()[0]).max() <= 0.05


def test_whole_numbers_that_came_as_floats():
    layer = Embedding(4, 2)
    np.testing.assert_array_equal(layer(CODES.astype(np.float32)), layer(CODES))


def test_the_gradient_counts_uses():
    layer = Embedding(4, 2)
    layer(CODES).sum().backward()
    np.testing.assert_array_equal(layer.embeddings.grad[:, 0], [2, 1, 1, 2])


@pytest.mark.parametrize(
    ("codes", "error", "message"),
    [
        ([[0, 4]], ValueError, r"index 4 at place \(0, 1\) has no row"),
        ([[-1]], ValueError, "index -1"),
        ([[0.5]], TypeError, "indices are whole numbers"),
        ([["flu"]], TypeError, r"np.unique\(codes, return_inverse=True\)"),
    ],
)
def test_codes_without_a_row_are_refused(codes, error, message):
    with pytest.raises(error, match=message):
        Embedding(4, 2)(np.array(codes))


@pytest.mark.parametrize("sizes", [(0, 2), (4, 0), (4, 2.5)])
def test_sizes_are_whole_numbers(sizes):
    with pytest.raises(ValueError, match=r"Embedding: .* is a whole number >= 1"):
        Embedding(*sizes)


def test_positions_are_added():
    y = SinePositionEncoding()(np.ones((2, 3, 4), np.float32))
    angle = np.arange(3) / 100.0  # 10000^(2/4)
    np.testing.assert_allclose(y[1, :, 2], 1 + np.sin(angle), atol=1e-6)
    np.testing.assert_allclose(y[1, :, 3], 1 + np.cos(angle), atol=1e-6)


# ---------------------------------------------------------------- PositionEmbedding


def test_learned_places_are_added():
    layer = PositionEmbedding(6)
    x = np.ones((2, 4, 3), np.float32)
    np.testing.assert_allclose(layer(x), 1 + np.broadcast_to(layer.get_weights()[0][:4], x.shape), atol=1e-6)


def test_learned_places_have_a_gradient_where_they_are_used():
    layer = PositionEmbedding(6)
    y = layer(np.ones((2, 4, 3)))
    expected = np.repeat([2.0, 0.0], [4, 2])[:, None] * np.ones(3)
    np.testing.assert_array_equal(gradients(y.sum(), layer.weights)[0], expected)


def test_more_places_than_were_learned():
    with pytest.raises(ValueError, match=r"learned places for 3 steps, received 4. Type PositionEmbedding\(4\)"):
        PositionEmbedding(3)(np.ones((2, 4, 3)))


def test_places_are_those_of_sequences():
    with pytest.raises(ValueError, match=r"expected sequences \(N, T, D\)"):
        PositionEmbedding(3)(np.ones((2, 4)))


def test_the_length_of_the_input_as_older_books_give_it():
    model = Sequential([Embedding(9, 4, input_length=5), Flatten(), Dense(1)])
    assert [tuple(s.shape) for s in model.inputs] == [(None, 5)]
    assert model.count_params() == 36 + 21
    again = Embedding(**Embedding(9, 4, input_length=5).get_config())
    assert again.input_length == 5


def test_a_length_that_is_none():
    with pytest.raises(ValueError, match="Embedding: input_length is a whole number >= 1. Received: 0"):
        Embedding(9, 4, input_length=0)


def test_places_are_told_apart_also_in_whole_numbers():
    counts = np.arange(12).reshape(1, 3, 4)
    layer = SinePositionEncoding()
    np.testing.assert_array_equal(layer(counts), layer(counts.astype(np.float32)))


@pytest.mark.parametrize("wrap", [list, lambda rows: rows[0]], ids=["list", "array"])
def test_vectors_that_are_known_already(wrap):
    table = np.arange(8.0).reshape(4, 2)
    layer = Embedding(4, 2, weights=wrap([table]), trainable=False)
    np.testing.assert_array_equal(layer(CODES), table[CODES])
    assert not layer.trainable_weights
    assert "weights" not in layer.get_config()


def test_vectors_of_another_size():
    with pytest.raises(ValueError, match=r"Embedding: weights is a table \(4, 2\), or a list that holds it. Received"):
        Embedding(4, 2, weights=[np.ones((5, 2))])
