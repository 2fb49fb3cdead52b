"""What a table must look like, column by column, in clinical terms: written once, checked whenever a new file comes.

A check collects all failures, with their rows, instead of stopping at the first. It says what is wrong and repairs
nothing: that is the work of `edunet.preprocessing.cleaning`. For large projects pandera does more; this one fits on a
page and knows units and reference ranges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from numbers import Real

import numpy as np

from edunet.preprocessing.columns import as_numbers, columns_of
from edunet.preprocessing.plausible import plausible_range, span
from edunet.preprocessing.reference_ranges import reference_range
from edunet.preprocessing.splits_groups import is_missing
from edunet.preprocessing.units_names import analyte_of_column

__all__ = ["Column", "Failure", "Schema", "SchemaReport"]

KINDS = ("number", "whole", "text", "date")
FEW = 12  # different values of a column of texts or whole numbers that are taken for its codes
SHOWN = 5  # rows that a failure prints


@dataclass(frozen=True)
class Column:
    """What one column must look like; what is left out is not asked for."""

    dtype: str = "number"  # "number", "whole" (a number without fraction), "text" or "date"
    unit: str = ""
    plausible: tuple[float, float] | None = None  # outside is a failure
    reference: tuple[float, float] | None = None  # outside is counted, and no failure: it may be an ill patient
    codes: tuple | None = None  # all values that are allowed
    nullable: bool = True  # whether cells may be missing

    def __post_init__(self):
        if self.dtype not in KINDS:
            raise ValueError(f"Column: dtype is one of {', '.join(KINDS)}. Received: {self.dtype!r:.40}")
        for name in ("plausible", "reference"):
            ends = getattr(self, name)
            if ends is not None and not _rise(ends):
                raise ValueError(f"Column: {name} is (low, high), low < high. Received: {ends!r:.60}")
            if ends is not None and self.dtype not in ("number", "whole"):
                raise ValueError(f"Column: {name} limits numbers. Received: dtype {self.dtype!r}; take 'number'.")

    def __repr__(self):
        said = [f"{f.name}={getattr(self, f.name)!r}" for f in fields(self)[1:] if getattr(self, f.name) != f.default]
        return f"Column({', '.join([repr(self.dtype), *said])})"


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong with one column."""

    column: object
    rows: tuple[int, ...]  # numbers of the rows, from 0; () where it is the column as a whole
    text: str

    def __str__(self):
        rows = ", ".join(map(str, self.rows[:SHOWN])) + ", ..." * (len(self.rows) > SHOWN)
        return f"{self.column}: {self.text}" + f" Row{'s' * (len(self.rows) > 1)} {rows}." * bool(self.rows)


@dataclass(frozen=True)
class SchemaReport:
    """All that `Schema.check` found; false where there are failures."""

    failures: tuple[Failure, ...]
    notes: tuple[str, ...]  # no failures: values outside reference ranges, columns that the schema does not name
    n_rows: int

    def __bool__(self):
        return not self.failures

    @property
    def text(self) -> str:
        n, failed = self.n_rows, len(self.failures)
        head = f"{n:,} row{'s' * (n != 1)}, {failed} failure{'s' * (failed != 1)}."
        return "\n".join([head, *map(str, self.failures), *(f"Note: {note}" for note in self.notes)])

    def __repr__(self):
        return self.text

    __str__ = __repr__


class Schema:
    """What a table must look like.

    Args: columns, {name: Column}. Raises TypeError for another mapping.

    The usual misuse: to infer a schema from the file in question and find, of course, no failure. Infer one, correct it
    with who took the measurements, and check the next file by it.
    Source: the idea of collecting all failures is pandera's, N. Bantilan, Proc. 19th Python in Science Conf. (2020).

    >>> schema = Schema({"age": Column("whole", "years", plausible=(0, 123), nullable=False)})
    >>> schema.check({"age": [61, 200, None]})
    3 rows, 2 failures.
    age: 1 cell is missing. Row 2.
    age: 1 cell is outside 0 to 123 years, 200. Row 1.
    """

    def __init__(self, columns: Mapping):
        if not isinstance(columns, Mapping) or not all(isinstance(c, Column) for c in columns.values()):
            raise TypeError(
                "Schema: expected {name: Column}, such as {'age': Column('number', 'years', plausible=(0, 123))}. "
                f"Received: {columns!r:.80}"
            )
        self.columns = dict(columns)

    def __repr__(self):
        lines = [f"    {name!r}: {column!r}," for name, column in self.columns.items()]
        return "\n".join(["Schema({", *lines, "})"])

    def check(self, frame) -> SchemaReport:
        """Return everything in a table that is not as the schema says: DataFrame, dict, Table or array (N,D).

        Raises TypeError and ValueError for what is no table, and for nothing that stands in it.
        """
        there = columns_of("Schema.check", frame)
        failures: list[Failure] = []
        notes: list[str] = []
        for name, column in self.columns.items():
            if name not in there:
                failures.append(Failure(name, (), "the column is missing."))
                continue
            found, more = _examined(name, column, there[name])
            failures += found
            notes += more
        others = [str(name) for name in there if name not in self.columns]
        notes += [f"not in the schema: {', '.join(others)}."] * bool(others)
        return SchemaReport(tuple(failures), tuple(notes), len(next(iter(there.values()), ())))

    @classmethod
    def infer(cls, frame) -> Schema:
        """Return a schema that proposes what a table looks like: print it, correct it, and keep it beside the data.

        Types, codes and gaps are those of the table; units and limits those that go with the names of its columns, and
        so the schema may well find failures in the table that it comes from.

        >>> Schema.infer({"age": [61, 58], "sex": ["F", "M"]})
        Schema({
            'age': Column('number', unit='years', plausible=(0.0, 123.0), nullable=False),
            'sex': Column('text', codes=('F', 'M'), nullable=False),
        })
        """
        return cls({name: _proposed(name, values) for name, values in columns_of("Schema.infer", frame).items()})


