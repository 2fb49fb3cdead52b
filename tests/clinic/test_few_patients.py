"""Every sample of up to three patients: an interval holds its value, and NaN says why. Warnings are errors."""

import itertools
import math

import pytest

from edunet.clinic.auprc import auprc
from edunet.clinic.auroc import auroc, compare_auroc
from edunet.clinic.bootstrap import bootstrap_ci
from edunet.clinic.confusion import accuracy, sensitivity, specificity
from edunet.clinic.confusion_scores import balanced_accuracy, f1_score, youden
from edunet.clinic.estimate import Estimate
from edunet.clinic.likelihood import diagnostic_odds_ratio, likelihood_ratios
from edunet.clinic.operating_points import sensitivity_at, specificity_at
from edunet.clinic.partial_auroc import partial_auroc
from edunet.clinic.predictive import npv, ppv
from edunet.clinic.prior import estimate_prior

SAMPLES = [
    (y, p)
    for n in range(4)
    for y in itertools.product((0, 1), repeat=n)
    for p in itertools.product((0.0, 0.5, 1.0), repeat=n)
]


def whose(y):
    """The first two rows are of one patient."""
    return ["a", "a", "b"][: len(y)]


METRICS = {
    **{
        metric.__name__: metric
        for metric in (
            *(accuracy, auprc, auroc, balanced_accuracy, diagnostic_odds_ratio, f1_score, npv, ppv),
            *(sensitivity, sensitivity_at, specificity, specificity_at, youden),
        )
    },
    **{
        f"{metric.__name__} in groups": lambda y, p, metric=metric: metric(y, p, groups=whose(y))
        for metric in (accuracy, auroc, npv, ppv, sensitivity, specificity)
    },
    **{
        f"{metric.__name__} elsewhere in groups": lambda y, p, metric=metric: metric(
            y, p, prevalence=0.02, groups=whose(y)
        )
        for metric in (npv, ppv)
    },
    "LR+ in groups": lambda y, p: likelihood_ratios(y, p, groups=whose(y)).positive,
    "bootstrap_ci": lambda y, p: bootstrap_ci(auroc, y, p, n=100) if sum(y) == 2 else auroc(y, p),
    "compare_auroc": lambda y, p: compare_auroc(y, p, [q > 0.2 for q in p]).difference,
    "estimate_prior": lambda y, p: estimate_prior(p, 0.3),
    "LR+": lambda y, p: likelihood_ratios(y, p).positive,
    "LR-": lambda y, p: likelihood_ratios(y, p).negative,
    "npv elsewhere": lambda y, p: npv(y, p, prevalence=0.02),
    "partial_auroc": lambda y, p: partial_auroc(y, p, max_fpr=0.6),
    "partial_auroc of the ill": lambda y, p: partial_auroc(y, p, min_tpr=0.4),
    "ppv elsewhere": lambda y, p: ppv(y, p, prevalence=0.02),
}


@pytest.mark.parametrize("name", METRICS)
def test_every_sample(name):
    wrong = []
    for y, p in SAMPLES:
        found = METRICS[name](y, p)
        whole = isinstance(found, Estimate) and math.isnan(found) == bool(found.why) and found.n <= len(y)
        there = math.isnan(found.low) or found.low - 1e-12 <= found <= found.high + 1e-12
        told = math.isnan(found) or found.how
        if not (whole and there and told):
            wrong.append((y, p, found))
    assert wrong == []
