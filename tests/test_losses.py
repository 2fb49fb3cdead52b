import numpy as np
import pytest

from edunet import losses, ops
from edunet.tensor import Tensor

rng = np.random.default_rng(0)
P, Y = rng.random((6, 3)), rng.integers(0, 2, (6, 3)).astype(float)
Z = 3 * rng.normal(size=(6, 4))
SHARES = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
LABELS = rng.integers(0, 4, 6)
ONE_HOT = np.eye(4)[LABELS]
WEIGHTS = rng.random(6)


def crossentropy(y, p):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


REGRESSIONS = {
    "MeanAbsolutePercentageError": lambda y, p: 100 * abs(y - p) / np.maximum(abs(y), 1e-7),
    "MeanSquaredLogarithmicError": lambda y, p: (np.log1p(p) - np.log1p(y)) ** 2,
    "LogCosh": lambda y, p: np.log(np.cosh(y - p)),
    "Poisson": lambda y, p: p - y * np.log(p + 1e-7),
    "Pinball": lambda y, p: abs(y - p) / 2,
    "Hinge": lambda y, p: np.maximum(1 - (2 * y - 1) * p, 0),
    "BinaryFocalCrossentropy": lambda y, p: abs(y - p) ** 2 * crossentropy(y, p),
    "MeanSquaredError": lambda y, p: (y - p) ** 2,
    "MeanAbsoluteError": lambda y, p: abs(y - p),
    "Huber": lambda y, p: np.where(abs(y - p) < 1, (y - p) ** 2 / 2, abs(y - p) - 0.5),
    "BinaryCrossentropy": crossentropy,
}
ALL = pytest.mark.parametrize("name", REGRESSIONS)


# ---------------------------------------------------------------- values


@ALL
def test_the_definition(name):
    np.testing.assert_allclose(getattr(losses, name)()(Y, P), REGRESSIONS[name](Y, P).mean(), rtol=1e-6)


@ALL
def test_weights_multiply_and_the_number_of_examples_divides(name):
    expected = (WEIGHTS * REGRESSIONS[name](Y, P).mean(axis=1)).sum() / 6
    np.testing.assert_allclose(getattr(losses, name)()(Y, P, WEIGHTS), expected, rtol=1e-6)


@ALL
@pytest.mark.parametrize("y_shape", [(6,), (6, 1)])
@pytest.mark.parametrize("p_shape", [(6,), (6, 1)])
@pytest.mark.parametrize("w_shape", [(6,), (6, 1)])
def test_columns_and_lists_are_the_same(name, y_shape, p_shape, w_shape):
    y, p = Y[:, 0], P[:, 0]
    expected = (WEIGHTS * REGRESSIONS[name](y, p)).mean()
    given = y.reshape(y_shape), p.reshape(p_shape), WEIGHTS.reshape(w_shape)
    np.testing.assert_allclose(getattr(losses, name)()(*given), expected, rtol=1e-6)


def test_huber_delta():
    np.testing.assert_allclose(losses.Huber(delta=0.5)([[0.0, 0.0]], np.array([[0.2, 2.0]])), (0.02 + 0.875) / 2)


def test_binary_crossentropy_of_scores():
    np.testing.assert_allclose(
        losses.BinaryCrossentropy(from_logits=True)(Y, Z[:, :3]),
        crossentropy(Y, 1 / (1 + np.exp(-Z[:, :3]))).mean(),
        rtol=1e-6,
    )


@pytest.mark.parametrize(
    ("loss", "y", "answer"),
    [
        (losses.CategoricalCrossentropy(), ONE_HOT, SHARES),
        (losses.CategoricalCrossentropy(from_logits=True), ONE_HOT, Z),
        (losses.SparseCategoricalCrossentropy(), LABELS, SHARES),
        (losses.SparseCategoricalCrossentropy(), LABELS[:, None], SHARES),
        (losses.SparseCategoricalCrossentropy(), LABELS.astype(float), SHARES),
        (losses.SparseCategoricalCrossentropy(from_logits=True), LABELS, Z),
    ],
    ids=["one-hot", "one-hot, scores", "numbers", "a column of numbers", "floats", "numbers, scores"],
)
@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_classes_that_exclude_each_other(loss, y, answer, weights):
    expected = -np.log(SHARES[np.arange(6), LABELS]) * (1 if weights is None else weights)
    np.testing.assert_allclose(loss(y, answer, weights), expected.mean(), rtol=1e-5)


def test_shares_are_brought_to_sum_one():
    a = losses.CategoricalCrossentropy()(ONE_HOT, SHARES)
    np.testing.assert_allclose(losses.CategoricalCrossentropy()(ONE_HOT, SHARES * 0.5), a, rtol=1e-6)


