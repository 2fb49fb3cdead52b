import numpy as np
import pytest

from edunet.layers import BatchNormalization, GroupNormalization, LayerNormalization
from edunet.tensor import Tensor

X = np.random.default_rng(0).normal(3, 2, size=(6, 5, 4)).astype(np.float32)
MEAN, VARIANCE = X.mean(axis=(0, 1)), X.var(axis=(0, 1))


def test_batches_are_normalised_while_learning():
    y = BatchNormalization()(X, training=True)
    np.testing.assert_allclose(y, (X - MEAN) / np.sqrt(VARIANCE + 1e-3), atol=1e-5)


def test_a_new_layer_changes_nothing_afterwards():
    np.testing.assert_allclose(BatchNormalization()(X), X / np.sqrt(1 + 1e-3), atol=1e-6)


def test_moving_values_take_one_step():
    layer = BatchNormalization(momentum=0.9)
    layer(X, training=True)
    np.testing.assert_allclose(layer.moving_mean.data, 0.1 * MEAN, atol=1e-6)
    np.testing.assert_allclose(layer.moving_variance.data, 0.9 + 0.1 * VARIANCE, atol=1e-6)


def test_the_default_momentum_is_that_of_keras():
    layer = BatchNormalization()
    layer(X, training=True)
    np.testing.assert_allclose(layer.moving_mean.data, 0.01 * MEAN, atol=1e-6)


def test_moving_values_are_used_afterwards():
    layer = BatchNormalization(momentum=0.0)
    layer(X, training=True)
    np.testing.assert_allclose(layer(X), (X - MEAN) / np.sqrt(VARIANCE + 1e-3), atol=1e-5)


def test_prediction_leaves_the_moving_values_alone():
    layer = BatchNormalization()
    layer(X)
    np.testing.assert_array_equal(layer.moving_mean.data, 0)


def test_a_frozen_layer_uses_and_keeps_its_moving_values():
    layer = BatchNormalization(trainable=False)
    np.testing.assert_array_equal(layer(X, training=True), layer(X))
    np.testing.assert_array_equal(layer.moving_mean.data, 0)


def test_weights_of_batch_normalization():
    layer = BatchNormalization()
    layer(X)
    assert [(w.name, w.shape) for w in layer.weights] == [
        ("gamma", (4,)),
        ("beta", (4,)),
        ("moving_mean", (4,)),
        ("moving_variance", (4,)),
    ]


def test_the_moving_values_are_not_learnt():
    layer = BatchNormalization()
    layer(X)
    assert [w.name for w in layer.trainable_weights] == ["gamma", "beta"]


def test_scale_and_shift():
    layer = BatchNormalization()
    layer(X)
    layer.set_weights([np.full(4, 2.0), np.full(4, 5.0), MEAN, VARIANCE])
    np.testing.assert_allclose(layer(X), 5 + 2 * (X - MEAN) / np.sqrt(VARIANCE + 1e-3), atol=1e-5)


def test_layer_normalization():
    mean, variance = X.mean(axis=-1, keepdims=True), X.var(axis=-1, keepdims=True)
    np.testing.assert_allclose(LayerNormalization()(X), (X - mean) / np.sqrt(variance + 1e-3), atol=1e-5)


def test_layer_normalization_does_not_know_the_batch():
    layer = LayerNormalization()
    np.testing.assert_array_equal(layer(X, training=True)[:1].numpy(), layer(X[:1]).numpy())


def test_weights_of_layer_normalization():
    layer = LayerNormalization()
    layer(X)
    assert [(w.name, w.shape, w.data[0]) for w in layer.weights] == [("gamma", (4,), 1), ("beta", (4,), 0)]


def masked(x, mask):
    x = Tensor(x)
    x.mask = mask
    return x


def test_padded_steps_do_not_count_in_the_batch():
    mask = np.arange(5) < np.array([5, 3, 1, 2, 4, 0])[:, None]
    padded, alone = BatchNormalization(momentum=0.5), BatchNormalization(momentum=0.5)
    y = padded(masked(np.where(mask[..., None], X, 99), mask), training=True)
    expected = alone(X[mask], training=True)
    np.testing.assert_allclose(y.numpy()[mask], expected, atol=1e-5)
    np.testing.assert_array_equal(y.mask, mask)
    for a, b in zip(padded.get_weights(), alone.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization, GroupNormalization])
@pytest.mark.parametrize(("options", "names"), [({"center": False}, ["gamma"]), ({"scale": False}, ["beta"])])
def test_without_scale_or_shift(kind, options, names):
    layer = kind(**options, **({"groups": 2} if kind is GroupNormalization else {}))
    plain = kind(**({"groups": 2} if kind is GroupNormalization else {}))
    np.testing.assert_allclose(layer(X, training=True), plain(X, training=True), atol=1e-6)
    assert [w.name for w in layer.trainable_weights] == names


@pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization, GroupNormalization])
def test_channels_on_another_axis(kind):
    options = {"groups": 2} if kind is GroupNormalization else {}
    turned, plain = kind(axis=1, **options), kind(**options)
    np.testing.assert_allclose(turned(X.swapaxes(1, 2), training=True).numpy().swapaxes(1, 2), plain(X, training=True))
    assert turned.weights[0].shape == (4,)


def test_groups_of_channels():
    parts = X.reshape(6, 5, 2, 2)
    mean, variance = (f(parts, axis=(1, 3), keepdims=True) for f in (np.mean, np.var))
    expected = ((parts - mean) / np.sqrt(variance + 1e-3)).reshape(X.shape)
    np.testing.assert_allclose(GroupNormalization(groups=2)(X), expected, atol=1e-5)
    every = GroupNormalization(groups=-1)
    np.testing.assert_allclose(every(X), GroupNormalization(groups=4)(X))
    assert every.get_config()["groups"] == -1


def test_regularizers_and_constraints_reach_the_weights():
    layer = LayerNormalization(gamma_regularizer="l2", beta_constraint="non_neg")
    layer(X)
    assert len(layer.losses) == 1
    assert [w.name for w, _ in layer.constrained_weights] == ["beta"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GroupNormalization(groups=0), "groups is a whole number >= 1, or -1. Received: 0"),
        (lambda: GroupNormalization(groups=3)(X), "4 channels are no multiple of the 3 groups"),
        (lambda: GroupNormalization(groups=2)(masked(X, X[..., 0] > 0)), "cannot honour the mask"),
        (lambda: LayerNormalization(axis=(1, 2)), r"axis is one whole number.*Received: \(1, 2\)"),
        (lambda: LayerNormalization(axis=3)(X), "but not the batch"),
        (lambda: BatchNormalization(momentum=2), "momentum is a share from 0 to 1. Received: 2"),
        (lambda: BatchNormalization()(masked(X, np.zeros((6, 5), bool)), training=True), "hides every step"),
    ],
)
def test_errors_say_what_was_expected(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization])
def test_epsilon_is_positive(kind):
    with pytest.raises(ValueError, match="epsilon keeps the division away from 0"):
        kind(epsilon=0)(X)


@pytest.mark.parametrize("kind", [BatchNormalization, LayerNormalization])
def test_another_number_of_channels_is_refused(kind):
    layer = kind()
    layer(X)
    with pytest.raises(ValueError, match="x has 3 channels"):
        layer(X[..., :3])
