"""Reader of medical tables: CSV of any dialect and ARFF, from a file you have, to numbers a network can take.

One row is one patient or visit, one column one measurement. Numbers stay numbers, missing cells become NaN, words
become codes 0, 1, 2, ... whose meaning is in `categories`. Nothing is guessed in silence: a column of both numbers and
words is refused with the line of the first word, for that is a gap (-, None, .), a bound (<5) or a slip of the pen more
often than not; so are numbers in another writing (150,000, 12%), words that differ in capitals alone, and a first line
that may be names or a patient. Numbers of rows, which programs write in front (`rownames`, `Unnamed: 0`, no name), are
no measurement and leak the order of the file: a column of such a name that runs from 0 or 1 to the last row is left out
of x, and a line printed that says so.

Sets that many people learn with are known by their names (tables_sets.py): column names where the file has none, the
target, the patient's id, licence, citation, and what one can fall over.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edunet.datasets.files import announce, check_sum, damaged, find_file
from edunet.datasets.tables_checks import look_up
from edunet.datasets.tables_columns import Column, to_labels, to_text
from edunet.datasets.tables_csv import DELIMITERS
from edunet.datasets.tables_read import Asked, read_arff, read_csv
from edunet.datasets.tables_sets import Facts, identify
from edunet.datasets.tables_text import check_encoding, check_start, listed

__all__ = ["MISSING", "Table", "load"]

MISSING = ("", "?", "NA", "na", "N/A", "n/a", "nan", "NaN", "NAN", "null", "NULL", "#N/A", "<NA>")
SUFFIXES = (".csv", ".data", ".arff", ".tsv", ".txt")
UNKNOWN = "unknown (not a set that is known here: ask whoever gave you the file)"


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
    encoding: str = "utf-8",
    checksum: str | None = None,
) -> Table:
    """Read a CSV (.csv, .data, .tsv, .txt) or ARFF table, check it, print licence and citation of a known set once.

    Arguments:
        path: the file.
        target: the column that becomes y; None takes that of a known set; "" leaves y out.
        patient_id: the column that says whose row it is; it is then not part of x. Split by it.
        columns: names of all columns, for a file without a header or to rename; then numbers of rows stay.
        words: columns of words, even where some or all cells look like numbers.
        missing: what a missing cell says, in place of MISSING; to add some, [*tables.MISSING, "-", "None"].
        delimiter: between cells; None finds it: comma, semicolon, tab, bar, or " " for any number of blanks.
        decimal: "," for 12,5.
        header: whether the first row holds the names; None looks whether it has numbers and the others do.
        encoding: of the file, "utf-8", "latin-1", "cp1252", "utf-16", ...
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
    check_encoding(encoding)
    path = find_file(path, SUFFIXES, "Ask for the path of the file; nothing is downloaded here.")
    if checksum is not None:
        check_sum(path, checksum, "it is damaged or another version. Get it again, or leave out checksum=.")
    check_start(path, encoding)
    for name, value in (("target", target), ("patient_id", patient_id)):
        if not isinstance(value, str | None):
            raise TypeError(f"{name} is the name of a column. Received: {name}={value!r:.80}.")
    asked = Asked(
        columns, words, frozenset(missing), delimiter, decimal, header, encoding, patient_id or "", target or ""
    )
    cells = read_arff(path, asked) if path.suffix.lower() == ".arff" else read_csv(path, asked)
    set_name, facts = identify(path, [column.name for column in cells])
    return assemble(path, cells, set_name, facts, target, patient_id)


def check_arguments(columns, words, missing, delimiter, decimal) -> None:
    """Refuse arguments of another type, before the file is opened."""
    for name, value in (("columns", columns), ("words", words), ("missing", missing)):
        if isinstance(value, str) or (value is not None and not all(isinstance(v, str) for v in value)):
            raise TypeError(f"{name} is a list of texts. Received: {name}={value!r:.80}. Type {name}=[...].")
    if delimiter is not None and delimiter not in DELIMITERS and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise ValueError(f"delimiter is one character, such as ',' or ';'. Received: delimiter={delimiter!r:.40}.")
    if decimal not in (".", ","):
        raise ValueError(f"decimal is '.' or ','. Received: decimal={decimal!r:.40}.")


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
        raise damaged(path.name, f"no column is left for x. The file has {listed(names)}.")
    if facts:
        announce(name, known.licence, known.citation)
    return Table(
        x=np.stack([done[n][0] for n in inner], axis=1),
        y=y,
        columns=inner,
        categories={n: done[n][1] for n in inner if done[n][1]},
        target=target,
        class_names=class_names,
        patient_id=to_text(cells[names.index(patient_id)], *done[patient_id], path.name) if patient_id else None,
        missing={n: int(np.isnan(done[n][0]).sum()) for n in names},
        name=name,
        licence=known.licence,
        citation=known.citation,
        note=known.note,
    )
