"""audit_classes: rare classes with what a trivial answer gets; quiet where there are enough of all."""

import numpy as np
import pytest

from edunet.preprocessing.audit_classes import rare_class
from edunet.preprocessing.audit_reading import read_frame


def found(target, **roles):
    n = len(target)
    return list(rare_class(read_frame({"age": np.arange(n), "sex": ["f"] * n}, target=np.asarray(target), **roles)))


def test_a_rare_class_with_its_figures():
    (one,) = found([0] * 980 + [1] * 20)
    assert one.name == "rare class"
    assert one.columns == ("target",)
    assert one.evidence == "20 rows (2 %), 10.0 for each of 2 columns; always answering 0 is right in 98 %."
    assert "class_weight={0: 0.51, 1: 25}" in one.repair
    assert "average precision beside its trivial value 0.020" in one.repair


def test_words_and_several_classes():
    (one,) = found(["well"] * 300 + ["ill"] * 200 + ["very ill"] * 7)
    assert "very ill: 7 of 507" in one.sentence
    assert "{0: 0.84, 1: 24, 2: 0.56}" in one.repair


def test_visits_are_counted_as_patients_too():
    (one,) = found([0] * 90 + [1] * 9, patient=np.array([*range(90), *[90] * 5, *[91] * 4]))
    assert one.evidence.startswith("9 rows (9 %) of 2 patients,")


@pytest.mark.parametrize(
    "target",
    [[0] * 400 + [1] * 50, np.linspace(0, 1, 200), [f"p{i}" for i in range(30)], [1.0], [np.nan] * 9, []],
    ids=["enough", "quantity", "names", "one row", "missing", "no rows"],
)
def test_quiet(target):
    assert found(target) == []


def test_one_class():
    (one,) = found(["ill"] * 30)
    assert one.name == "one class"


def test_rows_without_an_answer_are_of_no_class():
    (one,) = found([0.0] * 60 + [1.0] * 4 + [np.nan] * 36)
    assert one.evidence.startswith("4 rows (6 %)")


def test_no_target_no_finding():
    assert list(rare_class(read_frame({"a": [1, 2]}))) == []


def test_few_rows_of_a_class_that_is_not_rare():
    (one,) = found(["well"] * 50 + ["ill"] * 40)
    assert one.name == "few rows of a class"
    assert one.consequence.startswith("A fifth kept for a test holds 8 of this class")
    assert "class_weight" not in one.repair


@pytest.mark.parametrize(("ill", "is_found"), [(99, 1), (100, 0)])
def test_a_tenth_is_rare_however_many_there_are(ill, is_found):
    assert len(found([0] * (1000 - ill) + [1] * ill)) == is_found


@pytest.mark.parametrize(("ill", "is_found"), [(49, 1), (50, 0)])
def test_fifty_are_enough_of_a_class(ill, is_found):
    assert len(found([0] * 100 + [1] * ill)) == is_found
