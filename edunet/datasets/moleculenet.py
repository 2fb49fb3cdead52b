"""Reader of MoleculeNet tables: real molecules as SMILES texts with what was measured of them, in CSV files.

A table has a header, a column of SMILES texts (`smiles`, `SMILES`, `mol`, ...), and one column for each thing that was
measured: numbers (regression), or 0 and 1 (classification). What nobody measured is an empty cell. The sets of
MoleculeNet are known by the words in the name of the file (`BBBP.csv`, `tox21.csv.gz`, `delaney-processed.csv`); of any
other table, say which columns are asked for: `load("mine.csv", targets=["logD"])`.

The texts are not looked into here: `edunet.preprocessing.read_smiles` says what is wrong with one.

Source: Z. Wu et al., MoleculeNet: a benchmark for molecular machine learning, Chemical Science 9 (2018) 513-530, doi
10.1039/c7sc02664a.
"""

from __future__ import annotations

import csv
import gzip
import math
import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from edunet.datasets.files import announce, check_sum, damaged, find_file, text_lines
from edunet.datasets.moleculenet_sets import SETS, WORDS, Facts
from edunet.datasets.tables_text import listed

__all__ = ["SETS", "MoleculeNet", "load"]

SMILES_COLUMNS = ("smiles", "canonical_smiles", "isomeric_smiles", "mol")
GAPS = {"", "nan", "na", "n/a", "null", "none"}
LONGEST_ROW = 2**20  # bytes; ToxCast's header of 618 names has 20,000
LONGEST_SMILES = 5000  # characters
MOST_COLUMNS = 10_000
MOST_BYTES = 2**28  # of a table, unpacked; the largest of MoleculeNet has some 10 MB
MANY = 100_000  # rows from which on a line of progress is shown
MOST_KNOWN = 10_000  # cells
MOST_TEXT = 2**30  # bytes of the array of texts: every row takes as much as the longest
UNKNOWN = "unknown (not one of the MoleculeNet sets: ask whoever gave you the file)"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, eq=False)
class MoleculeNet:
    """N molecules with T things that were measured of them."""

    smiles: np.ndarray = field(repr=False)  # (N,) text
    y: np.ndarray = field(repr=False)  # (N,T) float64, NaN where nothing was measured
    mask: np.ndarray = field(repr=False)  # (N,T) bool, False where nothing was measured
    task_names: tuple[str, ...]
    kind: str  # "regression" or "classification"
    unit: str
    name: str
    licence: str
    citation: str

    def __len__(self) -> int:
        """Give the number of molecules."""
        return len(self.y)


