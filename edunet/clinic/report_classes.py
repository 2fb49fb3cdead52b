"""The sections of a report on several classes: each against the rest, the rarest first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edunet.clinic.auroc import auroc
from edunet.clinic.brier import brier_score
from edunet.clinic.confusion import share_of_rows
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.report_case import Case
from edunet.clinic.report_measures import cells, precision_area
from edunet.clinic.report_page import Section, Table
from edunet.clinic.report_sections import sections_of

__all__ = ["sections_of_classes"]


def sections_of_classes(case: Case) -> tuple[list[Section], dict[str, Estimate]]:
    """Return the table of all classes, the confusion table, and the whole report on the rarest class."""
    classes = case.p.shape[1]
    names = case.names
    members = case.y.sum(axis=0)
    order = sorted(range(classes), key=lambda k: (members[k], k))
    several = bool((case.y.sum(axis=1) != 1).any())
    threshold = 0.5 if case.threshold is None and case.is_probability else case.threshold
    called = None  # of several labels that are no probabilities, unless a threshold is given
    if not several:
        called = case.p.argmax(axis=1)[:, None] == np.arange(classes)
    elif threshold is not None:
        called = case.p >= float(threshold)
    rows: list[tuple[str, ...]] = []
    numbers: dict[str, Estimate] = {}
    for k in order:
        row, found = _class(case, k, None if called is None else called[:, k], names[k])
        rows.append(row)
        numbers |= found
    header = ("Class", "Rows", "Found (sensitivity)", "PPV", "AUROC", "AUPRC", "Brier score")
    note = (
        "Each class against the rest, with 95 % intervals. "
        + ("Called so: from the threshold on. " if several else "Called so: the class of the largest prediction. ")
        + "A mean over classes would hide the first rows, so none is printed here."
    )
    sections = [Section("Each class, the rarest first", (Table("All classes", header, rows, note),))]
    if called is not None and not several:
        sections.append(Section("Who was called what", (_confusion(case, called, names, order, numbers),)))
    rarest = next((k for k in order if 0 < members[k] < case.n), order[0])
    one = replace(case.of_class(rarest, names), threshold=threshold)
    inner, more = sections_of(one)
    words = (
        f"The same questions as of a report on {names[rarest]!r} alone. Of another class k: report(y == k, p[:, k])."
    )
    sections.append(Section(f"The rarest class: {names[rarest]}", (words, *inner)))
    return sections, numbers | {f"rarest_{key}": value for key, value in more.items()}


def _class(case: Case, k: int, called: np.ndarray | None, name: str) -> tuple[tuple[str, ...], dict[str, Estimate]]:
    y, p, groups = case.y[:, k], case.p[:, k], case.groups
    chances = p.min() >= 0 and p.max() <= 1
    sensitivity = ppv = undefined("no threshold was given", case.patients)
    if called is not None:
        sensitivity = share_of_rows("report", called, y, f"nobody is {name!r}", groups)
        ppv = share_of_rows("report", y, called, f"nobody is called {name!r}", groups)
    found = {
        "sensitivity": sensitivity,
        "ppv": ppv,
        "auroc": auroc(y, p, groups=groups),
        "auprc": precision_area(replace(case, y=y, p=p), p),
        "brier": brier_score(y, p, groups=groups) if chances else undefined("no probabilities", case.patients),
    }
    row = (name, f"{int(y.sum()):,}", *(value.text(2) for value in found.values()))
    return row, {f"{key}_{name}": value for key, value in found.items()}


def _confusion(case: Case, called: np.ndarray, names, order, numbers: dict[str, Estimate]) -> Table:
    """Return the table of truth against answer, and note the accuracy."""
    counts = case.y[:, order].T.astype(np.int64) @ called[:, order]
    right = (case.y & called).any(axis=1)
    numbers["accuracy"] = share_of_rows("report", right, np.ones(case.n, bool), "there are no patients", case.groups)
    largest = float(case.y.mean(axis=0).max())
    rows = [(names[k], *(f"{n:,}" for n in row)) for k, row in zip(order, counts, strict=True)]
    accuracy = cells("", numbers["accuracy"])
    return Table(
        "Rows are the truth, columns the answer",
        ("Truth", *(names[k] for k in order)),
        rows,
        f"Accuracy {accuracy[1]}, 95 % interval {accuracy[2]}, n = {accuracy[3]}; "
        f"always the largest class: {largest:.3f}.",
    )
