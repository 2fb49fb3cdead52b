"""The gap to the best possible: the difference of both numbers, known better than either."""

import math

import numpy as np
import pytest

from edunet.clinic.auprc import auprc
from edunet.clinic.auroc import auroc
from edunet.clinic.brier import brier_score, scaled_brier
from edunet.clinic.net_benefit import net_benefit
from edunet.clinic.report_case import read_case
from edunet.clinic.report_gap import gap

METRICS = {
    "auroc": (auroc, 1),
    "auprc": (auprc, 1),
    "brier": (brier_score, -1),
    "scaled_brier": (scaled_brier, 1),
    "net_benefit": (lambda y, p: net_benefit(y, p, 0.3), 1),
}


def case(n=400, groups=None, seed=0, noise=0.5):
    rng = np.random.default_rng(seed)
    risk = rng.beta(1, 3, n)
    p = 1 / (1 + np.exp(-(np.log(risk / (1 - risk)) + rng.normal(0, noise, n))))
    return read_case(rng.random(n) < risk, p, groups, None, risk, 0.3, None, None, True, 0)


@pytest.mark.parametrize("key", METRICS)
def test_it_is_the_difference_of_both_numbers(key):
    metric, sign = METRICS[key]
    there = case()
    found = gap(key, there)
    both = metric(there.y, there.best), metric(there.y, there.p)
    assert float(found) == pytest.approx(sign * (float(both[0]) - float(both[1])), abs=1e-12)
    assert found.low < found < found.high
    assert found.high - found.low < both[1].high - both[1].low  # the same patients: what is hard for both drops out


@pytest.mark.parametrize("key", METRICS)
def test_rows_of_a_patient_are_no_patients(key):
    one, there = case(120), case(120)
    many = read_case(
        np.repeat(there.y, 6), np.repeat(there.p, 6), np.repeat(np.arange(120), 6), None, np.repeat(there.best, 6),
        0.3, None, None, True, 0,
    )  # fmt: skip
    once, again = gap(key, one), gap(key, many)
    assert again.high - again.low == pytest.approx(once.high - once.low, rel=0.2)


@pytest.mark.parametrize("key", ["auroc", "brier", "net_benefit"])
def test_the_interval_holds_what_a_model_leaves(key):
    """The mean gap of 20,000 patients lies in 95 of 100 intervals of 300 patients."""
    truth = float(gap(key, case(20_000, seed=1)))
    held = [gap(key, case(300, seed=10 + k)) for k in range(200)]
    assert 0.9 <= np.mean([found.low <= truth <= found.high for found in held]) <= 0.99


def test_what_has_no_better_has_no_gap():
    assert math.isnan(gap("sensitivity", case()))
