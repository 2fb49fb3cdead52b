"""Where the text files of an intensive care set lie: in a folder, or in an archive that is read and never unpacked."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from edunet.datasets.files import damaged

__all__ = ["ARCHIVES", "MAX_FILE", "is_outcomes", "is_patient", "texts"]

ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")
MAX_FILE = 2**22  # bytes in the file of one patient; the longest of set-a has 24 thousand
MAX_MEMBERS = 200_000  # files in one archive
STEP = 2**16
OPEN: dict[bytes, Callable] = {b"\x1f\x8b": gzip.open, b"\xfd7zXZ\0": lzma.open, b"BZh": bz2.open}
HURT = (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError, OverflowError, RecursionError)


def is_patient(name: str) -> bool:
    """Tell whether a file is one patient's: 132539.txt."""
    return re.fullmatch(r"[0-9]{1,15}\.txt", name) is not None


def is_outcomes(name: str) -> bool:
    """Tell whether a file holds outcomes: Outcomes-a.txt."""
    return re.fullmatch(r"outcomes[^/]{0,40}\.(txt|csv)", name.lower()) is not None


def texts(path: Path, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each patient's and each outcomes file; others are passed over.

    Arguments: path, a folder (its own files and those one folder down) or an archive; max_bytes, all of them together.
    """
    total = 0
    for name, content in _folder(path) if path.is_dir() else _archive(path, max_bytes):
        total += len(content)
        if total > max_bytes:
            raise ValueError(
                f"{path.name} holds more than the cap of {max_bytes:,} bytes of text. If you trust it, type "
                f"load(path, max_bytes={4 * max_bytes})."
            )
        yield name, content


def _folder(path: Path) -> Iterator[tuple[str, bytes]]:
    places = [path, *sorted(p for p in path.iterdir() if p.is_dir() and not p.is_symlink())]
    for place in places:
        for file in sorted(place.iterdir()):
            if (is_patient(file.name) or is_outcomes(file.name)) and file.is_file():
                with file.open("rb") as opened:
                    yield f"{place.name}/{file.name}", _whole(opened, file.name)


def _archive(path: Path, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as raw:
        start = raw.read(6)
        raw.seek(0)
        if start[:2] == b"PK":
            raise ValueError(f"{path.name} is a zip archive. Unpack it and type load() with the folder.")
        if not start:
            raise ValueError(f"{path.name} is empty. Download it again.")
        unpack = next((unpack for magic, unpack in OPEN.items() if start.startswith(magic)), None)
        stream = OneWay(unpack(raw) if unpack else raw, path.name, max_bytes)
        try:
            # tarfile parses the headers; "r:" because the stream is unpacked already
            with tarfile.open(fileobj=stream, mode="r:") as tar:
                yield from _members(tar, stream, path.name)
        except HURT as error:
            raise ValueError(
                f"{path.name} is damaged, or no {', '.join(ARCHIVES)} ({type(error).__name__}: {error!s:.200}). "
                "Download it again."
            ) from error


def _members(tar: tarfile.TarFile, stream: OneWay, archive: str) -> Iterator[tuple[str, bytes]]:
    for _ in range(MAX_MEMBERS):
        try:
            member = tar.next()
        except TooLarge:
            raise
        except ValueError as error:
            raise damaged(archive, f"a header of the archive makes no sense ({error!s:.200})") from error
        if member is None:
            check_end(stream, archive)
            return
        tar.members = []  # type: ignore[attr-defined]  # it keeps what it saw
        name = PurePosixPath(member.name).name  # never a place to write to, so no folder can lead astray
        if not (is_patient(name) or is_outcomes(name)):
            continue
        if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
            raise damaged(archive, f"{name} is a link, or of another kind that holds no text; expected plain files")
        with tar.extractfile(member) as file:  # type: ignore[union-attr]  # None for other kinds only
            content = _whole(file, name)
        if len(content) != member.size:
            raise damaged(
                archive, f"{name} is cut short: {len(content):,} of {member.size:,} bytes. Download it again."
            )
        yield f"{PurePosixPath(member.name).parent.name}/{name}", content
    raise damaged(archive, f"holds more than {MAX_MEMBERS:,} files. Unpack it and type load() with the folder")


def check_end(stream: OneWay, archive: str) -> None:
    """Refuse an archive without its end mark, two blocks of zeros: tarfile takes anything else for the end too."""
    if stream.last.strip(b"\0"):
        raise damaged(archive, f"the archive is damaged after {stream.at:,} bytes. Download it again.")
    ends = len(stream.last) == tarfile.BLOCKSIZE and len(stream.read(tarfile.BLOCKSIZE)) == tarfile.BLOCKSIZE
    if not ends:
        what = f"cut short after {stream.at:,} bytes: there is no end mark, so stays may be missing"
        raise damaged(archive, f"{what}. Download it again.")
    while stream.last:
        if stream.last.strip(b"\0"):
            raise damaged(
                archive, "something follows the end of the archive. Are two in one file? Load each for itself."
            )
        stream.read(STEP)


def _whole(file, name: str) -> bytes:
    content = file.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise damaged(name, f"longer than {MAX_FILE:,} bytes. Is this the file of one patient?")
    return content


class TooLarge(ValueError):
    """More bytes than the cap: not the fault of a header."""


class OneWay(io.RawIOBase):
    """An unpacked stream as tarfile wants it, within bounds: forward by reading, back by one byte at most."""

    def __init__(self, file, name: str, max_bytes: int):
        self.file, self.name, self.max_bytes = file, name, max_bytes
        self.at, self.pushed = 0, b""
        self.last = b""  # what the last read gave

    def readable(self) -> bool:
        """Say yes."""
        return True

    def seekable(self) -> bool:
        """Say yes: tarfile asks for no more than `seek` can do."""
        return True

    def tell(self) -> int:
        """Give the number of bytes read."""
        return self.at

    def read(self, size: int = -1) -> bytes:
        """Read up to size bytes, if they are not too many."""
        if not 0 <= size <= MAX_FILE + tarfile.RECORDSIZE:  # a header that lies would be read in one piece
            raise damaged(
                self.name, f"a member of the archive claims {size:,} bytes, more than the cap of {MAX_FILE:,}"
            )
        got = self.pushed[:size]
        if len(got) < size:
            got += self.file.read(size - len(got))
        self.pushed = self.pushed[size:]
        self.at += len(got)
        if self.at > self.max_bytes:
            raise TooLarge(
                f"{self.name} unpacks to more than the cap of {self.max_bytes:,} bytes. If you trust it, type "
                f"load(path, max_bytes={4 * self.max_bytes})."
            )
        self.last = got
        return got

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Read on to a place further ahead, or push the last byte back."""
        if whence != io.SEEK_SET or offset < self.at - 1:
            raise tarfile.ReadError("the members are not in one row")
        if offset < self.at:
            self.pushed, self.at = self.last[-1:], offset
        while self.at < offset and self.read(min(STEP, offset - self.at)):
            pass
        return self.at
