"""Yes-or-no answers, counted: precision, recall, specificity, F1."""

import numpy as np
import pytest
from scored_answers import CALLED, SAID, TRUE, WEIGHTS, W, Y, over_batches

from edunet import metrics


@pytest.mark.parametrize("kind", [metrics.Precision, metrics.Recall])
def test_nobody_called_and_nobody_ill_give_zero(kind):
    assert kind()([[0]], [[0.1]]) == 0


@pytest.mark.parametrize(("kind", "expected"), [(metrics.Precision, 2 / 3), (metrics.Recall, 1.0)])
def test_another_threshold(kind, expected):
    metric = kind(thresholds=0.3)
    assert metric([[1], [0], [1], [0]], [[0.4], [0.4], [0.9], [0.1]]) == expected


def test_several_thresholds_are_refused():
    with pytest.raises(TypeError, match=r"Precision: thresholds is one number, such as 0.5"):
        metrics.Precision(thresholds=[0.3, 0.5])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TruePositives", CALLED & (Y == 1)),
        ("FalsePositives", CALLED & (Y == 0)),
        ("TrueNegatives", ~CALLED & (Y == 0)),
        ("FalseNegatives", ~CALLED & (Y == 1)),
    ],
)
def test_counts(name, expected):
    assert over_batches(getattr(metrics, name)(), TRUE, SAID) == expected.sum()
    np.testing.assert_allclose(over_batches(getattr(metrics, name)(), TRUE, SAID, WEIGHTS), W @ expected)


def test_clinical_names():
    assert over_batches(metrics.Sensitivity(), TRUE, SAID) == over_batches(metrics.Recall(), TRUE, SAID)
    np.testing.assert_allclose(over_batches(metrics.Specificity(), TRUE, SAID), (~CALLED)[Y == 0].mean())


@pytest.mark.parametrize("labels", [[1, 0, 2], [[0, 1, 0], [1, 0, 0], [0, 0, 1]]], ids=["numbers", "one-hot"])
def test_one_class_against_the_rest(labels):
    p = np.array([[0.1, 0.9, 0.0], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])
    assert metrics.Precision(class_id=1)(labels, p) == 0.5
    assert metrics.SpecificityAtSensitivity(1.0, class_id=1)(labels, p) == 1


def test_answers_of_several_outputs_need_a_class():
    with pytest.raises(ValueError, match=r"counts yes-or-no answers.*Precision\(class_id=1\)"):
        metrics.Precision()([0, 1], [[0.5, 0.5], [0.2, 0.8]])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"average": None}, [2 / 3, 2 / 3, 0]),
        ({"average": "macro"}, 4 / 9),
        ({"average": "weighted"}, (2 * 2 / 3 + 1 * 2 / 3) / 4),
        ({"average": "micro"}, 0.5),
        ({"average": None, "threshold": 0.25}, [2 / 3, 1, 2 / 3]),
    ],
)
def test_f1_of_classes(options, expected):
    p = np.array([[0.6, 0.2, 0.2], [0.3, 0.2, 0.5], [0.1, 0.8, 0.1], [0.2, 0.5, 0.3]])
    y = np.array([0, 0, 1, 2])
    if options.get("threshold"):
        expected = [2 * 2 / (2 + 2), 2 / 3, 2 / 3]
    np.testing.assert_allclose(metrics.F1Score(**options)(y, p), expected)
    np.testing.assert_allclose(metrics.F1Score(**options)(np.eye(3)[y], p), expected)


def test_f1_of_one_output_is_one_number():
    score = over_batches(metrics.F1Score(), TRUE, SAID, WEIGHTS)
    hits = W @ (CALLED & (Y == 1))
    assert score == pytest.approx(2 * hits / (W @ CALLED + W @ Y))


def test_f1_without_average_is_refused_where_one_number_is_needed():
    with pytest.raises(ValueError, match=r"each of 3 classes.*F1Score\(average='macro'\)"):
        metrics.get(metrics.F1Score(), None, (None, 3))
    assert metrics.get(metrics.F1Score(), None, (None, 1)).name == "f1_score"
