"""Pooling against the definition, with gradients, ties and borders."""

import itertools

import numpy as np
import pytest

from edunet import Tensor
from edunet.gradcheck import check_gradients
from edunet.ops import pool
from edunet.ops.conv import placement

rng = np.random.default_rng(0)
GEOMETRIES = list(itertools.product(["valid", "same"], [2, 3, (2, 3)], [None, 1, (3, 2)]))


def definition(x, best, window, stride, padding):
    """`best` (max or mean) over the pixels of the image under each window, number by number."""
    (N, H, W, C), (U, V) = x.shape, np.broadcast_to(window, 2)
    s = (U, V) if stride is None else np.broadcast_to(stride, 2)
    if padding == "same":
        size = [-(-n // k) for n, k in zip((H, W), s, strict=True)]
        p = [max((m - 1) * k + u - n, 0) // 2 for m, k, u, n in zip(size, s, (U, V), (H, W), strict=True)]
    else:
        size, p = [(n - u) // k + 1 for n, u, k in zip((H, W), (U, V), s, strict=True)], (0, 0)
    y = np.empty((N, *size, C))
    for i, j in itertools.product(*map(range, size)):
        top, left = i * s[0] - p[0], j * s[1] - p[1]
        y[:, i, j] = best(x[:, max(top, 0) : top + U, max(left, 0) : left + V], axis=(1, 2))
    return y


@pytest.mark.parametrize(("padding", "window", "stride"), GEOMETRIES)
@pytest.mark.parametrize(("op", "best"), [(pool.max_pool2d, np.max), (pool.avg_pool2d, np.mean)])
def test_equals_the_definition(backend, op, best, padding, window, stride):
    x = rng.normal(size=(2, 7, 8, 3))
    y = op(x, window=window, stride=stride, padding=padding)
    np.testing.assert_allclose(y, definition(x, best, window, stride, padding), rtol=1e-12)
    assert check_gradients(op, x, window=window, stride=stride, padding=padding) < 1e-6


@pytest.mark.parametrize("op", [pool.max_pool1d, pool.avg_pool1d])
def test_one_axis_of_time(op):
    x = rng.normal(size=(2, 7, 3))
    expected = {pool.max_pool1d: np.max, pool.avg_pool1d: np.mean}[op]
    np.testing.assert_allclose(op(x, window=3), np.stack([expected(x[:, t : t + 3], axis=1) for t in (0, 3)], axis=1))
    assert check_gradients(op, x, window=3, stride=2, padding="same") < 1e-6


@pytest.mark.parametrize("op", [pool.max_pool2d, pool.avg_pool2d])
def test_padding_as_wide_as_one_says(backend, op):
    x = rng.normal(size=(2, 4, 5, 3))
    options = {"window": (3, 2), "stride": (2, 1), "padding": ((1, 2), (0, 1))}
    best, outside = {pool.max_pool2d: (np.max, -np.inf), pool.avg_pool2d: (np.nanmean, np.nan)}[op]
    framed = np.pad(x, ((0, 0), (1, 2), (0, 1), (0, 0)), constant_values=outside)
    np.testing.assert_allclose(op(x, **options), definition(framed, best, (3, 2), (2, 1), "valid"), rtol=1e-12)
    assert check_gradients(op, x, **options) < 1e-6


def test_zeros_that_count(backend):
    x = rng.normal(size=(2, 4, 5, 3))
    options = {"window": 3, "stride": 2, "padding": ((1, 1), (0, 2)), "count_padding": True}
    expected = pool.avg_pool2d(np.pad(x, ((0, 0), (1, 1), (0, 2), (0, 0))), window=3, stride=2)
    np.testing.assert_allclose(pool.avg_pool2d(x, **options), expected, rtol=1e-12)
    assert check_gradients(pool.avg_pool2d, x, **options) < 1e-6
    signal = pool.avg_pool1d(np.ones((1, 3, 1)), window=2, stride=1, padding=(1, 0), count_padding=True)
    np.testing.assert_array_equal(signal.ravel(), [0.5, 1, 1])


X = np.zeros((1, 4, 4, 1))


def test_first_pixel_of_a_tie_gets_the_gradient():
    y, back = pool.max_pool2d.__wrapped__(np.ones((1, 2, 2, 1)))
    np.testing.assert_array_equal(back(np.full_like(y, 5.0))[0, :, :, 0], [[5, 0], [0, 0]])


def test_negative_images_are_not_lifted_to_zero_at_the_border():
    assert pool.max_pool2d(np.full((1, 3, 3, 1), -2.0), window=2, padding="same").max() == -2


def test_a_broken_number_stays_visible():
    x = np.zeros((1, 2, 2, 1))
    x[0, 0, 1] = np.nan
    assert np.isnan(pool.max_pool2d(x)).all()


def test_a_window_far_beyond_the_image_sees_the_image_only(backend):
    x = np.arange(12.0).reshape(1, 3, 4, 1)
    assert pool.avg_pool2d(x, window=40000, padding="same")[0, 0, 0, 0] == x.mean()
    assert pool.max_pool2d(x, window=40000, padding="same")[0, 0, 0, 0] == 11


def test_float32_stays_float32():
    for op in (pool.max_pool2d, pool.avg_pool2d):
        y, back = op.__wrapped__(np.ones((1, 4, 4, 1), np.float32))
        assert (y.dtype, back(y).dtype) == (np.float32, np.float32)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pool.max_pool2d(np.zeros((4, 4))), r"max_pool2d: expected x \(N, H, W, C\)"),
        (lambda: pool.avg_pool2d(np.zeros((1, 1, 4, 1))), r"does not fit into 1"),
        (lambda: pool.max_pool2d(np.zeros((1, 4, 4, 1)), window=0), r"window: expected a whole number >= 1"),
        (lambda: pool.max_pool2d(np.zeros((1, 4, 4, 1)), window=2**16, padding="same"), r"fewer than 2\*\*31 pixels"),
        (lambda: pool.max_pool1d(np.zeros((1, 4, 4, 1))), r"max_pool1d: expected x \(N, T, C\)"),
        (lambda: pool.max_pool2d(X, window=2, padding=((2, 0), (0, 0))), r"see no pixel.*\(\(2, 0\), \(0, 0\)\)"),
        (lambda: pool.avg_pool2d(X, padding="same", count_padding=True), r"zeros that were asked for.*'same'"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("padding", ["valid", "same", ((1, 0), (1, 1))])
def test_a_window_with_gaps(padding):
    x = np.random.default_rng(0).normal(size=(2, 9, 8, 3))
    how = {"window": (3, 2), "stride": (2, 1), "dilation": (2, 3), "padding": padding}
    y = pool.max_pool2d(x, **how)
    (top, left), size = placement("max_pool2d", x.shape[1:3], (3, 2), (2, 1), (2, 3), padding)
    for i, j in np.ndindex(*size):
        places = [(i * 2 + u * 2 - top, j + v * 3 - left) for u in range(3) for v in range(2)]
        inside = [x[:, h, k] for h, k in places if 0 <= h < 9 and 0 <= k < 8]
        np.testing.assert_array_equal(y[:, i, j], np.max(inside, axis=0))
    check_gradients(pool.max_pool2d, x, **how)


def test_a_signal_with_gaps_ties_and_a_broken_number():
    x = np.array([3.0, 1.0, 3.0, np.nan, 2.0]).reshape(1, 5, 1)
    np.testing.assert_array_equal(pool.max_pool1d(x, window=2, stride=1, dilation=2).ravel(), [3, np.nan, 3])
    t = Tensor(np.array([3.0, 1.0, 3.0]).reshape(1, 3, 1))
    pool.max_pool1d(t, window=2, dilation=2).sum().backward()
    np.testing.assert_array_equal(t.grad.ravel(), [1, 0, 0])
