import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.norm import batch_norm, batch_norm_inference, group_norm, layer_norm
from edunet.tensor import Tensor

N, H, W, C = 4, 3, 2, 5
STATISTICS = {"mean": np.linspace(-1, 1, C), "variance": np.linspace(0.5, 2, C)}


def draw(shape=(N, H, W, C)):
    """Return x, gamma, beta."""
    rng = np.random.default_rng(0)
    return [3 + 2 * rng.normal(size=shape), rng.normal(size=shape[-1]), rng.normal(size=shape[-1])]


def one_by_one(values, gamma, beta, epsilon):
    """Normalise a list of numbers; gamma and beta are numbers or lists."""
    mean = sum(values) / len(values)
    variance = sum((v - mean) ** 2 for v in values) / len(values)
    return gamma * (values - mean) / (variance + epsilon) ** 0.5 + beta, mean, variance


def test_batch_norm_follows_the_formula(backend):
    x, gamma, beta = draw()
    y, mean, variance = batch_norm(x, gamma, beta, epsilon=0.01)
    for c in range(C):
        want_y, want_mean, want_variance = one_by_one(x[..., c].ravel(), gamma[c], beta[c], 0.01)
        got = [*y[..., c].ravel(), mean[c], variance[c]]
        np.testing.assert_allclose(got, [*want_y, want_mean, want_variance], rtol=1e-11)


def test_layer_norm_follows_the_formula(backend):
    x, gamma, beta = draw()
    y = layer_norm(x, gamma, beta, epsilon=0.01)
    for place in np.ndindex(N, H, W):
        np.testing.assert_allclose(y[place], one_by_one(x[place], gamma, beta, 0.01)[0], rtol=1e-11)


def test_known_statistics_follow_the_formula():
    x, gamma, beta = draw()
    y = batch_norm_inference(x, gamma, beta, **STATISTICS, epsilon=0.01)
    expected = gamma * (x - STATISTICS["mean"]) / np.sqrt(STATISTICS["variance"] + 0.01) + beta
    np.testing.assert_allclose(y, expected, rtol=1e-12)


def test_the_statistics_of_the_batch_give_the_training_form():
    x, gamma, beta = draw()
    y, mean, variance = batch_norm(x, gamma, beta)
    np.testing.assert_allclose(batch_norm_inference(x, gamma, beta, mean=mean, variance=variance), y, rtol=1e-12)


@pytest.mark.parametrize("shape", [(7, C), (N, 3, C), (N, H, W, C)])
def test_gradients_of_batch_norm_are_right(backend, shape):
    check_gradients(batch_norm, *draw(shape))  # of y, mean and variance together


@pytest.mark.parametrize("which", [0, 1, 2])
def test_gradients_of_one_output_alone_are_right(which):
    def one(x):
        return batch_norm(x, np.arange(1.0, C + 1), np.ones(C))[which]

    check_gradients(one, draw()[0])


@pytest.mark.parametrize("shape", [(7, C), (N, 3, C), (N, H, W, C)])
def test_gradients_of_layer_norm_are_right(backend, shape):
    check_gradients(layer_norm, *draw(shape))


def test_gradients_with_known_statistics_are_right():
    check_gradients(batch_norm_inference, *draw(), **STATISTICS)


def test_a_single_value_per_channel_becomes_beta():
    x, gamma, beta = draw((1, C))
    np.testing.assert_array_equal(batch_norm(x, gamma, beta)[0][0], beta)


def test_a_constant_row_becomes_beta():
    _, gamma, beta = draw()
    np.testing.assert_array_equal(layer_norm(np.full((1, C), 7.0), gamma, beta)[0], beta)


OPS = {
    "batch_norm": lambda *arrays: batch_norm(*arrays)[0],
    "batch_norm_inference": lambda *arrays: batch_norm_inference(*arrays, **STATISTICS),
    "layer_norm": layer_norm,
}
all_ops = pytest.mark.parametrize("op", OPS.values(), ids=OPS)


@all_ops
def test_float32_stays_float32_and_close(op):
    arrays = draw()
    y = op(*(a.astype(np.float32) for a in arrays))
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, op(*arrays), rtol=1e-5, atol=1e-5)


@all_ops
def test_float32_gradients_stay_float32(op):
    tensors = [Tensor(a.astype(np.float32)) for a in draw()]
    op(*tensors).sum().backward()
    assert {t.grad.dtype for t in tensors} == {np.dtype(np.float32)}


