import numpy as np
import pytest

from edunet import ops
from edunet.layers import Conv1D, Conv2D

rng = np.random.default_rng(0)
IMAGES = rng.normal(size=(2, 9, 8, 3)).astype(np.float32)
SIGNALS = rng.normal(size=(2, 9, 3)).astype(np.float32)


def at(x, kernel, bias, i, j):
    """One output pixel from the definition."""
    u, v = kernel.shape[:2]
    return np.tensordot(x[i : i + u, j : j + v], kernel, axes=3) + bias


def test_one_stop_is_one_dot_product():
    layer = Conv2D(4, (3, 2))
    y = layer(IMAGES).numpy()
    np.testing.assert_allclose(y[1, 2, 3], at(IMAGES[1], *layer.get_weights(), 2, 3), atol=1e-5)


def test_the_activation_comes_last():
    assert (Conv2D(4, 3, activation="relu")(IMAGES).numpy() >= 0).all()


@pytest.mark.parametrize(("kind", "x"), [(Conv2D, IMAGES), (Conv1D, SIGNALS)])
def test_relu_in_the_formula_is_relu_after_it(kind, x):
    fused, plain = kind(4, 3, activation="relu"), kind(4, 3)
    fused(x), plain(x)
    plain.set_weights(fused.get_weights())
    np.testing.assert_allclose(fused(x), ops.relu(plain(x)), atol=1e-6)


def test_weights_have_the_shapes_and_order_of_keras():
    layer = Conv2D(4, (3, 2))
    layer(IMAGES)
    assert [(w.name, w.shape) for w in layer.weights] == [("kernel", (3, 2, 3, 4)), ("bias", (4,))]


def test_weights_of_conv1d():
    layer = Conv1D(4, 5)
    layer(SIGNALS)
    assert [(w.name, w.shape) for w in layer.weights] == [("kernel", (5, 3, 4)), ("bias", (4,))]


def test_without_bias():
    layer = Conv2D(4, 3, use_bias=False)
    layer(IMAGES)
    assert len(layer.weights) == 1


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({}, (2, 7, 6, 4)),
        ({"padding": "same"}, (2, 9, 8, 4)),
        ({"strides": 2}, (2, 4, 3, 4)),
        ({"strides": (2, 3), "padding": "same"}, (2, 5, 3, 4)),
        ({"dilation_rate": 2}, (2, 5, 4, 4)),
        ({"dilation_rate": (1, 3), "padding": "same"}, (2, 9, 8, 4)),
    ],
)
def test_shapes_of_conv2d(options, shape):
    assert Conv2D(4, 3, **options)(IMAGES).shape == shape


@pytest.mark.parametrize(
    ("options", "steps"),
    [
        ({}, 7),
        ({"padding": "same"}, 9),
        ({"padding": "causal"}, 9),
        ({"strides": 2}, 4),
        ({"strides": (2,), "padding": "causal"}, 5),
        ({"dilation_rate": 3}, 3),
    ],
)
def test_shapes_of_conv1d(options, steps):
    assert Conv1D(4, 3, **options)(SIGNALS).shape == (2, steps, 4)


def test_options_reach_the_formula():
    layer = Conv2D(4, 2, strides=(2, 1), dilation_rate=(1, 2), padding="same")
    y = layer(IMAGES)
    expected = ops.conv2d(IMAGES, *layer.get_weights(), stride=(2, 1), dilation=(1, 2), padding="same")
    np.testing.assert_array_equal(y, expected)


def test_causal_means_that_the_future_changes_nothing():
    layer = Conv1D(4, 3, padding="causal", dilation_rate=2)
    before = layer(SIGNALS).numpy()
    later = SIGNALS.copy()
    later[:, 5:] = 9
    np.testing.assert_array_equal(layer(later).numpy()[:, :5], before[:, :5])


def test_an_odd_row_of_zeros_goes_to_the_end():
    # with "same" and a window of 2 nothing is added before the first pixel, one zero after the last
    layer = Conv1D(1, 2, padding="same", kernel_initializer="ones")
    np.testing.assert_array_equal(layer(np.array([[[1.0], [2.0], [4.0]]])).numpy().ravel(), [3, 6, 4])


def test_fans_of_a_filter_count_its_pixels():
    layer = Conv2D(60, 3)
    layer.build((None, 9, 9, 40))
    limit = np.sqrt(6 / (9 * 100))
    assert 0.9 * limit < abs(layer.get_weights()[0]).max() <= limit


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2D(0, 3), "Conv2D: filters is a whole number >= 1"),
        (lambda: Conv2D(4, (3, 3, 3)), "Conv2D: kernel_size: expected a whole number >= 1 or a pair"),
        (lambda: Conv2D(4, 3, strides=0), "Conv2D: strides"),
        (lambda: Conv1D(4, (3, 3)), "Conv1D: kernel_size is a whole number"),
        (lambda: Conv2D(4, 3)(IMAGES[..., 0]), r"the channel axis, x\[..., None\]"),
        (lambda: Conv1D(4, 3)(IMAGES), r"Conv1D: expected input \(N, T, C\), 3 axes"),
        (lambda: Conv2D(4, 3, padding="sane")(IMAGES), "Did you mean 'same'?"),
        (lambda: Conv2D(4, 10)(IMAGES), "Use padding='same', a smaller window"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()
