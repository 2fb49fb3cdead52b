"""NaN, infinite and negative numbers among labels, answers and weights: every metric says so, none counts them."""

import numpy as np
import pytest

from edunet import metrics

ROWS = np.array([[0.1, 0.7, 0.2], [0.3, 0.3, 0.4], [0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
YES_OR_NO = (np.array([0.0, 1, 1, 0]), np.array([0.2, 0.7, 0.4, 0.6]))
NUMBERS = (np.array([1.0, 2, 0, 1]), np.array([1.0, 1, 0, 2]))
ONE_HOT = (np.eye(3)[[1, 2, 0, 1]], ROWS)
CLASSES = (np.array([1.0, 2, 0, 1]), ROWS)
ASKED = {
    "IoU": ((3, [0, 1]), NUMBERS),
    "MeanIoU": ((3,), NUMBERS),
    "Accuracy": ((), NUMBERS),
    "R2Score": ((), NUMBERS),
    "F1Score": (("macro",), CLASSES),
    "FBetaScore": (("macro",), ONE_HOT),
    **{f"{a}At{b}": ((0.5,), YES_OR_NO) for a, b in (("Precision", "Recall"), ("Recall", "Precision"))},
    **{f"{a}At{b}": ((0.5,), YES_OR_NO) for a, b in (("Sensitivity", "Specificity"), ("Specificity", "Sensitivity"))},
    **{name: ((), ONE_HOT) for name in ("CategoricalAccuracy", "TopKCategoricalAccuracy", "CosineSimilarity")},
    **{name: ((), ONE_HOT) for name in ("CategoricalCrossentropy", "KLDivergence")},
    **{name: ((), CLASSES) for name in ("SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy")},
    "SparseCategoricalCrossentropy": ((), CLASSES),
}
LOSSLIKE = ("Mean", "Sum", "Metric")  # of numbers, not of labels and answers
ALL = [n for n in metrics.__all__ if isinstance(getattr(metrics, n), type) and n not in LOSSLIKE]
EACH = pytest.mark.parametrize("name", [*ALL, "roc_auc", "average_precision", "confusion_matrix"])
WEIGHTS = pytest.mark.parametrize("weight", [np.nan, np.inf, -1.0])


def asked(name, y=None, p=None, w=None):
    """Ask a metric, or a function of the same arguments, about its own labels and answers, some of them replaced."""
    arguments, (labels, answers) = ASKED.get(name, ((), YES_OR_NO))
    thing = getattr(metrics, name)
    y, p = labels if y is None else y, answers if p is None else p
    if isinstance(thing, type):
        return thing(*arguments)(y, p, w)
    return thing(*(NUMBERS if name == "confusion_matrix" else (y, p)), sample_weight=w)


@EACH
@WEIGHTS
def test_a_weight_is_a_finite_number_from_0(name, weight):
    with pytest.raises(ValueError, match=f"sample_weight holds finite numbers >= 0. Received {weight:g}"):
        asked(name, w=[1, weight, 1, 1])


@WEIGHTS
@pytest.mark.parametrize("kind", [metrics.Mean, metrics.Sum])
def test_a_weight_of_a_mean_is_a_finite_number_from_0(kind, weight):
    with pytest.raises(ValueError, match="sample_weight holds finite numbers >= 0"):
        kind()([1.0, 2.0], [weight, 1])


@EACH
def test_a_mask_weighs_as_0_and_1(name):
    mask = np.array([True, False, True, True])
    np.testing.assert_equal(asked(name, w=mask), asked(name, w=mask.astype(float)))


@EACH
@pytest.mark.parametrize("weights", [np.ones(3), np.ones((4, 2))], ids=["too few", "too many axes"])
def test_a_weight_for_each_example(name, weights):
    with pytest.raises(ValueError, match="expected one weight per example"):
        asked(name, w=weights)


@pytest.mark.parametrize("label", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ALL)
def test_labels_are_finite(name, label):
    y = ASKED.get(name, ((), YES_OR_NO))[1][0].copy()
    y.flat[0] = label
    with pytest.raises(ValueError, match="labels are NaN or infinite; expected numbers"):
        asked(name, y=y)


@pytest.mark.parametrize("name", ALL)
def test_labels_are_numbers(name):
    with pytest.raises(ValueError, match="labels are numbers|label"):
        asked(name, y=np.array(["a", "b", "c", "d"]))


def test_names_may_be_compared_with_names():
    assert metrics.Accuracy()(["a", "b"], ["a", "c"]) == 0.5


CLIPPED = ["BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "KLDivergence"]


@pytest.mark.parametrize("name", [*CLIPPED, "MeanSquaredLogarithmicError"])
@pytest.mark.parametrize("answer", [np.inf, -np.inf])
def test_an_infinite_answer_is_not_brought_between_bounds(name, answer):
    p = ASKED.get(name, ((), YES_OR_NO))[1][1].copy()
    p.flat[0] = answer
    with pytest.raises(ValueError, match="1 of .* answers are NaN or infinite; expected numbers"):
        asked(name, p=p)


def test_an_infinite_answer_may_be_the_highest():
    assert metrics.AUC()([0, 1, 1], [-np.inf, 0.3, np.inf]) == 1


def test_infinite_errors_stay_infinite():
    assert metrics.MeanSquaredError()([[1.0]], [[np.inf]]) == np.inf


@pytest.mark.parametrize("said", [0.5, np.inf])
@pytest.mark.parametrize("make", [lambda: metrics.MeanIoU(3), lambda: metrics.confusion_matrix])
def test_what_is_counted_are_classes(make, said):
    with pytest.raises(ValueError, match=f"y_pred holds classes, whole numbers. Received {said}.*p > 0.5"):
        make()([0, 1], [0.0, said])


@pytest.mark.parametrize("p", [np.full((4, 3), 0.3), np.full(4, 0.3)])
def test_a_class_without_an_output(p):
    with pytest.raises(ValueError, match=r"class_id=5 wants answers \(N, K\) with an output for that class"):
        metrics.Precision(class_id=5)([0, 1, 2, 0], p)


@pytest.mark.parametrize("name", ["CategoricalAccuracy", "SparseCategoricalAccuracy", "SparseCategoricalCrossentropy"])
def test_a_single_number_is_no_row_of_answers(name):
    with pytest.raises(ValueError, match=r"expected answers \(N, K\), one for each class. Received one number"):
        getattr(metrics, name)()(0.0, 0.3)


def test_no_examples_at_all():
    assert metrics.MeanIoU(2)([], []) == 0
    assert metrics.confusion_matrix([], [], 2).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("name", ["BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"])
def test_a_batch_of_nobody_changes_nothing(name):
    _, (y, p) = ASKED.get(name, ((), YES_OR_NO))
    metric, p = getattr(metrics, name)(), p if p.ndim > 1 else p[:, None]
    expected = metric(y, p)
    metric.update_state(y[:0], p[:0])
    assert metric.result() == expected


def test_an_accuracy_of_nobody():
    accuracy = metrics.get("accuracy", None, (None, 3))
    assert accuracy(np.zeros((0, 3)), np.zeros((0, 3))) == 0
