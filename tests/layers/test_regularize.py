import numpy as np
import pytest

import edunet
from edunet.layers import Dropout, GaussianDropout, GaussianNoise, SpatialDropout1D, SpatialDropout2D

X = np.ones((200, 100), np.float32)


def test_prediction_leaves_everything():
    assert Dropout(0.5)(X) is X


def test_a_share_is_silenced_while_learning():
    silenced = (Dropout(0.3)(X, training=True) == 0).mean()
    assert abs(silenced - 0.3) < 0.02  # six standard deviations


def test_the_others_become_louder():
    y = Dropout(0.75)(X, training=True)
    assert set(np.unique(y)) == {0, 4}


def test_rate_zero_changes_nothing():
    np.testing.assert_array_equal(Dropout(0.0)(X, training=True), X)


def test_each_call_draws_anew():
    layer = Dropout(0.5)
    assert (layer(X, training=True) != layer(X, training=True)).any()


def test_a_seed_repeats_the_draw():
    draws = []
    for _ in range(2):
        edunet.set_random_seed(3)
        draws.append(Dropout(0.5)(X, training=True))
    np.testing.assert_array_equal(*draws)


@pytest.mark.parametrize("rate", [1, 1.5, -0.1, 50, "half", None, float("nan")])
def test_the_rate_is_a_share(rate):
    with pytest.raises(ValueError, match=r"Dropout: rate is a share from 0 to just under 1. Received: "):
        Dropout(rate)


def test_whole_channels_are_silenced_together():
    steps, pixels = np.ones((50, 7, 20), np.float32), np.ones((50, 3, 4, 20), np.float32)
    y = SpatialDropout1D(0.5)(steps, training=True)
    assert (y == y[:, :1]).all()
    assert set(np.unique(y)) == {0, 2}
    y = SpatialDropout2D(0.5)(pixels, training=True)
    assert (y == y[:, :1, :1]).all()
    np.testing.assert_array_equal(
        Dropout(0.5, (None, 1, None), seed=1)(steps, training=True), SpatialDropout1D(0.5, seed=1)(steps, training=True)
    )


def test_a_seed_gives_a_generator_of_its_own():
    first, again = (Dropout(0.5, seed=3)(X, training=True) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert Dropout(0.5, noise_shape=[None, 1], seed=3).get_config() | {"name": "d"} == {
        "name": "d",
        "trainable": True,
        "dtype": "float32",
        "rate": 0.5,
        "noise_shape": (None, 1),
        "seed": 3,
    }


@pytest.mark.parametrize(
    ("layer", "mean", "deviation"),
    [(GaussianDropout(0.2), 1, 0.5), (GaussianNoise(0.3), 1, 0.3)],
    ids=["dropout", "noise"],
)
def test_gaussian(layer, mean, deviation):
    assert layer(X) is X
    y = layer(X, training=True)
    np.testing.assert_allclose([y.mean(), y.std()], [mean, deviation], atol=0.03)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Dropout(0.5, seed="x"), "Dropout: seed is None or a whole number"),
        (lambda: Dropout(0.5, noise_shape=3), "noise_shape has None or a whole number"),
        (lambda: Dropout(0.5, noise_shape=(None, 7))(X, training=True), r"or 1 to draw once.*\(None, 7\)"),
        (lambda: SpatialDropout2D(1.0), "SpatialDropout2D: rate is a share"),
        (lambda: SpatialDropout1D(0.5)(X), r"expected input \(N, T, C\)"),
        (lambda: GaussianNoise(-1), "stddev is a number >= 0. Received: -1"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_generator_of_its_own_is_there_from_the_beginning():
    layer = Dropout(0.5, seed=3)
    assert [v for v in vars(layer).values() if isinstance(v, np.random.Generator)] == [layer.rng]
