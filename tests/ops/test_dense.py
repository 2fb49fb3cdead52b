"""The feed-forward formula."""

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.activations import relu
from edunet.ops.dense import dense
from edunet.tensor import Tensor

rng = np.random.default_rng(0)


def test_one_dot_product_per_unit():
    x, w, b = rng.normal(size=(4, 3)), rng.normal(size=(3, 2)), rng.normal(size=2)
    expected = [[sum(x[n, d] * w[d, u] for d in range(3)) + b[u] for u in range(2)] for n in range(4)]
    np.testing.assert_allclose(dense(x, w, b), expected, rtol=1e-12)


@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3), (2, 1, 4, 3)])
@pytest.mark.parametrize("bias", [True, False])
def test_gradients(shape, bias):
    b = rng.normal(size=2) if bias else None
    assert check_gradients(dense, rng.normal(size=shape), rng.normal(size=(3, 2)), b) < 1e-6


@pytest.mark.parametrize("shape", [(4, 3), (2, 5, 3)])
def test_relu_is_the_relu_of_the_sum(shape):
    arrays = rng.normal(size=shape), rng.normal(size=(3, 2)), rng.normal(size=2)
    fused, plain = (list(map(Tensor, arrays)) for _ in range(2))
    y, expected = dense(*fused, relu=True), relu(dense(*plain))
    np.testing.assert_array_equal(y, expected)
    dy = rng.normal(size=y.shape)
    y.backward(dy)
    expected.backward(dy)
    for ours, theirs in zip(fused, plain, strict=True):
        np.testing.assert_array_equal(ours.grad, theirs.grad)


def test_gradients_with_relu_away_from_the_kink():
    x, w, b = rng.normal(size=(4, 3)), rng.normal(size=(3, 4)), np.array([9.0, -9.0, 0.5, 0.0])
    assert np.abs(dense(x, w, b)).min() > 1e-3
    assert check_gradients(dense, x, w, b, relu=True) < 1e-6


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((4, 5)), r"expected x \(N, ..., 3\).*Received x \(4, 5\)"),
        (np.zeros(3), r"Give one row per patient: x.reshape\(1, -1\)"),
    ],
)
def test_errors(x, message):
    with pytest.raises(ValueError, match=message):
        dense(x, np.zeros((3, 2)))
