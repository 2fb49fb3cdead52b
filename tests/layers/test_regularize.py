import numpy as np
import pytest

import edunet
from edunet.layers import Dropout

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
