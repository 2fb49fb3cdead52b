import numpy as np
import pytest

from edunet import layers
from edunet.tensor import Tensor

rng = np.random.default_rng(0)
A, B, C = rng.normal(size=(3, 2, 4, 3)).astype(np.float32)


def test_add():
    np.testing.assert_allclose(layers.Add()([A, B, C]), A + B + C, atol=1e-6)


def test_multiply():
    np.testing.assert_allclose(layers.Multiply()([A, B, C]), A * B * C, atol=1e-6)


@pytest.mark.parametrize("axis", [-1, 1, 2])
def test_concatenate(axis):
    np.testing.assert_array_equal(layers.Concatenate(axis=axis)([A, B]), np.concatenate([A, B], axis=axis))


@pytest.mark.parametrize(
    ("short", "layer"),
    [(layers.add, layers.Add), (layers.multiply, layers.Multiply), (layers.concatenate, layers.Concatenate)],
)
def test_the_functions_are_the_layers(short, layer):
    np.testing.assert_array_equal(short([A, B]), layer()([A, B]))


def test_options_of_the_functions():
    assert layers.concatenate([A, B], axis=1).shape == (2, 8, 3)


def test_a_residual_connection_sends_the_gradient_both_ways():
    x = Tensor(A)
    layers.Add()([x, x * 2.0]).sum().backward()
    np.testing.assert_array_equal(x.grad, 3)


def test_each_branch_gets_its_part_back():
    a, b = Tensor(A), Tensor(B[..., :2])
    y = layers.Concatenate()([a, b])
    (y * y).sum().backward()
    np.testing.assert_array_equal(b.grad, 2 * b.data)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.Add()(A), r"joins a list of at least two inputs: Add\(\)\(\[a, b\]\)"),
        (lambda: layers.Multiply()([A]), r"Multiply joins a list of at least two inputs"),
        (lambda: layers.Add()([A, A[..., :2]]), r"need the same shape. Received \(2, 4, 3\), \(2, 4, 2\)"),
        (lambda: layers.Concatenate(axis=1)([A, A[..., :2]]), "may differ along axis 1 only"),
        (lambda: layers.Concatenate(axis=3)([A, B]), "axis 3 does not exist"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()
