"""Discrimination against scikit-learn, to the last digits, over odd cases."""

import warnings

import numpy as np
import pytest

from edunet.clinic.auprc import auprc
from edunet.clinic.auroc import auroc
from edunet.clinic.confusion import accuracy, confusion, sensitivity, specificity
from edunet.clinic.confusion_scores import balanced_accuracy, f1_score
from edunet.clinic.curves import pr_curve, roc_curve
from edunet.clinic.likelihood import likelihood_ratios
from edunet.clinic.partial_auroc import partial_auroc
from edunet.clinic.predictive import npv, ppv

sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed: pip install scikit-learn")

rng = np.random.default_rng(0)


def drawn(n: int, prevalence: float = 0.3, digits: int = 16, ill: int | None = None):
    y = rng.random(n) < prevalence if ill is None else np.arange(n) < ill
    return y, np.round(1 / (1 + np.exp(-rng.normal(size=n) - 1.2 * y + 0.5)), digits)


CASES = {
    "plain": drawn(200),
    "ties": drawn(200, digits=1),
    "one ill": drawn(50, ill=1),
    "one healthy": drawn(50, ill=49),
    "three patients": (np.array([0, 1, 0]), np.array([0.2, 0.7, 0.7])),
    "two patients": (np.array([1, 0]), np.array([0.9, 0.1])),
    "all alike": (np.array([0, 1, 1, 0]), np.full(4, 0.5)),
    "all wrong": (np.array([1, 1, 0, 0, 0]), np.array([0.1, 0.2, 0.6, 0.7, 0.8])),
    "perfect": (np.array([0, 0, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.7, 0.8])),
    "only 0 and 1": (np.array([0, 1, 1, 0, 1]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])),
    "float32": (drawn(300)[0], drawn(300)[1].astype(np.float32)),
    "bool": (drawn(100)[0].astype(bool), drawn(100)[1]),
    "whole numbers": (drawn(100)[0].astype(np.int8), (drawn(100)[1] > 0.6).astype(int)),
    "columns": (drawn(60)[0][:, np.newaxis], drawn(60)[1][:, np.newaxis]),
    "lists": tuple(part.astype(float).tolist() for part in drawn(40)),
    "rare": drawn(5_000, prevalence=0.004),
    "100,000": drawn(100_000, digits=4),
}
THRESHOLDS = (0.5, 0.3, 1.5, -1.0)  # the last two are above and below all


@pytest.fixture(params=CASES)
def case(request):
    """Return labels and predictions, as given here and in a row of one type for scikit-learn."""
    y, p = CASES[request.param]
    return y, p, np.asarray(y).ravel().astype(int), np.asarray(p).ravel()


def same(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


def test_area(case):
    y, p, labels, scores = case
    same(auroc(y, p), sklearn.roc_auc_score(labels, scores))


def test_average_precision(case):
    y, p, labels, scores = case
    same(auprc(y, p), sklearn.average_precision_score(labels, scores))


@pytest.mark.parametrize("max_fpr", [0.001, 0.1, 0.5, 1.0])
def test_partial_area(case, max_fpr):
    y, p, labels, scores = case
    same(partial_auroc(y, p, max_fpr=max_fpr), sklearn.roc_auc_score(labels, scores, max_fpr=max_fpr))


@pytest.mark.parametrize("min_tpr", [0.2, 0.95])
def test_partial_area_turned_round(case, min_tpr):
    y, p, labels, scores = case
    same(partial_auroc(y, p, min_tpr=min_tpr), sklearn.roc_auc_score(1 - labels, -scores, max_fpr=1 - min_tpr))


def test_roc_curve(case):
    y, p, labels, scores = case
    for ours, theirs in zip(roc_curve(y, p), sklearn.roc_curve(labels, scores, drop_intermediate=False), strict=True):
        same(ours, theirs)


def test_precision_recall_curve(case):
    y, p, labels, scores = case
    for ours, theirs in zip(pr_curve(y, p), sklearn.precision_recall_curve(labels, scores), strict=True):
        same(ours, theirs)


def called(case):
    """Yield for each threshold labels, predictions and the threshold, and labels and answers for scikit-learn."""
    y, p, labels, scores = case
    for threshold in THRESHOLDS:
        yield (y, p, threshold), (labels, scores >= threshold)


def test_confusion(case):
    for ours, theirs in called(case):
        tn, fp, fn, tp = sklearn.confusion_matrix(*theirs, labels=[0, 1]).ravel()
        assert confusion(*ours) == (tp, fp, fn, tn)


SHARES = {
    "sensitivity": (sensitivity, lambda y, said: sklearn.recall_score(y, said, zero_division=np.nan)),
    "specificity": (specificity, lambda y, said: sklearn.recall_score(1 - y, ~said, zero_division=np.nan)),
    "ppv": (ppv, lambda y, said: sklearn.precision_score(y, said, zero_division=np.nan)),
    "npv": (npv, lambda y, said: sklearn.precision_score(1 - y, ~said, zero_division=np.nan)),
    "accuracy": (accuracy, sklearn.accuracy_score),
    "balanced accuracy": (balanced_accuracy, sklearn.balanced_accuracy_score),
    "f1": (f1_score, lambda y, said: sklearn.f1_score(y, said, zero_division=np.nan)),
}


@pytest.mark.parametrize("name", SHARES)
def test_shares(case, name):
    our_share, their_share = SHARES[name]
    for ours, theirs in called(case):
        same(our_share(*ours), their_share(*theirs))


def test_likelihood_ratios(case):
    """Where one is infinite, or nobody got the answer, scikit-learn says NaN and warns."""
    for ours, theirs in called(case):
        ratios = np.array(likelihood_ratios(*ours))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = np.array(sklearn.class_likelihood_ratios(*theirs, labels=[0, 1]))
        same(np.where(np.isfinite(ratios), ratios, np.nan), expected)
