"""audit_repeats: rows and patients that stand there several times, and nothing where chance makes equal rows."""

import numpy as np
import pytest

from edunet.datasets import hospitals
from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_repeats import fixed_values, repeated_patients, repeated_rows
from edunet.preprocessing.audit_signature import whose_rows
from edunet.preprocessing.splits import repeats


def table(n=60, seed=0):
    rng = np.random.default_rng(seed)
    tests = {name: rng.normal(100, 20, n).round(1) for name in ("sodium", "weight", "height")}
    return tests | {"age": rng.integers(20, 90, n), "sex": rng.choice(["f", "m"], n)}


def again(columns, rows):
    rows = np.concatenate([np.arange(len(columns["age"])), rows])
    return {name: np.asarray(values)[rows] for name, values in columns.items()}


def rows_found(columns, **roles):
    return list(repeated_rows(read_frame(columns, **roles)))


def patients_found(columns, **roles):
    return list(repeated_patients(read_frame(columns, **roles)))


def test_rows_that_repeat_others_are_counted_and_named():
    (found,) = rows_found(again(table(), [3, 3, 7]))
    assert found.name == "duplicate rows"
    assert found.sentence == "3 of 63 rows repeat another in every column."
    assert found.repair.startswith("keep = ~np.isin(np.arange(63), [60, 61, 62]); columns = ")
    assert found.evidence.startswith("3 surplus rows (5 %): row 60 as 3, 61 as 3, 62 as 7")


def test_a_table_without_repeats_is_quiet():
    assert rows_found(table()) == []


@pytest.mark.parametrize("kinds", [2, 6])
def test_few_columns_of_few_values_repeat_by_chance(kinds):
    rng = np.random.default_rng(0)
    assert rows_found({f"item {j}": rng.integers(0, kinds, 300) for j in range(4)}) == []


def test_a_row_of_the_same_patient_that_is_the_same_counts_even_in_few_values():
    rng = np.random.default_rng(0)
    columns = {f"item {j}": rng.integers(0, 2, 40) for j in range(3)} | {"id": np.arange(40)}
    (found,) = rows_found({name: np.append(values, values[5]) for name, values in columns.items()})
    assert found.evidence == "1 surplus row (2 %): row 40 as 5."


def test_rows_that_are_the_same_but_for_the_id():
    columns = again(table(), [0, 1, 2, 3]) | {"id": np.arange(64)}
    (found,) = rows_found(columns)
    assert found.name == "same rows under different ids"
    assert found.columns == ("id",)
    assert found.evidence.startswith("4 surplus rows, the same in 5 columns")


def test_gaps_are_equal_and_words_among_numbers_are_not():
    nan = np.nan
    more = [float(i) for i in range(30)]
    columns = {"a": [1.5, nan, nan, 2.5, 9.1], "b": ["7.25", "<5", "<5", "<6", "3.125"], "c": [0, -0.0, 0, 1, 2]}
    columns = {name: cells + more for name, cells in columns.items()} | {"d": [7.7, 1.1, 1.1, 1.1, *range(31)]}
    (found,) = rows_found(columns)
    assert "row 2 as 1" in found.evidence


@pytest.mark.parametrize("role", ["given", "named"])
def test_patients_on_several_rows(role):
    columns = table(6) | {"id": [11, 12, 11, 13, 12, 11]}
    columns |= {
        "age": [1, 2, 1, 4, 2, 9],
        "sodium": [1, 2, 1, 4, 5, 6],
        "weight": [70, 80, 70, 90, 81, 71],
        "height": [170, 180, 170, 190, 180, 171],
        "sex": list("fffmmm"),
        "ill": [0, 0, 0, 1, 1, 0],
    }
    given = {"patient": "id"} if role == "given" else {}
    (found,) = patients_found(columns, target="ill", **given)
    assert found.columns == ("id",)
    assert found.evidence == (
        "3 surplus rows of 2 repeated ids, 3 in all; most often 11 (3). Surplus rows that are the same as another "
        "of their id: 1; that differ: 2. Ids with different answers: 1."
    )
    assert "groups=columns['id']" in found.repair


