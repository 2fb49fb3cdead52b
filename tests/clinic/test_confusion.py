"""The table of four and its shares."""

import math

import numpy as np
import pytest

from edunet.clinic.confusion import accuracy, confusion, prevalence, sensitivity, specificity
from edunet.clinic.confusion_scores import balanced_accuracy, f1_score, youden
from edunet.clinic.curves import roc_curve
from edunet.clinic.likelihood import diagnostic_odds_ratio, likelihood_ratios
from edunet.clinic.predictive import npv, ppv
from edunet.clinic.proportion import wilson_interval

Y, P = [0, 0, 0, 1, 1, 1, 1], [0.1, 0.5, 0.7, 0.2, 0.5, 0.8, 0.9]
AT_A_THRESHOLD = [
    *(accuracy, balanced_accuracy, diagnostic_odds_ratio, f1_score, npv, ppv, sensitivity, specificity, youden),
    lambda *given: likelihood_ratios(*given).positive,
]
each = pytest.mark.parametrize("metric", AT_A_THRESHOLD, ids=lambda metric: metric.__name__.strip("<>"))


def test_a_prediction_on_the_threshold_is_called_ill():
    assert confusion(Y, P, 0.5) == (3, 2, 1, 1)
    assert confusion(Y, P, 0.5001) == (2, 1, 2, 2)


def test_float32_predictions_keep_their_thresholds():
    p = np.array(P, np.float32)
    for fpr, tpr, threshold in zip(*roc_curve(Y, p), strict=True):
        table = confusion(Y, p, threshold)
        assert (table.fp / 3, table.tp / 4) == (fpr, tpr)


def test_shares_have_wilsons_interval_and_their_own_n():
    found = sensitivity(Y, P)
    assert (float(found), found.n) == (0.75, 4)
    assert found.interval == wilson_interval(3, 4)
    assert specificity(Y, P).n == 3
    assert prevalence(Y).interval == wilson_interval(4, 7)


@each
def test_value_lies_in_its_interval(metric):
    for threshold in (0.15, 0.5, 0.6, 0.85):
        found = metric(Y, P, threshold)
        assert math.isnan(found) or found.low <= found <= found.high


@each
def test_of_nobody_nothing_is_computed(metric):
    assert metric([], []).why == "there are no patients"


@each
def test_one_kind_only_says_why(metric):
    found = [metric([kind] * 3, [0.9, 0.8, 0.7]) for kind in (0, 1)] + [metric([0] * 3, [0.1, 0.2, 0.3])]
    for one in found:
        assert math.isnan(one) == bool(one.why)


@each
def test_logits_are_refused_at_one_half(metric):
    with pytest.raises(ValueError, match=r"0.5 is a threshold of probabilities. Received predictions from -2 to 3"):
        metric([0, 1], [-2.0, 3.0])
    assert metric([0, 1, 1], [-2.0, 3.0, -1.0], 0).n > 0
    assert metric([0, 1, 1], [-2.0, 3.0, 0.5], 0.5).n > 0  # one of the predictions: it was chosen


@pytest.mark.parametrize(("threshold", "error"), [(math.nan, ValueError), ("high", TypeError), ([0.1, 0.2], TypeError)])
def test_thresholds_that_are_none(threshold, error):
    with pytest.raises(error, match="sensitivity: threshold is"):
        sensitivity(Y, P, threshold)


def test_words_as_labels():
    with pytest.raises(ValueError, match="type y == 'yes', or y == 'no' if that is who is ill"):
        sensitivity(["no", "yes"], [0.1, 0.2])


@pytest.mark.parametrize("kind", [int, bool, float, np.float32])
def test_numbers_in_a_table_with_words(kind):
    """frame.to_numpy() of a table with a column of words holds objects: labels in it are numbers all the same."""
    objects = np.array([kind(label) for label in Y], object)
    assert sensitivity(objects, P) == sensitivity(Y, P)


def test_labels_that_are_missing():
    with pytest.raises(ValueError, match="1 of 3 labels are NaN.* Leave them out of y and p"):
        sensitivity([0, 1, np.nan], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="1 of 3 labels are NaN"):
        sensitivity(np.array([0, 1, np.nan], object), [0.1, 0.2, 0.3])


def test_labels_and_predictions_exchanged():
    with pytest.raises(ValueError, match=r"Received 0.1 among them. Are labels and predictions exchanged\?"):
        sensitivity([0.1, 0.7], [0, 1])


def test_balanced_accuracy_and_youden_are_one():
    one, other = balanced_accuracy(Y, P), youden(Y, P)
    assert [2 * v - 1 for v in (one, *one.interval)] == pytest.approx([other, *other.interval])


def test_newcombes_example():
    """56/70 − 48/80 is 0.0524 to 0.3339: table II, (a), method 10; Youden with Se 56/70, 1 − Sp 48/80."""
    y, p = [1] * 70 + [0] * 80, [1] * 56 + [0] * 14 + [1] * 48 + [0] * 32
    assert youden(y, p).interval == pytest.approx((0.0524, 0.3339), abs=5e-5)
