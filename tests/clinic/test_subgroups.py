"""Subgroups: each row is the metric of these patients; missing, empty, tiny and one-sided groups; what is printed."""

import math

import numpy as np
import pytest

from edunet.clinic.auroc import auroc
from edunet.clinic.brier import brier_score
from edunet.clinic.calibration import observed_expected
from edunet.clinic.confusion import sensitivity, specificity
from edunet.clinic.predictive import ppv
from edunet.clinic.subgroups import MEASURES, age_bands, subgroup_table

RNG = np.random.default_rng(0)
N = 600
AGE = RNG.normal(60, 15, N)
SEX = RNG.choice(["female", "male"], N)
P = 1 / (1 + np.exp(2 - (AGE - 60) / 15 - RNG.normal(size=N)))
Y = RNG.random(N) < P


@pytest.mark.parametrize("name", ["female", "male"])
def test_a_row_is_the_metrics_of_its_patients(name):
    row = next(r for r in subgroup_table(Y, P, SEX, 0.3).rows if r.name == name)
    y, p = Y[name == SEX], P[name == SEX]
    expected = [auroc(y, p), *(m(y, p, 0.3) for m in (sensitivity, specificity, ppv))]
    expected += [observed_expected(y, p), brier_score(y, p)]
    assert [getattr(row, measure) for measure in MEASURES] == expected
    assert [getattr(row, measure).interval for measure in MEASURES] == [e.interval for e in expected]
    assert (row.n, row.events, row.expected) == (len(y), y.sum(), pytest.approx(p.sum()))


def test_overall_is_everybody():
    table = subgroup_table(Y, P, SEX)
    assert table.overall.auroc == auroc(Y, P)
    assert sum(row.n for row in table.rows) == table.overall.n == N


def test_several_attributes():
    table = subgroup_table(Y, P, {"sex": SEX, "age": age_bands(AGE, (40, 65))})
    rows = [(row.attribute, row.name) for row in table.rows]
    assert rows == [("sex", "female"), ("sex", "male"), ("age", "<40"), ("age", "40-<65"), ("age", "65+")]
    assert [(gap.attribute, gap.measure, gap.comparisons) for gap in table.gaps][3:6] == [
        ("sex", "O/E", 1), ("age", "TPR", 1), ("age", "FPR", 3),
    ]  # fmt: skip
    assert table.comparisons == sum(gap.comparisons for gap in table.gaps)


@pytest.mark.parametrize(
    "sex",
    [
        ["f", None, "m", np.nan, "", "nan", "f", "m"],
        np.array(["f", "", "m", " ", "", "nan", "f", "m"]),
    ],
    ids=["list", "array"],
)
def test_missing_labels_are_a_group_of_their_own(sex):
    rows = subgroup_table([0, 1] * 4, [0.2, 0.7] * 4, sex).rows
    assert [(row.name, row.n) for row in rows] == [("f", 2), ("m", 2), ("not recorded", 4)]


def test_numbers_as_groups():
    rows = subgroup_table([0, 1] * 3, [0.2, 0.7] * 3, np.array([10, 2, 2, np.nan, 10, 2.5])).rows
    assert [row.name for row in rows] == ["2", "2.5", "10", "not recorded"]


def test_yes_and_no_as_groups():
    assert [row.name for row in subgroup_table([0, 1], [0.2, 0.7], np.array([True, False])).rows] == ["False", "True"]


def test_a_table_with_named_columns():
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame({"sex": ["f", "m", None], "ward": [3, 3, 11]})
    rows = subgroup_table([0, 1, 1], [0.2, 0.7, 0.1], frame).rows
    assert [row.name for row in rows] == ["f", "m", "not recorded", "3", "11"]


@pytest.mark.parametrize("form", ["Series", "Categorical"])
def test_categories_keep_their_order_and_empty_ones_their_row(form):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    stage = pandas.Categorical(["late", "early", None], categories=["none", "early", "late"])
    stage = pandas.Series(stage) if form == "Series" else stage
    rows = subgroup_table([0, 1, 1], [0.2, 0.7, 0.1], stage).rows
    assert [(row.name, row.n) for row in rows] == [("none", 0), ("early", 1), ("late", 1), ("not recorded", 1)]
    assert [getattr(rows[0], m).why[:8] for m in MEASURES] == ["there ar"] * 4 + ["there is"] * 2


