"""Transposed convolution: the adjoint of convolution on every backend, gradients, sizes, errors."""

import itertools

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.conv import conv2d
from edunet.ops.conv_transpose import conv1d_transpose, conv2d_transpose
from edunet.tensor import Tensor

rng = np.random.default_rng(0)
OPTIONS = [
    {"stride": stride, "dilation": dilation, "padding": padding, "output_padding": more}
    for padding, stride, dilation, more in itertools.product(
        ["valid", "same", ((1, 0), (0, 2))], [1, (3, 2)], [1, (1, 2)], [None, 1]
    )
]


def definition(x, w, b, size, pad, stride, dilation):
    """y[n, i·s + u·d − p, j·s + v·d − p, f] += x[n,i,j,c] · w[u,v,f,c], number by number."""
    (N, I, J, _), (U, V, F, _) = x.shape, w.shape
    s, d = np.broadcast_to(stride, 2), np.broadcast_to(dilation, 2)
    y = np.zeros((N, *size, F))
    for i, j, u, v in itertools.product(range(I), range(J), range(U), range(V)):
        h, k = i * s[0] + u * d[0] - pad[0], j * s[1] + v * d[1] - pad[1]
        if 0 <= h < size[0] and 0 <= k < size[1]:
            y[:, h, k] += x[:, i, j] @ w[u, v].T
    return y + b


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_gradients(backend, options):
    x, w, b = rng.normal(size=(2, 4, 3, 3)), rng.normal(size=(4, 3, 2, 3)), rng.normal(size=2)
    assert check_gradients(conv2d_transpose, x, w, b, **options) < 1e-6


@pytest.mark.parametrize("stride", [1, 2, (3, 5)])
@pytest.mark.parametrize("dilation", [1, (2, 3)])
def test_equals_the_definition(backend, stride, dilation):
    x, w, b = rng.normal(size=(2, 4, 3, 3)), rng.normal(size=(3, 2, 2, 3)), rng.normal(size=2)
    y = conv2d_transpose(x, w, b, stride=stride, dilation=dilation)
    expected = definition(x, w, b, y.shape[1:3], (0, 0), stride, dilation)
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    cut = conv2d_transpose(x, w, b, stride=stride, dilation=dilation, padding=((1, 0), (1, 2)))
    reach = expected[:, 1:, 1:][:, : cut.shape[1], : cut.shape[2]]
    np.testing.assert_allclose(cut, reach, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_is_the_adjoint_of_the_convolution_that_leads_back(backend, padding, stride, size):
    x, w = rng.normal(size=(2, 4, 5, 3)), rng.normal(size=(size, size, 2, 3))
    y = conv2d_transpose(x, w, stride=stride, padding=padding)
    image = rng.normal(size=y.shape)
    back = conv2d(image, w, stride=stride, padding=padding)
    assert back.shape == x.shape
    np.testing.assert_allclose(np.sum(y * image), np.sum(x * back), rtol=1e-10)


def test_along_time(backend):
    x, w, b = rng.normal(size=(2, 5, 3)), rng.normal(size=(4, 2, 3)), rng.normal(size=2)
    expected = conv2d_transpose(x[:, None], w[None], b, stride=(1, 2), padding="same")[:, 0]
    np.testing.assert_allclose(conv1d_transpose(x, w, b, stride=2, padding="same"), expected)
    assert check_gradients(conv1d_transpose, x, w, b, stride=2, padding=(1, 0), output_padding=1) < 1e-6


def test_float32_stays_float32_and_is_close(backend):
    x, w, b = (rng.normal(size=s) for s in ((2, 4, 4, 3), (3, 3, 5, 3), (5,)))
    y, back = conv2d_transpose.__wrapped__(*(a.astype(np.float32) for a in (x, w, b)), stride=2)
    assert y.dtype == np.float32
    assert [g.dtype for g in back(y)] == [np.float32] * 3
    np.testing.assert_allclose(y, conv2d_transpose(x, w, b, stride=2), rtol=1e-4, atol=1e-4)


def test_an_empty_batch(backend):
    w = Tensor(np.ones((3, 3, 2, 1)))
    y = conv2d_transpose(Tensor(np.zeros((0, 5, 5, 1))), w, stride=2)
    assert y.shape == (0, 11, 11, 2)
    y.sum().backward()
    assert not w.grad.any()


X, W = np.zeros((2, 4, 5, 3)), np.zeros((3, 3, 2, 3))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv2d_transpose(X[0], W), r"expected x \(N, I, J, C\), 4 axes. Received x of shape \(4, 5, 3\)"),
        (lambda: conv2d_transpose(X, W[0]), r"expected filters \(size..., F, C\)"),
        (lambda: conv2d_transpose(X, W.swapaxes(2, 3)), r"expect 2, their last axis.*seem to be exchanged"),
        (lambda: conv2d_transpose(X, W, np.zeros(3)), r"b \(2,\). Received b \(3,\)"),
        (lambda: conv2d_transpose(X, W, padding="causal"), r"padding is 'valid' or 'same'. Received: 'causal'"),
        (lambda: conv2d_transpose(X, W, padding=((3, 3), (0, 0))), r"nothing is left .* Cut off less"),
        (lambda: conv2d_transpose(X, W, output_padding=-1), r"output_padding is None, a whole number >= 0 .*: -1"),
        (lambda: conv1d_transpose(X, W), r"conv1d_transpose: expected x \(N, I, C\)"),
    ],
)
def test_errors_say_what_came_and_what_to_type(call, message):
    with pytest.raises(ValueError, match=message):
        call()
