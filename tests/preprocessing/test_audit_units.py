"""audit_units: two units in one column are found and mended; two kinds of patients are not two units."""

import numpy as np
import pytest

from edunet.datasets import clinic_records, hospitals
from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_units import mixtures, unit_columns

N = 1000
rng = np.random.default_rng(0)
OTHER = rng.random(N) < 0.02
HALF = rng.random(N) < 0.5
GLUCOSE = rng.lognormal(np.log(105), 0.3, N).round()
WEIGHT = rng.lognormal(np.log(75), 0.2, N).round(1)


def found(columns, **roles):
    return list(mixtures(read_frame(columns, **roles)))


PLANTED = {
    "glucose": (GLUCOSE, 1 / 18.016, "mmol/l"),
    "creatinine": (rng.lognormal(0, 0.35, N).round(2), 88.42, "µmol/l"),
    "total_cholesterol": (rng.normal(210, 40, N).clip(90).round(), 1 / 38.67, "mmol/l"),
    "triglycerides": (rng.lognormal(4.8, 0.4, N).round(), 1 / 88.57, "mmol/l"),
    "height_cm": (rng.normal(170, 9, N).round(), 1 / 2.54, " in"),
    "height": (rng.normal(170, 9, N).round(), 0.01, "are in "),
    "potassium": (rng.normal(4.2, 0.4, N).round(1), 10, "the decimal point slipped"),
    "platelets": (rng.lognormal(5.5, 0.3, N).round(), 1000, "/µl"),
    "viral_load": (rng.lognormal(5.5, 0.3, N).round(), 1000, "1,000 times too"),
    "total_protein": (rng.normal(7, 0.6, N).round(1), 10, "g/l"),
    "calcium": (rng.normal(9.4, 0.5, N).round(1), 1 / 4.008, "mmol/l"),
}


@pytest.mark.parametrize("other", [OTHER, HALF], ids=["2 %", "half"])
@pytest.mark.parametrize(("name", "values", "factor", "says"), [(k, *v) for k, v in PLANTED.items()], ids=PLANTED)
def test_two_units_are_found_and_mended(name, values, factor, says, other):
    columns = {name: np.where(other, values * factor, values)}
    (one,) = found(columns)
    assert one.columns == (name,)
    assert says in one.sentence
    exec(one.repair.removeprefix("Ask the laboratory, then: ").rstrip("."), {"np": np, "columns": columns})
    rare = other if other.mean() < 0.5 else ~other
    expected = values if (rare == other).all() else values * factor
    np.testing.assert_allclose(columns[name], expected, rtol=1e-3)


def test_counts_of_both_heaps():
    (one,) = found({"glucose": np.where(OTHER, GLUCOSE / 18.016, GLUCOSE)})
    assert f"{OTHER.sum()} of 1,000 values are in mmol/l" in one.sentence
    assert f"{OTHER.sum()} values below" in one.evidence


def test_a_column_without_a_name():
    assert len(found(np.column_stack([np.where(OTHER, GLUCOSE / 18.016, GLUCOSE)]))) == 1


@pytest.mark.parametrize("other", [OTHER, HALF, ~OTHER], ids=["2 % °F", "half", "2 % °C"])
def test_fahrenheit_and_celsius(other):
    celsius = rng.normal(37.2, 0.6, N).round(1)
    columns = {"temp": np.where(other, celsius * 1.8 + 32, celsius)}
    (one,) = found(columns)
    exec(one.repair.removeprefix("Ask the laboratory, then: ").rstrip("."), {"np": np, "columns": columns})
    assert np.ptp(columns["temp"]) < 10


def test_two_scales_of_hba1c():
    percent = rng.normal(6.5, 1.2, N).clip(4).round(1)
    columns = {"HbA1c": np.where(OTHER, (10.93 * percent - 23.5).round(), percent)}
    (one,) = found(columns)
    exec(one.repair.removeprefix("Ask the laboratory, then: ").rstrip("."), {"np": np, "columns": columns})
    np.testing.assert_allclose(columns["HbA1c"], percent, atol=0.1)


def test_kilograms_and_pounds_half_and_half():
    (one,) = found({"weight": np.where(HALF, WEIGHT * 2.2046, WEIGHT)})
    assert "lb" in one.sentence


def test_heights_that_were_converted_twice():
    height = rng.normal(170, 9, N).round()
    columns = {"Height": np.where(OTHER, height * 2.54, height)}
    (one,) = found(columns)
    assert "was converted once too often" in one.sentence
    exec(one.repair.removeprefix("Ask the laboratory, then: ").rstrip("."), {"np": np, "columns": columns})
    np.testing.assert_allclose(columns["Height"], height)


def test_at_one_site_is_told():
    (one,) = found(hospitals.load(2000))
    assert one.columns == ("creatinine",)
    assert "100 % of the smaller heap are of site 2" in one.evidence


def test_other_faults_do_not_hide_it():
    values = np.where(OTHER, GLUCOSE / 18.016, GLUCOSE)
    values[::50], values[1::50], values[2::50] = -9, 999, np.nan
    assert len(found({"glucose": values})) == 1


CLEAN = {
    "lognormal": rng.lognormal(1, 1, N),
    "wide": rng.lognormal(1, 2, N),
    "diabetics": np.where(rng.random(N) < 0.15, rng.lognormal(5.3, 0.3, N), rng.lognormal(4.55, 0.1, N)),
    "women and men": np.where(HALF, rng.normal(176, 7, N), rng.normal(163, 7, N)).round(),
    "children and adults": np.where(OTHER, rng.normal(20, 6, N).clip(8), WEIGHT),
    "zero or much": np.where(HALF, 0, rng.normal(200, 20, N)),
    "two classes": np.where(HALF, 1, 10),
    "scaled": rng.normal(size=N),
    "counts": rng.poisson(3, N),
}


@pytest.mark.parametrize("values", CLEAN.values(), ids=CLEAN)
@pytest.mark.parametrize("name", ["glucose", "column 3", "marker"])
def test_one_unit(name, values):
    assert found({name: values}) == []


@pytest.mark.parametrize("kind", ["lognormal", "women and men", "children and adults", "zero or much"])
def test_weights_in_one_unit(kind):
    assert found({"weight": CLEAN[kind]}) == []


@pytest.mark.parametrize("seed", range(5))
def test_the_planted_units_of_a_clinic_and_no_other(seed):
    records = clinic_records.load(1000, seed, dirty=True)
    planted = {fault.column for fault in records.faults if fault.kind in ("unit", "decimal")}
    assert {one.columns[0] for one in found(records)} == planted == {"creatinine", "glucose", "potassium"}


def test_a_column_that_says_so():
    units = np.where(OTHER, "mmol/l", np.where(HALF, "mg/dl", "mg/dL "))
    (one,) = unit_columns(read_frame({"glucose": GLUCOSE, "glucose_unit": units, "sex": ["f"] * N}))
    assert one.columns == ("glucose_unit", "glucose")
    assert f"mmol/l {OTHER.sum()}" in one.evidence


def test_a_column_that_says_one_unit():
    assert list(unit_columns(read_frame({"glucose_unit": np.where(HALF, "mg/dl", "mg/dL ")}))) == []
