"""Cleaning steps: what becomes of the cells, what the text says, what is learnt in training, and what is refused."""

import copy
import pickle

import numpy as np
import pytest

from edunet.datasets import clinic_records, tables
from edunet.preprocessing.cleaning import PlausibleRange, Sentinels
from edunet.preprocessing.conversion import ConvertUnits
from edunet.preprocessing.units import convert

nan = np.nan


def test_codes_become_missing_and_are_counted_each():
    table = {"insulin": [0.0, 94.0, -9.0, nan], "age": [0, 61, -9, 30]}
    step = Sentinels({"insulin": [0, -9]})
    np.testing.assert_array_equal(step.fit_transform(table)["insulin"], [nan, 94, nan, nan])
    assert step.transform(table)["age"] is table["age"]
    assert step.text == "Sentinels, 4 rows: insulin: 2 of 4 cells held 0 or -9 and became missing."
    assert step.cells_ == {"insulin": 2}
    assert step.describe({"insulin": [5.0]}) == "Sentinels, 1 row: insulin: no cell holds 0 or -9."


def test_codes_for_all_columns_leave_texts_alone():
    table = {"a": [-9, 1], "b": [2.5, -9.0], "sex": ["F", "-9"]}
    step = Sentinels([-9])
    done = step.fit_transform(table)
    np.testing.assert_array_equal(done["a"], [nan, 1])
    np.testing.assert_array_equal(done["b"], [2.5, nan])
    assert done["sex"] == ["F", "-9"]
    assert step.cells_ == {"a": 1, "b": 1}


@pytest.mark.parametrize("gap", [None, nan], ids=["None", "nan"])
def test_codes_for_all_columns_reach_numbers_that_stand_among_objects(gap):
    table = {"a": np.array([61, gap, -9], object), "yes": np.array([True, None, False], object)}
    done = Sentinels([-9, 1]).fit_transform(table)
    np.testing.assert_array_equal(done["a"], [61, nan, nan])
    assert done["yes"] is table["yes"]


def test_a_column_that_had_no_code_in_training_is_cleaned_all_the_same():
    step = Sentinels({"a": 999}).fit({"a": [1.0]})
    assert np.isnan(step.transform({"a": [999.0]})["a"]).all()
    assert "no cell holds 999" in step.text


@pytest.mark.parametrize("codes", ["-9", [], ["-9"], None, {"a": None}, {"a": ["x"]}, [True]])
def test_codes_are_numbers(codes):
    with pytest.raises(TypeError, match="codes of .* are numbers"):
        Sentinels(codes).fit({"a": [1.0]})


def test_impossible_values_become_missing_and_nothing_is_dropped():
    table = {"age": [61, 200, 45, 30], "Temp": [36.9, 37.2, 369.0, nan], "stage": [1, 99, 2, 3]}
    step = PlausibleRange()
    done = step.fit_transform(table)
    np.testing.assert_array_equal(done["age"], [61, nan, 45, 30])
    np.testing.assert_array_equal(done["Temp"], [36.9, 37.2, nan, nan])
    assert done["stage"] == [1, 99, 2, 3]
    assert step.text == (
        "PlausibleRange, 4 rows: age: 1 of 4 cells outside 0 to 123 years became missing, 200. "
        "Temp: 1 of 4 cells outside 11 to 47 °C became missing, 369."
    )
    assert step.ranges_["age"].unit == "years"


def test_the_unit_of_a_ph_is_not_written():
    step = PlausibleRange().fit({"pH": [7.4, 7.3, 74.0]})
    assert step.text == "PlausibleRange, 3 rows: pH: 1 of 3 cells outside 6.2 to 8.2 became missing, 74."


def test_limits_count_as_possible_and_infinity_does_not():
    step = PlausibleRange({"a": (1, 5)}).fit({"a": [1.0, 5.0]})
    np.testing.assert_array_equal(step.transform({"a": [1.0, 5.0, 0.999, np.inf, -np.inf]})["a"], [1, 5, nan, nan, nan])


def test_the_unit_is_that_of_training():
    train, test = {"glucose": [5.1, 6.0, 7.7, 4.9]}, {"glucose": [5.2, 180.0, 168.0]}
    step = PlausibleRange().fit(train)
    np.testing.assert_array_equal(step.transform(test)["glucose"], [5.2, nan, nan])
    assert "0.222 to 166.5 mmol/l" in step.text


