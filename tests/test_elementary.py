"""Arithmetic in Keras's words: against NumPy, with its gradients; in losses and layers of one's own."""

import numpy as np
import pytest

import edunet
from edunet import elementary, layers, ops
from edunet.gradcheck import check_gradients
from edunet.tensor import Tensor

A = np.random.default_rng(0).uniform(0.5, 2.0, (3, 4))
B = np.random.default_rng(1).uniform(0.5, 2.0, (3, 4))
C = A > B

# name: (what is computed, the same in NumPy)
SMOOTH = {
    "abs": (lambda a, b: ops.abs(a - b), np.abs(A - B)),
    "absolute": (lambda a, b: ops.absolute(a - b), np.abs(A - B)),
    "add": (ops.add, A + B),
    "cast": (lambda a, b: ops.cast(a, "float64") * b, A * B),
    "clip": (lambda a, b: ops.clip(a, 0.8, 1.2) * b, A.clip(0.8, 1.2) * B),
    "concatenate": (lambda a, b: ops.concatenate([a, b], axis=0), np.concatenate([A, B])),
    "divide": (ops.divide, A / B),
    "exp": (lambda a, b: ops.exp(a), np.exp(A)),
    "expand_dims": (lambda a, b: ops.expand_dims(a, -1) * 2.0, A[..., None] * 2),
    "log": (lambda a, b: ops.log(a), np.log(A)),
    "matmul": (lambda a, b: ops.matmul(a, ops.transpose(b)), A @ B.T),
    "max": (lambda a, b: ops.max(a, axis=1), A.max(axis=1)),
    "maximum": (ops.maximum, np.maximum(A, B)),
    "mean": (lambda a, b: ops.mean(a, axis=[0, 1], keepdims=True), A.mean(keepdims=True)),
    "min": (lambda a, b: ops.min(a, axis=0, keepdims=True), A.min(axis=0, keepdims=True)),
    "minimum": (ops.minimum, np.minimum(A, B)),
    "multiply": (ops.multiply, A * B),
    "negative": (lambda a, b: ops.negative(a), -A),
    "power": (lambda a, b: ops.power(a, 3), A**3),
    "reshape": (lambda a, b: ops.reshape(a, [4, -1]), A.reshape(4, 3)),
    "sqrt": (lambda a, b: ops.sqrt(a), np.sqrt(A)),
    "square": (lambda a, b: ops.square(a), A**2),
    "squeeze": (lambda a, b: ops.squeeze(a[:, :1], axis=1), A[:, 0]),
    "stack": (lambda a, b: ops.stack([a, b], axis=1), np.stack([A, B], axis=1)),
    "std": (lambda a, b: ops.std(a, axis=1), A.std(axis=1)),
    "subtract": (ops.subtract, A - B),
    "sum": (lambda a, b: ops.sum(a, axis=-1), A.sum(axis=-1)),
    "transpose": (lambda a, b: ops.transpose(a, (1, 0)), A.T),
    "var": (lambda a, b: ops.var(a, axis=0, keepdims=True), A.var(axis=0, keepdims=True)),
    "where": (lambda a, b: ops.where(C, a, b), np.where(C, A, B)),
}

PLAIN = {
    "argmax": (lambda a, b: ops.argmax(a, axis=-1), A.argmax(axis=-1)),
    "argmin": (lambda a, b: ops.argmin(a, axis=0), A.argmin(axis=0)),
    "convert_to_numpy": (lambda a, b: ops.convert_to_numpy(a), A),
    "equal": (lambda a, b: ops.equal(a, a), np.ones((3, 4), bool)),
    "greater": (ops.greater, A > B),
    "greater_equal": (ops.greater_equal, A >= B),
    "less": (ops.less, A < B),
    "less_equal": (ops.less_equal, A <= B),
    "logical_and": (lambda a, b: ops.logical_and(a > b, a > 1), (A > B) & (A > 1)),
    "logical_not": (lambda a, b: ops.logical_not(a > b), ~(A > B)),
    "logical_or": (lambda a, b: ops.logical_or(a > b, a > 1), (A > B) | (A > 1)),
    "not_equal": (ops.not_equal, A != B),
    "one_hot": (lambda a, b: ops.one_hot(np.array([1, -1]), 3), np.array([[0, 1, 0], [0, 0, 0]], np.float32)),
    "ones": (lambda a, b: ops.ones((2, 3)), np.ones((2, 3), np.float32)),
    "ones_like": (lambda a, b: ops.ones_like(a), np.ones_like(A)),
    "sign": (lambda a, b: ops.sign(a - b), np.sign(A - B)),
    "stop_gradient": (lambda a, b: ops.stop_gradient(a), A),
    "zeros": (lambda a, b: ops.zeros(2, "int32"), np.zeros(2, np.int32)),
    "zeros_like": (lambda a, b: ops.zeros_like(a), np.zeros_like(A)),
}


