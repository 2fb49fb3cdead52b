"""audit_signature: rows that are alike, as `repeats` finds them, and how many chance would make."""

import numpy as np
import pytest

from edunet.preprocessing.audit_reading import read_frame
from edunet.preprocessing.audit_signature import pairs, pairs_by_chance, rare, signature
from edunet.preprocessing.splits import repeats


def test_signatures_are_equal_for_equal_cells_alone():
    frame = read_frame({"x": [0.0, -0.0, np.nan, np.nan, 1.0], "w": ["a", "a", None, "", "b"]})
    for column in frame.columns:
        s = signature(column)
        assert s[0] == s[1] != s[2] == s[3] != s[4] != s[0]
    assert signature(frame.columns[0], 1)[0] != signature(frame.columns[0], 2)[0]


@pytest.mark.parametrize("kinds", [3, 7])
def test_pairs_by_chance_of_columns_that_do_not_hang_together(kinds):
    columns = read_frame(np.random.default_rng(0).integers(0, kinds, (400, 4))).columns
    cells = [signature(column, j) for j, column in enumerate(columns)]
    assert pairs_by_chance(cells) == pytest.approx(400 * 399 / 2 / kinds**4, rel=0.3)


def test_pairs_of_no_rows():
    assert pairs(np.empty(0)) == 0


@pytest.mark.parametrize("kinds", [2, 3, 50])
def test_sums_of_signatures_know_the_rows_that_repeats_knows(kinds):
    rng = np.random.default_rng(kinds)
    x = rng.integers(0, kinds, (300, 4)).astype(float)
    x[rng.random((300, 4)) < 0.1] = np.nan
    keys = np.sum([signature(column, j) for j, column in enumerate(read_frame(x).columns)], axis=0, dtype=np.uint64)
    _, first, same = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    np.testing.assert_array_equal(order[same], repeats(x))


def test_rare_is_what_chance_meets_once_in_fifty_tables():
    # 100 rows: 10,000 ordered pairs, so that a content is rare from a chance of 2 in a million on
    told = np.log(np.array([1.9e-6, 2.1e-6, *[0.5] * 98]))
    assert rare(told).tolist() == [0]


@pytest.mark.parametrize("n", [0, 1])
def test_few_rows_are_not_rare_by_themselves(n):
    assert rare(np.zeros(n)).tolist() == []