def test_a_class_at_every_step():
    z, labels, weights = rng.normal(size=(2, 5, 3)), rng.integers(0, 3, (2, 5)), rng.random((2, 5))
    p = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
    expected = -np.log(np.take_along_axis(p, labels[..., None], axis=-1)[..., 0])
    loss = losses.SparseCategoricalCrossentropy()
    np.testing.assert_allclose(loss(labels, p), expected.mean(), rtol=1e-6)
    np.testing.assert_allclose(loss(labels, p, weights), (weights * expected).mean(), rtol=1e-6)


def test_numbers_of_keras():
    # Keras 3.15.1 (torch): keras.losses.X()(y, p, sample_weight=[1, 2])
    y, p = np.array([[0.0, 1.0], [1.0, 1.0]], np.float32), np.array([[0.25, 0.5], [0.75, 0.125]], np.float32)
    weights = np.array([1.0, 2.0])
    kinds = ("MeanSquaredError", "MeanAbsoluteError", "Huber", "BinaryCrossentropy")
    found = [float(getattr(losses, name)()(y, p, weights)) for name in kinds]
    np.testing.assert_allclose(found, [0.4921875, 0.75, 0.24609375, 1.4287691], rtol=1e-6)


# ---------------------------------------------------------------- options


def test_labels_may_be_smoothed():
    smooth = Y * 0.8 + 0.1
    np.testing.assert_allclose(losses.BinaryCrossentropy(label_smoothing=0.2)(Y, P), crossentropy(smooth, P).mean())
    smooth = ONE_HOT * 0.8 + 0.2 / 4
    expected = -(smooth * np.log(SHARES)).sum(axis=1).mean()
    np.testing.assert_allclose(
        losses.CategoricalCrossentropy(label_smoothing=0.2)(ONE_HOT, SHARES), expected, rtol=1e-6
    )


def test_a_class_may_be_ignored():
    labels = np.where(np.arange(6) < 2, -1, LABELS)
    expected = -np.log(SHARES[np.arange(6), LABELS])[2:]
    loss = losses.SparseCategoricalCrossentropy(ignore_class=-1)
    loss.check(labels, (None, 4))
    np.testing.assert_allclose(loss(labels, SHARES), expected.mean(), rtol=1e-6)
    np.testing.assert_allclose(loss(labels, SHARES, WEIGHTS), (WEIGHTS[2:] * expected).mean(), rtol=1e-6)


def test_what_is_ignored_has_no_gradient():
    z = Tensor(Z)
    losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=9)(
        np.where(LABELS == 0, 9, LABELS), z
    ).backward()
    assert (z.grad[LABELS == 0] == 0).all()
    assert (z.grad[LABELS != 0] != 0).all()


@pytest.mark.parametrize(
    ("reduction", "reduce"),
    [
        ("sum_over_batch_size", lambda x, w: (w * x).mean()),
        ("mean", lambda x, w: (w * x).mean()),
        ("mean_with_sample_weight", lambda x, w: w @ x / w.sum()),
        ("sum", lambda x, w: w @ x),
        ("none", lambda x, w: w * x),
        (None, lambda x, w: w * x),
    ],
)
def test_reductions(reduction, reduce):
    each = ((Y - P) ** 2).mean(axis=1)
    loss = losses.MeanSquaredError(reduction=reduction)
    np.testing.assert_allclose(loss(Y, P), reduce(each, np.ones(6)))
    np.testing.assert_allclose(loss(Y, P, WEIGHTS), reduce(each, WEIGHTS))


@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_steps_that_a_mask_leaves_out_do_not_count(reduction):
    y, p, mask = rng.random((2, 3, 1)), Tensor(rng.random((2, 3, 1))), np.array([[1, 1, 0], [1, 0, 0]], bool)
    p.mask = mask
    expected = getattr(((y - p.data) ** 2)[mask], reduction)()
    np.testing.assert_allclose(losses.MeanSquaredError(reduction=reduction)(y, p).data, expected)


def test_dice_of_each_picture():
    y, p = rng.integers(0, 2, (2, 4, 4, 1)), rng.random((2, 4, 4, 1))
    each = [losses.dice(y[i], p[i]) for i in (0, 1)]
    np.testing.assert_allclose(losses.Dice(axis=(1, 2, 3))(y, p), np.mean(each))
    np.testing.assert_allclose(losses.Dice(axis=(1, 2, 3))(y, p, [1, 3]), (each[0] + 3 * each[1]) / 2)
    with pytest.raises(ValueError, match=r"Dice: with axis=None.*use Dice\(axis=\(1, 2, 3\)\)"):
        losses.Dice()(y, p, [1, 3])


