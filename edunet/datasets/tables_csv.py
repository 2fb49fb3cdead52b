"""Rows of a text table: cells between commas, semicolons, tabs, bars or blanks, in quotes or not."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edunet.datasets.files import damaged, text_lines
from edunet.datasets.tables_columns import MAX_COLUMNS, Row, to_number

__all__ = ["DELIMITERS", "csv_rows", "guess_delimiter", "header_names", "is_header", "unlike"]

DELIMITERS = ("\t", ";", "|", ",", " ")  # the rarer inside a cell, the earlier
GLANCE = 2**16  # bytes looked at to guess the delimiter
GUESS_LINES = 20
END: list[str] = []


def guess_delimiter(path: Path) -> str:
    """Return the delimiter that cuts the first lines into equally many cells; a comma if none does."""
    with path.open("rb") as file:
        start = file.read(GLANCE)
    text = start.decode("utf-8-sig", errors="replace").replace("\0", "?")
    lines = [line for line in text.splitlines() if line.strip()]
    lines = lines[: GUESS_LINES if len(start) < GLANCE else max(1, min(GUESS_LINES, len(lines) - 1))]
    best, most = ",", 0
    for delimiter in DELIMITERS:
        try:
            counts = [len(split_blanks(line)) if delimiter == " " else line.count(delimiter) + 1 for line in lines]
            if delimiter != " " and '"' in text:
                counts = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            continue
        usual = max(set(counts), key=counts.count, default=1)
        if usual > 1 and counts.count(usual) > most:  # of equals, the first
            best, most = delimiter, counts.count(usual)
    return best


def split_blanks(line: str) -> list[str]:
    """Split at blanks and tabs, of which several count as one; quotes keep a cell together."""
    if '"' not in line:
        return line.split()
    return next(csv.reader([line.strip()], delimiter=" ", skipinitialspace=True))


def csv_rows(path: Path, delimiter: str) -> Iterator[Row]:
    """Yield (line, cells) of every row that is not blank.

    Raises: ValueError, with the line, for a quote that is never closed, a cell longer than 128 KiB, or more than
        MAX_COLUMNS cells.
    """
    with path.open("rb") as file:
        lines = bounded(text_lines(file, path.name), path.name, delimiter)
        if delimiter == " ":
            for number, line in enumerate(lines, 1):
                with readable(path.name, number):
                    cells = split_blanks(line)
                if cells:
                    yield number, cells
            return
        reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, skipinitialspace=True, strict=True)
        while True:
            begins = reader.line_num + 1
            with readable(path.name, begins):
                cells = next(reader, END)
            if cells is END:
                return
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield begins, cells


def bounded(lines: Iterator[str], name: str, delimiter: str) -> Iterator[str]:
    """Pass lines on; refuse one with too many cells before it is cut up."""
    for number, line in enumerate(lines, 1):
        if line.count(delimiter) >= MAX_COLUMNS and line.count('"') < 2:
            what = f"{line.count(delimiter) + 1:,} cells; a row has at most {MAX_COLUMNS:,}."
            raise damaged(name, what, line=number)
        yield line


@contextmanager
def readable(name: str, line: int):
    """Turn an error of the csv module into one that says where the row begins."""
    try:
        yield
    except csv.Error as error:
        reason = str(error)
        if "unexpected end" in reason or "field limit" in reason:
            reason = 'a quotation mark (") is opened in the row that begins here and not closed, or a cell is endless'
        raise damaged(name, f"{reason}.", line=line) from error


def is_header(cells: list[str], missing: frozenset[str]) -> bool:
    """Tell whether a first row can be one: words, no numbers, and not only gaps."""
    texts = [cell.strip() for cell in cells]
    if "?" in texts or any(to_number(text) is not None for text in texts):
        return False
    return any(text not in missing for text in texts)


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
