import numpy as np
import pytest

from edunet import losses, metrics

rng = np.random.default_rng(0)
SIZES = (5, 7, 3)  # batches of different size: a mean of means would be wrong
TRUE = [rng.integers(0, 2, (n, 1)) for n in SIZES]
SAID = [rng.random((n, 1)) for n in SIZES]
WEIGHTS = [rng.random(n) for n in SIZES]
Y, P, W = (np.concatenate(parts).ravel() for parts in (TRUE, SAID, WEIGHTS))
CALLED = P > 0.5

DEFINITIONS = {
    "BinaryAccuracy": lambda w: w @ (CALLED == Y) / w.sum(),
    "MeanSquaredError": lambda w: w @ (P - Y) ** 2 / w.sum(),
    "MeanAbsoluteError": lambda w: w @ abs(P - Y) / w.sum(),
    "Precision": lambda w: w @ (CALLED & (Y == 1)) / (w @ CALLED),
    "Recall": lambda w: w @ (CALLED & (Y == 1)) / (w @ Y),
}
ALL = pytest.mark.parametrize("name", DEFINITIONS)


def over_batches(metric, *parts):
    for part in zip(*parts, strict=True):
        metric.update_state(*part)
    return metric.result()


@ALL
def test_values_over_several_batches(name):
    found = over_batches(getattr(metrics, name)(), TRUE, SAID)
    np.testing.assert_allclose(found, DEFINITIONS[name](np.ones_like(W)))


@ALL
def test_weights(name):
    found = over_batches(getattr(metrics, name)(), TRUE, SAID, WEIGHTS)
    np.testing.assert_allclose(found, DEFINITIONS[name](W))


@ALL
def test_labels_may_be_a_list_or_a_column(name):
    found = over_batches(getattr(metrics, name)(), [y.ravel() for y in TRUE], SAID)
    np.testing.assert_allclose(found, DEFINITIONS[name](np.ones_like(W)))


@pytest.mark.parametrize("name", [*DEFINITIONS, "AUC"])
def test_reset_forgets_everything(name):
    metric = getattr(metrics, name)()
    metric.update_state(1 - TRUE[0], SAID[0])
    metric.reset_state()
    assert over_batches(metric, TRUE, SAID) == over_batches(getattr(metrics, name)(), TRUE, SAID)


AT_ONCE = [
    *DEFINITIONS,
    *("AUC", "Accuracy", "CategoricalAccuracy", "TruePositives", "Specificity", "F1Score", "R2Score", "BrierScore"),
    *("CalibrationError", "DiceScore", "RootMeanSquaredError", "BinaryCrossentropy", "Mean", "Sum"),
]


@pytest.mark.parametrize("name", AT_ONCE)
def test_before_the_first_batch_the_result_is_zero(name):
    assert getattr(metrics, name)().result() == 0


@pytest.mark.parametrize("kind", [metrics.Precision, metrics.Recall])
def test_nobody_called_and_nobody_ill_give_zero(kind):
    assert kind()([[0]], [[0.1]]) == 0


@pytest.mark.parametrize(("kind", "expected"), [(metrics.Precision, 2 / 3), (metrics.Recall, 1.0)])
def test_another_threshold(kind, expected):
    metric = kind(thresholds=0.3)
    assert metric([[1], [0], [1], [0]], [[0.4], [0.4], [0.9], [0.1]]) == expected


def test_several_thresholds_are_refused():
    with pytest.raises(TypeError, match=r"Precision: thresholds is one number, such as 0.5"):
        metrics.Precision(thresholds=[0.3, 0.5])


def test_a_probability_at_the_threshold_is_a_no():
    assert metrics.BinaryAccuracy()([[0], [1]], [[0.5], [0.5]]) == 0.5


def test_binary_accuracy_with_another_threshold():
    assert metrics.BinaryAccuracy(threshold=0.2)([[1], [1]], [[0.3], [0.1]]) == 0.5


# ---------------------------------------------------------------- classes

SCORES = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.2, 0.3, 0.5]])
LABELS = np.array([1, 2, 2])


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, None], LABELS.astype(float)])
def test_sparse_categorical_accuracy(labels):
    assert metrics.SparseCategoricalAccuracy()(labels, SCORES) == pytest.approx(2 / 3)


def test_categorical_accuracy():
    assert metrics.CategoricalAccuracy()(np.eye(3)[LABELS], SCORES) == pytest.approx(2 / 3)


