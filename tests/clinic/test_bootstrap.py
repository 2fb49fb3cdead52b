"""Intervals from samples of patients."""

import math

import numpy as np
import pytest

from edunet.clinic.auprc import auprc
from edunet.clinic.auroc import auroc, compare_auroc
from edunet.clinic.bootstrap import bootstrap_ci, bootstrap_difference
from edunet.clinic.confusion import sensitivity
from edunet.clinic.predictive import ppv
from edunet.metrics import AUC, BinaryAccuracy, average_precision, roc_auc

rng = np.random.default_rng(6)
Y = np.arange(120) % 3 == 0
P = 1 / (1 + np.exp(-rng.normal(size=120) - Y))
FEW = {"n": 200}


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_near_delongs_interval(method):
    y = np.arange(600) % 2 == 0
    p = np.random.default_rng(0).normal(size=600) + y
    found, delong = bootstrap_ci(auroc, y, p, n=1000, method=method), auroc(y, p)
    assert float(found) == float(delong)
    assert found.interval == pytest.approx(delong.interval, abs=0.006)


@pytest.mark.parametrize(
    ("metric", "same"),
    [
        (auroc, lambda y, p: float(auroc(y, p))),
        (auprc, lambda y, p: float(auprc(y, p))),
        (roc_auc, lambda y, p: roc_auc(y, p)),
        (average_precision, lambda y, p: average_precision(y, p)),
        (AUC(), lambda y, p: AUC()(y, p)),
        (BinaryAccuracy(), lambda y, p: ((p > 0.5) == y).mean()),
    ],
    ids=["auroc", "auprc", "roc_auc", "average_precision", "AUC", "BinaryAccuracy"],
)
def test_weights_and_rows_give_the_same(metric, same):
    """What takes weights is given them; a function of y and p only is given the rows that were drawn."""
    found, by_rows = bootstrap_ci(metric, Y, P, **FEW), bootstrap_ci(same, Y, P, **FEW)
    assert (found, *found.interval) == pytest.approx((by_rows, *by_rows.interval), rel=1e-12)


def test_same_seed_same_numbers():
    one, again, other = (bootstrap_ci(auroc, Y, P, seed=seed, **FEW) for seed in (1, 1, 2))
    assert repr(one) == repr(again)
    assert one.interval != other.interval


def test_a_generator_goes_on():
    source = np.random.default_rng(0)
    assert (
        bootstrap_ci(auroc, Y, P, seed=source, **FEW).interval != bootstrap_ci(auroc, Y, P, seed=source, **FEW).interval
    )


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_one_row_a_patient_is_the_plain_one(method):
    names = [f"patient {i}" for i in np.random.default_rng(0).permutation(120)]
    found = bootstrap_ci(auroc, Y, P, groups=names, method=method, **FEW)
    assert repr(found) == repr(bootstrap_ci(auroc, Y, P, method=method, **FEW))
    assert found.how == bootstrap_ci(auroc, Y, P, method=method, **FEW).how


def test_alike_rows_are_worth_one():
    many = [np.repeat(part, 10) for part in (Y, P)]
    whose = np.repeat(np.arange(120), 10)
    whole, naive = bootstrap_ci(auroc, *many, groups=whose, **FEW), bootstrap_ci(auroc, *many, **FEW)
    assert whole.interval == pytest.approx(bootstrap_ci(auroc, Y, P, **FEW).interval, abs=1e-12)
    assert naive.high - naive.low < (whole.high - whole.low) / 2.5
    assert whole.n == 120
    assert "120 patients with 1,200 rows" in whole.how


def test_all_rows_of_a_patient_come_together():
    whose = np.repeat(np.arange(40), 3)
    sizes = []

    def counted(y, p):
        _, rows = np.unique(p, return_counts=True)  # each row has its own p: how often it was drawn
        times = dict(zip(np.unique(p), rows, strict=True))
        sizes.append(all(len({times.get(v, 0) for v in P[whose == i]}) == 1 for i in range(40)))
        return 0.5

    bootstrap_ci(counted, np.repeat(Y[:40], 3), P, groups=whose, n=100)
    assert sizes.count(True) == len(sizes) > 100


def test_stratified_samples_have_as_many_ill():
    ill = set()
    bootstrap_ci(lambda y, p: ill.add(int(y.sum())) or 0.5, Y, P, n=100)
    assert ill == {40}
    bootstrap_ci(lambda y, p: ill.add(int(y.sum())) or 0.5, Y, P, n=100, stratified=False)
    assert len(ill) > 5


