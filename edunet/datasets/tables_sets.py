"""What is published about medical tables that many people learn with: columns, classes, licence, traps.

A set is known by the SHA-256 of its file, or by the name of the file together with its number of columns. Nothing of
the data is here; the files come from the UCI Machine Learning Repository, https://archive.ics.uci.edu, and from R.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["SETS", "Facts", "identify"]

CC_BY = "CC BY 4.0"


@dataclass(frozen=True)
class Facts:
    """What is published about one set."""

    files: str  # regular expression of the file's name, without its ending, in small letters
    n_columns: int  # without numbers of rows
    licence: str
    citation: str
    target: str = ""
    classes: dict[str, str] = field(default_factory=dict)  # target in the file -> name; their order is 0, 1, ...
    columns: tuple[str, ...] = ()  # where the file has no header
    patient_id: str = ""
    note: str = ""
    size: int = 0  # bytes of the file whose sum is known
    sha256: str = ""
    header: tuple[str, ...] = ()  # names the file must have, where its own name says too little


def uci(text: str, doi: str) -> str:
    """Return the citation of a set of the repository."""
    return f"{text}. UCI Machine Learning Repository, doi 10.24432/{doi}"


def identify(path: Path, names: Sequence[str]) -> tuple[str, Facts | None]:
    """Return the name of a known set with its facts, or the name of the file and None.

    Arguments: names of the columns, those that count rows left out; "" for each where the file has no header.
    """
    size, n_columns = path.stat().st_size, len(names)
    for name, facts in SETS.items():
        if facts.size and facts.size == size and facts.n_columns == n_columns:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() == facts.sha256:
                    return name, facts
    stem = path.name.lower().rpartition(".")[0] or path.name.lower()
    for name, facts in SETS.items():
        if facts.n_columns == n_columns and re.fullmatch(facts.files, stem) and facts.header in ((), tuple(names)):
            return name, facts
    return path.stem, None


HEART_COLUMNS = (
    "age", "sex", "cp", "trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak", "slope", "ca", "thal",
    "num",
)  # fmt: skip
HEART_CITATION = uci(
    "R. Detrano, A. Janosi, W. Steinbrunn, M. Pfisterer, J. Schmid, S. Sandhu, K. Guppy, S. Lee, V. Froelicher: "
    "International application of a new probability algorithm for the diagnosis of coronary artery disease. American "
    "Journal of Cardiology 64 (1989) 304-310",
    "C52P4X",
)
PIMA = (
    "CC0 1.0, as its copies state; withdrawn from the UCI repository",
    "J. W. Smith, J. E. Everhart, W. C. Dickson, W. C. Knowler, R. S. Johannes: Using the ADAP learning algorithm to "
    "forecast the onset of diabetes mellitus. Proc. Symposium on Computer Applications in Medical Care (1988) 261-265",
)
PIMA_CLASSES = {"0": "no diabetes", "1": "diabetes"}
PIMA_NOTE = (
    "Zeros in glucose, blood pressure, skin thickness, insulin and bmi mean missing; they are left as they stand. Data "
    "of an Indigenous community: discuss before use."
)
NUCLEUS = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points", "symmetry",
    "fractal_dimension",
)  # fmt: skip
R_SURVIVAL = "LGPL 2 or later (from the R package survival)"
R_NLME = "GPL 2 or later (from the R package nlme)"

SETS = {
    "heart disease": Facts(
        r"(re)?processed[._-](cleveland|hungarian|switzerland|va)", 14, CC_BY, HEART_CITATION, "num",
        columns=HEART_COLUMNS,
        note="num > 0 is disease; edunet.datasets.heart reads it so, with units and the gaps each hospital left.",
    ),
    "breast cancer wisconsin (original)": Facts(
        r"breast-cancer-wisconsin", 11, CC_BY,
        uci("W. H. Wolberg: Breast Cancer Wisconsin (Original), 1990", "C5HP4Z"),
        "class", {"2": "benign", "4": "malignant"},
        ("id", "clump_thickness", "cell_size", "cell_shape", "adhesion", "epithelial_size", "bare_nuclei", "chromatin",
         "nucleoli", "mitoses", "class"),
        "id",
        "Some women occur several times (54 surplus rows): split by patient_id, never by row.",
        19_889, "402c585309c399237740f635ef9919dc512cca12cbeb20de5e563a4593f22b64",
    ),
    "breast cancer wisconsin (diagnostic)": Facts(
        r"wdbc", 32, CC_BY,
        uci("W. Wolberg, O. Mangasarian, N. Street, W. Street: Breast Cancer Wisconsin (Diagnostic), 1993", "C5DW2B"),
        "diagnosis", {"B": "benign", "M": "malignant"},
        ("id", "diagnosis", *(f"{part}_{what}" for what in ("mean", "se", "worst") for part in NUCLEUS)),
        "id",
    ),
    "hepatitis": Facts(
        r"hepatitis", 20, CC_BY, uci("Hepatitis, 1983", "C5Q59J"),
        "class", {"1": "died", "2": "lived"},
        ("class", "age", "sex", "steroid", "antivirals", "fatigue", "malaise", "anorexia", "liver_big", "liver_firm",
         "spleen_palpable", "spiders", "ascites", "varices", "bilirubin", "alk_phosphate", "sgot", "albumin", "protime",
         "histology"),
    ),
    "pima indians diabetes (with header)": Facts(
        r"diabetes|pima-indians-diabetes", 9, *PIMA, "Outcome", PIMA_CLASSES,
        header=("Pregnancies", "Glucose", "BloodPressure", "SkinThickness", "Insulin", "BMI",
                "DiabetesPedigreeFunction", "Age", "Outcome"),
        note=PIMA_NOTE,
    ),
    "pima indians diabetes": Facts(
        r"pima-indians-diabetes(\.data)?", 9, *PIMA, "diabetes", PIMA_CLASSES,
        ("pregnancies", "glucose", "blood_pressure", "skin_thickness", "insulin", "bmi", "pedigree", "age", "diabetes"),
        note=PIMA_NOTE,
        size=23_278, sha256="6bfe5d0f379d17a0e0819b996407e3c09bf80febd4287f2ed212190dfff154af",
    ),
    "hcv": Facts(
        r"hcvdat0?", 13, CC_BY,
        uci("R. Lichtinghagen, F. Klawonn, G. Hoffmann: HCV data, 2020; G. Hoffmann, A. Bietenbeck, R. Lichtinghagen, "
            "F. Klawonn: Using machine learning techniques to generate laboratory diagnostic pathways. Journal of "
            "Laboratory and Precision Medicine 3 (2018) 58", "C5D612"),
        "Category",
        {"0=Blood Donor": "blood donor", "0s=suspect Blood Donor": "suspect blood donor", "1=Hepatitis": "hepatitis",
         "2=Fibrosis": "fibrosis", "3=Cirrhosis": "cirrhosis"},
        size=40_112, sha256="263384e323c443cf8696e060429fcecc4831ab3ba1f748c25cf264e91034fdc8",
    ),
    "chronic kidney disease": Facts(
        r"chronic_kidney_disease(_full)?", 25, CC_BY,
        uci("L. Rubini, P. Soundarapandian, P. Eswaran: Chronic Kidney Disease, 2015", "C5G020"),
        "class", {"notckd": "no kidney disease", "ckd": "chronic kidney disease"},
        note="Too easy for a claim about a model; good for lessons on missing values.",
        size=47_261, sha256="430c9c54690eecc3a2e32ec8165420bcfaee2fd1549ef479227a4cbfd5be12eb",
    ),
    "heart failure": Facts(
        r"heart_failure_clinical_records(_dataset)?", 13, CC_BY,
        uci("D. Chicco, G. Jurman: Machine learning can predict survival of patients with heart failure from serum "
            "creatinine and ejection fraction alone. BMC Medical Informatics and Decision Making 20 (2020) 16",
            "C5Z89R"),
        "DEATH_EVENT", {"0": "survived", "1": "died"},
        note="time is the length of follow-up, which is not known beforehand: it leaks the outcome. Leave it out of x.",
        size=12_239, sha256="9c73cea7468ff5d517801ec050fe9993da5912fce4b56f296f8df3b38dd75912",
    ),
    "horse colic": Facts(
        r"horse-colic", 28, CC_BY, uci("M. McLeish, M. Cecile: Horse Colic, 1989", "C58W23"),
        "outcome", {"1": "lived", "2": "died", "3": "euthanized"},
        ("surgery", "age", "hospital_number", "rectal_temperature", "pulse", "respiratory_rate",
         "extremity_temperature", "peripheral_pulse", "mucous_membranes", "capillary_refill", "pain", "peristalsis",
         "abdominal_distension", "nasogastric_tube", "nasogastric_reflux", "reflux_ph", "rectal_examination",
         "abdomen", "packed_cell_volume", "total_protein", "abdominal_fluid", "abdominal_fluid_protein", "outcome",
         "surgical_lesion", "lesion_1", "lesion_2", "lesion_3", "pathology"),
        "hospital_number",
        "Horses. A fifth of the cells is missing, and one outcome: y is NaN there.",
        25_151, "6ea4b4e9819f56dd021bea06d4a56c711825d0e6e33bc0cfc183f054fc4256d6",
    ),
    "pbc": Facts(
        r"pbc", 20, R_SURVIVAL,
        "T. M. Therneau, P. M. Grambsch: Modeling Survival Data: Extending the Cox Model. Springer (2000)",
        patient_id="id", note="status: 0 censored, 1 transplanted, 2 dead; time in days.",
        size=32_887, sha256="797ea9b6abfec34297ef07f361a2e0bfdd90c3c2def180adf8547ea30e75b613",
    ),
    "pbcseq": Facts(
        r"pbcseq", 19, R_SURVIVAL,
        "P. A. Murtaugh et al.: Primary biliary cirrhosis: prediction of short-term survival based on repeated patient "
        "visits. Hepatology 20 (1994) 126-134",
        patient_id="id", note="Several visits of each patient: split by patient_id, never by row.",
        size=156_390, sha256="03aca2f2e449c388b14ec130383654a09d91240f85f935ce364d206c8e848aed",
    ),
    "rotterdam": Facts(
        r"rotterdam", 15, R_SURVIVAL,
        "P. Royston, D. Altman: External validation of a Cox prognostic model: principles and methods. BMC Medical "
        "Research Methodology 13 (2013) 33",
        patient_id="pid", note="recur, death: 1 = happened; rtime, dtime in days.",
        size=156_609, sha256="62703670d3be5d49c5476fb7131b020bdca9f1c25bb4522fd6abe8f9dab61f1b",
    ),
    "theophylline": Facts(
        r"theoph", 5, "GPL 2 or later (from R)",
        "A. J. Boeckmann, L. B. Sheiner, S. L. Beal: NONMEM Users Guide, part V. University of California (1994)",
        patient_id="Subject", note="Wt kg, Dose mg/kg, Time h, conc mg/l.",
        size=3_147, sha256="f9b77033090644cf38c83056c25c8137bca71cf629d7c0159a72ef18095726b0",
    ),
    "quinidine": Facts(
        r"quinidine", 14, R_NLME,
        "M. Davidian, D. M. Giltinan: Nonlinear Models for Repeated Measurement Data. Chapman and Hall (1995)",
        patient_id="Subject", note="One row for each dose or sample of a patient; time h, conc mg/l, dose mg.",
        size=92_228, sha256="c58e0bf13c80ddb04c2e4ec451c28cc7a47779b4131a42b3e10c3f4377704126",
    ),
}  # fmt: skip
