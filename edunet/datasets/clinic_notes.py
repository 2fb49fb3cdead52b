"""Free-text notes with planted identifiers, and where exactly each of them stands. SYNTHETIC.

A note is put together from sentences. Every identifier enters through a field, so its place is known to the character:
`note[span.start:span.end] == span.text`. The kinds are the eighteen classes of the Safe Harbor rule,
45 CFR 164.514(b)(2)(i), in its order:

     1 name       patient, relatives, doctors       7 ssn        social security          13 device     serial number
     2 place      smaller than a state              8 record     medical record number    14 url
     3 date       except the year; ages above 89    9 plan       health plan              15 ip
     4 phone                                       10 account                             16 biometric  finger, voice
     5 fax                                         11 licence    certificate, licence     17 face       photograph
     6 email                                       12 vehicle    number plate             18 other      any other code

Years, states, ages up to 89 and clinical numbers are no identifiers. Some sentences are traps for a rule that is too
eager: Parkinson's and Crohn's are no people, 3/4 is no date, "will" is a word though Will is a
name, "may" is no month.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["KINDS", "Span", "write_note"]

KINDS = (
    "name", "place", "date", "phone", "fax", "email", "ssn", "record", "plan", "account", "licence", "vehicle",
    "device", "url", "ip", "biometric", "face", "other",
)  # fmt: skip


class Span(NamedTuple):
    """An identifier in a note: note[start:end] == text."""

    row: int  # of the table
    start: int
    end: int
    kind: str  # one of KINDS
    text: str


KIND_OF = {  # field -> kind; a field that is not here is none
    "full_name": "name", "first_name": "name", "last_name": "name", "last_first": "name", "relative": "name",
    "doctor": "name", "street": "place", "city": "place", "zip": "place", "date_iso": "date", "date_us": "date",
    "date_words": "date", "date_short": "date", "next_us": "date", "past_words": "date", "birth": "date",
    **{kind: kind for kind in KINDS},
}  # fmt: skip

OPENINGS = (
    "{full_name} was seen on {date_words} for {diagnosis}.",
    "{last_first}, {age_sex}, visit of {date_us}. Main problem: {diagnosis}.",
    "Clinic note {date_iso}. {title} {last_name} came with {diagnosis}.",
    "Pt {first_name} {last_name}, {age_sex}, DOB {birth}, known {diagnosis}.",
    "Thank you for referring {full_name} with {diagnosis}, seen here {date_short}.",
)
IDENTIFYING = (
    "{doctor} was informed.",
    "Accompanied by {relative}, who reports poor sleep.",
    "{first_name} lives alone at {street}, {city}.",
    "Lives in {city}, {state} {zip}.",
    "Moved from {city} to another part of {state} in {year}.",
    "Next visit {next_us}.",
    "Surgery was on {past_words}.",
    "Labs drawn {date_iso}.",
    "Born {birth}.",
    "Reachable at {phone}.",
    "Call {relative}, {phone}, if worse.",
    "Report to {doctor}, fax {fax}.",
    "Fax: {fax}",
    "E-mail {email}.",
    "Wishes letters to {email} only.",
    "SSN {ssn}.",
    "Social security number on the form: {ssn}",
    "MRN {record}.",
    "Same patient as record no. {record}.",
    "Plan number {plan}.",
    "Insured under {plan}, confirmed {date_short}.",
    "Bill to account {account}.",
    "Account no. {account} is settled.",
    "Driving licence {licence} was copied.",
    "Holds nursing certificate {licence}.",
    "Drove here, plate {vehicle}.",
    "Car {vehicle} is parked at the ward.",
    "Pacemaker, serial {device}.",
    "Glucose sensor {device} was replaced.",
    "Diary kept at {url}.",
    "See {url} for the pictures.",
    "Portal login from {ip}.",
    "Uploaded from {ip} at night.",
    "Consent signed by fingerprint {biometric}.",
    "Voice print {biometric} is stored.",
    "Photograph of the face: {face}",
    "Rash shown in {face}, eyes open.",
    "Takes part in the study as {other}.",
    "Specimen barcode {other}.",
)
CLINICAL = (
    "Blood pressure {sbp}/80 mmHg, pulse 76.",
    "Creatinine {creatinine} mg/dl, potassium {potassium} mmol/l.",
    "Symptoms may return in spring; then the family will call.",
    "Strength 3/4 on the left, 5/5 on the right.",
    "Takes 1-2 tablets of 500 mg at night.",
    "No sign of Parkinson's or Crohn's disease.",
    "Wells score 1.5, Apgar of the grandchild 9/10.",
    "Has smoked 10-15 cigarettes a day since {year}.",
    "Babinski negative, Romberg steady.",
    "Weight {weight} kg. Advised to walk 30 min a day.",
    "Grade 2 murmur, ICD {code}, no change.",
    "Sees well. Hope is good that strength returns.",
)


def pieces(template: str) -> tuple[tuple[str, str | None], ...]:
    """Take a sentence apart into (text, field after it)."""
    return tuple((text, field) for text, field, _, _ in string.Formatter().parse(template))


PARSED = {
    "opening": [pieces(text) for text in OPENINGS],
    "identifying": [pieces(text) for text in IDENTIFYING],
    "clinical": [pieces(text) for text in CLINICAL],
}
N_CHOICES = 9  # opening, four identifying, three clinical sentences, and where the first clinical one stands


def write_note(row: int, values: Mapping[str, str], choices: list[float]) -> tuple[str, list[Span]]:
    """Write the note of one visit: an opening, four sentences with identifiers and three without.

    Arguments: row of the table; values, text of every field; choices, nine numbers from 0 up to 1.
    Returns: the note, and its spans from left to right.
    """
    opening, *others = choices
    told = [pick("opening", opening)]
    told += [pick("identifying", (c + k) / 4) for k, c in enumerate(others[:4])]  # of each quarter one: no repeats
    told += [pick("clinical", (c + k) / 3) for k, c in enumerate(others[4:7])]
    told.insert(1 + int(others[7] * 5), told.pop(-1))
    note, spans = "", []
    for sentence in told:
        note += " " if note else ""
        for text, field in sentence:
            note += text
            if field is None:
                continue
            value = values[field]
            if field in KIND_OF:
                spans.append(Span(row, len(note), len(note) + len(value), KIND_OF[field], value))
            elif field == "age_sex" and values["old_age"]:
                spans.append(Span(row, len(note), len(note) + len(values["old_age"]), "date", values["old_age"]))
            note += value
    return note, spans


def pick(group: str, choice: float) -> tuple[tuple[str, str | None], ...]:
    """Take the sentence of a group that a number from 0 up to 1 stands for."""
    return PARSED[group][int(choice * len(PARSED[group]))]
