"""Convolution: every backend against the definition written as loops, gradients, geometry, errors."""

import itertools

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.activations import relu
from edunet.ops.conv import conv1d, conv2d
from edunet.ops.conv_depthwise import depthwise_conv2d
from edunet.tensor import Tensor

rng = np.random.default_rng(0)
GEOMETRIES = list(itertools.product(["valid", "same"], [1, 2, (3, 1)], [1, 2, (1, 3)]))


def definition(x, w, b, stride, dilation, padding):
    """y[n,i,j,f] = b[f] + Σ_uvc x[n, i·s+u·d−p, j·s+v·d−p, c]·w[u,v,c,f], number by number."""
    (N, H, W, _), (U, V, _, F) = x.shape, w.shape
    s, d = np.broadcast_to(stride, 2), np.broadcast_to(dilation, 2)
    reach = ((U - 1) * d[0] + 1, (V - 1) * d[1] + 1)
    if padding == "same":
        I, J = -(-H // s[0]), -(-W // s[1])
        p = [max((m - 1) * s[k] + reach[k] - n, 0) // 2 for k, (m, n) in enumerate(((I, H), (J, W)))]
    else:
        I, J, p = (H - reach[0]) // s[0] + 1, (W - reach[1]) // s[1] + 1, (0, 0)
    y = np.zeros((N, I, J, F))
    for n, i, j, f, u, v in itertools.product(range(N), range(I), range(J), range(F), range(U), range(V)):
        h, k = i * s[0] + u * d[0] - p[0], j * s[1] + v * d[1] - p[1]
        if 0 <= h < H and 0 <= k < W:
            y[n, i, j, f] += x[n, h, k] @ w[u, v, :, f]
    return y + b


@pytest.mark.parametrize(("padding", "stride", "dilation"), GEOMETRIES)
def test_equals_the_definition(backend, padding, stride, dilation):
    x, w, b = rng.normal(size=(2, 7, 8, 3)), rng.normal(size=(3, 2, 3, 4)), rng.normal(size=4)
    y = conv2d(x, w, b, stride=stride, dilation=dilation, padding=padding)
    np.testing.assert_allclose(y, definition(x, w, b, stride, dilation, padding), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("padding", "stride", "dilation"), GEOMETRIES)
def test_gradients(backend, padding, stride, dilation):
    x, w, b = rng.normal(size=(2, 7, 8, 3)), rng.normal(size=(3, 2, 3, 4)), rng.normal(size=4)
    assert check_gradients(conv2d, x, w, b, stride=stride, dilation=dilation, padding=padding) < 1e-6


@pytest.mark.parametrize("size", [(1, 1), (5, 5), (7, 8), (1, 4)])
@pytest.mark.parametrize("channels", [(1, 1), (1, 5), (4, 1)])
def test_any_filter_size_and_channel_count(backend, size, channels):
    x, w = rng.normal(size=(1, 7, 8, channels[0])), rng.normal(size=(*size, *channels))
    y = conv2d(x, w)
    np.testing.assert_allclose(y, definition(x, w, 0, 1, 1, "valid"), rtol=1e-12, atol=1e-12)
    assert check_gradients(conv2d, x, w) < 1e-6


def test_filter_larger_than_the_image_with_same_padding(backend):
    x, w = rng.normal(size=(1, 3, 3, 2)), rng.normal(size=(9, 9, 2, 2))
    np.testing.assert_allclose(conv2d(x, w, padding="same"), definition(x, w, 0, 1, 1, "same"), rtol=1e-12, atol=1e-12)
    assert check_gradients(conv2d, x, w, padding="same") < 1e-6


def test_float32_stays_float32_and_is_close(backend):
    x, w, b = (rng.normal(size=s) for s in ((2, 6, 6, 3), (3, 3, 3, 4), (4,)))
    y, back = conv2d.__wrapped__(*(a.astype(np.float32) for a in (x, w, b)))
    assert y.dtype == np.float32
    assert [g.dtype for g in back(y)] == [np.float32] * 3
    np.testing.assert_allclose(y, conv2d(x, w, b), rtol=1e-4, atol=1e-4)


def test_moving_the_image_moves_the_answer(backend):
    x, w = rng.normal(size=(1, 8, 8, 1)), rng.normal(size=(3, 3, 1, 2))
    moved = conv2d(np.roll(x, 1, axis=2), w)
    np.testing.assert_allclose(moved[:, :, 1:], conv2d(x, w)[:, :, :-1], rtol=1e-12)


def test_backward_is_the_adjoint_of_forward(backend):
    x, w = rng.normal(size=(2, 6, 7, 3)), rng.normal(size=(3, 3, 3, 4))
    y, back = conv2d.__wrapped__(x, w, stride=2, padding="same")
    dy = rng.normal(size=y.shape)
    dx = back(dy)[0]
    np.testing.assert_allclose(np.sum(y * dy), np.sum(x * dx), rtol=1e-10)


def test_batches_are_computed_each_for_itself(backend):
    x, w = rng.normal(size=(3, 5, 5, 2)), rng.normal(size=(2, 2, 2, 3))
    np.testing.assert_allclose(conv2d(x, w)[1:2], conv2d(x[1:2], w), rtol=1e-12)


@pytest.mark.parametrize("op", [conv2d, depthwise_conv2d])
@pytest.mark.parametrize("around", [((1, 0), (2, 3)), ((0, 4), (0, 0))])
def test_zeros_as_many_as_one_says(backend, op, around):
    x, w = rng.normal(size=(2, 5, 6, 3)), rng.normal(size=(3, 2, 3, 4))
    expected = op(np.pad(x, ((0, 0), *around, (0, 0))), w, stride=(2, 1), dilation=(1, 2))
    options = {"stride": (2, 1), "dilation": (1, 2), "padding": around}
    np.testing.assert_allclose(op(x, w, **options), expected, rtol=1e-12, atol=1e-12)
    assert check_gradients(op, x, w, **options) < 1e-6


def test_zeros_before_and_after_a_signal(backend):
    x, w = rng.normal(size=(2, 5, 3)), rng.normal(size=(3, 3, 2))
    expected = conv1d(np.pad(x, ((0, 0), (1, 4), (0, 0))), w)
    np.testing.assert_allclose(conv1d(x, w, padding=(1, 4)), expected, rtol=1e-12, atol=1e-12)


def test_a_gradient_of_filters_that_nobody_wants_is_not_computed(backend):
    x, w = rng.normal(size=(2, 5, 5, 2)), rng.normal(size=(3, 3, 2, 4))
    for op in (conv2d, depthwise_conv2d):
        y, back = op.__wrapped__(x, w)
        dx, dw, _ = back(y, wanted=(True, False, False))
        assert dw.size == 0
        np.testing.assert_allclose(dx, back(y)[0], rtol=1e-12)


def test_read_only_and_strided_inputs(backend):
    x, w = rng.normal(size=(1, 6, 12, 2)), rng.normal(size=(3, 3, 2, 2))
    x.setflags(write=False)
    np.testing.assert_allclose(conv2d(x[:, :, ::2], w), conv2d(x[:, :, ::2].copy(), w))


def test_conv1d_equals_the_definition_and_has_the_right_gradient(backend):
    x, w, b = rng.normal(size=(2, 9, 3)), rng.normal(size=(4, 3, 2)), rng.normal(size=2)
    expected = definition(x[:, None], w[None], b, (1, 2), (1, 1), "same")[:, 0]
    np.testing.assert_allclose(conv1d(x, w, b, stride=2, padding="same"), expected, rtol=1e-12)
    assert check_gradients(conv1d, x, w, b, stride=2, padding="same") < 1e-6


def test_causal_conv1d_never_sees_the_future(backend):
    x, w = rng.normal(size=(1, 10, 2)), rng.normal(size=(3, 2, 2))
    changed = x.copy()
    changed[:, 6:] += 1
    before, after = (conv1d(a, w, padding="causal", dilation=2) for a in (x, changed))
    assert before.shape == (1, 10, 2)
    np.testing.assert_array_equal(before[:, :6], after[:, :6])
    assert np.abs(before[:, 6:] - after[:, 6:]).min() > 0
    assert check_gradients(conv1d, x, w, padding="causal", dilation=2) < 1e-6


# ---------------------------------------------------------------- f(W * x + b) in one pass


@pytest.mark.parametrize(("padding", "stride", "dilation"), GEOMETRIES)
def test_relu_is_the_relu_of_the_convolution(backend, padding, stride, dilation):
    rng = np.random.default_rng(1)  # of its own: in threads the order of the draws is not known
    x, w, b = rng.normal(size=(2, 7, 8, 3)), rng.normal(size=(3, 2, 3, 4)), rng.normal(size=4)
    geometry = {"stride": stride, "dilation": dilation, "padding": padding}
    fused, plain = (list(map(Tensor, (x, w, b))) for _ in range(2))
    y, expected = conv2d(*fused, **geometry, relu=True), relu(conv2d(*plain, **geometry))
    np.testing.assert_allclose(y, expected, rtol=1e-12, atol=1e-12)
    assert 0 < np.mean(y.numpy() > 0) < 1  # both sides of the bend were met
    dy = rng.normal(size=y.shape)
    y.backward(dy)
    expected.backward(dy)
    for ours, theirs in zip(fused, plain, strict=True):
        np.testing.assert_allclose(ours.grad, theirs.grad, rtol=1e-10, atol=1e-12)


def test_gradients_with_relu_away_from_the_kink(backend):
    x, w, b = rng.normal(size=(1, 5, 5, 2)), rng.normal(size=(3, 3, 2, 4)), np.array([9.0, -9.0, 0.0, 0.0])
    w[..., :2] *= 0.1  # filter 0 is always positive, filter 1 never
    assert np.abs(conv2d(x, w, b)).min() > 1e-3
    assert check_gradients(conv2d, x, w, b, relu=True) < 1e-6


def test_relu_of_conv1d(backend):
    x, w = rng.normal(size=(2, 9, 3)), rng.normal(size=(4, 3, 2))
    y = conv1d(x, w, padding="causal", relu=True)
    np.testing.assert_allclose(y, relu(conv1d(x, w, padding="causal")), rtol=1e-12)


def test_relu_lets_a_broken_number_through(backend):
    x = np.full((1, 3, 3, 1), np.nan)
    assert np.isnan(conv2d(x, np.ones((2, 2, 1, 1)), relu=True)).all()


@pytest.mark.parametrize("op", [conv2d, depthwise_conv2d])
def test_an_empty_batch(backend, op):
    w, b = Tensor(np.ones((3, 3, 2, 1))), Tensor(np.ones(1 if op is conv2d else 2))
    y = op(Tensor(np.zeros((0, 5, 5, 2))), w, b)
    assert y.shape == (0, 3, 3, b.size)
    y.sum().backward()
    assert not w.grad.any()
    assert not b.grad.any()


@pytest.mark.parametrize("op", [conv2d, depthwise_conv2d])
@pytest.mark.parametrize("with_relu", [False, True])
def test_gradients_of_filters_do_not_depend_on_whether_that_of_the_image_is_wanted(backend, op, with_relu):
    x, w = rng.normal(size=(2, 5, 5, 2)), rng.normal(size=(3, 3, 2, 4))
    options = {"relu": True} if with_relu and op is conv2d else {}
    y, back = op.__wrapped__(x, w, **options)
    for with_dx, without in zip(back(y)[1:2], back(y, wanted=(False, True, True))[1:2], strict=True):
        np.testing.assert_allclose(without, with_dx, rtol=1e-12)


def test_gradient_reaches_what_is_a_tensor():
    w = Tensor(rng.normal(size=(3, 3, 1, 2)))
    conv2d(rng.normal(size=(1, 5, 5, 1)), w).sum().backward()
    assert w.grad.shape == w.shape


X, W = np.zeros((2, 8, 8, 3)), np.zeros((3, 3, 3, 4))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv2d(X[..., 0], W[:, :, :1]), r"Received x of shape \(2, 8, 8\). If these are grey.*x\[..., None\]"),
        (lambda: conv2d(X[0], W), r"If this is a single example, add the batch axis: x\[None\]"),
        (lambda: conv2d(X, W[:, :, :2]), r"x has 3 channels, the filters expect 2"),
        (lambda: conv2d(X.transpose(0, 3, 1, 2), W), r"channels seem to stand first: use x.transpose\(0, 2, 3, 1\)"),
        (lambda: conv2d(X, W[0]), r"expected filters with 4 axes"),
        (lambda: conv2d(X, W, np.zeros(3)), r"expected one bias per filter, b \(4,\). Received b \(3,\)"),
        (lambda: conv2d(X[..., :0], W[:, :, :0]), r"at least one pixel, one channel and one filter.*\(3, 3, 0, 4\)"),
        (lambda: conv2d(X, W[..., :0]), r"at least one pixel, one channel and one filter.*\(3, 3, 3, 0\)"),
        (lambda: conv2d(X, W[:0]), r"at least one pixel, one channel and one filter.*\(0, 3, 3, 4\)"),
        (lambda: conv2d(X, W, stride=0), r"stride: expected a whole number >= 1.*Received: 0"),
        (lambda: conv2d(X, W, stride=True), r"stride: expected a whole number >= 1.*Received: True"),
        (lambda: conv2d(X, W, stride=(1, 2, 3)), r"stride: .*a pair"),
        (lambda: conv2d(X, W, dilation=1.5), r"dilation: .*Received: 1.5"),
        (lambda: conv2d(X, W, padding="sane"), r"padding is 'valid' or 'same'.*Did you mean 'same'\?"),
        (lambda: conv2d(X, W, padding=1), r"\(\(top, bottom\), \(left, right\)\).*Received: 1"),
        (lambda: conv2d(X, W, padding=((1, 1), (0, -1))), r"whole numbers >= 0"),
        (lambda: conv1d(X[:, 0], W[0], padding=3), r"\(before, after\)"),
        (lambda: conv2d(X[:, :2], W), r"window that reaches over 3 pixels does not fit into 2.*padding='same'"),
        (lambda: conv1d(X[:, 0], W[0], padding="valid", dilation=9), r"reaches over 19 pixels does not fit into 8"),
        (lambda: conv1d(X, W), r"conv1d: expected x \(N, T, C\), 3 axes"),
    ],
)
def test_errors_say_what_came_and_what_to_type(call, message):
    with pytest.raises(ValueError, match=message):
        call()
