"""The sections of a report on one question, ill or not: what each says, and in which order."""

from __future__ import annotations

import math

import numpy as np

from edunet.clinic.brier import brier_parts
from edunet.clinic.calibration import (
    calibration_curve,
    calibration_intercept,
    calibration_slope_intercept,
    expected_calibration_error,
    observed_expected,
)
from edunet.clinic.calibration_smooth import smooth_calibration
from edunet.clinic.confusion import confusion, sensitivity, specificity
from edunet.clinic.curves import pr_curve, roc_curve
from edunet.clinic.estimate import Estimate
from edunet.clinic.figures import calibration_figure, decision_figure, pr_figure, roc_figure
from edunet.clinic.likelihood import likelihood_ratios
from edunet.clinic.net_benefit import decision_curve, net_benefit
from edunet.clinic.predictive import npv, ppv
from edunet.clinic.report_case import Case
from edunet.clinic.report_measures import RESAMPLES, cells, headline
from edunet.clinic.report_page import Part, Picture, Section, Table
from edunet.clinic.report_pictures import later
from edunet.clinic.report_subgroups import parts_of_subgroups
from edunet.clinic.threshold import Threshold

__all__ = ["sections_of"]

PREVALENCES = (0.5, 0.1, 0.02)  # where none is named: a ward of the ill, a clinic, a screening
THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.5)  # of the decision curve, in the table


def sections_of(case: Case) -> tuple[list[Section], dict[str, Estimate]]:
    """Return the sections from the rarest class to the subgroups, and the numbers by name."""
    table, numbers = headline(case)
    sections = [
        Section("Each class, the rarest first", _classes(case)),
        Section("The numbers", (table,)),
        Section("At the threshold", _threshold(case, numbers)),
        Section("Telling ill from healthy", _discrimination(case)),
        Section("Do the probabilities keep their promise?", _calibration(case, numbers)),
        Section("Does it help to decide?", _decisions(case)),
    ]
    if case.subgroup:
        sections.append(Section("Subgroups", parts_of_subgroups(case)))
    return sections, numbers


def _classes(case: Case) -> tuple[Part, ...]:
    """Who is there, and of whom how many are found; the rarer class stands first, for the larger one hides it."""
    ill, well = case.events, case.n - case.events
    rows = []
    for k, members in sorted(((1, ill), (0, well)), key=lambda pair: pair[1]):
        row = (case.names[k], f"{members:,}", f"{members / case.n:.1%}")
        if case.threshold is None:
            found = ("not computed", "no threshold was given")
        else:
            metric = sensitivity if k else specificity
            found = cells("", metric(case.y, case.p, case.threshold, groups=case.groups))[1:3]
        rows.append((*row, *found))
    return (Table("Who is there, and who is found", ("Class", "Rows", "Share", "Found", "95 % interval"), rows),)


def _threshold(case: Case, numbers: dict[str, Estimate]) -> tuple[Part, ...]:
    if case.threshold is None:
        return ("No threshold was given, and predictions that are no probabilities have none of their own. Nothing is "
                "computed here: give threshold=, chosen on validation data by clinic.threshold_for.",)  # fmt: skip
    t, (tp, fp, fn, tn) = case.threshold, confusion(case.y, case.p, case.threshold)
    well, ill = case.names
    counts = Table(
        "Confusion table: rows are the truth, columns the answer",
        ("Truth", f"called {ill}", f"called {well}", "together"),
        [(ill, f"{tp:,}", f"{fn:,}", f"{tp + fn:,}"), (well, f"{fp:,}", f"{tn:,}", f"{fp + tn:,}")],
    )
    positive, negative = likelihood_ratios(case.y, case.p, t, groups=case.groups)
    numbers |= {"lr_positive": positive, "lr_negative": negative}
    rows = [cells("Likelihood ratio of a positive answer, LR+", positive, 2)]
    rows += [cells("Likelihood ratio of a negative answer, LR−", negative, 2)]
    for prevalence in PREVALENCES if case.prevalence is None else (case.prevalence,):
        for name, metric in (("PPV", ppv), ("NPV", npv)):
            found = metric(case.y, case.p, t, prevalence=prevalence, groups=case.groups)
            rows.append(cells(f"{name} where {prevalence:.3g} of all are ill", found))
            numbers[f"{name.lower()}_at_{prevalence:g}"] = found
    return (
        f"Called {ill}: a prediction of {float(t):.4g} or more. {_chosen(t, case)}",
        counts,
        Table(
            "What an answer means",
            ("Measure", "Value", "95 % interval", "n"),
            rows,
            "Sensitivity and specificity may be carried to other patients of the same kind; PPV and NPV may not: they "
            "move with the prevalence.",
        ),
    )


