"""audit_constant: columns of one value, nearly one value, numbers of rows and ids."""

import numpy as np
import pytest

from edunet.preprocessing.audit_constant import constant, ids
from edunet.preprocessing.audit_reading import read_frame


def table(**more):
    return {"age": np.random.default_rng(0).integers(20, 90, 100).astype(float)} | more


def names(check, columns, **roles):
    return [(found.name, found.columns) for found in check(read_frame(columns, **roles))]


def test_constant_columns_are_one_finding():
    columns = table(country=["AT"] * 100, dose=np.ones(100), empty=np.full(100, np.nan))
    assert names(constant, columns) == [("constant column", ("country", "dose"))]
    (found,) = constant(read_frame(columns))
    assert found.evidence == "country = 'AT' in 100 rows; dose = 1 in 100 rows."
    assert found.repair.endswith("if k not in ['country', 'dose']}")


@pytest.mark.parametrize(
    ("others", "n", "is_found"), [(2, 100, True), (3, 100, False), (10, 5000, True), (11, 5000, False)]
)
def test_nearly_constant_is_at_most_ten_rows_and_two_percent(others, n, is_found):
    flag = np.repeat([0.0, 1.0], [n - others, others])
    assert names(constant, {"flag": flag}) == [("nearly constant column", ("flag",))] * is_found


def test_one_value_or_nothing():
    columns = table(smoker=["yes", None] * 50)
    (found,) = constant(read_frame(columns))
    assert found.name == "one value or nothing"
    assert found.evidence == "smoker = 'yes' in 50 rows, missing in 50."
    assert found.repair.startswith("columns['smoker'] = (columns['smoker'] != '').astype(float)")


def test_a_unit_may_be_the_same_everywhere():
    assert names(constant, table(creatinine_unit=["mg/dl"] * 100)) == []


@pytest.mark.parametrize("n", [0, 1])
def test_one_row_is_not_constant(n):
    assert names(constant, {"dose": np.ones(n)}) == []


@pytest.mark.parametrize("start", [0, 1, 500])
def test_numbers_of_the_rows_in_any_order(start):
    numbers = start + np.random.default_rng(0).permutation(100)
    (found,) = ids(read_frame(table(nr=numbers)))
    assert (found.name, found.columns) == ("numbers of the rows", ("nr",))
    assert found.evidence == f"nr {start} to {start + 99}, no gap."


@pytest.mark.parametrize("name", ["day", "time_hours", "visit"])
def test_moments_may_count_up(name):
    assert names(ids, {name: np.arange(40)}) == []


def test_the_order_of_the_file_may_tell_the_outcome():
    (found,) = ids(read_frame(table(nr=np.arange(100), ill=[0] * 60 + [1] * 40), target="ill"))
    assert found.evidence.endswith("AUC for ill = 1: 1.00.")


@pytest.mark.parametrize("values", [np.arange(100) * 13 % 1009 + 10_000, np.arange(100) % 50])
def test_ids_by_name(values):
    assert names(ids, table(patient_id=values)) == [("id among the measurements", ("patient_id",))]


def test_the_id_that_was_given_is_no_measurement():
    columns = table(patient_id=np.arange(100) * 7)
    assert names(ids, columns, patient="patient_id") == []


@pytest.mark.parametrize(
    ("name", "values"), [("case", [0, 1] * 50), ("fluid", np.arange(100) * 7), ("body mass index", np.arange(100) * 3)]
)
def test_no_ids(name, values):
    assert names(ids, table(**{name: values})) == []


def test_ids_in_words_are_no_measurements_to_begin_with():
    assert names(ids, table(patient_id=[f"R-{i:04d}" for i in range(100)])) == []


def test_few_different_ids_are_codes():
    assert names(ids, table(sample_id=np.arange(100) % 20)) == []


@pytest.mark.parametrize(
    "values", [[*range(10), 11, 11], [*range(10), 10.5, 11], [*range(10), 12, 13]], ids=["twice", "half", "gap"]
)
def test_what_does_not_number_rows(values):
    assert names(ids, {"nr": values}) == []
