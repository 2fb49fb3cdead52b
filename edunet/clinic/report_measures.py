"""The numbers of a report: which, how each is computed, what a trivial answer gets and what the best possible one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from edunet.clinic.auprc import auprc
from edunet.clinic.auroc import auroc
from edunet.clinic.bootstrap import bootstrap_ci
from edunet.clinic.brier import brier_score, scaled_brier
from edunet.clinic.confusion import accuracy, sensitivity, specificity
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.net_benefit import net_benefit
from edunet.clinic.predictive import npv, ppv
from edunet.clinic.report_case import Case
from edunet.clinic.report_gap import RESAMPLES, gap
from edunet.clinic.report_page import Named, Table

__all__ = ["MEASURES", "RESAMPLES", "Measure", "cells", "headline", "measured", "precision_area"]


@dataclass(frozen=True)
class Measure:
    """One number: its name, its formula, and what it wants of a case."""

    key: str
    name: str
    compute: Callable[[Case, np.ndarray], Estimate]  # of a case, and of predictions for its patients
    trivial: Callable[[Case], float]  # what an answer gets that looks at nobody
    is_trivial: str  # which answer that is
    has_gap: bool  # whether higher (of the Brier score lower) is better, whatever the threshold
    wants: str = ""  # "probabilities" or "a threshold"


def _at(metric):
    return lambda case, p: metric(case.y, p, case.threshold, groups=case.groups)


def precision_area(case: Case, p: np.ndarray) -> Estimate:
    """Return the average precision; where patients have several rows, with the interval of samples of patients."""
    if case.groups is None:
        return auprc(case.y, p)
    return bootstrap_ci(auprc, case.y, p, groups=case.groups, n=RESAMPLES, seed=case.seed)


def _share(case: Case) -> float:
    return case.events / case.n


def _treat(case: Case) -> float:
    t = float(case.threshold or 0.5)
    if not 0 < t < 1:
        return math.nan  # no probability: net benefit is not computed
    return max(0.0, _share(case) - (1 - _share(case)) * t / (1 - t))


MEASURES = (
    Measure("auroc", "AUROC", lambda c, p: auroc(c.y, p, groups=c.groups), lambda c: 0.5, "a coin", True),
    Measure("auprc", "AUPRC", lambda c, p: precision_area(c, p), _share, "a coin", True),
    Measure("sensitivity", "Sensitivity", _at(sensitivity), lambda c: 1.0, "call everybody ill", False, "a threshold"),
    Measure("specificity", "Specificity", _at(specificity), lambda c: 0.0, "call everybody ill", False, "a threshold"),
    Measure("ppv", "PPV", _at(ppv), _share, "call everybody ill", False, "a threshold"),
    Measure("npv", "NPV", _at(npv), lambda c: 1 - _share(c), "call everybody healthy", False, "a threshold"),
    Measure(
        "accuracy",
        "Accuracy",
        _at(accuracy),
        lambda c: max(_share(c), 1 - _share(c)),
        "always the larger class",
        False,
        "a threshold",
    ),
    Measure(
        "brier",
        "Brier score",
        lambda c, p: brier_score(c.y, p, groups=c.groups),
        lambda c: _share(c) * (1 - _share(c)),
        "the prevalence",
        True,
        "probabilities",
    ),
    Measure(
        "scaled_brier",
        "Scaled Brier score",
        lambda c, p: scaled_brier(c.y, p, groups=c.groups),
        lambda c: 0.0,
        "the prevalence",
        True,
        "probabilities",
    ),
    Measure(
        "net_benefit",
        "Net benefit",
        lambda c, p: net_benefit(c.y, p, c.threshold or 0.5, groups=c.groups),
        _treat,
        "treat all, or nobody",
        True,
        "probabilities",
    ),
)


def measured(measure: Measure, case: Case) -> Estimate:
    """Return the number, or why it cannot be computed."""
    if measure.wants == "probabilities" and not case.is_probability:
        return undefined("the predictions are no probabilities", case.patients)
    if measure.wants == "a threshold" and case.threshold is None:
        return undefined("no threshold was given", case.patients)
    if measure.key == "net_benefit" and not 0 < (case.threshold or 0) < 1:
        return undefined("the threshold is no probability between 0 and 1", case.patients)
    return measure.compute(case, case.p)


def headline(case: Case) -> tuple[Table, dict[str, Estimate]]:
    """Return the table of MEASURES, and the numbers by their keys."""
    found = {measure.key: measured(measure, case) for measure in MEASURES}
    rows = [_row(measure, found[measure.key], case) for measure in MEASURES]
    header: tuple[str, ...] = ("Measure", "Value", "95 % interval", "n", "Trivial answer")
    if case.best is not None:
        header += ("Best possible", "Gap")
    note = "Trivial answer: what is reached without a look at the patient."
    if case.best is not None:
        note += (
            " Best possible: what the true risks of these very patients reach, at the same threshold. No model can "
            "be expected to do better, though chance may let it; and where the true risks have a few values only, "
            "AUPRC counts all patients of one value at the precision that is left behind the last of them. "
            "Gap: how much of the best possible the model leaves, with its 95 % interval, both measured in the same "
            "patients."
        )
    return Table("Each with its 95 % interval and how it was computed", header, rows, note), found


def _row(measure: Measure, found: Estimate, case: Case) -> tuple:
    trivial = measure.trivial(case)
    row = (*cells(measure.name, found), "" if math.isnan(trivial) else Named(f"{trivial:.3f}", measure.is_trivial))
    if case.best is None:
        return row
    best = measure.compute(replace(case, groups=None), case.best) if not math.isnan(found) else math.nan
    left: str | Named = "" if math.isnan(best) or not measure.has_gap else _gap_cell(gap(measure.key, case))
    return (*row, "" if math.isnan(best) else f"{best:.3f}", left)


def _gap_cell(left: Estimate) -> str | Named:
    if math.isnan(left):
        return ""
    interval = "no interval" if math.isnan(left.low) else f"{_signed(left.low)} to {_signed(left.high)}"
    return Named(_signed(left), interval)


def _signed(x: float) -> str:
    return f"{round(x, 3) or 0.0:+.3f}"  # not -0.000


def cells(name: str, found: Estimate, digits: int = 3) -> tuple:
    """Return the cells of a row: name with how it was computed, value, interval, n."""
    if math.isnan(found):
        return Named(name), "not computed", found.why, f"{found.n:,}"
    interval = "none" if math.isnan(found.low) else f"{found.low:.{digits}f} to {found.high:.{digits}f}"
    return Named(name, found.how), f"{found:.{digits}f}", interval, f"{found.n:,}"