def test_limits_and_units_of_ones_own():
    table = {"bmi": [12.0, 33.0], "age": [61, 150], "dose": [1.0, 2.0], "glucose": [90.0, 3.0]}
    step = PlausibleRange({"bmi": (15, 90), "age": None, "dose": (0, 1.5)}, {"glucose": "mg/dl", "dose": "mg"})
    done = step.fit_transform(table)
    assert step.cells_ == {"bmi": 1, "dose": 1, "glucose": 1}
    assert done["age"] == [61, 150]
    assert "outside 0 to 1.5 mg became missing, 2." in step.text


def test_what_fits_no_unit_or_holds_text_is_left_alone_and_said():
    table = {"age": [-0.5, 0.2, -1.1], "Creatinine": ["< 1.5", ">= 1.5", "< 1.5"]}
    step = PlausibleRange()
    done = step.fit_transform(table)
    assert done == table
    assert "age: left alone, its values do not fit a usual unit." in step.text
    assert "Creatinine: left alone, it holds text." in step.text


def test_a_column_of_dates_is_left_alone_and_said():
    assert "age: left alone, it holds dates." in PlausibleRange().fit({"age": np.array(["2020-01-01"], "M8[D]")}).text


@pytest.mark.parametrize("ends", [(5, 1), (1, 1), (nan, 2), "15", 7, ("a", "b"), (1, 2, 3)])
def test_limits_are_in_order(ends):
    with pytest.raises(ValueError, match="low < high"):
        PlausibleRange({"a": ends}).fit({"a": [1.0]})


@pytest.mark.parametrize("options", [{"ranges": {"b": (0, 1)}}, {"units": {"b": "kg"}}])
def test_limits_of_a_column_that_is_not_there(options):
    with pytest.raises(ValueError, match="there is no column 'b'"):
        PlausibleRange(**options).fit({"a": [1.0]})


def test_a_column_is_brought_to_another_unit():
    step = ConvertUnits({"chol": ("cholesterol", "mg/dl", "mmol/l"), "t": ("temperature", "°F", "°C")})
    done = step.fit_transform({"chol": [193.332, nan], "t": [98.6, 212.0], "age": [1, 2]})
    np.testing.assert_allclose(done["chol"], [5, nan], rtol=1e-3)
    np.testing.assert_allclose(done["t"], [37, 100])
    assert step.text == (
        "ConvertUnits, 2 rows: chol: 1 of 2 cells from mg/dl to mmol/l (times 0.02586). "
        "t: 2 of 2 cells from °F to °C (times 0.5556, -17.78)."
    )


def test_rows_say_their_own_unit_and_say_the_new_one_afterwards():
    table = {"c": [88.4, 1.0, 88.4, 2.0], "unit": np.array(["µmol/L", "mg/dl", None, " "], object)}
    step = ConvertUnits({"c": ("creatinine", "µmol/l", "mg/dl")}, {"c": "unit"})
    done = step.fit_transform(table)
    np.testing.assert_allclose(done["c"], [1, 1, 1, 2 / 88.4], rtol=1e-3)
    assert done["unit"].tolist() == ["mg/dl"] * 4
    assert table["unit"][0] == "µmol/L"
    assert "1 in mg/dl already" in step.text
    assert step.cells_["c"] == 3
    again = step.transform(done)
    np.testing.assert_array_equal(again["c"], done["c"])


def test_without_a_unit_of_the_column_a_row_that_says_none_is_missing():
    step = ConvertUnits({"g": ("glucose", None, "mmol/l")}, {"g": "unit"})
    done = step.fit_transform({"g": [90.0, 5.0, 90.0, nan], "unit": ["mg/dl", "mmol/l", "", ""]})
    np.testing.assert_allclose(done["g"], [4.996, 5, nan, nan], rtol=1e-3)
    assert list(done["unit"]) == ["mmol/l", "mmol/l", "", ""]
    assert "1 without a unit became missing" in step.text


@pytest.mark.parametrize(
    ("columns", "unit_columns", "match"),
    [
        ("g", None, r"columns are \{name: \(analyte, from, to\)\}"),
        ({"g": "mmol/l"}, None, r"a rule is \(analyte, from, to\)"),
        ({"g": 5}, None, r"a rule is \(analyte, from, to\)"),
        ({"g": ("glucose", None, "mmol/l")}, {"g": "code"}, "column 'g', row 0: no factor is known .* '1' for glucose"),
        ({"g": ("glucose", "mg/dl")}, None, r"a rule is"),
        ({"g": ("glucose", None, "mg/dl")}, None, "'g' has no `from` unit"),
        ({"g": ("glucose", "mg/dl", "mEq/l")}, None, "column 'g', row 0: no factor"),
        ({"g": ("glucos", "mg/dl", "mmol/l")}, None, "Did you mean 'glucose'"),
        ({"h": ("glucose", "mg/dl", "mmol/l")}, None, "there is no column 'h'"),
        ({"g": ("glucose", "mg/dl", "mmol/l")}, {"g": "v"}, "there is no column 'v'"),
        ({"g": ("glucose", "mg/dl", "mmol/l")}, {"h": "u"}, "unit_columns has 'h'"),
        ({"g": ("glucose", "mg/dl", "mmol/l")}, {"g": "u"}, "column 'g', row 1: the unit 'stones' cannot be read"),
        ({"u": ("glucose", "mg/dl", "mmol/l")}, None, "column 'u' holds numbers"),
    ],
)
def test_conversions_that_are_refused(columns, unit_columns, match):
    with pytest.raises(ValueError, match=match):
        ConvertUnits(columns, unit_columns).fit({"g": [90.0, 5.0], "u": ["mg/dl", "stones"], "code": [1, 2]})