def test_patients_with_both_outcomes_are_drawn_together():
    found = bootstrap_ci(auroc, Y, P, groups=np.arange(120) // 4, **FEW)
    assert "separately" not in found.how
    assert "separately" in bootstrap_ci(auroc, Y, P, **FEW).how


def test_samples_without_a_value_are_counted_and_told():
    y, p = [1, 0, 0, 0, 0, 0], [0.9, 0.1, 0.2, 0.8, 0.3, 0.95]
    found = bootstrap_ci(auroc, y, p, stratified=False, **FEW)
    left_out = int(found.how.split("; ")[1].split(" ")[0])
    assert 30 < left_out < 100  # no ill one in (5/6)⁶ = 33 of 100 samples
    assert not math.isnan(found.low)


def test_mostly_without_a_value_there_is_no_interval():
    calls = iter(range(10_000))
    found = bootstrap_ci(lambda y, p: 0.5 if next(calls) % 3 < 1 else math.nan, Y, P, n=100)
    assert math.isnan(found) or math.isnan(found.low)
    assert "no interval" in found.how or found.why


@pytest.mark.parametrize(
    ("y", "groups", "why"),
    [
        ([0, 1, 1], ["a", "a", "a"], "one patient"),
        ([0, 0, 1], None, "the only ill, or the only healthy one"),
        ([0, 0, 1, 1], ["a", "a", "b", "b"], "the only ill, or the only healthy one"),
    ],
    ids=["one patient", "one ill row", "one ill patient"],
)
def test_one_patient_does_not_tell_how_others_are(y, groups, why):
    found = bootstrap_ci(auroc, y, np.arange(len(y)) / 10, groups=groups, n=100)
    assert float(found) == float(auroc(y, np.arange(len(y))))
    assert math.isnan(found.low)
    assert why in found.how


def test_what_is_not_computed_says_why():
    assert bootstrap_ci(lambda y, p: ppv(y, p, 2.0), Y, P, **FEW).why == "nobody is called ill"
    assert bootstrap_ci(auroc, [], [], **FEW).why == "there are no patients"
    assert bootstrap_ci(auroc, [1, 1], [0.1, 0.2], **FEW).why == "nobody is healthy"
    assert bootstrap_difference(auroc, [1, 1], [0.1, 0.2], [0.2, 0.1], **FEW).why == "nobody is healthy"


def test_infinite_ratios_have_an_end():
    def ratio(y, p):
        wrong = (~(y == 1) & (p >= 0.88)).sum()
        return (y[p >= 0.88] == 1).sum() / wrong if wrong else math.inf

    found = bootstrap_ci(ratio, Y, P, **FEW)
    assert math.isfinite(found.low)
    assert found.high == math.inf


def test_bca_of_a_skewed_metric_lies_higher():
    """The average precision of a sample is too large on the average; BCa takes it back."""
    plain, shifted = (bootstrap_ci(auprc, Y, P, method=method) for method in ("percentile", "bca"))
    assert shifted.low < plain.low


def test_paired_difference_is_that_of_delong():
    y = np.arange(600) % 2 == 0
    common = np.random.default_rng(0).normal(size=(3, 600))
    p1, p2 = common[0] + 0.5 * common[1] + y, common[0] + 0.5 * common[2] + 0.8 * y
    found, delong = bootstrap_difference(auroc, y, p1, p2, n=1000), compare_auroc(y, p1, p2).difference
    assert found == pytest.approx(delong, abs=1e-12)
    assert found.interval == pytest.approx(delong.interval, abs=0.006)


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_a_perfect_area_is_not_certain(method):
    found = bootstrap_ci(auroc, Y, Y + 0.01 * P, **FEW, method=method)
    assert float(found) == 1
    assert math.isnan(found.low)
    assert "the same in all" in found.how


def test_difference_of_the_same_is_none():
    found = bootstrap_difference(sensitivity, Y, P, P, **FEW)
    assert (float(found), found.interval) == (0, (0, 0))


@pytest.mark.parametrize("n", [10, 0, 2000.5, True, "many"])
def test_numbers_of_samples_that_are_none(n):
    with pytest.raises(ValueError, match="n, the number of samples, is a whole number >= 100"):
        bootstrap_ci(auroc, Y, P, n=n)


def test_other_methods():
    with pytest.raises(ValueError, match="Did you mean 'percentile'"):
        bootstrap_ci(auroc, Y, P, method="percentiles")


def test_metrics_that_are_none():
    with pytest.raises(TypeError, match="metric is a function"):
        bootstrap_ci("auroc", Y, P)
    with pytest.raises(TypeError, match="a metric returns one number"):
        bootstrap_ci(lambda y, p: None, Y, P, n=100)


def test_seeds_that_are_none():
    with pytest.raises(TypeError, match="seed is a whole number"):
        bootstrap_ci(auroc, Y, P, seed="today")


def test_the_callers_metric_keeps_what_it_has_counted():
    metric = BinaryAccuracy()
    before = metric([1, 0], [0.9, 0.8])
    bootstrap_ci(metric, Y, P, n=100)
    assert metric.result() == before


def test_metrics_of_scikit_learn_are_weighed():
    sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed: pip install scikit-learn")
    assert bootstrap_ci(sklearn.roc_auc_score, Y, P, **FEW).interval == pytest.approx(
        bootstrap_ci(auroc, Y, P, **FEW).interval, rel=1e-12
    )
    assert bootstrap_ci(sklearn.brier_score_loss, Y, P, **FEW).low > 0
