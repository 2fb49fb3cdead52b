"""A worked row of attention: scores, shares, mixture and gradients are those of the formula in float64."""

import numpy as np
import pytest

from edunet import layers, ops
from edunet.show import working

RNG = np.random.default_rng(6)
Q, K, V = (RNG.normal(size=(2, t, 3)).astype(np.float32) for t in (4, 5, 5))


def row(q, k, v):
    """Return scores, shares and mixture of one query."""
    scores = np.array([sum(a * b for a, b in zip(q, key, strict=True)) for key in k]) / np.sqrt(len(q))
    A = np.exp(scores) / np.exp(scores).sum()
    return scores, A, sum(a * value for a, value in zip(A, v, strict=True))


def test_scores_shares_and_mixture(agree, table, largest):
    page = working(ops.attention, Q, K, V, at=(1, 2))
    scores, A, z = row(Q[1, 2], K[1], V[1])
    agree(page, z=largest(z), A=A.max())
    rows = np.array(table(page, "j s[1,2,j]"))
    np.testing.assert_allclose(rows[:, 1], scores, rtol=6e-4)
    np.testing.assert_allclose(rows[:, 2], np.exp(scores - scores.max()), rtol=6e-4)
    np.testing.assert_allclose(rows[:, 3], A, rtol=6e-4)


def test_gradients(agree, slope, largest, table):
    page = working(ops.attention, Q, K, V, at=(0, 3), dy=2.0)
    arrays = [Q[0, 3], K[0], V[0]]

    def total(q, k, v):
        return 2.0 * row(q, k, v)[2].sum()

    for i, name in enumerate(("dq", "dk", "dv")):
        agree(page, **{name: largest(slope(total, arrays, i))})
    np.testing.assert_allclose(np.array(table(page, "c dq[0,3,c]"))[:, 1], slope(total, arrays, 0), rtol=1e-3)


def test_the_layer_takes_a_list_or_arrays_and_value_is_key_unless_given():
    layer = layers.Attention()
    expected = working(layer, [Q, V]).text
    assert working(layer, Q, V).text == expected
    assert working(layer, [Q, V, V]).text == expected
    assert working(layer, Q, V, K, at=(0, 0)).text != expected


def test_every_head_of_multi_head_attention(agree, largest):
    layer = layers.MultiHeadAttention(2, 3)
    layer(Q, V)
    wq, bq, wk, bk, wv, bv, *_ = (w.astype(float) for w in layer.get_weights())
    for head in (0, 1):
        q, k, v = (x[1] @ w[:, head] + b[head] for x, w, b in ((Q, wq, bq), (V, wk, bk), (V, wv, bv)))
        _, A, z = row(q[2], k, v)
        agree(working(layer, Q, V, at=(1, head, 2)), A=A.max(), z=largest(z))


def test_a_query_without_batch(agree, largest):
    agree(working(ops.attention, Q[0], K[0], V[0], at=1), z=largest(row(Q[0, 1], K[0], V[0])[2]))
    assert "No place was given" in working(ops.attention, Q[0], K[0], V[0]).text


def test_a_query_outside_the_table():
    with pytest.raises(
        ValueError, match=r"at=\(0, 4\): the table of queries has shape \(2, 4\); the second index goes"
    ):
        working(ops.attention, Q, K, V, at=(0, 4))
