"""A look at model and data before training: most failed first trainings have their reason here.

`model.doctor(x, y)` reports what it finds, each with its evidence and what to type; it repairs nothing and never raises
because of what is in the data.
"""

import numpy as np

from edunet import losses
from edunet.models.doctor import (
    answers,
    classes,
    learning,
    measurements,
    patients,
    quantities,
    rows,
    scales,
    sentinels,
    split,
    steps,
)
from edunet.models.doctor.case import ROWS, Case, ends_of, from_error
from edunet.models.doctor.first import readings
from edunet.models.doctor.held_out import hold_out
from edunet.models.doctor.patients import names_of
from edunet.models.doctor.reading import read
from edunet.models.doctor.report import Finding, Report
from edunet.models.trying import Uncopied, spare

__all__ = ["Finding", "Report", "examine"]

NUMBERS = 2_000_000  # so many are sent through the first layers
CHECKS = (
    answers.CHECKS
    | classes.CHECKS
    | measurements.CHECKS
    | sentinels.CHECKS
    | scales.CHECKS
    | patients.CHECKS
    | rows.CHECKS
    | steps.CHECKS
    | quantities.CHECKS
    | split.CHECKS
    | learning.CHECKS
)


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
    causal=False,
) -> Report:
    if isinstance(x, dict):
        model._learn_names(x)
    inputs, findings = read(x, "x", model.input_names)
    if not findings:
        answers, findings = read(y, "y", model.output_names)
    if findings:
        return Report(tuple(findings), ("what can be read",))
    case = Case(model, inputs, answers, class_weight=class_weight, causal=causal)
    findings = list(_fit_together(case))
    case.groups, case.validation_groups = names_of(groups), names_of(validation_groups)
    findings += hold_out(case, validation_split, validation_data)
    for name, check in CHECKS.items():
        findings += _made(name, check, case)
    return Report(tuple(findings), tuple(name for name in CHECKS if _is_asked(name, case)))


def _is_asked(name: str, case: Case) -> bool:
    """Tell whether there is anything for this check to look at."""
    judged = case.cut is not None or (bool(case.held_out) and case.validation_groups is not None)
    return {
        "patients on both sides": case.groups is not None and judged,
        "classes in the split": case.cut is not None,
        "copies in validation": bool(case.held_out),
        "scale of validation": bool(case.held_out),
        "overlapping windows": case.cut is not None,
        "class weights": case.class_weight is not None,
    }.get(name, True)


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
    for part, a, met in zip(case.inputs, xs, _met(model, xs), strict=True):
        part.data, part.met = a, met
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
            spread = [one and losses.get(one) for one in model.objective.losses]
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


def _met(model, xs) -> list:
    """Return what the first layers with weights receive of some rows; None where it cannot be tried."""
    rows = min(ROWS, max(32, NUMBERS // sum(a[0].size for a in xs)))
    some = [a[:: max(1, len(a) // rows)] for a in xs]
    fine = np.logical_and.reduce([np.isfinite(a).reshape(len(a), -1).all(axis=1) for a in some])
    try:
        return readings(model, [a[fine] for a in some] if fine.any() else [np.nan_to_num(a) for a in some])
    except Exception:  # a layer of one's own; the checks of shapes have said what is wrong
        return [None] * len(xs)
