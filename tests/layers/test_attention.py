import numpy as np
import pytest

from edunet import Model, gradients, use_backend
from edunet.layers import GRU, Attention, Embedding, Input, MultiHeadAttention
from edunet.tensor import Tensor

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


def test_a_learned_scale():
    layer = Attention(use_scale=True)
    layer([X, X])
    layer.set_weights([np.float32(2)])  # √4: Keras's numbers
    np.testing.assert_allclose(layer([X, X]), softmax(X @ X.swapaxes(1, 2)) @ X, atol=1e-5)


def test_the_learned_scale_has_a_gradient():
    layer = Attention(use_scale=True)
    y = layer([X, X])
    assert gradients((y * y).sum(), layer.weights)[0].shape == ()


def test_scores_of_the_formula_alone():
    z, A = Attention()([X, X], return_attention_scores=True)
    np.testing.assert_allclose(A @ X, z, atol=1e-5)


# ---------------------------------------------------------------- masks

LONG = np.array([5, 3])
REAL = np.arange(5) < LONG[:, None]  # the steps that were measured


def masked(x, mask):
    x = Tensor(x)
    x.mask = mask
    return x


@pytest.mark.parametrize("causal", [False, True])
def test_a_padded_sequence_is_the_unpadded_one(layer, causal):
    padded = layer(masked(X, REAL), masked(X, REAL), use_causal_mask=causal)
    for n, T in enumerate(LONG):
        alone = layer(X[n : n + 1, :T], X[n : n + 1, :T], use_causal_mask=causal)
        np.testing.assert_allclose(padded[n, :T], alone[0], atol=1e-6)


def test_what_stands_in_the_padding_does_not_matter(layer):
    other = np.where(REAL[..., None], X, 99).astype(np.float32)
    a, b = (layer(masked(x, REAL), masked(x, REAL)).numpy() for x in (X, other))
    np.testing.assert_allclose(a[REAL], b[REAL], atol=1e-6)


def test_the_output_carries_the_mask_of_the_query(layer):
    y, scores = layer(masked(X, REAL), X, return_attention_scores=True)
    np.testing.assert_array_equal(y.mask, REAL)
    assert scores.mask is None


def test_the_mask_of_the_value_stays_behind(layer):
    assert layer(X, masked(X, REAL)).mask is None


@pytest.mark.parametrize("name", ["value_mask", "key_mask"])
def test_masks_by_name(layer, name):
    np.testing.assert_allclose(layer(X, X, X, **{name: REAL}), layer(X, masked(X, REAL)), atol=1e-6)


def test_masks_of_inputs_and_attention_masks_are_combined(layer):
    looks = np.broadcast_to(np.arange(5) != 1, (2, 5, 5))
    both = layer(X, masked(X, REAL), attention_mask=looks, return_attention_scores=True)[1].numpy()
    assert not both[..., 1].any()
    assert not both[1, ..., 3:].any()
    np.testing.assert_allclose(both.sum(axis=-1), 1, atol=1e-6)


def test_a_mask_for_each_head_beside_the_mask_of_the_value(layer):
    looks = np.ones((2, 2, 5, 5), bool)
    looks[:, 1, :, 1:] = False
    scores = layer(X, masked(X, REAL), attention_mask=looks, return_attention_scores=True)[1].numpy()
    assert not scores[1, 0, :, 3:].any()
    np.testing.assert_allclose(scores[:, 1, :, 0], 1, atol=1e-6)


def test_scores_are_the_same_on_every_backend(layer, backend):
    scores = layer(masked(X, REAL), masked(X, REAL), return_attention_scores=True)[1]
    with use_backend("numpy"):
        plain = layer(masked(X, REAL), masked(X, REAL), return_attention_scores=True)[1]
    np.testing.assert_array_equal(scores, plain)