def test_a_class_at_every_step():
    scores = np.stack([SCORES, SCORES])  # (N,T,K)
    assert metrics.SparseCategoricalAccuracy()(np.stack([LABELS, [1, 0, 2]]), scores) == pytest.approx(5 / 6)


@pytest.mark.parametrize(("k", "expected"), [(1, 2 / 3), (2, 2 / 3), (3, 1)])
def test_among_the_best(k, expected):
    assert metrics.SparseTopKCategoricalAccuracy(k)(LABELS, SCORES) == pytest.approx(expected)
    assert metrics.TopKCategoricalAccuracy(k)(np.eye(3)[LABELS], SCORES) == pytest.approx(expected)


def test_categorical_accuracy_refuses_class_numbers():
    with pytest.raises(ValueError, match=r"expected one-hot labels of shape \(3, 3\).*'sparse_categorical_accuracy'"):
        metrics.CategoricalAccuracy()(LABELS, SCORES)


def test_accuracy_of_equal_values():
    assert metrics.Accuracy()([1, 2, 3, 4], [1, 2, 0, 4]) == 0.75


@pytest.mark.parametrize(
    ("loss", "shape", "kind"),
    [
        ("sparse_categorical_crossentropy", (None, 3), metrics.SparseCategoricalAccuracy),
        ("categorical_crossentropy", (None, 3), metrics.CategoricalAccuracy),
        ("binary_crossentropy", (None, 1), metrics.BinaryAccuracy),
        ("binary_crossentropy", (None, 3), metrics.BinaryAccuracy),
        ("mse", (None, 1), metrics.BinaryAccuracy),
    ],
)
def test_accuracy_means_the_one_that_fits_the_loss(loss, shape, kind):
    assert type(metrics.get("accuracy", losses.get(loss), shape)) is kind


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, None], np.eye(3)[LABELS]])
def test_under_an_own_loss_the_labels_tell_which_accuracy_is_meant(labels):
    own = losses.get(lambda y_true, y_pred: y_pred)
    assert metrics.get("accuracy", own, (None, 3))(labels, SCORES) == pytest.approx(2 / 3)


def test_confusion_matrix():
    table = metrics.confusion_matrix([0, 1, 1, 2], [0, 2, 1, 2], classes=4)
    np.testing.assert_array_equal(table, [[1, 0, 0, 0], [0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 0, 0]])


# ---------------------------------------------------------------- area under the curve


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


# ---------------------------------------------------------------- counts


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TruePositives", CALLED & (Y == 1)),
        ("FalsePositives", CALLED & (Y == 0)),
        ("TrueNegatives", ~CALLED & (Y == 0)),
        ("FalseNegatives", ~CALLED & (Y == 1)),
    ],
)
def test_counts(name, expected):
    assert over_batches(getattr(metrics, name)(), TRUE, SAID) == expected.sum()
    np.testing.assert_allclose(over_batches(getattr(metrics, name)(), TRUE, SAID, WEIGHTS), W @ expected)


def test_clinical_names():
    assert over_batches(metrics.Sensitivity(), TRUE, SAID) == over_batches(metrics.Recall(), TRUE, SAID)
    np.testing.assert_allclose(over_batches(metrics.Specificity(), TRUE, SAID), (~CALLED)[Y == 0].mean())


@pytest.mark.parametrize("labels", [[1, 0, 2], [[0, 1, 0], [1, 0, 0], [0, 0, 1]]], ids=["numbers", "one-hot"])
def test_one_class_against_the_rest(labels):
    p = np.array([[0.1, 0.9, 0.0], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]])
    assert metrics.Precision(class_id=1)(labels, p) == 0.5
    assert metrics.SpecificityAtSensitivity(1.0, class_id=1)(labels, p) == 1


def test_answers_of_several_outputs_need_a_class():
    with pytest.raises(ValueError, match=r"counts yes-or-no answers.*Precision\(class_id=1\)"):
        metrics.Precision()([0, 1], [[0.5, 0.5], [0.2, 0.8]])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"average": None}, [2 / 3, 2 / 3, 0]),
        ({"average": "macro"}, 4 / 9),
        ({"average": "weighted"}, (2 * 2 / 3 + 1 * 2 / 3) / 4),
        ({"average": "micro"}, 0.5),
        ({"average": None, "threshold": 0.25}, [2 / 3, 1, 2 / 3]),
    ],
)
def test_f1_of_classes(options, expected):
    p = np.array([[0.6, 0.2, 0.2], [0.3, 0.2, 0.5], [0.1, 0.8, 0.1], [0.2, 0.5, 0.3]])
    y = np.array([0, 0, 1, 2])
    if options.get("threshold"):
        expected = [2 * 2 / (2 + 2), 2 / 3, 2 / 3]
    np.testing.assert_allclose(metrics.F1Score(**options)(y, p), expected)
    np.testing.assert_allclose(metrics.F1Score(**options)(np.eye(3)[y], p), expected)


