"""Files of arrays and a note in the safetensors format: written whole or not at all, read with suspicion.

    8 bytes: n     n bytes of JSON: {name: {dtype, shape, data_offsets}, ..., "__metadata__": {text: text}}     numbers
Nothing in such a file can be run. Here it also cannot claim more than it holds: every size is checked against the size
of the file before the safetensors library reads it. There is one note, {kind of file: text}: the library shuffles
several, and the same model must give the same file, byte for byte. Its version 0.8 writes transposed arrays wrongly, so
all are laid out first.
Source: the description of the format by its authors, https://github.com/huggingface/safetensors.
"""

import contextlib
import functools
import math
import os
import platform
import re
import stat
import time
import zlib
from pathlib import Path

import numpy as np

from edunet.models.strict_json import parse
from edunet.names import safetensors_name

__all__ = ["checked_path", "here", "put", "read", "refuse_checkpoint", "write"]

DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "|u1",
    "BOOL": "|b1",
}
NAMES = {np.dtype(kind).newbyteorder("=").str[1:]: name for name, kind in DTYPES.items()}  # "f4": "F32"
CHECKPOINT = "edunet checkpoint 3"  # the kind of file of `models/checkpoint.py`
_TEMPORARY = re.compile(r"\..+\.(\d{1,9})\.([0-9a-f]{8})\.[0-9a-f]{8}\.part")
DAY = 24 * 3600
LARGEST_HEADER = 8_000_000
MOST_AXES = 32
HALF = {"F16": "float16", "BF16": "bfloat16"}
FOREIGN = {  # how files of other programs begin
    b"\x89HDF\r\n\x1a\n": "an HDF5 file, as older versions of Keras write (.h5). Where Keras is installed "
    "type edunet.interop.from_keras(keras.models.load_model(path)) and save that; of a file of weights alone hand "
    "model.get_weights() to model.set_weights(...)",
    b"PK\x03\x04": "a zip archive, such as .keras, .npz or PyTorch's .pt. Of a .keras file, where Keras is installed, "
    "type edunet.interop.from_keras(keras.models.load_model(path)) and save that; else read it with the program that "
    "wrote it, and hand the weights to model.set_weights(...)",
    b"\x93NUMPY": "a single NumPy array. Read it with np.load(path, allow_pickle=False)",
    b"\x1f\x8b": "a compressed file (gzip). Unpack it first",
    **dict.fromkeys(
        (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"),
        "a pickle. Reading it could run any code, so edunet never does: get the weights as a safetensors file",
    ),
}


class _Half(ValueError):
    """The file is whole, but of numbers that are not used here."""


def write(path, arrays: dict[str, np.ndarray], kind: str, text: str = "") -> None:
    """Write arrays and a note to `path`: into a temporary file beside it, which takes its place once it is complete.

    Whatever goes wrong, an older file of that name stays as it was and no other is left behind. The same content gives
    the same bytes.
    Raises OSError that says why the file cannot be written; TypeError for arrays that are not numbers.
    """
    from safetensors.numpy import save

    content = save({name: _laid_out(name, a) for name, a in arrays.items()}, {kind: text})
    _check_header(content)  # what could not be read back is not written
    put(path, content)


def put(path, content: bytes) -> None:
    """Write bytes to `path`, whole or not at all, as `write` says."""
    path = Path(os.path.realpath(path))  # through a link to the file it stands for
    _check_place(path)
    _tidy(path.parent)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{here()}.{os.urandom(4).hex()}.part")
    try:
        with open(temporary, "xb") as file:  # as private as a new file is
            if path.exists():
                os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))  # before anything is in it
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        why = error.strerror or error
        raise type(error)(
            error.errno, f"{str(path)!r} could not be written ({why}); an older file of that name is unchanged."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _ending_hint(path: Path) -> str:
    """Say which ending files have here, if somebody asks for the one of Keras."""
    other = path.with_name(safetensors_name(path.name))
    if other == path:
        return ""
    return f" Files are written as .safetensors here; {str(other)!r} is {'' if other.is_file() else 'not '}there."


def checked_path(path) -> Path:
    """Return what was given as a path, or raise TypeError."""
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"expected the path of a file, such as 'model.safetensors'. Received: {path!r:.80}")
    return Path(os.fsdecode(path))


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder; give the name of a file in it.")
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"the folder {str(path.parent)!r} does not exist; make it first, or choose another path."
        )
    if path.exists() and not path.is_file():
        raise OSError(f"{str(path)!r} is a device, not a file; choose another path.")
    if path.exists() and not os.access(path, os.W_OK):
        raise PermissionError(f"{str(path)!r} is read-only; choose another path.")


def _tidy(folder: Path) -> None:
    """Remove what killed processes have left half-written in a folder, whatever it was to become."""
    with contextlib.suppress(OSError):  # a folder that may be written to, but not listed
        for entry in os.scandir(folder):
            found = _TEMPORARY.fullmatch(entry.name)
            if found and entry.is_file(follow_symlinks=False) and _is_left_over(entry, int(found[1]), found[2]):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _is_left_over(entry, process: int, place: str) -> bool:
    """Tell whether the process that wrote a file is gone.

    Of one on another computer, or in another container, which may share this folder, nobody here knows: a day must do.
    """
    if process != os.getpid() and time.time() - entry.stat(follow_symlinks=False).st_mtime > DAY:
        return True  # its number has been given to another process since
    if place != here() or os.name == "nt":  # there os.kill ends the process
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # it is somebody else's
        pass
    return False


