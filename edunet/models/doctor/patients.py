"""Patients on both sides of a split."""

import numpy as np

from edunet.models.doctor.case import Case
from edunet.models.doctor.report import Finding

__all__ = ["CHECKS", "names_of", "whose"]


def names_of(groups):
    """Return whose each row is as numbers or texts that can be sorted, "" where that is missing; None for None."""
    if groups is None:
        return None
    try:
        flat = np.ravel(np.asarray(groups))
    except ValueError:  # lists of different lengths
        flat = np.array([str(g) for g in groups])
    if flat.dtype.kind in "biu" or (flat.dtype.kind == "f" and np.isfinite(flat).all()):
        return flat
    names = [str(g) for g in flat.tolist()]
    return np.array(["" if name in ("None", "nan", "NaN", "<NA>", "NaT") else name for name in names])


def patients_on_both_sides(case: Case):
    """The same patient in training and validation: what is remembered looks like what was learned."""
    learn, judge = case.groups, case.validation_groups
    if learn is None:
        return
    n = len(case.inputs[0].data)
    pairs = [("x", n, learn)]
    if case.held_out and judge is not None:
        pairs.append(("validation_data", len(case.held_out[0].data), judge))
    for name, rows, groups in pairs:
        if len(groups) != rows:
            yield Finding(
                "groups do not fit",
                f"groups says whose each row is: expected one entry for every row of {name}.",
                f"{name} has {rows} rows, groups {len(groups)} entries.",
                "Take them from the same table: groups=table['patient_id'].",
            )
            return
    nobody = sum(int((groups == "").sum()) for _, _, groups in pairs if groups.dtype.kind == "U")
    if nobody:
        yield Finding(
            "patients not known",
            f"Whose {nobody} rows are is not known: they may be on both sides of a split.",
            "groups is None or NaN there.",
            f"Leave them out: ok = np.array([g is not None and g == g for g in groups]); {case.taken('ok')}; "
            "groups = np.asarray(groups)[ok].",
        )
    if case.cut is not None:
        learn, judge = learn[: case.cut], learn[case.cut :]
    elif judge is None or len(pairs) == 1:
        return
    if "U" in (learn.dtype.kind, judge.dtype.kind):
        learn, judge = learn.astype(str), judge.astype(str)
    both = np.setdiff1d(np.intersect1d(learn, judge), [""] if learn.dtype.kind == "U" else [])
    if len(both):
        rows = int(np.isin(judge, both).sum())
        yield Finding(
            "patients on both sides",
            f"{len(both)} patients are in training and in validation: the figures will be too good.",
            f"{', '.join(map(str, both[:5]))}{', ...' * (len(both) > 5)}; {rows} of {len(judge)} rows of validation "
            "are theirs.",
            f"Split whole patients: {whose(case)}held = np.isin(groups, np.unique(groups)[::5]); "
            "fit(x[~held], y[~held], validation_data=(x[held], y[held])).",
        )


def whose(case: Case) -> str:
    """Write how names of several kinds are made texts, so that they can be sorted."""
    return "groups = np.asarray(groups).astype(str); " if np.asarray(case.groups).dtype.kind == "U" else ""


CHECKS = {"patients on both sides": patients_on_both_sides}
