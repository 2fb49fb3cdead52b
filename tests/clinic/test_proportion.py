"""Intervals for shares."""

import pytest

from edunet.clinic import wilson_interval


@pytest.mark.parametrize(
    ("hits", "n", "expected"),
    # worked examples of Newcombe, Statistics in Medicine 17 (1998), 857-872, table I, method 3
    [(81, 263, (0.2553, 0.3662)), (15, 148, (0.0624, 0.1605)), (0, 20, (0.0, 0.1611)), (1, 29, (0.0061, 0.1718))],
)
def test_published_examples(hits, n, expected):
    assert wilson_interval(hits, n) == pytest.approx(expected, abs=5e-5)


def test_never_leaves_zero_to_one():
    assert wilson_interval(5, 5)[1] == 1.0
    assert wilson_interval(0, 5)[0] == 0.0


@pytest.mark.parametrize(("hits", "n"), [(3, 2), (-1, 2), (0, 0)])
def test_impossible_counts(hits, n):
    with pytest.raises(ValueError, match=f"Received hits={hits}, n={n}"):
        wilson_interval(hits, n)