def load(
    path: str | Path,
    targets: Sequence[str] | None = None,
    *,
    smiles_column: str | None = None,
    checksum: str | None = None,
    progress: bool = True,
) -> MoleculeNet:
    """Read a MoleculeNet table, `.csv` or `.csv.gz`, and print licence and citation of a known set once.

    Arguments:
        path: the file; the words in its name tell which set it is.
        targets: names of the columns that are asked for; unless given, those of the known set. Of sets with very many
            tasks (SIDER, MUV, ToxCast) these are all other columns, and a line is printed that says which.
        smiles_column: name of the column of texts; unless given, smiles, canonical_smiles, isomeric_smiles or mol, in
            capitals or not.
        checksum: MD5 (32 digits) or SHA-256 (64 digits) that the file must have; None does not compare.
        progress: show a line of progress in a terminal or notebook when there are many rows.
    Returns: `MoleculeNet` with smiles (N,), y (N,T) float64, mask (N,T), task_names, kind. Classification if the set is
        known for it, or all values are 0 and 1.
    Raises: FileNotFoundError if there is no such file; ValueError, with file, line and column, if it is no sound table,
        or names are missing.
    Source: Wu et al. 2018, doi 10.1039/c7sc02664a.

        >>> data = load("tox21.csv.gz")                                           # doctest: +SKIP
        >>> data.y.shape, data.kind, data.task_names[0], data.mask.mean()         # doctest: +SKIP
        ((7831, 12), 'classification', 'NR-AR', 0.83)
    """
    path = find_file(path, (".csv", ".csv.gz"), "Download the table from https://moleculenet.org first.")
    if checksum is not None:
        check_sum(path, checksum, "it is another version, or damaged. Leave out checksum= to read it all the same.")
    words = re.split(r"[^a-z0-9]+", path.name.lower())
    name = next((WORDS[word] for word in words if word in WORDS), None)
    facts = SETS.get(name or "")
    rows = counted(read_rows(path), path.name) if progress else read_rows(path)
    _, header = next(rows, (1, []))
    text_at, at = find_columns(path.name, header, facts, targets, smiles_column)
    only = (0.0, 1.0) if facts is not None and targets is None and facts.kind == "classification" else ()
    smiles, y = read_values(path.name, rows, header, text_at, at, only)
    mask = ~np.isnan(y)
    yes_no = bool(mask.any()) and bool(np.isin(y[mask], (0, 1)).all())
    kind = facts.kind if facts and targets is None else "classification" if yes_no else "regression"
    unit = facts.unit if facts and targets is None else "yes/no" if yes_no else "as in the table"
    licence, citation = (facts.licence, facts.citation) if facts else (UNKNOWN, UNKNOWN)
    name = name or path.name.split(".")[0]
    announce(name, licence, citation)
    return MoleculeNet(smiles, y, mask, tuple(header[k] for k in at), kind, unit, name, licence, citation)


