"""audit_missing: how much is missing, together or alone, and whether by chance."""

import math

import numpy as np
import pytest

from edunet.datasets import clinic_records
from edunet.preprocessing.audit import audit
from edunet.preprocessing.audit_missing import apart, by_answer, by_others, how_much, nearly_empty, together
from edunet.preprocessing.audit_reading import read_frame

N = 1000
rng = np.random.default_rng(0)
AGE, CRP = rng.normal(60, 12, N).round(), rng.lognormal(1, 1, N)
ILL = (rng.random(N) < 0.3).astype(int)
U = rng.random(N)


def hidden(values, where):
    return np.where(where, np.nan, values)


def found(check, columns, **roles):
    return list(check(read_frame(columns, **roles)))


def test_counts_and_complete_rows():
    columns = {"age": hidden(AGE, np.arange(N) < 10), "crp": hidden(CRP, np.arange(N) < 300), "sex": ["f"] * N}
    (one,) = found(how_much, columns)
    assert one.columns == ("crp", "age")
    assert one.evidence == "crp 300 (30 %); age 10 (1 %). 700 of 1,000 rows are complete."
    assert "keeps 70 % of the patients" in one.consequence


def test_words_have_no_median():
    table = {"hb": [13.0, np.nan, 12.0, 14.0], "ward": ["a", None, "b", "a"]}
    median, most = "SimpleImputer(strategy='median'", "SimpleImputer(strategy='most_frequent'"
    both = audit(table).about("hb")[0].repair
    assert both.startswith(f"{median}, add_indicator=True) of hb and {most}, add_indicator=True) of ward, of scikit")
    assert audit({"ward": table["ward"]}).about("ward")[0].repair.startswith(f"{most}, add_indicator=True), of scikit")


def test_a_gap_in_the_answer_is_counted():
    (one,) = found(how_much, {"age": AGE}, target=hidden(ILL.astype(float), U < 0.1))
    assert one.columns == ("target",)


def test_nothing_missing():
    assert found(how_much, {"age": AGE}) == []


def test_columns_missing_together():
    form = U < 0.2
    almost = form.copy()
    almost[np.flatnonzero(form)[0]] = False
    columns = {"a": hidden(AGE, form), "b": hidden(CRP, form), "c": hidden(CRP, almost), "d": hidden(CRP, U > 0.8)}
    (one,) = found(together, columns)
    assert one.columns == ("a", "b", "c")
    assert f"All 3 are empty in {almost.sum()} of 1,000 rows" in one.evidence


def test_columns_missing_each_by_itself():
    gaps = np.random.default_rng(1).random((4, N)) < 0.2
    assert found(together, {f"c{i}": hidden(AGE, gap) for i, gap in enumerate(gaps)}) == []


def test_rows_nearly_empty():
    empty = np.isin(np.arange(N), [3, 700])
    columns = {name: hidden(CRP, empty) for name in "abc"} | {"id": [str(i) for i in range(N)]}
    (one,) = found(nearly_empty, columns)
    assert "In 2 of 1,000 rows" in one.sentence
    assert "rows 3 and 700" in one.evidence


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_missing_by_chance_is_no_finding(share):
    for seed in range(20):
        gap = np.random.default_rng(seed).random(N) < share
        columns = {"age": AGE, "crp": hidden(CRP, gap), "sex": np.where(U < 0.5, "f", "m")}
        assert found(by_others, columns) == []
        assert found(by_answer, columns, target=ILL) == []


def test_missing_by_the_answer():
    (one,) = found(by_answer, {"crp": hidden(CRP, np.where(ILL == 1, U < 0.05, U < 0.4))}, target=ILL)
    assert one.name == "missing by the answer"
    assert one.columns == ("crp",)
    assert "not missing completely at random" in one.sentence
    assert "where target is 1" in one.evidence


def test_missing_by_a_number():
    (one,) = found(by_others, {"age": AGE, "crp": hidden(CRP, (U < 0.4) & (AGE > 60))})
    assert one.columns == ("crp",)
    assert "in 0 % elsewhere" in one.evidence
    assert f"where age is above {np.median(AGE):g}" in one.evidence


def test_the_test_by_ranks_is_that_of_mann_and_whitney():
    """The reference is scipy.stats.mannwhitneyu(x[m], x[~m], use_continuity=False, method="asymptotic"), scipy 1.17."""
    x = np.array([5, 1, 3, 3, 8, 2, 9, 4, 7, 6, 3, 10, 12, 11, 2, 5, 6, 1, 8, 20.0])
    m = np.array([0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 1], bool)
    auc, z = apart(m[None], x, np.ones(20, bool))
    assert auc[0] == pytest.approx(0.14583333333333334)
    assert math.erfc(abs(z[0]) / math.sqrt(2)) == pytest.approx(0.008486447896312248)


def test_missing_by_a_word():
    ward = np.array(["a", "b", "c"])[np.arange(N) % 3]
    (one,) = found(by_others, {"ward": ward, "crp": hidden(CRP, (U < 0.5) & (ward == "b"))})
    assert "where ward is b" in one.evidence


def test_missing_by_a_date():
    day = np.datetime64("2020-01-01") + np.arange(N)
    (one,) = found(by_others, {"day": day, "crp": hidden(CRP, (U < 0.5) & (np.arange(N) > N / 2))})
    assert "where day is above 2021-05-14" in one.evidence


def test_the_planted_mechanisms_of_a_clinic():
    """creatinine goes missing by age, sbp by its own height, which age tells a little."""
    report = audit(clinic_records.load(2000, dirty=True))
    (one,) = [finding for finding in report if finding.name == "missing by another column"]
    assert "creatinine" in one.columns
    assert "where age is above" in one.evidence