def test_f1_of_one_output_is_one_number():
    score = over_batches(metrics.F1Score(), TRUE, SAID, WEIGHTS)
    hits = W @ (CALLED & (Y == 1))
    assert score == pytest.approx(2 * hits / (W @ CALLED + W @ Y))


def test_f1_without_average_is_refused_where_one_number_is_needed():
    with pytest.raises(ValueError, match=r"each of 3 classes.*F1Score\(average='macro'\)"):
        metrics.get(metrics.F1Score(), None, (None, 3))
    assert metrics.get(metrics.F1Score(), None, (None, 1)).name == "f1_score"


# ---------------------------------------------------------------- probabilities


def test_brier_score():
    expected = ((P - Y) ** 2).mean()
    assert over_batches(metrics.BrierScore(), TRUE, SAID) == pytest.approx(expected)
    assert metrics.BrierScore()(Y, np.stack([1 - P, P], axis=1)) == pytest.approx(expected)
    p = np.array([[0.2, 0.3, 0.5]])
    assert metrics.BrierScore()([2], p) == metrics.BrierScore()([[0, 0, 1]], p) == pytest.approx(0.04 + 0.09 + 0.25)


def test_calibration_error_bin_by_bin():
    found, expected = over_batches(metrics.CalibrationError(bins=4), TRUE, SAID, WEIGHTS), 0.0
    for low in (0, 0.25, 0.5, 0.75):
        here = (low < P) & (low + 0.25 >= P)
        if here.any():
            expected += W[here].sum() / W.sum() * abs(W[here] @ Y[here] - W[here] @ P[here]) / W[here].sum()
    assert found == pytest.approx(expected)


def test_calibration_error_of_classes_asks_the_largest_output():
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    assert metrics.CalibrationError(bins=1)([0, 2], p) == pytest.approx(0.75 - 0.5)


def test_calibration_error_refuses_scores():
    with pytest.raises(ValueError, match="expected probabilities between 0 and 1.*from -2 to 3.*sigmoid or softmax"):
        metrics.CalibrationError()([0, 1], [-2.0, 3.0])


# ---------------------------------------------------------------- numbers


def test_the_root_is_taken_of_the_mean_of_all():
    expected = np.sqrt(((P - Y) ** 2).mean())
    assert over_batches(metrics.RootMeanSquaredError(), TRUE, SAID) == pytest.approx(expected)


@pytest.mark.parametrize("weighted", [False, True])
def test_r2_over_batches(weighted):
    w = W if weighted else np.ones_like(W)
    mean = w @ Y / w.sum()
    found = over_batches(metrics.R2Score(), TRUE, SAID, *([WEIGHTS] if weighted else []))
    assert found == pytest.approx(1 - w @ (Y - P) ** 2 / (w @ (Y - mean) ** 2), abs=1e-12)


def test_r2_is_not_lost_in_rounding():
    y = 1e8 + rng.random(50)
    assert metrics.R2Score()(y, y + 0.01) == pytest.approx(1 - 50 * 1e-4 / ((y - y.mean()) ** 2).sum(), abs=1e-5)


def test_r2_of_a_truth_that_never_changes():
    assert metrics.R2Score()([2.0, 2.0], [2.0, 2.0]) == 1
    assert metrics.R2Score()([2.0, 2.0], [2.0, 3.0]) == 0


def test_a_loss_may_be_a_metric():
    expected = -(Y * np.log(P) + (1 - Y) * np.log(1 - P))
    metric = metrics.get("binary_crossentropy")
    assert over_batches(metric, TRUE, SAID, WEIGHTS) == pytest.approx(W @ expected / W.sum())
    assert metric.name == "binary_crossentropy"
    huber = metrics.get(losses.Huber())
    assert (huber.name, huber([0.0], [3.0])) == ("huber", 2.5)


def test_means_and_sums_of_a_training_loop():
    mean, total = metrics.Mean(name="loss"), metrics.Sum()
    for value in (1.0, 2.0, 6.0):
        mean.update_state(value)
        total.update_state([value, value])
    assert (mean.name, mean.result(), total.result()) == ("loss", 3, 18)
    mean.reset_state()
    assert mean([1.0, 3.0], sample_weight=[3, 1]) == 1.5