def test_statistics_of_many_pixels_are_exact_in_float32():
    x = np.random.default_rng(0).normal(1000, 1, size=(200_000, 3)).astype(np.float32)
    _, mean, variance = batch_norm(x, np.ones(3, np.float32), np.zeros(3, np.float32))
    exact = x.astype(np.float64)
    np.testing.assert_allclose([mean, variance], [exact.mean(axis=0), exact.var(axis=0)], rtol=1e-6)


@all_ops
def test_a_wrong_channel_count_is_explained(op):
    with pytest.raises(ValueError, match=r"5 channels \(its last axis\): expected gamma \(5,\).*gamma \(3,\)"):
        op(np.ones((N, C)), np.ones(3), np.ones(C))


@all_ops
def test_channels_that_stand_second_are_recognised(op):
    with pytest.raises(ValueError, match=r"np\.moveaxis\(x, 1, -1\)"):
        op(np.ones((N, C, H, W)), np.ones(C), np.ones(C))


@all_ops
def test_a_single_row_is_explained(op):
    with pytest.raises(ValueError, match=r"x\.reshape\(1, -1\)"):
        op(np.ones(C), np.ones(C), np.ones(C))


def test_an_empty_batch_is_refused():
    with pytest.raises(ValueError, match="empty batch has no mean"):
        batch_norm(np.ones((0, C)), np.ones(C), np.ones(C))


def test_epsilon_must_be_positive():
    with pytest.raises(ValueError, match="must be > 0"):
        layer_norm(np.ones((N, C)), np.ones(C), np.ones(C), epsilon=0)


def test_a_negative_variance_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        batch_norm_inference(np.ones((N, C)), np.ones(C), np.ones(C), mean=np.ones(C), variance=-np.ones(C))


# ---------------------------------------------------------------- steps that do not count, groups of channels

GIVEN = np.random.default_rng(1)
STEPS = np.array([[True, True, False], [False, True, False]])


def test_masked_batch_norm_is_that_of_the_steps_that_count():
    x, gamma, beta = (GIVEN.normal(size=s) for s in ((2, 3, 4), (4,), (4,)))
    y, mean, variance = batch_norm(x, gamma, beta, mask=STEPS)
    for ours, expected in zip((y[STEPS], mean, variance), batch_norm(x[STEPS], gamma, beta), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-12)
    hidden = batch_norm_inference(x, gamma, beta, mean=mean, variance=variance)
    np.testing.assert_allclose(y, hidden, rtol=1e-12)
    assert check_gradients(batch_norm, x, gamma, beta, mask=STEPS) < 1e-6


@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("shape", [(3, 6), (2, 3, 4, 6)])
def test_group_norm_follows_the_formula(backend, shape, groups):
    x, gamma, beta = (GIVEN.normal(size=s) for s in (shape, (6,), (6,)))
    parts = x.reshape(len(x), -1, groups, 6 // groups)
    mean, variance = (f(parts, axis=(1, 3), keepdims=True) for f in (np.mean, np.var))
    normal = ((parts - mean) / np.sqrt(variance + 0.1)).reshape(shape)
    y = group_norm(x, gamma, beta, groups=groups, epsilon=0.1)
    np.testing.assert_allclose(y, gamma * normal + beta, rtol=1e-10, atol=1e-12)
    assert check_gradients(group_norm, x, gamma, beta, groups=groups, epsilon=0.1) < 1e-6


def test_group_norm_of_an_empty_batch_and_of_float32(backend):
    one = np.ones(4, np.float32)
    assert group_norm(np.zeros((0, 5, 4)), np.ones(4), np.zeros(4), groups=2).shape == (0, 5, 4)
    y, back = group_norm.__wrapped__(np.ones((1, 4), np.float32), one, one, groups=2)
    assert [a.dtype for a in (y, *back(y))] == [np.float32] * 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: group_norm(np.ones((1, 4)), np.ones(4), np.ones(4), groups=3), r"multiple of groups. Received: 3"),
        (lambda: group_norm(np.ones((1, 4)), np.ones(4), np.ones(4), groups=True), r"Received: True"),
        (lambda: batch_norm(np.ones((2, 4)), np.ones(4), np.ones(4), mask=STEPS), r"mask of the first axes of x"),
        (lambda: batch_norm(np.ones((2, 4)), np.ones(4), np.ones(4), mask=[False, False]), r"hides every step"),
    ],
)
def test_errors_of_groups_and_masks(call, message):
    with pytest.raises(ValueError, match=message):
        call()
