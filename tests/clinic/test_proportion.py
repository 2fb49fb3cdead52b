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


def test_ends_at_zero_and_one():
    """Rounding would end the interval of 3 of 3 just below 1, and that of 0 of 3 just above 0: outside of its value."""
    assert {wilson_interval(n, n)[1] for n in range(1, 1001)} == {1.0}
    assert {wilson_interval(0, n)[0] for n in range(1, 1001)} == {0.0}


@pytest.mark.parametrize(("hits", "n"), [(3, 2), (-1, 2), (0, 0)])
def test_impossible_counts(hits, n):
    with pytest.raises(ValueError, match=f"Received hits={hits}, n={n}"):
        wilson_interval(hits, n)
