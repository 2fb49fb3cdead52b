"""A look at model and data before training: most failed first trainings have their reason here.

`model.doctor(x, y)` reports what it finds, each with its evidence and what to type; it repairs nothing and never raises
because of what is in the data.
"""

import contextlib

import numpy as np

from edunet import losses
from edunet.models.doctor import answers, measurements, patients, steps
from edunet.models.doctor.case import Case, Input, codes_of, ends_of, from_error
from edunet.models.doctor.report import Finding, Report
from edunet.models.examples import as_list
from edunet.models.trying import Uncopied, spare

__all__ = ["Finding", "Report", "examine"]

CHECKS = answers.CHECKS | measurements.CHECKS | patients.CHECKS | steps.CHECKS


def examine(model, x, y, groups=None, **options) -> Report:
    """Look for what would spoil a training of the model with x and y, and leave no trace; see `Model.doctor`."""
    try:
        with spare(model) as lent:
            return _look(lent, x, y, groups, **options)
    except Uncopied as error:
        return Report((from_error("cannot be tried out", error, "copy.deepcopy(model) fails."),), ("the model",))


def _look(
    model,
    x,
    y,
    groups,
    validation_split=0.0,
    validation_data=None,
    validation_groups=None,
    class_weight=None,
) -> Report:
    read = _read(x, "x")
    case, findings = None, [part for part in read if isinstance(part, Finding)]
    if not findings:
        labels = _read(y, "y")
        findings = [part for part in labels if isinstance(part, Finding)]
        if not findings:
            inputs = [Input(*part) for part in read]
            case = Case(model, inputs, [a for _, a, _ in labels], class_weight=class_weight)
            findings = list(_fit_together(case))
    if case is None:
        return Report(tuple(findings), ("what can be read",))
    case.groups, case.validation_groups = (None if g is None else np.ravel(g) for g in (groups, validation_groups))
    case.validation = validation_split if isinstance(validation_split, float) and 0 < validation_split < 1 else None
    if validation_data is not None:
        case.validation = (
            [a for _, a, _ in _read(validation_data[0], "validation_data")] if len(validation_data) else None
        )
    for name, check in CHECKS.items():
        findings += _made(name, check, case)
    return Report(tuple(findings), tuple(CHECKS))


def _made(name, check, case) -> list[Finding]:
    """Return what a check finds; data so odd that it fails are a finding themselves."""
    try:
        with np.errstate(all="ignore"):
            return list(check(case))
    except Exception as error:  # the doctor reports and never raises
        return [
            Finding(
                f"{name}: not looked at",
                "These data could not be examined.",
                f"{type(error).__name__}: {error}",
                "Look at their shapes and types.",
            )
        ]


def _read(given, name) -> list:
    """Return (name, array, columns) of every input, or a Finding where one is not numbers."""
    parts = as_list(given) if not hasattr(given, "columns") else [given]
    if not parts:
        return [Finding("nothing to learn from", f"{name} is missing.", f"{name} is None.", f"Give {name}.")]
    read: list = []
    for i, part in enumerate(parts):
        own = name if len(parts) == 1 else f"{name}[{i}]"
        try:
            a = np.asarray(part)
        except ValueError as error:
            read.append(
                Finding(
                    "rows of different length",
                    f"The rows of {own} have different lengths.",
                    str(error),
                    "Pad them to one length, and mask the padding.",
                )
            )
            continue
        if a.dtype.kind == "O":
            with contextlib.suppress(ValueError, TypeError):
                a = a.astype(np.float64)
        if a.dtype.kind not in "biuf" or a.ndim == 0:
            sample = f", such as {a.flat[0]!r:.40}" if a.size else ""
            read.append(
                Finding(
                    "not numbers",
                    f"{own} is not an array of numbers.",
                    f"dtype {a.dtype}, shape {a.shape}{sample}.",
                    "Text becomes numbers with np.unique(column, return_inverse=True)[1].",
                )
            )
            continue
        if not a.size:
            read.append(
                Finding(
                    "nothing to learn from",
                    f"{own} is empty.",
                    f"Its shape is {a.shape}.",
                    "Look how it was read and filtered.",
                )
            )
            continue
        columns = [str(c) for c in getattr(part, "columns", [])]
        read.append((own, a, columns if len(columns) == a.shape[-1] else [f"column {d}" for d in range(a.shape[-1])]))
    return read


def _fit_together(case: Case):
    """Check the shapes against the model, and tell the case what the model ends with."""
    model, xs = case.model, [part.data for part in case.inputs]
    shapes = f"x: {', '.join(str(a.shape) for a in xs)}; y: {', '.join(str(a.shape) for a in case.labels)}."
    sizes = {len(a) for a in [*xs, *case.labels]}
    if len(sizes) > 1:
        yield Finding(
            "different lengths",
            "x and y do not have equally many rows.",
            shapes,
            "Filter both alike: x, y = x[keep], y[keep].",
        )
    try:
        model.fit_to_inputs(xs)
        xs = model.adjust_rank(xs)
        few = [np.nan_to_num(a[:1], posinf=0, neginf=0) for a in xs]
        shape = model._shapes_of_outputs(few)
    except (ValueError, TypeError) as error:
        yield from_error("inputs against model", error, shapes)
        return
    for i, (part, a) in enumerate(zip(case.inputs, xs, strict=True)):
        part.data, part.codes = a, codes_of(model, i)
        if len(part.columns) != a.shape[-1]:
            part.columns = [f"column {d}" for d in range(a.shape[-1])]
    compiled = getattr(model, "_compiled", None)
    spread: list = [None] * len(shape)
    if compiled is None:
        yield Finding(
            "not compiled",
            "The model does not know how to learn yet.",
            "compile was not called.",
            "model.compile('adam', loss=...).",
        )
    else:
        try:
            if model.objective is None:
                model._set_objective(shape)
            spread = [losses.get(one) for one in model.objective.losses]
        except (ValueError, TypeError) as error:
            yield from_error("loss against model", error, f"The model answers with {shape}.")
    case.ends = ends_of(model, spread)
    if len(case.labels) != len(case.ends):
        yield Finding(
            "labels against outputs",
            f"The model has {len(case.ends)} outputs, y {len(case.labels)} parts.",
            shapes,
            f"y: a list of {len(case.ends)} arrays, for {model.output_names}.",
        )
