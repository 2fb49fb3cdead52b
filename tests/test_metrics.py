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


@pytest.mark.parametrize("name", [*DEFINITIONS, "AUC", "Accuracy", "CategoricalAccuracy"])
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


def test_auc_refuses_weights():
    with pytest.raises(ValueError, match="AUC: sample weights are not supported"):
        metrics.AUC().update_state(Y, P, W)


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
