"""A worked output of a convolution: its numbers are those of the sum written out in float64."""

import numpy as np
import pytest

from edunet import layers
from edunet.show import working

RNG = np.random.default_rng(1)
IMAGE = RNG.normal(size=(2, 7, 8, 2)).astype(np.float32)
SIGNAL = RNG.normal(size=(2, 9, 2)).astype(np.float32)


def sum_written_out(x, w, b, n, i, j, f, stride, dilation, pad):
    """Return one output of conv2d, its term by term sum."""
    total = float(b[f])
    for u, v, c in np.ndindex(*w.shape[:3]):
        row, column = i * stride + u * dilation - pad[0], j * stride + v * dilation - pad[1]
        if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
            total += float(x[n, row, column, c]) * float(w[u, v, c, f])
    return total


def trained(layer, x):
    layer(x)
    layer.set_weights([RNG.normal(size=w.shape) for w in layer.weights])
    return layer


@pytest.mark.parametrize(
    ("options", "pad"),
    [
        ({}, (0, 0)),
        ({"padding": "same"}, (1, 1)),
        ({"strides": 2}, (0, 0)),
        ({"dilation_rate": 2}, (0, 0)),
        ({"padding": "same", "strides": 2}, (1, 0)),
    ],
)
def test_conv2d(options, pad, agree):
    layer = trained(layers.Conv2D(3, 3, **options), IMAGE)
    w, b = layer.get_weights()
    for at in ((0, 0, 0, 1), (1, 2, 1, 2)):
        place = (options.get("strides", 1), options.get("dilation_rate", 1), pad)
        agree(working(layer, IMAGE, at=at), y=sum_written_out(IMAGE, w, b, *at, *place), db=1.0)


def test_relu_and_the_gradient_of_the_filter(agree, table):
    layer = trained(layers.Conv2D(3, (2, 3), activation="relu"), IMAGE)
    layer.bias.data[:] = 50  # the sum is positive
    w, _ = layer.get_weights()
    window = IMAGE[1, 2:4, 3:6]
    page = working(layer, IMAGE, at=(1, 2, 3, 0), dy=0.5)
    agree(page, dw=0.5 * window.ravel()[np.argmax(np.abs(window))])
    agree(page, dx=0.5 * w[..., 0].ravel()[np.argmax(np.abs(w[..., 0]))])
    grid = np.array(table(page, "window, channel 1 filter 0, channel 1 products"))
    expected = np.concatenate([window[..., 1], w[..., 1, 0], window[..., 1] * w[..., 1, 0]], axis=1)
    np.testing.assert_allclose(grid, expected, rtol=6e-4)


def test_channels_are_added_up(table):
    layer = trained(layers.Conv2D(1, 2), IMAGE)
    w, b = layer.get_weights()
    products = IMAGE[0, :2, :2] * w[..., 0]
    by_channel = products.sum(axis=(0, 1))
    rows = table(working(layer, IMAGE, at=(0, 0, 0, 0)), "channel c sum of the products")
    expected = [*by_channel, by_channel.sum(), b[0], by_channel.sum() + b[0]]
    np.testing.assert_allclose([row[-1] for row in rows], expected, rtol=1e-3)


def test_many_channels_are_not_all_printed_and_the_page_says_so():
    page = working(layers.Conv2D(1, 3), RNG.normal(size=(1, 4, 4, 64)))
    assert "Windows are printed for channels 0, 1, 63 of 64 only." in page.text
    assert "… 56 more rows, not printed; their sum" in page.text


def test_a_large_window_is_cut_and_says_so():
    page = working(layers.Conv2D(1, 9), RNG.normal(size=(1, 9, 9, 1)))
    assert "window, channel 0, 9 × 9, not all printed" in page.text
    assert "The 81 products" in page.text


def test_padding_stands_in_brackets():
    page = working(layers.Conv2D(1, 3, padding="same"), IMAGE, at=(0, 0, 0, 0))
    assert "rows -1 to 1 and columns -1 to 1 of image 0. Places in brackets" in " ".join(page.text.split())
    assert page.text.count("(0)") >= 5


def test_without_bias():
    assert "b[" not in working(layers.Conv2D(1, 2, use_bias=False), IMAGE).text


def test_softmax_over_the_filters(agree):
    layer = trained(layers.Conv2D(3, 2, activation="softmax"), IMAGE)
    w, b = layer.get_weights()
    z = np.array([sum_written_out(IMAGE, w, b, 0, 1, 1, f, 1, 1, (0, 0)) for f in range(3)])
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    agree(working(layer, IMAGE, at=(0, 1, 1, 2)), y=p[2], db=p[2] * (1 - p[2]))


@pytest.mark.parametrize(
    ("padding", "dilation", "pad"), [("valid", 1, 0), ("same", 1, 1), ("causal", 1, 2), ("causal", 2, 4)]
)
def test_conv1d(padding, dilation, pad, agree):
    layer = trained(layers.Conv1D(2, 3, padding=padding, dilation_rate=dilation, activation="tanh"), SIGNAL)
    w, b = layer.get_weights()
    for t in (0, 5):
        z = sum_written_out(SIGNAL[:, None], w[None], b, 1, 0, t, 1, 1, dilation, (0, pad))
        agree(working(layer, SIGNAL, at=(1, t, 1)), y=np.tanh(z), db=1 - np.tanh(z) ** 2)
