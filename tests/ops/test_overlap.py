"""Losses of areas: values from the definition, gradients, nothing drawn at all."""

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops import overlap

rng = np.random.default_rng(0)
Y, T = rng.random((2, 4, 5, 1)), rng.integers(0, 2, (2, 4, 5, 1))


@pytest.mark.parametrize("axis", [None, 0, (1, 2, 3), (1, 2)])
def test_dice(axis):
    expected = 1 - 2 * (Y * T).sum(axis=axis) / (Y.sum(axis=axis) + T.sum(axis=axis) + 1e-7)
    np.testing.assert_allclose(overlap.dice(Y, target=T, axis=axis), expected)
    assert check_gradients(overlap.dice, Y, target=T, axis=axis) < 1e-7


def test_dice_of_equal_and_of_separate_areas():
    np.testing.assert_allclose(overlap.dice(T.astype(float), target=T), 0, atol=1e-8)
    np.testing.assert_allclose(overlap.dice(1.0 - T, target=T), 1)


def test_nothing_there_and_nothing_drawn_is_finite():
    value, back = overlap.dice.__wrapped__(np.zeros((2, 3), np.float32), target=np.zeros((2, 3)), axis=1)
    assert np.isfinite(value).all()
    assert np.isfinite(back(np.ones_like(value))).all()
    assert value.dtype == back(np.ones_like(value)).dtype == np.float32


def test_a_target_of_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"dice: expected a target of shape \(2, 4, 5, 1\).*Received \(2, 4, 5\)"):
        overlap.dice(Y, target=T[..., 0])