def test_a_column_of_units_says_one_unit_afterwards():
    table = {"g": [90.0, 5.0], "c": [190.0, 5.0], "u": ["mg/dl", "mmol/l"]}
    both = {"g": "u", "c": "u"}
    same = {"g": ("glucose", None, "mmol/l"), "c": ("cholesterol", None, "mmol/L")}
    np.testing.assert_allclose(ConvertUnits(same, both).fit_transform(table)["c"], [4.914, 5], rtol=1e-3)
    with pytest.raises(ValueError, match="'u' says the unit of 'g', to become mmol/l, and of 'c', to become mg/dl"):
        ConvertUnits({**same, "c": ("cholesterol", None, "mg/dl")}, both).fit(table)


def test_a_table_of_a_file_keeps_words_as_codes():
    table = tables.Table(
        x=np.array([[90.0, 0.0], [5.0, 1.0], [6.0, nan]]), y=None, columns=("g", "u"),
        categories={"u": ("mg/dl", "mmol/l")}, target="", class_names=(), patient_id=None, missing={"g": 0, "u": 1},
        name="t", licence="", citation="",
    )  # fmt: skip
    done = ConvertUnits({"g": ("glucose", None, "mmol/l")}, {"g": "u"}).fit_transform(table)
    np.testing.assert_allclose(done.x[:, 0], [4.996, 5, nan], rtol=1e-3)
    assert done.column("u").tolist() == ["mmol/l", "mmol/l", ""]
    assert done.missing == {"g": 1, "u": 1}
    assert table.categories["u"] == ("mg/dl", "mmol/l")


STEPS = [
    Sentinels({"glucose": [-1, 999], "weight_kg": [-1, 999]}),
    ConvertUnits({"glucose": ("glucose", "mg/dl", "mmol/l")}, {"glucose": "glucose_unit"}),
    PlausibleRange({"height_cm": (100, 250)}),
]


def test_planted_faults_are_found_in_records_of_a_clinic():
    records = clinic_records.load(1000, 0, dirty=True)
    table = dict(records.columns_dict)
    steps = copy.deepcopy(STEPS)
    for step in steps:
        table = step.fit_transform(table)
    planted = [f for f in records.faults if f.kind == "sentinel"]
    assert sum(steps[0].cells_.values()) == len(planted)
    assert all(np.isnan(table[f.column][f.row]) for f in planted)
    slipped = [f for f in records.faults if f.kind == "decimal"]
    assert all(np.isnan(table[f.column][f.row]) for f in slipped)
    untouched = np.ones(len(table["age"]), bool)
    untouched[[f.row for f in records.faults if f.row >= 0]] = False
    expected = convert(np.asarray(records.columns_dict["glucose"], float), "glucose", "mg/dl", "mmol/l")
    np.testing.assert_allclose(table["glucose"][untouched], expected[untouched])


@pytest.mark.parametrize("step", STEPS, ids=lambda s: type(s).__name__)
def test_steps_survive_pickling_and_copying(step):
    table = {"glucose": [90.0, 999.0, 100.0], "weight_kg": [70.0, -1.0, 80.0], "height_cm": [170.0, 1.7, 160.0]}
    table["glucose_unit"] = ["mg/dl"] * 3
    fitted = copy.deepcopy(step).fit(table)
    for twin in (pickle.loads(pickle.dumps(fitted)), copy.deepcopy(fitted)):
        assert twin.text == fitted.text
        np.testing.assert_array_equal(twin.transform(table)["glucose"], fitted.transform(table)["glucose"])


def test_steps_without_rows():
    empty = {"glucose": np.array([]), "weight_kg": np.array([]), "height_cm": np.array([]), "glucose_unit": []}
    for step in copy.deepcopy(STEPS):
        assert len(step.fit_transform(empty)["glucose"]) == 0
        assert step.text.startswith(f"{type(step).__name__}, 0 rows: ")
