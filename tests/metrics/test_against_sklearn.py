"""Metrics against scikit-learn, to the last digits, with and without weights, ties included."""

import numpy as np
import pytest

from edunet import losses, metrics

sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed: pip install scikit-learn")

rng = np.random.default_rng(0)
N, K = 200, 4
Y, P = rng.integers(0, 2, N), rng.random(N).round(2)
LABELS, SCORES = rng.integers(0, K, N), rng.dirichlet(np.ones(K), N)
MANY, MANY_P = rng.integers(0, 2, (N, K)), rng.random((N, K)).round(2)
T, D = rng.normal(size=(N, 2)), rng.normal(size=(N, 2))
WEIGHTS = rng.random(N)
SAID = P > 0.5

BY_NAME = {
    "ROC": (metrics.AUC(), Y, P, lambda w: sklearn.roc_auc_score(Y, P, sample_weight=w)),
    "ROC of labels": (metrics.AUC(), MANY, MANY_P, lambda w: sklearn.roc_auc_score(MANY, MANY_P, sample_weight=w)),
    "ROC of classes": (
        metrics.AUC(),
        LABELS,
        SCORES,
        lambda w: sklearn.roc_auc_score(np.eye(K)[LABELS], SCORES, sample_weight=w),
    ),
    "PR": (metrics.AUC(curve="PR"), Y, P, lambda w: sklearn.average_precision_score(Y, P, sample_weight=w)),
    "PR of labels": (
        metrics.AUC(curve="PR"),
        MANY,
        MANY_P,
        lambda w: sklearn.average_precision_score(MANY, MANY_P, sample_weight=w),
    ),
    "accuracy": (metrics.BinaryAccuracy(), Y, P, lambda w: sklearn.accuracy_score(Y, SAID, sample_weight=w)),
    "top 2": (
        metrics.SparseTopKCategoricalAccuracy(2),
        LABELS,
        SCORES,
        lambda w: sklearn.top_k_accuracy_score(LABELS, SCORES, k=2, sample_weight=w),
    ),
    "precision": (metrics.Precision(), Y, P, lambda w: sklearn.precision_score(Y, SAID, sample_weight=w)),
    "recall": (metrics.Recall(), Y, P, lambda w: sklearn.recall_score(Y, SAID, sample_weight=w)),
    "specificity": (metrics.Specificity(), Y, P, lambda w: sklearn.recall_score(1 - Y, ~SAID, sample_weight=w)),
    "F1": (metrics.F1Score(), Y, P, lambda w: sklearn.f1_score(Y, SAID, sample_weight=w)),
    "F2": (metrics.FBetaScore(beta=2.0), Y, P, lambda w: sklearn.fbeta_score(Y, SAID, beta=2, sample_weight=w)),
    **{
        f"F1 {average}": (
            metrics.F1Score(average=average),
            LABELS,
            SCORES,
            lambda w, average=average: sklearn.f1_score(
                LABELS, SCORES.argmax(axis=1), average=average, sample_weight=w
            ),
        )
        for average in ("micro", "macro", "weighted", None)
    },
    "Brier": (metrics.BrierScore(), Y, P, lambda w: sklearn.brier_score_loss(Y, P, sample_weight=w)),
    "R2": (metrics.R2Score(), T, D, lambda w: sklearn.r2_score(T, D, sample_weight=w)),
    "R2 by variance": (
        metrics.R2Score("variance_weighted_average"),
        T,
        D,
        lambda w: sklearn.r2_score(T, D, sample_weight=w, multioutput="variance_weighted"),
    ),
    "MSE": (metrics.MeanSquaredError(), T, D, lambda w: sklearn.mean_squared_error(T, D, sample_weight=w)),
    "MAE": (metrics.MeanAbsoluteError(), T, D, lambda w: sklearn.mean_absolute_error(T, D, sample_weight=w)),
    "pinball": (
        metrics.get(losses.Pinball(0.9)),
        T,
        D,
        lambda w: sklearn.mean_pinball_loss(T, D, alpha=0.9, sample_weight=w),
    ),
    "log loss": (
        metrics.SparseCategoricalCrossentropy(),
        LABELS,
        SCORES,
        lambda w: sklearn.log_loss(LABELS, np.clip(SCORES, 1e-7, 1), sample_weight=w),
    ),
    "Dice": (
        metrics.DiceScore(),
        Y,
        P,
        lambda w: sklearn.f1_score(Y, SAID, sample_weight=w),
    ),
    "IoU": (
        metrics.MeanIoU(K, sparse_y_pred=False),
        LABELS,
        SCORES,
        lambda w: sklearn.jaccard_score(LABELS, SCORES.argmax(axis=1), average="macro", sample_weight=w),
    ),
    "mean_iou of one class": (
        metrics.IoU(2, [1]),
        Y,
        SAID.astype(int),
        lambda w: sklearn.jaccard_score(Y, SAID, sample_weight=w),
    ),
}


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
@pytest.mark.parametrize("name", BY_NAME)
def test_equal_to_scikit_learn(name, weights):
    metric, y, p, theirs = BY_NAME[name]
    metric.reset_state()
    for rows in (slice(0, 70), slice(70, N)):
        metric.update_state(y[rows], p[rows], None if weights is None else weights[rows])
    np.testing.assert_allclose(metric.result(), theirs(weights), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_confusion_matrix(weights):
    said = SCORES.argmax(axis=1)
    theirs = sklearn.confusion_matrix(LABELS, said, sample_weight=weights)
    np.testing.assert_allclose(metrics.confusion_matrix(LABELS, said, sample_weight=weights), theirs, rtol=1e-12)


@pytest.mark.parametrize("bound", [0.5, 0.8, 0.95])
def test_points_on_the_roc_curve(bound):
    fpr, tpr, _ = sklearn.roc_curve(Y, P, drop_intermediate=False)
    assert metrics.SensitivityAtSpecificity(bound)(Y, P) == pytest.approx(tpr[1 - fpr >= bound].max(), abs=1e-12)
    assert metrics.SpecificityAtSensitivity(bound)(Y, P) == pytest.approx((1 - fpr)[tpr >= bound].max(), abs=1e-12)
