"""One thing written in several ways: F and f, "Lake Amsel" and "LAKE AMSEL ", E11.9 and E119."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_cells import Column
from edunet.preprocessing.audit_codes import codes_of
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import listed

__all__ = ["CHECKS", "plain", "spelling"]

KINDS = 0.2  # different words for each row, at most: more are names or notes
FEW = 20  # different words of a small table
SHOWN = 2
LETTER = re.compile(r"[^\W\d_]")


def plain(text: str) -> str:
    """Return a word without capitals, blanks at its ends and signs; of numbers the signs stay.

    >>> [plain(text) for text in ("Lake Amsel ", "LAKE  AMSEL", "e11.9", "E119", "1.0", "10")]
    ['lake amsel', 'lake amsel', 'e119', 'e119', '1.0', '10']
    """
    text = " ".join(text.casefold().split())
    return re.sub(r"[^\w\s+<>=-]|_", "", text) if LETTER.search(text) else text


def spelling(frame: Frame) -> Iterator[Finding]:
    """Find categories that differ in capitals, blanks or signs alone.

    Columns with more than one different word for five rows are names or notes, and left alone. + and -, < and > are no
    signs that may be left out.
    """
    roles = [column for column in (frame.target, frame.site) if column is not None and column.kind == "words"]
    found = [(column, told) for column in (*frame.words(), *roles) if (told := _told(column))]
    if not found:
        return
    columns = [column for column, _ in found]
    at = frame.at(columns[0])
    lower = f"np.char.lower(np.char.strip(np.asarray({at}, str)))"
    lower = f"{at}.str.strip().str.lower()" if frame.source == "pandas" else lower
    yield Finding(
        "one category, several spellings",
        tuple(column.name for column in columns),
        f"{listed([column.name for column in columns])}: one category is written in several ways.",
        "; ".join(told for _, told in found) + ".",
        "Each way becomes a column of its own: the rare ones teach nothing, and a new way is unknown to the model.",
        f"{at} = {lower}  # then map what is left: signs, and other words for the same",
    )


def _told(column: Column) -> str:
    """Write how often words are not written as most of their kind, and some of them; "" where all are."""
    codes, values = codes_of(column)
    count = np.bincount(codes[codes >= 0], minlength=len(values))
    if len(values) < 2 or len(values) > max(KINDS * count.sum(), FEW):
        return ""
    ways: dict[str, list[int]] = {}
    for code, value in enumerate(values):
        ways.setdefault(plain(value), []).append(code)
    several = [sorted(way, key=lambda code: -count[code]) for key, way in ways.items() if len(way) > 1 and key]
    if not several:
        return ""
    several.sort(key=lambda way: -count[way[1:]].sum())
    rows = int(sum(count[way[1:]].sum() for way in several))
    told = [" and ".join(f"{values[code]!r} {count[code]:,}" for code in way[:3]) for way in several[:SHOWN]]
    return f"{column.name} {rows:,} of {int(count.sum()):,} rows ({', '.join(told)}{', ...' * (len(several) > SHOWN)})"


CHECKS = {"spellings of categories": spelling}
