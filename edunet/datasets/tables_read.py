"""A CSV or ARFF file to columns, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from edunet.datasets.files import damaged
from edunet.datasets.tables_arff import arff_rows, read_header
from edunet.datasets.tables_checks import (
    check_capitals,
    check_first_lines,
    check_mixed,
    check_writing,
    counts_rows,
    first_is,
    header_names,
    look_up,
    names_rows,
    unclear_header,
    unlike,
    without_row_numbers,
)
from edunet.datasets.tables_columns import Column, Row, fill
from edunet.datasets.tables_csv import csv_rows, guess_delimiter
from edunet.datasets.tables_sets import identify
from edunet.datasets.tables_text import table_lines

__all__ = ["Asked", "read_arff", "read_csv"]


@dataclass(frozen=True)
class Asked:
    """What a reader was told of a file."""

    columns: Sequence[str] | None
    words: Collection[str]
    missing: frozenset[str]
    delimiter: str | None
    decimal: str
    header: bool | None
    encoding: str
    patient_id: str
    target: str


def read_arff(path: Path, asked: Asked) -> list[Column]:
    """Read an ARFF file."""
    lines = enumerate(table_lines(path, asked.encoding), 1)
    columns, _ = read_header(lines, path.name)
    names = named([column.name for column in columns], asked.columns, path.name)
    facts = identify(path, names)[1]
    texts = {*asked.words, asked.patient_id or (facts.patient_id if facts else "")} - {""}
    for name in asked.words:
        look_up(name, names, "words")
    for column, name in zip(columns, names, strict=True):
        column.name = name
        if name in texts and column.kind == "number":
            column.kind = "words"  # 007 is not 7
    fill(columns, arff_rows(lines, path.name), path.name, asked.missing, ".")
    for column in columns:
        if column.n_words:
            line, cell = column.first_word
            what = f"{cell!r:.60} is not a number, as the file declares; if it means unknown, add it to missing=[...]."
            raise damaged(path.name, what, line=line, column=column.name[:80])
    return columns


def read_csv(path: Path, asked: Asked) -> list[Column]:
    """Read a CSV file."""
    delimiter = asked.delimiter or guess_delimiter(path, asked.encoding)

    def rows(skip: int = 0) -> Iterator[Row]:
        return islice(csv_rows(path, delimiter, asked.encoding, whole_quotes=asked.delimiter is None), skip, None)

    first, second = (*islice(rows(), 2), None, None)[:2]
    if first is None:
        raise damaged(path.name, "there is nothing but blank lines.")
    check_first_lines(path.name, first, second, delimiter)
    found, has_header = find_names(path, first, asked)
    if has_header and second and len(second[1]) == len(first[1]) + 1 and second[1][-1].strip():
        what = "one cell more than the header has names, as R's write.table writes with names of rows."
        hint = "In R add row.names=FALSE; or put a name before the others in the header."
        raise damaged(path.name, f"{what} {hint}", line=second[0])
    header = list(enumerate(first[1])) if has_header and asked.columns is None else []
    suspects = [k for k, cell in header if counts_rows(cell)]
    typed = {*asked.words, *([asked.patient_id] if asked.patient_id else [])}
    for word in typed:
        look_up(word, found, "words")
    facts = identify(path, [name for k, name in enumerate(found) if k not in suspects])[1]
    if facts and not asked.patient_id and facts.patient_id in found:
        typed.add(facts.patient_id)  # 007 is not 7
    suspects += [k for k, cell in header if names_rows(cell) and not facts]
    columns = read_columns(path, found, typed, lambda: rows(int(has_header)), asked, first[0])
    guessed = has_header and asked.header is None and not (facts and facts.target in found)
    if guessed and len(columns[0].values) and not any(column.has_numbers() for column in columns):
        raise unclear_header(path.name, *first)
    kept = [k for k in suspects if found[k] not in {*typed, asked.target}]
    return without_row_numbers(columns, kept, path.name)


def find_names(path: Path, first: tuple[int, list[str]], asked: Asked) -> tuple[list[str], bool]:
    """Return the names of the columns, and whether they stand in the first line."""
    facts = identify(path, [""] * len(first[1]))[1]
    kind = first_is(first[1], asked.missing) if asked.header is None else ("names" if asked.header else "data")
    if kind == "unclear" and not (facts and facts.columns):
        raise unclear_header(path.name, *first)
    if kind == "names":
        names = header_names(first[1])
    else:
        names = list(facts.columns if facts else ()) or [f"column_{k}" for k in range(1, len(first[1]) + 1)]
    return named(names, asked.columns, path.name), kind == "names"


def read_columns(
    path: Path, names: list[str], typed: set[str], body: Callable[[], Iterator[Row]], asked: Asked, names_line: int
) -> list[Column]:
    """Read the columns, and check those whose kind was guessed."""
    columns = [Column(name, "words") if name in typed else Column(name, is_guess=True) for name in names]
    fill(columns, body(), path.name, asked.missing, asked.decimal)
    for place, column in enumerate(columns):
        if column.is_guess:
            check_mixed(column, path.name, names_line, asked.decimal)
            check_writing(column, path.name, body, place)
            check_capitals(column, path.name, body, place)
    return columns


def named(found: list[str], names: Sequence[str] | None, file_name: str) -> list[str]:
    """Return the names of the argument, or those found; refuse one that occurs twice."""
    if names is not None and len(names) != len(found):
        raise damaged(file_name, f"columns= names {len(names)} columns, the file has {len(found)}.")
    names = list(found if names is None else names)
    unlike(names, file_name)
    return names
