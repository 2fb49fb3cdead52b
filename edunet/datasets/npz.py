"""Arrays from a `.npz` file of a stranger: its headers are looked at before memory is spent, and nothing in it is run.

A `.npz` file is a zip of `.npy` members, each a short header (shape, type) before its numbers. A header may lie, a zip
may unpack to a thousand times its size, and a member of Python objects would run code when it is unpickled.
"""

from __future__ import annotations

import math
import tokenize
import zipfile
import zlib
from pathlib import Path

import numpy as np

from edunet.datasets.files import quoted

__all__ = ["read_npz"]

LONGEST_HEADER = 2**16  # bytes


def read_npz(path: Path, keys: tuple[str, ...], kind: str, max_bytes: int) -> dict[str, np.ndarray]:
    """Unpack the named arrays, after their headers have been looked at.

    Arguments: path; keys, the arrays the file must hold; kind, such as "A MedMNIST file", for the message; max_bytes,
        the cap on what the arrays take in memory.
    Returns: a dictionary of arrays.
    Raises: ValueError if the file is no sound zip of arrays, lacks one of them, or holds more than the cap.
    """
    if path.stat().st_size == 0:
        raise ValueError(f"{path.name} is empty. Download it again.")
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            start = file.read(16)
        what = "a web page" if start.lstrip()[:1] == b"<" else "cut short" if start[:2] == b"PK" else "something else"
        raise ValueError(f"{path.name} is not a .npz (zip) file but {what}: {start!r}... Download it again.")
    try:
        with zipfile.ZipFile(path) as archive:
            check_headers(path, archive, keys, kind, max_bytes)
        with np.load(path, allow_pickle=False) as arrays:
            return {key: arrays[key] for key in keys}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
        raise ValueError(f"{path.name} is damaged ({error}). Download it again.") from error


def check_headers(path: Path, archive: zipfile.ZipFile, keys: tuple[str, ...], kind: str, max_bytes: int) -> None:
    """Check keys, kinds and declared sizes from the headers alone, before any array is unpacked."""
    members = archive.namelist()
    missing = [key for key in keys if f"{key}.npy" not in members]
    if missing:
        held = quoted(*(name.removesuffix(".npy") for name in members)) or "nothing"
        raise ValueError(f"{path.name} lacks {', '.join(missing)}; it holds {held}. {kind} holds {', '.join(keys)}.")
    total = 0
    for key in keys:
        if archive.getinfo(f"{key}.npy").compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(f"{path.name}: {key} is packed in a way NumPy does not use. Download the file again.")
        with archive.open(f"{key}.npy") as file:
            shape, dtype = read_header(path, key, file)
        if dtype.hasobject:
            raise ValueError(f"{path.name}: {key} holds Python objects, which are never unpickled; expected numbers.")
        size = math.prod(shape) * dtype.itemsize
        declared = archive.getinfo(f"{key}.npy").file_size
        if min(shape, default=0) < 0 or not size < declared <= size + LONGEST_HEADER:
            raise ValueError(f"{path.name}: {key} declares shape {shape} of {dtype}, but {declared} bytes follow.")
        total += size
    if total > max_bytes:
        raise ValueError(
            f"{path.name} would unpack to {total:,} bytes, more than the cap of {max_bytes:,}. "
            f"If you trust the file and have the memory, type load({path.name!r}, max_bytes={total})."
        )


def read_header(path: Path, key: str, file) -> tuple[tuple[int, ...], np.dtype]:
    """Read shape and dtype of one .npy member."""
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
    except (ValueError, TypeError, SyntaxError, tokenize.TokenError, RecursionError, MemoryError) as error:
        raise ValueError(f"{path.name}: {key} is not a NumPy array ({error}). Download the file again.") from error
    if any(type(n) is not int for n in shape):
        raise ValueError(f"{path.name}: {key} declares the shape {shape}. Download the file again.")
    return shape, dtype