def test_every_word_is_tested():
    assert {*SMOOTH, *PLAIN, "shape", "convert_to_tensor"} == set(elementary.__all__)
    assert not set(elementary.__all__) & set(ops.__all__)


@pytest.mark.parametrize("name", SMOOTH)
def test_as_numpy_with_a_gradient(name):
    f, expected = SMOOTH[name]
    np.testing.assert_allclose(f(Tensor(A), Tensor(B)).numpy(), expected, rtol=1e-12)
    check_gradients(f, A, B)


@pytest.mark.parametrize("name", PLAIN)
def test_as_numpy_without_a_gradient(name):
    f, expected = PLAIN[name]
    y = f(Tensor(A), Tensor(B))
    assert isinstance(y, np.ndarray)
    assert y.dtype == expected.dtype
    np.testing.assert_array_equal(y, expected)


def test_several_largest_share_the_gradient():
    x = Tensor([1.0, 3.0, 3.0])
    ops.max(x).backward()
    np.testing.assert_array_equal(x.grad, [0, 0.5, 0.5])


def test_a_tensor_as_a_condition():
    np.testing.assert_array_equal(ops.where(Tensor([1.0, 0.0]), Tensor([1.0, 2.0]), 9.0).numpy(), [1, 9])


def test_precisions():
    assert ops.cast(Tensor([1.5]), "float64").dtype == np.float64
    assert ops.cast(np.array([True]), "float32").dtype == np.float32
    np.testing.assert_array_equal(ops.cast(Tensor([1.5]), "int32"), np.array([1], np.int32))
    with pytest.raises(ValueError, match="Tensors are float32 or float64. Received: float16"):
        ops.cast(Tensor([1.5]), "float16")


def test_what_becomes_a_tensor():
    x = Tensor([1.0])
    assert ops.convert_to_tensor(x) is x
    assert ops.convert_to_tensor([1, 2]).dtype == np.float32
    assert ops.convert_to_tensor([1, 2], "float64").dtype == np.float64
    assert ops.convert_to_tensor([1, 2], "int32").dtype == np.int32
    assert ops.shape(Tensor(A)) == (3, 4)


def test_a_name_that_is_nowhere():
    with pytest.raises(AttributeError, match=r"edunet.ops has no 'squares'. Did you mean 'square'"):
        _ = ops.squares


def squared(y_true, y_pred):
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


def huber(y_true, y_pred):
    error = y_true - y_pred
    small = ops.abs(error) < 1
    return ops.where(small, ops.square(error) / 2, ops.abs(error) - 0.5)


@pytest.mark.parametrize(("own", "ours"), [(squared, "mse"), (huber, "huber")])
def test_own_losses_learn_as_ours(own, ours):
    x, y = A.astype(np.float32), 3 * B[:, :1].astype(np.float32)
    learnt = []
    for loss in (own, ours):
        edunet.set_random_seed(0)
        model = edunet.Sequential([layers.Dense(1, input_shape=(4,))])
        model.compile("sgd", loss)
        model.fit(x, y, epochs=3, verbose=0)
        learnt.append(model.get_weights()[0])
    np.testing.assert_allclose(*learnt, rtol=1e-5)