def test_one_class_in_a_group_leaves_the_rest():
    rows = subgroup_table([0, 1, 0, 0], [0.2, 0.7, 0.6, 0.3], ["a", "a", "b", "b"]).rows
    assert rows[1].auroc.why == rows[1].sensitivity.why == "nobody is ill"
    assert (rows[1].specificity, rows[1].ppv, rows[1].observed_expected) == (0.5, 0, 0)
    assert rows[1].brier == pytest.approx(0.225)


def test_a_group_of_one_is_marked():
    rows = subgroup_table([0, 1] + [0, 1] * 5, [0.2, 0.7] * 6, ["a", "b"] + ["c"] * 10).rows
    assert [row.mark for row in rows] == ["few", "few", ""]


@pytest.mark.parametrize("n", [0, 1, 3])
def test_hardly_any_patients(n):
    table = subgroup_table(np.ones(n), np.full(n, 0.3), np.full(n, "a"))
    assert math.isnan(table.overall.auroc)
    assert str(table).count("not computed") >= 5


def test_what_is_printed():
    sex = SEX.astype(object)
    sex[:3] = None
    text = str(subgroup_table(Y, P, {"sex": sex}, 0.3))
    assert text.startswith("called ill from 0.3 on; 95 % intervals")
    assert "not recorded        3" in text
    assert "sex, gap in TPR: " in text
    assert "; without not recorded" in text
    assert "4 comparisons in all; each interval allows" in text
    assert "Kleinberg 2016, Chouldechova 2017" in text
    assert max(map(len, text.splitlines())) <= 110


def test_a_reason_is_printed_once_for_all_measures():
    text = str(subgroup_table([0, 1, 0, 0], [0.2, 0.7, 0.6, 0.3], ["a", "a", "b", "b"]))
    assert text.count("not computed (-) for b: nobody is ill: AUROC, sensitivity") == 1


def test_a_measure_for_the_figure():
    found = subgroup_table(Y, P, {"sex": SEX}).measure("auroc")
    assert [name for name, _ in found] == ["sex: female", "sex: male"]
    assert found[0][1].low < found[0][1] < found[0][1].high


def test_an_unknown_measure():
    with pytest.raises(ValueError, match="measure is one of auroc, "):
        subgroup_table(Y, P, SEX).measure("f1")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((Y, P, SEX[:-1]), r"subgroup says the group of each of 600 patients, \(600,\). Received \(599,\)"),
        ((Y, P, {"age": AGE}), r"subgroup_table: age has 600 groups.*age_bands\(age, \(40, 65\)\)"),
        ((Y, P, {}), "expected groups, such as"),
        ((Y, 9 * P, SEX), "0.5 is a threshold of probabilities"),
        ((Y, P, SEX, np.nan), "threshold is a number"),
        ((2 * Y, P, SEX), "labels are 0 or 1"),
    ],
    ids=["length", "quantity", "none", "no probabilities", "threshold", "labels"],
)
def test_what_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        subgroup_table(*arguments)


# ---------------------------------------------------------------- bands of age


def test_bands_begin_at_their_edges():
    assert age_bands([17.9, 18, 39, 40, 100], (18, 40)).tolist() == ["<18", "18-<40", "18-<40", "40+", "40+"]


def test_bands_stand_in_order_of_age():
    age = [3, 7, 30, 70, 101, np.nan]
    rows = subgroup_table([0, 1] * 3, [0.2, 0.7] * 3, age_bands(age, (5, 18, 65, 100))).rows
    assert [row.name for row in rows] == ["<5", "5-<18", "18-<65", "65-<100", "100+", "not recorded"]


@pytest.mark.parametrize("edges", [(), (65, 40), (40, 40), 40, (40, np.nan), (40, np.inf)], ids=str)
def test_what_are_no_edges(edges):
    with pytest.raises(ValueError, match="edges are rising ages"):
        age_bands([50], edges)


# ---------------------------------------------------------------- several rows of a patient


def test_rows_of_patients_widen_the_gaps():
    rows = np.repeat(np.arange(N), 4)
    alone, clustered = (subgroup_table(Y[rows], P[rows], SEX[rows], 0.3, groups=whose).gaps for whose in (None, rows))
    once = subgroup_table(Y, P, SEX, 0.3).gaps
    for four, together, one in zip(alone, clustered, once, strict=True):
        assert float(four.difference) == pytest.approx(one.difference) == pytest.approx(together.difference)
        width = one.difference.high - one.difference.low
        assert four.difference.high - four.difference.low == pytest.approx(width / 2, rel=0.05)
        assert together.difference.high - together.difference.low == pytest.approx(width, rel=0.05)


def test_ages_that_are_words():
    with pytest.raises(ValueError, match="age_bands: ages are numbers of years"):
        age_bands(["old", "young"], (40, 65))
