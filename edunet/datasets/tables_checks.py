"""What is looked at before a table is believed: its first lines, numbers in another writing, numbers of rows."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np

from edunet.datasets.files import damaged
from edunet.datasets.tables_columns import Column, Row, to_number
from edunet.datasets.tables_text import listed

__all__ = [
    "check_capitals", "check_first_lines", "check_mixed", "check_writing", "counts_rows", "first_is", "header_names",
    "look_up", "names_rows", "unclear_header", "unlike", "without_row_numbers",
]  # fmt: skip

ROW_NUMBERS = re.compile(r"|rownames|row\.names|index|unnamed: \d+(\.\d+)?", re.IGNORECASE)
IDS = re.compile(r"((passenger|patient|sample|row)[ _]?)?id|n[or]\.?", re.IGNORECASE)  # which often number the rows
STARTS = re.compile(r"[+-]?[\d,]", re.ASCII)
WRITINGS = {  # numbers that Python does not read
    re.compile(
        r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII
    ): "has commas between thousands, or a decimal comma: take the former out of the "
    "file; for the latter type load(..., decimal=',')",
    re.compile(
        r"[+-]?\d{1,3}(['\u2019 \u00a0\u202f]\d{3})+([.,]\d+)?", re.ASCII
    ): "has marks between thousands: take them out of the file",
    re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII): "has a decimal comma. Type load(..., decimal=',')",
    re.compile(r"[+-]?\d+([.,]\d+)?\s*%", re.ASCII): "is in percent: take the % out of the file",
}


def check_first_lines(name: str, first: Row, second: Row | None, delimiter: str) -> None:
    """Refuse a comment, a line of Excel's own, or ARFF, where names or the first row should be."""
    line, cells = first
    start = cells[0].strip()
    if start.lower().startswith("@relation"):
        raise damaged(name, "ARFF text in a file of another ending. Give it the ending .arff.", line=line)
    follows = second[1] if second else []
    if start[:1] in ("#", "%") and (len(follows) != len(cells) or follows[0].strip()[:1] == start[:1]):
        what = f"begins with {start[:1]!r}: a comment? Take such lines out of the file."
        raise damaged(name, what, line=line)
    if start.lower().startswith("sep=") and len(cells) <= 2:
        what = f"{start!r:.20} is a line for Excel, no row. Take it out, and type load(..., delimiter={delimiter!r})."
        raise damaged(name, what, line=line)


def first_is(cells: list[str], missing: Collection[str]) -> str:
    """Tell what a first row is: "names", which are words; "data", which has numbers or "?"; "unclear"."""
    texts = [cell.strip() for cell in cells]
    numbers = [text for text in texts if to_number(text) is not None]
    if "?" in texts or all(text in missing for text in texts):
        return "data"
    if len(numbers) > 1 and numbers == [str(place) for place in range(len(numbers))]:
        return "unclear"  # 0,1,2: as pandas writes names that nobody gave
    if numbers:
        named = len(numbers) > 1 and len(numbers) == len(texts) - 1 and to_number(texts[0]) is None
        rising = (
            named and all(a.isdigit() for a in numbers) and all(a < b for a, b in itertools.pairwise(map(int, numbers)))
        )
        return "unclear" if rising else "data"  # country,1990,1991 or patient,0,7,14: years or days may be names
    return "unclear" if any(text and text in missing for text in texts) else "names"


def unclear_header(name: str, line: int, cells: list[str]) -> ValueError:
    """Return the error for a first line that may be either."""
    what = f"names of columns or a first patient? The line is {listed(cells, 6)}."
    hint = "Type load(..., header=False) for a patient, or header=True for names."
    return damaged(name, f"{what} {hint}", line=line)


def header_names(cells: list[str]) -> list[str]:
    """Return the names in a header; a column without one is called after its number."""
    return [cell.strip() or f"column_{place}" for place, cell in enumerate(cells, 1)]


def unlike(names: list[str], file_name: str) -> None:
    """Refuse a name that occurs twice."""
    seen: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        if name in seen:
            raise damaged(
                file_name,
                f"columns {seen[name]} and {place} are both called {name!r:.60}. Type load(..., columns=[...]) with "
                "a name for each column.",
            )
        seen[name] = place


