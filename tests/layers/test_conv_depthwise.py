import numpy as np
import pytest

from edunet import ops
from edunet.layers import DepthwiseConv2D, SeparableConv2D

X = np.random.default_rng(0).normal(size=(2, 9, 8, 3)).astype(np.float32)


def test_each_channel_has_its_own_filters():
    layer = DepthwiseConv2D(3, depth_multiplier=2, strides=2, padding="same", activation="relu")
    y = layer(X)
    expected = ops.relu(ops.depthwise_conv2d(X, layer.kernel, layer.bias, stride=2, padding="same"))
    np.testing.assert_allclose(y, expected, atol=1e-6)
    assert [(w.name, w.shape) for w in layer.weights] == [("kernel", (3, 3, 3, 2)), ("bias", (6,))]


def test_separable_is_depthwise_then_1x1():
    layer = SeparableConv2D(5, (3, 2), depth_multiplier=2)
    y = layer(X)
    shapes = [("depthwise_kernel", (3, 2, 3, 2)), ("pointwise_kernel", (1, 1, 6, 5)), ("bias", (5,))]
    assert [(w.name, w.shape) for w in layer.weights] == shapes
    each = DepthwiseConv2D((3, 2), depth_multiplier=2, use_bias=False)
    each(X)
    each.set_weights([layer.depthwise_kernel.data])
    np.testing.assert_allclose(y, each(X).numpy() @ layer.pointwise_kernel.data[0, 0] + layer.bias.data, atol=1e-5)


def test_regularizers_and_constraints_reach_their_weights():
    layer = SeparableConv2D(
        4, 3, depthwise_regularizer="l2", pointwise_regularizer="l1", pointwise_constraint="non_neg"
    )
    layer(X)
    assert len(layer.losses) == 2
    assert [w.name for w, _ in layer.constrained_weights] == ["pointwise_kernel"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DepthwiseConv2D(3, depth_multiplier=0), "DepthwiseConv2D: depth_multiplier is a whole number >= 1"),
        (lambda: DepthwiseConv2D(3, padding="causal"), "DepthwiseConv2D: padding is one of .*'causal'"),
        (lambda: DepthwiseConv2D(3)(X[0]), r"expected input \(N, H, W, C\).*x\[None\]"),
        (lambda: SeparableConv2D(0, 3), "SeparableConv2D: filters is a whole number >= 1"),
        (lambda: SeparableConv2D(4, 3, data_format="channels_first"), "data_format is 'channels_last'"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()
