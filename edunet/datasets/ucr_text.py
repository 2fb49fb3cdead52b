"""Lines of the UCR/UEA archives: a series a line, its label first; or sktime's .ts, a header and the label last."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from edunet.datasets.files import damaged, text_lines

__all__ = ["Series", "read_series"]

GAPS = ("", "?", "nan", "na", "null")
MOST_SERIES = 2**24
MOST_CHANNELS = 4096

Series = tuple[str, list[array]]  # label, one array of floats for each channel


@dataclass
class Header:
    """What a .ts file says of its series."""

    has_label: bool = False
    classes: frozenset[str] = frozenset()  # empty: any
    is_equal: bool = False  # all series of one length
    length: int = 0  # 0: that of the first
    channels: int = 0  # 0: that of the first


def read_series(path: Path, label: str = "first") -> list[Series]:
    """Read every series of a file: .ts by its header, all others with the label first, or last.

    Raises: ValueError, with line and column, for a value that is no number, a line without values, or no lines at all.
    """
    with path.open("rb") as file:
        lines = enumerate(text_lines(file, path.name), 1)
        rows = ts_rows(lines, path.name) if path.suffix.lower() == ".ts" else plain_rows(lines, path.name, label)
        found = []
        for row in rows:
            found.append(row)
            if len(found) > MOST_SERIES:
                raise damaged(path.name, f"more than {MOST_SERIES:,} series.")
    if not found:
        raise damaged(path.name, "there are no series in it. Download it again.")
    return found


def plain_rows(lines: Iterator[tuple[int, str]], name: str, label: str) -> Iterator[Series]:
    """Yield label and values of lines with tabs, commas or blanks between the numbers."""
    first = 0 if label == "first" else -1
    begins, word = 0, ""  # the first line with a series; its label, if that is no number
    for number, line in lines:
        text = line.strip()
        if not text:
            continue
        if text[0] in "<@%":
            hint = "a web page" if text[0] == "<" else "ARFF or .ts text: take the .ts file, or give it the ending .ts"
            raise damaged(name, f"{text!r:.40} is no series but {hint}.", line=number)
        if ";" in text and "\t" not in line:
            what = (
                f"{text!r:.40} has semicolons between the cells; expected commas, tabs or blanks, and decimal points."
            )
            raise damaged(name, what, line=number)
        cells = line.split("\t") if "\t" in line else text.split(",") if "," in text else text.split()
        if len(cells) < 2:
            raise damaged(name, f"{text!r:.40}: expected a label and the values after it.", line=number)
        values = cells[1:] if first == 0 else cells[:-1]
        if begins == 0 and are_names(cells, values, cells[first]):
            raise names_line(name, number, text)
        shown = to_label(cells[first], number, name)
        class_number = as_number(shown)
        if word and class_number is not None:  # a word in the first line, a number in the second
            raise names_line(name, begins, word)
        word = shown if begins == 0 and class_number is None else ""
        begins = begins or number
        if class_number is not None and class_number != round(class_number):
            hint = "" if first else " If it stands at the end of the line, type load(..., label='last')."
            what = f"{shown!r:.40} is no class: expected a whole number or a word.{hint}"
            raise damaged(name, what, line=number, column="label")
        yield shown, [to_values(values, number, name, 2 + first, "_" in text)]


def ts_rows(lines: Iterator[tuple[int, str]], name: str) -> Iterator[Series]:
    """Yield label and channels of a .ts file: values with commas, channels and the label with colons between them."""
    header = read_ts_header(lines, name)
    if not header.has_label:
        raise damaged(name, "there is no line `@classLabel true ...`: expected series with labels.")
    for number, line in lines:
        text = line.strip()
        if not text or text[0] in "#%":
            continue
        if text.count(":") > MOST_CHANNELS:
            raise damaged(name, f"more than {MOST_CHANNELS:,} channels.", line=number)
        *parts, last = text.split(":")
        header.channels = header.channels or len(parts)
        if not parts or len(parts) != header.channels:
            what = f"{len(parts)} channels, expected {max(header.channels, 1)}, and after a colon the label."
            raise damaged(name, what, line=number)
        label = to_label(last, number, name)
        if header.classes and label not in header.classes:
            known = ", ".join(f"{word!r:.40}" for word in sorted(header.classes)[:12])
            what = f"{label!r:.40} is none of the classes {known} of @classLabel. Is the file cut off?"
            raise damaged(name, what, line=number, column="label")
        values = [to_values(part.split(","), number, name, 1, "_" in part) for part in parts]
        header.length = header.length or len(values[0])
        strange = next((len(v) for v in values if len(v) != header.length), None)
        if header.is_equal and strange is not None:
            what = f"{strange:,} values, expected {header.length:,}, for the header says @equalLength true."
            raise damaged(name, what, line=number)
        yield label, values


def read_ts_header(lines: Iterator[tuple[int, str]], name: str) -> Header:
    """Read up to @data; return what it says."""
    header = Header()
    for number, line in lines:
        words = line.strip().lower().split()
        if not words or words[0][0] in "#%":
            continue
        if words[0] == "@data":
            return header
        if words[0] == "@timestamps" and words[-1] == "true":
            raise damaged(name, "series with time stamps; expected plain values at equal steps.", line=number)
        if words[0] == "@targetlabel" and words[-1] != "false":
            raise damaged(name, "a regression set (@targetLabel); expected classes.", line=number)
        if words[0] == "@classlabel":
            header.has_label = words[1:2] == ["true"]
            header.classes = frozenset(to_label(word, number, name) for word in line.split()[2:])
        elif words[0] == "@equallength":
            header.is_equal = words[-1] == "true"
        elif words[0] == "@serieslength":
            header.length = to_count(line, number, name, "@seriesLength 96")
        elif words[0] in ("@dimension", "@dimensions"):
            header.channels = to_count(line, number, name, "@dimensions 3")
        elif words[0] == "@univariate" and words[-1] == "true":
            header.channels = 1
        if not words[0].startswith("@"):
            raise damaged(name, f"{line.strip()!r:.60} comes before @data. Is this a .ts file?", line=number)
    raise damaged(name, "there is no @data line. Is this a .ts file, and complete?")


def to_count(line: str, number: int, name: str, example: str) -> int:
    """Return the number of a line of the header."""
    found = re.fullmatch(r"\s*\S+\s+(\d{1,9})\s*", line, re.ASCII)
    if found is None or int(found[1]) < 1:
        raise damaged(name, f"{line.strip()!r:.60}: expected a whole number from 1 up: {example}.", line=number)
    return int(found[1])


def as_number(text: str) -> float | None:
    """Return the number that a text says, or None."""
    try:
        return None if "_" in text else float(text)
    except ValueError:
        return None


def are_names(cells: list[str], values: list[str], label: str) -> bool:
    """Tell whether a first line holds names of columns: words, or numbers that count the columns."""
    texts = [cell.strip() for cell in values]
    if all(as_number(text) is None and text.lower() not in GAPS for text in texts):
        return True
    counts = [[str(place + start) for place in range(len(cells))] for start in (0, 1)]
    is_word = as_number(label) is None
    if is_word or len(texts) > 2:
        return texts in (counts[0][: len(texts)], *([counts[1][: len(texts)]] if is_word else []))
    return [cell.strip() for cell in cells] == counts[0] and len(cells) > 2


def names_line(name: str, line: int, text: str) -> ValueError:
    """Return the error for names of columns where the first series should be."""
    return damaged(name, f"{text!r:.40} seems to hold names of columns, no series. Take the line out.", line=line)


def to_label(cell: str, line: int, name: str) -> str:
    """Return the label as people write it: 1 for 1.0000000e+00, 01 and +1."""
    text = cell.strip()
    if text.lower() in GAPS:
        raise damaged(name, "the label is missing.", line=line, column="label")
    try:
        number = float(text) + 0.0  # -0 is 0
    except ValueError:
        return text[:200]
    if not math.isfinite(number) or "_" in text:
        raise damaged(name, f"{text!r:.40} is not a label.", line=line, column="label")
    return str(int(text)) if re.fullmatch(r"[+-]?\d+", text) else f"{number:.15g}"


def to_values(cells: list[str], line: int, name: str, first: int, has_line: bool) -> array:
    """Return the values; NaN where one is missing. `has_line`: there is some _, and 1_000 is no number."""
    try:
        values = array("f", map(float, cells))
        if all(map(math.isfinite, values)) and not has_line:
            return values
    except (ValueError, OverflowError):
        pass  # gaps, or something wrong: cell by cell
    values = array("f")
    for place, cell in enumerate(cells, first):
        text = cell.strip()
        try:
            value = math.nan if text.lower() in GAPS else float(text.replace("_", "x"))
        except ValueError as error:
            raise damaged(name, f"{text!r:.40} is not a number.", line=line, column=place) from error
        if abs(value) > 3.4e38:
            raise damaged(name, f"{text!r:.40} is not a finite number of 32 bits.", line=line, column=place)
        values.append(value)
    return values
