"""The audit on real files: what is known to be wrong with them is found, and what is clean stays quiet."""

import tarfile
from pathlib import Path

import numpy as np
import pytest

from edunet.datasets import blood_risk, clinic_records, files, hospitals, tables
from edunet.preprocessing.audit import audit

REAL = Path(__file__).parents[2].parent / "shared/data"


@pytest.fixture(autouse=True)
def nothing_announced(monkeypatch):
    monkeypatch.setattr(files, "announce", lambda *text: None)


def real(name):
    if not (REAL / name).exists():
        pytest.skip(f"the real file is not beside the repository (shared/data/{name})")
    return REAL / name


def load(name, **options):
    return tables.load(real(name), **options)


def found(audited, name, column=None):
    """Return the findings of a name, about a column."""
    return [one for one in audited if one.name == name and (column is None or column in one.columns)]


# ---------------------------------------------------------------- what must be found


def test_pima_zeros_that_mean_missing():
    audited = audit(load("tabular/pima-indians-diabetes.csv"))
    text = " ".join(one.evidence for one in audited if "insulin" in one.columns)
    assert "insulin 374" in text
    assert "skin_thickness 227" in " ".join(one.evidence for one in audited)


def test_heart_failure_time_is_known_afterwards():
    (one,) = found(audit(load("tabular/heart_failure_clinical_records_dataset.csv")), "known only afterwards")
    assert one.columns == ("time",)
    assert one.evidence.startswith("time AUC 0.836 for DEATH_EVENT = 1")


def bcw():
    return load("tabular/breast-cancer-wisconsin.data")


@pytest.mark.parametrize("role", ["of the table", "given", "named id"])
def test_wisconsin_54_surplus_rows_of_46_repeated_ids(role):
    table = bcw()
    columns = {name: table.column(name) for name in table.columns} | {"id": table.patient_id, "class": table.y}
    if role == "of the table":
        audited = audit(table)
    else:
        audited = audit(columns, target="class", patient="id" if role == "given" else None)
    (one,) = found(audited, "repeated patients")
    assert one.evidence.startswith("54 surplus rows of 46 repeated ids, 645 in all")
    assert "same as another of their id: 8; that differ: 46" in one.evidence
    assert found(audited, "duplicate rows")[0].evidence.startswith("8 surplus rows")
    assert found(audited, "same rows under different ids") == []  # 236 women are alike in nine scores of 1 to 10


def test_kidney_disease_near_perfect_columns():
    (one,) = found(audit(load("tabular/chronic_kidney_disease_full.arff")), "class chosen by its tests")
    assert one.columns == ("sg", "sc", "hemo", "pcv")
    for told in ("sg 1.020, 1.025 in 145 rows, 80 %", "hemo 13 to 17.8 in 144 rows, 88 %", "AUC 0.969", "AUC 0.952"):
        assert told in one.evidence


def test_pbcseq_visits_of_the_same_patients():
    audited = audit(load("longitudinal/pbcseq.csv", target="status"))
    (one,) = found(audited, "repeated patients")
    assert one.evidence.startswith("1633 surplus rows of 285 repeated ids, 312 in all; most often 32 (16)")
    assert found(audited, "known only afterwards", "futime")


def test_hcv_blood_of_one_donor_under_two_ages():
    (one,) = found(audit(load("tabular/hcvdat0.csv")), "rows nearly the same")
    assert one.columns == ("Age",)
    assert one.evidence.startswith("The same in 12 of 13 columns: rows 2 and 236 but for Age, 32 and 54; ")


def test_rows_that_are_numbered():
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    audited = audit(pd.read_csv(real("longitudinal/rotterdam.csv")))
    assert found(audited, "numbers of the rows")[0].columns == ("rownames",)
    assert found(audited, "id among the measurements")[0].columns == ("pid",)


def test_horse_colic_repeats_and_an_almost_constant_lesion():
    audited = audit(load("tabular/horse-colic.csv"))
    assert found(audited, "repeated patients")[0].evidence.startswith("16 surplus rows of 16 repeated ids")
    assert found(audited, "nearly constant column")[0].columns == ("lesion_3",)


def test_hcv_and_cleveland_rare_classes():
    (one,) = found(audit(load("tabular/hcvdat0.csv")), "rare class")
    assert "suspect blood donor: 7 of 615" in one.sentence
    (one,) = found(audit(load("tabular/processed.cleveland.data")), "rare class")
    assert one.evidence.startswith("13 rows")


