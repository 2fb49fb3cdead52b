import numpy as np
import pytest

from edunet.layers import Embedding, SinePositionEncoding

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
