"""What the predictions themselves tell for the model card; all else stays a question."""

from __future__ import annotations

from edunet.clinic.estimate import Estimate
from edunet.clinic.report_case import Case

__all__ = ["known_items"]


def known_items(case: Case, numbers: dict[str, Estimate], trail: tuple[str, ...]) -> dict[str, str]:
    """Return item -> text for the items of TRIPOD+AI that follow from what was judged."""
    known = {
        "10": f"{case.n:,} rows of {case.patients:,} patients were judged" + _events(case) + ".",
        "12e": "AUROC, average precision, sensitivity, specificity, PPV, NPV, Brier score, calibration and net "
        "benefit, each with a 95 % interval; see above.",
        "23a": "; ".join(f"{name} {numbers[key]}" for key, name in KEY.items() if key in numbers) + ". See above.",
    }
    if trail:
        known["7"] = " ".join(trail)
    if case.threshold is not None and case.p.ndim == 1:
        kind = "a probability" if case.is_probability else "a score that is no probability"
        known["15"] = f"The model gives {kind}; called {case.names[1]} from {float(case.threshold):.4g} on."
    if case.subgroup:
        known["14"] = f"Performance was looked at by {', '.join(case.subgroup)}; see the subgroups above."
    if case.synthetic:
        known["5a"] = "SYNTHETIC patients, drawn by a generator whose true risks are known."
    return known


KEY = {"auroc": "AUROC", "auprc": "average precision", "calibration_slope": "calibration slope", "brier": "Brier score"}


def _events(case: Case) -> str:
    if case.p.ndim > 1:
        return f", of {case.p.shape[1]} classes"
    return f", {case.events:,} with the outcome and {case.n - case.events:,} without"