@pytest.fixture(scope="module")
def stays():
    """The descriptors of each stay as they stand in the files, where -1 means unknown, and the table of outcomes."""
    columns = {name: [] for name in ("RecordID", "Age", "Gender", "Height", "ICUType", "Weight")}
    with tarfile.open(real("icu2012/set-a.tar.xz")) as archive:
        for member in archive:
            if member.name.endswith("Outcomes-a.txt"):
                names, *rows = archive.extractfile(member).read().decode().split()
            elif member.name.endswith(".txt"):
                head = (line.split(",") for line in archive.extractfile(member).read(200).decode().splitlines()[1:-1])
                first = {cells[1]: float(cells[2]) for cells in head if cells[0] == "00:00" and cells[1] in columns}
                for name, values in columns.items():
                    values.append(first.get(name, np.nan))
    outcomes = np.array([row.split(",") for row in rows], float)
    return columns, dict(zip(names.split(","), outcomes.T, strict=True))


@pytest.mark.parametrize("unknown", ["-1", "missing"])
def test_icu_outcomes_that_are_no_inputs(stays, unknown):
    outcomes = stays[1]
    if unknown == "missing":
        outcomes = {name: np.where(values == -1, np.nan, values) for name, values in outcomes.items()}
    audited = audit(outcomes, target="In-hospital_death")
    (one,) = found(audited, "known only afterwards")
    assert one.columns == ("Length_of_stay", "Survival")
    assert not [one for one in audited if {"SAPS-I", "SOFA"} & set(one.columns) and "outcome" in one.name]
    assert found(audited, "id among the measurements")[0].columns == ("RecordID",)


def test_icu_minus_one_for_a_height_that_nobody_knows(stays):
    heights = stays[0]
    minus = [one for one in audit(heights) if "Height" in one.columns and "-1" in one.sentence]
    assert f"{heights['Height'].count(-1):,}" in minus[0].evidence


# ---------------------------------------------------------------- what must be quiet


def wdbc():
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    bunch = datasets.load_breast_cancer()
    return audit({name: bunch.data[:, j] for j, name in enumerate(bunch.feature_names)}, target=bunch.target)


def diabetes():
    datasets = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not installed")
    bunch = datasets.load_diabetes()
    return audit({name: bunch.data[:, j] for j, name in enumerate(bunch.feature_names)}, target=bunch.target)


def one_of_the_hospitals(k=0):
    cohort = hospitals.load(8000)
    rows = cohort.site == k
    return audit({name: cohort.x[rows, j] for j, name in enumerate(cohort.columns)}, target=cohort.y[rows])


GAPS = {"values missing", "missing together", "missing by the answer", "missing by another column"}
CLEAN = {  # what is true of them, beside which there may be one false alarm
    "wdbc": (wdbc, set()),
    "diabetes": (diabetes, set()),
    "hcv": (lambda: audit(load("tabular/hcvdat0.csv")), GAPS | {"rare class", "rows nearly the same"}),
    "rotterdam": (lambda: audit(load("longitudinal/rotterdam.csv", target="death")), {"known only afterwards"}),
    "pbc": (
        lambda: audit(load("longitudinal/pbc.csv", target="status")),
        GAPS | {"known only afterwards", "rare class"},
    ),
    "heart failure": (
        lambda: audit(load("tabular/heart_failure_clinical_records_dataset.csv")),
        {"known only afterwards"},
    ),
    "blood risk": (lambda: audit(blood_risk.load(4000)), set()),
    "clean records": (lambda: audit(clinic_records.load(2000), target="readmitted"), {"repeated patients"}),
    "one hospital": (one_of_the_hospitals, set()),
}


@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_table_has_one_false_alarm_at_most(name):
    make, true = CLEAN[name]
    alarms = [one for one in make() if one.name not in true]
    assert len(alarms) <= 1, [str(one) for one in alarms]


def test_no_check_fails_on_a_real_file(stays):
    audits = [make() for make, _ in CLEAN.values()]
    audits += [audit(bcw()), audit(stays[0]), audit(stays[1], target="In-hospital_death")]
    assert [name for audited in audits for name in audited.names() if "not looked at" in name] == []


# ---------------------------------------------------------------- generated tables with an answer key


def test_the_faults_of_the_dirty_records():
    audited = audit(clinic_records.load(2000, dirty=True), target="readmitted")
    for name, column in [
        ("tells the outcome", "readmission_ward"),
        ("impossible dates", "visit_date"),
        ("future dates", "birth_date"),
        ("mixed formats of dates", "visit_date"),
        ("dates in the wrong order", "birth_date"),
        ("two units in one column", "creatinine"),
        ("two units in one column", "glucose"),
        ("two units in one column", "potassium"),
        ("swapped columns", "height_cm"),
        ("missing value as a number", "weight_kg"),
        ("duplicate rows", None),
    ]:
        assert found(audited, name, column), name


def test_hospitals_differ_and_shuffled_ones_do_not():
    cohort = hospitals.load(4000)
    drift = {name for name in audit(cohort).names() if name.endswith("between sites")}
    assert drift == {
        "another unit between sites",
        "values differ between sites",
        "categories differ between sites",
        "gaps differ between sites",
        "rounding or limits differ between sites",
    }
    shuffled = audit(cohort, site=np.random.default_rng(0).permutation(cohort.site))
    assert [name for name in shuffled.names() if name.endswith("between sites")] == []