# ---------------------------------------------------------------- pictures


def test_dice_score_counts_all_pictures_together():
    y, p = rng.integers(0, 2, (4, 5, 6, 1)), rng.random((4, 5, 6, 1))
    drawn = p > 0.5
    found = over_batches(metrics.DiceScore(), [y[:1], y[1:]], [p[:1], p[1:]])
    assert found == pytest.approx(2 * (y * drawn).sum() / (y.sum() + drawn.sum()))
    assert metrics.DiceScore(threshold=None)(y, p) == pytest.approx(2 * (y * p).sum() / (y.sum() + p.sum()))


def test_dice_score_is_the_mean_over_channels_that_are_there():
    y = np.zeros((1, 2, 2, 3))
    y[0, 0, :, 0] = y[0, 0, 0, 1] = 1
    p = np.zeros_like(y)
    p[0, 0, :, 0] = p[0, 0, :, 1] = 1
    assert metrics.DiceScore()(y, p) == pytest.approx((1 + 2 / 3) / 2)


def test_mean_iou():
    y, p = np.array([0, 0, 1, 1, 2]), np.array([0, 1, 1, 1, 0])
    assert metrics.MeanIoU(3)(y, p) == pytest.approx((1 / 3 + 2 / 3 + 0) / 3)
    assert metrics.MeanIoU(4)(y, p) == pytest.approx((1 / 3 + 2 / 3 + 0) / 3)  # nobody is 3
    assert metrics.IoU(3, [1])(y, p) == pytest.approx(2 / 3)
    assert metrics.MeanIoU(3, sparse_y_true=False, sparse_y_pred=False)(np.eye(3)[y], np.eye(3)[p]) == pytest.approx(
        1 / 3
    )


def test_iou_ignores_a_label_and_weighs():
    y, p = np.array([[0, 1], [9, 1]]), np.array([[0, 1], [1, 0]])
    assert metrics.MeanIoU(2, ignore_class=9)(y, p) == pytest.approx((1 / 2 + 1 / 2) / 2)
    assert metrics.MeanIoU(2)([0, 1, 1], [0, 1, 0], [1, 1, 2]) == pytest.approx((1 / 3 + 1 / 3) / 2)


def test_iou_refuses_what_is_no_class():
    with pytest.raises(ValueError, match="y_true runs from 0 to 9; expected classes 0 to 1"):
        metrics.MeanIoU(2)([0, 9], [0, 1])
    with pytest.raises(ValueError, match=r"For the outputs of a softmax use MeanIoU\(2, ..., sparse_y_pred=False\)"):
        metrics.MeanIoU(2)([0, 1], [[0.1, 0.9], [0.2, 0.8]])


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mse", metrics.MeanSquaredError),
        ("mae", metrics.MeanAbsoluteError),
        ("auc", metrics.AUC),
        ("AUC", metrics.AUC),
        ("Precision", metrics.Precision),
        ("recall", metrics.Recall),
        ("binary_accuracy", metrics.BinaryAccuracy),
        ("sparse_categorical_accuracy", metrics.SparseCategoricalAccuracy),
        ("top_k_categorical_accuracy", metrics.TopKCategoricalAccuracy),
        ("TopKCategoricalAccuracy", metrics.TopKCategoricalAccuracy),
        ("f1_score", metrics.F1Score),
        ("brier_score", metrics.BrierScore),
        ("r2_score", metrics.R2Score),
        ("sparse_categorical_crossentropy", metrics.SparseCategoricalCrossentropy),
    ],
)
def test_metrics_by_name(name, kind):
    metric = metrics.get(name)
    assert type(metric) is kind
    assert metric.name == name  # the key in the history, as it was typed


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (metrics.AUC, "auc"),
        (metrics.BinaryAccuracy, "binary_accuracy"),
        (metrics.MeanSquaredError, "mean_squared_error"),
    ],
)
def test_default_names_are_those_of_keras(kind, name):
    assert kind().name == name


def test_a_given_name_stays():
    assert metrics.AUC(name="auroc").name == "auroc"