def read_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of each row that is not empty, within bounds."""
    reader = None
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
            reader = csv.reader(bounded(file, path.name), strict=True)
            for row in reader:
                if row:
                    yield reader.line_num, row
    except csv.Error as error:
        raise damaged(
            path.name,
            f"{error}. Is a quote open? Cells are separated by commas.",
            line=reader.line_num if reader else 1,
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"{path.name} is damaged ({error}). Download it again.") from error


def counted(rows: Iterator[tuple[int, list[str]]], name: str) -> Iterator[tuple[int, list[str]]]:
    """Pass rows on; from the hundred thousandth on with a line of progress."""
    bar = None
    try:
        for k, row in enumerate(rows):
            if k == MANY:
                from tqdm import tqdm  # when it is needed

                bar = tqdm(desc=f"reading {name}", unit=" rows", initial=k, leave=False, disable=None)  # no log
            if bar is not None:
                bar.update()
            yield row
    finally:
        if bar is not None:
            bar.close()


def bounded(file, name: str) -> Iterator[str]:
    """Yield lines, until they are too many."""
    size = 0
    for line in text_lines(file, name, LONGEST_ROW):
        size += len(line) + 1
        if size > MOST_BYTES:
            raise ValueError(f"{name} holds more than {MOST_BYTES:,} bytes of text. Is it one table? Read it in parts.")
        yield line


def find_columns(
    name: str, header: list[str], facts: Facts | None, targets: Sequence[str] | None, smiles_column: str | None
) -> tuple[int, list[int]]:
    """Return where the text stands, and where the targets stand."""
    header[:] = [title.strip() for title in header]
    shown = listed(header)
    if not 2 <= len(header) <= MOST_COLUMNS:
        raise damaged(name, f"{len(header):,} columns, expected 2 to {MOST_COLUMNS:,}, separated by commas.", line=1)
    lower = [title.lower() for title in header]
    wanted = SMILES_COLUMNS if smiles_column is None else (smiles_column,)
    titles = lower if smiles_column is None else header
    text_at = next((titles.index(title) for title in wanted if title in titles), -1)
    if text_at < 0:
        raise damaged(
            name,
            f"no column {' or '.join(map(repr, wanted))}. The columns are {shown}. Name the one that holds the texts: "
            'load(path, smiles_column="...").',
            line=1,
        )
    if targets is None and facts is None:
        raise ValueError(
            f"{name} is not known by its name ({', '.join(SETS)} are). Its columns are {shown}. Say which are asked "
            'for: load(path, targets=["..."]).'
        )
    if targets is None and facts is not None and not facts.targets:
        return text_at, all_others(name, header, text_at, facts.ignored)
    names = targets if targets is not None else facts.targets if facts else ()
    if isinstance(names, str) or not names or not all(isinstance(title, str) for title in names):
        raise TypeError(f'targets must be a list of names. Received: {targets!r:.80}. Type targets=["..."].')
    for title in names:
        if header.count(title) != 1 or header.index(title) == text_at:
            many = (
                "no column" if title not in header else "the SMILES as" if header.count(title) == 1 else "two columns"
            )
            raise damaged(
                name, f'{many} {title!r:.60}. The columns are {shown}. Type load(path, targets=["..."]).', line=1
            )
    return text_at, [header.index(title) for title in names]


def all_others(name: str, header: list[str], text_at: int, ignored: tuple[str, ...]) -> list[int]:
    """Return where the tasks of a set stand whose tasks are all other columns, and say which they are."""
    hint = 'Correct the header, or say which columns are asked for: load(path, targets=["..."]).'
    for place, title in enumerate(header):
        if not title or re.fullmatch(r"unnamed: \d+", title.lower()):
            raise damaged(name, f"column {place + 1} has no name: numbers of rows? {hint}", line=1)
        if header.index(title) != place:
            what = f"columns {header.index(title) + 1} and {place + 1} are both called {title!r:.60}. {hint}"
            raise damaged(name, what, line=1)
    at = [k for k, title in enumerate(header) if k != text_at and title.lower() not in ignored]
    out = [header[k] for k in range(len(header)) if k != text_at and k not in at]
    left = f" Left out: {listed(out)}." if out else ""
    print(f"{name}: {len(at):,} tasks: {listed([header[k] for k in at], 5)}.{left}")
    return at


def read_values(
    name: str, rows: Iterator[tuple[int, list[str]]], header: list[str], text_at: int, at: list[int], only: tuple
) -> tuple[np.ndarray, np.ndarray]:
    """Return the texts (N,) and the numbers (N,T)."""
    smiles: list[str] = []
    values = array("d")
    longest = 0
    known: dict[str, float] = {}  # cells that recur: read once
    for line, row in rows:
        if len(row) != len(header):
            raise damaged(
                name, f"{len(row):,} cells, expected {len(header)} as in the header. Put names with commas in quotes.",
                line=line,
            )  # fmt: skip
        text = row[text_at].strip()
        if not 0 < len(text) <= LONGEST_SMILES:
            what = f"{len(text):,} characters, expected a SMILES of 1 to {LONGEST_SMILES:,}."
            raise damaged(name, what, line=line, column=header[text_at][:80])
        longest = max(longest, len(text))
        if 4 * longest * (len(smiles) + 1) > MOST_TEXT:
            raise damaged(name, f"the texts would take more than {MOST_TEXT:,} bytes. Read it in parts.", line=line)
        smiles.append(text)
        for k in at:
            value = known.get(row[k])
            if value is None:
                value = number(name, row[k], line, header[k], only)
                if len(known) < MOST_KNOWN:
                    known[row[k]] = value
            values.append(value)
    if not smiles:
        raise damaged(name, "there is a header, but no row of a molecule.")
    return np.array(smiles), np.array(values, dtype=np.float64).reshape(len(smiles), len(at))


def number(name: str, cell: str, line: int, column: str, only: tuple) -> float:
    """Return the number in a cell, NaN for a gap."""
    text = cell.strip()
    if text.lower() in GAPS:
        return math.nan
    value = float(text) if NUMBER.fullmatch(text) else math.inf
    if math.isinf(value) or (only and value not in only):
        expected = "0, 1 or nothing" if only else "a number or nothing"
        raise damaged(name, f"{cell[:40]!r}, expected {expected}.", line=line, column=column[:80])
    return value
