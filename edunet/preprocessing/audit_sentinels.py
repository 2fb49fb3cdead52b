"""Numbers and words that stand for "not measured", and words among numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_limits import limits_of
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed, number, share
from edunet.preprocessing.sentinels import zeros_stand_apart
from edunet.preprocessing.units_text import read_unit

__all__ = ["CHECKS", "SET_BY_HAND"]

NUMBER_AND_UNIT = re.compile(r"\s*([-+]?\d+(?:[.,]\d+)?)\s*((?:[^\d\s.,;:-]\S*)?)\s*")
MOSTLY = 0.8  # of the cells
ZEROS = 2  # so many, cut off from the rest
SET_BY_HAND = re.compile(  # such columns have zeros, and round numbers, of their own
    r"time|day|hour|minute|week|month|year|since|dose|dosage|amount|amt|cost|price|pack|alcohol|drink|change|delta|diff"
)
NO_VALUE = frozenset(
    "? ?? ??? n/a na #n/a <na> n.a. nan null unknown unk missing - -- --- . .. * tbd nd n.d. nr n/r n.k. not_done "
    "not_known not_available not_measured not_recorded not_applicable no_data not_tested".replace(" ", "\n").split("\n")
)


def codes(frame: Frame) -> Iterator[Finding]:
    """Codes far outside all other values of a column: -9, 99, -999."""
    found: dict[int, list[Column]] = {}
    for column in _quantities(frame):
        for code in column.codes:
            found.setdefault(code, []).append(column)
    for code, columns in found.items():
        first = columns[0]
        rest = first.measured
        yield _stand_in(
            frame,
            code,
            columns,
            f"all other values of {first.name} lie between {number(rest.min())} and {number(rest.max())}",
        )


def zeros(frame: Frame) -> Iterator[Finding]:
    """Zeros that are cut off from all other values of a column."""
    columns = [column for column in _quantities(frame) if (column.known == 0).any() and _zero_is_impossible(column)]
    if columns:
        least = [f"{c.name} {number(c.known[c.known > 0].min())}" for c in columns[:5] if (c.known > 0).any()]
        yield _stand_in(frame, 0, columns, f"the smallest other values are {', '.join(least) or 'none'}")


def words(frame: Frame) -> Iterator[Finding]:
    """Words that say that nothing is known."""
    for column in frame.every():
        if column.text is None or column.kind == "date":
            continue
        kinds, count = np.unique(column.text.astype(str), return_counts=True)
        said = {k: int(n) for k, n in zip(kinds.tolist(), count.tolist(), strict=True) if _says_nothing(k)}
        if "+" in kinds:
            said = {k: n for k, n in said.items() if set(k) != {"-"}}
        if said and len(said) < len(kinds[kinds != ""]) + (column.kind == "number"):
            told = [f"{word!r} {n:,}" for word, n in said.items()]
            n = sum(said.values())
            alone = column.kind == "number" and len(said) == (kinds != "").sum()  # what is left are numbers
            yield Finding(
                "missing value as a word",
                (column.name,),
                f"{column.name} says {listed([repr(word) for word in said])} where nothing is known.",
                f"{', '.join(told)} of {frame.n:,} rows ({share(n, frame.n)}).",
                "It becomes a class of its own, or a whole column of numbers becomes text.",
                _unsaid(frame, column, list(said), alone),
            )


def _unsaid(frame: Frame, column: Column, words: list[str], alone: bool) -> str:
    """Write how words for nothing become gaps, and the others numbers, if that is what they are."""
    gap = "np.nan"
    if frame.source == "dict" or (frame.source == "array" and column.kind == "words"):
        gap = "'nan'" if alone else "''"  # NaN is no text
    gone = frame.changed(column, gap, f"np.isin({{c}}, {words})")
    return f"{gone}; {frame.as_floats(column)}" if alone and frame.source != "array" else gone


def words_among_numbers(frame: Frame) -> Iterator[Finding]:
    """Cells of a column of numbers that are none: <5, 1,200, 12 mg."""
    for column in frame.every():
        if column.kind != "number" or column.text is None:
            continue
        cells = [cell for cell in column.text.tolist() if cell and not _says_nothing(cell)]
        if cells:
            different = list(dict.fromkeys(cells))
            bound = any(cell.lstrip()[:1] in "<>≤≥" for cell in different)
            at = frame.at(column)
            yield Finding(
                "words among numbers",
                (column.name,),
                f"{column.name} is a column of numbers, but {len(cells):,} of its cells are none.",
                f"Such as {listed([repr(cell) for cell in different], 5)}.",
                "The whole column is read as text; where such cells are dropped, "
                + ("the lowest or highest values go first." if bound else "the rows go by how they were typed."),
                (f"Put half the limit for a value below it: {at}.str.replace('<5', '2.5'). " if bound else "")
                + f"Correct them by hand; the rest is read by pd.to_numeric({at}, errors='coerce').",
            )


def numbers_as_words(frame: Frame) -> Iterator[Finding]:
    """Columns of numbers that nothing reads as such: 12,5 with a comma, 12 mg with its unit."""
    for column in frame.words():
        count = Counter(column.text.tolist())
        cells = {cell: n for cell, n in count.items() if cell and not _says_nothing(cell)}
        written = {cell: match for cell in cells if (match := NUMBER_AND_UNIT.fullmatch(cell))}
        units = {match[2] for match in written.values()}
        commas = any("," in match[1] for match in written.values())
        numbers, total = sum(cells[cell] for cell in written), sum(cells.values())
        if not cells or numbers < MOSTLY * total or not all(not unit or read_unit(unit) for unit in units):
            continue
        at, said = frame.at(column), sorted(units - {""})
        if commas or said:
            yield Finding(
                "numbers as words",
                (column.name,),
                f"{column.name} holds numbers"
                + (" with a decimal comma" if commas else "")
                + (f" with their unit, {listed(said)}" if said else "")
                + ": it is read as words.",
                f"{numbers:,} of {total:,} cells, such as {next(iter(written))!r}.",
                "Each number becomes a class of its own, which a model learns by heart, or the column is left out.",
                f"pd.to_numeric(pd.Series({at}).str.replace(',', '.').str.extract(r'([-+]?[\\d.]+)')[0])"
                + ("; convert the units first." if len(said) > 1 else "."),
            )


# ---------------------------------------------------------------- how it is done


def _quantities(frame: Frame) -> list[Column]:
    """Return the columns of numbers, with the target where it is a quantity."""
    target = [frame.target] if frame.target is not None and frame.target.kind == "number" else []
    return [*frame.numbers(), *(target if frame.event is None else [])]


def _zero_is_impossible(column: Column) -> bool:
    """Tell whether nobody has a zero: by the name of the column, or because the zeros are cut off from the rest."""
    limits = limits_of(column)
    if limits is not None and limits.low > 0:
        return True
    apart = (column.known == 0).sum() >= ZEROS and zeros_stand_apart(column.measured)
    return apart and not SET_BY_HAND.search(column.name.lower())


def _says_nothing(word: str) -> bool:
    return re.sub(r"\s+", "_", word.strip().lower()) in NO_VALUE


def _stand_in(frame: Frame, code: int, columns: list[Column], rest: str) -> Finding:
    names = tuple(column.name for column in columns)
    often = [(column.name, int((column.known == code).sum())) for column in columns]
    return Finding(
        "missing value as a number",
        names,
        f"{number(code)} in {listed(names)} seems to stand for 'not measured'.",
        f"How often: {', '.join(f'{name} {n:,} ({share(n, frame.n)})' for name, n in often)}; {rest}.",
        "It is learnt as a measurement: means, scales and every weight of the column are bent towards it.",
        f"{frame.blanked(columns, f'{{c}} == {code}')}; then fill in, and keep a column of 0/1 for the gap.",
    )


CHECKS = {
    "codes for missing values": codes,
    "zeros for missing values": zeros,
    "words for missing values": words,
    "words among numbers": words_among_numbers,
    "numbers as words": numbers_as_words,
}
