"""Other sizes: against the definition, with gradients and errors."""

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.resize import upsample1d, upsample2d, zero_pad

rng = np.random.default_rng(0)
X = rng.normal(size=(2, 3, 4, 5))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
@pytest.mark.parametrize("size", [1, 2, (3, 2)])
def test_gradients(interpolation, size):
    assert check_gradients(upsample2d, X, size=size, interpolation=interpolation) < 1e-6


def test_nearest_repeats_pixels():
    y = upsample2d(X, size=(2, 3))
    assert y.shape == (2, 6, 12, 5)
    np.testing.assert_array_equal(y[:, 1::2, 2::3], X)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_bilinear_lays_straight_lines_between_the_centres_of_pixels(size):
    y = upsample2d(X, size=size, interpolation="bilinear")
    rows, columns = ((np.arange(n * size) + 0.5) / size - 0.5 for n in X.shape[1:3])
    for h, row in enumerate(rows):
        for n, c in ((0, 0), (1, 4)):
            along = np.array([np.interp(row, np.arange(3), X[n, :, j, c]) for j in range(4)])
            np.testing.assert_allclose(y[n, h, :, c], np.interp(columns, np.arange(4), along), rtol=1e-12)


def test_a_single_pixel_has_nothing_to_lie_between():
    y = upsample2d(np.full((1, 1, 1, 1), 7.0), size=3, interpolation="bilinear")
    np.testing.assert_allclose(y, np.full((1, 3, 3, 1), 7.0))


def test_along_time():
    x = rng.normal(size=(2, 3, 4))
    np.testing.assert_array_equal(upsample1d(x, size=3), x.repeat(3, axis=1))
    assert check_gradients(upsample1d, x, size=3) < 1e-6


def test_zeros_around():
    y = zero_pad(X, padding=((1, 0), (2, 3)))
    assert y.shape == (2, 4, 9, 5)
    np.testing.assert_array_equal(y[:, 1:, 2:-3], X)
    assert np.abs(y).sum() == np.abs(X).sum()
    assert check_gradients(zero_pad, X, padding=((1, 0), (2, 3))) < 1e-6


def test_float32_stays_float32():
    around = {"padding": [(1, 1)] * 2}
    for op, options in ((upsample2d, {"interpolation": "bilinear"}), (upsample2d, {}), (zero_pad, around)):
        y, back = op.__wrapped__(X.astype(np.float32), **options)
        assert (y.dtype, back(y).dtype) == (np.float32, np.float32)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: upsample2d(X[0]), r"upsample2d: expected x \(N, H, W, C\)"),
        (lambda: upsample2d(X, size=0), r"size: expected a whole number >= 1"),
        (lambda: upsample2d(X, interpolation="biliner"), r"Did you mean 'bilinear'\?"),
        (lambda: upsample1d(X), r"upsample1d: expected x \(N, T, C\)"),
        (lambda: zero_pad(X, padding=((1, 1),)), r"2 for x of shape \(2, 3, 4, 5\). Received: \(\(1, 1\),\)"),
        (lambda: zero_pad(X, padding=((1, 1), (0, -1))), r"whole numbers >= 0"),
        (lambda: zero_pad(X, padding=1), r"Received: 1"),
    ],
)
def test_errors_say_what_came_and_what_to_type(call, message):
    with pytest.raises(ValueError, match=message):
        call()
