"""What no living patient exceeds: by the names of columns, in the unit that fits, and None where that is unsure."""

import contextlib
import io
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import clinic_records, tables
from edunet.preprocessing.plausible import LIMITS, plausible_range
from edunet.preprocessing.reference_ranges import TABLE
from edunet.preprocessing.units import convert
from edunet.preprocessing.units_analytes import ANALYTES

DATA = Path(__file__).parents[2].parent / "shared/data/tabular"


@pytest.mark.parametrize("name", LIMITS)
def test_every_limit_is_wide(name):
    limits = LIMITS[name]
    assert name in ANALYTES
    assert limits.low < limits.usual < limits.high
    assert limits.source
    assert plausible_range(name, limits.unit)[:2] == (limits.low, limits.high)
    for row in (row for row in TABLE if row.analyte == name):
        ends = convert(np.array([row.low, row.high]), name, row.unit, limits.unit)
        assert not ends[0] < 1.1 * limits.low  # nan where the source has no limit
        assert not ends[1] > 0.95 * limits.high


@pytest.mark.parametrize(
    ("name", "unit", "values", "low", "high", "said"),
    [
        ("Glucose", "mg/dl", None, 4, 3000, "mg/dl"),
        ("glucose_mmol_l", None, None, 0.222, 166.5, "mmol/l"),
        ("glucose", None, [5.1, 6.0, 9.9], 0.222, 166.5, "mmol/l"),
        ("glucose", None, [148.0, 85.0, 0.0], 4, 3000, "mg/dl"),
        ("glucose", None, None, 0.222, 3000, "mg/dl or mmol/l"),
        ("hemo", None, [12.6, 15.4], 0.5, 30, "g/dl"),
        ("hemo", None, [9.0, 10.2], 0.3103, 30, "g/dl or mmol/l"),
        ("Hb", None, [121.0, 140.0], 5, 300, "g/l"),
        ("ALB", None, [38.5, 41.0], 1, 100, "g/l"),
        ("CREA", None, [74.0, 106.0], 4.42, 7072, "µmol/l"),
        ("sc", None, [0.8, 1.3], 0.05, 80, "mg/dl"),
        ("sod", None, None, 75, 260, "mmol/l"),
        ("platelets", None, [263358.0], 0, 8e6, "/µl"),
        ("platelet", None, [251.0], 0, 8000, "10^9/l"),
        ("Temp", None, [37.1, 38.0], 11, 47, "°C"),
        ("Temp", None, [98.8, 99.0], 51.8, 116.6, "°F"),
        ("Height", None, [69.0, 70.0], 7.874, 110.2, "in"),
        ("Height", None, [1.72, 1.65], 0.2, 2.8, "m"),
        ("weight_kg", None, [3.1, 72.0], 0.2, 660, "kg"),
        ("FiO2", None, [0.4, 1.0], 0.1, 1, "fraction"),
        ("age", None, None, 0, 123, "years"),
        ("GCS", None, [3, 4, 9], 3, 15, "points"),
        ("albumin", "g/dl", [3, 4, 4], 0.1, 10, "g/dl"),
        ("pH", None, [7.38, 735.0, 7.2, 7.4, 7.4, 7.3], 6.2, 8.2, "1"),
        ("chol", None, [0.0, 0.0], 0.2069, 4000, "mg/dl or mmol/l"),
        ("age", None, [], 0, 123, "years"),
        ("age", None, [np.nan], 0, 123, "years"),
    ],
)
def test_limits_and_units(name, unit, values, low, high, said):
    assert plausible_range(name, unit, values)[:3] == (low, high, said)


@pytest.mark.parametrize(
    ("name", "unit", "values"),
    [
        ("stage", None, None),
        ("sex", None, None),
        ("theophylline", None, None),
        ("BMI", "mg/dl", None),
        ("glucose", "xyz", None),
        (0, None, None),
        (None, None, None),
        ("age", None, [-0.2, 0.1, 1.5, -1.0]),  # standardised
        ("weight", None, [0.1, 0.5, 0.9]),  # scaled to 0 .. 1
        ("bmi", None, [-0.04, 0.06, 0.01]),
        ("SBP", None, [0.0, 1.0, 1.0]),  # a question, yes or no
        ("HR", None, [0.8, 1.2, 1.9]),  # hazard ratios
        ("MAP", None, [0.71, 0.8]),  # mean average precision
        ("Temp", None, [19.5, 22.0]),  # of the room
        ("weight", None, [3436.0, 3433.0, 4354.0, 2372.0]),  # of cars, in lb
        ("age", None, [18393.0, 20228.0]),  # in days
        ("gluc", None, [1, 2, 1, 3]),  # grades
        ("wt", None, [0, 1, 1, 0]),  # wild type
        ("albumin", None, [0, 0, 3, 4, 1, 0, 2]),  # grades in urine
        ("hct", None, [0, 1]),  # a drug
        ("age_years", None, [19500.0, 21000.0]),  # in days
    ],
)
def test_none_where_the_name_or_the_values_say_too_little(name, unit, values):
    assert plausible_range(name, unit, values) is None


def test_values_that_are_no_numbers_are_refused():
    with pytest.raises(TypeError, match="values are numbers"):
        plausible_range("age", values=["old"])


def test_real_measurements_are_found_plausible_and_planted_faults_not():
    records = clinic_records.load(2000, 0, dirty=True)
    columns = records.columns_dict
    for name in ("age", "height_cm", "weight_kg", "sbp", "creatinine", "glucose", "potassium"):
        values = np.asarray(columns[name], float)
        limits = plausible_range(name, None, values)
        out = np.flatnonzero((values < limits.low) | (values > limits.high))
        planted = {f.row for f in records.faults if f.column == name} | {
            k for k, f in enumerate(values) if f in (-1, 999)
        }
        assert set(out) <= planted
        kinds = {f.kind for f in records.faults if f.column == name and f.row in out}
        if name == "potassium":
            assert kinds == {"decimal"}
            assert len(out) == sum(f.kind == "decimal" for f in records.faults)


FOUND = {
    "pima-indians-diabetes.csv": {"glucose": 5, "blood_pressure": 35, "skin_thickness": 227, "bmi": 11},
    "processed.cleveland.data": {},
    "hcvdat0.csv": {},
    "chronic_kidney_disease_full.arff": {"sod": 1, "pot": 2},
    "heart_failure_clinical_records_dataset.csv": {},
}


@pytest.mark.skipif(not DATA.exists(), reason="the folder of real tables is not there")
@pytest.mark.parametrize("file", FOUND)
def test_real_tables(file):
    with contextlib.redirect_stdout(io.StringIO()):
        table = tables.load(DATA / file)
    found = {}
    for name in table.columns:
        values = table.x[:, table.columns.index(name)]
        limits = None if name in table.categories else plausible_range(name, values=values)
        if limits is not None:
            found[name] = int(((values < limits.low) | (values > limits.high)).sum())
    assert {name: n for name, n in found.items() if n} == FOUND[file]
