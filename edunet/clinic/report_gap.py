"""How much of the best possible a model leaves, with its interval: both are measured in the same patients."""

from __future__ import annotations

from edunet.clinic.auprc import auprc
from edunet.clinic.auroc import compare_auroc
from edunet.clinic.bootstrap import bootstrap_difference
from edunet.clinic.estimate import Estimate, undefined
from edunet.clinic.means import mean_estimate
from edunet.clinic.report_case import Case

__all__ = ["RESAMPLES", "gap"]

RESAMPLES = 200  # of the patients, where an interval has no formula


def gap(key: str, case: Case) -> Estimate:
    """Return best possible less model of one measure, positive where the model is worse; "not computed" of others.

        AUROC           paired DeLong            AUPRC    percentiles of samples of patients
        Brier score     mean of (p_i − y_i)² − (b_i − y_i)², b the best possible; scaled by π(1−π) held as it is
        net benefit     mean of what each patient counts for b less what for p

    >>> from edunet.clinic.report_case import read_case
    >>> y, p, best = [0, 0, 1, 1, 0, 1], [0.2, 0.6, 0.5, 0.7, 0.3, 0.4], [0.1, 0.3, 0.6, 0.9, 0.2, 0.7]
    >>> case = read_case(y, p, None, None, best, None, None, None, True, 0)
    >>> gap("brier", case).text(2)
    '0.13 [0.02 to 0.25]'
    """
    y, p, best, groups = case.y, case.p, case.best, case.groups
    if best is None:
        return undefined("the best possible is not known")
    if key == "auroc":
        return compare_auroc(y, best, p, groups=groups).difference
    if key == "auprc":
        return bootstrap_difference(auprc, y, best, p, groups=groups, n=RESAMPLES, seed=case.seed)
    if key in ("brier", "scaled_brier"):
        scale = 1.0 if key == "brier" else y.mean() * (1 - y.mean())
        return mean_estimate(((p - y) ** 2 - (best - y) ** 2) / scale, "paired, Student's t", groups=groups)
    if key == "net_benefit":
        t = float(case.threshold or 0.5)
        worth = ((best >= t) * 1.0 - (p >= t)) * (y - (1 - y) * t / (1 - t))
        return mean_estimate(worth, "paired, Student's t", groups=groups)
    return undefined("it depends on the threshold")
