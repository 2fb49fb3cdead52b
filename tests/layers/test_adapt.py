import numpy as np
import pytest

from edunet.layers import Dense, Normalization
from edunet.models import Sequential

X = np.random.default_rng(0).normal([1, 200, -3], [1, 50, 0.1], size=(40, 3)).astype(np.float32)


def test_columns_come_to_mean_0_and_variance_1():
    layer = Normalization()
    layer.adapt(X)
    y = layer(X)
    np.testing.assert_allclose([y.mean(axis=0), y.std(axis=0)], [[0] * 3, [1] * 3], atol=1e-4)
    np.testing.assert_allclose(layer.mean.numpy(), X.mean(axis=0, keepdims=True), rtol=1e-5)
    assert [(w.name, w.shape) for w in layer.weights] == [("mean", (3,)), ("variance", (3,)), ("count", ())]
    assert layer.trainable_weights == []


def test_there_and_back():
    there, back = Normalization(mean=[1, 2, 3], variance=[4, 9, 16]), Normalization(-1, [1, 2, 3], [4, 9, 16], True)
    np.testing.assert_allclose(back(there(X)), X, rtol=1e-4)
    assert there.weights == []


@pytest.mark.parametrize(("axis", "shape"), [(None, ()), (-1, (3,)), (1, (4,)), ((1, 3), (4, 3))])
def test_the_axes_that_are_kept(axis, shape):
    images = np.random.default_rng(1).normal(5, 2, size=(6, 4, 5, 3)).astype(np.float32)
    layer = Normalization(axis=axis)
    layer.adapt(images)
    assert layer.weights[0].shape == shape
    kept = () if axis is None else {a % 4 for a in np.atleast_1d(axis)}
    over = tuple(i for i in range(4) if i not in kept)
    np.testing.assert_allclose(layer(images).mean(axis=over), np.zeros(shape), atol=1e-5)


def test_the_statistics_are_saved_with_the_model(tmp_path):
    model, other = (Sequential([Normalization(input_shape=(3,)), Dense(2)]) for _ in range(2))
    model.layers[0].adapt(X)
    other.set_weights(model.get_weights())
    np.testing.assert_allclose(other.predict(X), model.predict(X))


def test_a_constant_column_becomes_0():
    layer = Normalization()
    layer.adapt(np.ones((4, 1)))
    np.testing.assert_array_equal(layer(np.ones((4, 1))), 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normalization(axis=0), "not 0, the batch. Received: 0"),
        (lambda: Normalization(mean=1.0), "both or not at all"),
        (lambda: Normalization(mean=1.0, variance=-1.0), "a variance is never negative"),
        (lambda: Normalization().adapt(np.array([[1.0], [np.nan]])), "1 missing or infinite values"),
        (lambda: Normalization().adapt(np.zeros((0, 3))), "at least one row"),
        (lambda: Normalization(mean=1.0, variance=1.0).adapt(X), "nothing to adapt"),
        (lambda: Normalization(axis=2)(X), "axis 2 is to be one of the input's"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()
