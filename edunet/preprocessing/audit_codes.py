"""The different values of a column as whole numbers, and the classes of an outcome."""

from __future__ import annotations

import re
import weakref

import numpy as np

from edunet.preprocessing.audit_cells import Column

__all__ = ["GLUED", "classes_of", "codes_of", "is_id", "is_moment", "text_of", "values_of", "words_in"]

CLASSES = 20  # more different values are a quantity, or names
PERSON = r"(patient|subject|person|participant|pat|medical record|record|case|hospital|chart|mrn)"
GLUED = r"(pid|patient|usub|subj?)j?(num|nr|no|id)"
NUMBER = r"(id|ids|nr|nbr|no|num|number|code|key)"
ID_NAME = re.compile(
    rf"(.* )?ids?|(.* )?{PERSON} {NUMBER}|{GLUED}|pid|uid|guid|uuid|mrn|ssn|subject|patient|case|{PERSON}id"
    r"|(row|sample|sample code|file|visit|encounter|study) (nr|no|number)|rownames|row ?names?|row|index|unnamed( 0)?"
)
MOMENTS = {"day", "days", "time", "hour", "hours", "minute", "week", "month", "year", "date", "visit", "dose"}
_KEPT: weakref.WeakKeyDictionary[Column, tuple[np.ndarray, list]] = weakref.WeakKeyDictionary()
KIND_ID = re.compile(  # of what many patients share
    r"(.* )?(type|disposition|source|status|unit|ward|site|cent(er|re)|hospital|doctor|physician|provider|drug|device"
    r"|lab|test|item|category|class|race|specialty|payer|country|region) ids?"
)
JOINED = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


def words_in(name: str) -> str:
    """Return the words of a column's name, in small letters with blanks between.

    >>> words_in("Length_of_stay"), words_in("RecordID"), words_in("followUpDays")
    ('length of stay', 'record id', 'follow up days')
    """
    return " ".join(part.lower() for part in JOINED.split(name) if part)


def is_id(name: str) -> bool:
    """Tell whether a column's name says that it holds names of patients, records or rows.

    >>> [is_id(name) for name in ("patient_id", "RecordID", "pid", "fluid", "body mass index", "admission_type_id")]
    [True, True, True, False, False, False]
    """
    words = words_in(name)
    return bool(ID_NAME.fullmatch(words)) and not KIND_ID.fullmatch(words)


def is_moment(name: str) -> bool:
    """Tell whether a column's name says that it counts up by nature.

    >>> is_moment("visit_number"), is_moment("sodium")
    (True, False)
    """
    return bool(MOMENTS & set(words_in(name).split()))


def values_of(column: Column) -> np.ndarray:
    """Return the numbers of a column, NaN where there is none: (n,)."""
    return np.full(len(column.missing), np.nan) if column.values is None else column.values


def text_of(column: Column) -> np.ndarray:
    """Return what is written in a column, "" where nothing is but a number: (n,) objects."""
    return np.full(len(column.missing), "", object) if column.text is None else column.text


def codes_of(column: Column) -> tuple[np.ndarray, list]:
    """Return which of its different values each row has, -1 where nothing stands, and these values: (n,), k of them.

    Numbers in rising order, words in the order of their coming. Words that stand among numbers are no values. Both are
    kept as long as the column is: nearly every check asks for them.
    """
    if column not in _KEPT:
        _KEPT[column] = _codes(column)
    return _KEPT[column]


def _codes(column: Column) -> tuple[np.ndarray, list]:
    n = len(column.missing)
    codes = np.full(n, -1)
    if column.kind == "number":
        if column.values is None:
            return codes, []
        there = np.isfinite(column.values)
        values, which = np.unique(column.values[there], return_inverse=True)
        codes[there] = which.reshape(-1)
        return codes, values.tolist()
    if column.text is None:
        return codes, []
    seen: dict = {"": -1}
    every = np.fromiter((seen.setdefault(text, len(seen) - 1) for text in column.text.tolist()), np.intp, n)
    return every, list(seen)[1:]


def classes_of(target: Column) -> tuple[np.ndarray, list[str]]:
    """Return the class of each row, -1 where it is not known, and their names; no name where it is no class.

    Classes are at most 20 different words or whole numbers, or any two values. Dates, quantities and names are none.
    """
    codes, values = codes_of(target)
    whole = (
        target.kind == "words"
        or len(values) == 2
        or (target.kind == "number" and all(float(value).is_integer() for value in values))
    )
    if target.kind == "date" or len(values) > CLASSES or not whole:
        return codes, []
    return codes, [value if isinstance(value, str) else f"{value:g}" for value in values]
