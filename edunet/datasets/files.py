"""What the readers of real files share: finding, sums, licences, and lines that stay within bounds.

A file comes from a stranger. Nothing in it is run, nothing is written, and what it claims of its size is looked at
before memory is spent on it. An error names the file, and where there is one the line and the column.
"""

from __future__ import annotations

import difflib
import errno
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

__all__ = ["announce", "check_sum", "damaged", "find_file", "find_folder", "quoted", "text_lines", "to_path"]

LONGEST_LINE = 2**24  # bytes: a row of a million numbers
SUMS = {32: "md5", 64: "sha256"}  # hexadecimal digits -> which sum it is

_announced: set[str] = set()  # sets whose licence this process has printed


def find_file(path: str | Path, suffixes: tuple[str, ...], where: str) -> Path:
    """Return the path if a file is there; otherwise name the nearest file that is.

    Arguments: path; suffixes of such files, (".csv", ".data"); where to get one, for the message.
    Raises: FileNotFoundError if nothing is there; ValueError if it is a folder, no regular file, or no path at all.
    """
    path = to_path(path)
    if path.is_dir():
        names = sorted(p.name for p in path.iterdir() if p.name.lower().endswith(suffixes))
        found = _printable(", ".join(names[:20])) or "none"
        raise ValueError(
            f"{path} is a folder, expected a {' or '.join(suffixes)} file. Files of that kind in it: {found}."
        )
    if not path.is_file():
        if path.exists():
            raise ValueError(f"{path} is not a regular file but a pipe or device. Copy what it gives into a file.")
        raise FileNotFoundError(_printable(f"There is no file {path}. {_nearest(path, suffixes) or where}"))
    return path


def find_folder(path: str | Path, where: str) -> Path:
    """Return the path if a folder is there; otherwise name the nearest folder that is."""
    path = to_path(path)
    if path.is_file():
        raise ValueError(f"{path} is a file, expected a folder. {where}")
    if not path.is_dir():
        raise FileNotFoundError(f"There is no folder {path}. {_nearest(path, ('',)) or where}")
    return path


def to_path(path: str | Path) -> Path:
    """Return the path, if the system can look it up at all: one with NUL or with 5,000 letters it cannot."""
    path = Path(path)
    try:
        path = path.expanduser()
    except RuntimeError as error:
        raise FileNotFoundError(f"There is no home folder for {quoted(path)}. Type the whole path.") from error
    if "\0" in str(path):
        shown = quoted(path, longest=300)
        raise ValueError(f"a path holds a NUL character, expected the name of a file. Received: {shown}.")
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            what = f"a path of {len(str(path)):,} letters is too long. Received: {quoted(path)}"
            raise ValueError(f"{what}. Is this the content of a file? Type its name.") from error
        if isinstance(error, PermissionError):
            raise PermissionError(
                f"{path} may not be read: you lack the permission. Copy it to a folder of yours."
            ) from error
    return path


def quoted(*names: object, longest: int = 80, most: int = 10) -> str:
    """Quote names that come from a file, for an error: what is no plain letter is escaped, what is long is cut.

    >>> quoted("age", "\\x1b[31mred")
    "'age', '\\\\x1b[31mred'"
    """
    short = []
    for name in map(str, names[:most]):
        text = repr(name[:longest])
        fits = len(name) <= longest and len(text) <= longest + 2
        short.append(text if fits else f"{text[:longest]}...{text[0]}")
    return ", ".join(short) + (f" and {len(names) - most:,} more" if len(names) > most else "")


def _nearest(path: Path, suffixes: tuple[str, ...]) -> str:
    near = path.parent.iterdir() if path.parent.is_dir() else ()
    names = [p.name for p in near if p.name.lower().endswith(suffixes)]
    close = difflib.get_close_matches(path.name, names, n=1)
    return f"Did you mean {path.with_name(close[0])}?" if close else ""


def check_sum(path: Path, expected: str, hint: str) -> None:
    """Compare the MD5 (32 digits) or SHA-256 (64 digits) of a file with the expected one.

    Arguments: hint, what to do if it differs.
    """
    expected = expected.strip().lower()
    kind = SUMS.get(len(expected))
    if kind is None or not re.fullmatch(r"[0-9a-f]+", expected):
        raise ValueError(
            f"a sum is 32 (MD5) or 64 (SHA-256) hexadecimal digits. Received: {expected!r:.80}, for {path.name}."
        )
    with path.open("rb") as file:
        found = hashlib.file_digest(file, lambda: hashlib.new(kind, usedforsecurity=False)).hexdigest()
    if found != expected:
        raise ValueError(f"{path.name} has the {kind.upper()} {found}, expected {expected}: {hint}")


def announce(name: str, licence: str, citation: str) -> None:
    """Print licence and citation of a set, once in a process."""
    if name not in _announced:
        _announced.add(name)
        print(f"{_printable(name)}\n  licence:  {licence}\n  citation: {citation}")


def damaged(name: str, what: str, *, line: int | None = None, column: int | str | None = None) -> ValueError:
    """Return the error for something wrong in a file: raise damaged(path.name, "...", line=3, column="age").

    Arguments: line counts from 1; column, its number from 1, or its name.
    """
    place = "" if line is None else f", line {line:,}"
    if column is not None:
        place += f", column {column}" if isinstance(column, int) else f", column {column!r}"
    return ValueError(_printable(f"{name}{place}: {what}"))


def _printable(text: str) -> str:
    """Escape what would steer a terminal: names and cells in a message come from a stranger's file."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def text_lines(file, name: str, longest: int = LONGEST_LINE) -> Iterator[str]:
    """Yield the lines of a file opened in binary, without their ends, one at a time.

    Raises: ValueError, with the number of the line, for one longer than `longest` bytes, for NUL, and for what is not
        UTF-8; a leading byte order mark is passed over.
    """
    number = 0
    while raw := file.readline(longest + 1):
        number += 1
        if len(raw) > longest:
            raise damaged(name, f"longer than {longest:,} bytes. Is this a text file?", line=number)
        if b"\0" in raw:
            raise damaged(name, "holds a NUL byte. Is this a text file, saved as UTF-8?", line=number)
        try:
            line = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise damaged(
                name, f"byte {error.start + 1} is not UTF-8 text. Save the file as UTF-8.", line=number
            ) from error
        yield line.rstrip("\r\n")
