"""What is wrong with this table? One line before the first model.

    looked for, in this order       found by
    leaks of the outcome            the AUC of one column alone, or a name that says it was written afterwards
    duplicate rows, patients        equal rows; ids on several rows
    classes chosen by their tests   a class that keeps to a range which three of four others leave
    codes and zeros                 -9, 999 far from all others; a zero that nobody has, by the name or by a gap
    words for missing values        ?, unknown, n/a; and words among numbers, numbers as words: <5, 12,5, 12 mg
    units                           two heaps whose distance is the factor between two units, or 10, 100, 1000
    swapped columns                 two values that are each ordinary in the other's column
    impossible values               beyond what a living patient has, by the name; negative amounts; infinities
    values far beyond               8 half-widths from the median across a wide gap, also as a factor
    a part above the whole          diastolic above systolic pressure, HDL above all cholesterol
    dates                           on no day, in the future, in two ways of writing, in the wrong order
    spellings                       f, female, F: one category in several ways of writing
    missing values                  how many, together, and by the answer or another column (ranks, chance < 0.001)
    drift                           sites, or early and late rows, that differ by more than chance
    constant columns, ids, copies   one value for all; names among the measurements; a column twice
    rare classes                    fewer than 10 % or 50 rows
    digit preference                0 and 5 as last digits in 35 % and more, by chance 20 %

The thresholds stand in the module of each, `audit_leaks.py` to `audit_digits.py`, with what they were set by: the
faults planted in `edunet.datasets.clinic_records` and known in public files are found, and of the clean ones (Wisconsin
diagnostic, diabetes, HCV, Rotterdam, PBC, heart failure) none has more than one false alarm. Small tables hide much:
most checks of numbers need 30 values, digit preference 100.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from edunet.preprocessing import (
    audit_classes,
    audit_constant,
    audit_copies,
    audit_dates,
    audit_digits,
    audit_drift,
    audit_leaks,
    audit_missing,
    audit_parts,
    audit_repeats,
    audit_selection,
    audit_sentinels,
    audit_spelling,
    audit_swaps,
    audit_units,
    audit_values,
)
from edunet.preprocessing.audit_frame import Frame
from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_report import Audit, Finding

__all__ = ["Audit", "Finding", "audit"]

Check = Callable[[Frame], Iterator[Finding]]
CHECKS: dict[str, Check] = {  # what falsifies a score first, what blurs it last
    **audit_leaks.CHECKS,
    **audit_repeats.CHECKS,
    **audit_selection.CHECKS,
    **audit_sentinels.CHECKS,
    **audit_units.CHECKS,
    **audit_swaps.CHECKS,
    **audit_values.CHECKS,
    **audit_parts.CHECKS,
    **audit_dates.CHECKS,
    **audit_spelling.CHECKS,
    **audit_missing.CHECKS,
    **audit_drift.CHECKS,
    **audit_constant.CHECKS,
    **audit_copies.CHECKS,
    **audit_classes.CHECKS,
    **audit_digits.CHECKS,
}
NEEDS: dict[str, str] = (  # check -> "target", "patient", "time" or "site": it is not made without
    audit_leaks.NEEDS | audit_selection.NEEDS | audit_missing.NEEDS | audit_drift.NEEDS | audit_classes.NEEDS
)


def audit(frame, target=None, patient=None, time=None, site=None) -> Audit:
    """Say what is wrong with a table: each thing with its evidence, what it does to a model, and what to type.

    Args: frame, a pandas DataFrame, a Table, Cohort or Records of `edunet.datasets`, a dict of columns, an array (N,C),
    plain or structured, or a list of dicts; target, what is to be predicted; patient, whose row it is; time, when it
    was measured; site, where: each the name of a column or an array (N,), and not needed. A Table or Cohort brings its
    own. Of a target of two values 1 of 0 and 1 is the event, otherwise the rarer.
    Returns `Audit`: it prints, shows itself in a notebook, `names()`, `about(column)`, `html()`, `save(path)`. What was
    not looked at, it says. Nothing is changed, and data never make it raise.
    Raises TypeError for what is no table, ValueError for columns of different lengths and for names that are no column.

    The usual misuse: to type all repairs unread. A finding is a question to those who measured: a zero may be a zero,
    and to delete what is far out removes the very ill. And no finding is no proof: a wrong value among the ordinary
    ones looks like them. Repairs that learn from the data, such as medians, belong into the training part alone.
    Source: the kinds of faults are those of N. G. Weiskopf, C. Weng, Methods and dimensions of electronic health record
    data quality assessment, Journal of the American Medical Informatics Association 20 (2013) 144-151.

    >>> rng = np.random.default_rng(0)
    >>> weight = rng.normal(75, 12, 200).round(1)
    >>> weight[:9] = -9
    >>> report = audit({"weight": weight, "age": rng.integers(20, 90, 200)})
    >>> report.names()
    ['missing value as a number']
    >>> print(report.findings[0])
    missing value as a number: -9 in weight seems to stand for 'not measured'.
        evidence:    How often: weight 9 (4 %); all other values of weight lie between 46.2 and 99.
        consequence: It is learnt as a measurement: means, scales and every weight of the column are bent towards it.
        repair:      v = np.asarray(columns['weight']); columns['weight'] = np.where(v == -9, np.nan, v); then
                     fill in, and keep a column of 0/1 for the gap.
    """
    table = read_frame(frame, target=target, patient=patient, time=time, site=site)
    findings: list[Finding] = []
    left_out = {name: f"{need}=..." for name, need in NEEDS.items() if getattr(table, need) is None}
    made = tuple(name for name in CHECKS if name not in left_out)
    for name in made:
        findings += _made(name, CHECKS[name], table)
    return Audit(tuple(findings), made, left_out, table.n, len(table.every()), table.synthetic, table.given_as)


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
