"""audit_reading: the same table whatever it comes as, and what to type where it is none."""

import datetime

import numpy as np
import pytest

from edunet.datasets import blood_risk, clinic_records, followup, glucose, tables
from edunet.preprocessing.audit import audit
from edunet.preprocessing.audit_reading import read_frame

AGE, SEX, CRP = [61.0, 48.0, np.nan, 77.0], ["f", "m", "", "f"], [3.5, np.nan, 120.0, 2.0]


def seen(frame):
    return {
        c.name: (c.kind, c.missing.tolist(), None if c.values is None else np.nan_to_num(c.values, nan=-1).tolist())
        for c in frame.columns
    }


EXPECTED = {
    "age": ("number", [False, False, True, False], [61, 48, -1, 77]),
    "sex": ("words", [False, False, True, False], None),
    "crp": ("number", [False, True, False, False], [3.5, -1, 120, 2]),
}


def as_pandas(pd, **types):
    return pd.DataFrame({"age": AGE, "sex": [s or None for s in SEX], "crp": CRP}).astype(types)


def test_a_dict_of_columns():
    assert seen(read_frame({"age": AGE, "sex": SEX, "crp": CRP})) == EXPECTED


def test_a_list_of_dicts_with_keys_left_out():
    rows = [
        {"age": 61, "sex": "f", "crp": 3.5},
        {"age": 48, "sex": "m"},
        {"crp": 120},
        {"age": 77, "sex": "f", "crp": 2},
    ]
    assert seen(read_frame(rows)) == EXPECTED


def test_numbers_as_text():
    rows = {"age": ["61", "48 ", "", "77"], "sex": SEX, "crp": ["3.5", "", "1.2e2", "2"]}
    assert seen(read_frame(rows)) == EXPECTED


def test_a_structured_array():
    cells = np.array(list(zip(AGE, SEX, CRP, strict=True)), [("age", float), ("sex", "U3"), ("crp", "f8")])
    assert seen(read_frame(cells)) == EXPECTED


def test_a_masked_column():
    age = np.ma.masked_array([61, 48, 0, 77], [False, False, True, False])
    assert seen(read_frame({"age": age, "sex": SEX, "crp": CRP})) == EXPECTED


@pytest.mark.parametrize("types", [{}, {"age": "Int64", "sex": "string", "crp": "Float64"}, {"sex": "category"}])
def test_a_dataframe(types):
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    assert seen(read_frame(as_pandas(pd, **types))) == EXPECTED


@pytest.mark.parametrize("names", [[0, 1], [("hb", 1), ("hb", 2)]], ids=["numbers", "tuples"])
def test_the_repairs_of_a_dataframe_without_names_of_text_run(names):
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame([[-9.0, k / 9] for k in range(4)] + [[12 + k / 10, k / 7] for k in range(60)])
    frame.columns = pd.MultiIndex.from_tuples(names) if isinstance(names[0], tuple) else names
    report = audit(frame)
    run = {"frame": frame, "np": np}
    exec(str(report).rpartition("after ")[2].rstrip("."), run)
    exec(report.findings[0].repair.partition("; then fill")[0], run)
    assert run["frame"].iloc[:4, 0].isna().all()


def test_a_dataframe_with_names_twice():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = read_frame(pd.DataFrame([[1, "a"], [2, "b"]], columns=["x", "x"]))
    assert [(c.name, c.kind) for c in frame.columns] == [("x", "number"), ("x", "words")]


def test_an_array_has_numbered_columns():
    frame = read_frame(np.zeros((3, 2), int), target=1)
    assert [c.name for c in frame.columns] == ["column 0"]
    assert frame.target.name == "column 1"


def test_a_table_of_a_file(tmp_path):
    (tmp_path / "ward.csv").write_text("age,sex,crp,died\n61,f,3.5,0\n48,m,?,1\n?,?,120,1\n77,f,2,0\n")
    frame = read_frame(tables.load(tmp_path / "ward.csv", target="died"))
    assert seen(frame) == EXPECTED
    assert frame.event.tolist() == [False, True, True, False]


def test_a_cohort_brings_units_target_patients_and_site():
    frame = read_frame(blood_risk.load(50))
    assert {c.name: c.unit for c in frame.columns}["creatinine"] == "mg/dl"
    assert frame.event.sum() == blood_risk.load(50).y.sum()
    assert frame.patient.text[0] == "B0-000000"
    assert frame.site.name == "site"


def test_a_cohort_of_times_and_events():
    cohort = followup.load(50)
    np.testing.assert_array_equal(read_frame(cohort).event, cohort.y[:, 1] == 1)


def test_records_of_a_clinic():
    frame = read_frame(clinic_records.load(20), target="readmitted", time="visit_date")
    assert frame.time.kind == "date"
    assert "readmitted" not in [c.name for c in frame.columns]
    assert {c.name for c in frame.every()} == set(clinic_records.COLUMNS)
    assert {c.kind for c in frame.columns if c.name in ("record_number", "zip", "ssn")} == {"words"}


# ---------------------------------------------------------------- cells

DATES = {
    "text": ["2020-01-02", "1969-12-31", ""],
    "text with times": ["2020-01-02 10:00", "1969-12-31 00:00:00", None],
    "american": ["01/02/2020", "12/31/1969", ""],
    "european": ["02.01.2020", "31.12.1969", ""],
    "days": np.array(["2020-01-02", "1969-12-31", "NaT"], "M8[D]"),
    "nanoseconds": np.array(["2020-01-02", "1969-12-31", "NaT"], "M8[ns]"),
    "python": [datetime.date(2020, 1, 2), datetime.date(1969, 12, 31), None],
}


