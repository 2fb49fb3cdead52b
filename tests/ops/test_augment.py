"""Flips, affine maps and contrast: known pictures, the definition, gradients, errors."""

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.augment import affine2d, contrast, flip2d

rng = np.random.default_rng(0)
X = rng.normal(size=(2, 5, 6, 3))
STAY = np.tile([[1.0, 0, 0], [0, 1, 0]], (2, 1, 1))
MATRIX = STAY + rng.normal(size=(2, 2, 3)) * [0.3, 0.3, 3]
OUTSIDE = {"constant": "constant", "nearest": "edge", "wrap": "wrap", "reflect": "symmetric"}


@pytest.mark.parametrize("fill_mode", OUTSIDE)
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_gradients(fill_mode, interpolation):
    options = {"matrix": MATRIX, "fill_mode": fill_mode, "interpolation": interpolation, "fill_value": 2.0}
    assert check_gradients(affine2d, X, **options) < 1e-6


@pytest.mark.parametrize("fill_mode", OUTSIDE)
def test_pixels_between_and_outside(fill_mode):
    """The picture is framed by what NumPy puts around it; inside the frame each place is read by hand."""
    y = affine2d(X, matrix=MATRIX, fill_mode=fill_mode)
    frame = 20
    framed = np.pad(X, ((0, 0), (frame, frame), (frame, frame), (0, 0)), mode=OUTSIDE[fill_mode])
    for n, h, k in np.ndindex(2, 5, 6):
        r, c = MATRIX[n] @ [h, k, 1] + frame
        i, j = int(np.floor(r)), int(np.floor(c))
        four = framed[n, i : i + 2, j : j + 2]
        expected = np.einsum("u,v,uvc->c", [1 - (r - i), r - i], [1 - (c - j), c - j], four)
        np.testing.assert_allclose(y[n, h, k], expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
def test_nothing_moves_where_nothing_is_asked(interpolation):
    np.testing.assert_array_equal(affine2d(X, matrix=STAY, interpolation=interpolation), X)


def test_flips_by_flag():
    y = flip2d(X, rows=[True, False], columns=[False, True])
    np.testing.assert_array_equal(y[0], X[0, ::-1])
    np.testing.assert_array_equal(y[1], X[1, :, ::-1])
    assert check_gradients(flip2d, X, rows=[True, False], columns=[True, True]) < 1e-6


def test_contrast_leaves_the_mean():
    y = contrast(X, factor=[0.5, 2.0], value_range=(-99, 99))
    np.testing.assert_allclose(y.mean(axis=(1, 2)), X.mean(axis=(1, 2)), atol=1e-12)
    np.testing.assert_allclose(y.std(axis=(1, 2)), X.std(axis=(1, 2)) * [[0.5], [2.0]])
    assert check_gradients(contrast, X, factor=[0.5, 2.0], value_range=(-0.7, 1.1)) < 1e-6
    assert contrast(X, factor=[1.0, 9.0], value_range=(-0.7, 1.1)).max() == 1.1


def test_float32_stays_float32():
    x = X.astype(np.float32)
    for op, options in (
        (affine2d, {"matrix": MATRIX, "fill_mode": "constant"}),
        (flip2d, {"rows": [True] * 2, "columns": [True] * 2}),
        (contrast, {"factor": [0.5, 2]}),
    ):
        y, back = op.__wrapped__(x, **options)
        assert (y.dtype, back(y).dtype) == (np.float32, np.float32)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: affine2d(X[0], matrix=STAY), r"add the batch axis: x\[None\]"),
        (lambda: affine2d(X, matrix=STAY[:1]), r"a matrix \(2, 2, 3\), one per image. Received \(1, 2, 3\)"),
        (lambda: affine2d(X, matrix=STAY, fill_mode="reflet"), r"Did you mean 'reflect'\?"),
        (lambda: affine2d(X, matrix=STAY, interpolation="cubic"), r"interpolation is one of"),
        (lambda: flip2d(X, rows=[True], columns=[True]), r"a flag per image, \(2,\)"),
        (lambda: contrast(X, factor=[1.0]), r"a factor per image, \(2,\)"),
    ],
)
def test_errors_say_what_came_and_what_to_type(call, message):
    with pytest.raises(ValueError, match=message):
        call()
