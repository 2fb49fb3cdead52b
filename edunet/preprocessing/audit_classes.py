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
        return
    rare, most = int(count.argmin()), int(count.argmax())
    if count[rare] >= SHARE * n and count[rare] >= ROWS:
        return
    columns = max(len(frame.columns), 1)
    weight = ", ".join(f"{_key(name, k)}: {n / (len(names) * count[k]):.2g}" for k, name in enumerate(names))
    yield Finding(
        "rare class",
        (target.name,),
        f"Few rows have {target.name} = {names[rare]}: {count[rare]:,} of {n:,}.",
        f"{count[rare]:,} rows ({share(count[rare], n)}){_patients(frame, codes == rare)}, "
        f"{count[rare] / columns:.1f} for each of {columns} columns; always answering {names[most]} is right in "
        f"{share(count[most], n)}.",
        f"A useless model gets an accuracy of {count[most] / n:.3f}; a fifth kept for a test holds "
        f"{count[rare] / 5:.0f} of this class, so that every figure about it is a guess.",
        f"model.fit(..., class_weight={{{weight}}}); judge by average precision beside its trivial value "
        f"{count[rare] / n:.3f}, not by accuracy; collect at least {EVENTS} of this class for a validation",
    )


def _key(name: str, k: int) -> str:
    return name if name.isdigit() else str(k)


def _patients(frame: Frame, ill: np.ndarray) -> str:
    if frame.patient is None:
        return ""
    whose = codes_of(frame.patient)[0][ill]
    return f" of {len(np.unique(whose[whose >= 0]))} patients"


CHECKS = {"rare class": rare_class}
NEEDS = {"rare class": "target"}
