"""The idx form of MNIST: a magic number, the sizes, then the values, mostly one byte each; packed with gzip or not.

    bytes 0-3    0, 0, type (8 unsigned bytes, 12 int32, ...), number of axes
    then         one length per axis, four bytes each, the most significant first
    then         the values, last axis fastest

The header is looked at before memory is spent, and a packed file is unpacked no further than its header says.

Source: Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits, http://yann.lecun.com/exdb/mnist.
"""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from edunet.datasets.files import damaged

__all__ = ["read_idx"]

CHUNK = 2**20
TYPES = {8: "u1", 9: "i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}  # third byte -> type of the values


def read_idx(path: Path, axes: int, max_bytes: int) -> np.ndarray:
    """Read an array with this number of axes.

    Raises: ValueError if the file is no idx file, declares more than max_bytes, or is longer or
        shorter than it declares.
    """
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        file = gzip.GzipFile(fileobj=raw) if packed else raw
        try:
            return read_array(file, path, axes, max_bytes)
        except (EOFError, OSError, zlib.error) as error:
            raise damaged(path.name, f"damaged or cut short ({error}). Download it again.") from error


def read_array(file, path: Path, axes: int, max_bytes: int) -> np.ndarray:
    """Read header and values."""
    start = file.read(4)
    if len(start) < 4 or start[:2] != b"\0\0":
        what = "a web page" if start.lstrip()[:1] == b"<" else f"something that begins {start!r}"
        raise damaged(path.name, f"not an idx file but {what}; expected 0, 0, 8, {axes}. Download it again.")
    if start[3] != axes:
        raise damaged(
            path.name,
            f"type {start[2]} with {start[3]} axes; expected 8 (unsigned bytes) with {axes}. "
            f"{'Images' if axes == 3 else 'Labels'} were expected here: have two files changed their names?",
        )
    if start[2] not in TYPES:
        raise damaged(path.name, f"values of type {start[2]}, which idx does not have; expected 8 (unsigned bytes).")
    dtype = np.dtype(TYPES[start[2]])
    lengths = file.read(4 * axes)
    if len(lengths) < 4 * axes:
        raise damaged(path.name, "it ends within its header. Download it again.")
    shape = tuple(int(n) for n in np.frombuffer(lengths, dtype=">u4"))
    size = math.prod(shape) * dtype.itemsize
    if 0 in shape:
        raise damaged(path.name, f"declares shape {shape}: nothing.")
    if size > max_bytes:
        what = f"declares {shape}, {size:,} bytes, more than the cap of {max_bytes:,}. If you trust the file and have "
        raise damaged(path.name, f"{what}the memory, type load(..., max_bytes={size}).")
    values = bytearray()
    while len(values) <= size and (part := file.read(min(CHUNK, size + 1 - len(values)))):
        values += part
    if len(values) != size:
        much = "more" if len(values) > size else f"{len(values):,}"
        raise damaged(path.name, f"declares {shape}, {size:,} bytes, but {much} follow. Download it again.")
    return np.frombuffer(values, dtype).reshape(shape).astype(dtype.newbyteorder("="), copy=False)
