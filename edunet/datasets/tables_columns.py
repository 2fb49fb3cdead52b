"""One column of a table while it is read: numbers, words, dates, or words from a list that the file declares."""

from __future__ import annotations

import difflib
import math
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from edunet.datasets.files import damaged
from edunet.datasets.tables_text import listed

__all__ = ["MAX_COLUMNS", "Column", "Row", "fill", "to_labels", "to_number", "to_text"]

MAX_COLUMNS = 2**16
MOST_SHOWN = 5  # gaps and strange words of a column that an error may name
NAN = math.nan
POINT = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d{1,3}(\.\d{3})+(,\d+)?)([eE][+-]?\d+)?", re.ASCII)

Row = tuple[int, list[str]]  # number of the line it begins on, its cells


@dataclass
class Column:
    """What is known of a column, and its cells so far as numbers: amounts, seconds, or codes of words."""

    name: str
    kind: str = "number"  # "number", "words", "nominal" (declared words) or "date"
    codes: dict[str, int] = field(default_factory=dict)  # word -> code, for words and nominal
    date_format: str = ""
    is_guess: bool = False  # the kind is not declared: words before any number make a column of words
    values: array = field(default_factory=lambda: array("d"))
    n_words: int = 0  # cells of a column of numbers that are none
    first_word: tuple[int, str] = (0, "")  # line and text of the first of them
    some_words: list[str] = field(default_factory=list)  # the first few that are different
    gaps: list[int] = field(default_factory=list)  # lines of the first few missing cells

    def read(self, file_name: str, line: int, cell: str, decimal: str) -> float:
        """Return a cell that is not missing as a number."""
        if self.kind == "words":
            return self.codes.setdefault(cell, len(self.codes))
        if self.kind == "nominal":
            code = self.codes.get(cell)
            return self._declared(file_name, line, cell) if code is None else code
        if self.kind == "date":
            return self._seconds(file_name, line, cell)
        if decimal == "," and POINT.fullmatch(cell):
            what = f"{cell!r:.60} has a point, but decimal=','. Between thousands? Take it out of the file."
            raise damaged(file_name, what, line=line, column=self.name[:80])
        value = to_number(cell if decimal == "." else cell.replace(decimal, "."))
        if value is None:
            if self.is_guess and not self.n_words and not self.has_numbers():
                self.kind, self.first_word = "words", (line, cell)
                return self.codes.setdefault(cell, len(self.codes))
            self.n_words += 1
            if len(self.some_words) < MOST_SHOWN and cell not in self.some_words:
                self.some_words.append(cell)
            self.first_word = self.first_word if self.n_words > 1 else (line, cell)
            return NAN
        if not math.isfinite(value):
            what = f"{cell!r:.60} is not a finite number; what is unknown is written as ?, NA or an empty cell."
            raise damaged(file_name, what, line=line, column=self.name[:80])
        return value

    def has_numbers(self) -> bool:
        """Tell whether some cell is a number, if only one that is read as a word."""
        if self.kind == "words":
            return any(to_number(word) is not None for word in self.codes)
        return any(not math.isnan(value) for value in self.values)

    def _declared(self, file_name: str, line: int, cell: str) -> float:
        number = to_number(cell)
        for word, code in self.codes.items():  # 1.02 stands for 1.020, Yes for yes
            if word.lower() == cell.lower() or (number is not None and to_number(word) == number):
                return self.codes.setdefault(cell, code)
        near = difflib.get_close_matches(cell[:80], list(self.codes)[:1000], n=1)
        hint = f" Did you mean {near[0]!r:.80}?" if near else ""
        what = f"{cell!r:.80} is none of the declared values {listed(list(self.codes))}.{hint}"
        raise damaged(file_name, what, line=line, column=self.name[:80])

    def _seconds(self, file_name: str, line: int, cell: str) -> float:
        try:
            day = datetime.strptime(cell, self.date_format)
            return (day if day.tzinfo else day.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError) as error:
            what = f"{cell!r:.80} is not a date written as {self.date_format!r}."
            raise damaged(file_name, what, line=line, column=self.name[:80]) from error

    def finish(self) -> tuple[np.ndarray, tuple[str, ...]]:
        """Return the cells (N,) float64 with NaN, and the words that the codes stand for: () for numbers and dates."""
        values = np.frombuffer(self.values, dtype=np.float64) if self.values else np.empty(0)
        if self.kind == "nominal":
            declared: dict[int, str] = {}
            for word, code in self.codes.items():
                declared.setdefault(code, word)
            return values.copy(), tuple(declared.values())
        if self.kind != "words":
            return values.copy(), ()
        words = sorted(self.codes)
        places = np.full(len(words) + 1, NAN)  # the last place is NaN's
        for place, word in enumerate(words):
            places[self.codes[word]] = place
        return places[np.where(np.isnan(values), len(words), values).astype(np.int64)], tuple(words)


def to_number(cell: str) -> float | None:
    """Return the number that a cell says, or None: 1_000 is none, 1e999 is infinite."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def fill(columns: list[Column], rows: Iterable[Row], name: str, missing: frozenset[str], decimal: str) -> None:
    """Read every row into the columns; memory is eight bytes a cell and each word once."""
    for line, row in whole(rows, len(columns), name):
        for column, cell in zip(columns, row, strict=True):
            text = cell.strip()
            if text in missing and not (column.kind == "nominal" and text in column.codes):
                column.values.append(NAN)
                if len(column.gaps) < MOST_SHOWN:
                    column.gaps.append(line)
            else:
                column.values.append(column.read(name, line, text, decimal))


def whole(rows: Iterable[Row], count: int, name: str) -> Iterator[Row]:
    """Yield the rows, all with as many cells as there are columns; empty ones after the last are passed over."""
    for line, row in rows:
        if len(row) > count and not any(cell.strip() for cell in row[count:]):
            row = row[:count]
        if len(row) != count:
            begins = ", ".join(row[:4])
            raise damaged(name, f"{len(row):,} cells, expected {count:,}. It begins {begins!r:.80}.", line=line)
        yield line, row


def to_labels(
    values: np.ndarray, words: tuple[str, ...], classes: dict[str, str], file_name: str, target: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return y and the names of its classes."""
    names = words
    if classes:
        if words:
            places = {float(words.index(word)): place for place, word in enumerate(classes) if word in words}
        else:
            places = {float(word): place for place, word in enumerate(classes)}
        strange = set(np.unique(values[~np.isnan(values)]).tolist()) - set(places)
        if strange:
            first = words[int(min(strange))] if words else f"{min(strange):g}"
            raise damaged(file_name, f"holds {first!r:.60}; expected {', '.join(classes)}.", column=target[:80])
        values = np.array([places.get(value, np.nan) for value in values.tolist()], dtype=np.float64)
        names = tuple(classes.values())
    whole = bool(np.all(values == np.floor(values)) and np.all(np.abs(values) < 2**53))  # False where NaN
    return values.astype(np.int64) if whole else values, names


def to_text(column: Column, values: np.ndarray, words: tuple[str, ...], file_name: str) -> np.ndarray:
    """Return ids as text: 17 for 17.0. A row without an id may be anybody's: refused, with the lines."""
    n = int(np.isnan(values).sum())
    if n:
        lines = ", ".join(f"{line:,}" for line in column.gaps) + (", ..." if n > len(column.gaps) else "")
        what = f"no id in {n:,} rows (lines {lines}). Give them ids, or take them out: whose rows are they?"
        raise damaged(file_name, what, column=column.name[:80])
    return np.array([words[int(v)] if words else f"{v:.17g}" for v in values.tolist()], dtype=np.str_)
