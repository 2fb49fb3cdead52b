"""What comes into a report: what cannot be judged is named with what to type, and the rest is computed."""

import math

import numpy as np
import pytest

from edunet.clinic.auroc import auroc
from edunet.clinic.report import report


def cohort(n=400, seed=0):
    rng = np.random.default_rng(seed)
    risk = rng.beta(1, 3, n)
    return rng.random(n) < risk, risk


def test_rows_without_label_or_answer_are_left_out_and_counted():
    y, p = cohort()
    y, p = y.astype(float), p.copy()
    y[:3], p[3:8] = np.nan, np.nan
    page = report(y, p)
    text = page.text()
    assert "3 of 400 rows have no label" in text
    assert "5 of 400 rows have a prediction that is NaN" in text
    assert page.numbers["auroc"] == auroc(y[8:], p[8:])


@pytest.mark.parametrize(("kind", "why"), [(0, "nobody is ill"), (1, "nobody is healthy")], ids=["healthy", "ill"])
def test_one_class_only(kind, why):
    page = report([kind] * 30, np.linspace(0.1, 0.9, 30))
    assert page.numbers["auroc"].why == why
    assert not math.isnan(page.numbers["accuracy"])
    assert not math.isnan(page.numbers["brier"])
    assert "nothing that compares" in page.text()


def test_scores_that_are_no_probabilities():
    y, p = cohort()
    score = np.log(p / (1 - p))
    page = report(y, score)
    assert page.numbers["auroc"] == auroc(y, score)
    assert page.numbers["brier"].why == "the predictions are no probabilities"
    assert page.numbers["sensitivity"].why == "no threshold was given"
    assert not math.isnan(report(y, score, threshold=0).numbers["sensitivity"])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_handful_of_patients(n):
    page = report([1, 0, 1][:n], [0.7, 0.4, 0.2][:n])
    assert page.numbers["accuracy"].n == n
    assert len(page.html()) > 10_000


def test_one_patient_with_all_rows():
    y, p = cohort(50)
    page = report(y, p, groups=["A"] * 50)
    assert "All 50 rows are of one patient" in page.text()
    assert math.isnan(page.numbers["auroc"].low)


def test_a_patient_for_each_row():
    y, p = cohort(50)
    assert report(y, p, groups=np.arange(50)).numbers["auroc"] == auroc(y, p)


@pytest.mark.parametrize(
    ("y", "p", "words"),
    [
        ([1, 2, 1], [0.1, 0.2, 0.3], "y == 2"),
        (["ckd", "notckd"], [0.1, 0.2], "y == 'notckd'"),
        ([0, 1], [0.1], "1 predictions"),
        ([0, 1], [np.nan, np.nan], "no row can be judged"),
        ([], [], "one prediction for each patient"),
        ([0, 1], ["a", "b"], "must hold numbers"),
        ([0, 3], [[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]], "whole numbers from 0 to 2"),
    ],
    ids=["other numbers", "words", "lengths", "all NaN", "nobody", "texts", "class beyond"],
)
def test_what_cannot_be_judged_says_what_to_type(y, p, words):
    with pytest.raises(ValueError, match=words):
        report(y, p)


def test_subgroups_and_groups_of_another_length():
    with pytest.raises(ValueError, match="sex has 3 rows, p has 400"):
        report(*cohort(), subgroup={"sex": ["F", "M", "F"]})


def test_a_column_of_pandas_is_a_subgroup():
    pandas = pytest.importorskip("pandas")
    sex = pandas.Series(["F", "M"] * 200, name="sex", index=np.arange(400) + 7)
    assert "sex: F" in report(*cohort(), subgroup=sex).text()


def test_categories_of_pandas_keep_their_order_and_the_empty_ones():
    pandas = pytest.importorskip("pandas")
    risk = pandas.Series(pandas.Categorical(["low", "high"] * 200, categories=["low", "middle", "high"]))
    text = report(*cohort(), subgroup={"risk": risk}).text()
    places = [text.index(f"risk: {name}") for name in ("low", "middle (empty)", "high")]
    assert places == sorted(places)


@pytest.mark.parametrize("gap", [None, math.nan], ids=["None", "nan"])
def test_a_list_with_gaps_has_a_group_not_recorded(gap):
    assert "sex: not recorded" in report(*cohort(), subgroup={"sex": [gap] * 20 + ["F", "M"] * 190}).text()


def test_patients_without_a_name_are_refused():
    with pytest.raises(ValueError, match="groups are missing"):
        report(*cohort(50), groups=[None] * 10 + ["A", "B"] * 20)


@pytest.mark.parametrize("threshold", ["0.5", math.nan, True, [0.5, 0.2]], ids=str)
def test_a_threshold_that_is_none_is_refused(threshold):
    with pytest.raises(ValueError, match="report: threshold is one number"):
        report(*cohort(50), threshold=threshold)


@pytest.mark.parametrize("prevalence", [0, 1, 2.0, "rare", math.nan], ids=str)
def test_a_prevalence_that_is_none_is_refused(prevalence):
    with pytest.raises(ValueError, match="report: prevalence is a share"):
        report(*cohort(50), prevalence=prevalence)


@pytest.mark.parametrize("threshold", [0, 1, -1, 2], ids=str)
def test_a_threshold_that_calls_all_or_nobody(threshold):
    page = report(*cohort(50), threshold=threshold)
    assert page.numbers["net_benefit"].why == "the threshold is no probability between 0 and 1"
    assert page.numbers["sensitivity"] == (threshold < 1)


@pytest.mark.parametrize("names", ["ab", {"a": 0, "b": 1}, ["a", "a"]], ids=["text", "dict", "twice"])
def test_names_of_classes_are_a_list_of_different_ones(names):
    with pytest.raises(ValueError, match="list of different names"):
        report(*cohort(50), class_names=names)


def test_one_class_and_a_prevalence_says_why_there_is_no_curve():
    text = report([0] * 30, np.linspace(0.1, 0.9, 30), prevalence=0.1).text()
    assert "net benefit at another prevalence takes patients of both kinds" in text
    assert "nan" not in text


@pytest.mark.parametrize("kind", [int, bool], ids=["int", "bool"])
def test_labels_beside_none_are_labels(kind):
    y, p = cohort(50)
    page = report([None, *y[1:].astype(kind).tolist()], p)
    assert page.numbers["auroc"] == auroc(y[1:], p[1:])
    assert "1 of 50 rows have no label" in page.text()


@pytest.mark.parametrize("dtype", ["Int64", "boolean"])
def test_labels_of_pandas_with_gaps(dtype):
    pandas = pytest.importorskip("pandas")
    y, p = cohort(50)
    labels = pandas.Series(y, dtype="boolean").astype(dtype)
    labels[0] = pandas.NA
    assert report(labels, p).numbers["auroc"] == auroc(y[1:], p[1:])


def test_a_quantity_among_the_subgroups_leaves_the_others_in_place():
    y, p = cohort(100)
    age, sex = np.linspace(20, 90, 100), np.where(np.arange(100) % 2, "F", "M")
    text = report(y, p, subgroup={"age": age, "sex": sex}).text()
    assert "Not computed: subgroup_table: age has 100 groups" in text
    assert "age_bands(age, (40, 65))" in text
    assert "sex: F" in text
    assert "Gaps between groups" not in report(y, p, subgroup={"age": age}).text()
