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
    found = [float(getattr(losses, name)()(y, p, weights)) for name in REGRESSIONS]
    np.testing.assert_allclose(found, [0.4921875, 0.75, 0.24609375, 1.4287691], rtol=1e-6)


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


def test_a_loss_can_be_made_again_from_its_config():
    config = losses.BinaryCrossentropy(from_logits=True).get_config()
    assert losses.BinaryCrossentropy(**config).from_logits


# ---------------------------------------------------------------- labels of the wrong kind


@pytest.mark.parametrize(
    ("name", "y", "outputs", "message"),
    [
        ("mse", np.zeros(5), 2, r"y has shape \(5,\), but the model answers with \(N, 2\)"),
        ("binary_crossentropy", np.zeros(5), 3, "3 classes that exclude each other use loss='sparse_categorical"),
        ("binary_crossentropy", np.array([-1, 1]), 1, r"For labels -1 and 1 use \(y \+ 1\) / 2"),
        ("binary_crossentropy", np.array([0, 1, 2]), 1, "For more than two classes use loss='sparse_categorical"),
        ("categorical_crossentropy", np.array([0, 1, 2]), 3, r"utils.to_categorical\(y, 3\)"),
        ("categorical_crossentropy", np.ones((2, 3)), 3, "each row of y must be shares that sum to 1"),
        ("categorical_crossentropy", np.ones((2, 1)), 1, "the model has one output"),
        ("sparse_categorical_crossentropy", np.eye(3), 3, "looks one-hot.*loss='categorical_crossentropy'"),
        ("sparse_categorical_crossentropy", np.array([0.5]), 3, "labels are whole numbers 0 to 2; received 0.5"),
        ("sparse_categorical_crossentropy", np.array([1, 3]), 3, "If your classes are counted from 1, use y - 1"),
        ("sparse_categorical_crossentropy", np.array([0, 4]), 3, r"For 5 classes end the model with Dense\(5\)"),
        ("sparse_categorical_crossentropy", np.array([-1, 1]), 3, r"np.unique\(y, return_inverse=True\)"),
        ("sparse_categorical_crossentropy", np.array([0, 1]), 1, "the model has one output"),
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
    ],
)
def test_good_labels_pass(name, y, outputs):
    losses.get(name).check(y, (None, outputs))
