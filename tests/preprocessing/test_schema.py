"""A schema: all failures with their rows, notes that are none, and what it proposes for a table."""

import numpy as np
import pytest

from edunet.datasets import clinic_records, tables
from edunet.preprocessing.schema import Column, Schema

pd = pytest.importorskip("pandas")

nan = np.nan
SCHEMA = Schema(
    {
        "age": Column("whole", "years", plausible=(0, 123), nullable=False),
        "sex": Column("text", codes=("F", "M")),
        "sodium": Column("number", "mmol/l", plausible=(75, 260), reference=(137, 145)),
    }
)
BAD = {
    "age": [61.0, 200.0, nan, 45.5, nan],
    "sex": ["F", "m", None, "M", 3],
    "sodium": [140.0, 14.0, 128.0, nan, "high"],
    "ward": [1, 2, 3, 4, 5],
}


@pytest.mark.parametrize("kind", [dict, pd.DataFrame], ids=["dict", "frame"])
def test_all_failures_are_collected_with_their_rows(kind):
    report = SCHEMA.check(kind(BAD))
    found = {(f.column, f.rows) for f in report.failures}
    assert found == {
        ("age", (2, 4)), ("age", (3,)), ("age", (1,)), ("sex", (4,)), ("sex", (1,)), ("sodium", (4,)), ("sodium", (1,)),
    }  # fmt: skip
    assert not report
    for line in (
        "5 rows, 7 failures.",
        "age: 2 cells are missing. Rows 2, 4.",
        "age: 1 cell is no whole number, 45.5. Row 3.",
        "age: 1 cell is outside 0 to 123 years, 200. Row 1.",
        "sex: 1 cell is no text, 3. Row 4.",
        "sex: 1 cell is none of F, M, m. Row 1.",
        "sodium: 1 cell is no number, high. Row 4.",
        "sodium: 1 cell is outside 75 to 260 mmol/l, 14. Row 1.",
        "Note: sodium: 2 of 3 outside 137 to 145 mmol/l, where 95 % of healthy people are; no failure.",
        "Note: not in the schema: ward.",
    ):
        assert line in str(report).splitlines()


def test_a_table_as_it_should_be_passes():
    good = {"age": [61, 45], "sex": ["F", None], "sodium": [140.0, nan]}
    report = SCHEMA.check(good)
    assert report
    assert report.text == "2 rows, 0 failures."


def test_a_column_that_is_not_there_is_a_failure():
    report = SCHEMA.check({"age": [1], "sex": ["F"]})
    assert [str(f) for f in report.failures] == ["sodium: the column is missing."]


def test_long_lists_of_rows_are_cut_in_print_alone():
    report = Schema({"a": Column(plausible=(0, 1))}).check({"a": np.arange(2.0, 22.0)})
    assert len(report.failures[0].rows) == 20
    assert str(report.failures[0]).endswith("Rows 0, 1, 2, 3, 4, ....")


def test_dates_and_frames_with_their_own_types():
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(["2024-01-01", None]),
            "n": pd.array([1, None], dtype="Int64"),
            "text": pd.array(["a", None], dtype="string"),
            "well": [True, False],
        }
    )
    schema = Schema({"day": Column("date"), "n": Column("whole"), "text": Column("text"), "well": Column("whole")})
    assert schema.check(frame)
    wrong = Schema({"day": Column("text"), "text": Column("date"), "n": Column("text")}).check(frame)
    assert len(wrong.failures) == 3


def test_arrays_are_checked_by_number():
    assert Schema({0: Column(plausible=(0, 5))}).check(np.array([[1.0, 9.0]]))
    assert not Schema({1: Column(plausible=(0, 5))}).check(np.array([[1.0, 9.0]]))


