"""The table of attention: its shares, its words, and refusal of what is no attention."""

import numpy as np
import pytest

from edunet import layers, ops, show
from edunet.tensor import Tensor

WORDS = ["fever", "since", "Monday"]


@pytest.fixture
def A(rng):
    return ops.attention_weights(rng.normal(size=(3, 4)), rng.normal(size=(3, 4)))


def ticks(axes):
    return [[t.get_text() for t in labels] for labels in (axes.get_yticklabels(), axes.get_xticklabels())]


@pytest.mark.parametrize("kind", [np.asarray, Tensor])
def test_the_table_is_drawn_as_it_is(A, kind):
    axes = show.attention(kind(A), queries=WORDS).axes[0]
    np.testing.assert_allclose(axes.images[0].get_array(), A, rtol=1e-6)
    assert ticks(axes) == [WORDS, WORDS]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("query: who looks", "key: who is looked at")


def test_shares_are_written_into_small_tables_only(A):
    axes = show.attention(A).axes[0]
    written = {(round(t.get_position()[1]), round(t.get_position()[0])): t.get_text() for t in axes.texts}
    assert written == {(i, j): f"{A[i, j]:.2f}" for i in range(3) for j in range(3)}
    assert not show.attention(np.full((9, 9), 1 / 9)).axes[0].texts


def test_the_darker_the_more(A):
    image = show.attention(A).axes[0].images[0]
    assert image.get_cmap()(0.9)[0] < image.get_cmap()(0.1)[0]
    assert image.get_clim() == (0, A.max())


def test_queries_and_keys_of_different_number(rng):
    A = ops.attention_weights(rng.normal(size=(2, 4)), rng.normal(size=(3, 4)))
    assert ticks(show.attention(A, queries=["a", "b"], keys=WORDS).axes[0]) == [["a", "b"], WORDS]
    assert ticks(show.attention(A, queries=["a", "b"]).axes[0]) == [["a", "b"], ["0", "1", "2"]]


def test_pairs_are_framed(A, words):
    figure = show.attention(A, pairs=[(0, 2), (1, 1)])
    frames = {(round(p.get_y() + 0.46), round(p.get_x() + 0.46)) for p in figure.axes[0].patches}
    assert frames == {(0, 2), (1, 1)}
    assert words(figure).count("true pair") >= 1
    assert "true pair" not in words(show.attention(A))


@pytest.mark.parametrize("heads", [1, 2, 3, 5, 8])
def test_heads_side_by_side(rng, heads):
    x = rng.normal(size=(1, 3, 4)).astype(np.float32)
    _, A = layers.MultiHeadAttention(heads, 4)(x, x, return_attention_scores=True)
    tables = [axes for axes in show.attention(A[0], queries=WORDS).axes if axes.images]
    assert len(tables) == heads
    for head, axes in enumerate(tables):
        np.testing.assert_allclose(axes.images[0].get_array(), np.asarray(A)[0, head], rtol=1e-6)
        assert axes.get_title() == (f"head {head}" if heads > 1 else "")
    assert len({axes.images[0].get_clim() for axes in tables}) == 1  # one scale for all


def test_a_query_that_may_look_at_nothing(A):
    A[1] = 0
    assert show.attention(A).axes[0].images[0].get_array()[1].max() == 0


def test_many_words_are_thinned_out():
    rows, columns = ticks(show.attention(np.full((70, 10), 0.1)).axes[0])
    assert rows[:2] == ["0", "3"]
    assert len(columns) == 10


def test_what_is_no_attention(rng):
    scores = rng.normal(size=(3, 3))
    with pytest.raises(ValueError, match="ops.softmax"):
        show.attention(scores)
    with pytest.raises(ValueError, match="Its columns do"):
        show.attention(np.asarray(ops.softmax(scores)).T)
    with pytest.raises(ValueError, match="Row 1 of head 0 sums to 0.9"):
        show.attention([[1.0, 0.0], [0.4, 0.5]])
    with pytest.raises(ValueError, match="least entry is -0.5"):
        show.attention([[1.5, -0.5], [1, 0]])
    with pytest.raises(ValueError, match="sums to nan"):
        show.attention([[np.nan, 0.5], [1, 0]])
    with pytest.raises(ValueError, match=r"A\[0\]"):
        show.attention(np.ones((1, 1, 1, 1)))


def test_words_and_pairs_that_do_not_fit(A):
    with pytest.raises(ValueError, match="expected 3 queries. Received 2"):
        show.attention(A, queries=["a", "b"])
    for pair in ((3, 0), (0, -1), (0, 1, 2)):
        with pytest.raises(ValueError, match=r"below \(3, 3\)"):
            show.attention(A, pairs=[pair])


@pytest.mark.parametrize("synthetic", [True, False])
def test_generated_texts_are_marked(A, words, synthetic):
    assert ("SYNTHETIC data" in words(show.attention(A, synthetic=synthetic))) == synthetic
