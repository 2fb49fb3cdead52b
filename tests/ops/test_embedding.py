import math

import numpy as np
import pytest

from edunet.backend import set_floatx
from edunet.gradcheck import check_gradients
from edunet.ops.embedding import embedding, sine_positions
from edunet.tensor import Tensor

V, D = 5, 3
W = np.random.default_rng(0).normal(size=(V, D))


@pytest.mark.parametrize("indices", [3, [4, 0, 0], [[1, 2], [2, 2]], np.zeros((2, 0), int)])
def test_rows_are_looked_up(indices):
    np.testing.assert_array_equal(embedding(W, indices=indices), np.eye(V)[indices] @ W)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_whole_numbers_of_any_width(dtype):
    np.testing.assert_array_equal(embedding(W, indices=np.array([4, 1], dtype)), W[[4, 1]])


@pytest.mark.parametrize("indices", [3, [4, 0, 0], [[1, 2], [2, 2]]])
def test_gradients_are_right(indices):
    check_gradients(embedding, W, indices=indices)


def test_repeated_codes_add_up():
    w = Tensor(W)
    embedding(w, indices=[2, 0, 2, 2]).sum().backward()
    np.testing.assert_array_equal(w.grad[:, 0], [1, 0, 3, 0, 0])


def test_float32_stays_float32():
    w = Tensor(W.astype(np.float32))
    y = embedding(w, indices=[1, 1])
    y.sum().backward()
    assert {y.dtype, w.grad.dtype} == {np.dtype(np.float32)}


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([0, 5, 6], r"index 5 at place \(1,\) has no row.*rows 0 to 4. 2 of 3"),
        ([[0, 1], [2, -1]], r"index -1 at place \(1, 1\)"),
        (9, r"index 9 at place \(\)"),
    ],
)
def test_an_index_out_of_range_is_named(indices, message):
    with pytest.raises(ValueError, match=message):
        embedding(W, indices=indices)


@pytest.mark.parametrize(
    ("indices", "repair"),
    [
        ([0.0, 1.0], r"float64.*indices\.astype\(int\)"),
        ([True, False], r"bool.*indices\.astype\(int\)"),
        (["aspirin"], r"np\.unique"),
    ],
)
def test_other_indices_are_refused(indices, repair):
    with pytest.raises(TypeError, match=repair):
        embedding(W, indices=indices)


def test_a_table_has_two_axes():
    with pytest.raises(ValueError, match=r"expected w \(V, D\)"):
        embedding(np.ones(4), indices=[0])


@pytest.fixture
def double():
    set_floatx("float64")
    yield
    set_floatx("float32")


@pytest.mark.parametrize(("length", "width"), [(7, 6), (7, 5), (1, 1), (0, 4)])
def test_positions_follow_the_formula(double, length, width):
    positions = sine_positions(length, width)
    expected = np.empty((length, width))
    for t, column in np.ndindex(length, width):
        i = column // 2
        angle = t / 10000 ** (2 * i / width)
        expected[t, column] = math.sin(angle) if column == 2 * i else math.cos(angle)
    np.testing.assert_allclose(positions, expected, rtol=1e-12, atol=1e-14)


def test_positions_have_the_usual_precision():
    assert sine_positions(4, 4).dtype == np.float32


@pytest.mark.parametrize(("length", "width"), [(-1, 4), (4, 0), (2.0, 4), (True, 4)])
def test_positions_want_whole_numbers(length, width):
    with pytest.raises(ValueError, match="whole number >="):
        sine_positions(length, width)
