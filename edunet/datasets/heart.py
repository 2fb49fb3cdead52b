"""Heart disease in the form of the UCI repository: 13 findings of each patient, of any hospital.

The files processed.cleveland.data (303 patients), .hungarian (294), .switzerland (123) and .va (200) hold one patient a
row, 14 cells, no header; reprocessed.hungarian.data has blanks for commas and -9 for what is missing. Other hospitals'
files of this form are read as well, with a header of these names or without.

    age       years                      thalach   highest heart rate, beats/min
    sex       0 woman, 1 man             exang     angina when exercising, 0 or 1
    cp        chest pain: 1 typical angina, 2 atypical, 3 other pain, 4 none
    trestbps  blood pressure at rest, mmHg
    chol      serum cholesterol, mg/dl   oldpeak   ST depression by exercise, mm
    fbs       fasting blood sugar > 120 mg/dl, 0 or 1
    restecg   ECG at rest: 0 normal, 1 ST-T abnormal, 2 left ventricular hypertrophy
    slope     of the ST segment in exercise: 1 up, 2 flat, 3 down
    ca        main vessels coloured by fluoroscopy, 0..3
    thal      thallium scan: 3 normal, 6 fixed defect, 7 reversible defect
    num       arteries narrowed by half: 0 healthy, 1..4 diseased; y = 1 where num > 0

What to look out for: hospitals left out different findings (slope, ca and thal are mostly missing outside Cleveland),
and the share of diseased patients runs from 36 % to 93 %. Switzerland gives every cholesterol as 0. A cholesterol,
blood pressure or heart rate of 0 is no measurement: it is read as missing, counted in `missing` and told in `zeros`.
Values that nobody has (an age of -63, a cholesterol of 6, which is mmol/l) are refused. Patients without an outcome are
left out, counted in `no_outcome`, and a line is printed. `site` is what the name of the file says; nothing in a row
tells the hospital, so a file that was given another hospital's name has the wrong site: compare its checksum.

Source: R. Detrano et al., American Journal of Cardiology 64 (1989) 304-310; UCI, doi 10.24432/C52P4X.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edunet.datasets import tables
from edunet.datasets.files import announce, damaged, to_path
from edunet.datasets.shares import stratified
from edunet.datasets.tables_sets import HEART_CITATION, HEART_COLUMNS
from edunet.datasets.tables_text import listed

__all__ = ["CLASS_NAMES", "COLUMNS", "SITES", "UNITS", "Heart", "load", "load_data"]

CLASS_NAMES = ("healthy", "diseased")
COLUMNS = HEART_COLUMNS[:-1]
UNITS = {
    "age": "years", "sex": "0 woman, 1 man", "cp": "kind 1..4", "trestbps": "mmHg", "chol": "mg/dl",
    "fbs": "0 no, 1 yes", "restecg": "kind 0..2", "thalach": "beats/min", "exang": "0 no, 1 yes", "oldpeak": "mm",
    "slope": "kind 1..3", "ca": "vessels", "thal": "3, 6 or 7",
}  # fmt: skip
CODES = {
    "sex": (0, 1), "cp": (1, 2, 3, 4), "fbs": (0, 1), "restecg": (0, 1, 2), "exang": (0, 1), "slope": (1, 2, 3),
    "ca": (0, 1, 2, 3), "thal": (3, 6, 7), "num": (0, 1, 2, 3, 4),
}  # fmt: skip
RANGES = {"age": (1, 120), "trestbps": (40, 350), "chol": (30, 2000), "thalach": (20, 300), "oldpeak": (-20, 20)}
NEVER_ZERO = ("trestbps", "chol", "thalach")
MMOL = " Is it in mmol/l? Times 38.67 it is mg/dl."
SITES = {
    "cleveland": "Cleveland Clinic Foundation, USA",
    "hungarian": "Hungarian Institute of Cardiology, Budapest",
    "switzerland": "University Hospitals of Zurich and Basel, Switzerland",
    "va": "V.A. Medical Center, Long Beach, USA",
}
LICENCE = "CC BY 4.0"
UNKNOWN = "unknown (not a file of the four hospitals: ask whoever gave you the file)"


@dataclass(frozen=True, eq=False)
class Heart:
    """The patients of one hospital."""

    x: np.ndarray = field(repr=False)  # (N,13) float64, NaN where missing
    y: np.ndarray = field(repr=False)  # (N,) int64, index into class_names
    num: np.ndarray = field(repr=False)  # (N,) int64, 0..4 as in the file
    site: str  # "cleveland", ...; else the name of the file
    hospital: str
    missing: dict[str, int] = field(repr=False)  # column -> missing cells, zeros that mean missing among them
    zeros: dict[str, int]  # column -> cells that were 0 and are read as missing
    no_outcome: int  # patients left out
    licence: str
    citation: str = field(repr=False)
    columns: tuple[str, ...] = field(default=COLUMNS, repr=False)
    units: dict[str, str] = field(default_factory=lambda: dict(UNITS), repr=False)
    class_names: tuple[str, str] = CLASS_NAMES

    def __len__(self) -> int:
        """Give the number of patients."""
        return len(self.y)


def load(path: str | Path, *, checksum: str | None = None) -> Heart:
    """Read a file of the UCI Heart Disease form, check it, print licence and citation once.

    Arguments: path; checksum, 32 (MD5) or 64 (SHA-256) hexadecimal digits the file must have.
    Returns: `Heart` with x (N,13) float64, y (N,) int64, 1 = diseased.
    Raises: FileNotFoundError if there is no such file; ValueError if it has other columns, codes of another copy, or
        values that nobody has.
    Source: Detrano et al. 1989; UCI, doi 10.24432/C52P4X.

        >>> heart = load("processed.cleveland.data")                 # doctest: +SKIP
        >>> heart.x.shape, int(heart.y.sum()), heart.site            # doctest: +SKIP
        ((303, 13), 139, 'cleveland')
        >>> {name: n for name, n in heart.missing.items() if n}      # doctest: +SKIP
        {'ca': 4, 'thal': 2}
    """
    table = tables.load(path, target="", missing=(*tables.MISSING, "-9", "-9.0"), checksum=checksum)
    path = to_path(path)
    cells = in_order(path.name, table)
    zeros = {}
    for name in NEVER_ZERO:
        values = cells[:, COLUMNS.index(name)]
        zeros[name] = int((values == 0).sum())
        values[values == 0] = np.nan
    check_values(path.name, cells)
    cells, n = with_outcome(path.name, cells), len(cells)
    num = cells[:, -1].astype(np.int64)
    x = np.ascontiguousarray(cells[:, :-1])
    site = re.sub(r"^(re)?processed[._-]", "", path.stem.lower())
    known = site in SITES
    if known:
        announce("heart disease", LICENCE, HEART_CITATION)
    return Heart(
        x=x,
        y=(num > 0).astype(np.int64),
        num=num,
        site=site,
        hospital=SITES.get(site, "unknown"),
        missing=dict(zip(COLUMNS, np.isnan(x).sum(axis=0).tolist(), strict=True)),
        zeros={name: k for name, k in zeros.items() if k},
        no_outcome=n - len(num),
        licence=LICENCE if known else UNKNOWN,
        citation=HEART_CITATION if known else UNKNOWN,
    )


def load_data(
    path: str | Path, test_share: float = 0.2, seed: int = 0
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Read the file as `load` does and split it at random, with the same share of diseased patients on both sides.

    Fill gaps and scale with what the *training* part alone tells.

    Arguments: path; test_share, part of the patients kept for the test; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,13) float64 with NaN, y (..,) int64.
    """
    data = load(path)
    i, j = stratified(data.y, test_share, seed)
    return (data.x[i], data.y[i]), (data.x[j], data.y[j])


