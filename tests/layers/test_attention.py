import numpy as np
import pytest

from edunet.layers import Attention, Input, MultiHeadAttention

rng = np.random.default_rng(0)
X = rng.normal(size=(2, 5, 4)).astype(np.float32)
WIDE = rng.normal(size=(2, 3, 7)).astype(np.float32)


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def by_definition(layer, query, value, key, looks=None):
    """Head by head, as the formula says; weights (N,heads,T,S) beside the output."""
    wq, bq, wk, bk, wv, bv, wo, bo = layer.get_weights()
    y, tables = bo, []
    for h in range(wq.shape[1]):
        q, k, v = query @ wq[:, h] + bq[h], key @ wk[:, h] + bk[h], value @ wv[:, h] + bv[h]
        scores = q @ k.swapaxes(1, 2) / np.sqrt(wq.shape[2])
        a = softmax(scores if looks is None else np.where(looks, scores, -np.inf))
        y = y + a @ v @ wo[h]
        tables.append(a)
    return y, np.stack(tables, axis=1)


@pytest.fixture
def layer():
    layer = MultiHeadAttention(2, 3, value_dim=5)
    layer(X, X)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    return layer


def test_self_attention(layer):
    np.testing.assert_allclose(layer(X, X), by_definition(layer, X, X, X)[0], atol=2e-5)


def test_no_place_sees_a_later_one(layer):
    expected = by_definition(layer, X, X, X, np.tri(5, dtype=bool))[0]
    np.testing.assert_allclose(layer(X, X, use_causal_mask=True), expected, atol=2e-5)


def test_the_scores(layer):
    _, scores = layer(X, X, return_attention_scores=True)
    assert scores.shape == (2, 2, 5, 5)
    np.testing.assert_allclose(scores, by_definition(layer, X, X, X)[1], atol=1e-5)


def test_a_mask_for_all_heads(layer):
    looks = rng.random((2, 5, 5)) < 0.6
    looks[..., 0] = True
    expected = by_definition(layer, X, X, X, looks)[0]
    np.testing.assert_allclose(layer(X, X, attention_mask=looks), expected, atol=2e-5)


def test_a_mask_for_each_head(layer):
    looks = np.ones((2, 2, 5, 5), bool)
    looks[:, 1, :, 1:] = False
    scores = layer(X, X, attention_mask=looks, return_attention_scores=True)[1]
    np.testing.assert_allclose(scores[:, 1, :, 0], 1, atol=1e-6)


def test_key_and_value_may_differ(layer):
    key, value = rng.normal(size=(2, 2, 3, 4)).astype(np.float32)
    np.testing.assert_allclose(layer(X, value, key), by_definition(layer, X, value, key)[0], atol=2e-5)


def test_arguments_by_name(layer):
    np.testing.assert_array_equal(layer(value=X, query=X, key=X), layer(X, X))


def test_weights_have_the_shapes_and_order_of_keras(layer):
    shapes = [(4, 2, 3), (2, 3), (4, 2, 3), (2, 3), (4, 2, 5), (2, 5), (2, 5, 4), (4,)]
    assert [w.shape for w in layer.weights] == shapes


def test_without_bias():
    layer = MultiHeadAttention(2, 3, use_bias=False)
    layer(X, X)
    assert len(layer.weights) == 4


def test_a_value_of_another_width():
    # text that looks at an image: each projection is as wide as what it reads
    layer = MultiHeadAttention(2, 3)
    y = layer(query=X, value=WIDE)
    assert [w.shape for w in layer.weights[:5:2]] == [(4, 2, 3), (7, 2, 3), (7, 2, 3)]
    np.testing.assert_allclose(y, by_definition(layer, X, WIDE, WIDE)[0], atol=1e-5)


def test_a_key_of_a_third_width():
    layer = MultiHeadAttention(2, 3)
    layer(X, key=WIDE, value=WIDE[..., :6])
    assert [w.shape[0] for w in layer.weights[:5:2]] == [4, 7, 6]


def test_drawn_in_a_model():
    assert MultiHeadAttention(2, 3)(query=Input((5, 4)), value=Input((3, 7))).shape == (None, 5, 4)


def test_fans_are_those_of_the_whole_projection():
    # as in Keras 3.15: (80, 4, 25) is a matrix of 80 rows and 100 columns, not 80 filters
    layer = MultiHeadAttention(4, 25)
    layer.build((None, 3, 80))
    limit = np.sqrt(6 / 180)
    for w in layer.weights[::2]:
        assert 0.95 * limit < abs(w.data).max() <= limit


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: MultiHeadAttention(0, 3), ValueError, "num_heads is a whole number >= 1"),
        (lambda: MultiHeadAttention(2, 1.5), ValueError, "key_dim is a whole number >= 1"),
        (lambda: MultiHeadAttention(2, 3)(X), TypeError, "missing 1 required positional argument: 'value'"),
        (lambda: MultiHeadAttention(2, 3)(X, X, attention_mask=np.ones((2, 5, 5))), TypeError, r"mask.astype\(bool\)"),
        (lambda: MultiHeadAttention(2, 3)(X[0], X[0]), ValueError, r"expected x \(N, T, D\)"),
        (lambda: Attention()(X), ValueError, r"Attention takes a list: Attention\(\)\(\[query, value\]\)"),
        (lambda: Attention()([X]), ValueError, "Attention takes a list"),
    ],
)
def test_errors_name_the_remedy(make, error, message):
    with pytest.raises(error, match=message):
        make()


# ---------------------------------------------------------------- Attention, without weights


def test_the_formula_alone():
    expected = softmax(X @ X.swapaxes(1, 2) / 2) @ X  # √4 = 2
    np.testing.assert_allclose(Attention()([X, X]), expected, atol=1e-5)


def test_the_value_is_the_key_unless_given():
    np.testing.assert_array_equal(Attention()([X, X]), Attention()([X, X, X]))


def test_values_of_another_width():
    assert Attention()([X, rng.normal(size=(2, 3, 9)), X[:, :3]]).shape == (2, 5, 9)


def test_the_first_place_sees_itself_only():
    y = Attention()([X, X], use_causal_mask=True)
    np.testing.assert_allclose(y[:, 0], X[:, 0], atol=1e-6)


def test_attention_has_nothing_to_learn():
    layer = Attention()
    layer([X, X])
    assert layer.weights == []
