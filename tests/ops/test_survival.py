"""Discrete hazards: the likelihood written out patient by patient, gradients, errors."""

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops import loss, survival

rng = np.random.default_rng(0)
Z = rng.normal(size=(6, 4))
INTERVAL, EVENT = np.array([0, 1, 3, 3, 2, 0]), np.array([1, 0, 1, 0, 1, 0])


def likelihood(h, interval, event):
    """The chance of what happened to one patient."""
    chance = 1.0
    for j in range(interval):
        chance *= 1 - h[j]
    return chance * (h[interval] if event else 1 - h[interval])


def test_the_definition():
    h = 1 / (1 + np.exp(-Z))
    expected = [-np.log(likelihood(*patient)) for patient in zip(h, INTERVAL, EVENT, strict=True)]
    np.testing.assert_allclose(survival.discrete_hazard(Z, interval=INTERVAL, event=EVENT), expected)


def test_gradients():
    assert check_gradients(survival.discrete_hazard, Z, interval=INTERVAL, event=EVENT) < 1e-7


def test_what_comes_after_the_last_interval_watched_changes_nothing():
    later = np.arange(4) > INTERVAL[:, None]
    a, b = (survival.discrete_hazard(z, interval=INTERVAL, event=EVENT) for z in (Z, Z + 9 * later))
    np.testing.assert_array_equal(a, b)


def test_all_chances_of_a_patient_sum_to_one():
    z = np.repeat(Z[:1], 5, axis=0)  # an event in one of four intervals, or none
    chances = np.exp(-survival.discrete_hazard(z, interval=np.array([0, 1, 2, 3, 3]), event=np.array([1, 1, 1, 1, 0])))
    np.testing.assert_allclose(chances.sum(), 1)


def test_one_interval_is_a_binary_crossentropy():
    a = survival.discrete_hazard(Z[:, :1], interval=np.zeros(6, int), event=EVENT)
    np.testing.assert_allclose(a, loss.sigmoid_crossentropy(Z[:, 0], target=EVENT))


def test_huge_scores_are_finite_and_keep_their_precision():
    z = np.array([[1e4, -1e4]], np.float32)
    value, back = survival.discrete_hazard.__wrapped__(z, interval=[1], event=[1])
    assert (value.dtype, back(np.ones_like(value)).dtype) == (np.float32, np.float32)
    np.testing.assert_array_equal(value, [2e4])
    np.testing.assert_array_equal(back(np.ones_like(value)), [[1, -1]])


@pytest.mark.parametrize(
    ("interval", "event", "message"),
    [
        (INTERVAL + 1, EVENT, "intervals run from 1 to 4, but there are 4 scores per row: expected 0 to 3"),
        (INTERVAL - 1, EVENT, "intervals run from -1 to 2"),
        (INTERVAL[:3], EVENT, r"expected z \(N, T\), interval \(N,\) and event \(N,\)"),
    ],
)
def test_errors(interval, event, message):
    with pytest.raises(ValueError, match=message):
        survival.discrete_hazard(Z, interval=interval, event=event)
