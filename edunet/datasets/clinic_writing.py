"""From drawn numbers to the rows of clinic_records: names, addresses, codes, dates and notes. SYNTHETIC."""

from __future__ import annotations

from typing import Any

import numpy as np

from edunet.datasets.clinic_names import DIAGNOSES, DOCTORS, FIRST_NAMES, STREETS, TOWNS, plain_letters, surname
from edunet.datasets.clinic_notes import Span, write_note
from edunet.datasets.cohort import Drawn

__all__ = ["FIRST_DAY", "address", "name_of", "write_rows"]

FIRST_DAY = np.datetime64("2021-01-01")  # day 0
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MEASURED = ("weight_kg", "sbp", "creatinine", "glucose", "potassium")
SERIALS = 99 * 9999  # different social security numbers
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def write_rows(
    drawn: Drawn, patient: np.ndarray, visit: np.ndarray, seed: int
) -> tuple[dict[str, np.ndarray], list[Span]]:
    """Write a row for each patient and visit (rows,): the columns in their order, and the spans of the notes."""
    serials = different(drawn["code"][:, 2] % 99 * 9999 + drawn["code"][:, 3] % 9999)
    people = [person(drawn, i, seed, serial) for i, serial in enumerate(serials)]
    rows: list[dict[str, Any]] = []
    spans: list[Span] = []
    for i, k in zip(patient.tolist(), visit.tolist(), strict=True):
        row = visit_of(drawn, people[i], i, k)
        values = note_values(row, people[i], drawn["code"][i].tolist(), k)
        row["note"], found = write_note(len(rows), values, drawn["choice"][i, k].tolist())
        spans += found
        rows.append(row)
    columns: dict[str, np.ndarray] = {}
    for name, value in rows[0].items():
        columns[name] = np.array([row[name] for row in rows], type_of(value))
    return columns, spans


def type_of(value: object) -> type:
    """Give the type of a column: text stays Python's, so that no value is cut."""
    return object if isinstance(value, str) else type(value)


def different(serials: np.ndarray) -> list[int]:
    """Let no two patients share a number, of 99·9999: who finds his own taken gets the next that is free."""
    taken: set[int] = set()
    given = serials.tolist()
    for i, serial in enumerate(given):
        while serial in taken and len(taken) < SERIALS:
            serial = (serial + 1) % SERIALS
        taken.add(serial)
        given[i] = serial
    return given


def person(drawn: Drawn, i: int, seed: int, serial: int) -> dict[str, str]:
    """Write what a patient keeps from visit to visit."""
    code = drawn["code"][i].tolist()
    first, last = name_of(code[0], code[1], int(drawn["male"][i]))
    number = (i * 7919 + seed * 104_729 + 1_234_567) % 10_000_000  # 7919 and 10⁷ share no factor: no two are equal
    area = TOWNS[drawn["town"][i]][4]
    return {
        "record_number": f"{number:07d}",
        "ssn": f"000-{1 + serial // 9999:02d}-{1 + serial % 9999:04d}",
        "first_name": first,
        "last_name": last,
        "sex": "FM"[drawn["male"][i]],
        "birth_date": str(FIRST_DAY + int(drawn["born"][i])),
        **address(int(drawn["town"][i]), code[4], code[5]),
        "phone": f"({area}) 555-01{code[6] % 100:02d}",
        "email": f"{plain_letters(first)}.{plain_letters(last)}{code[7] % 100}@example.org",
    }


