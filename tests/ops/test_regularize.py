import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.regularize import dropout, gaussian_dropout, gaussian_noise
from edunet.tensor import Tensor


def test_what_is_left_is_louder():
    y = dropout(np.full(1000, 3.0), rate=0.2, rng=np.random.default_rng(0))
    np.testing.assert_allclose(y[y != 0], 3 / 0.8, rtol=1e-14)


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_right_share_is_silenced(rate):
    y = dropout(np.ones(100_000), rate=rate, rng=np.random.default_rng(0))
    assert abs(np.mean(y == 0) - rate) < 0.01


def test_the_gradient_passes_where_the_input_did():
    x = Tensor(np.ones((30, 4)))
    y = dropout(x, rate=0.5, rng=np.random.default_rng(0))
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, y.data)


def test_gradients_are_right():
    def silenced(x):
        return dropout(x, rate=0.3, rng=np.random.default_rng(5))  # the same places each time

    check_gradients(silenced, np.random.default_rng(0).normal(size=(6, 5)))


def test_every_call_silences_other_places():
    rng = np.random.default_rng(0)
    first, second = (dropout(np.ones(100), rate=0.5, rng=rng) for _ in range(2))
    assert (first != second).any()


def test_rate_0_returns_x():
    x = np.arange(4.0)
    np.testing.assert_array_equal(dropout(x, rate=0, rng=np.random.default_rng(0)), x)


def test_rate_0_draws_nothing():
    rng = np.random.default_rng(0)
    dropout(np.ones(9), rate=0.0, rng=rng)
    assert rng.random() == np.random.default_rng(0).random()


def test_both_precisions_silence_the_same_places():
    x = np.ones(100)
    y64, y32 = (dropout(a, rate=0.5, rng=np.random.default_rng(0)) for a in (x, x.astype(np.float32)))
    np.testing.assert_array_equal(y64, y32)


def test_float32_stays_float32():
    x = Tensor(np.ones(9, np.float32))
    y = dropout(x, rate=0.3, rng=np.random.default_rng(0))
    y.sum().backward()
    assert {y.dtype, x.grad.dtype} == {np.dtype(np.float32)}


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, float("nan"), "0.5", None])
def test_a_rate_out_of_range_is_refused(rate):
    with pytest.raises(ValueError, match="0 <= rate < 1"):
        dropout(np.ones(3), rate=rate, rng=np.random.default_rng(0))


def test_a_rate_in_per_cent_is_recognised():
    with pytest.raises(ValueError, match=r"For 50 per cent type 0\.5"):
        dropout(np.ones(3), rate=50, rng=np.random.default_rng(0))


@pytest.mark.parametrize("rng", [0, None])
def test_a_seed_is_not_a_generator(rng):
    with pytest.raises(TypeError, match=r"np\.random\.default_rng\(0\)"):
        dropout(np.ones(3), rate=0.5, rng=rng)


class Repeating:
    """An op whose draws are the same each time, so that finite differences mean something."""

    def __init__(self, op, **options):
        self.op, self.options = op, options

    def __call__(self, x, **_):
        return self.op(x, rng=np.random.default_rng(0), **self.options)


@pytest.mark.parametrize(
    ("op", "options"),
    [
        (dropout, {"rate": 0.4, "noise_shape": (None, 1, None)}),
        (gaussian_dropout, {"rate": 0.4}),
        (gaussian_noise, {"stddev": 0.4}),
    ],
)
def test_gradients_of_noise(op, options):
    x = np.random.default_rng(1).normal(size=(2, 3, 4))
    assert check_gradients(Repeating(op, **options), x) < 1e-6


@pytest.mark.parametrize(("op", "options"), [(gaussian_dropout, {"rate": 1.0}), (gaussian_noise, {"stddev": -1.0})])
def test_noise_out_of_range_is_refused(op, options):
    with pytest.raises(ValueError, match="Received"):
        op(np.ones(3), rng=np.random.default_rng(0), **options)