def test_a_range_of_quantiles_holds_its_share():
    t = np.arange(100.0)[:, None]
    low, high = (losses.Pinball(q)(t, np.full((100, 1), y)) for q, y in ((0.05, 4.5), (0.95, 94.5)))
    assert low < losses.Pinball(0.05)(t, np.full((100, 1), 9.0))
    assert high < losses.Pinball(0.95)(t, np.full((100, 1), 85.0))


def test_hazards_of_a_sigmoid_are_seen_as_scores():
    z, y = Tensor(np.array([[1e4, 0.0]], np.float32)), np.array([[1, 1]])
    loss = losses.DiscreteHazard()
    value = loss(y, ops.sigmoid(z))
    np.testing.assert_allclose(value.data, 1e4 + np.log(2))
    np.testing.assert_allclose(losses.DiscreteHazard(from_logits=True)(y, z).data, value.data)


FUNCTIONS = {
    "mean_squared_error": (Y, P),
    "mean_absolute_error": (Y, P),
    "mean_absolute_percentage_error": (Y, P),
    "mean_squared_logarithmic_error": (Y, P),
    "huber": (Y, P),
    "log_cosh": (Y, P),
    "poisson": (Y, P),
    "hinge": (Y, P),
    "squared_hinge": (Y, P),
    "categorical_hinge": (ONE_HOT, SHARES),
    "cosine_similarity": (Y, P),
    "kl_divergence": (SHARES, SHARES[::-1]),
    "binary_crossentropy": (Y, P),
    "binary_focal_crossentropy": (Y, P),
    "categorical_crossentropy": (ONE_HOT, SHARES),
    "categorical_focal_crossentropy": (ONE_HOT, SHARES),
    "sparse_categorical_crossentropy": (LABELS, SHARES),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_give_each_example_its_loss(name):
    y, p = FUNCTIONS[name]
    each = getattr(losses, name)(y.tolist(), p)
    assert each.shape == (6,)
    np.testing.assert_allclose(each.mean(), losses.get(name)(y, p))
    assert type(losses.get(getattr(losses, name))) is type(losses.get(name))  # which looks over the labels


def test_functions_are_differentiable():
    p = Tensor(P)
    losses.mean_squared_error(Y, p).sum().backward()
    np.testing.assert_allclose(p.grad, 2 * (P - Y) / 3)


def test_a_loss_of_ones_own_defines_call_as_in_keras():
    class Cubed(losses.Loss):
        def call(self, y_true, y_pred):
            return (abs(y_pred - y_true) ** 3).mean(axis=-1)

    assert Cubed().name == "cubed"
    np.testing.assert_allclose(Cubed()(Y, P), (abs(P - Y) ** 3).mean())


# ---------------------------------------------------------------- certain answers


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("p", [0.0, 1.0])
@pytest.mark.parametrize("y", [0.0, 1.0])
def test_certain_probabilities_cost_a_finite_amount(dtype, p, y):
    p = Tensor(np.array([[p]], dtype))
    loss = losses.BinaryCrossentropy()([[y]], p)
    loss.backward()
    assert np.isfinite(float(loss))
    assert np.isfinite(p.grad).all()


def test_being_surely_wrong_costs_as_much_as_in_keras():
    # Keras 3.15.1 (torch), float32: 16.118095 for p = 0 and 15.942385 for p = 1, where 1 - 1e-7 is not exact
    loss = losses.BinaryCrossentropy()
    np.testing.assert_allclose(loss([[1.0]], np.array([[0.0]], np.float32)), 16.118095, rtol=1e-6)
    np.testing.assert_allclose(loss([[0.0]], np.array([[1.0]], np.float32)), 15.942385, rtol=1e-6)


@pytest.mark.parametrize("right", [0, 1])
def test_certain_shares_cost_a_finite_amount(right):
    p = Tensor(np.array([[0.0, 1.0]], np.float32))
    loss = losses.SparseCategoricalCrossentropy()([right], p)
    loss.backward()
    assert np.isfinite(float(loss))
    assert np.isfinite(p.grad).all()


def test_a_small_probability_is_not_rounded():
    p = np.array([[1e-5]], np.float32)
    np.testing.assert_allclose(losses.BinaryCrossentropy()([[1.0]], p), -np.log(1e-5), rtol=1e-6)


@pytest.mark.parametrize("z", [-1e4, -200.0, 200.0, 1e4])
def test_behind_a_sigmoid_the_loss_sees_the_score(z):
    z = Tensor(np.array([[z]], np.float32))
    loss = losses.BinaryCrossentropy()([[0.0]], ops.sigmoid(z))
    loss.backward()
    assert float(loss) == max(z.data[0, 0], 0)
    assert z.grad[0, 0] == (z.data[0, 0] > 0)  # what was said minus what was true


@pytest.mark.parametrize(
    ("loss", "y"), [(losses.CategoricalCrossentropy(), [[1.0, 0.0]]), (losses.SparseCategoricalCrossentropy(), [0])]
)
def test_behind_a_softmax_the_loss_sees_the_scores(loss, y):
    z = Tensor(np.array([[0.0, 1e4]], np.float32))
    value = loss(y, ops.softmax(z))
    value.backward()
    assert float(value) == 1e4
    np.testing.assert_array_equal(z.grad, [[-1, 1]])


# ---------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mse", losses.MeanSquaredError),
        ("mean_squared_error", losses.MeanSquaredError),
        ("mae", losses.MeanAbsoluteError),
        ("huber", losses.Huber),
        ("binary_crossentropy", losses.BinaryCrossentropy),
        ("categorical_crossentropy", losses.CategoricalCrossentropy),
        ("sparse_categorical_crossentropy", losses.SparseCategoricalCrossentropy),
    ],
)
def test_losses_by_name(name, kind):
    assert type(losses.get(name)) is kind


