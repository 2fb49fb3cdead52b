"""audit_sentinels: numbers and words that stand for a missing value, and what is typed against them."""

import numpy as np
import pytest

from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_sentinels import codes, numbers_as_words, words, words_among_numbers, zeros

N = 300
rng = np.random.default_rng(0)
AGE, BMI = rng.normal(60, 12, N).clip(18, 95).round(), rng.normal(27, 4, N).clip(17, 45).round(1)
HIDDEN = np.arange(N) % 10 == 0


def found(check, frame, **roles):
    return list(check(read_frame(frame, **roles)))


def test_one_finding_for_all_columns_with_a_code():
    columns = {"age": np.where(HIDDEN, -9, AGE), "bmi": np.where(HIDDEN, -9, BMI), "sex": HIDDEN.astype(int)}
    (one,) = found(codes, columns)
    assert one.columns == ("age", "bmi")
    assert "age 30 (10 %), bmi 30 (10 %)" in one.evidence


def test_a_code_in_a_quantity_to_be_predicted():
    (one,) = found(codes, {"age": AGE}, target=np.where(HIDDEN, 999, BMI))
    assert one.columns == ("target",)


def test_a_code_in_a_target_of_two_values_is_a_class():
    assert found(codes, {"age": AGE}, target=np.where(HIDDEN, -1, 1)) == []


def test_zeros_that_nobody_has():
    columns = {"bmi": np.where(HIDDEN, 0, BMI), "parity": rng.poisson(2, N), "crp": rng.lognormal(0, 1, N).round(1)}
    (one,) = found(zeros, columns)
    assert one.columns == ("bmi",)
    assert "bmi 30 (10 %)" in one.evidence
    assert f"the smallest other values are bmi {BMI.min():g}" in one.evidence


def test_all_cholesterols_are_zero():
    """As in the Swiss file of the heart disease set, 123 of 123."""
    (one,) = found(zeros, {"chol": np.zeros(123), "oldpeak": np.zeros(123)})
    assert one.columns == ("chol",)
    assert "chol 123 (100 %)" in one.evidence


def test_one_zero_where_the_name_rules_it_out():
    assert found(zeros, {"chol": [0.0, *rng.normal(210, 40, 20)]}) != []


@pytest.mark.parametrize("name", ["albumin", "glucose", "bilirubin"])
def test_zeros_of_a_test_strip_are_degrees(name):
    assert found(zeros, {name: rng.integers(0, 6, N)}) == []


@pytest.mark.parametrize("name", ["time", "day_of_visit", "dose_mg", "weight change"])
def test_zeros_of_times_and_doses_are_values(name):
    assert found(zeros, {name: np.where(HIDDEN, 0, BMI)}) == []


def test_zeros_and_another_code():
    bmi = np.where(HIDDEN, 0, BMI)
    bmi[1:6] = -999
    assert [one.columns for one in found(zeros, {"bmi": bmi})] == [("bmi",)]


@pytest.mark.parametrize("word", ["?", "unknown", "N/A", "Not done", "NULL", "nan", "-"])
def test_words_for_nothing(word):
    (one,) = found(words, {"sex": np.where(HIDDEN, word, np.where(AGE > 60, "f", "m"))})
    assert one.columns == ("sex",)
    assert f"{word!r} 30" in one.evidence


def test_words_for_nothing_among_numbers():
    (one,) = found(words, {"bmi": [*BMI.tolist(), "?", "unknown"]})
    assert "'?' 1, 'unknown' 1 of 302 rows" in one.evidence


@pytest.mark.parametrize("kind", ["dict", "frame"])
def test_numbers_are_numbers_again_once_the_words_for_nothing_are_gone(kind):
    columns = {"bmi": np.array([*map(str, BMI), "?"])}
    if kind == "frame":
        columns = pytest.importorskip("pandas", reason="pandas is not installed").DataFrame(columns)
    (one,) = found(words, columns)
    run = {"np": np, "columns": columns, "frame": columns}
    exec(one.repair, run)
    repaired = np.asarray(run["columns"]["bmi"])
    assert repaired.dtype == np.float64
    assert np.isnan(repaired[-1])


