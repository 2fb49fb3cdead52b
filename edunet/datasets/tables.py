"""Reader of medical tables: CSV of any dialect and ARFF, from a file you have, to numbers a network can take.

One row is one patient or visit, one column one measurement. Numbers stay numbers, missing cells become NaN, words
become codes 0, 1, 2, ... whose meaning is in `categories`. Nothing is guessed in silence: a column of numbers with a
few words in it is refused with the line of the first of them, for that is a slip of the pen more often than not.

Sets that many people learn with are known by their names (tables_sets.py): column names where the file has none, the
target, the patient's id, licence, citation, and what one can fall over.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edunet.datasets.files import announce, check_sum, damaged, find_file, text_lines
from edunet.datasets.tables_arff import arff_rows, read_header
from edunet.datasets.tables_columns import Column, fill, to_labels, to_text
from edunet.datasets.tables_csv import DELIMITERS, csv_rows, guess_delimiter, header_names, is_header, unlike
from edunet.datasets.tables_sets import Facts, identify

__all__ = ["MISSING", "Table", "load"]

MISSING = ("", "?", "NA", "N/A", "n/a", "nan", "NaN", "NAN", "null", "NULL")
SUFFIXES = (".csv", ".data", ".arff", ".tsv", ".txt")
UNKNOWN = "unknown (not a set that is known here: ask whoever gave you the file)"
STRANGERS = {
    b"<!doc": "a web page: download the file itself",
    b"<html": "a web page: download the file itself",
    b"pk\x03\x04": "a zip file or an Excel workbook: unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"\x1f\x8b": "packed with gzip: unpack it first",
}


@dataclass(frozen=True, eq=False)
class Table:
    """A table as numbers."""

    x: np.ndarray = field(repr=False)  # (N,C) float64; NaN where missing; codes where the column holds words
    y: np.ndarray | None = field(repr=False)  # (N,) int64, or float64 where it is no whole number or missing
    columns: tuple[str, ...]  # of x
    categories: dict[str, tuple[str, ...]] = field(repr=False)  # column of words -> its words; code = index
    target: str  # name of the column y, "" without
    class_names: tuple[str, ...]  # index = y; () where y is a number as it stands in the file
    patient_id: np.ndarray | None = field(repr=False)  # (N,) text
    missing: dict[str, int] = field(repr=False)  # column -> how many of its cells are missing, target included
    name: str
    licence: str
    citation: str
    note: str = ""

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.x)

    def column(self, name: str) -> np.ndarray:
        """Return one column of x, (N,): float64, or text with "" where missing."""
        values = self.x[:, self.columns.index(look_up(name, self.columns, "column"))]
        if name not in self.categories:
            return values
        words = np.array([*self.categories[name], ""])  # NaN takes the last
        return words[np.where(np.isnan(values), -1, values).astype(np.int64)]


def load(
    path: str | Path,
    *,
    target: str | None = None,
    patient_id: str | None = None,
    columns: Sequence[str] | None = None,
    words: Collection[str] = (),
    missing: Collection[str] = MISSING,
    delimiter: str | None = None,
    decimal: str = ".",
    header: bool | None = None,
    checksum: str | None = None,
) -> Table:
    """Read a CSV (.csv, .data, .tsv, .txt) or ARFF table, check it, print licence and citation of a known set once.

    Arguments:
        path: the file.
        target: the column that becomes y; None takes that of a known set; "" leaves y out.
        patient_id: the column that says whose row it is; it is then not part of x. Split by it.
        columns: names of all columns, for a file without a header or to rename.
        words: columns of words, even where some or all cells look like numbers.
        missing: what a missing cell says.
        delimiter: between cells; None finds it: comma, semicolon, tab, bar, or " " for any number of blanks.
        decimal: "," for 12,5.
        header: whether the first row holds the names; None looks whether it has numbers.
        checksum: 32 (MD5) or 64 (SHA-256) hexadecimal digits the file must have.
    Returns: `Table`. A column of words stands in x as codes, which are names, not amounts: encode them one-hot.
    Raises: FileNotFoundError if there is no such file; ValueError, with line and column, for what is no sound table;
        TypeError for arguments of another type.

        >>> pima = load("pima-indians-diabetes.csv")                  # doctest: +SKIP
        >>> pima.x.shape, pima.target, pima.class_names               # doctest: +SKIP
        ((768, 8), 'diabetes', ('no diabetes', 'diabetes'))
        >>> ward = load("ward.csv", target="died", patient_id="case", delimiter=";", decimal=",")     # doctest: +SKIP
    """
    check_arguments(columns, words, missing, delimiter, decimal)
    path = find_file(path, SUFFIXES, "Ask for the path of the file; nothing is downloaded here.")
    if checksum is not None:
        check_sum(path, checksum, "it is damaged or another version. Get it again, or leave out checksum=.")
    check_start(path)
    gaps = frozenset(missing)
    if path.suffix.lower() == ".arff":
        cells = read_arff(path, columns, gaps)
    else:
        texts = {*words, *([patient_id] if patient_id else [])}  # 007 is not 7
        cells = read_csv(path, columns, texts, gaps, delimiter or guess_delimiter(path), decimal, header)
    name, facts = identify(path, len(cells))
    return assemble(path, cells, name, facts, target, patient_id)


def check_arguments(columns, words, missing, delimiter, decimal) -> None:
    """Refuse arguments of another type, before the file is opened."""
    for name, value in (("columns", columns), ("words", words), ("missing", missing)):
        if isinstance(value, str) or (value is not None and not all(isinstance(v, str) for v in value)):
            raise TypeError(f"{name} is a list of texts. Received: {name}={value!r:.80}. Type {name}=[...].")
    if delimiter is not None and delimiter not in DELIMITERS and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise ValueError(f"delimiter is one character, such as ',' or ';'. Received: delimiter={delimiter!r:.40}.")
    if decimal not in (".", ","):
        raise ValueError(f"decimal is '.' or ','. Received: decimal={decimal!r:.40}.")


def check_start(path: Path) -> None:
    """Refuse what is no table by its first bytes."""
    with path.open("rb") as file:
        start = file.read(64)
    if not start.strip():
        raise damaged(path.name, "the file is empty. Get it again.")
    for mark, what in STRANGERS.items():
        if start.lstrip().lower().startswith(mark):
            raise damaged(path.name, f"not a table of text but {what}.")


def read_arff(path: Path, names: Sequence[str] | None, missing: frozenset[str]) -> list[Column]:
    """Read an ARFF file."""
    with path.open("rb") as file:
        lines = enumerate(text_lines(file, path.name), 1)
        columns, _ = read_header(lines, path.name)
        rename(columns, names, path.name)
        fill(columns, arff_rows(lines, path.name), path.name, missing, ".")
    for column in columns:
        if column.n_words:
            line, cell = column.first_word
            what = f"{cell!r:.60} is not a number, as the file declares; if it means unknown, add it to missing=[...]."
            raise damaged(path.name, what, line=line, column=column.name[:80])
    return columns


def read_csv(path, names, words: set[str], missing, delimiter: str, decimal: str, header: bool | None) -> list[Column]:
    """Read a CSV file: a second time if some columns turn out to hold words."""
    first = next(csv_rows(path, delimiter), None)
    if first is None:
        raise damaged(path.name, "there is nothing but blank lines.")
    has_header = is_header(first[1], missing) if header is None else header
    if has_header:
        found = header_names(first[1])
    else:
        facts = identify(path, len(first[1]))[1]
        found = list(facts.columns if facts else ()) or [f"column_{k}" for k in range(1, len(first[1]) + 1)]
    kinds: set[int] = set()
    for _ in range(2):
        columns = [Column(name) for name in found]
        rename(columns, names, path.name)
        for word in words:
            look_up(word, [column.name for column in columns], "words")
        kinds |= {k for k, column in enumerate(columns) if column.name in words}
        for k in kinds:
            columns[k].kind = "words"
        rows = csv_rows(path, delimiter)
        if has_header:
            next(rows)
        fill(columns, rows, path.name, missing, decimal)
        mixed = {k for k, column in enumerate(columns) if column.n_words}
        for k in mixed:
            check_words(columns[k], path.name, delimiter, decimal)
        if not mixed:
            break
        kinds |= mixed
    return columns


def rename(columns: list[Column], names: Sequence[str] | None, file_name: str) -> None:
    """Give columns the names of the argument, and refuse a name that occurs twice."""
    if names is not None:
        if len(names) != len(columns):
            raise damaged(file_name, f"columns= names {len(names)} columns, the file has {len(columns)}.")
        for column, name in zip(columns, names, strict=True):
            column.name = name
    unlike([column.name for column in columns], file_name)


def check_words(column: Column, file_name: str, delimiter: str, decimal: str) -> None:
    """Refuse a column of numbers with a few words in it, and decimal commas."""
    numbers = int(np.isfinite(column.values).sum())
    line, cell = column.first_word
    what = ""
    if delimiter != "," and decimal == "." and re.fullmatch(r"[+-]?\d+,\d+", cell):
        what = f"{cell!r:.60} has a decimal comma. Type load(..., decimal=',')."
    elif numbers >= column.n_words:
        what = (
            f"{cell!r:.60} is not a number, but {numbers:,} other cells are. Correct it; if it means unknown, add it "
            f"to missing=[...]; to read the column as words, type words=[{column.name!r:.60}]."
        )
    if what:
        raise damaged(file_name, what, line=line, column=column.name[:80])


def assemble(
    path: Path, cells: list[Column], name: str, facts: Facts | None, target: str | None, patient_id: str | None
) -> Table:
    """Make x, y, ids and names of the columns that were read."""
    names = tuple(column.name for column in cells)
    known = facts or Facts("", 0, UNKNOWN, UNKNOWN)
    is_own = target is None or target == known.target
    target = look_up(target, names, "target") if target else known.target if target is None else ""
    patient_id = look_up(patient_id, names, "patient_id") if patient_id else known.patient_id
    target, patient_id = (part if part in names else "" for part in (target, patient_id))
    done = {column.name: column.finish() for column in cells}
    if not len(done[names[0]][0]):
        raise damaged(path.name, "there are no rows of data, only names of columns.")
    y: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    if target:
        y, class_names = to_labels(*done[target], known.classes if is_own else {}, path.name, target)
    inner = tuple(n for n in names if n not in (target, patient_id))
    if not inner:
        raise damaged(path.name, f"no column is left for x. The file has {', '.join(names)!s:.200}.")
    if facts:
        announce(name, known.licence, known.citation)
    return Table(
        x=np.stack([done[n][0] for n in inner], axis=1),
        y=y,
        columns=inner,
        categories={n: done[n][1] for n in inner if done[n][1]},
        target=target,
        class_names=class_names,
        patient_id=to_text(*done[patient_id]) if patient_id else None,
        missing={n: int(np.isnan(done[n][0]).sum()) for n in names},
        name=name,
        licence=known.licence,
        citation=known.citation,
        note=known.note,
    )


def look_up(name: str, names: Sequence[str], argument: str) -> str:
    """Return the name if there is such a column."""
    if not isinstance(name, str):
        raise TypeError(f"{argument} is the name of a column. Received: {argument}={name!r:.80}.")
    if name not in names:
        near = difflib.get_close_matches(name, names[:1000], n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"There is no column {name!r:.80}.{hint} There are {', '.join(names[:60])!s:.600}.")
    return name
