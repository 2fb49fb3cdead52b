"""Rows of a text table: cells between commas, semicolons, tabs, bars or blanks, in quotes or not."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from edunet.datasets.files import damaged
from edunet.datasets.tables_columns import MAX_COLUMNS, Row
from edunet.datasets.tables_text import GLANCE, glance, split_lines, table_lines

__all__ = ["DELIMITERS", "csv_rows", "guess_delimiter"]

DELIMITERS = ("\t", ";", "|", ",", " ")  # the rarer inside a cell, the earlier
GUESS_LINES = 20
QUOTED = re.compile(r'(?<![^\s,;|])"(?:[^"]|"")*+"')  # a cell in quotes
COMMA_NUMBER = re.compile(r"\s*[+-]?\d+,\d*\s*", re.ASCII)
END: list[str] = []


def guess_delimiter(path: Path, encoding: str = "utf-8") -> str:
    """Return the delimiter that, outside of quotes, cuts the first lines into equally many cells; a comma if none does.

    Of several that do so: the tab, then the one whose cells say why there are commas, 3,5; then the one that gives most
    columns. Blanks are taken only where nothing else serves.
    """
    start = glance(path)
    text = start.decode(encoding, errors="replace").lstrip("\ufeff").replace("\0", "?")
    lines = split_lines(QUOTED.sub('""', text))
    lines = lines[: GUESS_LINES if len(start) < GLANCE else max(1, min(GUESS_LINES, len(lines) - 1))]
    best, most = ",", (0, 0, 0)
    for delimiter in DELIMITERS:
        rows = [line.split() if delimiter == " " else line.split(delimiter) for line in lines]
        counts = [len(row) for row in rows]
        usual = max(set(counts), key=counts.count, default=1)
        commas = [cell for row in rows for cell in row if "," in cell]
        rank = 2 if delimiter == "\t" else 0 if delimiter == " " else 1
        if rank == 1 and commas and all(map(COMMA_NUMBER.fullmatch, commas)):
            rank = 2
        if usual > 1 and (counts.count(usual), rank, usual) > most:  # of equals, the first
            best, most = delimiter, (counts.count(usual), rank, usual)
    return best


def csv_rows(path: Path, delimiter: str, encoding: str = "utf-8", *, whole_quotes: bool = False) -> Iterator[Row]:
    """Yield (line, cells) of every row that is not blank.

    Arguments: whole_quotes, refuse a cell with half a quotation mark, for a delimiter that was guessed.
    Raises: ValueError, with the line, for a quote that is never closed, a cell longer than 128 KiB, or more than
        MAX_COLUMNS cells.
    """
    rows = blank_rows if delimiter == " " else quoted_rows
    for line, cells, has_quotes in rows(path, delimiter, encoding):
        if len(cells) > MAX_COLUMNS:
            raise too_wide(path.name, line)
        if whole_quotes and has_quotes:
            for place, cell in enumerate(cells, 1):
                if '"' in cell and cell.count('"') % 2:
                    what = f"{cell!r:.60} has half a quotation mark. Is {delimiter!r} between the cells, as it seems?"
                    raise damaged(path.name, f"{what} Type load(..., delimiter=...).", line=line, column=place)
        if len(cells) > 1 or (cells and cells[0].strip()):
            yield line, cells


def blank_rows(path: Path, _: str, encoding: str) -> Iterator[tuple[int, list[str], bool]]:
    """Yield the rows of a file with any number of blanks and tabs between cells; quotes keep a cell together."""
    for number, line in enumerate(table_lines(path, encoding), 1):
        cells = line.split(None, MAX_COLUMNS)
        if '"' in line and len(cells) <= MAX_COLUMNS:
            try:
                cells = next(csv.reader([line.strip()], delimiter=" ", skipinitialspace=True))
            except csv.Error as error:
                raise unreadable(path.name, number, error) from error
        yield number, cells, '"' in line


def quoted_rows(path: Path, delimiter: str, encoding: str) -> Iterator[tuple[int, list[str], bool]]:
    """Yield the rows of a file with a delimiter; one that has too many is refused before it is cut up."""
    found, quotes = 0, False  # delimiters since the row began, those within quotes too; whether there are quotes

    def narrow() -> Iterator[str]:
        nonlocal found, quotes
        for number, line in enumerate(table_lines(path, encoding), 1):
            found += line.count(delimiter)
            quotes = quotes or '"' in line
            if found > 2 * MAX_COLUMNS:
                raise too_wide(path.name, number)
            yield f"{line}\n"

    reader = csv.reader(narrow(), delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        begins, found, quotes = reader.line_num + 1, 0, False
        try:
            cells = next(reader, END)
        except csv.Error as error:
            raise unreadable(path.name, begins, error) from error
        if cells is END:
            return
        yield begins, cells, quotes


def too_wide(name: str, line: int) -> ValueError:
    """Return the error for a row of more cells than a table has."""
    return damaged(name, f"more than {MAX_COLUMNS:,} cells; a row has at most so many.", line=line)


def unreadable(name: str, line: int, error: csv.Error) -> ValueError:
    """Return, for an error of the csv module, one that says where the row begins."""
    reason = str(error)
    if "unexpected end" in reason or "field limit" in reason:
        reason = 'a quotation mark (") is opened in the row that begins here and not closed, or a cell is endless'
    return damaged(name, f"{reason}.", line=line)
