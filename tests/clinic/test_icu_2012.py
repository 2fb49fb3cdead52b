"""The scores of the challenge of 2012, beside a loop in the way of its own code, and on its set-a."""

import math
import tarfile
from pathlib import Path

import numpy as np
import pytest

from edunet.clinic.icu_2012 import event_1, event_2
from edunet.metrics import Precision, Recall

REAL = Path(__file__).parents[2].parent / "shared/data/icu2012/set-a.tar.xz"
RNG = np.random.default_rng(0)
RISK = RNG.beta(1, 6, 4000)
DIED = RNG.random(4000) < RISK


def by_hand(y, p):
    """As `lemeshow.m` goes about it: sort by risk, ten runs of N // 10."""
    order, size = sorted(range(len(p)), key=lambda i: p[i]), len(p) // 10
    h, means = 0.0, []
    for g in range(10):
        mine = order[g * size : (g + 1) * size]
        observed, mean = sum(y[i] for i in mine), sum(p[i] for i in mine) / size
        h += (observed - size * mean) ** 2 / (size * mean * (1 - mean) + 0.001)
        means.append(mean)
    return h / (means[9] - means[0])


@pytest.mark.parametrize("n", [10, 47, 100, 3996, 4000])
def test_event_2_equals_the_loop(n):
    assert float(event_2(DIED[:n], RISK[:n])) == pytest.approx(by_hand(DIED[:n], RISK[:n]), rel=1e-10)


def test_event_2_with_equal_risks_keeps_the_order():
    risk = np.round(RISK, 1)
    assert float(event_2(DIED, risk)) == pytest.approx(by_hand(DIED, risk), rel=1e-10)


def test_true_risks_score_less_than_wrong_ones():
    assert event_2(DIED, RISK) < 40 < event_2(DIED, RISK**1.5)


@pytest.mark.parametrize(
    ("y", "p", "why"),
    [
        ([1, 0] * 4, [0.5] * 8, "ten groups need ten patients"),
        ([1, 0] * 10, [0.5] * 20, "the first and the last tenth have the same risk"),
    ],
    ids=["eight patients", "one risk"],
)
def test_event_2_that_cannot_be_computed(y, p, why):
    assert event_2(y, p).why == why


def test_certain_risks_do_not_divide_by_nothing():
    assert float(event_2(np.arange(20) > 9, 1.0 * (np.arange(20) > 9))) == 0


def test_event_1_is_the_smaller_share():
    called = (RISK > 0.2) * 1.0
    assert float(event_1(DIED, RISK, threshold=0.2)) == min(Precision()(DIED, called), Recall()(DIED, called))


def test_event_1_takes_decisions():
    assert event_1([1, 1, 0, 0], [True, False, True, False]) == 0.5


def test_event_1_interval_is_that_of_resampled_patients():
    resample = np.random.default_rng(1).integers(0, 1000, (500, 1000))
    y, p = DIED[:1000], RISK[:1000]
    drawn = [float(event_1(y[rows], p[rows], threshold=0.2)) for rows in resample]
    assert event_1(y, p, threshold=0.2).interval == pytest.approx(np.percentile(drawn, [2.5, 97.5]), abs=0.012)


def test_event_1_repeats_itself():
    assert event_1(DIED, RISK).interval == event_1(DIED, RISK, seed=0).interval


def test_nobody_called_scores_nothing():
    assert event_1([1, 0, 0], [0.1, 0.2, 0.3]) == 0


@pytest.mark.parametrize(("p", "score"), [([0.9, 0.8, 0.1, 0.2], 1), ([0.1, 0.2, 0.9, 0.8], 0)], ids=["all", "none"])
def test_all_or_none_rightly_called_is_not_certain(p, score):
    found = event_1([1, 1, 0, 0], p)
    assert float(found) == score
    assert math.isnan(found.low)


def test_nobody_died():
    assert math.isnan(event_1([0, 0], [0.1, 0.9]))


@pytest.mark.parametrize("threshold", [None, np.nan, [0.5, 0.6]], ids=str)
def test_what_is_no_threshold(threshold):
    with pytest.raises((TypeError, ValueError), match="event_1: threshold is"):
        event_1([1, 0], [0.1, 0.9], threshold=threshold)


def test_risks_beyond_one_are_refused():
    with pytest.raises(ValueError, match="expected probabilities between 0 and 1"):
        event_2([1, 0], [1.5, 0])


def test_saps_on_set_a():
    """A line through SAPS-I by five folds; on set-c the challenge's own SAPS-I had 0.3125 and 68.58."""
    if not REAL.is_file():
        pytest.skip("the real set-a is not beside the repository (shared/data/icu2012)")
    pytest.importorskip("sklearn", reason="scikit-learn is not installed")
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline

    with tarfile.open(REAL) as archive:
        name = next(name for name in archive.getnames() if "Outcomes" in name)
        table = np.loadtxt(archive.extractfile(name), delimiter=",", skiprows=1)
    saps, died = np.where(table[:, [1]] < 0, np.nan, table[:, [1]]), table[:, 5]
    model = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), LogisticRegression(C=1e6))
    risk = cross_val_predict(model, saps, died, cv=5, method="predict_proba")[:, 1]
    assert event_1(died, risk, threshold=np.quantile(risk, 1 - died.mean())) == pytest.approx(0.25, abs=0.06)
    assert event_1(died, risk) < 0.05
    assert 40 < event_2(died, risk) < 100
