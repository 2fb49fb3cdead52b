"""Numbers: how far off they are, how much of their spread is explained; losses as metrics."""

import numpy as np
import pytest
from scored_answers import SAID, TRUE, WEIGHTS, P, W, Y, over_batches

from edunet import losses, metrics

rng = np.random.default_rng(0)


def test_the_root_is_taken_of_the_mean_of_all():
    expected = np.sqrt(((P - Y) ** 2).mean())
    assert over_batches(metrics.RootMeanSquaredError(), TRUE, SAID) == pytest.approx(expected)


@pytest.mark.parametrize("weighted", [False, True])
def test_r2_over_batches(weighted):
    w = W if weighted else np.ones_like(W)
    mean = w @ Y / w.sum()
    found = over_batches(metrics.R2Score(), TRUE, SAID, *([WEIGHTS] if weighted else []))
    assert found == pytest.approx(1 - w @ (Y - P) ** 2 / (w @ (Y - mean) ** 2), abs=1e-12)


def test_r2_is_not_lost_in_rounding():
    y = 1e8 + rng.random(50)
    assert metrics.R2Score()(y, y + 0.01) == pytest.approx(1 - 50 * 1e-4 / ((y - y.mean()) ** 2).sum(), abs=1e-5)


def test_r2_of_a_truth_that_never_changes():
    assert metrics.R2Score()([2.0, 2.0], [2.0, 2.0]) == 1
    assert metrics.R2Score()([2.0, 2.0], [2.0, 3.0]) == 0


def test_cosine_similarity_is_1_where_both_point_the_same_way():
    assert metrics.CosineSimilarity()([[1.0, 2.0], [0.0, 1.0]], [[2.0, 4.0], [1.0, 0.0]]) == pytest.approx(0.5)


def test_a_loss_may_be_a_metric():
    expected = -(Y * np.log(P) + (1 - Y) * np.log(1 - P))
    metric = metrics.get("binary_crossentropy")
    assert over_batches(metric, TRUE, SAID, WEIGHTS) == pytest.approx(W @ expected / W.sum())
    assert metric.name == "binary_crossentropy"
    huber = metrics.get(losses.Huber())
    assert (huber.name, huber([0.0], [3.0])) == ("huber", 2.5)
