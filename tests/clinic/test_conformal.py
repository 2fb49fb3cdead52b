"""Prediction sets hold the truth as often as they promise; abstention answers the surest first."""

import numpy as np
import pytest

from edunet.clinic.conformal import SplitConformal, abstention_curve
from edunet.metrics import roc_auc


def several(n, seed=5):
    """Return classes of which the third is rare, and probabilities of a model that is far too sure of itself."""
    rng = np.random.default_rng(seed)
    z = rng.normal([1.0, 1.0, -1.0], size=(n, 3))
    true = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    y = (rng.random(n)[:, None] > true.cumsum(axis=1)[:, :2]).sum(axis=1)
    sure = np.exp(3 * z)
    return sure / sure.sum(axis=1, keepdims=True), y


def held(sets, y):
    return sets[np.arange(len(y)), y]


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.99])
def test_sets_cover_as_promised_whatever_the_model(coverage):
    p, y = several(8000)
    sets = SplitConformal(coverage).fit(p[:4000], y[:4000]).predict(p[4000:])
    spread = 2 * np.sqrt(coverage * (1 - coverage) / 4000)  # of the calibration and of the test half
    assert held(sets, y[4000:]).mean() == pytest.approx(coverage, abs=3 * spread)


def test_coverage_on_the_average_of_small_calibrations():
    """With 19 patients 90 % holds exactly: (n + 1) coverage is a whole number."""
    rng = np.random.default_rng(0)
    p, y = several(20_000)
    hits = []
    for _ in range(400):
        rows = rng.integers(20_000, size=119)
        sets = SplitConformal(0.9).fit(p[rows[:19]], y[rows[:19]]).predict(p[rows[19:]])
        hits.append(held(sets, y[rows[19:]]).mean())
    assert np.mean(hits) == pytest.approx(0.9, abs=0.015)


def test_by_class_covers_the_rare_one_too():
    p, y = several(20_000)
    rare = y[10_000:] == 2
    shares = []
    for by_class in (False, True):
        sets = SplitConformal(0.9, by_class=by_class).fit(p[:10_000], y[:10_000]).predict(p[10_000:])
        shares.append(held(sets, y[10_000:])[rare].mean())
    assert shares[0] < 0.7
    assert shares[1] == pytest.approx(0.9, abs=0.04)


def test_cutoff_is_the_score_of_its_place():
    p = np.array([0.95, 0.9, 0.8, 0.7, 0.4])  # scores 0.05 to 0.6 of five ill patients; place ceil(6 · 0.5) = 3
    sets = SplitConformal(0.5).fit(p, [1, 1, 1, 1, 1])
    assert sets.cutoff == pytest.approx([0.2, 0.2])
    np.testing.assert_array_equal(sets.predict([0.8, 0.5, 0.1]), [[False, True], [False, False], [True, False]])


def test_too_few_patients_are_told_everything():
    sets = SplitConformal(0.9).fit([0.9, 0.2, 0.4], [1, 0, 1])
    assert sets.predict([0.99]).all()
    assert sets.text.endswith("90 % coverage, from 3 patients; too few for it, so that a class is in every set")


def test_text_of_classes():
    p, y = several(1000)
    assert SplitConformal(0.975, by_class=True).fit(p, y).text == (
        "sets of at least 97.5 % coverage of each class, from 1,000 patients"
    )


@pytest.mark.parametrize("coverage", [0, 1, 90])
def test_odd_coverage(coverage):
    with pytest.raises(ValueError, match=f"0 < coverage < 1, such as 0.9. Received: {coverage}"):
        SplitConformal(coverage)


@pytest.mark.parametrize(
    ("p", "y", "message"),
    [
        ([[0.5, 0.5]], [2], "labels run from 2 to 2; expected 0 to 1"),
        ([0.5, np.nan], [0, 1], "NaN"),
        ([0.5, 1.5], [0, 1], "between 0 and 1"),
        ([0.5, 0.5], [0, 1, 1], "one for each answer"),
        ([], [], "there is no patient"),
    ],
    ids=["class 2", "NaN", "beyond 1", "lengths", "nobody"],
)
def test_what_nothing_can_be_learnt_from(p, y, message):
    with pytest.raises(ValueError, match=message):
        SplitConformal().fit(p, y)


def test_nothing_learnt_yet():
    with pytest.raises(ValueError, match=r"learnt nothing yet. Type SplitConformal\(\).fit\(p_val, y_val\) first"):
        SplitConformal().predict([0.5])


def test_other_classes_than_learnt():
    with pytest.raises(ValueError, match="learnt 3 classes. Received 2 columns"):
        SplitConformal().fit(*several(100)).predict([0.5])


# ---------------------------------------------------------------- abstention


def patients(n):
    rng = np.random.default_rng(0)
    p = rng.random(n)
    return rng.random(n) < p, p


Y, P = patients(1000)


def test_the_surest_are_answered_first():
    curve = abstention_curve(Y, P, shares=[0.2, 1])
    surest = np.argsort(-np.abs(P - 0.5))[:200]
    assert curve.n.tolist() == [200, 1000]
    assert curve.accuracy[0] == pytest.approx(np.mean((P[surest] >= 0.5) == Y[surest]))
    assert curve.auroc[0] == pytest.approx(roc_auc(Y[surest], P[surest]))
    assert curve.auroc[1] == pytest.approx(roc_auc(Y, P))


def test_true_risks_gain_by_abstention():
    curve = abstention_curve(*patients(100_000))
    assert (np.diff(curve.accuracy) < 0).all()
    assert len(curve.share) == 20


def test_a_threshold_of_its_own():
    """Sure is who is far from the threshold on the odds: 0.02 is surer than 0.3 at a threshold of 0.1."""
    curve = abstention_curve([0, 1, 0], [0.02, 0.3, 0.1], threshold=0.1, shares=[1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(curve.accuracy, [1, 1, 2 / 3])


def test_who_is_equally_sure_is_answered_together():
    curve = abstention_curve([0, 1, 1, 0], [0.9, 0.9, 0.9, 0.6], shares=[0.25, 1])
    assert curve.share.tolist() == [0.75, 1]


def test_certain_predictions():
    curve = abstention_curve([0, 1, 1], [0.0, 1.0, 0.4], shares=[0.5, 1])
    assert curve.n.tolist() == [2, 3]


def test_one_kind_among_the_answered_has_no_auroc():
    curve = abstention_curve([0, 1, 1], [0.4, 0.9, 0.99], shares=[0.5, 1])
    assert np.isnan(curve.auroc[0])
    assert curve.auroc[1] == 1


@pytest.mark.parametrize(
    "change",
    [{"threshold": 0}, {"threshold": 1}, {"shares": [0]}, {"shares": [0.5, 1.1]}, {"shares": [np.nan]}],
    ids=str,
)
def test_odd_options(change):
    with pytest.raises(ValueError, match="expected 0 < threshold < 1 and 0 < share <= 1"):
        abstention_curve(Y, P, **change)


@pytest.mark.parametrize(
    ("y", "p", "message"),
    [([], [], "no patient"), ([0, 1], [0.2, 1.2], "between 0 and 1"), ([0, 1], [0.2, np.nan], "NaN")],
    ids=["nobody", "beyond 1", "NaN"],
)
def test_wrong_input_is_refused(y, p, message):
    with pytest.raises(ValueError, match=message):
        abstention_curve(y, p)
