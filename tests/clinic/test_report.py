"""The report: one call, every number with its interval and how; what cannot be computed is named, the rest computed."""

import functools
import math
import pickle
import re

import numpy as np
import pytest

from edunet.clinic.auroc import auroc
from edunet.clinic.net_benefit import net_benefit
from edunet.clinic.report import report
from edunet.clinic.threshold import threshold_for


def cohort(n=400, seed=0):
    rng = np.random.default_rng(seed)
    risk = rng.beta(1, 3, n)
    return rng.random(n) < risk, risk


@functools.cache
def plain():
    """Return the report of a cohort without anything else."""
    return report(*cohort())


@pytest.fixture(scope="module")
def page():
    y, risk = cohort()
    p = np.clip(risk + 0.1, 0, 1)
    sex = np.where(np.arange(400) % 2, "F", "M")
    return report(
        y, p, best=risk, subgroup={"sex": sex}, title="A model", synthetic=True, trail=["12 weights of -1 made NaN."]
    )


SECTIONS = [
    "What was judged",
    "Each class, the rarest first",
    "The numbers",
    "At the threshold",
    "Telling ill from healthy",
    "Do the probabilities keep their promise?",
    "Does it help to decide?",
    "Subgroups",
    "What was done to the data",
    "Model card (headings of TRIPOD+AI)",
    "What no report can say",
]


def test_the_sections_in_their_order(page):
    assert [section.heading for section in page.sections] == SECTIONS


def test_numbers_are_those_of_the_metrics(page):
    y, risk = cohort()
    assert page.numbers["auroc"] == auroc(y, np.clip(risk + 0.1, 0, 1))
    assert page.numbers["observed_expected"] < 0.8  # every risk is 0.1 too high


def test_every_number_says_how_it_was_computed(page):
    silent = [key for key, value in page.numbers.items() if not math.isnan(value) and not value.how]
    assert silent == []


def test_the_best_possible_stands_beside_the_model(page):
    y, risk = cohort()
    assert f"{auroc(y, risk):.3f}" in page.text()
    assert "Best possible" not in plain().text()


def test_the_rarest_class_stands_first():
    y, p = cohort(60)
    rows = report(~y, 1 - p, class_names=("ill", "well")).sections[1].parts[0].rows
    assert [row[0] for row in rows] == ["ill", "well"]  # 0 is the rarer one here


def test_text_and_page_tell_the_same_numbers(page):
    html = page.html()
    for key in ("auroc", "calibration_slope", "net_benefit", "ici"):
        assert f"{page.numbers[key]:.3f}" in html
        assert f"{page.numbers[key]:.3f}" in page.text()


def test_the_same_seed_gives_the_same_page():
    assert report(*cohort()).html() == plain().html()
    assert report(*cohort(), seed=1).numbers["ici"].low != plain().numbers["ici"].low


def test_what_was_done_to_the_data_is_told(page):
    assert "12 weights of -1 made NaN." in page.text()
    assert "give trail=" in plain().text()


def test_a_threshold_that_was_chosen_says_where():
    y, p = cohort(300, seed=1)
    t = threshold_for(y, p, sensitivity=0.9)
    assert "chosen for sensitivity >= 0.9 on 300" in report(*cohort(100), threshold=t).text()
    assert "How it was chosen is not known" in plain().text()


def test_a_threshold_that_was_chosen_on_these_patients_is_found_out():
    y, p = cohort(300, seed=1)
    t = threshold_for(y, p, sensitivity=0.9)
    assert "the very numbers found here" in report(y, p, threshold=t).text()
    assert "the very numbers found here" not in report(*cohort(300, seed=2), threshold=t).text()


def test_a_prevalence_elsewhere_is_used():
    numbers = report(*cohort(100), prevalence=0.02).numbers
    assert numbers["ppv_at_0.02"] < numbers["ppv"]


def test_rows_of_one_patient_are_not_so_many_patients():
    y, p = cohort(200)
    numbers = report(np.repeat(y, 8), np.repeat(p, 8), groups=np.repeat(np.arange(200), 8)).numbers
    once = report(y, p).numbers
    for key in ("auroc", "auprc", "sensitivity", "brier", "net_benefit", "calibration_slope", "ici"):
        width, wanted = (found[key].high - found[key].low for found in (numbers, once))
        assert width == pytest.approx(wanted, rel=0.35), key


# ---------------------------------------------------------------- bad input


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


# ---------------------------------------------------------------- what the page admits


def table_of(page, caption):
    """Return the table whose caption begins so."""
    parts = [part for section in page.sections for part in section.parts]
    return next(part for part in parts if getattr(part, "caption", "").startswith(caption))


def test_net_benefit_has_an_interval_at_each_threshold(page):
    y, risk = cohort()
    wanted = net_benefit(y, np.clip(risk + 0.1, 0, 1), 0.2)
    row = next(row for row in table_of(page, "Net benefit").rows if row[0] == "0.2")
    assert row[1:3] == (f"{wanted:.4f}", f"{wanted.low:.4f} to {wanted.high:.4f}")


def test_the_prevalence_of_the_decision_curve_is_named():
    assert "where 0.02 of all are ill" in table_of(report(*cohort(100), prevalence=0.02), "Net benefit").caption