CLEAN = {
    "plus and minus": ["+", "-", "-"],
    "a class called none": ["none", "aspirin", "none"],
    "only words for nothing": ["?", "?", ""],
    "dates": ["2020-01-01", "2020-01-02", ""],
}


@pytest.mark.parametrize("cells", CLEAN.values(), ids=CLEAN)
def test_words_that_are_values(cells):
    assert found(words, {"a": cells}) == []


def test_bounds_and_slips_among_numbers():
    (one,) = found(words_among_numbers, {"crp": [*BMI.tolist(), "<5", "<5", "1,200", "?"]})
    assert "3 of its cells are none" in one.sentence
    assert "'<5' and '1,200'" in one.evidence
    assert "half the limit" in one.repair


def test_a_code_among_the_values():
    """As the insulin of Pima would be, which reaches 846, with 999 for the zeros."""
    insulin = np.where(HIDDEN, 999, rng.lognormal(5, 0.7, N).round().clip(14, 1400))
    (one,) = found(codes, {"insulin": insulin})
    assert "insulin 30 (10 %)" in one.evidence


AS_WORDS = {
    "decimal comma": ([f"{v:.1f}".replace(".", ",") for v in BMI], "a decimal comma"),
    "unit": ([f"{v:g} mg/dl" for v in AGE], "their unit, mg/dl"),
    "two units": ([f"{v:g} {'kg' if v > 60 else 'lb'}" for v in AGE], "their unit, kg and lb"),
}


@pytest.mark.parametrize(("cells", "says"), AS_WORDS.values(), ids=AS_WORDS)
def test_numbers_as_words(cells, says):
    (one,) = found(numbers_as_words, {"a": cells})
    assert says in one.sentence
    assert "300 of 300 cells" in one.evidence


def test_the_repair_of_numbers_as_words():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    for cells, _ in AS_WORDS.values():
        frame = pd.DataFrame({"a": cells})
        (one,) = found(numbers_as_words, frame)
        read = eval(one.repair.split("; convert")[0].rstrip("."), {"pd": pd, "frame": frame})
        assert np.isin(read, BMI).all() or np.isin(read, AGE).all()


@pytest.mark.parametrize(
    "cells",
    [
        ["12 Main St", "7 High Rd"],
        ["3-4", "5-6"],
        ["1st", "2nd"],
        ["E11.9", "I10"],
        ["f", "m"],
        ["00123", "00456"],
    ],
    ids=["streets", "ranges", "ordinals", "codes", "words", "zip"],
)
def test_words_that_begin_with_numbers(cells):
    assert found(numbers_as_words, {"a": cells}) == []


GIVEN = {
    "dict": lambda age, bmi: {"age": age, "bmi": bmi},
    "array": lambda age, bmi: np.column_stack([age, bmi]),
    "dict of lists": lambda age, bmi: {"age": age.tolist(), "bmi": bmi.tolist()},
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
@pytest.mark.parametrize("both", [True, False], ids=["two columns", "one"])
def test_the_repair_runs_and_cures(given, both):
    table = given(np.where(HIDDEN, -9, AGE), np.where(HIDDEN, -9, BMI) if both else BMI)
    (one,) = found(codes, table)
    names = {"np": np, "columns": table, "x": np.array(table, float) if isinstance(table, np.ndarray) else None}
    exec(one.repair.split("; then")[0], names)
    repaired = names["x"] if isinstance(table, np.ndarray) else names["columns"]
    assert found(codes, repaired) == []
    assert sum(int(c.missing.sum()) for c in read_frame(repaired).columns) == 30 * (1 + both)


def test_the_repair_of_a_dataframe_runs_and_cures():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame({"age": np.where(HIDDEN, -9, AGE).astype(int), "bmi": np.where(HIDDEN, -9, BMI)})
    frame["sex"] = np.where(HIDDEN, "?", "f")
    for check in (codes, words):
        for one in found(check, frame):
            exec(one.repair.split("; then")[0], {"np": np, "frame": frame})
    assert frame.isna().sum().tolist() == [30, 30, 30]
