"""Reference ranges: what the sources print, by sex and age, flags, and what is refused."""

import math

import numpy as np
import pytest

from edunet.preprocessing.reference_ranges import TABLE, flag, reference_range
from edunet.preprocessing.units import convert

PRINTED = [
    ("sodium", None, None, "mmol/l", 137, 145),
    ("K", None, 30, "mEq/l", 3.6, 4.6),
    ("creatinine", "female", None, "µmol/l", 45, 90),
    ("creatinine", "m", 80, "µmol/l", 60, 105),
    ("urea", "f", 49.9, "mmol/l", 2.6, 6.4),
    ("urea", "f", 50, "mmol/l", 3.1, 7.9),
    ("phosphate", "m", 50, "mmol/l", 0.75, 1.35),
    ("uric acid", "F", 60, "µmol/l", 155, 400),
    ("albumin", None, 75, "g/dl", 3.4, 4.5),
    ("haemoglobin", "female", 40, "g/dl", 11.7, 15.3),
    ("haemoglobin", "male", None, "g/l", 134, 170),
    ("GGT", "male", 39, "U/l", 10, 80),
    ("platelets", "female", None, "/µl", 165000, 387000),
]


@pytest.mark.parametrize(("analyte", "sex", "age", "unit", "low", "high"), PRINTED, ids=lambda p: str(p))
def test_printed_ranges(analyte, sex, age, unit, low, high):
    found = reference_range(analyte, sex, age, unit)
    assert (found.low, found.high, found.unit) == (pytest.approx(low), pytest.approx(high), unit)


def test_for_children_the_limit_of_haemoglobin_is_a_lower_one_alone():
    found = reference_range("haemoglobin", age=3)
    assert found.low == 110
    assert math.isnan(found.high)
    assert "WHO" in found.source
    np.testing.assert_array_equal(flag([10.0, 25.0], "haemoglobin", age=3, unit="g/dl"), [-1, 0])


@pytest.mark.parametrize("row", TABLE, ids=lambda r: f"{r.analyte}-{r.sex}-{r.age[0]}")
def test_every_line_is_in_order(row):
    assert not row.low >= row.high
    assert row.age[0] < row.age[1]
    assert row.source
    assert convert(1.0, row.analyte, row.unit, row.unit) == 1
    others = [r for r in TABLE if r.analyte == row.analyte and r is not row and {r.sex, row.sex} != {"female", "male"}]
    assert not [r for r in others if r.age[0] < row.age[1] and row.age[0] < r.age[1]]


@pytest.mark.parametrize(
    ("args", "match"),
    [
        (("creatinine",), "say sex=.... The table has .* female from 18 on: 45 to 90; male from 18 on: 60 to 105"),
        (("urea", "f"), "say age=..."),
        (("urea",), "say sex=... and age=..."),
        (("K", "f", 12), "none is known for female, age 12"),
        (("haemoglobin", None, 0.1), "none is known for age 0.1"),
        (("HbA1c",), "no reference range of HbA1c"),
        (("sugar of blood",), "is not in the table"),
        (("creatinine", 1), "np.where"),
        (("creatinine", "x"), "sex is 'female' or 'male'"),
        (("creatinine", "f", "old"), "number of years"),
        (("creatinine", "f", -3), "from 0 up"),
        (("creatinine", "f", 40, "mEq/l"), "no factor"),
    ],
)
def test_refusals(args, match):
    with pytest.raises(ValueError, match=match):
        reference_range(*args)


def test_flags_by_sex_and_age():
    x = [80.0, 100.0, 100.0, 120.0, np.nan, 30.0, 100.0, 100.0, 45.0]
    sex = ["f", "f", "m", "male", "m", "woman", None, "m", "f"]
    age = [40, 40, 40, 40, 40, 40, 40, 12, 40]
    got = flag(x, "creatinine", sex=sex, age=age, unit="µmol/l")
    np.testing.assert_array_equal(got, [0, 1, 0, 1, np.nan, -1, np.nan, np.nan, 0])


def test_flags_without_age_are_those_of_adults():
    np.testing.assert_array_equal(flag([3.0, 4.0, 5.0], "potassium", unit="mmol/l"), [-1, 0, 1])
    np.testing.assert_array_equal(flag([5.0], "cholesterol", unit="mmol/l"), [np.nan])
    assert flag(5.0, "potassium", unit="mmol/l") == 1
    assert isinstance(flag(5.0, "potassium", unit="mmol/l"), float)


def test_flags_do_not_depend_on_the_unit():
    x = np.array([2.0, 4.1, 5.0, 5.5, 7.0])
    here = flag(x, "glucose", unit="mmol/l")
    np.testing.assert_array_equal(flag(convert(x, "glucose", "mmol/l", "mg/dl"), "glucose", unit="mg/dl"), here)
    assert here.tolist() == [-1, -1, 0, 0, 1]


def test_flag_wants_the_unit():
    with pytest.raises(ValueError, match="say the unit of x"):
        flag([100.0], "glucose")
    assert flag(7.2, "pH") == -1


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"sex": ["f", "m"]}, "one for all or"),
        ({"age": [1, 2]}, "one for all or"),
        ({"sex": [0, 1, 0]}, "np.where"),
        ({"age": ["a", "b", "c"]}, "number of years"),
    ],
)
def test_flag_refuses(options, match):
    with pytest.raises(ValueError, match=match):
        flag([60.0, 70.0, 80.0], "creatinine", unit="µmol/l", **options)


def test_of_healthy_people_one_in_twenty_is_flagged():
    rng = np.random.default_rng(0)
    found = flag(rng.normal(141, 2.04, 20000), "sodium", unit="mmol/l")  # NORIP's 137 to 145 as 1.96 deviations
    assert np.mean(found != 0) == pytest.approx(0.05, abs=0.005)
