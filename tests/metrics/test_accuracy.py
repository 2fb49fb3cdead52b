"""The share of right answers: of yes or no, of classes, of the best few."""

import numpy as np
import pytest

from edunet import losses, metrics


def test_a_probability_at_the_threshold_is_a_no():
    assert metrics.BinaryAccuracy()([[0], [1]], [[0.5], [0.5]]) == 0.5


def test_binary_accuracy_with_another_threshold():
    assert metrics.BinaryAccuracy(threshold=0.2)([[1], [1]], [[0.3], [0.1]]) == 0.5


SCORES = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5]])
LABELS = np.array([1, 2, 2])


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, None], LABELS.astype(float)])
def test_sparse_categorical_accuracy(labels):
    assert metrics.SparseCategoricalAccuracy()(labels, SCORES) == pytest.approx(2 / 3)


def test_categorical_accuracy():
    assert metrics.CategoricalAccuracy()(np.eye(3)[LABELS], SCORES) == pytest.approx(2 / 3)


def test_a_class_at_every_step():
    scores = np.stack([SCORES, SCORES])  # (N,T,K)
    assert metrics.SparseCategoricalAccuracy()(np.stack([LABELS, [1, 0, 2]]), scores) == pytest.approx(5 / 6)


@pytest.mark.parametrize(("k", "expected"), [(1, 2 / 3), (2, 2 / 3), (3, 1)])
def test_among_the_best(k, expected):
    assert metrics.SparseTopKCategoricalAccuracy(k)(LABELS, SCORES) == pytest.approx(expected)
    assert metrics.TopKCategoricalAccuracy(k)(np.eye(3)[LABELS], SCORES) == pytest.approx(expected)


def test_categorical_accuracy_refuses_class_numbers():
    with pytest.raises(ValueError, match=r"expected one-hot labels of shape \(3, 3\).*'sparse_categorical_accuracy'"):
        metrics.CategoricalAccuracy()(LABELS, SCORES)


def test_accuracy_of_equal_values():
    assert metrics.Accuracy()([1, 2, 3, 4], [1, 2, 0, 4]) == 0.75


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, None], np.eye(3)[LABELS]])
def test_under_an_own_loss_the_labels_tell_which_accuracy_is_meant(labels):
    own = losses.get(lambda y_true, y_pred: y_pred)
    assert metrics.get("accuracy", own, (None, 3))(labels, SCORES) == pytest.approx(2 / 3)