def check_mixed(column: Column, file_name: str, names_line: int, decimal: str) -> None:
    """Refuse a column of numbers and words: gaps, bounds such as <5, slips of the pen; or a header among the data."""
    line, cell = column.first_word
    if column.kind == "words":  # which words came first
        codes = {code for word, code in column.codes.items() if to_number(word.replace(decimal, ".")) is not None}
        numbers = sum(value in codes for value in column.values) if codes else 0
        words = [word for word, code in column.codes.items() if code not in codes]
    else:
        numbers, words = int(np.isfinite(column.values).sum()), column.some_words
    if words and (writing := other_writing(cell)):
        raise written(file_name, column, line, cell, writing)
    if not words or not numbers:
        return
    what = f"{cell!r:.60} is not a number, but {numbers:,} other cells are."
    if line == names_line and len(words) == 1:
        what += " If this line holds the names of the columns, type header=True."
    hint = (
        f"Correct it; if it means unknown, type missing=[*tables.MISSING, {listed(words, 5)}]; to read the column as "
        f"words, type words=[{column.name!r:.60}]."
    )
    raise damaged(file_name, f"{what} {hint}", line=line, column=column.name[:80])


def check_writing(column: Column, file_name: str, rows: Callable[[], Iterable[Row]], place: int) -> None:
    """Refuse a column of words one of which is a number in another writing: 150,000, 0,5 or 12%."""
    for word in column.codes:
        if writing := other_writing(word):
            raise written(file_name, column, line_of(word, rows, place), word, writing)


def check_capitals(column: Column, file_name: str, rows: Callable[[], Iterable[Row]], place: int) -> None:
    """Refuse words that differ in capitals alone: True and TRUE."""
    seen: dict[str, str] = {}
    for word in column.codes:
        if (other := seen.setdefault(word.lower(), word)) != word:
            what = (
                f"{word!r:.60} and {other!r:.60} differ in capitals alone. Correct them; if they are different, type "
                f"words=[{column.name!r:.60}]."
            )
            raise damaged(file_name, what, line=line_of(word, rows, place), column=column.name[:80])


def line_of(word: str, rows: Callable[[], Iterable[Row]], place: int) -> int:
    """Return the line of the first row that has the word."""
    return next(line for line, row in rows() if row[place].strip() == word)


def other_writing(cell: str) -> str:
    """Say how a number is written that is not written as a number; "" for words."""
    if not STARTS.match(cell):
        return ""
    return next((what for pattern, what in WRITINGS.items() if pattern.fullmatch(cell[:80])), "")


def written(file_name: str, column: Column, line: int, cell: str, writing: str) -> ValueError:
    """Return the error for a number in another writing."""
    what = f"{cell!r:.60} {writing}. To read the column as words, type words=[{column.name!r:.60}]."
    return damaged(file_name, what, line=line, column=column.name[:80])


def counts_rows(name: str) -> bool:
    """Tell whether a name in a header is one that programs give to numbers of rows: none, rownames, Unnamed: 0."""
    return ROW_NUMBERS.fullmatch(name.strip()) is not None


def names_rows(name: str) -> bool:
    """Tell whether a column of this name may number the rows, as ids of a public table often do."""
    return IDS.fullmatch(name.strip()) is not None


def without_row_numbers(columns: list[Column], suspects: Sequence[int], file_name: str) -> list[Column]:
    """Leave out, and say so, which of the suspects run from 0 or 1 to the last row, in whatever order.

    A part of a table has part of its numbers: such a column stays, and this is said.
    """
    out = set()
    for k in suspects:
        values = np.sort(columns[k].values)
        n = len(values)
        if columns[k].kind == "number" and n and any(np.array_equal(values, np.arange(n) + s) for s in (0, 1)):
            out.add(k)
            what = f"{file_name}, column {k + 1}, {columns[k].name!r:.40}: the numbers of the rows; left out."
            print(f"{what} To keep it, give names: load(..., columns=[...]).")
        elif columns[k].kind == "number" and n > 1 and np.all(np.diff(values) > 0) and not np.any(values % 1):
            what = f"{file_name}, column {k + 1}, {columns[k].name!r:.40}: whole numbers, all different; kept in x."
            print(f"{what} If they number the rows, take the column out of the file, or type patient_id=.")
    return [column for k, column in enumerate(columns) if k not in out] if len(out) < len(columns) else columns


def look_up(name: str, names: Sequence[str], argument: str) -> str:
    """Return the name if there is such a column."""
    if not isinstance(name, str):
        raise TypeError(f"{argument} is the name of a column. Received: {argument}={name!r:.80}.")
    if name not in names:
        near = difflib.get_close_matches(name[:200], [other[:200] for other in names[:1000]], n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r:.80}?" if near else ""
        raise ValueError(f"There is no column {name!r:.80}.{hint} There are {listed(names, 20)}.")
    return name
