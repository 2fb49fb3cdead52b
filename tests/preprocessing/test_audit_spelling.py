"""audit_spelling: one category in several spellings; different ones, numbers and names are left alone."""

import numpy as np
import pytest

from edunet.datasets import clinic_records
from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_spelling import spelling


def found(words, **roles):
    return list(spelling(read_frame({"word": words}, **roles)))


@pytest.mark.parametrize(
    "ways", [["F", "f"], ["F", "F "], ["Lake Amsel", "LAKE AMSEL"], ["E11.9", "E119"], ["re-admitted", "Re-Admitted"]]
)
def test_ways_of_writing_one_word(ways):
    (one,) = found([ways[0]] * 20 + [ways[1]] * 3 + ["other"] * 20)
    assert one.columns == ("word",)
    assert one.evidence == f"word 3 of 43 rows ({ways[0]!r} 20 and {ways[1]!r} 3)."


@pytest.mark.parametrize("ways", [["M", "F"], ["1.0", "10"], ["HER2+", "HER2-"], ["<5 mg", ">5 mg"], ["I", "II"]])
def test_words_that_are_not_the_same(ways):
    assert found([ways[0]] * 20 + [ways[1]] * 20) == []


def test_names_are_left_alone():
    assert found([f"Name {i}" for i in range(100)] + [f"name {i}" for i in range(100)]) == []


def test_planted_spellings_are_counted():
    records = clinic_records.load(2000, dirty=True)
    (one,) = spelling(read_frame(records))
    assert set(one.columns) == {"sex", "city", "diagnosis"}
    planted = sum(fault.kind == "spelling" and fault.column == "city" for fault in records.faults)
    assert f"city {planted} of 3,513 rows" in one.evidence


def test_clean_records_are_quiet():
    assert list(spelling(read_frame(clinic_records.load(500)))) == []


def test_the_repair_runs():
    columns = {"word": np.array(["F", "f ", "M"] * 9, object)}
    (one,) = spelling(read_frame(columns))
    exec(one.repair, {"columns": columns, "np": np})
    assert set(columns["word"]) == {"f", "m"}


def test_the_answer_is_looked_at_too():
    (one,) = found(["a"] * 30, target=["ckd", "ckd\t", "notckd"] * 10)
    assert one.columns == ("target",)


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_rows(n):
    assert found(["a", "b"][:n]) == []
