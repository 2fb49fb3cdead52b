"""Pictures: areas drawn, areas that are there, and what both share."""

import numpy as np
import pytest
from scored_answers import over_batches

from edunet import metrics

rng = np.random.default_rng(0)


def test_dice_score_counts_all_pictures_together():
    y, p = rng.integers(0, 2, (4, 5, 6, 1)), rng.random((4, 5, 6, 1))
    drawn = p > 0.5
    found = over_batches(metrics.DiceScore(), [y[:1], y[1:]], [p[:1], p[1:]])
    assert found == pytest.approx(2 * (y * drawn).sum() / (y.sum() + drawn.sum()))
    assert metrics.DiceScore(threshold=None)(y, p) == pytest.approx(2 * (y * p).sum() / (y.sum() + p.sum()))


def test_dice_score_is_the_mean_over_channels_that_are_there():
    y = np.zeros((1, 2, 2, 3))
    y[0, 0, :, 0] = y[0, 0, 0, 1] = 1
    p = np.zeros_like(y)
    p[0, 0, :, 0] = p[0, 0, :, 1] = 1
    assert metrics.DiceScore()(y, p) == pytest.approx((1 + 2 / 3) / 2)


def test_mean_iou():
    y, p = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0])
    assert metrics.MeanIoU(3)(y, p) == pytest.approx((1 / 3 + 2 / 3 + 0) / 3)
    assert metrics.MeanIoU(4)(y, p) == pytest.approx((1 / 3 + 2 / 3 + 0) / 3)  # nobody is 3
    assert metrics.IoU(3, [1])(y, p) == pytest.approx(2 / 3)
    assert metrics.MeanIoU(3, sparse_y_true=False, sparse_y_pred=False)(np.eye(3)[y], np.eye(3)[p]) == pytest.approx(
        1 / 3
    )


def test_iou_ignores_a_label_and_weighs():
    y, p = np.array([[0, 1], [9, 1]]), np.array([[0, 1], [1, 0]])
    assert metrics.MeanIoU(2, ignore_class=9)(y, p) == pytest.approx((1 / 2 + 1 / 2) / 2)
    assert metrics.MeanIoU(2)([0, 1, 1], [0, 1, 0], [1, 1, 2]) == pytest.approx((1 / 3 + 1 / 3) / 2)


def test_iou_refuses_what_is_no_class():
    with pytest.raises(ValueError, match="y_true runs from 0 to 9; expected classes 0 to 1"):
        metrics.MeanIoU(2)([0, 9], [0, 1])
    with pytest.raises(ValueError, match=r"For the outputs of a softmax use MeanIoU\(2, ..., sparse_y_pred=False\)"):
        metrics.MeanIoU(2)([0, 1], [[0.1, 0.9], [0.2, 0.8]])


def test_binary_iou_is_the_mean_over_yes_and_no():
    assert metrics.BinaryIoU(threshold=0.6)([[1, 1, 0]], [[0.9, 0.5, 0.1]]) == pytest.approx((1 / 2 + 1 / 2) / 2)


def test_confusion_matrix():
    table = metrics.confusion_matrix([0, 1, 1, 2], [0, 2, 1, 2], classes=4)
    np.testing.assert_array_equal(table, [[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]])