def in_order(file_name: str, table: tables.Table) -> np.ndarray:
    """Return the 14 columns (N,14) in the order of the form."""
    if len(table.columns) != len(HEART_COLUMNS):
        hint = " Take the processed file of this hospital." if len(table.columns) > 70 else ""
        what = f"{len(table.columns):,} columns, expected 14: {', '.join(HEART_COLUMNS)}.{hint}"
        raise damaged(file_name, what, line=1)
    cells = table.x.copy()
    for name, words in table.categories.items():  # ARFF may declare {0,1}
        if any(re.fullmatch(r"[+-]?\d+(\.\d+)?", word, re.ASCII) is None for word in words):
            what = f"holds words ({listed(words)}), expected numbers: {UNITS.get(name.lower(), 'see the module')}."
            raise damaged(file_name, what, column=name[:80])
        place = table.columns.index(name)
        there = ~np.isnan(cells[:, place])
        cells[there, place] = np.array(words, dtype=np.float64)[cells[there, place].astype(np.int64)]
    if table.columns[0] == "column_1":
        return cells
    names = [name.lower() for name in table.columns]
    lacking = [name for name in HEART_COLUMNS if name not in names]
    if lacking:
        hint = ""
        if lacking == ["num"]:
            hint = (
                " In copies with a column `target` its 1 may mean healthy, and codes differ: find out, then rename it."
            )
        raise damaged(file_name, f"lacks {', '.join(lacking)}; it has {listed(names, 20)}.{hint}", line=1)
    return cells[:, [names.index(name) for name in HEART_COLUMNS]]


def check_values(file_name: str, cells: np.ndarray) -> None:
    """Check that kinds are among those of the form, and amounts such as people have."""
    for place, name in enumerate(HEART_COLUMNS):
        values = cells[:, place]
        if codes := CODES.get(name):
            strange = ~np.isin(values, codes)
            expected = f"one of {', '.join(map(str, codes))}"
            hint = "Some copies of the set were coded anew: take the file of the UCI repository."
        else:
            low, high = RANGES[name]
            strange = (values < low) | (values > high)
            expected = f"{low} to {high} {UNITS[name]}"
            hint = "Correct it, or write ? if it is unknown." + (MMOL if name == "chol" else "")
        found = np.flatnonzero(strange & ~np.isnan(values))
        if len(found):
            what = f"patient {found[0] + 1} has {values[found[0]]:g}; expected {expected}. {hint}"
            raise damaged(file_name, what, column=name)


def with_outcome(file_name: str, cells: np.ndarray) -> np.ndarray:
    """Return the rows of patients whose outcome is known, and say how many are left out."""
    known = ~np.isnan(cells[:, -1])
    n = len(cells) - int(known.sum())
    if n == len(cells):
        raise damaged(file_name, "no patient has an outcome.", column="num")
    if n:
        print(
            f"{file_name}: {n:,} of {len(cells):,} patients {'has' if n == 1 else 'have'} no outcome (num); left out."
        )
    return cells[known]