def test_an_object_stays_itself():
    loss = losses.Huber(2.0)
    assert losses.get(loss) is loss


def test_an_own_function():
    loss = losses.get(lambda y_true, y_pred: (y_pred - y_true) ** 4)
    np.testing.assert_allclose(loss(Y, P), ((P - Y) ** 4).mean())


@pytest.mark.parametrize(("typo", "meant"), [("mes", "mse"), ("binary_crosentropy", "binary_crossentropy")])
def test_a_mistyped_name_is_guessed(typo, meant):
    with pytest.raises(ValueError, match=rf"unknown loss {typo!r}.*Did you mean {meant!r}\?"):
        losses.get(typo)


@pytest.mark.parametrize(
    ("loss", "message"),
    [(losses.Huber, r"make an object of it: Huber\(\)"), (3, r"a loss is a name such as 'mse'.*Received: 3")],
)
def test_what_is_no_loss_is_refused(loss, message):
    with pytest.raises(TypeError, match=message):
        losses.get(loss)


EVERY = [
    losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1),
    losses.BinaryFocalCrossentropy(True, alpha=0.5, gamma=1.0, name="focal"),
    losses.CategoricalCrossentropy(label_smoothing=0.2),
    losses.SparseCategoricalCrossentropy(ignore_class=-1),
    losses.Huber(0.5, reduction="sum"),
    losses.Pinball(0.9),
    losses.CosineSimilarity(axis=0),
    losses.Dice(axis=[1, 2]),
    losses.DiscreteHazard(from_logits=True),
    losses.KLDivergence(),
    losses.SquaredHinge(),
    losses.CategoricalHinge("sum"),
    losses.CategoricalFocalCrossentropy(0.4, gamma=1.0, from_logits=True),
    losses.MeanSquaredError(reduction="none"),
]


@pytest.mark.parametrize("loss", EVERY, ids=lambda loss: type(loss).__name__)
def test_a_loss_can_be_made_again_from_its_config(loss):
    config = loss.get_config()
    assert type(loss)(**config).get_config() == config


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: losses.Huber(delta=-1), "Huber: delta is a number >= 0. Received: -1"),
        (lambda: losses.Pinball(9), "Pinball: quantile is a number between 0 and 1. Received: 9"),
        (lambda: losses.BinaryCrossentropy(label_smoothing=2), "label_smoothing is a number between 0 and 1"),
        (lambda: losses.SparseCategoricalCrossentropy(ignore_class="x"), "ignore_class is a whole number or None"),
        (lambda: losses.MeanSquaredError(reduction="summ"), "unknown reduction 'summ'.*Did you mean 'sum'"),
        (lambda: losses.Dice(axis="all"), r"axis is None or whole numbers such as \(1, 2, 3\)"),
        (lambda: losses.CosineSimilarity(axis=None), "axis is a whole number, such as -1. Received: None"),
    ],
)
def test_arguments_are_looked_over(make, message):
    with pytest.raises(ValueError, match=message):
        make()


# ---------------------------------------------------------------- labels of the wrong kind


