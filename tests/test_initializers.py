import numpy as np
import pytest

import edunet
from edunet import constraints, initializers

SHAPES = [((200, 300), 200, 300), ((3, 3, 40, 60), 360, 540), ((5, 30, 40), 150, 200), ((500,), 500, 500)]
SCALED = {  # name: variance from fan_in and fan_out
    "glorot": lambda i, o: 2 / (i + o),
    "he": lambda i, o: 2 / i,
    "lecun": lambda i, o: 1 / i,
}
EVERY = [
    "zeros",
    "ones",
    "constant",
    "uniform",
    "normal",
    "random_uniform",
    "random_normal",
    "truncated_normal",
    "orthogonal",
    "variance_scaling",
    "identity",
    *(f"{name}_{kind}" for name in SCALED for kind in ("uniform", "normal")),
]


@pytest.fixture(autouse=True)
def _seed():
    edunet.set_random_seed(0)


@pytest.mark.parametrize(("shape", "fan_in", "fan_out"), SHAPES)
@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_the_variance_follows_the_fans(name, kind, shape, fan_in, fan_out):
    w = initializers.get(f"{name}_{kind}")(shape)
    deviation = np.sqrt(SCALED[name](fan_in, fan_out))
    assert abs(w.std() / deviation - 1) < 4 / np.sqrt(w.size)
    assert abs(w.mean()) < 4 * deviation / np.sqrt(w.size)


@pytest.mark.parametrize("name", SCALED)
def test_uniform_weights_have_a_limit(name):
    limit = np.sqrt(3 * SCALED[name](200, 300))
    assert 0.99 * limit < abs(initializers.get(f"{name}_uniform")((200, 300))).max() <= limit


@pytest.mark.parametrize("name", SCALED)
def test_normal_weights_are_cut_at_two_deviations(name):
    # 0.8796: the deviation of a normal variable that is cut at ±2
    limit = 2 * np.sqrt(SCALED[name](200, 300)) / 0.87962566103423978
    assert 0.99 * limit < abs(initializers.get(f"{name}_normal")((200, 300))).max() <= limit * (1 + 1e-6)


@pytest.mark.parametrize(("mode", "n"), [("fan_in", 200), ("fan_out", 300), ("fan_avg", 250)])
@pytest.mark.parametrize(("distribution", "limit"), [("uniform", 3**0.5), ("truncated_normal", 2 / 0.8796)])
def test_a_variance_of_ones_own(mode, n, distribution, limit):
    w = initializers.VarianceScaling(0.5, mode, distribution)((200, 300))
    deviation = np.sqrt(0.5 / n)
    assert w.std() == pytest.approx(deviation, rel=0.02)
    assert 0.99 < abs(w).max() / (limit * deviation) < 1.0001


def test_a_normal_of_a_variance_of_ones_own():
    w = initializers.VarianceScaling(2, "fan_out", "untruncated_normal")((200, 300))
    assert w.std() == pytest.approx(np.sqrt(2 / 300), rel=0.02)
    assert abs(w).max() > 3 * w.std()


def test_the_named_ones_are_variances_too():
    for named, same in [
        (initializers.GlorotUniform(seed=1), initializers.VarianceScaling(1, "fan_avg", "uniform", seed=1)),
        (initializers.HeNormal(seed=1), initializers.VarianceScaling(2, "fan_in", "normal", seed=1)),
    ]:
        np.testing.assert_array_equal(named((20, 30)), same((20, 30)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": 0}, "scale is a number above 0. Received: 0"),
        ({"mode": "fan"}, r"unknown mode of VarianceScaling 'fan'; expected one of \['fan_avg', 'fan_in', 'fan_out'\]"),
        ({"distribution": "gamma"}, "unknown distribution of VarianceScaling 'gamma'"),
    ],
)
def test_variances_that_there_are_not(arguments, message):
    with pytest.raises(ValueError, match=message):
        initializers.VarianceScaling(**arguments)


@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2)])
def test_identity(shape):
    np.testing.assert_array_equal(initializers.Identity(gain=2.0)(shape), 2 * np.eye(*shape))