def name_of(a: int, b: int, male: int) -> tuple[str, str]:
    """Make a first name and a surname of two whole numbers; one surname in sixteen is double."""
    first = FIRST_NAMES[male][a % 30]
    last = surname(b % 27, b // 27 % 20)
    if b % 16 == 0:
        last += "-" + surname((b // 540 + 1) % 27, b // 16 % 20)
    return first, last


def address(town: int, a: int, b: int) -> dict[str, str]:
    """Make an address in a town of two whole numbers."""
    city, state, start, how_many, _, _ = TOWNS[town]
    street = f"{1 + a % 240} {STREETS[a // 240 % len(STREETS)]}"
    return {"street": street, "city": city, "state": state, "zip": f"{start}{1 + b % how_many:02d}"}


def visit_of(drawn: Drawn, who: dict[str, str], i: int, k: int) -> dict[str, Any]:
    """Write the row of visit k of patient i, without its note."""
    value = {name: float(drawn[name][i, k]) for name in MEASURED}
    return {
        **who,
        "visit_number": k + 1,
        "visit_date": str(FIRST_DAY + int(drawn["day"][i, k])),
        "age": int(drawn["age"][i, k]),
        "diagnosis": DIAGNOSES[drawn["diagnosis"][i, k]][0],
        "height_cm": float(drawn["height_cm"][i]),
        "weight_kg": value["weight_kg"],
        "sbp": value["sbp"],
        "creatinine": value["creatinine"],
        "creatinine_unit": "mg/dl",
        "glucose": value["glucose"],
        "glucose_unit": "mg/dl",
        "potassium": value["potassium"],
        "potassium_unit": "mmol/l",
        "readmitted": int(drawn["readmitted"][i, k]),
    }


def us(date: str) -> str:
    """Write 2023-03-09 as 03/09/2023."""
    year, month, day = date.split("-")
    return f"{month}/{day}/{year}"


def words_of(date: str) -> str:
    """Write 2023-03-09 as March 9, 2023."""
    year, month, day = date.split("-")
    return f"{MONTHS[int(month) - 1]} {int(day)}, {year}"


def note_values(row: dict[str, Any], who: dict[str, str], c: list[int], k: int) -> dict[str, str]:
    """Give the text of every field that a sentence of `clinic_notes` may have; c, the codes of the patient; visit k."""
    day = np.datetime64(row["visit_date"])
    y, m, d = (int(part) for part in row["visit_date"].split("-"))
    past, later = str(day - 20 - c[13] % 60), str(day + 60 + c[12] % 60)
    old = row["age"] > 89
    first, last = who["first_name"], who["last_name"]
    male = row["sex"] == "M"
    relative, theirs = name_of(c[8], c[9], 1 - male)
    letters = [LETTERS[x % len(LETTERS)] for x in c]
    words = next(text for name, text, *_ in DIAGNOSES if name == row["diagnosis"])
    text = {name: str(row[name]) for name in ("street", "city", "state", "zip", "phone", "email", "ssn")}
    numbers = {"sbp": f"{row['sbp']:.0f}", "weight": f"{row['weight_kg']}", "potassium": f"{row['potassium']}"}
    return text | numbers | {
        "full_name": f"{first} {last}",
        "first_name": first,
        "last_name": last,
        "last_first": f"{last}, {first}",
        "relative": f"{relative} {last if c[10] % 2 else theirs}",
        "doctor": DOCTORS[(c[11] + k) % len(DOCTORS)],
        "title": "Mr." if male else "Ms.",
        "age_sex": f"{row['age']}-year-old {'man' if male else 'woman'}",
        "old_age": str(row["age"]) if old else "",
        "diagnosis": words,
        "code": row["diagnosis"],
        "creatinine": f"{row['creatinine']:.2f}",
        "year": str(2020 - c[12] % 15),
        "date_iso": f"{y}-{m:02d}-{d:02d}",
        "date_us": us(row["visit_date"]),
        "date_words": words_of(row["visit_date"]),
        "next_us": us(later),
        "past_words": words_of(past),
        "date_short": f"{d} {MONTHS[m - 1][:3]}",
        "birth": us(who["birth_date"]),
        "fax": f"{who['phone'][1:4]}-555-01{c[13] % 100:02d}",
        "record": who["record_number"],
        "plan": f"HPN {c[14] % 9000 + 1000}-{c[15] % 90 + 10}-{c[16] % 900 + 100}",
        "account": f"{c[17] % 90 + 10}-{c[18] % 900_000 + 100_000}",
        "licence": f"{letters[17]}{c[16] % 900 + 100}-{c[19] % 9000 + 1000}-{c[14] % 90 + 10}",
        "vehicle": f"{letters[14]}{letters[15]}{letters[16]} {c[20] % 9000 + 1000}",
        "device": f"PM-{c[21] % 900 + 100}-{c[20] % 90_000 + 10_000}",
        "url": f"https://diary.example.org/{plain_letters(last)}{c[22] % 1000}",
        "ip": f"192.0.2.{c[22] % 256}",
        "biometric": f"FP:{c[23] % 65_536:04X}-{c[21] % 65_536:04X}",
        "face": f"face_{c[19] % 100_000:05d}.jpg",
        "other": f"TRIAL-{letters[18]}{letters[19]}-{c[23] % 9000 + 1000}",
    }  # fmt: skip
