"""A report on several classes, or several labels a patient: the rarest first."""

import numpy as np
import pytest

from edunet.clinic.auroc import auroc
from edunet.clinic.report import report


def test_several_classes_the_rarest_first():
    rng = np.random.default_rng(0)
    y = rng.choice(3, 300, p=[0.6, 0.1, 0.3])
    p = rng.dirichlet([1, 1, 1], 300) * 0.5 + 0.5 * np.eye(3)[y]
    page = report(y, p, class_names=("a", "b", "c"))
    assert [row[0] for row in page.sections[1].parts[0].rows] == ["b", "c", "a"]
    assert page.numbers["auroc_b"] == auroc(y == 1, p[:, 1])
    assert page.numbers["accuracy"] == (p.argmax(axis=1) == y).mean()
    assert "The rarest class: b" in page.text()


def test_several_labels_a_row():
    rng = np.random.default_rng(0)
    y = rng.random((200, 3)) < [0.5, 0.3, 0.1]
    p = np.clip(y * 0.4 + rng.random((200, 3)) * 0.6, 0, 1)
    page = report(y, p)
    assert page.numbers["auroc_class 2"] == auroc(y[:, 2], p[:, 2])
    assert "accuracy" not in page.numbers


def test_several_classes_count_patients_and_not_their_rows():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 3, 60), rng.dirichlet([1, 1, 1], 60)
    numbers = report(np.repeat(y, 10), np.repeat(p, 10, axis=0), groups=np.repeat(np.arange(60), 10)).numbers
    once = report(y, p).numbers
    for key in ("sensitivity_class 0", "ppv_class 0", "brier_class 0", "accuracy"):
        width, wanted = (found[key].high - found[key].low for found in (numbers, once))
        assert width == pytest.approx(wanted, rel=0.2), key


def test_the_card_of_several_classes_tells_of_the_rarest():
    rng = np.random.default_rng(0)
    page = report(rng.integers(0, 3, 60), rng.dirichlet([1, 1, 1], 60))
    assert "Of the rarest class alone: AUROC" in page.text()


def test_the_rarest_class_says_that_it_is_called_otherwise_than_all():
    rng = np.random.default_rng(0)
    page = report(rng.integers(0, 3, 60), rng.dirichlet([1, 1, 1], 60))
    assert "Called so, from here on: from 0.5 on" in page.text().replace("\n", " ")


def test_scores_of_several_labels_are_cut_where_it_was_said():
    rng = np.random.default_rng(0)
    y, score = rng.random((200, 3)) < 0.4, rng.normal(size=(200, 3))
    assert report(y, score).numbers["sensitivity_class 0"].why == "no threshold was given"
    assert report(y, score, threshold=0).numbers["sensitivity_class 0"] == (score[y[:, 0], 0] >= 0).mean()


def test_scores_of_several_classes_are_compared_with_each_other():
    rng = np.random.default_rng(0)
    y, score = rng.integers(0, 3, 200), rng.normal(size=(200, 3)) * 3
    numbers = report(y, score).numbers
    assert numbers["accuracy"] == (score.argmax(axis=1) == y).mean()
    assert numbers["brier_class 0"].why == "no probabilities"


def test_names_of_several_classes_become_numbers():
    with pytest.raises(ValueError, match="return_inverse=True"):
        report(["a", "b", "c"], np.eye(3))
