"""What the predictions themselves tell for the model card; all else stays a question."""

from __future__ import annotations

from edunet.clinic.estimate import Estimate
from edunet.clinic.report_case import Case
from edunet.clinic.threshold import Threshold

__all__ = ["half_known", "known_items"]

KEY = {"auroc": "AUROC", "auprc": "average precision", "calibration_slope": "calibration slope", "brier": "Brier score"}


def known_items(case: Case, numbers: dict[str, Estimate]) -> dict[str, str]:
    """Return item -> text for the items of TRIPOD+AI that follow from what was judged."""
    prefix, about = ("", "") if case.p.ndim == 1 else ("rarest_", "Of the rarest class alone: ")
    found = {name: numbers[prefix + key] for key, name in KEY.items() if prefix + key in numbers}
    known = {"23a": about + "; ".join(f"{name} {value}" for name, value in found.items()) + ". See above."}
    if case.synthetic:
        best = "" if case.best is None else ", drawn by a generator whose true risks are known"
        known["5a"] = f"SYNTHETIC patients{best}."
    t = case.threshold
    if isinstance(t, Threshold) and t.wanted and case.p.ndim == 1:
        rows = "patients" if case.groups is None else "rows"
        known["15"] = _output(case) + f" The threshold was chosen for {t.wanted} on {t.n:,} {rows}."
    return known


def half_known(case: Case, trail: tuple[str, ...]) -> dict[str, str]:
    """Return item -> text for the items of which the predictions tell one half, and a person must write the other."""
    facts = {
        "10": f"{case.n:,} rows of {case.patients:,} patients were judged" + _events(case) + ".",
        "12e": _measures(case),
    }
    if trail:
        facts["7"] = "As told above, under 'What was done to the data'."
    if case.threshold is not None and case.p.ndim == 1:
        facts["15"] = _output(case)
    if case.subgroup:
        facts["14"] = f"Performance was looked at by {', '.join(case.subgroup)}; see the subgroups above."
    return facts


def _output(case: Case) -> str:
    kind = "a probability" if case.is_probability else "a score that is no probability"
    return f"The model gives {kind}; called {case.names[1]} from {float(case.threshold or 0):.4g} on."


def _measures(case: Case) -> str:
    names = ["AUROC", "average precision"]
    if case.p.ndim > 1 or case.threshold is not None:
        names += ["sensitivity", "specificity", "PPV", "NPV"]
    if case.is_probability:
        names += ["Brier score", "calibration", "net benefit"]
    about = "" if case.p.ndim == 1 else ", of the rarest class, and the first of them of each class,"
    return f"{', '.join(names[:-1])} and {names[-1]}{about} with 95 % intervals where they can be computed; see above."


def _events(case: Case) -> str:
    if case.p.ndim > 1:
        return f", of {case.p.shape[1]} classes"
    return f", {case.events:,} with the outcome and {case.n - case.events:,} without"
