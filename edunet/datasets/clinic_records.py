"""Patient records of a clinic, as they come: names, dates, codes, units, free text. SYNTHETIC.

The questions: is this table fit to learn from, what in it tells who the patient is, and who will come back? One row is
one visit; a patient has 1, 2 or 3 (0.5, 0.3, 0.2) and keeps the record number. Equations of the last question:

    age at the first visit ~ N(62, 17²), clipped to 18..98; the first visit falls in 2021 .. 2023, the next 30 .. 300
    days later; z ~ N(0,1), independent
    height = 163 + 13·male + 7·z cm    weight = (27 + 4.5·z)·(height/100)² kg    sbp = 130 + 0.4·(age - 62) + 16·z mmHg
    creatinine = exp(0.35·z) mg/dl     glucose = exp(ln 105 + 0.5·[E11.9] + 0.25·z) mg/dl       potassium = 4.2 + 0.4·z
    logit p = -1.9 + 0.4·(age - 62)/17 + 0.8·ln creatinine/0.35 + d(diagnosis) + 0.4·[visit > 1]
    readmitted ~ Bernoulli(p)          d: edunet.datasets.clinic_names.DIAGNOSES; values rounded as they are printed

    column                          form
    record_number, ssn              text: 7 digits; 000-..-....
    first_name, last_name, sex      text; F or M
    birth_date, visit_date          text, YYYY-MM-DD
    street, city, state, zip        text
    phone, email                    text
    visit_number, age               whole numbers; age in years at the visit
    diagnosis                       text, ICD-10
    height_cm, weight_kg, sbp       numbers; cm, kg, mmHg
    creatinine, glucose, potassium  numbers, each with its unit in a column of text: creatinine_unit, ...
    readmitted                      0, 1: came back within 30 days
    note                            text, with identifiers planted: edunet.datasets.clinic_notes

`dirty=True` plants faults and keeps the answer key: edunet.datasets.clinic_faults. `public_register` makes the list of
voters for the linkage attack: edunet.datasets.clinic_register.

Truth, a value for every row: risk, p; patient, 0 .. n-1, whose row it is.

Source: the classes of identifiers are those of 45 CFR 164.514(b)(2)(i), the kinds of faults those seen in real tables;
names, numbers and coefficients are invented, from ranges kept for fiction.

What is unrealistic: blood tests know nothing of each other; everybody stays at the same address; notes are put together
from 56 sentences, so finding all identifiers in them promises little for real notes.

Measured with 8,000 patients, 13,736 visits: 0.210 readmitted; best possible AUC 0.746, Brier 0.1436. On the list of
voters ZIP code, birth date and sex find 99 % of the patients who stand on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from edunet.datasets import clinic_faults
from edunet.datasets.clinic_faults import FAULTS, Fault
from edunet.datasets.clinic_names import DIAGNOSES, TOWNS
from edunet.datasets.clinic_notes import KINDS, N_CHOICES, Span
from edunet.datasets.clinic_register import Register, register_of
from edunet.datasets.clinic_writing import FIRST_DAY, write_rows
from edunet.datasets.cohort import BLOCK, Drawn, KerasData, draw_patients, one_of_two, sigmoid, whole_number
from edunet.datasets.oracle import oracle_score

__all__ = [
    "COLUMNS", "FAULTS", "FEATURES", "KINDS", "UNITS", "Fault", "Records", "Register", "Span", "load", "load_data",
    "oracle_score", "public_register",
]  # fmt: skip

COLUMNS = (
    "record_number", "ssn", "first_name", "last_name", "sex", "birth_date", "street", "city", "state", "zip", "phone",
    "email", "visit_number", "visit_date", "age", "diagnosis", "height_cm", "weight_kg", "sbp", "creatinine",
    "creatinine_unit", "glucose", "glucose_unit", "potassium", "potassium_unit", "readmitted", "note",
)  # fmt: skip
UNITS = {name: "text" for name in COLUMNS} | {
    "visit_number": "1", "age": "years", "height_cm": "cm", "weight_kg": "kg", "sbp": "mmHg", "creatinine": "mg/dl",
    "glucose": "mg/dl", "potassium": "mmol/l", "readmitted": "1 = yes", "birth_date": "YYYY-MM-DD",
    "visit_date": "YYYY-MM-DD", "diagnosis": "ICD-10", "risk": "probability", "patient": "0 .. n-1",
}  # fmt: skip
NOTE = "SYNTHETIC: written by edunet.datasets.clinic_records; names and numbers are invented, no patient."
NUMBERS = ("age", "visit_number", "height_cm", "weight_kg", "sbp", "creatinine", "glucose", "potassium")
FEATURES = (*NUMBERS, "male", *(code for code, *_ in DIAGNOSES))  # the columns of load_data

VISITS = 3  # at most

DIAGNOSIS_SHARES = np.array([share for _, _, share, _ in DIAGNOSES])
DIAGNOSIS_LOGITS = np.array([logit for *_, logit in DIAGNOSES])
TOWN_SHARES = np.array([share for *_, share in TOWNS])
N_CODES = 24  # whole numbers below 10⁶ for each patient, of which names and codes are made


@dataclass(frozen=True, eq=False)
class Records:
    """The visits of n synthetic patients, a row each, with their truth.

    There is no x and no y, as in a table from a clinic: what to learn from is yours to choose. `load_data` makes one
    choice.
    """

    columns_dict: dict[str, np.ndarray] = field(repr=False)  # name -> (rows,); pandas.DataFrame takes it as it is
    units: dict[str, str] = field(repr=False)  # of everything in columns_dict and in truth
    patient_id: np.ndarray = field(repr=False)  # (rows,) text, "R0-000017"; the visits of a patient share it
    site: np.ndarray = field(repr=False)  # (rows,) uint8, constant 0: there is one clinic
    truth: dict[str, np.ndarray] = field(repr=False)  # risk (rows,), patient (rows,)
    spans: tuple[Span, ...] = field(repr=False)  # the identifiers in the notes, by row and place
    faults: tuple[Fault, ...] = field(repr=False)  # the answer key; empty unless dirty
    seed: int
    note: str
    synthetic: bool = True

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.patient_id)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.columns_dict)


def load(n: int = 2000, seed: int = 0, *, dirty: bool = False) -> Records:
    """Write the SYNTHETIC records of n patients, a row for each visit.

    The same seed gives the same patients, and a larger n only adds patients at the end. Columns of text are arrays of
    str objects, the others float64 or int64.

    Arguments: n, number of patients, at least 1; seed, a whole number from 0 up; dirty, whether faults are planted, of
        the kinds in FAULTS, as the answer key `faults` says.
    Returns: `Records`. `pandas.DataFrame(records.columns_dict)` is the table.
    Raises: TypeError or ValueError if n or seed is not such a number.
    Source: invented for teaching, see the top of this module.

    >>> records = load(30, seed=1)
    >>> span = records.spans[0]
    >>> records.columns_dict["note"][span.row][span.start:span.end] == span.text
    True
    >>> load(30, seed=1, dirty=True).faults[-1].kind
    'leak_column'
    """
    n, seed, dirty = whole_number("n", n, 1), whole_number("seed", seed, 0), one_of_two("dirty", dirty)
    drawn = draw_patients(draw_block, n, seed, options=1)
    patient, visit = np.nonzero(np.arange(VISITS) < drawn["visits"][:, None])  # rows
    columns, spans = write_rows(drawn, patient, visit, seed)
    truth = {"risk": drawn["risk"][patient, visit], "patient": patient}
    faults: tuple[Fault, ...] = ()
    if dirty:
        columns, spans, faults, source = clinic_faults.plant(columns, spans, drawn["chance"][patient, visit])
        truth = {name: values[source] for name, values in truth.items()}
    patient_id = np.array([f"R{seed}-{i:06d}" for i in truth["patient"]])
    units = UNITS | {name: "text" for name in columns if name not in UNITS}
    site = np.zeros(len(patient_id), np.uint8)
    return Records(columns, units, patient_id, site, truth, tuple(spans), faults, seed, NOTE)


def load_data(n: int = 2000, seed: int = 0) -> KerasData:
    """Write the same SYNTHETIC records as `load`, and give what a network can take of them: who comes back?

    Arguments: n, number of patients, at least 2; seed, a whole number from 0 up.
    Returns: (x_train, y_train), (x_test, y_test); x (..,18) float32, a row for each visit, the columns FEATURES: eight
        numbers, male, and one 0/1 for each diagnosis; y (..,) uint8. Two thirds of the patients are in the first part,
        with all their visits. There is no dirty=True here: a table with faults is text, to be mended before it is an
        array.
    Raises: TypeError or ValueError if n or seed is not such a number.

    >>> (x_train, y_train), (x_test, y_test) = load_data(30)
    >>> x_train.shape[1] == len(FEATURES) == 18, len(x_test) == len(y_test)
    (True, True)
    """
    records = load(whole_number("n", n, 2, "load_data(n=7000)"), seed)
    table = records.columns_dict
    codes = [table["diagnosis"] == code for code, *_ in DIAGNOSES]
    x = np.column_stack([*(table[name] for name in NUMBERS), table["sex"] == "M", *codes]).astype(np.float32)
    y = table["readmitted"].astype(np.uint8)
    cut = int(np.searchsorted(records.truth["patient"], n * 2 // 3))
    return (x[:cut], y[:cut]), (x[cut:], y[cut:])


def public_register(records: Records, *, share: float = 0.6, others: float = 3.0) -> Register:
    """Make a SYNTHETIC list of voters, with names: for a linkage attack by ZIP code, birth date and sex.

    Arguments: records of `load`; share of the adult patients who are on the list, 0 to 1; others, how many people who
        are no patients stand on it for each patient, 0 or more.
    Returns: `Register`; its `patient` says who is whom.
    Raises: TypeError or ValueError if an argument is no such thing.
    Source: L. Sweeney, Simple demographics often identify people uniquely, Carnegie Mellon University (2000).

    >>> register = public_register(load(50))
    >>> len(register), register.columns[:3]
    (180, ('first_name', 'last_name', 'sex'))
    """
    if not isinstance(records, Records):
        raise TypeError(
            f"public_register wants what clinic_records.load() returns. Received: {type(records).__name__}. "
            "Type public_register(load(2000))."
        )
    if records.faults:
        raise ValueError(
            "public_register wants the clean records: the state knows its people without the clinic's faults. "
            f"Type public_register(load(n, seed={records.seed})) and link it with the dirty table."
        )
    return register_of(records.columns_dict, records.truth["patient"], records.seed, share, others)


def draw_block(rng: np.random.Generator, rng_faults: np.random.Generator) -> Drawn:
    """Draw BLOCK patients with up to three visits each, as numbers."""
    male = rng.integers(0, 2, BLOCK)
    first_age = np.clip(rng.normal(62, 17, BLOCK), 18, 98)
    first_day = rng.integers(0, 3 * 365, BLOCK)
    born = first_day - np.round(first_age * 365.25).astype(int)  # days, from FIRST_DAY
    day = first_day[:, None] + np.cumsum(rng.integers(30, 301, (BLOCK, VISITS)), axis=1) - 30
    visits = rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2], size=BLOCK)
    town = rng.choice(len(TOWNS), p=TOWN_SHARES, size=BLOCK)
    diagnosis = rng.choice(len(DIAGNOSES), p=DIAGNOSIS_SHARES / DIAGNOSIS_SHARES.sum(), size=(BLOCK, VISITS))
    age = whole_years(FIRST_DAY + born[:, None], FIRST_DAY + day)
    height = np.round(163 + 13 * male + 7 * rng.standard_normal(BLOCK))
    z = rng.standard_normal((5, BLOCK, VISITS))
    creatinine = np.round(np.exp(0.35 * z[0]), 2)
    diabetes = diagnosis == 1
    logit = -1.9 + 0.4 * (age - 62) / 17 + 0.8 * np.log(creatinine) / 0.35 + DIAGNOSIS_LOGITS[diagnosis]
    risk = sigmoid(logit + 0.4 * (np.arange(VISITS) > 0))
    return {
        "male": male,
        "born": born,
        "day": day,
        "visits": visits,
        "town": town,
        "diagnosis": diagnosis,
        "age": age,
        "height_cm": height,
        "weight_kg": np.round((27 + 4.5 * np.clip(z[4], -2.5, 4)) * (height[:, None] / 100) ** 2, 1),
        "sbp": np.round(130 + 0.4 * (age - 62) + 16 * z[1]),
        "creatinine": creatinine,
        "glucose": np.round(np.exp(np.log(105) + 0.5 * diabetes + 0.25 * z[2])),
        "potassium": np.round(4.2 + 0.4 * z[3], 1),
        "risk": risk,
        "readmitted": (rng.random((BLOCK, VISITS)) < risk).astype(np.int64),
        "code": rng.integers(0, 1_000_000, (BLOCK, N_CODES)),
        "choice": rng.random((BLOCK, VISITS, N_CHOICES)),
        "chance": rng_faults.random((BLOCK, VISITS, clinic_faults.N_CHANCES)),
    }


def whole_years(born: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Give the age on a day as people count it: birthdays passed. Two arrays of days."""
    months = day.astype("M8[M]").astype(int) - born.astype("M8[M]").astype(int)
    before = (day - day.astype("M8[M]")) < (born - born.astype("M8[M]"))  # in the month
    return (months - before) // 12
