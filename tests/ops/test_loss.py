"""Losses on scores: values from the definition, gradients, finite at probabilities 0 and 1."""

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops import loss

rng = np.random.default_rng(0)
Z, SHARES, LABELS = rng.normal(size=(4, 3)), rng.dirichlet(np.ones(3), size=4), np.array([0, 2, 1, 2])
P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
BITS = rng.integers(0, 2, size=(4, 3))


def test_softmax_crossentropy_is_minus_the_log_of_what_was_right():
    np.testing.assert_allclose(loss.softmax_crossentropy(Z, target=SHARES), -(SHARES * np.log(P)).sum(axis=1))
    np.testing.assert_allclose(loss.sparse_softmax_crossentropy(Z, labels=LABELS), -np.log(P[range(4), LABELS]))


def test_sigmoid_crossentropy_is_the_log_of_both_answers():
    p = 1 / (1 + np.exp(-Z))
    expected = -(BITS * np.log(p) + (1 - BITS) * np.log(1 - p))
    np.testing.assert_allclose(loss.sigmoid_crossentropy(Z, target=BITS), expected)


def test_focal_crossentropy_weighs_by_what_is_missing():
    p = 1 / (1 + np.exp(-Z))
    right = BITS * p + (1 - BITS) * (1 - p)
    np.testing.assert_allclose(
        loss.sigmoid_focal_crossentropy(Z, target=BITS, gamma=1.5), -((1 - right) ** 1.5) * np.log(right)
    )
    np.testing.assert_allclose(
        loss.sigmoid_focal_crossentropy(Z, target=BITS, gamma=0), loss.sigmoid_crossentropy(Z, target=BITS)
    )


def test_kl_divergence_is_crossentropy_minus_entropy():
    expected = -(SHARES * np.log(P)).sum(axis=1) + (SHARES * np.log(SHARES)).sum(axis=1)
    np.testing.assert_allclose(loss.kl_divergence(P, target=SHARES), expected)
    np.testing.assert_allclose(loss.kl_divergence(P, target=P), 0, atol=1e-15)


@pytest.mark.parametrize(
    ("op", "options"),
    [
        (loss.softmax_crossentropy, {"target": SHARES}),
        (loss.softmax_crossentropy, {"target": 2 * SHARES}),
        (loss.sparse_softmax_crossentropy, {"labels": LABELS}),
        (loss.sigmoid_crossentropy, {"target": BITS}),
        (loss.sigmoid_focal_crossentropy, {"target": BITS}),
        (loss.sigmoid_focal_crossentropy, {"target": SHARES, "gamma": 0.5}),
    ],
)
def test_gradients(backend, op, options):
    assert check_gradients(op, Z, **options) < 1e-7


def test_gradient_of_kl_divergence():
    assert check_gradients(loss.kl_divergence, P, target=SHARES) < 1e-7


def test_focal_crossentropy_is_finite_where_nothing_is_missing():
    z = np.array([[-1e3, 1e3]], np.float32)
    value, back = loss.sigmoid_focal_crossentropy.__wrapped__(z, target=np.array([[0, 1]]), gamma=0.5)
    assert (value.dtype, back(np.ones_like(value)).dtype) == (np.float32, np.float32)
    np.testing.assert_allclose([value, back(np.ones_like(value))], np.zeros((2, 1, 2)), atol=1e-18)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_finite_with_the_simplest_gradient_at_probability_zero_and_one(dtype):
    z = np.array([[1e4, -1e4], [1e4, -1e4]], dtype)
    value, back = loss.sparse_softmax_crossentropy.__wrapped__(z, labels=np.array([0, 1]))
    np.testing.assert_array_equal(value, np.array([0, 2e4], dtype))
    np.testing.assert_array_equal(back(np.ones(2, dtype)), [[0, 0], [1, -1]])
    value, back = loss.sigmoid_crossentropy.__wrapped__(z, target=np.array([[1, 1], [0, 0]]))
    np.testing.assert_array_equal(value, np.array([[0, 1e4], [1e4, 0]], dtype))
    np.testing.assert_array_equal(back(np.ones_like(z)), [[0, -1], [1, 0]])


def test_sequences_of_classes():
    z, labels = rng.normal(size=(2, 5, 3)), rng.integers(0, 3, size=(2, 5))
    assert loss.sparse_softmax_crossentropy(z, labels=labels).shape == (2, 5)
    assert check_gradients(loss.sparse_softmax_crossentropy, z, labels=labels) < 1e-7


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: loss.softmax_crossentropy(Z, target=SHARES[:, :2]), r"expected a target of shape \(4, 3\)"),
        (lambda: loss.sparse_softmax_crossentropy(Z, labels=LABELS[:3]), r"one label per row, shape \(4,\)"),
        (lambda: loss.sparse_softmax_crossentropy(Z, labels=LABELS + 1), r"labels run from 1 to 3.*expected 0 to 2"),
        (lambda: loss.sparse_softmax_crossentropy(Z, labels=LABELS - 1), r"labels run from -1 to 1"),
        (lambda: loss.softmax_crossentropy(Z[:, :0], target=Z[:, :0]), r"at least one for each row.*\(4, 0\)"),
        (lambda: loss.sparse_softmax_crossentropy(Z[:, :0], labels=LABELS), r"at least one for each row.*\(4, 0\)"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()
