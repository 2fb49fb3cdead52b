"""Probabilities: the Brier score, and whether they come true as often as they say."""

import numpy as np
import pytest
from scored_answers import SAID, TRUE, WEIGHTS, P, W, Y, over_batches

from edunet import metrics


def test_brier_score():
    expected = ((P - Y) ** 2).mean()
    assert over_batches(metrics.BrierScore(), TRUE, SAID) == pytest.approx(expected)
    assert metrics.BrierScore()(Y, np.stack([1 - P, P], axis=1)) == pytest.approx(expected)
    p = np.array([[0.2, 0.3, 0.5]])
    assert metrics.BrierScore()([2], p) == metrics.BrierScore()([[0, 0, 1]], p) == pytest.approx(0.04 + 0.09 + 0.25)


def test_calibration_error_bin_by_bin():
    found, expected = over_batches(metrics.CalibrationError(bins=4), TRUE, SAID, WEIGHTS), 0.0
    for low in (0, 0.25, 0.5, 0.75):
        here = (low < P) & (low + 0.25 >= P)
        if here.any():
            expected += W[here].sum() / W.sum() * abs(W[here] @ Y[here] - W[here] @ P[here]) / W[here].sum()
    assert found == pytest.approx(expected)


def test_calibration_error_of_classes_asks_the_largest_output():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    assert metrics.CalibrationError(bins=1)([0, 2], p) == pytest.approx(0.75 - 0.5)


def test_calibration_error_refuses_scores():
    with pytest.raises(ValueError, match="expected probabilities between 0 and 1.*from -2 to 3.*sigmoid or softmax"):
        metrics.CalibrationError()([0, 1], [-2.0, 3.0])
