"""What the page of a report admits: who chose the threshold, what was counted, what nobody answered."""

import functools
import math
import re

import numpy as np
import pytest

from edunet.clinic.net_benefit import net_benefit
from edunet.clinic.report import report


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