@functools.cache
def here() -> str:
    """Return eight letters for where the numbers of processes mean the same: this computer since it was started."""
    told = [platform.node()]
    for link, read_it in (("/proc/sys/kernel/random/boot_id", _text), ("/proc/self/ns/pid", os.readlink)):
        with contextlib.suppress(OSError):
            told.append(read_it(link))
    return f"{zlib.crc32(repr(told).encode()):08x}"


def _text(path: str) -> str:
    return Path(path).read_text()


def _laid_out(name: str, array) -> np.ndarray:
    array = np.asarray(array)
    if array.dtype.str[1:] not in NAMES:
        raise TypeError(f"{name}: numbers of dtype {array.dtype} cannot be written; expected one of {sorted(DTYPES)}.")
    little = array.dtype.newbyteorder("<")
    return np.ascontiguousarray(array, little).reshape(array.shape)  # ascontiguousarray makes a number an array (1,)


def read(path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the arrays and the notes of a file.

    Takes no more memory than three times the file, whatever the file says.
    Raises FileNotFoundError, or ValueError that names the file and says what is wrong with it or what else it is.
    """
    path = checked_path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder; give the name of a file in it.")
    if not path.is_file():
        raise FileNotFoundError(f"no file {str(path)!r}.{_ending_hint(path)}")
    try:
        with open(path, "rb") as file:
            _check_start(file.read(9), os.fstat(file.fileno()).st_size)
            file.seek(0)
            return _read(file.read())
    except _Half as error:
        raise ValueError(f"{str(path)!r}: {error}.") from error
    except ValueError as error:
        raise ValueError(f"{str(path)!r} is not a safetensors file, or is damaged: {error}.") from error


def _read(content: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    notes = _check_header(content)
    try:
        arrays = load(content)
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    for name, a in arrays.items():
        if a.dtype == bool and a.size and a.view(np.uint8).max() > 1:
            raise ValueError(f"{name[:80]!r} holds other values than True and False")
    return arrays, notes


def refuse_checkpoint(path, notes: dict[str, str]) -> None:
    """Raise ValueError if a file holds a training that goes on, where a model or weights are wanted."""
    if any(kind.startswith("edunet checkpoint") for kind in notes):
        raise ValueError(
            f"{str(path)!r} is a checkpoint: it holds a training, not a model. To go on with it build and compile the "
            f"model as before and type model.fit(..., resume={str(path)!r}); then model.save(path) writes the model."
        )


def _check_start(start: bytes, size: int) -> None:
    """Raise ValueError for what is no such file at all, before it is read."""
    length = int.from_bytes(start[:8], "little")
    if len(start) < 9 or start[8:] != b"{" or length > size - 8:
        known = next((what for head, what in FOREIGN.items() if start.startswith(head)), None)
        raise ValueError(f"it is {known}" if known else f"it does not begin as one, or is cut short ({size} bytes)")
    if length > LARGEST_HEADER:
        raise ValueError(f"its header of {length} bytes is larger than {LARGEST_HEADER}")


def _check_header(content: bytes) -> dict[str, str]:
    """Return the notes of a file, once everything that its header claims agrees with its size."""
    length, size = int.from_bytes(content[:8], "little"), len(content)
    _check_start(content[:9], size)
    entries = parse(content[8 : 8 + length], 3)
    notes = entries.pop("__metadata__", {})
    if not isinstance(notes, dict) or not all(isinstance(text, str) for text in notes.values()):
        raise ValueError("its notes (__metadata__) are not texts")
    places = sorted((*_place(name, entry), name) for name, entry in entries.items())
    end = 0
    for first, last, name in places:
        if first != end:
            raise ValueError(f"the numbers of {name[:80]!r} begin at {first}, expected {end}")
        end = last
    if end != size - 8 - length:
        raise ValueError(f"it holds {size - 8 - length} bytes of numbers, the header tells of {end}")
    return notes


def _place(name: str, entry) -> tuple[int, int]:
    """Return the first and last byte of an array, once they agree with its dtype and shape."""
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"{name[:80]!r} has not dtype, shape and data_offsets")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if isinstance(dtype, str) and dtype in HALF:
        raise _Half(
            f"{name[:80]!r} holds {HALF[dtype]} numbers, which are not read here. Convert them in the program that "
            "wrote the file: in PyTorch {k: v.float() for k, v in tensors.items()}, in NumPy a.astype('float32')"
        )
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise ValueError(f"{name[:80]!r} has the dtype {dtype!r:.40}; expected one of {sorted(DTYPES)}")
    if not isinstance(shape, list) or len(shape) > MOST_AXES or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError(f"{name[:80]!r} has the shape {shape!r:.80}")
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(type(n) is int and n >= 0 for n in offsets):
        raise ValueError(f"{name[:80]!r} has the offsets {offsets!r:.80}")
    if math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize != offsets[1] - offsets[0]:
        raise ValueError(f"{name[:80]!r} of shape {shape!r:.80} cannot fill the bytes {offsets!r:.80}")
    if math.prod(max(n, 1) for n in shape) >= 2**40:  # an axis of length 0 hides lengths that NumPy cannot hold
        raise ValueError(f"{name[:80]!r} has the shape {shape!r:.80}")
    return offsets[0], offsets[1]
