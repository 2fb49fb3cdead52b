"""Headers of DICOM files: the tags that are asked for and no others, and errors that never quote a value of a text."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from edunet.datasets.files import damaged

__all__ = ["MAX_BYTES", "get", "little", "numbers", "positive", "quietly", "read_header", "what_it_is"]

T = TypeVar("T")

MAX_BYTES = 2**31  # of a file, and of the float32 numbers made of it
KINDS = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"PK\3\4": "a zip archive (or .npz); unpack it",
    b"\x1f\x8b": "a gzip file; unpack it",
    b"%PDF": "a PDF document",
    b"\x93NUMPY": "a NumPy array",
    b"\x5c\x01\x00\x00": "a NIfTI image",
}


def quietly(path: Path, what: str, call: Callable[..., T], *given: Any, **options: Any) -> T:
    """Call pydicom: its warnings are of no use to a learner, its errors may quote the header; both stay here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return call(*given, **options)
    except Exception as error:  # of a broken file: EOFError, KeyError, struct.error, RecursionError, ...
        kind = type(error).__name__
    raise damaged(path.name, f"{what} ({kind} in pydicom). Is the file damaged? Get it again.")


def what_it_is(path: Path) -> str | None:
    """Return None for a DICOM file ("DICM" after 128 bytes), else what it seems to be."""
    with path.open("rb") as file:
        start = file.read(132)
    if start[128:] == b"DICM":
        return None
    for magic, kind in KINDS.items():
        if start.startswith(magic):
            return kind
    if not start:
        return "an empty file"
    return "text" if all(32 <= b < 127 or b in b"\t\r\n" for b in start) else "of an unknown kind"


def read_header(path: Path, tags: list[str]):
    """Read those tags of a DICOM file, and no others."""
    try:
        from pydicom import dcmread
        from pydicom.filereader import read_file_meta_info
    except ImportError as error:
        raise ImportError('DICOM files are read by pydicom. Type: pip install "edunet-med[dicom]"') from error
    kind = what_it_is(path)
    if kind is not None:
        raise damaged(path.name, f'not a DICOM file ("DICM" after 128 bytes), but {kind}.')
    if path.stat().st_size > MAX_BYTES:
        raise damaged(path.name, f"{path.stat().st_size:,} bytes; at most {MAX_BYTES:,} are read at once.")
    meta = quietly(path, "its first part cannot be read", read_file_meta_info, path)
    syntax = get(path, meta, "TransferSyntaxUID", str)
    if syntax == "1.2.840.10008.1.2.1.99" or syntax.startswith("1.2.840.10008.1.2.4.95"):
        raise damaged(path.name, "TransferSyntaxUID: deflated as a whole. Save it as Explicit VR Little Endian.")
    return quietly(path, "its header cannot be read", dcmread, path, specific_tags=tags)


def little(path: Path, header) -> bool:
    """Tell whether numbers are stored with the small byte first."""
    return get(path, header.file_meta, "TransferSyntaxUID", str) != "1.2.840.10008.1.2.2"


def get(path: Path, header, tag: str, kind: Callable[[Any], T], default: T | None = None) -> T:
    """Return the value of a tag as float, int, str, bytes or list; the value itself is never put into an error."""
    value = quietly(path, f"{tag} cannot be read", getattr, header, tag, None)
    if value is None or (isinstance(value, str) and not value.strip()):
        if default is None:
            raise damaged(path.name, f"{tag} is missing, without which the numbers mean nothing.")
        return default
    wanted = {bytes: bytes, str: str, list: (list, tuple)}.get(kind)  # type: ignore[call-overload]
    if kind is list and not isinstance(value, (str, bytes)) and hasattr(value, "__len__"):
        return quietly(path, f"{tag} cannot be read", list, value)  # type: ignore[return-value]
    if wanted is not None and not isinstance(value, wanted):
        raise damaged(path.name, f"{tag} holds something else than expected.")
    if kind is str:
        return "".join(c for c in value.strip() if c.isprintable())  # type: ignore[return-value]
    made = quietly(path, f"{tag} is no number", kind, value)
    if isinstance(made, float) and not math.isfinite(made):
        raise damaged(path.name, f"{tag} is not finite.")
    return made


def numbers(path: Path, header, tag: str, n: int) -> tuple[float, ...]:
    """Return the n numbers of a tag."""
    values = get(path, header, tag, list)
    made = quietly(path, f"{tag} must be {n} numbers", lambda: tuple(float(v) for v in values))
    if len(made) != n or not all(math.isfinite(v) and abs(v) < 1e9 for v in made):
        raise damaged(path.name, f"{tag} must be {n} finite numbers, it has {len(made)}.")
    return made


def positive(path: Path, tag: str, value: float) -> float:
    """Return a number that must be above 0."""
    if not 0 < value < 1e9:
        raise damaged(path.name, f"{tag} is {value:g}, expected a number above 0.")
    return value
