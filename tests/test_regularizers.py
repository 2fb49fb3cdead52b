import numpy as np
import pytest

from edunet import Sequential, Tensor, check_gradients, layers, optimizers, regularizers

rng = np.random.default_rng(0)
W = rng.normal(size=(4, 3))
X, Y = rng.normal(size=(16, 3)).astype(np.float32), rng.normal(size=(16, 2)).astype(np.float32)


def mean_cosine(w):
    u = w / np.linalg.norm(w, axis=1, keepdims=True)
    return abs(u @ u.T)[np.triu_indices(len(u), 1)].mean()


PENALTIES = {
    "L1": (regularizers.L1(0.1), 0.1 * abs(W).sum()),
    "L2": (regularizers.L2(0.1), 0.1 * (W**2).sum()),
    "L1L2": (regularizers.L1L2(0.1, 0.2), 0.1 * abs(W).sum() + 0.2 * (W**2).sum()),
    "orthogonal rows": (regularizers.OrthogonalRegularizer(0.1), 0.1 * mean_cosine(W)),
    "orthogonal columns": (regularizers.OrthogonalRegularizer(0.1, "columns"), 0.1 * mean_cosine(W.T)),
}


@pytest.mark.parametrize("name", PENALTIES)
def test_the_definition_and_its_gradient(name):
    penalty, expected = PENALTIES[name]
    np.testing.assert_allclose(float(penalty(Tensor(W))), expected)
    assert check_gradients(penalty, W) < 1e-6


def test_orthogonal_rows_cost_nothing():
    assert float(regularizers.OrthogonalRegularizer()(Tensor(3 * np.eye(4)))) == 0


def trained(penalty=None, **options):
    layer = layers.Dense(2, kernel_initializer="ones", kernel_regularizer=penalty, **options)
    model = Sequential([layer])
    model.compile(optimizers.SGD(0.1), "mse")
    losses = [model.train_on_batch(X, Y) for _ in range(30)]
    return losses, layer


def test_a_penalty_is_part_of_the_loss():
    plain, with_penalty = trained()[0][0], trained(regularizers.L2(0.1))[0][0]
    np.testing.assert_allclose(with_penalty - plain, 0.1 * 6, rtol=1e-5)  # six weights of 1


def test_l2_makes_weights_smaller():
    assert (trained("l2")[1].kernel.data ** 2).sum() < (trained()[1].kernel.data ** 2).sum()
    assert abs(trained(regularizers.L2(10 / 3))[1].kernel.data).max() < 0.1


def test_l1_makes_weights_zero_or_nearly():
    assert abs(trained(regularizers.L1(2.0))[1].kernel.data).max() <= 0.1 * 2.0 + 1e-6  # one step around 0


def test_one_step_follows_the_gradient_of_both():
    layer = layers.Dense(2, use_bias=False, kernel_regularizer=regularizers.L2(0.3))
    model = Sequential([layer])
    model.compile(optimizers.SGD(0.1), "mse")
    model.fit_to_inputs([X])
    before = layer.kernel.data.copy()
    model.train_on_batch(X, Y)
    dw = X.T @ (X @ before - Y) / 16 + 2 * 0.3 * before  # the mean of two outputs: 2/2
    np.testing.assert_allclose(layer.kernel.data, before - 0.1 * dw, rtol=1e-4, atol=1e-6)


def test_a_frozen_layer_is_not_punished():
    layer = layers.Dense(2, kernel_regularizer="l2", trainable=False)
    layer(X)
    assert layer.losses == []


def test_the_penalty_on_activities_is_their_mean_over_the_examples():
    layer = layers.Dense(2, activity_regularizer=regularizers.L1(0.5))
    y = layer(Tensor(X))
    (penalty,) = layer.losses
    np.testing.assert_allclose(float(penalty), 0.5 * abs(y.data).sum() / 16, rtol=1e-5)


def test_a_penalty_on_activities_makes_them_small():
    free, held = (trained(activity_regularizer=penalty)[1](X).data for penalty in (None, regularizers.L2(3.0)))
    assert abs(held).mean() < 0.5 * abs(free).mean()


def test_an_own_function_is_a_penalty():
    layer = layers.Dense(2, kernel_initializer="ones", kernel_regularizer=lambda w: (w**4).sum())
    layer(X)
    assert float(layer.losses[0]) == 6


@pytest.mark.parametrize("name", PENALTIES)
def test_a_regularizer_can_be_made_again_from_its_config(name):
    penalty, expected = PENALTIES[name]
    np.testing.assert_allclose(float(type(penalty)(**penalty.get_config())(Tensor(W))), expected)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("l1", regularizers.L1),
        ("l2", regularizers.L2),
        ("l1_l2", regularizers.L1L2),
        ("orthogonal_regularizer", regularizers.OrthogonalRegularizer),
    ],
)
def test_regularizers_by_name(name, kind):
    assert type(regularizers.get(name)) is kind
    assert regularizers.get(None) is None
    assert regularizers.l1(0.5).l1 == 0.5


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: regularizers.L2(-0.1), "a regularizer's l2 is a number >= 0.*Received: -0.1"),
        (lambda: regularizers.L1("0.1"), "a regularizer's l1 is a number >= 0"),
        (lambda: regularizers.get("l3"), "unknown regularizer 'l3'.*Did you mean"),
        (lambda: regularizers.OrthogonalRegularizer(mode="row"), "unknown mode 'row'.*Did you mean 'rows'"),
        (lambda: regularizers.OrthogonalRegularizer()(Tensor(np.ones(3))), r"expected a matrix.*\(3,\)"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_class_is_refused():
    with pytest.raises(TypeError, match=r"an object such as L2\(0.01\)"):
        regularizers.get(regularizers.L2)
