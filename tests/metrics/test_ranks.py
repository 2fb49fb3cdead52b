"""Areas under curves, and the best threshold, by ranks: every pair asked, every threshold tried."""

import numpy as np
import pytest
from scored_answers import SAID, TRUE, P, Y, over_batches

from edunet import metrics

rng = np.random.default_rng(0)


def by_pairs(y, p):
    """The chance that an ill person has the higher score, every pair asked."""
    difference = p[y == 1][:, None] - p[y == 0]
    return ((difference > 0) + 0.5 * (difference == 0)).mean()


@pytest.mark.parametrize("decimals", [8, 1], ids=["distinct", "many ties"])
def test_auc_counts_pairs(decimals):
    p = P.round(decimals)
    assert metrics.roc_auc(Y, p) == pytest.approx(by_pairs(Y, p))


def test_auc_over_batches():
    assert over_batches(metrics.AUC(), TRUE, SAID) == pytest.approx(by_pairs(Y, P))


def test_auc_depends_on_the_order_only():
    assert metrics.roc_auc(Y, P) == metrics.roc_auc(Y, P**3 - 7)


@pytest.mark.parametrize("y", [[0, 0], [1, 1]])
def test_auc_of_one_kind_is_undefined(y):
    assert np.isnan(metrics.roc_auc(y, [0.1, 0.9]))


def test_auc_of_several_classes_is_the_mean_of_each_against_the_rest():
    y, p = rng.integers(0, 3, 30), rng.random((30, 3))
    expected = np.mean([by_pairs((y == k).astype(int), p[:, k]) for k in range(3)])
    assert metrics.AUC()(y, p) == pytest.approx(expected)
    assert metrics.AUC()(np.eye(3)[y], p) == pytest.approx(expected)


def test_auc_skips_a_class_that_nobody_has():
    y, p = np.array([0, 1, 0, 1]), rng.random((4, 3))
    expected = np.mean([by_pairs((y == k).astype(int), p[:, k]) for k in range(2)])
    assert metrics.AUC()(y, p) == pytest.approx(expected)


def test_auc_of_a_softmax_with_two_outputs_is_that_of_class_one():
    p = np.stack([1 - P, P], axis=1)
    assert metrics.AUC()(np.eye(2)[Y], p) == pytest.approx(by_pairs(Y, P))


def test_a_weight_counts_like_copies():
    copies = rng.integers(0, 4, len(Y))
    for curve in ("ROC", "PR"):
        weighted = metrics.AUC(curve=curve)(Y, P, copies)
        assert weighted == pytest.approx(metrics.AUC(curve=curve)(np.repeat(Y, copies), np.repeat(P, copies)))


def test_all_outputs_may_be_taken_together():
    y, p = rng.integers(0, 2, (20, 3)), rng.random((20, 3))
    assert metrics.AUC(multi_label=False)(y, p) == pytest.approx(by_pairs(y.ravel(), p.ravel()))


def test_labels_may_weigh_differently():
    y, p = rng.integers(0, 2, (20, 2)), rng.random((20, 2))
    areas = [by_pairs(y[:, k], p[:, k]) for k in (0, 1)]
    assert metrics.AUC(label_weights=[3, 1])(y, p) == pytest.approx((3 * areas[0] + areas[1]) / 4)


def test_the_precision_recall_curve_goes_in_steps():
    # from the highest score: ill (precision 1), well, ill (2/3), well; half of the ill at each step
    assert metrics.AUC(curve="PR")([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6]) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_steps_that_a_mask_leaves_out_have_no_rank():
    y, p, mask = rng.integers(0, 2, (3, 4)), rng.random((3, 4, 1)), rng.random((3, 4)) < 0.7
    assert metrics.AUC()(y, p, mask) == pytest.approx(by_pairs(y[mask], p[mask][:, 0]))


def at_every_threshold():
    """Return precision, sensitivity and specificity at each threshold, one by one."""
    rows = []
    for threshold in [-1.0, *sorted(P)]:
        said = threshold < P
        rows.append([Y[said].mean() if said.any() else 0, said[Y == 1].mean(), (~said)[Y == 0].mean()])
    return np.array(rows).T


@pytest.mark.parametrize("bound", [0.0, 0.3, 0.6, 0.9, 1.0])
@pytest.mark.parametrize(
    ("kind", "constrained", "dependent"),
    [
        (metrics.SensitivityAtSpecificity, 2, 1),
        (metrics.SpecificityAtSensitivity, 1, 2),
        (metrics.PrecisionAtRecall, 1, 0),
        (metrics.RecallAtPrecision, 0, 1),
    ],
)
def test_the_best_threshold_is_found(kind, constrained, dependent, bound):
    table = at_every_threshold()
    possible = table[dependent][table[constrained] >= bound]
    found = over_batches(kind(bound), TRUE, SAID)
    assert found == pytest.approx(possible.max() if len(possible) else 0)


RANKED = pytest.mark.parametrize("area", [metrics.roc_auc, metrics.average_precision])


@RANKED
def test_scores_of_several_classes_are_told_where_to_go(area):
    with pytest.raises(ValueError, match=r"expected one score for each person, \(N,\).*metrics.AUC\(\)"):
        area(np.eye(2), np.full((2, 2), 0.5))


@RANKED
def test_a_column_of_scores_and_weights(area):
    y, p, w = [0, 0, 1, 1], np.array([0.1, 0.4, 0.35, 0.8]), np.array([1.0, 2, 3, 1])
    assert area(y, p[:, None], w[:, None]) == area(y, p, w)
