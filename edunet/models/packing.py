"""State as text and arrays: numbers, texts, lists and dicts go into JSON, arrays beside it, and come back bitwise."""

import json

import numpy as np

__all__ = ["pack", "unpack"]


def pack(value, arrays: dict[str, np.ndarray], name: str):
    """Return what JSON can hold for a value; its arrays are put into `arrays` under names that begin with `name`.

    Raises TypeError for anything but None, bool, int, float, str, arrays, NumPy's numbers, and lists, tuples and dicts
    of them.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        if value.dtype.kind not in "biuf":
            raise TypeError(f"{name}: an array of dtype {value.dtype} cannot be kept.")
        arrays[name] = np.asarray(value)
        return {"number" if isinstance(value, np.generic) else "array": name}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [pack(part, arrays, f"{name}.{i}") for i, part in enumerate(value)]}
    if isinstance(value, dict):
        pairs = enumerate(value.items())
        return {"dict": [[pack(k, arrays, f"{name}.{i}k"), pack(v, arrays, f"{name}.{k}")] for i, (k, v) in pairs]}
    raise TypeError(f"{name}: {type(value).__name__} cannot be kept in a file.")


def unpack(packed, arrays: dict[str, np.ndarray]):
    """Return the value that was packed; arrays are copies. Raises ValueError, KeyError, TypeError."""
    if not isinstance(packed, dict):
        return packed
    [(kind, content)] = packed.items()
    if kind == "array":
        return arrays[content].copy()
    if kind == "number":
        return arrays[content][()]
    if kind in ("list", "tuple"):
        parts = [unpack(part, arrays) for part in content]
        return parts if kind == "list" else tuple(parts)
    if kind == "dict":
        return {unpack(k, arrays): unpack(v, arrays) for k, v in content}
    raise ValueError(f"unknown kind {json.dumps(kind)[:40]}")