# ---------------------------------------------------------------- how it is done


def _rise(ends) -> bool:
    """Tell whether these are two numbers, low < high; nan is a limit that is not known."""
    two = isinstance(ends, (tuple, list)) and len(ends) == 2 and all(isinstance(end, Real) for end in ends)
    return two and not ends[0] >= ends[1]


def _missing(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind in "fc":
        return np.isnan(values)
    if values.dtype.kind in "mM":
        return np.isnat(values)
    if values.dtype.kind in "biu":
        return np.zeros(len(values), bool)
    return np.array([value == "" if isinstance(value, str) else is_missing(value) for value in values.tolist()], bool)


def _cells(values: np.ndarray, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Return which cells are missing, and which of the others are not of the type."""
    missing = _missing(values)
    kind = values.dtype.kind
    if dtype in ("number", "whole"):
        if kind in "biuf":
            whole = np.isfinite(values) & (values == np.floor(values)) if dtype == "whole" else ~missing
            return missing, ~missing & ~whole
        fits = [isinstance(v, Real) and (dtype == "number" or float(v).is_integer()) for v in values.tolist()]
    elif dtype == "date":
        fits = [kind == "M" or hasattr(v, "isoformat") for v in values.tolist()]
    else:
        fits = [isinstance(v, str) for v in values.tolist()]
    return missing, ~missing & ~np.array(fits, bool)


def _examined(name, column: Column, values: np.ndarray) -> tuple[list[Failure], list[str]]:
    """Return what is wrong with a column, and what is worth a note."""
    missing, odd = _cells(values, column.dtype)
    good, found, notes = ~missing & ~odd, [], []

    def fail(rows: np.ndarray, what: str, with_values=True) -> None:
        n = int(rows.sum())
        shown = ", ".join(dict.fromkeys(map(_written, values[rows][:SHOWN]))) if with_values else ""
        text = f"{n:,} cell{'s are' if n > 1 else ' is'} {what}{', ' * bool(shown)}{shown}."
        if n:
            found.append(Failure(name, tuple(np.flatnonzero(rows).tolist()), text))

    if not column.nullable:
        fail(missing, "missing", with_values=False)
    fail(odd, f"no {column.dtype}{' number' * (column.dtype == 'whole')}")
    if column.codes is not None:
        allowed = set(column.codes)
        strange = [ok and value not in allowed for ok, value in zip(good, values.tolist(), strict=True)]
        fail(np.array(strange, bool), f"none of {', '.join(map(str, column.codes))}")
    if column.plausible or column.reference:
        numbers = np.full(len(values), np.nan)
        numbers[good] = as_numbers("Schema", name, values[good])
    if column.plausible is not None:
        low, high = column.plausible
        fail((numbers < low) | (numbers > high), f"outside {span(low, high, column.unit)}")
    if column.reference is not None:
        n = int(((numbers < column.reference[0]) | (numbers > column.reference[1])).sum())
        limits = span(*column.reference, column.unit)
        text = f"{name}: {n:,} of {good.sum():,} outside {limits}, where 95 % of healthy people are; no failure."
        notes = [text] * (n > 0)
    return found, notes


def _written(value) -> str:
    return f"{value:.10g}" if isinstance(value, (float, np.floating)) else f"{value!s:.40}"


def _proposed(name, values: np.ndarray) -> Column:
    missing = _missing(values)
    kinds = [kind for kind in ("whole", "number", "date", "text") if not _cells(values, kind)[1].any()]
    dtype = kinds[0] if kinds and not missing.all() else "number" if missing.all() else "text"
    nullable = bool(missing.any())
    if dtype in ("number", "whole"):
        found = plausible_range(name, values=as_numbers("Schema", name, values)) if isinstance(name, str) else None
        if found is not None:
            return Column("number", found.unit, found[:2], _reference(name, found.unit), nullable=nullable)
    codes: tuple | None = None
    if dtype in ("text", "whole") and not _cells(values, dtype)[1].any():
        different = dict.fromkeys(values[~missing].tolist())
        codes = tuple(sorted(different, key=str)) if 0 < len(different) <= FEW else None
    return Column(dtype, codes=codes, nullable=nullable)


def _reference(name: str, unit: str) -> tuple[float, float] | None:
    """Return the reference range of adults, where it depends on neither sex nor age nor a meal."""
    known = analyte_of_column(name)
    try:
        found = reference_range(known[0].name, unit=unit) if known else None
    except ValueError:
        return None
    return None if found is None or "fasting" in found.source else (found.low, found.high)