def _chosen(threshold, case: Case) -> str:
    whom = "patients" if case.groups is None else "rows"
    if isinstance(threshold, Threshold) and threshold.wanted:
        alone = "" if case.groups is None else " These two intervals take each row for a patient of its own."
        return (
            f"It was chosen for {threshold.wanted} on {threshold.n:,} {whom}, {threshold.ill:,} of them ill, where "
            f"it reached a sensitivity of {threshold.sensitivity.text()} and a specificity of "
            f"{threshold.specificity.text()}.{alone}"
        )
    return (
        "How it was chosen is not known here; a threshold chosen on these patients would flatter the numbers. "
        "clinic.threshold_for chooses it on validation data and remembers that."
    )


def _both(case: Case) -> bool:
    return 0 < case.events < case.n


def _discrimination(case: Case) -> tuple[Part, ...]:
    if not _both(case):
        return ("Not computed: there is one class only, so there is nobody to tell from anybody.",)
    alarms, found, _ = roc_curve(case.y, case.p)
    at = [f"{np.interp(x, alarms, found):.0%} of the ill at {x:.0%}" for x in (0.05, 0.1, 0.2, 0.5)]
    roc_words = f"For so many of the healthy called ill are found: {', '.join(at)}."
    precision, recall, _ = pr_curve(case.y, case.p)
    order = np.argsort(recall, kind="stable")
    at = [f"{np.interp(x, recall[order], precision[order]):.0%} at {x:.0%}" for x in (0.25, 0.5, 0.75, 0.9)]
    pr_words = f"Share of those called ill who are, for the share of the ill that is found: {', '.join(at)}."
    return (
        Picture("ROC curve.", roc_words, later(case, roc_figure, case.y, case.p, best=case.best)),
        Picture("Precision-recall curve.", pr_words, later(case, pr_figure, case.y, case.p, best=case.best)),
    )


def _calibration(case: Case, numbers: dict[str, Estimate]) -> tuple[Part, ...]:
    if not case.is_probability:
        return ("Not computed: the predictions are no probabilities.",)
    y, p = case.y, case.p
    slope = calibration_slope_intercept(y, p, groups=case.groups).slope
    intercept = calibration_intercept(y, p, groups=case.groups)
    smooth = smooth_calibration(y, p, groups=case.groups, seed=case.seed, resamples=RESAMPLES)
    found = {
        "observed_expected": ("Observed / expected events (1 is right)", observed_expected(y, p, groups=case.groups)),
        "calibration_intercept": ("Calibration intercept (0 is right)", intercept),
        "calibration_slope": ("Calibration slope (1 is right; below 1: too extreme)", slope),
        "ici": ("ICI, mean distance from the smooth curve", smooth.ici),
        "e50": ("E50, median distance", smooth.e50),
        "e90": ("E90, 90th centile of the distance", smooth.e90),
        "ece": ("Expected calibration error, 10 groups", expected_calibration_error(y, p)),
    }
    numbers |= {key: value for key, (_, value) in found.items()}
    rows = [cells(name, value) for name, value in found.values()]
    parts: list[Part] = [Table("Calibration", ("Measure", "Value", "95 % interval", "n"), rows, _parts_of_brier(y, p))]
    curve = calibration_curve(y, p, groups=case.groups)
    groups = [
        (f"{predicted:.3f}", f"{observed:.3f}", "none" if math.isnan(low) else f"{low:.3f} to {high:.3f}", f"{n:,}")
        for observed, predicted, n, low, high in zip(
            curve.share, curve.predicted, curve.n, curve.low, curve.high, strict=True
        )
    ]
    words = f"From a predicted risk of {curve.predicted[0]:.0%} (observed {curve.share[0]:.0%}) to one of "
    words += f"{curve.predicted[-1]:.0%} (observed {curve.share[-1]:.0%}); the table below has every group."
    figure = later(case, calibration_figure, y, p, best=case.best, groups=case.groups)
    parts.append(Picture("Calibration curve: what happened against what was predicted.", words, figure))
    rows_of = "Patients" if case.groups is None else "Rows"
    header = ("Predicted risk", "Share that was ill", "95 % interval", rows_of)
    note = "" if case.groups is None else "The intervals are those of the patients to whom the rows belong."
    parts.append(Table(f"{rows_of} in groups of equal size by their predicted risk", header, groups, note))
    return tuple(parts)