@pytest.mark.parametrize(
    ("name", "y", "outputs", "message"),
    [
        ("mse", np.zeros(5), 2, r"y has shape \(5,\), but the model answers with \(N, 2\)"),
        ("binary_crossentropy", np.zeros(5), 3, "3 classes that exclude each other use loss='sparse_categorical"),
        ("binary_crossentropy", np.array([-1, 1]), 1, r"For labels -1 and 1 use \(y \+ 1\) / 2"),
        ("binary_crossentropy", np.array([0, 1, 2]), 1, "For more than two classes use loss='sparse_categorical"),
        ("categorical_crossentropy", np.array([0, 1, 2]), 3, r"utils.to_categorical\(y, 3\)"),
        ("categorical_crossentropy", np.array([[2, -1]]), 2, "each row of y must be shares that sum to 1"),
        ("categorical_crossentropy", np.ones((2, 1)), 1, "the model has one output"),
        ("sparse_categorical_crossentropy", np.eye(3), 3, "looks one-hot.*loss='categorical_crossentropy'"),
        ("sparse_categorical_crossentropy", np.array([0.5]), 3, "labels are whole numbers 0 to 2; received 0.5"),
        ("sparse_categorical_crossentropy", np.array([1, 3]), 3, "If your classes are counted from 1, use y - 1"),
        ("sparse_categorical_crossentropy", np.array([0, 4]), 3, r"For 5 classes end the model with Dense\(5\)"),
        ("sparse_categorical_crossentropy", np.array([-1, 1]), 3, r"np.unique\(y, return_inverse=True\)"),
        ("sparse_categorical_crossentropy", np.array([0, 1]), 1, "the model has one output"),
        ("discrete_hazard", np.array([0, 1]), 3, r"y of shape \(N, 2\).*np.stack\(\[interval, event\], axis=1\)"),
        ("discrete_hazard", np.array([[0, 2]]), 3, r"the second column of y is 1 \(event\) or 0 \(censored\)"),
        ("discrete_hazard", np.array([[3, 1]]), 3, "whole numbers 0 to 2. Received values from 3 to 3"),
        ("discrete_hazard", np.array([[0.5, 1]]), 3, r"use np.digitize\(time, edges\)"),
    ],
)
def test_labels_are_looked_over_and_the_repair_is_named(name, y, outputs, message):
    with pytest.raises(ValueError, match=message):
        losses.get(name).check(y, (None, outputs))


@pytest.mark.parametrize(
    ("name", "y", "outputs"),
    [
        ("mse", np.zeros(5), 1),
        ("mse", np.zeros((5, 1)), 1),
        ("binary_crossentropy", np.array([0, 1]), 1),
        ("binary_crossentropy", np.array([[0.2, 1, 0]]), 3),
        ("categorical_crossentropy", np.eye(3), 3),
        ("sparse_categorical_crossentropy", np.array([[0], [2]]), 3),
        ("discrete_hazard", np.array([[0, 1], [2, 0]]), 3),
    ],
)
def test_good_labels_pass(name, y, outputs):
    losses.get(name).check(y, (None, outputs))


def test_squared_hinge_and_the_categorical_one():
    # scores 0.5 and -2 of a yes and a no: (1 - 0.5)² and 0
    np.testing.assert_allclose(losses.SquaredHinge()([[1], [0]], np.array([[0.5], [-2.0]])), 0.125)
    np.testing.assert_allclose(losses.CategoricalHinge()([[0, 1, 0]], np.array([[0.2, 0.5, 0.3]])), 0.8)


def test_focal_crossentropy_of_classes():
    found = losses.CategoricalFocalCrossentropy()([[0, 1]], np.array([[0.25, 0.75]]))
    np.testing.assert_allclose(found, -0.25 * 0.25**2 * np.log(0.75))


@pytest.mark.parametrize(("name", "kind"), [("logcosh", "LogCosh"), ("kullback_leibler_divergence", "KLDivergence")])
def test_older_names(name, kind):
    assert type(losses.get(name)) is getattr(losses, kind)


def test_categorical_hinge_shares_its_gradient_among_equal_classes():
    z = Tensor(np.array([[0.2, 0.9, 0.1, 0.9], [0.5, 0.5, 0.5, 0.5]]))
    losses.CategoricalHinge("sum")(np.array([[0, 0, 1, 0], [0, 1, 0, 0]]), z).backward()
    np.testing.assert_allclose(z.grad, [[0, 0.5, -1, 0.5], [1 / 3, -1, 1 / 3, 1 / 3]])
    assert np.isnan(losses.CategoricalHinge()([[0, 1]], np.array([[np.nan, 0.0]])))
