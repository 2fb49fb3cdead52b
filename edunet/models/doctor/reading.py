"""What was given as arrays of numbers, or a finding that says why it is none."""

import contextlib

import numpy as np

from edunet.models.doctor.case import Input
from edunet.models.doctor.report import Finding
from edunet.models.examples import as_list, by_name, gives_batches

__all__ = ["read"]


def read(given, name: str, names: list[str] | None = None) -> tuple[list[Input], list[Finding]]:
    """Return every part of x or y as an Input, and a Finding for each that is no numbers; names, of a dict's parts."""
    if isinstance(given, dict):
        try:
            parts = by_name(given, names, name)
        except (TypeError, ValueError) as error:
            return [], [Finding("names do not fit", str(error), f"{name} is a dict.", "Give an array, or these names.")]
        labelled = [(f"{name}[{key!r}]", part) for key, part in zip(names or [], parts, strict=True)]
    else:
        parts = [given] if hasattr(given, "columns") else as_list(given)
        labelled = [(name if len(parts) == 1 else f"{name}[{i}]", part) for i, part in enumerate(parts)]
    if not labelled:
        return [], [_nothing(name)]
    made = [_nothing(own) if part is None else _one(own, part) for own, part in labelled]
    return [m for m in made if isinstance(m, Input)], [m for m in made if isinstance(m, Finding)]


def _nothing(name: str) -> Finding:
    return Finding("nothing to learn from", f"{name} is missing.", f"{name} is None.", f"Give {name}.")


def _one(name: str, part) -> Input | Finding:
    try:
        a = np.asarray(part)
    except ValueError as error:
        return Finding(
            "rows of different length",
            f"The rows of {name} have different lengths.",
            str(error),
            "Pad them to one length, and mask the padding.",
        )
    if a.dtype.kind == "O":
        with contextlib.suppress(ValueError, TypeError):
            a = a.astype(np.float64)
    if a.ndim == 0 and gives_batches(part) and not isinstance(part, (str, bytes)):
        return Finding(
            "batches",
            f"{name} gives batches; the doctor wants arrays.",
            f"It is of type {type(part).__name__}.",
            "Show it one batch, a large one: x, y = next(iter(batches)); model.doctor(x, y).",
        )
    if a.dtype.kind not in "biuf" or a.ndim == 0:
        sample = f", such as {a.flat[0]!r:.40}" if a.size else ""
        return Finding(
            "not numbers",
            f"{name} is not an array of numbers.",
            f"dtype {a.dtype}, shape {a.shape}{sample}.",
            "Text becomes numbers with np.unique(column, return_inverse=True)[1].",
        )
    if not a.size:
        return Finding(
            "nothing to learn from",
            f"{name} is empty.",
            f"Its shape is {a.shape}.",
            "Look how it was read and filtered.",
        )
    columns = [str(c) for c in getattr(part, "columns", [])]
    if len(columns) != a.shape[-1]:
        columns = [f"column {d}" for d in range(a.shape[-1])]
    return Input(name, a, columns, table=hasattr(part, "iloc"), typed=isinstance(part, (list, tuple)))
