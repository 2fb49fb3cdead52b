import numpy as np
import pytest

from edunet import layers

rng = np.random.default_rng(0)
IMAGES = rng.normal(size=(2, 6, 4, 3)).astype(np.float32)
SIGNALS = rng.normal(size=(2, 6, 3)).astype(np.float32)
BLOCKS = IMAGES.reshape(2, 3, 2, 2, 2, 3)  # (N,I,2,J,2,C): the windows of size 2


def test_max_pooling_2d():
    np.testing.assert_array_equal(layers.MaxPooling2D()(IMAGES), BLOCKS.max(axis=(2, 4)))


def test_average_pooling_2d():
    np.testing.assert_allclose(layers.AveragePooling2D()(IMAGES), BLOCKS.mean(axis=(2, 4)), atol=1e-6)


def test_max_pooling_1d():
    np.testing.assert_array_equal(layers.MaxPooling1D()(SIGNALS), SIGNALS.reshape(2, 3, 2, 3).max(axis=2))


def test_average_pooling_1d():
    expected = SIGNALS.reshape(2, 3, 2, 3).mean(axis=2)
    np.testing.assert_allclose(layers.AveragePooling1D()(SIGNALS), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "x", "reduce"),
    [
        ("GlobalMaxPooling2D", IMAGES, lambda x: x.max(axis=(1, 2))),
        ("GlobalAveragePooling2D", IMAGES, lambda x: x.mean(axis=(1, 2))),
        ("GlobalMaxPooling1D", SIGNALS, lambda x: x.max(axis=1)),
        ("GlobalAveragePooling1D", SIGNALS, lambda x: x.mean(axis=1)),
    ],
)
def test_global_pooling(name, x, reduce):
    np.testing.assert_allclose(getattr(layers, name)()(x), reduce(x), atol=1e-6)


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        ({"pool_size": 3}, (2, 2, 1, 3)),
        ({"pool_size": 3, "padding": "same"}, (2, 2, 2, 3)),
        ({"pool_size": (3, 2), "strides": (1, 2)}, (2, 4, 2, 3)),
        ({"pool_size": 2, "strides": 3, "padding": "same"}, (2, 2, 2, 3)),
    ],
)
@pytest.mark.parametrize("kind", [layers.MaxPooling2D, layers.AveragePooling2D])
def test_shapes(kind, options, shape):
    assert kind(**options)(IMAGES).shape == shape


def test_zeros_of_same_are_not_averaged_in():
    y = layers.AveragePooling1D(2, padding="same")(np.array([[[1.0], [3.0], [5.0]]]))
    np.testing.assert_array_equal(y.ravel(), [2, 5])


def test_places_outside_never_win():
    y = layers.MaxPooling1D(2, padding="same")(np.array([[[-1.0], [-3.0], [-5.0]]]))
    np.testing.assert_array_equal(y.ravel(), [-1, -5])


@pytest.mark.parametrize("kind", [layers.MaxPooling1D, layers.AveragePooling1D])
def test_a_tuple_of_one(kind):
    assert kind((2,), strides=(3,))(SIGNALS).shape == (2, 2, 3)


def test_there_is_nothing_to_learn():
    layer = layers.MaxPooling2D()
    layer(IMAGES)
    assert layer.weights == []


def test_the_short_names_are_the_same_classes():
    assert (layers.MaxPool2D, layers.MaxPool1D) == (layers.MaxPooling2D, layers.MaxPooling1D)
    assert (layers.AvgPool2D, layers.AvgPool1D) == (layers.AveragePooling2D, layers.AveragePooling1D)
    for axes in ("1D", "2D"):
        assert getattr(layers, f"GlobalAvgPool{axes}") is getattr(layers, f"GlobalAveragePooling{axes}")
        assert getattr(layers, f"GlobalMaxPool{axes}") is getattr(layers, f"GlobalMaxPooling{axes}")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.MaxPooling2D(0), "MaxPooling2D: pool_size: expected a whole number >= 1"),
        (lambda: layers.AveragePooling2D(2, strides=-1), "AveragePooling2D: strides"),
        (lambda: layers.MaxPooling1D(2.5), "MaxPooling1D: pool_size is a whole number >= 1"),
        (lambda: layers.MaxPooling1D((2, 2)), "MaxPooling1D: pool_size is a whole number >= 1"),
        (lambda: layers.MaxPooling2D(7)(IMAGES), "does not fit into 6"),
        (lambda: layers.MaxPooling2D()(SIGNALS), r"expected x \(N, H, W, C\)"),
        (lambda: layers.GlobalAveragePooling2D()(SIGNALS), r"expected x \(N, H, W, C\)"),
        (lambda: layers.GlobalMaxPooling1D()(IMAGES), r"expected x \(N, T, C\)"),
        (lambda: layers.MaxPooling2D(padding="full"), r"MaxPooling2D: padding is one of .*Received: 'full'"),
        (lambda: layers.AveragePooling1D(data_format="channels_first"), r"data_format is 'channels_last'"),
        (lambda: layers.GlobalMaxPooling2D("channels_first"), r"Permute\(\(2, 3, 1\)\).*Received: 'channels_first'"),
    ],
)
def test_errors_name_what_was_expected(make, message):
    with pytest.raises(ValueError, match=message):
        make()
