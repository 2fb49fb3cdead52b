import numpy as np
import pytest

from edunet import Sequential, constraints, layers, optimizers

rng = np.random.default_rng(0)
W = rng.normal(size=(5, 4)) * [0.1, 1, 3, 10]


def lengths(w, axis=0):
    return np.sqrt((w**2).sum(axis=axis))


def test_max_norm_shortens_what_is_too_long():
    w = constraints.MaxNorm(1.5)(W)
    np.testing.assert_allclose(lengths(w), np.minimum(lengths(W), 1.5), rtol=1e-5)
    np.testing.assert_allclose(w / lengths(w), W / lengths(W))  # no direction changes


def test_unit_norm():
    np.testing.assert_allclose(lengths(constraints.UnitNorm()(W)), 1, rtol=1e-5)


@pytest.mark.parametrize("rate", [1.0, 0.25])
def test_min_max_norm(rate):
    w = constraints.MinMaxNorm(1.0, 2.0, rate)(W)
    expected = rate * np.clip(lengths(W), 1, 2) + (1 - rate) * lengths(W)
    np.testing.assert_allclose(lengths(w), expected, rtol=1e-5)


def test_non_neg():
    np.testing.assert_array_equal(constraints.NonNeg()(W), np.where(W > 0, W, 0))


@pytest.mark.parametrize("axis", [[0, 1, 2], (0, 1, 2)])
def test_the_length_of_a_filter_is_over_several_axes(axis):
    filters = rng.normal(size=(3, 3, 2, 6)).astype(np.float32)
    w = constraints.UnitNorm(axis=axis)(filters)
    np.testing.assert_allclose(lengths(w, axis=(0, 1, 2)), 1, rtol=1e-5)
    assert w.dtype == np.float32


def test_weights_that_are_all_zero_stay_finite():
    assert (constraints.UnitNorm()(np.zeros((2, 2))) == 0).all()


@pytest.mark.parametrize(
    ("constraint", "held"),
    [
        ("non_neg", lambda w: (w >= 0).all()),
        (constraints.MaxNorm(0.3), lambda w: (lengths(w) <= 0.3 + 1e-6).all()),
        ("unit_norm", lambda w: np.allclose(lengths(w), 1, atol=1e-5)),
        (lambda w: np.clip(w, -0.2, 0.2), lambda w: (abs(w) <= 0.2).all()),
    ],
    ids=["non_neg", "max_norm", "unit_norm", "function"],
)
def test_every_step_of_a_training_keeps_the_bound(constraint, held):
    x = rng.normal(size=(32, 3)).astype(np.float32)
    model = Sequential([layers.Dense(4, kernel_constraint=constraint), layers.Dense(1)])
    model.compile(optimizers.SGD(0.3), "mse")
    for _ in range(3):
        model.train_on_batch(x, x @ [[-2.0], [3.0], [1.0]])
        assert held(model.layers[0].kernel.data)
    assert (abs(model.layers[1].kernel.data) > 0).all()  # another layer's weights are free


@pytest.mark.parametrize(
    "made",
    [
        constraints.MaxNorm(3, axis=[0, 1]),
        constraints.MinMaxNorm(0.5, 2, 0.9, 1),
        constraints.UnitNorm(1),
        constraints.NonNeg(),
    ],
    ids=lambda c: type(c).__name__,
)
def test_a_constraint_can_be_made_again_from_its_config(made):
    again = type(made)(**made.get_config())
    np.testing.assert_array_equal(again(W), made(W))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("max_norm", constraints.MaxNorm),
        ("min_max_norm", constraints.MinMaxNorm),
        ("non_neg", constraints.NonNeg),
        ("unit_norm", constraints.UnitNorm),
    ],
)
def test_constraints_by_name(name, kind):
    assert type(constraints.get(name)) is kind
    assert constraints.get(None) is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: constraints.MaxNorm(-1), "MaxNorm: max_value is a number >= 0. Received: -1"),
        (lambda: constraints.MaxNorm(axis="rows"), "MaxNorm: axis is a whole number.*Received: 'rows'"),
        (lambda: constraints.MinMaxNorm(3, 2), "expected min_value <= max_value.*min_value=3, max_value=2"),
        (lambda: constraints.MinMaxNorm(rate=2), "a rate between 0 and 1.*rate=2"),
        (lambda: constraints.get("non_negative"), "unknown constraint 'non_negative'.*Did you mean 'non_neg'"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_class_is_refused():
    with pytest.raises(TypeError, match=r"an object such as MaxNorm\(2\)"):
        constraints.get(constraints.MaxNorm)


def test_names_as_keras_also_spells_them():
    made = (constraints.max_norm, constraints.min_max_norm, constraints.non_neg, constraints.unit_norm)
    assert made == (constraints.MaxNorm, constraints.MinMaxNorm, constraints.NonNeg, constraints.UnitNorm)
