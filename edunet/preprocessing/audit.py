"""What is wrong with this table? One line before the first model."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from edunet.preprocessing import (
    audit_classes,
    audit_constant,
    audit_dates,
    audit_digits,
    audit_drift,
    audit_leaks,
    audit_missing,
    audit_repeats,
    audit_selection,
    audit_sentinels,
    audit_swaps,
    audit_units,
    audit_values,
)
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_report import Audit, Finding

__all__ = ["Audit", "Finding", "audit"]

Check = Callable[[Frame], Iterator[Finding]]
CHECKS: dict[str, Check] = (  # what falsifies a score first, what blurs it last
    audit_leaks.CHECKS
    | audit_repeats.CHECKS
    | audit_selection.CHECKS
    | audit_sentinels.CHECKS
    | audit_units.CHECKS
    | audit_swaps.CHECKS
    | audit_values.CHECKS
    | audit_dates.CHECKS
    | audit_missing.CHECKS
    | audit_drift.CHECKS
    | audit_constant.CHECKS
    | audit_classes.CHECKS
    | audit_digits.CHECKS
)
NEEDS: dict[str, str] = (  # check -> "target", "patient", "time" or "site": it is not made without
    audit_leaks.NEEDS | audit_selection.NEEDS | audit_missing.NEEDS | audit_drift.NEEDS | audit_classes.NEEDS
)


def audit(frame, target=None, patient=None, time=None, site=None) -> Audit:
    """Say what is wrong with a table, each thing with its evidence, what it does to a model, and what to type.

    Args: frame, a pandas DataFrame, a Table, Cohort or Records of `edunet.datasets`, a dict of columns, an array (N,C),
    plain or structured, or a list of dicts; target, what is to be predicted, the name of a column or an array (N,);
    patient, whose row it is; time, when it was measured; site, where: each a name or (N,), and not needed. A Table or
    Cohort brings its own.
    Returns `Audit`. Nothing is changed. No finding is no proof: what a number means only those know who measured it.
    Raises TypeError for what is no table, ValueError for columns of different lengths and for names that are no column.

    """
    table = read_frame(frame, target=target, patient=patient, time=time, site=site)
    findings: list[Finding] = []
    left_out = {name: f"{need}=..." for name, need in NEEDS.items() if getattr(table, need) is None}
    made = tuple(name for name in CHECKS if name not in left_out)
    for name in made:
        findings += _made(name, CHECKS[name], table)
    return Audit(tuple(findings), made, left_out, table.n, len(table.every()), table.given_as)


def _made(name: str, check: Check, table: Frame) -> list[Finding]:
    """Return what a check finds; data so odd that it fails are a finding themselves."""
    try:
        with np.errstate(all="ignore"):
            return list(check(table))
    except Exception as error:  # the audit reports and never raises because of what is in the data
        return [
            Finding(
                f"{name}: not looked at",
                (),
                "These data could not be examined.",
                f"{type(error).__name__}: {error}",
                "What this check looks for may be there.",
                "Look at the types of the columns.",
            )
        ]
