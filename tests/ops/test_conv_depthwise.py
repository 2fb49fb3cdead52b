"""Depthwise convolution: every backend against the definition written as loops, gradients, errors."""

import itertools

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.conv import conv2d
from edunet.ops.conv_depthwise import depthwise_conv2d

rng = np.random.default_rng(0)
GEOMETRIES = list(itertools.product(["valid", "same"], [1, 2, (3, 1)], [1, 2, (1, 3)]))


def definition(x, w, b, stride, dilation, padding):
    """y[n,i,j,c·M+m] = b[c·M+m] + Σ_uv x[n, i·s+u·d−p, j·s+v·d−p, c]·w[u,v,c,m], number by number."""
    (N, H, W, _), (U, V) = x.shape, w.shape[:2]
    s, d = np.broadcast_to(stride, 2), np.broadcast_to(dilation, 2)
    size, p = [], []
    for n, u, step, apart in zip((H, W), (U, V), s, d, strict=True):
        reach = (u - 1) * apart + 1
        m = -(-n // step) if padding == "same" else (n - reach) // step + 1
        size.append(m)
        p.append(max((m - 1) * step + reach - n, 0) // 2 if padding == "same" else 0)
    y = np.zeros((N, *size, *w.shape[2:]))
    for i, j, u, v in itertools.product(range(size[0]), range(size[1]), range(U), range(V)):
        h, k = i * s[0] + u * d[0] - p[0], j * s[1] + v * d[1] - p[1]
        if 0 <= h < H and 0 <= k < W:
            y[:, i, j] += x[:, h, k, :, None] * w[u, v]
    return y.reshape(N, *size, -1) + b


@pytest.mark.parametrize("multiplier", [1, 2])
@pytest.mark.parametrize(("padding", "stride", "dilation"), GEOMETRIES)
def test_equals_the_definition(backend, padding, stride, dilation, multiplier):
    x, w, b = rng.normal(size=(2, 7, 8, 3)), rng.normal(size=(3, 2, 3, multiplier)), rng.normal(size=3 * multiplier)
    geometry = {"stride": stride, "dilation": dilation, "padding": padding}
    y = depthwise_conv2d(x, w, b, **geometry)
    np.testing.assert_allclose(y, definition(x, w, b, **geometry), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("multiplier", [1, 2])
@pytest.mark.parametrize(("padding", "stride", "dilation"), GEOMETRIES)
def test_gradients(backend, padding, stride, dilation, multiplier):
    x, w, b = rng.normal(size=(2, 7, 8, 3)), rng.normal(size=(3, 2, 3, multiplier)), rng.normal(size=3 * multiplier)
    geometry = {"stride": stride, "dilation": dilation, "padding": padding}
    assert check_gradients(depthwise_conv2d, x, w, b, **geometry) < 1e-6


def test_is_a_convolution_whose_filters_see_one_channel_each(backend):
    x, w = rng.normal(size=(2, 6, 6, 3)), rng.normal(size=(3, 3, 3, 2))
    full = np.zeros((3, 3, 3, 6))
    for c, m in itertools.product(range(3), range(2)):
        full[:, :, c, 2 * c + m] = w[:, :, c, m]
    np.testing.assert_allclose(depthwise_conv2d(x, w), conv2d(x, full), rtol=1e-12, atol=1e-12)


def test_float32_stays_float32_and_is_close(backend):
    x, w, b = (rng.normal(size=s) for s in ((2, 6, 6, 3), (3, 3, 3, 2), (6,)))
    y, back = depthwise_conv2d.__wrapped__(*(a.astype(np.float32) for a in (x, w, b)))
    assert y.dtype == np.float32
    assert [g.dtype for g in back(y)] == [np.float32] * 3
    np.testing.assert_allclose(y, depthwise_conv2d(x, w, b), rtol=1e-4, atol=1e-4)


X, W = np.zeros((2, 8, 8, 3)), np.zeros((3, 3, 3, 4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: depthwise_conv2d(X, W[:, :, :2]), r"depthwise_conv2d: x has 3 channels, the filters expect 2"),
        (lambda: depthwise_conv2d(X, W, np.zeros(4)), r"b \(C·M,\) = \(12,\) for w .*Received b \(4,\)"),
        (lambda: depthwise_conv2d(X[0], W), r"depthwise_conv2d: expected x \(N, H, W, C\), 4 axes"),
        (lambda: depthwise_conv2d(X[:, :2], W), r"depthwise_conv2d: a window that reaches over 3 pixels"),
    ],
)
def test_errors_say_what_came_and_what_to_type(call, message):
    with pytest.raises(ValueError, match=message):
        call()
