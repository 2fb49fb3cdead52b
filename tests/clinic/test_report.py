"""The report: one call, every number with its interval and how; what cannot be computed is named, the rest computed."""

import functools
import math
import pickle

import numpy as np
import pytest

from edunet.clinic.auroc import auroc
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
