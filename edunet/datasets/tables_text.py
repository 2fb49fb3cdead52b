"""The file of a table as lines of text: UTF-8 by itself, any other writing by encoding=; and what is no text at all."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from edunet.datasets.files import damaged, text_lines

__all__ = ["check_encoding", "check_start", "glance", "listed", "split_lines", "table_lines"]

GLANCE = 2**16  # bytes looked at before a file is read
LONGEST_LINE = 2**22  # bytes: 65,536 cells of 64 characters
UTF_8 = ("utf-8", "utf8", "utf-8-sig", "utf_8")
STRANGERS = {
    b"<!doc": "a web page: download the file itself",
    b"<html": "a web page: download the file itself",
    b"pk\x03\x04": "a zip file or an Excel workbook: unpack it, or save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"\x1f\x8b": "packed with gzip: unpack it first",
}


class Recoded:
    """A file in another encoding, read as if it were UTF-8."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.text = io.TextIOWrapper(file, encoding=encoding, newline="")

    def readline(self, limit: int) -> bytes:
        """Return the next line, or so many of its characters."""
        return self.text.readline(limit).encode("utf-8")


def check_encoding(encoding: str) -> None:
    """Refuse what is no encoding of text."""
    if not isinstance(encoding, str):
        raise TypeError(f"encoding is a text. Received: encoding={encoding!r:.40}. Type encoding='latin-1'.")
    try:
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        what = f"encoding is the name of one, such as 'utf-8', 'latin-1' or 'utf-16'. Received: {encoding!r:.40}."
        raise ValueError(what) from error


def check_start(path: Path, encoding: str) -> None:
    """Refuse what is no table by its first bytes."""
    start = glance(path)
    if not start.strip():
        raise damaged(path.name, "the file is empty. Get it again.")
    for mark, what in STRANGERS.items():
        if start.lstrip()[:64].lower().startswith(mark):
            raise damaged(path.name, f"not a table of text but {what}.")
    if b"\r" in start and b"\n" not in start:
        what = "its lines end in a carriage return alone, as on old Macintoshes. Save it with line ends of today."
        raise damaged(path.name, what)
    if encoding.lower() in UTF_8:
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise damaged(path.name, "written in UTF-16. Type load(..., encoding='utf-16').")
        for first, order in ((1, "le"), (0, "be")):
            if 2 * start[first:64:2].count(0) > len(start[first:64:2]):
                what = f"holds a NUL byte at every second place: UTF-16? Type load(..., encoding='utf-16-{order}')."
                raise damaged(path.name, what, line=1)


def glance(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(GLANCE)


def table_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a file without their ends, one at a time.

    Raises: ValueError for a line longer than LONGEST_LINE, for NUL, and for what is not of this encoding.
    """
    with path.open("rb") as file:
        source = file if encoding.lower() in UTF_8 else Recoded(file, encoding)
        try:
            yield from text_lines(source, path.name, LONGEST_LINE)
        except UnicodeError as error:
            raise damaged(path.name, f"cannot be read as {encoding}: {error!s:.200}.") from error
        except ValueError as error:
            if isinstance(error.__cause__, UnicodeDecodeError):
                hint = "Or type the encoding it has: load(..., encoding='latin-1'), 'cp1252', 'utf-16'."
                raise ValueError(f"{error} {hint}") from error
            raise


def listed(texts: Sequence[str], most: int = 12) -> str:
    """Show texts of a file in an error: in quotes, the long ones cut, not too many."""
    shown = [repr(text[:40] + ("..." if len(text) > 40 else "")) for text in texts[:most]]
    return ", ".join(shown) + (", ..." if len(texts) > most else "")


def split_lines(text: str) -> list[str]:
    """Return the lines of a text that are not blank."""
    return [line for line in re.split(r"\r\n|\n|\r", text) if line.strip()]
