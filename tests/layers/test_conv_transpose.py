import numpy as np
import pytest

from edunet.layers import Conv1DTranspose, Conv2D, Conv2DTranspose

X = np.random.default_rng(0).normal(size=(2, 5, 4, 3)).astype(np.float32)
SIGNAL = X[:, :, 0]


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ({}, (7, 6)),
        ({"strides": 2}, (11, 9)),
        ({"strides": 2, "padding": "same"}, (10, 8)),
        ({"strides": (2, 3), "padding": "same", "output_padding": (1, 0)}, (10, 10)),
        ({"strides": 2, "output_padding": 1}, (12, 10)),
        ({"dilation_rate": 2}, (9, 8)),
        ({"strides": 5}, (25, 20)),
    ],
)
def test_sizes(options, size):
    assert Conv2DTranspose(6, 3, **options)(X).shape == (2, *size, 6)


def test_weights_have_the_shapes_and_order_of_keras():
    layer = Conv2DTranspose(6, (3, 2))
    layer(X)
    assert [(w.name, w.shape) for w in layer.weights] == [("kernel", (3, 2, 6, 3)), ("bias", (6,))]


def test_conv2d_leads_back_to_the_same_size():
    small = Conv2D(3, 3, strides=2, padding="same")(np.zeros((1, 10, 8, 6), np.float32))
    assert Conv2DTranspose(6, 3, strides=2, padding="same")(small).shape == (1, 10, 8, 6)


def test_along_time_is_an_image_one_pixel_high():
    layer, flat = Conv1DTranspose(6, 4, strides=3, activation="tanh"), Conv2DTranspose(6, (1, 4), strides=(1, 3))
    y = layer(SIGNAL)
    flat(SIGNAL[:, None])
    flat.set_weights([layer.kernel.data[None], layer.bias.data])
    np.testing.assert_allclose(y, np.tanh(flat(SIGNAL[:, None]).numpy()[:, 0]), atol=1e-6)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: Conv2DTranspose(6, 3, strides=2, output_padding=2),
            r"just under the stride, here \(2, 2\). Received: 2",
        ),
        (lambda: Conv2DTranspose(6, 3, padding="full"), "Conv2DTranspose: padding is one of"),
        (lambda: Conv2DTranspose(6, 3)(SIGNAL), r"expected input \(N, H, W, C\)"),
        (lambda: Conv1DTranspose(6, (3, 3)), "Conv1DTranspose: kernel_size is a whole number >= 1"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()
