"""Lines of the UCR/UEA archives: a series a line, its label first; or sktime's .ts, a header and the label last."""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Iterator
from pathlib import Path

from edunet.datasets.files import damaged, text_lines

__all__ = ["Series", "read_series"]

GAPS = ("", "?", "nan", "na", "null")
MOST_SERIES = 2**24
MOST_CHANNELS = 4096

Series = tuple[str, list[array]]  # label, one array of floats for each channel


def read_series(path: Path) -> list[Series]:
    """Read every series of a file: .ts by its header, all others with the label first.

    Raises: ValueError, with line and column, for a value that is no number, a line without values, or no lines at all.
    """
    with path.open("rb") as file:
        lines = enumerate(text_lines(file, path.name), 1)
        rows = ts_rows(lines, path.name) if path.suffix.lower() == ".ts" else plain_rows(lines, path.name)
        found = []
        for row in rows:
            found.append(row)
            if len(found) > MOST_SERIES:
                raise damaged(path.name, f"more than {MOST_SERIES:,} series.")
    if not found:
        raise damaged(path.name, "there are no series in it. Download it again.")
    return found


def plain_rows(lines: Iterator[tuple[int, str]], name: str) -> Iterator[Series]:
    """Yield label and values of lines with tabs, commas or blanks between the numbers."""
    for number, line in lines:
        text = line.strip()
        if not text:
            continue
        if text[0] in "<@%":
            hint = "a web page" if text[0] == "<" else "ARFF or .ts text: take the .ts file, or give it the ending .ts"
            raise damaged(name, f"{text!r:.40} is no series but {hint}.", line=number)
        cells = line.split("\t") if "\t" in line else text.split(",") if "," in text else text.split()
        if len(cells) < 2:
            raise damaged(name, f"{text!r:.40}: expected a label and the values after it.", line=number)
        yield to_label(cells[0], number, name), [to_values(cells[1:], number, name, 2)]


def ts_rows(lines: Iterator[tuple[int, str]], name: str) -> Iterator[Series]:
    """Yield label and channels of a .ts file: values with commas, channels and the label with colons between them."""
    has_label = read_ts_header(lines, name)
    if not has_label:
        raise damaged(name, "there is no line `@classLabel true ...`: expected series with labels.")
    channels = 0
    for number, line in lines:
        text = line.strip()
        if not text or text[0] in "#%":
            continue
        if text.count(":") > MOST_CHANNELS:
            raise damaged(name, f"more than {MOST_CHANNELS:,} channels.", line=number)
        *parts, label = text.split(":")
        channels = channels or len(parts)
        if not parts or len(parts) != channels:
            what = f"{len(parts)} channels, expected {max(channels, 1)}, and after a colon the label."
            raise damaged(name, what, line=number)
        yield to_label(label, number, name), [to_values(part.split(","), number, name, 1) for part in parts]


def read_ts_header(lines: Iterator[tuple[int, str]], name: str) -> bool:
    """Read up to @data; return whether series have labels."""
    has_label = False
    for number, line in lines:
        words = line.strip().lower().split()
        if not words or words[0][0] in "#%":
            continue
        if words[0] == "@data":
            return has_label
        if words[0] == "@timestamps" and words[-1] == "true":
            raise damaged(name, "series with time stamps; expected plain values at equal steps.", line=number)
        if words[0] == "@targetlabel" and words[-1] != "false":
            raise damaged(name, "a regression set (@targetLabel); expected classes.", line=number)
        if words[0] == "@classlabel":
            has_label = words[1:2] == ["true"]
        if not words[0].startswith("@"):
            raise damaged(name, f"{line.strip()!r:.60} comes before @data. Is this a .ts file?", line=number)
    raise damaged(name, "there is no @data line. Is this a .ts file, and complete?")


def to_label(cell: str, line: int, name: str) -> str:
    """Return the label as people write it: 1 for 1.0000000e+00, -1 for -1."""
    text = cell.strip()
    if text.lower() in GAPS:
        raise damaged(name, "the label is missing.", line=line, column="label")
    try:
        number = float(text)
    except ValueError:
        return text[:200]
    if not math.isfinite(number):
        raise damaged(name, f"{text!r:.40} is not a label.", line=line, column="label")
    return f"{number:.15g}" if re.search(r"[.e]", text.lower()) else text[:200]


def to_values(cells: list[str], line: int, name: str, first: int) -> array:
    """Return the values; NaN where one is missing."""
    try:
        values = array("f", map(float, cells))
        if all(map(math.isfinite, values)):
            return values
    except (ValueError, OverflowError):
        pass  # gaps, or something wrong: cell by cell
    values = array("f")
    for place, cell in enumerate(cells, first):
        text = cell.strip()
        try:
            value = math.nan if text.lower() in GAPS else float(text)
        except ValueError as error:
            raise damaged(name, f"{text!r:.40} is not a number.", line=line, column=place) from error
        if abs(value) > 3.4e38:
            raise damaged(name, f"{text!r:.40} is not a finite number of 32 bits.", line=line, column=place)
        values.append(value)
    return values