@pytest.mark.parametrize("cells", DATES.values(), ids=DATES)
def test_dates_are_days_from_1970(cells):
    (column,) = read_frame({"day": cells}).columns
    assert column.kind == "date"
    assert column.missing.tolist() == [False, False, True]
    assert column.values[:2].tolist() == [18263, -1]


def test_dates_of_pandas_with_a_zone():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    days = pd.to_datetime(["2020-01-02", "1969-12-31", None]).tz_localize("UTC")
    (column,) = read_frame(pd.DataFrame({"day": days})).columns
    assert (column.kind, column.values[:2].tolist()) == ("date", [18263, -1])


def test_a_day_that_does_not_exist_is_a_date_without_a_value():
    (column,) = read_frame({"day": ["2023-02-30", "2023-03-01", "2023-03-02"]}).columns
    assert column.kind == "date"
    assert np.isnan(column.values).tolist() == [True, False, False]
    assert column.text[0] == "2023-02-30"
    assert not column.missing.any()


def test_words_among_numbers_are_kept_aside():
    (column,) = read_frame({"crp": ["3", "<5", 7.5, None]}).columns
    assert column.kind == "number"
    assert column.text.tolist() == ["", "<5", "", ""]
    assert np.nan_to_num(column.values, nan=-1).tolist() == [3, -1, 7.5, -1]
    assert column.missing.tolist() == [False, False, False, True]


@pytest.mark.parametrize("cells", [["00123", "04567"], ["12345", "67890"], ["123-4", "567-8"]])
def test_numbers_that_are_names_stay_words(cells):
    assert read_frame({"zip": cells}).columns[0].kind == "words"


# ---------------------------------------------------------------- roles


@pytest.mark.parametrize(
    ("target", "who", "name"),
    [
        ([0, 1, 1, 1, 1], [0, 1, 1, 1, 1], "1"),
        ([False, True, True, True, False], [0, 1, 1, 1, 0], "1"),
        ([1, 1, 1, 1, 2], [0, 0, 0, 0, 1], "2"),
        ([-1, 1, 1, 1, 1], [1, 0, 0, 0, 0], "-1"),
        (["ckd", "ckd", "notckd", "ckd", "ckd"], [0, 0, 1, 0, 0], "notckd"),
        (["no", "yes", "no", "", None], [0, 1, 0, 0, 0], "yes"),
    ],
    ids=["0/1", "bool", "1/2", "-1/1", "words", "with gaps"],
)
def test_who_has_the_event(target, who, name):
    frame = read_frame({"a": np.zeros(5)}, target=target)
    assert frame.event.tolist() == [bool(one) for one in who]
    assert frame.event_name == name


@pytest.mark.parametrize("target", [[1, 2, 3], ["a", "b", "c"], [1, 1, 1], [np.nan] * 3])
def test_no_event_without_two_values(target):
    assert read_frame({"a": np.zeros(3)}, target=target).event is None


def test_a_role_leaves_the_columns():
    frame = read_frame(
        {"id": [1, 1], "y": [0, 1], "ward": ["a", "b"], "x": [3, 4]}, target="y", patient="id", site="ward"
    )
    assert [c.name for c in frame.columns] == ["x"]
    assert [c.name for c in frame.every()] == ["id", "y", "ward", "x"]


def test_an_array_as_a_role_is_no_column_of_the_table():
    frame = read_frame({"x": [3, 4]}, patient=["p", "q"])
    assert [c.name for c in frame.every()] == ["x"]
    assert frame.patient.text.tolist() == ["p", "q"]


# ---------------------------------------------------------------- refused

REFUSED = {
    "a list": ([[1, 2]], TypeError, r"audit\(np.array\(rows\)\)"),
    "a path": ("ward.csv", TypeError, "tables.load"),
    "a number": (3, TypeError, "Received: 3"),
    "one axis": (np.zeros(3), ValueError, r"x.reshape\(-1, 1\)"),
    "three axes": (np.zeros((2, 3, 4)), ValueError, r"reshape\(len\(x\), -1\)"),
    "one row": ({"age": 3, "sex": "f"}, ValueError, r"audit\(\[row, row"),
    "unequal": ({"a": [1], "b": [1, 2]}, ValueError, "a 1, b 2"),
    "a matrix as a column": ({"a": np.zeros((2, 2))}, ValueError, "column 'a' has 2 axes"),
}


@pytest.mark.parametrize(("frame", "error", "says"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table(frame, error, says):
    with pytest.raises(error, match=says):
        read_frame(frame)


def test_a_cohort_of_courses():
    with pytest.raises(ValueError, match="Make columns of it"):
        read_frame(glucose.load(5))


def test_a_series():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    with pytest.raises(TypeError, match="to_frame"):
        read_frame(pd.Series([1, 2]))


def test_a_name_that_is_no_column():
    with pytest.raises(ValueError, match="Did you mean target='outcome'"):
        read_frame({"age": [1], "outcome": [0]}, target="outcomes")


def test_a_role_of_another_length():
    with pytest.raises(ValueError, match="Received: 3 for 2 rows"):
        read_frame({"age": [1, 2]}, patient=[1, 2, 3])


def test_what_a_set_brings_may_be_named():
    records = clinic_records.load(60, dirty=True)
    assert audit(records, patient="patient_id", site="site").names() == audit(records).names()