def test_patients_given_as_an_array():
    (found,) = patients_found(table(4), patient=np.array(["a", "b", "a", "c"]))
    assert found.evidence.startswith("1 surplus row of 1 repeated id, 3 in all; most often a (2)")


def test_missing_ids_are_no_patient():
    assert patients_found(table(4), patient=[None, "a", None, "b"]) == []


@pytest.mark.parametrize(
    "name",
    [
        "ID",
        "pid",
        "PatientID",
        "subject_id",
        "Subject",
        "record_number",
        "patient_nbr",
        "USUBJID",
        "Sample code number",
    ],
)
def test_names_of_columns_that_say_whose_a_row_is(name):
    assert whose_rows(read_frame(table(3) | {name: [1, 2, 3]})).name == name


@pytest.mark.parametrize("name", ["acid", "visit_id", "hospital_id", "rownames", "patient_age", "record_date"])
def test_names_of_columns_that_do_not(name):
    assert whose_rows(read_frame(table(3) | {name: [1, 2, 3]})) is None


def test_a_name_of_patients_goes_before_an_id():
    assert whose_rows(read_frame({"id": [1, 2], "patient_id": [7, 7]})).name == "patient_id"


@pytest.mark.parametrize("n", [0, 1, 2])
def test_few_rows_make_no_trouble(n):
    columns = {name: values[:n] for name, values in table().items()} | {"id": np.arange(n)}
    assert rows_found(columns) == patients_found(columns) == []


def test_one_planted_repeat_is_enough_beside_rows_that_differ_in_one_cell():
    columns = again(table(), [5, 5, 5, 5, 9])
    columns["weight"][60:64] += [1, 2, 3, 4]  # four times the same but for the weight
    (found,) = rows_found(columns)
    assert found.evidence == "1 surplus row (2 %): row 64 as 9."


def test_the_repair_of_many_repeats_runs():
    columns = again(table(), np.arange(40))
    (found,) = rows_found(columns)
    names = {"columns": columns, "np": np, "repeats": repeats}
    exec(found.repair, names)
    assert len(names["columns"]["age"]) == 60


def test_two_sexes_of_one_patient():
    columns = {"id": [1, 1, 2, 2, 3], "sex": ["f", "m", "f", "f", "m"], "weight": [70, 71, 80, 80, 60]}
    (found,) = fixed_values(read_frame(columns))
    assert found.columns == ("id", "sex")
    assert found.evidence == "1 of 2 ids with several rows, such as rows 0 and 1: 'f' and 'm'."


@pytest.mark.parametrize("sex", [["f", "f", "m"], ["f", "F ", "m"], ["f", None, "m"], [0, np.nan, 1]])
def test_one_sex_of_each_patient(sex):
    assert list(fixed_values(read_frame({"id": [1, 1, 2], "sex": sex}))) == []


def test_two_years_of_birth_of_one_patient():
    (found,) = fixed_values(read_frame({"pid": [7, 7], "birth_year": [1950, 1960]}))
    assert found.evidence.endswith("1950 and 1960.")


def test_a_case_of_0_or_1_is_no_id():
    rng = np.random.default_rng(0)
    columns = {f"item {j}": rng.integers(0, 3, 300) for j in range(3)} | {"case": rng.integers(0, 2, 300)}
    assert rows_found(columns) == []


def test_rows_of_gaps_and_limits_are_alike():
    rng, third, often = np.random.default_rng(0), np.arange(300) % 3, np.arange(300) % 5 < 2
    columns = {f"test {j}": np.where(third, rng.random(300), np.nan) for j in range(9)}
    assert rows_found(columns | {"age": np.where(often, 90.0, rng.random(300))}) == []


@pytest.mark.parametrize("seed", range(4))
def test_gaps_of_the_hospitals_are_no_repeats(seed):
    cohort = hospitals.load(3000, seed=seed)
    assert rows_found({name: cohort.x[:, j] for j, name in enumerate(cohort.columns)}, target=cohort.y) == []