EVERY = [
    *(metrics.AUC(curve="PR", name="auprc"), metrics.F1Score("macro", threshold=0.3), metrics.FBetaScore(beta=2)),
    *(metrics.SensitivityAtSpecificity(0.9), metrics.PrecisionAtRecall(0.5, class_id=1), metrics.Precision(0.3)),
    *(metrics.MeanIoU(3, ignore_class=2), metrics.IoU(3, [1]), metrics.DiceScore(None), metrics.R2Score(None)),
    *(metrics.BinaryAccuracy(0.3), metrics.TopKCategoricalAccuracy(3), metrics.CalibrationError(5)),
    *(metrics.BinaryCrossentropy(label_smoothing=0.1), metrics.MeanSquaredError(), metrics.Mean("loss")),
]


@pytest.mark.parametrize("metric", EVERY, ids=lambda metric: metric.name)
def test_a_metric_can_be_made_again_from_its_config(metric):
    config = metric.get_config()
    assert type(metric)(**config).get_config() == config


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.AUC(curve="roc"), "unknown curve 'roc'.*Did you mean 'ROC'"),
        (lambda: metrics.F1Score(average="mean"), "unknown average 'mean'"),
        (
            lambda: metrics.TopKCategoricalAccuracy(k=0),
            "TopKCategoricalAccuracy: k is a whole number >= 1. Received: 0",
        ),
        (lambda: metrics.SensitivityAtSpecificity(90), "specificity is a number between 0 and 1. Received: 90"),
        (lambda: metrics.CalibrationError(bins=1.5), "bins is a whole number >= 1. Received: 1.5"),
        (lambda: metrics.IoU(2, [2]), "each target_class_id is a whole number between 0 and 1. Received: 2"),
        (lambda: metrics.Mean()([1.0, 2.0], [1.0, 2.0, 3.0]), r"expected one weight per example, \(2,\).*\(3,\)"),
    ],
)
def test_arguments_are_looked_over(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_an_object_stays_itself():
    metric = metrics.AUC()
    assert metrics.get(metric) is metric


def test_an_own_function():
    def bias(y_true, y_pred):
        return y_pred - y_true

    metric = metrics.get(bias)
    assert (metric.name, metric([1.0, 2.0], [2.0, 4.0])) == ("bias", 1.5)


@pytest.mark.parametrize(("typo", "meant"), [("acuracy", "accuracy"), ("AUCC", "auc"), ("presicion", "precision")])
def test_a_mistyped_name_is_guessed(typo, meant):
    with pytest.raises(ValueError, match=rf"(?i)unknown metric {typo!r}.*Did you mean {meant!r}\?"):
        metrics.get(typo)


@pytest.mark.parametrize(
    ("metric", "message"),
    [(metrics.AUC, r"make an object of it: AUC\(\)"), (3, r"a metric is a name such as 'accuracy'.*Received: 3")],
)
def test_what_is_no_metric_is_refused(metric, message):
    with pytest.raises(TypeError, match=message):
        metrics.get(metric)


def test_cosine_similarity_is_1_where_both_point_the_same_way():
    assert metrics.CosineSimilarity()([[1.0, 2.0], [0.0, 1.0]], [[2.0, 4.0], [1.0, 0.0]]) == pytest.approx(0.5)


def test_binary_iou_is_the_mean_over_yes_and_no():
    assert metrics.BinaryIoU(threshold=0.6)([[1, 1, 0]], [[0.9, 0.5, 0.1]]) == pytest.approx((1 / 2 + 1 / 2) / 2)


@pytest.mark.parametrize(
    ("name", "y", "p", "expected"),
    [
        ("binary_accuracy", [[0, 1], [1, 1]], [[0.2, 0.7], [0.1, 0.9]], [[1, 1], [0, 1]]),
        ("categorical_accuracy", [[1, 0], [0, 1]], [[0.2, 0.7], [0.1, 0.9]], [0, 1]),
        ("sparse_categorical_accuracy", [1, 0], [[0.2, 0.7], [0.1, 0.9]], [1, 0]),
        ("top_k_categorical_accuracy", [[1, 0], [0, 1]], [[0.2, 0.7], [0.1, 0.9]], [1, 1]),
        ("sparse_top_k_categorical_accuracy", [1, 0], [[0.2, 0.7], [0.1, 0.9]], [1, 1]),
    ],
)
def test_accuracies_as_functions(name, y, p, expected):
    function = getattr(metrics, name)
    np.testing.assert_array_equal(function(y, np.array(p)), expected)
    assert type(metrics.get(function)) is type(metrics.get(name))


def test_losses_as_functions_are_metrics_too():
    assert type(metrics.get(metrics.mean_absolute_error)) is metrics.MeanAbsoluteError
    assert metrics.get("huber").name == "huber"
