"""State as text and arrays: numbers, texts, lists and dicts go into JSON, arrays beside it, and come back bitwise."""

import json
import math
from typing import Any

import numpy as np

__all__ = ["check_like", "pack", "unpack"]

SHORT = 8  # a longer list of numbers is kept as an array: a History may have as many as it likes
NUMBERS: Any = (int, float, np.generic)


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
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": repr(value)}
    if isinstance(value, list) and len(value) > SHORT:
        for kind in (float, int):
            if all(type(part) is kind for part in value) and (kind is float or max(map(abs, value)) < 2**63):
                arrays[name] = np.array(value)
                return {"numbers": name}
    if isinstance(value, (list, tuple)):
        kept = [pack(part, arrays, f"{name}.{i}") for i, part in enumerate(value)]
        return {"list" if isinstance(value, list) else "tuple": kept}
    if isinstance(value, dict):
        pairs = enumerate(value.items())
        return {"dict": [[pack(k, arrays, f"{name}.{i}k"), pack(v, arrays, f"{name}.{i}v")] for i, (k, v) in pairs]}
    raise TypeError(f"{name}: {type(value).__name__} cannot be kept in a file.")


def unpack(packed, arrays: dict[str, np.ndarray]):
    """Return the value that was packed; its arrays are taken out of `arrays`, each once.

    Raises ValueError, KeyError or TypeError for anything that `pack` does not return.
    """
    if not isinstance(packed, (dict, list)):
        return packed
    if isinstance(packed, list) or len(packed) != 1:
        raise ValueError(f"a value is described by one word. Received: {packed!s:.40}")
    [(kind, content)] = packed.items()
    if kind in ("array", "number", "numbers"):
        a = arrays.pop(content).copy()
        return {"array": a, "number": a[()], "numbers": a.tolist()}[kind]
    if kind == "float" and content in ("nan", "inf", "-inf"):
        return float(content)
    if kind in ("list", "tuple", "dict") and isinstance(content, list):
        if kind != "dict":
            parts = [unpack(part, arrays) for part in content]
            return parts if kind == "list" else tuple(parts)
        found = {unpack(k, arrays): unpack(v, arrays) for k, v in content}
        if len(found) == len(content):
            return found
    raise ValueError(f"unknown kind {json.dumps(kind)[:40]}, or its content")


def check_like(then: Any, now: Any, where: str, arrays_alike=True) -> None:
    """Raise ValueError unless a value from a file may take the place of the one that stands there in a fresh training.

    Where nothing stands yet (None) anything may come. Args: arrays_alike, whether arrays must have the same shape and
    dtype; one that still waits to learn its width (of one entry, or none, or a number in its place) gets any shape.
    """
    if now is None:
        return
    if isinstance(now, NUMBERS) and isinstance(then, NUMBERS):
        return
    if isinstance(then, np.ndarray) and isinstance(now, NUMBERS):
        return
    if isinstance(then, np.ndarray) and isinstance(now, np.ndarray):
        if now.size <= 1 or not arrays_alike or (then.shape == now.shape and then.dtype == now.dtype):
            return
        raise ValueError(f"{where} is {then.dtype} {then.shape}, expected {now.dtype} {now.shape}")
    if type(then) is not type(now):
        raise ValueError(f"{where} is {type(then).__name__}, expected {type(now).__name__}")
    if isinstance(now, dict):
        for key in now.keys() & then.keys():
            check_like(then[key], now[key], f"{where}.{key}", arrays_alike)
