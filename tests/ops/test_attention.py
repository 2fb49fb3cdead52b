import math

import numpy as np
import pytest

from edunet.gradcheck import check_gradients
from edunet.ops.attention import _one_axis, attention, attention_weights, merge_heads, split_heads
from edunet.tensor import Tensor, gradients

N, H, T, S, d, e = 2, 3, 4, 5, 6, 2
MASK = np.random.default_rng(1).random((N, 1, T, S)) < 0.6
MASK[..., 0] = True  # every query sees at least the first key
BLIND = MASK.copy()
BLIND[0, 0, 1] = False  # but for this one
LOOKS = {
    "everywhere": {},
    "mask": {"mask": MASK},
    "causal": {"causal": True},
    "mask and causal": {"mask": MASK, "causal": True},
    "a blind query": {"mask": BLIND},
}
all_looks = pytest.mark.parametrize("options", LOOKS.values(), ids=LOOKS)


def draw():
    """Return q, k, v."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in ((N, H, T, d), (N, H, S, d), (N, H, S, e))]


def by_the_query(q, k, v, mask=None, causal=False):
    """The two formulas, one query at a time; returns Z and A."""
    A = np.zeros((N, H, T, S))
    mask = np.broadcast_to(True if mask is None else mask, A.shape)
    for n, h, i in np.ndindex(N, H, T):
        keys = [j for j in range(S) if mask[n, h, i, j] and (j <= i or not causal)]
        answers = [math.exp(q[n, h, i] @ k[n, h, j] / math.sqrt(d)) for j in keys]
        A[n, h, i, keys] = [a / sum(answers) for a in answers]
    return np.einsum("nhij,nhje->nhie", A, v), A


@all_looks
def test_values_follow_the_formula(backend, options):
    q, k, v = draw()
    np.testing.assert_allclose(attention(q, k, v, **options), by_the_query(q, k, v, **options)[0], rtol=1e-12)


@all_looks
def test_gradients_are_right(backend, options):
    check_gradients(attention, *draw(), **options)


@all_looks
def test_weights_follow_the_formula(options):
    q, k, v = draw()
    np.testing.assert_allclose(attention_weights(q, k, **options), by_the_query(q, k, v, **options)[1], rtol=1e-12)


@all_looks
def test_gradients_of_weights_are_right(options):
    check_gradients(attention_weights, *draw()[:2], **options)


def test_weights_sum_to_one():
    np.testing.assert_allclose(attention_weights(*draw()[:2], mask=MASK).sum(axis=-1), 1, rtol=1e-14)


def test_a_blind_query_gets_nothing():
    assert not attention(*draw(), mask=BLIND)[0, :, 1].any()


@pytest.mark.parametrize("size", [1e2, 1e4, 1e6, 1e9])
def test_huge_scores_leave_a_lone_key_its_whole_weight(backend, size):
    """The largest weight is e^0 exactly only if a score is rounded the same way wherever it is formed."""
    rng = np.random.default_rng(0)
    q, k = (rng.uniform(-size, size, (200, 1, 3)).astype(np.float32) for _ in range(2))
    v, dz = (rng.normal(size=(200, 1, 5)).astype(np.float32) for _ in range(2))
    v = Tensor(v)
    z = attention(Tensor(q), Tensor(k), v)
    np.testing.assert_allclose(z.data, v.data, rtol=1e-6)
    np.testing.assert_allclose(gradients(z, [v], dz)[0], dz, rtol=1e-6)


def test_a_blind_query_has_no_gradient():
    q, k, v = map(Tensor, draw())
    attention(q, k, v, mask=BLIND).sum().backward()
    assert not q.grad[0, :, 1].any()


def test_the_future_has_no_influence():
    q, k, v = draw()
    before = attention(q, k, v, causal=True)
    k[:, :, 2:], v[:, :, 2:] = 9, 9
    np.testing.assert_array_equal(attention(q, k, v, causal=True)[:, :, :2], before[:, :, :2])


def test_padding_changes_nothing():
    q, k, v = draw()
    keys = np.arange(S) < 3
    np.testing.assert_allclose(
        attention(q, k, v, mask=keys), attention(q, k[:, :, :3], v[:, :, :3]), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("leading", [(), (3,), (2, 3), (2, 1, 3)])
def test_any_leading_axes(leading):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(*leading, *shape)) for shape in ((T, d), (S, d), (S, e))]
    expected = attention_weights(*arrays[:2]) @ arrays[2]
    np.testing.assert_allclose(attention(*arrays), expected, rtol=1e-12)


@pytest.mark.parametrize("leading", [(), (3,), (2, 1, 3)])
def test_gradients_with_any_leading_axes_are_right(leading):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=(*leading, *shape)) for shape in ((T, d), (S, d), (S, e))]
    check_gradients(attention, *arrays, mask=MASK[0, 0])


@pytest.mark.parametrize("shape", [(), (S,), (T, S), (N, 1, 1, S), (1, H, T, 1), (N, 1, T, S), (N, H, T, S)], ids=str)
def test_any_mask_that_broadcasts(backend, shape):
    mask = np.asarray(np.random.default_rng(2).random(shape) < 0.7)
    arrays = draw()
    whole = np.ascontiguousarray(np.broadcast_to(mask, (N, H, T, S)))
    np.testing.assert_allclose(attention(*arrays, mask=mask), by_the_query(*arrays, mask=whole)[0], rtol=1e-12)
    check_gradients(attention, *arrays, mask=mask)


def test_a_mask_reaches_the_kernel_without_being_copied():
    keys, table = np.ones((N, 1, 1, S), bool), np.ones((T, S), bool)
    assert _one_axis(keys, (N, H), T, S).strides == (S, 0, 1)
    assert np.shares_memory(_one_axis(table, (N, H), T, S), table)


def test_large_scores_stay_finite():
    q, k, v = draw()
    z = attention(1000 * q, 1000 * k, v)
    best = np.argmax(q @ k.swapaxes(2, 3), axis=3)
    np.testing.assert_allclose(z, np.take_along_axis(v, best[..., None], axis=2), rtol=1e-12)


def test_float32_stays_float32_and_close():
    arrays = draw()
    z = attention(*(a.astype(np.float32) for a in arrays), mask=BLIND)
    assert z.dtype == np.float32
    np.testing.assert_allclose(z, attention(*arrays, mask=BLIND), rtol=1e-5, atol=1e-6)


def test_float32_gradients_stay_float32():
    tensors = [Tensor(a.astype(np.float32)) for a in draw()]
    attention(*tensors, mask=BLIND, causal=True).sum().backward()
    assert {t.grad.dtype for t in tensors} == {np.dtype(np.float32)}


def test_float32_weights_stay_float32():
    q, k = (Tensor(a.astype(np.float32)) for a in draw()[:2])
    A = attention_weights(q, k, mask=BLIND)
    A.sum().backward()
    assert {A.dtype, q.grad.dtype, k.grad.dtype} == {np.dtype(np.float32)}


def test_heads_are_consecutive_features():
    x = np.random.default_rng(0).normal(size=(N, T, 6))
    np.testing.assert_array_equal(split_heads(x, heads=3)[:, 1], x[:, :, 2:4])


def test_merging_undoes_splitting():
    x = np.random.default_rng(0).normal(size=(N, T, 6))
    np.testing.assert_array_equal(merge_heads(split_heads(x, heads=3)), x)


def test_gradients_of_split_heads_are_right():
    check_gradients(split_heads, np.random.default_rng(0).normal(size=(N, T, 6)), heads=2)


def test_gradients_of_merge_heads_are_right():
    check_gradients(merge_heads, np.random.default_rng(0).normal(size=(N, H, T, 2)))


ones = np.ones


@pytest.mark.parametrize(
    ("q", "k", "v", "message"),
    [
        ((T, 6), (S, 4), (S, e), "queries have 6 numbers each, keys have 4"),
        ((T, 6), (6, S), (S, e), "k seems transposed"),
        ((T, d), (S, d), (S + 1, e), r"one value for each key, v \(5, 'e'\)"),
        ((2, T, d), (3, S, d), (3, S, e), "leading axes must be equal"),
        ((d,), (S, d), (S, e), r"expected q \(\.\.\., T, d\)"),
        ((T, d), (0, d), (0, e), "at least one key"),
    ],
)
def test_wrong_sizes_are_explained(q, k, v, message):
    with pytest.raises(ValueError, match=message):
        attention(ones(q), ones(k), ones(v))


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (ones((N, S), bool), r"mask\[:, None, None, :\]"),
        (ones((T, S + 1), bool), r"broadcasts to \(\.\.\., T, S\) = \(2, 3, 4, 5\)"),
        (ones((7, N, H, T, S), bool), "broadcasts to"),
    ],
)
def test_a_mask_that_does_not_fit_is_explained(mask, message):
    with pytest.raises(ValueError, match=message):
        attention(*draw(), mask=mask)


def test_a_mask_of_numbers_is_refused():
    with pytest.raises(TypeError, match=r"True where a query may look.*mask\.astype\(bool\)"):
        attention(*draw(), mask=MASK.astype(int))


def test_heads_must_divide_the_width():
    with pytest.raises(ValueError, match=r"width of 6 cannot be cut into 4 equal heads; \[1, 2, 3, 6\] would do"):
        split_heads(ones((N, T, 6)), heads=4)


@pytest.mark.parametrize("heads", [0, 2.0, True])
def test_heads_are_a_whole_number(heads):
    with pytest.raises(ValueError, match="whole number >= 1"):
        split_heads(ones((N, T, 6)), heads=heads)


def test_values_of_no_width_are_refused():
    with pytest.raises(ValueError, match="at least one number"):
        attention(np.ones((2, 5, 4)), np.ones((2, 6, 4)), np.ones((2, 6, 0)))


# ---------------------------------------------------------------- scale and bias

BIASES = [(), (S,), (T, S), (N, 1, 1, S), (N, H, T, S)]


@pytest.mark.parametrize("scale", [0.3, 1.0, 2])
def test_another_scale(backend, scale):
    q, k, v = draw()
    expected = by_the_query(q * scale * math.sqrt(d), k, v, mask=MASK)
    np.testing.assert_allclose(attention(q, k, v, mask=MASK, scale=scale), expected[0], rtol=1e-12)
    np.testing.assert_allclose(attention_weights(q, k, mask=MASK, scale=scale), expected[1], rtol=1e-12)


def test_gradients_with_another_scale_are_right(backend):
    check_gradients(attention, *draw(), scale=0.7, causal=True)
    check_gradients(attention_weights, *draw()[:2], scale=0.7)


@pytest.mark.parametrize("shape", BIASES, ids=str)
def test_a_bias_is_added_to_the_scores(shape):
    q, k, v = draw()
    bias = np.random.default_rng(3).normal(size=shape)
    scores = np.where(MASK, q @ k.swapaxes(2, 3) / math.sqrt(d) + bias, -np.inf)
    A = np.exp(scores) / np.exp(scores).sum(axis=-1, keepdims=True)
    np.testing.assert_allclose(attention(q, k, v, bias, mask=MASK), A @ v, rtol=1e-12)
    np.testing.assert_allclose(attention_weights(q, k, bias, mask=MASK), A, rtol=1e-12)


@pytest.mark.parametrize("shape", BIASES[1:], ids=str)  # one number for all pairs changes nothing
def test_gradients_with_a_bias_are_right(shape):
    bias = np.random.default_rng(3).normal(size=shape)
    check_gradients(attention, *draw(), bias, causal=True, scale=0.7)
    check_gradients(attention_weights, *draw()[:2], bias)


def test_a_bias_of_minus_infinity_is_a_mask(backend):
    q, k, v = draw()
    bias = np.where(BLIND, 0, -np.inf)
    np.testing.assert_allclose(attention(q, k, v, bias), attention(q, k, v, mask=BLIND), rtol=1e-12, atol=1e-14)


def test_a_bias_keeps_float32():
    q, k, v = (a.astype(np.float32) for a in draw())
    assert attention(q, k, v, np.zeros((T, S), np.float32), scale=0.5).dtype == np.float32


def test_a_bias_that_does_not_fit_is_explained():
    with pytest.raises(
        ValueError, match=r"bias that broadcasts to .*Received shape \(2, 5\).*bias\[:, None, None, :\]"
    ):
        attention(*draw(), ones((N, S)))


@pytest.mark.parametrize("scale", ["big", True, math.inf])
def test_a_scale_that_is_no_number_is_explained(scale):
    with pytest.raises(ValueError, match="scale is the factor of the scores, a finite number"):
        attention(*draw(), scale=scale)