def _parts_of_brier(y, p) -> str:
    parts = brier_parts(y, p, bins=10)
    three = parts.reliability - parts.resolution + parts.uncertainty
    return (
        f"Brier score in parts, over 10 groups: {parts.reliability:.4f} for probabilities that are off (reliability), "
        f"less {parts.resolution:.4f} for telling patients apart (resolution), plus {parts.uncertainty:.4f} that the "
        f"prevalence alone leaves open (uncertainty), and {parts.score - three:+.4f} for what differs inside of the "
        "groups."
    )


def _decisions(case: Case) -> tuple[Part, ...]:
    if not case.is_probability:
        return ("Not computed: the predictions are no probabilities.",)
    if case.prevalence is not None and not _both(case):
        return ("Not computed: net benefit at another prevalence takes patients of both kinds, ill and healthy.",)
    own = [float(case.threshold)] if case.threshold is not None and 0 < case.threshold < 1 else []
    curve = decision_curve(case.y, case.p, sorted({*THRESHOLDS, *own}), prevalence=case.prevalence)
    rows = [
        (f"{t:.3g}", *_benefit(case, float(t)), f"{everybody:.4f}", "0.0000", f"{avoided:.1f}")
        for t, everybody, avoided in zip(curve.thresholds, curve.treat_all, curve.avoided, strict=True)
    ]
    good = [f"{t:.3g}" for t, m, a in zip(curve.thresholds, curve.model, curve.treat_all, strict=True) if m > max(a, 0)]
    words = f"The net benefit of the model is above those of treating all and of treating nobody at {', '.join(good)}."
    if not good:
        words = "At none of the thresholds of the table is the model above both treating all and treating nobody."
    figure = later(case, decision_figure, case.y, case.p, best=case.best, prevalence=case.prevalence)
    header = ("Threshold", "By the model", "95 % interval", "Treat all", "Treat nobody", "Avoided for 100 patients")
    where = "" if case.prevalence is None else f", where {case.prevalence:.3g} of all are ill"
    return (
        Picture("Decision curve: net benefit at each threshold.", words, figure),
        Table(
            f"Net benefit of {case.patients:,} patients{where}", header, rows, "Avoided: interventions fewer than in "
            "treating all, missed cases set off against them at the rate of exchange. The threshold is a judgement on "
            "what a missed case and a false alarm cost, made before this curve is seen; then the curve is read there.",
        ),
    )  # fmt: skip


def _benefit(case: Case, threshold: float) -> tuple[str, str]:
    found = net_benefit(case.y, case.p, threshold, prevalence=case.prevalence, groups=case.groups)
    interval = "none, all alike" if math.isnan(found.low) else f"{found.low:.4f} to {found.high:.4f}"
    return f"{found:.4f}", interval