def test_masks_of_the_formula_alone():
    y = Attention()([masked(X, REAL), masked(X, REAL)])
    np.testing.assert_allclose(y[1, :3], Attention()([X[1:, :3], X[1:, :3]])[0], atol=1e-6)
    assert not y.numpy()[1, 3:].any()
    np.testing.assert_array_equal(y.mask, REAL)


def test_a_list_of_masks():
    given = Attention()([X, X], mask=[None, REAL])
    np.testing.assert_array_equal(given, Attention()([X, masked(X, REAL)]))


def test_codes_with_padding_in_a_drawn_model():
    codes = np.array([[3, 1, 2, 0, 0], [1, 2, 3, 4, 1]])
    x = Input((None,), dtype="int32")
    h = Embedding(5, 4, mask_zero=True)(x)
    model = Model(x, GRU(4)(MultiHeadAttention(2, 3)(h, h)))
    np.testing.assert_allclose(model.predict(codes)[0], model.predict(codes[:1, :3])[0], atol=1e-6)


# ---------------------------------------------------------------- dropout and the rest


def test_dropout_only_while_learning(layer):
    silenced = MultiHeadAttention(2, 3, value_dim=5, dropout=0.5)
    silenced(X, X)
    silenced.set_weights(layer.get_weights())
    np.testing.assert_array_equal(silenced(X, X), layer(X, X))
    assert not np.allclose(silenced(X, X, training=True), layer(X, X))


def test_dropout_is_right_on_average():
    layer = Attention(dropout=0.5)
    mean = np.mean([layer([X, X], training=True) for _ in range(2000)], axis=0)
    np.testing.assert_allclose(mean, Attention()([X, X]), atol=0.15)


def test_the_scores_are_those_before_dropout():
    scores = Attention(dropout=0.5)([X, X], training=True, return_attention_scores=True)[1]
    np.testing.assert_allclose(scores.sum(axis=-1), 1, atol=1e-5)


@pytest.mark.parametrize(("output_shape", "made"), [(6, (6,)), ((6,), (6,)), ((2, 3), (2, 3))])
def test_another_output_shape(output_shape, made):
    layer = MultiHeadAttention(2, 3, output_shape=output_shape)
    assert layer(X, X).shape == (2, 5, *made)
    assert [w.shape for w in layer.weights[-2:]] == [(2, 3, *made), made]


def test_regularizers_and_constraints():
    layer = MultiHeadAttention(2, 3, kernel_regularizer="l2", bias_regularizer="l1", kernel_constraint="non_neg")
    layer(X, X)
    assert len(layer.losses) == 8
    assert len(layer.constrained_weights) == 4


@pytest.mark.parametrize(
    "layer",
    [
        MultiHeadAttention(2, 3, value_dim=4, dropout=0.1, output_shape=(2, 3), use_bias=False),
        Attention(use_scale=True, dropout=0.2),
    ],
    ids=["MultiHeadAttention", "Attention"],
)
def test_the_config_makes_the_layer_again(layer):
    config = layer.get_config()
    assert type(layer)(**config).get_config() == config


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: MultiHeadAttention(2, 3)(X, X, value_mask=REAL[:, :3]), r"mask of the value \(N, T\) = \(2, 5\)"),
        (lambda: MultiHeadAttention(2, 3)(X, X, query_mask=REAL[0]), "mask of the query"),
        (lambda: Attention()([X, X], mask=REAL), r"mask is a list \[query_mask, value_mask\]"),
        (lambda: MultiHeadAttention(2, 3, dropout=1.5), "rate is a share"),
        (lambda: MultiHeadAttention(2, 3, output_shape=0), "output_shape is a whole number >= 1"),
    ],
)
def test_masks_and_options_that_do_not_fit(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_how_places_are_scored():
    assert Attention(score_mode="dot").score_mode == "dot"
    with pytest.raises(ValueError, match="score_mode is 'dot', q·k; Bahdanau's sum, 'concat', is not there"):
        Attention(score_mode="concat")
