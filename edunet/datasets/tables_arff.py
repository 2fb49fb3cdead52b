"""Weka's ARFF: a table that declares its columns, `@attribute age numeric`, `@attribute sex {f, m}`, before its rows.

Source: I. H. Witten, E. Frank, M. A. Hall, Data Mining, 3rd ed. (2011), section 2.4; https://waikato.github.io/weka-wiki.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from edunet.datasets.files import damaged
from edunet.datasets.tables_columns import MAX_COLUMNS, Column, Row

__all__ = ["arff_rows", "read_header"]

LONGEST_PATTERN = 100  # characters of a date pattern
NUMBERS = ("numeric", "real", "integer")
NAME = re.compile(r"@attribute\s+('(?:[^'\\]++|\\.)*+'|\"(?:[^\"\\]++|\\.)*+\"|[^\s{'\"][^\s{]*)\s*(.*)", re.IGNORECASE)
# a cell in quotes, with whatever stands around it until the comma; or a plain one
CELL = re.compile(r"\s*(?:'((?:[^'\\]++|\\.)*+)'|\"((?:[^\"\\]++|\\.)*+)\"|([^,]*))\s*(?:,|$)")
WEIGHT = re.compile(r"\{\s*[\d.]+\s*\}", re.ASCII)
JAVA = {"yyyy": "%Y", "yy": "%y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "SSS": "%f", "Z": "%z"}


def read_header(lines: Iterator[tuple[int, str]], name: str) -> tuple[list[Column], str]:
    """Read up to @data; return the columns and the name of the relation."""
    columns: list[Column] = []
    relation = ""
    for number, line in lines:
        text = line.strip()
        word = text.split(None, 1)[0].lower() if text else "%"
        if word.startswith("%"):
            continue
        if word == "@relation":
            relation = unquote(text[len(word) :].strip())
        elif word == "@attribute":
            columns.append(read_attribute(text, number, name))
            if len(columns) > MAX_COLUMNS:
                raise damaged(name, f"more than {MAX_COLUMNS:,} attributes.", line=number)
        elif word == "@data":
            if not columns:
                raise damaged(name, "@data before any @attribute. Declare the columns first.", line=number)
            return columns, relation
        else:
            what = f"{text!r:.60} is neither @relation, @attribute nor @data, and no comment (%)."
            raise damaged(name, what, line=number)
    raise damaged(name, "there is no @data line. Is this an ARFF file, and complete?")


def read_attribute(text: str, line: int, name: str) -> Column:
    """Read `@attribute name type`."""
    found = NAME.fullmatch(text)
    if found is None:
        what = f"{text!r:.80}: expected @attribute, a name (in quotes if it has spaces), a type."
        raise damaged(name, what, line=line)
    column, kind = Column(unquote(found[1])), found[2].strip()
    word = kind.split(None, 1)[0].lower() if kind else ""
    if word in NUMBERS:
        column.kind = "number"
    elif word == "string":
        column.kind = "words"
    elif word == "date":
        column.kind = "date"
        column.date_format = to_strptime(unquote(kind[4:].strip()) or "yyyy-MM-dd'T'HH:mm:ss", line, name)
    elif kind.startswith("{") and kind.endswith("}"):
        column.kind = "nominal"
        for value in split_row(kind[1:-1], line, name):
            column.codes.setdefault(value, len(column.codes))
    else:
        what = f"the type {kind!r:.60} is not known here; expected numeric, string, date or {{value, value, ...}}."
        raise damaged(name, what, line=line, column=column.name[:80])
    return column


def arff_rows(lines: Iterator[tuple[int, str]], name: str) -> Iterator[Row]:
    """Yield the rows after @data."""
    for number, line in lines:
        text = line.strip()
        if not text or text.startswith("%"):
            continue
        if text.startswith("{"):
            what = "a sparse row, {column value, ...}; expected all cells. In Weka apply the filter SparseToNonSparse."
            raise damaged(name, what, line=number)
        cells = split_row(text, number, name)
        if WEIGHT.fullmatch(cells[-1]):
            what = f"{cells[-1]!r:.40} is a weight of the row, which is not read. Take the weights out of the file."
            raise damaged(name, what, line=number, column=len(cells))
        yield number, cells


def split_row(text: str, line: int, name: str) -> list[str]:
    """Split at the commas outside of quotes; blanks and tabs around a cell are not part of it."""
    if text.count(",") > 2 * MAX_COLUMNS:
        raise damaged(name, f"{text.count(','):,} commas; a row has at most {MAX_COLUMNS:,} cells.", line=line)
    if "'" not in text and '"' not in text:
        return [cell.strip() for cell in text.split(",")]
    cells: list[str] = []
    place = 0
    while place <= len(text):
        found = CELL.match(text, place)
        if found is None or (found[3] is not None and found[3].lstrip()[:1] in ("'", '"')):
            what = "quotes that are not closed, or text beside them."
            raise damaged(name, what, line=line, column=len(cells) + 1)
        quoted = found[1] if found[1] is not None else found[2]
        cells.append(found[3].strip() if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        place = found.end() if found[0].endswith(",") else len(text) + 1
    return cells


def unquote(text: str) -> str:
    """Take the quotes off a name: 'serum creatinine' -> serum creatinine."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return re.sub(r"\\(.)", r"\1", text[1:-1]).strip()
    return text


def to_strptime(pattern: str, line: int, name: str) -> str:
    """Write a date pattern of Java as Python does: yyyy-MM-dd -> %Y-%m-%d."""
    result, place = "", 0
    parts: set[str] = set()
    for found in re.finditer(r"'([^']*)'|(([A-Za-z])\3*)|([^A-Za-z'])", pattern):
        if found.start() != place or (found[2] and found[2] not in JAVA) or found[2] in parts:
            break
        parts |= {found[2]} - {None}
        result += JAVA[found[2]] if found[2] else (found[1] or found[4] or "").replace("%", "%%")
        place = found.end()
    if place != len(pattern) or place > LONGEST_PATTERN:
        known = f"known parts, each once: {', '.join(JAVA)}"
        raise damaged(name, f"the date pattern {pattern!r:.60} is not known here; {known}.", line=line)
    return result