def test_identity_is_a_matrix():
    with pytest.raises(ValueError, match=r"Identity: expected a weight with 2 axes. Received shape \(3, 3, 1, 1\)"):
        initializers.Identity()((3, 3, 1, 1))


def test_truncated_normal():
    w = initializers.TruncatedNormal(mean=1.0, stddev=0.5)((200, 300))
    assert abs(w - 1).max() <= 1.0
    assert abs(w.mean() - 1) < 0.01


def test_random_uniform():
    w = initializers.RandomUniform(2, 3)((200, 300))
    assert 2 <= w.min() < 2.01
    assert 2.99 < w.max() <= 3


def test_random_normal():
    w = initializers.RandomNormal(1.0, 2.0)((200, 300))
    np.testing.assert_allclose([w.mean(), w.std()], [1, 2], atol=0.05)


@pytest.mark.parametrize(
    ("made", "value"), [(initializers.Zeros(), 0), (initializers.Ones(), 1), (initializers.Constant(0.3), 0.3)]
)
def test_constants(made, value):
    np.testing.assert_array_equal(made((2, 3)), np.full((2, 3), value, np.float32))


@pytest.mark.parametrize("shape", [(6, 6), (3, 8), (8, 3), (2, 2, 5)])
def test_orthogonal(shape):
    w = initializers.Orthogonal(gain=2.0)(shape, np.float64).reshape(-1, shape[-1])
    product = w @ w.T if w.shape[0] < w.shape[1] else w.T @ w
    np.testing.assert_allclose(product, 4 * np.eye(min(w.shape)), atol=1e-12)


def test_orthogonal_needs_two_axes():
    with pytest.raises(ValueError, match="expected a weight with at least 2 axes"):
        initializers.Orthogonal()((3,))


@pytest.mark.parametrize("name", EVERY)
def test_shape_and_precision(name):
    w = initializers.get(name)((4, 3), np.float64)
    assert (w.shape, w.dtype, initializers.get(name)((4, 3)).dtype) == ((4, 3), np.float64, np.float32)


@pytest.mark.parametrize("name", ["glorot_uniform", "he_normal", "orthogonal", "random_normal"])
def test_the_seed_of_the_session_repeats_the_draw(name):
    first = initializers.get(name)((4, 3))
    again = initializers.get(name)((4, 3))
    edunet.set_random_seed(0)
    np.testing.assert_array_equal(initializers.get(name)((4, 3)), first)
    assert (again != first).any()


def test_an_own_seed_does_not_depend_on_the_session():
    made = initializers.GlorotUniform(seed=1)
    np.testing.assert_array_equal(made((4, 3)), made((4, 3)))


@pytest.mark.parametrize("name", EVERY)
def test_an_initializer_can_be_made_again_from_its_config(name):
    made = initializers.get(name)
    assert type(made)(**made.get_config()).get_config() == made.get_config()


def test_names_as_keras_also_spells_them():
    for name in EVERY:
        if name not in ("uniform", "normal"):
            assert getattr(initializers, name) is type(initializers.get(name))


def test_a_class_is_made():
    assert initializers.get(initializers.he_normal)((2, 3)).shape == (2, 3)


def test_an_own_function():
    def ramp(shape, dtype=None):
        return np.arange(np.prod(shape), dtype=dtype).reshape(shape)

    assert initializers.get(ramp) is ramp


@pytest.mark.parametrize(
    ("typo", "meant"), [("glorot_unifrom", "glorot_uniform"), ("HeNormal", "he_normal"), ("zeroes", "zeros")]
)
def test_a_mistyped_name_is_guessed(typo, meant):
    with pytest.raises(ValueError, match=rf"unknown initializer {typo!r}.*Did you mean {meant!r}\?"):
        initializers.get(typo)


def test_what_is_no_initializer_is_refused():
    with pytest.raises(TypeError, match="an initializer is a name or a function of the shape"):
        initializers.get(0.5)


@pytest.mark.parametrize("room", [initializers, constraints])
def test_the_names_are_classes_too(room):
    for name in room.__all__:
        if name.islower() and name != "get":
            assert getattr(room, name) is type(room.get(name))
