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


def test_a_gate_may_be_one_number_for_many():
    for gate in (A[..., :1], A[:, :1], A[:, :1, :1]):
        np.testing.assert_allclose(layers.Multiply()([B, gate]), B * gate, atol=1e-6)
        np.testing.assert_allclose(layers.Multiply()([gate, B]), B * gate, atol=1e-6)


def test_the_gradient_of_a_gate_is_a_sum():
    gate = Tensor(A[..., :1])
    layers.Multiply()([B, gate]).sum().backward()
    np.testing.assert_allclose(gate.grad, B.sum(axis=-1, keepdims=True), rtol=1e-5)


def test_subtract():
    np.testing.assert_allclose(layers.Subtract()([A, B]), A - B, atol=1e-6)


def test_average():
    np.testing.assert_allclose(layers.Average()([A, B, C]), (A + B + C) / 3, atol=1e-6)


def test_maximum_and_minimum():
    np.testing.assert_array_equal(layers.Maximum()([A, B, C]), np.stack([A, B, C]).max(axis=0))
    np.testing.assert_array_equal(layers.Minimum()([A, B, C]), np.stack([A, B, C]).min(axis=0))


def test_the_largest_gets_the_gradient():
    a, b = Tensor(A), Tensor(B)
    layers.Maximum()([a, b]).sum().backward()
    np.testing.assert_array_equal(a.grad, A >= B)
    np.testing.assert_array_equal(b.grad, A < B)


@pytest.mark.parametrize("axis", [-1, 1, 2])
def test_concatenate(axis):
    np.testing.assert_array_equal(layers.Concatenate(axis=axis)([A, B]), np.concatenate([A, B], axis=axis))


@pytest.mark.parametrize(
    ("short", "layer"),
    [
        (layers.add, layers.Add),
        (layers.average, layers.Average),
        (layers.concatenate, layers.Concatenate),
        (layers.maximum, layers.Maximum),
        (layers.minimum, layers.Minimum),
        (layers.multiply, layers.Multiply),
        (layers.subtract, layers.Subtract),
    ],
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
        (lambda: layers.Subtract()([A, B, C]), "Subtract takes two inputs, a − b. Received 3"),
        (lambda: layers.Average()([A, A[..., :2]]), "Average: all inputs need the same shape"),
        (lambda: layers.Multiply()([A, A[..., :2]]), r"same shape, or 1 along.*Received \(2, 4, 3\), \(2, 4, 2\)"),
        (lambda: layers.Multiply()([A, A[:1]]), "same shape, or 1 along an axis after the first"),
        (lambda: layers.Multiply()([A, A[:, 0]]), "same shape, or 1 along an axis after the first"),
        (lambda: layers.Add()([A, A[..., :1]]), "need the same shape"),
        (lambda: layers.Add()([A, A[..., :2]]), r"need the same shape. Received \(2, 4, 3\), \(2, 4, 2\)"),
        (lambda: layers.Concatenate(axis=1)([A, A[..., :2]]), "may differ along axis 1 only"),
        (lambda: layers.Concatenate(axis=3)([A, B]), "axis 3 does not exist"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# ---------------------------------------------------------------- Residual


def test_round_a_layer():
    layer = layers.Residual(layers.Dense(3))
    np.testing.assert_allclose(layer(A), A + layer.layers[0](A), atol=1e-6)


def test_round_several_layers():
    layer = layers.Residual([layers.Dense(7, activation="relu"), layers.Dense(3)])
    y = layer(A)
    np.testing.assert_allclose(y, A + layer.layers[1](layer.layers[0](A)), atol=1e-6)
    assert [w.shape for w in layer.weights] == [(3, 7), (7,), (7, 3), (3,)]


def test_layers_inside_know_that_they_learn():
    layer = layers.Residual(layers.Dropout(0.5))
    np.testing.assert_array_equal(layer(A), 2 * A)
    assert not np.allclose(layer(A, training=True), 2 * A)


def test_a_mask_goes_in_and_travels_on():
    real = np.arange(4) < np.array([[4], [2]])
    x = Tensor(A)
    x.mask = real
    layer = layers.Residual(layers.LSTM(3, return_sequences=True))
    y = layer(x)
    np.testing.assert_allclose(y[1, :2], layer(A[1:, :2])[0], atol=1e-6)
    np.testing.assert_array_equal(y.mask, real)


def test_a_layer_that_cannot_honour_the_mask_raises_inside():
    x = Tensor(A)
    x.mask = np.ones((2, 4), bool)
    with pytest.raises(ValueError, match="Conv1D can honour the mask of its input only if"):
        layers.Residual(layers.Conv1D(3, 1, padding="valid"))(x)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: layers.Residual(layers.Dense(5))(A), ValueError, r"Received \(2, 4, 3\), they made \(2, 4, 5\)"),
        (lambda: layers.Residual(layers.Dense), TypeError, r"Did you mean Dense\(...\)\?"),
        (lambda: layers.Residual([]), ValueError, "at least one layer"),
    ],
)
def test_what_cannot_be_gone_round(make, error, message):
    with pytest.raises(error, match=message):
        make()


SHORT = ["add", "average", "concatenate", "maximum", "minimum", "multiply", "subtract"]


@pytest.mark.parametrize("name", SHORT)
def test_inputs_that_stand_in_no_list(name):
    for join in (getattr(layers, name), getattr(layers, name.capitalize())()):
        with pytest.raises(ValueError, match=rf"{name.capitalize()} joins a list of at least two inputs: .*\[a, b\]"):
            join(A, B)


def test_the_axis_of_concatenate_by_its_place():
    assert layers.concatenate([A, B], 1).shape == layers.concatenate([A, B], axis=1).shape
