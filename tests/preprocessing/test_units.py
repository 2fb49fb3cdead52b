"""Units: factors known from elsewhere, ways to write them, round trips, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edunet.preprocessing.units import analytes, convert
from edunet.preprocessing.units_analytes import ANALYTES, molar_mass
from edunet.preprocessing.units_names import analyte_of_column, find_analyte
from edunet.preprocessing.units_text import read_unit

# Printed in laboratory handbooks and in D. S. Young, E. J. Huth, SI Units for Clinical Measurement (1998).
PRINTED = [
    ("glucose", 1, "mmol/l", "mg/dl", 18.016),
    ("creatinine", 1, "mg/dl", "µmol/l", 88.42),
    ("cholesterol", 1, "mmol/l", "mg/dl", 38.67),
    ("HDL", 1, "mmol/l", "mg/dl", 38.67),
    ("triglycerides", 1, "mmol/l", "mg/dl", 88.57),
    ("bilirubin", 1, "mg/dl", "µmol/l", 17.10),
    ("uric acid", 1, "mg/dl", "µmol/l", 59.48),
    ("urea", 1, "mmol/l", "mg/dl", 6.006),
    ("urea nitrogen", 1, "mg/dl", "mmol/l", 0.357),
    ("calcium", 1, "mmol/l", "mg/dl", 4.008),
    ("calcium", 1, "mmol/l", "mEq/l", 2),
    ("magnesium", 1, "mg/dl", "mmol/l", 0.4114),
    ("magnesium", 1, "mg/dl", "mEq/l", 0.8229),
    ("phosphate", 1, "mg/dl", "mmol/l", 0.3229),
    ("sodium", 1, "mEq/l", "mmol/l", 1),
    ("potassium", 1, "mEq/l", "mg/dl", 3.91),
    ("lactate", 1, "mg/dl", "mmol/l", 0.111),
    ("iron", 1, "µg/dl", "µmol/l", 0.1791),
    ("ammonia", 1, "µg/dl", "µmol/l", 0.5872),
    ("haemoglobin", 1, "g/dl", "mmol/l", 0.6206),
    ("haemoglobin", 14, "g/dl", "g/l", 140),
    ("albumin", 4, "g/dl", "g/l", 40),
    ("CRP", 1, "mg/dl", "mg/l", 10),
    ("insulin", 1, "µU/ml", "pmol/l", 6.00),
    ("C-peptide", 1, "ng/ml", "nmol/l", 0.331),
    ("T4", 1, "µg/dl", "nmol/l", 12.87),
    ("free T4", 1, "ng/dl", "pmol/l", 12.87),
    ("T3", 1, "ng/dl", "nmol/l", 0.01536),
    ("TSH", 1, "µU/ml", "mIU/L", 1),
    ("cortisol", 1, "µg/dl", "nmol/l", 27.59),
    ("testosterone", 1, "ng/dl", "nmol/l", 0.03467),
    ("estradiol", 1, "pg/ml", "pmol/l", 3.671),
    ("vitamin D", 1, "ng/ml", "nmol/l", 2.496),
    ("vitamin B12", 1, "pg/ml", "pmol/l", 0.7378),
    ("folate", 1, "ng/ml", "nmol/l", 2.266),
    ("HbA1c", 7, "%", "mmol/mol", 53),
    ("HbA1c", 6.5, "%", "mmol/mol", 47.53),
    ("HbA1c", 42, "mmol/mol", "%", 5.994),
    ("troponin I", 0.04, "ng/ml", "ng/l", 40),
    ("ALT", 60, "U/l", "µkat/l", 1),
    ("paracetamol", 1, "mg/l", "µmol/l", 6.615),
    ("theophylline", 1, "mg/l", "µmol/l", 5.55),
    ("digoxin", 1, "ng/ml", "nmol/l", 1.281),
    ("phenytoin", 1, "µg/ml", "µmol/l", 3.964),
    ("phenobarbital", 1, "mg/l", "µmol/l", 4.306),
    ("ethanol", 1, "mg/dl", "mmol/l", 0.2171),
    ("platelets", 263, "K/µl", "10^9/l", 263),
    ("platelets", 265000, "kiloplatelets/mL", "/µl", 265000),
    ("erythrocytes", 5, "M/µl", "10^12/l", 5),
    ("haematocrit", 42, "%", "l/l", 0.42),
    ("temperature", 98.6, "°F", "°C", 37),
    ("temperature", 37, "°C", "K", 310.15),
    ("weight", 154, "lb", "kg", 69.85),
    ("height", 69, "in", "cm", 175.26),
    ("systolic pressure", 120, "mmHg", "kPa", 16.00),
    ("PaO2", 13.3, "kPa", "mmHg", 99.76),
]


@pytest.mark.parametrize(("analyte", "x", "a", "b", "y"), PRINTED, ids=[f"{p[0]}-{p[2]}-{p[3]}" for p in PRINTED])
def test_printed_factors(analyte, x, a, b, y):
    assert convert(x, analyte, a, b) == pytest.approx(y, rel=5e-4)
    assert convert(y, analyte, b, a) == pytest.approx(x, rel=5e-4)


def test_urea_and_its_nitrogen_are_the_same_in_moles_alone():
    urea, nitrogen = (convert(5.0, analyte, "mmol/l", "mg/dl") for analyte in ("urea", "BUN"))
    assert urea / nitrogen == pytest.approx(2.144, 1e-3)


@pytest.mark.parametrize(
    ("formula", "mass"),
    [("C6H12O6", 180.156), ("C27H46O", 386.664), ("Na", 22.990), ("C15H11I4NO4", 776.87), ("C63H88CoN14O14P", 1355.38)],
)
def test_molar_masses(formula, mass):
    assert float(molar_mass(formula)) == pytest.approx(mass, abs=0.02)


@pytest.mark.parametrize("formula", ["", "c6", "C6H12O6+", "Xx2", "6C"])
def test_what_is_no_formula_is_refused(formula):
    with pytest.raises(ValueError, match="molar_mass"):
        molar_mass(formula)


@pytest.mark.parametrize("name", ANALYTES)
def test_every_line_of_the_table_can_be_used(name):
    line = ANALYTES[name]
    assert find_analyte("t", name) is line
    for alias in (*line.aliases, *line.symbols):
        assert find_analyte("t", alias) is line
    for unit in line.units:
        there = convert(7.0, name, line.units[0], unit)
        assert convert(there, name, unit, line.units[0]) == pytest.approx(7.0, rel=1e-12)


WAYS = {
    "mg/dl": ["mg/dL", "MG/DL", " mg / dl ", "mg per dl", "mg dL-1", "mg·dl⁻¹", "mg%", "mg/100ml", "[mg/dL]"],
    "µmol/l": ["μmol/L", "umol/l", "µM", "uM", "umol.L-1"],
    "mmol/l": ["mM", "MMOL/L", "mmol/litre"],
    "µg/l": ["mcg/L", "ug/l", "ng/ml"],
    "mEq/l": ["meq/L", "mval/l"],
    "10^9/l": ["×10⁹/L", "10e9/L", "10*9/l", "K/µL", "10³/µl", "10^3/mm3", "thou/uL", "giga/l", "1e9/l"],
    "/µl": ["cells/cumm", "1/ul", "cells/mm³"],
    "10^12/l": ["millions/cmm", "M/uL", "T/l"],
    "mU/l": ["mIU/L", "m[IU]/L", "u[IU]/mL", "µU/ml", "uIU/mL", "µIU/ml"],
    "g/dl": ["gm/dl", "gms/dL", "gm%", "gm / 100 ml"],
    "°C": ["ºC", "˚C", "℃", "C", "deg C", "celsius", "Cel"],
    "°F": ["[degF]"],
    "mmHg": ["mm Hg", "MMHG", "mm[Hg]"],
    "kg/m2": ["kg/m²", "kg/m^2"],
    "1/min": ["bpm", "/min", "min⁻¹", "beats/min"],
}


@pytest.mark.parametrize(("unit", "way"), [(unit, way) for unit, ways in WAYS.items() for way in ways])
def test_units_are_read_leniently(unit, way):
    assert read_unit(way) == read_unit(unit) is not None


@pytest.mark.parametrize("text", ["", " ", "mg", "mg/kg", "dl", "100/ul", "xyz", "mmol/24h", None, 5, "mg/dl/dl"])
def test_what_is_no_unit_is_not_read(text):
    assert read_unit(text) is None or read_unit(text).kind not in ("mass", "amount")


def test_a_small_m_in_mmol_is_milli_and_a_capital_alone_is_molar():
    assert read_unit("mM").factor == read_unit("mmol/l").factor
    assert read_unit("mm") == read_unit("MM") != read_unit("mM")


@pytest.mark.parametrize(
    ("args", "match"),
    [
        ((1, "glucos", "mg/dl", "mmol/l"), "Did you mean 'glucose'"),
        ((1, "qqqq", "mg/dl", "mmol/l"), "is not in the table. print"),
        ((1, "glucose", "mg/dk", "mmol/l"), "cannot be read. Did you mean 'mg/dl'. glucose is known in mg/dl, mmol/l"),
        ((1, "glucose", "mg/dl", None), "None cannot be read"),
        ((1, "glucose", "mg/dl", "mEq/l"), "no factor is known .* 'mEq/l' for glucose"),
        ((1, "CRP", "mg/l", "nmol/l"), "no molar mass"),
        ((1, "albumin", "g/l", "µmol/l"), "no molar mass"),
        ((1, "TSH", "mU/l", "pmol/l"), "activity alone"),
        ((1, "phosphate", "mmol/l", "mEq/l"), "not of PO4"),
        ((1, "temperature", "°C", "kg"), "no factor"),
        ((1, "HbA1c", "mg/dl", "%"), "does not pass through 0"),
        ((1, "platelets", "mg/dl", "10^9/l"), "no factor is known .* 'mg/dl' for platelets"),
        ((1, "leucocytes", "ng/ml", "/µl"), "no factor is known .* 'ng/ml' for leucocytes"),
        (([[1], [2, 3]], "glucose", "mg/dl", "mmol/l"), "x is one array. Received: rows of different lengths"),
    ],
)
def test_refusals_say_what_is_known(args, match):
    with pytest.raises(ValueError, match=match):
        convert(*args)


@pytest.mark.parametrize("x", ["12", True, None, ["a"], [1, "b"], 1j, np.array(["2020-01-01"], "M8[D]")])
def test_x_that_is_no_numbers_is_refused(x):
    if x is None:
        assert np.isnan(convert(x, "glucose", "mg/dl", "mmol/l"))  # not measured
        return
    with pytest.raises(TypeError, match="x is a number"):
        convert(x, "glucose", "mg/dl", "mmol/l")


def test_an_analyte_that_is_no_text_is_refused():
    with pytest.raises(TypeError, match="an analyte is a text"):
        convert(1, 2, "mg/dl", "mmol/l")


def test_arrays_keep_their_shape_and_stay_as_they_are():
    x = np.array([[90.0, np.nan], [np.inf, -9.0]], np.float32)
    y = convert(x, "glucose", "mg/dl", "mmol/l")
    assert (y.shape, y.dtype) == ((2, 2), np.float64)
    assert np.isnan(y).tolist() == [[False, True], [False, False]]
    assert x[0, 0] == 90
    same = convert(x, "glucose", "mg/dl", "mg/dL")
    np.testing.assert_array_equal(same, x)
    assert not np.shares_memory(same, x)
    assert isinstance(convert(np.float32(1), "glucose", "mg/dl", "mmol/l"), float)
    assert convert([], "glucose", "mg/dl", "mmol/l").shape == (0,)
    assert np.isnan(convert([None], "glucose", "mg/dl", "mmol/l")).all()


def test_what_is_too_large_becomes_infinite_without_a_warning():
    assert convert(1e308, "glucose", "mmol/l", "mg/dl") == np.inf


def test_cells_are_counted_in_giga_and_never_weighed():
    assert convert(5.0, "leucocytes", "g/l", "10^9/l") == convert(5.0, "leucocytes", "G/L", "10^9/l") == 5.0


def test_what_is_masked_is_a_gap():
    masked = np.ma.masked_array([90, 999], [False, True])
    np.testing.assert_allclose(convert(masked, "glucose", "mg/dl", "mmol/l"), [4.996, np.nan], rtol=1e-3)


def test_the_gaps_of_pandas_are_gaps():
    pd = pytest.importorskip("pandas")
    series = pd.Series([90, None], dtype="Int64")
    np.testing.assert_allclose(convert(series, "glucose", "mg/dl", "mmol/l"), [4.996, np.nan], rtol=1e-3)


PAIRS = [(name, a, b) for name, line in ANALYTES.items() for a in line.units for b in line.units if a != b]


@settings(deadline=None)
@given(st.sampled_from(PAIRS), st.floats(-1e6, 1e6))
def test_there_and_back(pair, x):
    name, a, b = pair
    assert convert(convert(x, name, a, b), name, b, a) == pytest.approx(x, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("column", "analyte", "unit"),
    [
        ("Glucose", "glucose", None), ("BloodPressure", "blood pressure", None), ("SkinThickness", "skinfold", None),
        ("trestbps", "systolic pressure", None), ("chol", "cholesterol", None), ("thalach", "heart rate", None),
        ("ALB", "albumin", None), ("CREA", "creatinine", None), ("bgr", "glucose", None), ("bu", "urea", None),
        ("sc", "creatinine", None), ("sod", "sodium", None), ("pot", "potassium", None), ("hemo", "haemoglobin", None),
        ("sg", "specific gravity", None), ("HR", "heart rate", None), ("NISysABP", "systolic pressure", None),
        ("Temp", "temperature", None), ("pH", "pH", None), ("PaO2", "PaO2", None), ("K", "potassium", None),
        ("bili", "bilirubin", None), ("alk.phos", "ALP", None), ("serum_creatinine", "creatinine", None),
        ("weight_kg", "weight", "kg"), ("glucose_mg_dl", "glucose", "mg/dl"), ("weight(lb)", "weight", "lb"),
        ("creatinine (mg/dL)", "creatinine", "mg/dL"), ("Glucose [mmol/L]", "glucose", "mmol/L"),
        ("insulin_uU_ml", "insulin", "uU/ml"), ("max HR", "heart rate", None), ("glucose_mean", "glucose", None),
        ("glucose_mgdl", "glucose", "mg/dl"), ("k_mmol_l", "potassium", "mmol/l"), ("hr_bpm", "heart rate", "bpm"),
        ("SpO2_%", "oxygen saturation", "%"), ("HbA1c %", "HbA1c", "%"), ("Na+", "sodium", None),
        ("hemoglobin_a1c", "HbA1c", None), ("wbc_count", "leucocytes", None),
        ("bp_systolic", "systolic pressure", None),
        ("na (mEq/L)", "sodium", "mEq/L"), ("creatinine_umoll", "creatinine", "umol/l"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_names(column, analyte, unit):
    line, said = analyte_of_column(column)
    assert (line.name, said) == (analyte, unit)


# Headers of tables that many people learn with, and what their columns are.
HEADERS = {
    "HR O2Sat Temp SBP MAP DBP Resp": "heart rate, oxygen saturation, temperature, systolic pressure, mean pressure, "
    "diastolic pressure, respiratory rate",
    "HCO3 FiO2 pH PaCO2 SaO2 AST BUN Alkalinephos": "bicarbonate, FiO2, pH, PaCO2, oxygen saturation, AST, urea "
    "nitrogen, ALP",
    "Bilirubin_direct Bilirubin_total TroponinI Hct Hgb": "direct bilirubin, bilirubin, troponin I, haematocrit, "
    "haemoglobin",
    "Total_Bilirubin Direct_Bilirubin Alkaline_Phosphotase": "bilirubin, direct bilirubin, ALP",
    "Alamine_Aminotransferase Total_Protiens Sgpt Sgot Alkphos": "ALT, total protein, ALT, AST, ALP",
    "totChol sysBP diaBP heartRate": "cholesterol, systolic pressure, diastolic pressure, heart rate",
    "ap_hi ap_lo avg_glucose_level": "systolic pressure, diastolic pressure, glucose",
    "SystolicBP DiastolicBP BodyTemp": "systolic pressure, diastolic pressure, temperature",
    "hematocrit_min platelets_max resp_rate spo2 mbp": "haematocrit, platelets, respiratory rate, oxygen saturation, "
    "mean pressure",
}


@pytest.mark.parametrize("header", HEADERS, ids=lambda h: h.split()[0])
def test_headers_of_public_tables(header):
    assert ", ".join(analyte_of_column(name)[0].name for name in header.split()) == HEADERS[header]


FALSE_FRIENDS = [
    "stage", "ca", "k", "na", "mg", "ph", "hr", "map", "rr", "t4", "p", "fe", "time_min", "age_group", "age_c",
    "weight_class", "sample_weight", "class_weight", "creatinine_unit", "glucose_std", "glucose_slope",
    "urine_creatinine", "csf_glucose", "reflux_ph", "mean_radius", "fbs", "high_blood_pressure", "high_cholesterol",
    "heart", "Heart", "thal", "cp", "Pregnancies", "DiabetesPedigreeFunction", "hospital_number", "protime",
    "copper", "conc", "Dose", "al", "su", "pcc", "image_height", "page", "height_to_weight", "pulse_pressure",
    "delta_sodium", "platelets_ratio", "sodium_urine", "ph_1", "k_1", "mg_dl", "k_mg_kg",
    "hr_ratio", "Albumin_and_Globulin_Ratio", "BaseExcess", "EtCO2", "HospAdmTime", "ICULOS", "cigsPerDay", "BPMeds",
    "T4U", "prevalentHyp", "TenYearCHD", "Unit1", "HOMA", "MCP.1", "BS", "DB", "TP", "height_m2", "aged", "chol_med",
    "weighted", "temperature_outside_room",
]  # fmt: skip


@pytest.mark.parametrize("column", [*FALSE_FRIENDS, "", " ", "()", 0, None, "mg/dl", "1", ("age", "mean")])
def test_false_friends_are_no_analytes(column):
    assert analyte_of_column(column) is None


def test_the_table_prints_a_line_for_each():
    lines = analytes().splitlines()
    assert len(lines) == len(ANALYTES) + 2
    assert [line.split("  ")[0].strip() for line in lines[2:]] == list(ANALYTES)