def test_groups_that_are_too_small_for_a_gap_are_named():
    page = report(*cohort(), subgroup={"site": ["A"] * 200 + ["B"] * 195 + ["C"] * 5})
    assert "Left out, having fewer than ten to count or no interval: site: C" in table_of(page, "Gaps").note


def test_a_group_of_few_patients_is_not_to_be_published():
    few = report(*cohort(), subgroup={"site": ["A"] * 395 + ["C"] * 5}).text()
    assert "may tell who its patients are" in few.replace("\n", " ")
    assert "may tell who its patients are" not in report(*cohort(), subgroup={"site": ["A", "B"] * 200}).text()


def test_a_threshold_that_nobody_gave_is_owned_up():
    assert "No threshold was given: 0.5 stands in for it." in plain().text()
    assert "No threshold was given" not in report(*cohort(50), threshold=0.5).text()


def test_groups_of_risk_are_rows_of_patients():
    y, p = cohort(100)
    page = report(np.repeat(y, 8), np.repeat(p, 8), groups=np.repeat(np.arange(100), 8))
    low, high = map(float, table_of(page, "Rows in groups").rows[-1][2].split(" to "))
    assert high - low > 0.4  # of ten patients, not of eighty rows


def test_every_header_cell_holds_words(page):
    assert '<th scope="col"></th>' not in page.html()


def test_the_parts_of_the_brier_score_add_up(page):
    note = table_of(page, "Calibration").note
    off, sorts, leaves, inside = map(float, re.findall(r"[+-]?0\.\d{4}", note))
    assert off - sorts + leaves + inside == pytest.approx(page.numbers["brier"], abs=2e-4)


def test_groups_of_risk_that_came_out_fewer_are_counted():
    page = report([0, 1] * 20, [0.2, 0.7] * 20)
    assert "over 2 groups" in table_of(page, "Calibration").note


def test_a_perfect_order_of_a_few_patients_has_no_interval_of_no_width():
    found = report([0, 1, 1, 0] * 4, [0.2, 0.7, 0.8, 0.1] * 4, groups=np.arange(16) // 2).numbers["auprc"]
    assert found == 1
    assert math.isnan(found.low)
    assert "no interval" in found.how


def test_precision_is_not_drawn_along_a_straight_line():
    y, p = np.repeat([1, 0, 1, 0], [4, 1, 6, 9]), np.repeat([0.9, 0.9, 0.1, 0.1], [4, 1, 6, 9])
    assert "80% at 25%, 50% at 50%, 50% at 75%, 50% at 90%" in report(y, p).text()  # of 5, then of all 20


def test_half_an_answer_leaves_the_question_on_the_card(page):
    text = page.text()
    for item in ("7 Data preparation.", "10 Sample size.", "14 Fairness.", "15 Model output."):
        assert text.count(item) == 2, item
    assert report(*cohort(50), card={"10": "All of 2024."}).text().count("10 Sample size.") == 1


def test_the_card_names_the_measures_that_were_computed():
    y, p = cohort()
    assert "Brier" not in report(y, np.log(p)).text().split("12e Measures of performance.")[1][:200]


@pytest.mark.parametrize(("card", "kind"), [({"99": "?"}, ValueError), ("adults", TypeError)], ids=["item", "text"])
def test_a_card_that_is_none_is_refused(card, kind):
    with pytest.raises(kind, match="model_card"):
        report(*cohort(50), card=card)


# ---------------------------------------------------------------- several classes


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


# ---------------------------------------------------------------- files


def test_the_page_is_written_once(tmp_path):
    path = tmp_path / "report.html"
    page = report(*cohort(30), out=path)
    assert path.read_text(encoding="utf-8") == page.html()
    with pytest.raises(FileExistsError, match=r"report\.html"):
        page.save(path)
    page.save(path, overwrite=True)
    assert [f.name for f in tmp_path.iterdir()] == ["report.html"]


def test_a_text_file_by_its_ending(tmp_path):
    path = plain().save(tmp_path / "r.txt")
    assert path.read_text(encoding="utf-8") == plain().text()
    with pytest.raises(ValueError, match=r"saved as \.html or \.txt"):
        plain().save(tmp_path / "r.pdf")


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        plain().save(tmp_path / "nowhere" / "r.html")
    assert list(tmp_path.iterdir()) == []


def test_a_report_can_be_sent_to_another_process(page):
    assert pickle.loads(pickle.dumps(page)).html() == page.html()


def test_a_notebook_shows_it_in_a_frame_of_its_own(page):
    shown = page._repr_html_()
    assert shown.startswith("<iframe")
    assert "sandbox" in shown
    assert "<style" not in shown


def test_a_quantity_among_the_subgroups_leaves_the_others_in_place():
    y, p = cohort(100)
    age, sex = np.linspace(20, 90, 100), np.where(np.arange(100) % 2, "F", "M")
    text = report(y, p, subgroup={"age": age, "sex": sex}).text()
    assert "Not computed: subgroup_table: age has 100 groups" in text
    assert "age_bands(age, (40, 65))" in text
    assert "sex: F" in text
    assert "Gaps between groups" not in report(y, p, subgroup={"age": age}).text()
