import numpy as np
import pytest

from edunet import Model, Sequential
from edunet.layers import GRU, Dense, Embedding, Input, PositionEmbedding, TransformerEncoder
from edunet.optimizers import Adam
from edunet.tensor import Tensor

rng = np.random.default_rng(0)
X = rng.normal(size=(2, 5, 8)).astype(np.float32)
LONG = np.array([5, 3])
REAL = np.arange(5) < LONG[:, None]
both = pytest.mark.parametrize("first", [False, True], ids=["post-norm", "pre-norm"])


def made(**options):
    layer = TransformerEncoder(12, 2, **options)
    layer(X)
    layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
    return layer


def masked(x, mask):
    x = Tensor(x)
    x.mask = mask
    return x


def test_post_norm_is_its_formula():
    layer = made()
    h = layer.attention_norm(X + layer.attention(X, X))
    np.testing.assert_allclose(layer(X), layer.feedforward_norm(h + layer.output_dense(layer.intermediate(h))))


def test_pre_norm_is_its_formula():
    layer = made(normalize_first=True)
    n = layer.attention_norm(X)
    h = X + layer.attention(n, n)
    thought = layer.output_dense(layer.intermediate(layer.feedforward_norm(h)))
    np.testing.assert_allclose(layer(X), h + thought, rtol=1e-6)


@both
def test_a_padded_sequence_is_the_unpadded_one(first):
    layer = made(normalize_first=first)
    padded = layer(masked(X, REAL))
    for n, T in enumerate(LONG):
        np.testing.assert_allclose(padded[n, :T], layer(X[n : n + 1, :T])[0], atol=1e-5)
    np.testing.assert_array_equal(padded.mask, REAL)


def test_a_padding_mask_by_its_name_in_keras_hub():
    layer = made()
    y = layer(X, padding_mask=REAL)
    np.testing.assert_array_equal(y, layer(masked(X, REAL)))
    np.testing.assert_array_equal(y.mask, REAL)


@both
def test_no_place_sees_a_later_one(first):
    layer = made(normalize_first=first, use_causal_mask=True)
    later = X.copy()
    later[:, 3:] = 9
    np.testing.assert_array_equal(layer(later).numpy()[:, :3], layer(X).numpy()[:, :3])


def test_causal_for_one_call():
    layer = made()
    y, scores = layer(X, use_causal_mask=True, return_attention_scores=True)
    assert not scores.numpy()[..., ~np.tri(5, dtype=bool)].any()
    assert y.shape == X.shape


def test_an_attention_mask():
    looks = np.ones((2, 5, 5), bool)
    looks[..., 1] = False
    assert not made()(X, attention_mask=looks, return_attention_scores=True)[1].numpy()[..., 1].any()


def test_weights_in_the_order_of_keras_hub():
    names = [w.name for w in made().weights]
    assert names[8:] == ["gamma", "beta", "gamma", "beta", "kernel", "bias", "kernel", "bias"]
    assert [w.shape for w in made().weights[12:]] == [(8, 12), (12,), (12, 8), (8,)]


def test_dropout_only_while_learning():
    layer = made(dropout=0.5)
    np.testing.assert_array_equal(layer(X), layer(X))
    assert not np.allclose(layer(X), layer(X, training=True))


def test_everything_inside_has_its_precision():
    layer = TransformerEncoder(12, 2, dropout=0.1, dtype="float64")
    assert layer(X.astype(float), training=True).dtype == np.float64
    assert {w.dtype for w in layer.weights} == {np.dtype(np.float64)}


def test_a_model_of_codes_learns():
    x = Input((None,), dtype="int32")
    h = PositionEmbedding(6)(Embedding(5, 8, mask_zero=True)(x))
    y = Dense(1, activation="sigmoid")(GRU(8)(TransformerEncoder(16, 2)(h)))
    model = Model(x, y)
    codes = rng.integers(1, 5, (64, 6))
    codes[:, 4:] = 0
    model.compile(Adam(0.01), "binary_crossentropy")
    losses = model.fit(codes, (codes[:, 0] == 1).astype(int), epochs=15, verbose=0).history["loss"]
    assert losses[-1] < 0.8 * losses[0]


def test_in_a_sequential():
    assert Sequential([TransformerEncoder(12, 2, input_shape=(5, 8)), Dense(1)]).predict(X).shape == (2, 5, 1)


def test_the_config_makes_the_layer_again():
    layer = TransformerEncoder(12, 2, 0.1, "gelu", 1e-3, normalize_first=True, use_causal_mask=True)
    assert TransformerEncoder(**layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TransformerEncoder(12, 3)(X), r"3 heads do not divide the width 8 of x; \[1, 2, 4, 8\] would do"),
        (lambda: TransformerEncoder(12, 2)(X[0]), r"expected sequences \(N, T, D\). Received shape \(5, 8\)"),
        (lambda: TransformerEncoder(0, 2), "intermediate_dim is a whole number"),
        (lambda: TransformerEncoder(12, 2, dropout=2), "rate is a share"),
    ],
)
def test_errors_name_the_remedy(make, message):
    with pytest.raises(ValueError, match=message):
        make()
