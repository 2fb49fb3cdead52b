"""Faults planted into a clean table, with the answer key. SYNTHETIC.

    kind             cells of each row that it hits   what it does
    unit             0.02  creatinine                 µmol/l (·88.42), and the unit column still says mg/dl
                     0.02  glucose                    mmol/l (/18.016), likewise
    sentinel         0.015 weight_kg, glucose         -1 or 999 instead of a value
    decimal          0.01  potassium                  the point slipped: ten times as much
    missing          0.05  creatinine, by age         NaN, mar of `edunet.datasets.missing`
                     0.05  sbp, by its own height     NaN, mnar
    impossible_date  0.01  visit_date, birth_date     a 30th of February; a birth in the year 2091
    date_format      0.02  visit_date                 month/day/year among year-month-day
    spelling         0.03  sex, city, diagnosis       female, f, "M "; capitals, blanks; E119, e11.9
    typo             0.01  last_name                  two letters changed places
    swapped          0.01  height_cm, weight_kg       each in the other's column: two cells
    duplicate        0.01  the whole row              once more at the end of the table
    leak_column      once  the whole table            readmission_ward, written after the patient came back

A cell has one fault at most; the first of the list wins. Duplicates repeat the row as it was without faults, so some
differ from what they repeat. The notes are left alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from edunet.datasets.clinic_notes import Span
from edunet.datasets.clinic_writing import us
from edunet.datasets.missing import hiding_probability

__all__ = ["FAULTS", "LEAK", "N_CHANCES", "Fault", "plant"]

FAULTS = (
    "unit", "sentinel", "decimal", "missing", "impossible_date", "date_format", "spelling", "typo", "swapped",
    "duplicate", "leak_column",
)  # fmt: skip
LEAK = "readmission_ward"
SIZES = ("height_cm", "weight_kg")


class Fault(NamedTuple):
    """One line of the answer key."""

    row: int  # of the dirty table; -1: the whole column
    column: str  # "": the whole row
    kind: str  # one of FAULTS
    true: object  # the value that belongs there; of a duplicate the row that it repeats; of a leak None


Change = Callable[[dict[str, np.ndarray], int, float], object]  # columns, row, a number from 0 up to 1 -> what is seen


def variant(texts: Callable[[str], tuple[str, ...]], column: str) -> Change:
    """Make a change that writes a text in another way, one of several."""

    def change(clean: dict[str, np.ndarray], row: int, u: float) -> str:
        ways = texts(clean[column][row])
        return ways[int(u * len(ways))]

    return change


def us_date(text: str) -> tuple[str, ...]:
    """2023-03-09 as 03/09/2023."""
    return (us(text),)


def sex_words(text: str) -> tuple[str, ...]:
    """F or M as people type it."""
    return {"F": ("female", "f", "F ", "Woman"), "M": ("male", "m", "M ", "Man")}[text]


def swapped_letters(text: str) -> tuple[str, ...]:
    """Every neighbouring pair of different letters, in the other order."""
    pairs = [k for k in range(1, len(text) - 1) if text[k] != text[k + 1]]
    return tuple(text[:k] + text[k + 1] + text[k] + text[k + 2 :] for k in pairs)


# kind, columns, share of the rows, what each column then shows; missing has no share: its mechanism says where
PLAN: tuple[tuple[str, tuple[str, ...], float, tuple[Change, ...]], ...] = (
    ("unit", ("creatinine",), 0.02, (lambda t, i, u: round(t["creatinine"][i] * 88.42, 0),)),
    ("unit", ("glucose",), 0.02, (lambda t, i, u: round(t["glucose"][i] / 18.016, 1),)),
    ("sentinel", ("weight_kg",), 0.015, (lambda t, i, u: -1.0 if u < 0.5 else 999.0,)),
    ("sentinel", ("glucose",), 0.015, (lambda t, i, u: -1.0 if u < 0.5 else 999.0,)),
    ("decimal", ("potassium",), 0.01, (lambda t, i, u: round(t["potassium"][i] * 10, 0),)),
    ("missing", ("creatinine",), 1, (lambda t, i, u: np.nan,)),
    ("missing", ("sbp",), 1, (lambda t, i, u: np.nan,)),
    ("impossible_date", ("visit_date",), 0.01, (lambda t, i, u: t["visit_date"][i][:4] + "-02-30",)),
    ("impossible_date", ("birth_date",), 0.01, (lambda t, i, u: "2091" + t["birth_date"][i][4:],)),
    ("date_format", ("visit_date",), 0.02, (variant(us_date, "visit_date"),)),
    ("spelling", ("sex",), 0.03, (variant(sex_words, "sex"),)),
    ("spelling", ("city",), 0.03, (variant(lambda c: (c.upper(), c + " ", c.lower()), "city"),)),
    ("spelling", ("diagnosis",), 0.03, (variant(lambda c: (c.lower(), c + " ", c.replace(".", "")), "diagnosis"),)),
    ("typo", ("last_name",), 0.01, (variant(swapped_letters, "last_name"),)),
    ("swapped", SIZES, 0.01, (lambda t, i, u: t["weight_kg"][i], lambda t, i, u: t["height_cm"][i])),
)  # fmt: skip
DUPLICATED = 0.01  # of the rows
N_CHANCES = 2 * (len(PLAN) + 1)  # of each row: whether, and how


def plant(
    clean: dict[str, np.ndarray], spans: list[Span], chance: np.ndarray
) -> tuple[dict[str, np.ndarray], list[Span], tuple[Fault, ...], np.ndarray]:
    """Plant the faults of PLAN, the duplicates and the leak into a copy of the table.

    Arguments: clean, name -> (rows,); spans of its notes; chance (rows,N_CHANCES), numbers from 0 up to 1.
    Returns: the dirty table, its spans, the answer key by row and column, and for each row the clean one it shows.
    """
    rows = len(chance)
    copied = np.flatnonzero(chance[:, -2] < DUPLICATED)
    source = np.concatenate([np.arange(rows), copied])
    dirty = {name: values[source] for name, values in clean.items()}
    key: dict[tuple[int, str], Fault] = {}
    for k, (kind, columns, share, changes) in enumerate(PLAN):
        for i in np.flatnonzero(chance[:, 2 * k] < where(kind, columns[0], share, clean)).tolist():
            if any((i, column) in key for column in columns):
                continue
            for column, change in zip(columns, changes, strict=True):
                seen = change(clean, i, chance[i, 2 * k + 1])
                if seen != clean[column][i]:  # NaN is no value's equal
                    dirty[column][i] = seen
                    key[i, column] = Fault(i, column, kind, as_python(clean[column][i]))
    twice = [Fault(rows + j, "", "duplicate", i) for j, i in enumerate(copied.tolist())]
    again = {i: rows + j for j, i in enumerate(copied.tolist())}
    more = [span._replace(row=again[span.row]) for span in spans if span.row in again]
    dirty[LEAK] = np.array([f"ward {1 + i % 7}" if back else "" for i, back in enumerate(dirty["readmitted"])], object)
    leak = Fault(-1, LEAK, "leak_column", None)
    return dirty, spans + more, (*(key[cell] for cell in sorted(key)), *twice, leak), source


def where(kind: str, column: str, share: float, clean: dict[str, np.ndarray]) -> np.ndarray | float:
    """Give the probability that a fault hits a row: (rows,), or the same for all."""
    if kind != "missing":
        return share
    mechanism = "mnar" if column == "sbp" else "mar"
    return hiding_probability(mechanism, (clean["age"] - 62) / 17, ((clean["sbp"] - 130) / 17)[:, None], 0.05)[:, 0]


def as_python(value: object) -> object:
    """Give a number of NumPy as one of Python."""
    return value.item() if isinstance(value, np.generic) else value
