import numpy as np
import pytest

from edunet.layers import Flatten, Input, Permute, RepeatVector, Rescaling, Reshape
from edunet.tensor import Tensor

X = np.arange(48, dtype=np.float32).reshape(2, 4, 3, 2)


def test_flatten_keeps_channels_fastest():
    np.testing.assert_array_equal(Flatten()(X), X.reshape(2, 24))


def test_flatten_of_an_empty_batch():
    assert Flatten()(X[:0]).shape == (0, 24)


@pytest.mark.parametrize(("target", "shape"), [((6, 4), (2, 6, 4)), ((-1, 3), (2, 8, 3)), ((24,), (2, 24))])
def test_reshape(target, shape):
    np.testing.assert_array_equal(Reshape(target)(X), X.reshape(shape))


def test_permute():
    np.testing.assert_array_equal(Permute((3, 1, 2))(X), X.transpose(0, 3, 1, 2))


def test_repeat_vector():
    np.testing.assert_array_equal(RepeatVector(3)(X[:, 0, 0]), np.repeat(X[:, 0, :1], 3, axis=1))


def test_rescaling():
    np.testing.assert_allclose(Rescaling(1 / 255, offset=-0.5)(X), X / 255 - 0.5, rtol=1e-6)


@pytest.mark.parametrize(
    ("layer", "x"),
    [(Flatten(), X), (Reshape((-1, 3)), X), (Permute((2, 1, 3)), X), (RepeatVector(3), X[:, 0, 0])],
    ids=["Flatten", "Reshape", "Permute", "RepeatVector"],
)
def test_every_number_gets_its_gradient_back(layer, x):
    x = Tensor(x)
    y = layer(x)
    (y * y).sum().backward()
    np.testing.assert_array_equal(x.grad, 2 * x.data * (y.size // x.size))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(Flatten(), (None, 24)), (Reshape((6, -1)), (None, 6, 4)), (Permute((3, 1, 2)), (None, 2, 4, 3))],
)
def test_drawn_shapes(layer, shape):
    assert layer(Input((4, 3, 2))).shape == shape


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Reshape((7,))(X), r"24 values of shape \(4, 3, 2\) do not fit into \(7,\)"),
        (lambda: Reshape((-1, 7))(X), "do not fit into"),
        (lambda: Reshape((-1, -1)), "one of them may be -1"),
        (lambda: Reshape((0, -1)), "whole numbers >= 1"),
        (lambda: Permute((1, 3)), "dims must be 1 to 2 in some order"),
        (lambda: Permute((2, 1))(X), r"dims \(2, 1\) are for 2 axes. Received \(4, 3, 2\)"),
        (lambda: RepeatVector(0), "RepeatVector: n is a whole number >= 1"),
        (lambda: RepeatVector(2)(X), r"RepeatVector: expected x \(N, D\)"),
    ],
)
def test_errors_name_what_was_expected(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("arguments", [{"scale": "1/255"}, {"scale": True}, {"scale": 1, "offset": None}])
def test_rescaling_takes_numbers(arguments):
    with pytest.raises(ValueError, match="Rescaling: .* is a number, or an array with one per channel. Received"):
        Rescaling(**arguments)
