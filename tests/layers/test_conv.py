import numpy as np
import pytest

from edunet import ops
from edunet.layers import Conv1D, Conv2D, DepthwiseConv2D
from edunet.tensor import Tensor

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


# ---------------------------------------------------------------- masks, groups, penalties


@pytest.mark.parametrize("options", [{"padding": "same"}, {"padding": "causal", "dilation_rate": 2}], ids=str)
def test_a_padded_signal_gives_what_it_gives_alone(options):
    lengths = np.array([9, 4])
    padded = Tensor(SIGNALS)
    padded.mask = np.arange(9) < lengths[:, None]
    layer = Conv1D(4, 4, **options)
    y = layer(padded)
    np.testing.assert_array_equal(y.mask, padded.mask)
    for n, length in enumerate(lengths):
        np.testing.assert_allclose(y.numpy()[n, :length], layer(SIGNALS[n : n + 1, :length]).numpy()[0], atol=1e-5)


@pytest.mark.parametrize("options", [{}, {"padding": "same", "strides": 2}], ids=str)
def test_a_mask_that_cannot_be_honoured_is_refused(options):
    padded = Tensor(SIGNALS)
    padded.mask = np.ones((2, 9), bool)
    with pytest.raises(ValueError, match='strides=1 and padding="same" or "causal"'):
        Conv1D(4, 3, **options)(padded)


@pytest.mark.parametrize(("kind", "x"), [(Conv2D, IMAGES), (Conv1D, SIGNALS)])
def test_groups_see_their_own_channels(kind, x):
    grouped = kind(6, 3, groups=3, activation="relu")
    y = grouped(x)
    assert grouped.kernel.shape[-2:] == (1, 6)
    if kind is Conv2D:
        each = DepthwiseConv2D(3, depth_multiplier=2, activation="relu")
        each(x)
        each.set_weights([grouped.kernel.data.reshape(3, 3, 3, 2), grouped.bias.data])
        np.testing.assert_allclose(y, each(x), atol=1e-5)
    y.sum().backward()
    assert grouped.kernel.grad.any()


def test_regularizers_and_constraints():
    layer = Conv2D(4, 3, kernel_regularizer="l2", bias_regularizer="l1", bias_constraint="non_neg")
    layer(IMAGES)
    assert len(layer.losses) == 2
    assert [w.name for w, _ in layer.constrained_weights] == ["bias"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Conv2D(5, 3, groups=2), "filters is a multiple of groups. Received: 5 filters, 2 groups"),
        (lambda: Conv2D(4, 3, groups=2)(IMAGES), "the channels are a multiple of groups. Received: 3 channels"),
        (lambda: Conv2D(4, 3, padding=((1, 1), (1, 1))), "Conv2D: padding is one of"),
        (lambda: Conv1D(4, 3, data_format="channels_first"), "Conv1D: data_format is 'channels_last'"),
    ],
)
def test_errors_of_groups_and_orders(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_padding_in_capitals():
    assert (Conv2D(2, 3, padding="SAME").padding, Conv2D(2, 3, padding="Valid").padding) == ("same", "valid")
