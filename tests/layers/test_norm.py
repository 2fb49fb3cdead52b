import numpy as np
import pytest

from edunet.layers import BatchNormalization, LayerNormalization

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