def test_infinity_is_outside():
    assert not Schema({"a": Column(plausible=(0, 5))}).check({"a": [np.inf]})


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"dtype": "float"}, "dtype is one of number, whole, text, date"),
        ({"plausible": (5, 1)}, "low < high"),
        ({"reference": (1, 2, 3)}, "low < high"),
        ({"plausible": 3}, "low < high"),
        ({"plausible": (0, None)}, "low < high"),
        ({"plausible": ("a", "b")}, "low < high"),
        ({"dtype": "text", "plausible": (0, 1)}, "limits numbers"),
    ],
)
def test_columns_that_make_no_sense(options, match):
    with pytest.raises(ValueError, match=match):
        Column(**options)


def test_numbers_of_numpy_among_objects_are_numbers():
    values = np.array([np.int64(5), np.float32(0.5), None], object)
    assert Schema({"a": Column("number")}).check({"a": values}).text == "3 rows, 0 failures."
    assert "1 cell is no whole number, 0.5. Row 1." in Schema({"a": Column("whole")}).check({"a": values}).text


@pytest.mark.parametrize("kind", [float, object])
def test_infinity_is_no_whole_number(kind):
    report = Schema({"a": Column("whole")}).check({"a": np.array([np.inf], kind)})
    assert report.text == "1 row, 1 failure.\na: 1 cell is no whole number, inf. Row 0."


@pytest.mark.parametrize("columns", [None, [], {"age": "number"}, {"age": (0, 1)}])
def test_what_is_no_schema(columns):
    with pytest.raises(TypeError, match="expected {name: Column}"):
        Schema(columns)


@pytest.mark.parametrize("frame", [None, 5, np.ones(3)])
def test_what_is_no_table(frame):
    with pytest.raises((TypeError, ValueError), match="Schema.check: expected a table"):
        SCHEMA.check(frame)


def test_a_schema_is_proposed_and_can_be_typed_back():
    frame = {"age": [61, 58], "sex": ["F", "M"], "Na": [140.0, nan], "glucose": [101.0, 99.0], "stage": [1, 4]}
    schema = Schema.infer(frame)
    assert schema.columns["age"] == Column("number", "years", (0.0, 123.0), nullable=False)
    assert schema.columns["sex"] == Column("text", codes=("F", "M"), nullable=False)
    assert schema.columns["Na"] == Column("number", "mmol/l", (75.0, 260.0), (137.0, 145.0))
    assert schema.columns["glucose"].unit == "mg/dl"
    assert schema.columns["stage"].codes == (1, 4)
    assert eval(repr(schema)).columns == schema.columns
    assert schema.check(frame)


def test_a_schema_of_one_file_finds_what_changed_in_the_next():
    clean, dirty = (clinic_records.load(500, 0, dirty=d) for d in (False, True))
    schema = Schema.infer(clean.columns_dict)
    assert schema.check(clean.columns_dict)
    report = schema.check(dirty.columns_dict)
    columns = {f.column for f in report.failures}
    assert {"weight_kg", "glucose", "potassium", "sex", "creatinine"} <= columns
    assert "readmission_ward" in report.text


def test_a_table_of_a_file():
    table = tables.Table(
        x=np.array([[90.0, 0.0], [5.0, nan]]), y=None, columns=("age", "sex"), categories={"sex": ("F", "M")},
        target="", class_names=(), patient_id=None, missing={"age": 0, "sex": 1}, name="t", licence="", citation="",
    )  # fmt: skip
    assert Schema.infer(table).columns["sex"] == Column("text", codes=("F",))


def test_cells_that_are_lists_are_failures_and_no_crash():
    frame = pd.DataFrame({"a": [[1], [2]]})
    assert Schema.infer(frame).columns["a"] == Column("text", nullable=False)
    assert len(Schema({"a": Column("text", codes=("x",))}).check(frame).failures) == 1


def test_empty_tables():
    assert Schema.infer({"a": []}).columns["a"] == Column("number", nullable=False)
    assert SCHEMA.check({"age": [], "sex": [], "sodium": []}).n_rows == 0
