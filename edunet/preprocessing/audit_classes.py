"""Classes that few have: what accuracy then says, and how little a test of them can."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edunet.preprocessing.audit_codes import classes_of, codes_of
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_report import Finding
from edunet.preprocessing.audit_writing import share

__all__ = ["CHECKS", "NEEDS", "rare_class"]

SHARE = 0.10  # of the rows: below, always answering the other class is right nine times of ten
SELDOM = 0.25  # of the rows: above, classes are as good as balanced, only few
ROWS = 50  # below, a fifth kept for a test holds fewer than ten of the class
EVENTS = 100  # that a validation should have, and as many without (Collins, Ogundimu & Altman 2016)


def rare_class(frame: Frame) -> Iterator[Finding]:
    """Find a class with fewer than 10 % of the rows, or fewer than 50 of them, or a target of one class.

    Where patients are known, the evidence counts them too: ten visits of one patient are one event.
    """
    target = frame.target
    if target is None:
        return
    codes, names = classes_of(target)
    known = codes >= 0
    if not names or known.sum() < 2:
        return
    count = np.bincount(codes[known], minlength=len(names))
    n = int(count.sum())
    if len(names) == 1:
        yield Finding(
            "one class",
            (target.name,),
            f"Everybody has the same {target.name}: {names[0]}.",
            f"{n:,} of {n:,} rows.",
            "There is nothing to tell apart: every answer is right, and no AUC can be computed.",
            "Look whether a filter or a join has taken the other class away.",
        )
    elif count.min() < max(SHARE * n, ROWS):
        yield _few(frame, target.name, names, count, _patients(frame, codes == int(count.argmin())))


def _few(frame: Frame, target: str, names: list[str], count: np.ndarray, patients: str) -> Finding:
    n, m, most, columns = int(count.sum()), int(count.min()), int(count.argmax()), max(len(frame.columns), 1)
    evidence = f"{m:,} rows ({share(m, n)}){patients}, {m / columns:.1f} for each of {columns} columns"
    consequence = f"A fifth kept for a test holds {m / 5:.0f} of this class: every figure about it is a guess."
    repair = "Test by grouped_kfold, all parts together"
    if m < SELDOM * n:
        each = zip(names, count.tolist(), strict=True)
        weights = sorted((int(name) if name.isdigit() else 0, name, n / (len(names) * c)) for name, c in each)
        weight = ", ".join(f"{name if name.isdigit() else k}: {w:.2g}" for k, (_, name, w) in enumerate(weights))
        consequence = f"A useless model gets an accuracy of {count[most] / n:.3f}. {consequence}"
        repair = (
            f"model.fit(..., class_weight={{{weight}}}); judge by average precision beside its trivial value "
            f"{m / n:.3f}, not by accuracy"
        )
    return Finding(
        "rare class" if m < SELDOM * n else "few rows of a class",
        (target,),
        f"Few rows have {target} = {names[int(count.argmin())]}: {m:,} of {n:,}.",
        f"{evidence}; always answering {names[most]} is right in {share(count[most], n)}.",
        consequence,
        f"{repair}; collect at least {EVENTS} of this class for a validation",
    )


def _patients(frame: Frame, ill: np.ndarray) -> str:
    if frame.patient is None:
        return ""
    whose = codes_of(frame.patient)[0][ill]
    return f" of {len(np.unique(whose[whose >= 0]))} patients"


CHECKS = {"rare class": rare_class}
NEEDS = {"rare class": "target"}
