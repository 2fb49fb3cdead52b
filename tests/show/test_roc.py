"""ROC curves: every threshold, the area of the metric, and who is who in grey."""

import numpy as np
import pytest

from edunet import metrics, show
from edunet.tensor import Tensor


@pytest.fixture
def y(rng):
    return (rng.random(200) < 0.3).astype(int)


def texts(figure):
    return [t.get_text() for t in figure.axes[0].get_legend().get_texts()]


def test_areas_in_the_legend_are_those_of_the_metric(y, rng):
    scores = {"network": y + rng.normal(size=200), "rule": np.round(y + rng.normal(size=200))}
    expected = [f"{name}: AUC {metrics.roc_auc(y, p):.3f}" for name, p in scores.items()]
    assert texts(show.roc(y, scores)) == [*expected, "guessing: AUC 0.500"]


@pytest.mark.parametrize("digits", [0, 8])
def test_the_area_under_what_is_drawn_is_the_area_written(y, rng, digits):
    score = np.round(y + rng.normal(size=200), digits)  # without digits, many share a score
    alarms, found = show.roc(y, score).axes[0].lines[0].get_data()
    area = np.sum(np.diff(alarms) * (found[1:] + found[:-1]) / 2)
    np.testing.assert_allclose(area, metrics.roc_auc(y, score))


def test_points_are_the_shares_at_each_threshold(y, rng):
    score = np.round(y + rng.normal(size=200), 1)
    line = show.roc(y, score).axes[0].lines[0]
    expected = [(0.0, 0.0)]
    for threshold in np.unique(score)[::-1]:
        said = score >= threshold
        expected.append((said[y == 0].mean(), said[y == 1].mean()))
    np.testing.assert_allclose(np.transpose([line.get_xdata(), line.get_ydata()]), expected)


def test_curves_are_told_apart_without_colour(y, rng):
    axes = show.roc(y, {name: rng.random(200) for name in "abcd"}).axes[0]
    assert len({(line.get_linestyle(), line.get_marker()) for line in axes.lines[:4]}) == 4
    assert axes.lines[4].get_marker() == "None"  # guessing


def test_axes_say_what_they_count(y, rng):
    axes = show.roc(y, rng.random(200)).axes[0]
    assert axes.get_xlabel() == "share of healthy called ill (1 − specificity)"
    assert axes.get_ylabel() == "share of ill found (sensitivity)"
    assert axes.get_title() == f"ROC of 200 people, {y.sum()} of them ill"


@pytest.mark.parametrize("change", [lambda p: p[:, None], Tensor, list])
def test_scores_in_several_forms(y, rng, change):
    p = rng.random(200)
    assert texts(show.roc(y[:, None] == 1, {"model": change(p)}))[0] == f"model: AUC {metrics.roc_auc(y, p):.3f}"


@pytest.mark.parametrize("truth", [np.zeros(3), np.ones(3), np.array([0, 1, 2])])
def test_both_kinds_of_people_are_needed(truth):
    with pytest.raises(ValueError, match="both present"):
        show.roc(truth, np.zeros(3))


def test_scores_that_do_not_fit(y):
    with pytest.raises(ValueError, match=r"p\[:, 1\]"):
        show.roc(y, {"two": np.zeros((200, 2))})
    with pytest.raises(ValueError, match=r"one score for each of 200 people. 'short' has shape \(3,\)"):
        show.roc(y, {"short": np.zeros(3)})
    with pytest.raises(ValueError, match="200 scores that are NaN"):
        show.roc(y, np.full(200, np.nan))
    for n in (0, 5):
        with pytest.raises(ValueError, match=f"can be told apart. Received {n}"):
            show.roc(y, {str(i): np.zeros(200) for i in range(n)})


@pytest.mark.parametrize("synthetic", [True, False])
def test_generated_people_are_marked(y, words, synthetic):
    assert ("SYNTHETIC data" in words(show.roc(y, y, synthetic=synthetic))) == synthetic
