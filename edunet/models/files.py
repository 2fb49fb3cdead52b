"""Files of arrays and notes in the safetensors format, written whole or not at all."""

import os
import secrets
from pathlib import Path

import numpy as np

__all__ = ["read", "write"]


def write(path, arrays: dict[str, np.ndarray], notes: dict[str, str]) -> None:
    """Write arrays and notes to `path`: into a temporary file beside it, which then takes its place."""
    from safetensors.numpy import save

    path = Path(path)
    content = save({name: np.ascontiguousarray(a).reshape(np.shape(a)) for name, a in arrays.items()}, notes)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read(path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Return the arrays and the notes of a file. Raises FileNotFoundError, or ValueError for a damaged file."""
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no file {str(path)!r}.")
    try:
        with safe_open(path, framework="numpy") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(f"{str(path)!r} is not a safetensors file, or is damaged: {error}.") from error
