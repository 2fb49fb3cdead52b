import numpy as np
import pytest

from edunet import layers, ops
from edunet.layers import Cropping1D, Cropping2D, UpSampling1D, UpSampling2D, ZeroPadding1D, ZeroPadding2D

X = np.random.default_rng(0).normal(size=(2, 5, 4, 3)).astype(np.float32)
SIGNAL = X[:, :, 0]


def test_larger_images():
    np.testing.assert_array_equal(UpSampling2D((2, 3))(X), X.repeat(2, axis=1).repeat(3, axis=2))
    smooth = UpSampling2D(interpolation="bilinear")(X)
    np.testing.assert_array_equal(smooth, ops.upsample2d(X, interpolation="bilinear"))
    np.testing.assert_array_equal(UpSampling1D(3)(SIGNAL), SIGNAL.repeat(3, axis=1))


@pytest.mark.parametrize(
    ("padding", "ends"), [(2, ((2, 2), (2, 2))), ((1, 2), ((1, 1), (2, 2))), (((0, 1), (2, 0)), ((0, 1), (2, 0)))]
)
def test_zeros_around_and_cut_off_again(padding, ends):
    y = ZeroPadding2D(padding)(X)
    np.testing.assert_array_equal(y, np.pad(X, ((0, 0), *ends, (0, 0))))
    np.testing.assert_array_equal(Cropping2D(padding)(y), X)


def test_along_time():
    y = ZeroPadding1D((1, 2))(SIGNAL)
    np.testing.assert_array_equal(y, np.pad(SIGNAL, ((0, 0), (1, 2), (0, 0))))
    np.testing.assert_array_equal(Cropping1D((1, 2))(y), SIGNAL)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: UpSampling2D(0), "UpSampling2D: size: expected a whole number >= 1"),
        (lambda: UpSampling2D(interpolation="cubic"), "UpSampling2D: interpolation is one of"),
        (lambda: ZeroPadding2D(-1), r"whole number >= 0 or a pair.*Received: -1"),
        (lambda: ZeroPadding1D("same"), "ZeroPadding1D: padding is a whole number >= 0.*Received: 'same'"),
        (lambda: Cropping2D(3)(X), r"nothing is left of x \(2, 5, 4, 3\)"),
        (lambda: ZeroPadding2D()(SIGNAL), r"expected input \(N, H, W, C\)"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(("height", "width"), [(4, 3), (5, 6), (2, 1)])
def test_the_middle_of_images(height, width):
    x = np.arange(60.0).reshape(1, 5, 6, 2)
    top, left = (5 - height) // 2, (6 - width) // 2
    np.testing.assert_array_equal(layers.CenterCrop(height, width)(x), x[:, top : top + height, left : left + width])


@pytest.mark.parametrize("kind", ["CenterCrop", "RandomCrop"])
def test_crops_that_cannot_be(kind):
    make = getattr(layers, kind)
    with pytest.raises(ValueError, match=rf"{kind}: height is a whole number >= 1. Received: 0"):
        make(0, 3)
    with pytest.raises(ValueError, match=rf"{kind}: 7 × 3 pixels cannot be cut from images of 5 × 6"):
        make(7, 3)(np.zeros((1, 5, 6, 2)))
    with pytest.raises(ValueError, match=r"expected input \(N, H, W, C\)"):
        make(3, 3)(np.zeros((5, 6, 2)))
