"""audit_values: what nobody has is found; what few have is not."""

import numpy as np
import pytest

from edunet.preprocessing.audit import audit
from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_values import far_beyond, infinite, negative, outside

N = 400
rng = np.random.default_rng(0)
WEIGHT, CRP = rng.normal(75, 12, N).clip(40).round(1), rng.lognormal(1, 1.2, N).round(1)
POTASSIUM = rng.normal(4.2, 0.4, N).round(1)


def found(check, name, values, at=()):
    values = np.array(values, float)
    for row, value in enumerate(at):
        values[row] = value
    return list(check(read_frame({name: values})))


def test_an_infinity():
    (one,) = found(infinite, "ratio", WEIGHT, [1, np.inf, -np.inf])
    assert "in 2 rows" in one.sentence
    assert "row 1," in one.evidence


@pytest.mark.parametrize(("values", "wrong"), [(WEIGHT, -72.5), (CRP, -5), (POTASSIUM, -1)], ids=["kg", "crp", "k"])
def test_a_negative_amount(values, wrong):
    (one,) = found(negative, "a", values, [wrong])
    assert one.name == "impossible values"
    assert one.evidence.startswith(f"{wrong:g}; ")


SIGNED = {
    "scaled": rng.normal(size=N),
    "far from zero, but normal": rng.normal(3, 1, 4000),
    "base excess": rng.normal(0, 3, N).round(1),
    "mostly positive": rng.normal(2, 1, N),
}


@pytest.mark.parametrize("values", SIGNED.values(), ids=SIGNED)
def test_what_may_be_negative(values):
    assert found(negative, "a", values) == []


OUTSIDE = {
    "age of 150": ("age", rng.uniform(20, 90, N), 150, "0 to 123 years"),
    "age in words": ("Age (years)", rng.uniform(20, 90, N), -3, "0 to 123 years"),
    "saturation": ("SpO2", rng.uniform(85, 100, N).round(), 980, "5 to 100 %"),
    "share": ("lymph_pct", rng.uniform(5, 60, N), 101, "0 to 100 %"),
    "glucose": ("glucose", rng.lognormal(4.6, 0.3, N), 9000, "4 to 3,000 mg/dl"),
    "sodium": ("sodium", rng.normal(138, 4, N).round(), 13.8, "75 to 260 mmol/l"),
    "height": ("height_cm", rng.normal(170, 9, N).round(), 13, "20 to 280 cm"),
}


@pytest.mark.parametrize(("name", "values", "wrong", "possible"), OUTSIDE.values(), ids=OUTSIDE)
def test_beyond_what_a_living_patient_has(name, values, wrong, possible):
    (one,) = found(outside, name, values, [wrong])
    assert one.name == "impossible values"
    assert one.evidence.startswith(f"{wrong:,}; possible are {possible} (")


def test_the_unit_of_a_ph_is_not_written():
    found = audit({"pH": np.r_[np.linspace(7.3, 7.5, 60), 74.0]}).about("pH")
    assert any("possible are 6.2 to 8.2 (" in finding.evidence for finding in found)


def test_a_unit_that_the_table_tells():
    class Lab:
        x, y = np.where(np.arange(N) < 2, 90, rng.normal(4.2, 0.4, N))[:, None], np.zeros(N)
        columns, units, truth, patient_id, site = ("potassium",), {"potassium": "mmol/l"}, {}, np.arange(N), np.zeros(N)

    (one,) = outside(read_frame(Lab))
    assert "90 (2 times); possible are 0.6 to 20 mmol/l" in one.evidence


def test_the_other_unit_and_codes_are_told_elsewhere():
    glucose = rng.lognormal(4.6, 0.3, N).round()
    glucose[:10], glucose[10:20], glucose[20:30] = glucose[:10] / 18.016, -9, 0
    assert found(outside, "glucose (mg/dl)", glucose) == []


def test_a_standardised_column_is_left_alone():
    assert found(outside, "glucose", rng.normal(size=N)) == []


@pytest.mark.parametrize("name", ["dosage", "stage", "average", "percent_change", "image"])
def test_other_names_allow_it(name):
    assert found(outside, name, WEIGHT, [150]) == []


@pytest.mark.parametrize(
    ("values", "wrong"),
    [(POTASSIUM, 42), (POTASSIUM, 0.42), (WEIGHT, 7250), (rng.normal(138, 4, N).round(), 13.8), (CRP, 1e6)],
    ids=["point", "point to the left", "two digits", "sodium", "crp"],
)
def test_a_slip_far_beyond(values, wrong):
    (one,) = found(far_beyond, "a", values, [wrong])
    assert one.name == "values far beyond"
    assert one.evidence.startswith(f"{wrong:,.4g}; ".replace("1e+06", "1,000,000"))


def test_the_repair_runs_and_cures():
    columns = {"k": POTASSIUM.copy()}
    columns["k"][:2] = 42, 39.5
    (one,) = far_beyond(read_frame(columns))
    exec(one.repair.split("becomes missing: ")[1].rstrip("."), {"np": np, "columns": columns})
    assert np.isnan(columns["k"]).sum() == 2
    assert list(far_beyond(read_frame(columns))) == []


ORDINARY = {
    "lognormal": CRP,
    "wide": rng.lognormal(0, 2.5, N),
    "gamma": rng.gamma(1, 10, N),
    "t of 3": rng.standard_t(3, N),
    "counts": rng.negative_binomial(1, 0.05, N),
    "with zeros": np.where(rng.random(N) < 0.3, 0, rng.lognormal(4, 1.5, N)),
    "kidney failure": [*rng.lognormal(4.35, 0.2, N), 300, 450, 500, 520, 700, 1079],
    "few classes": [*np.ones(N), 2, 3, 50],
}


@pytest.mark.parametrize("values", ORDINARY.values(), ids=ORDINARY)
def test_what_few_have(values):
    assert found(far_beyond, "a", values) == []
