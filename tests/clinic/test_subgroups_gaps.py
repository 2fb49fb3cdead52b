"""Gaps between groups: Newcombe's published intervals, the largest of several, groups that are too small."""

import numpy as np
import pytest

from edunet.clinic.confusion import Confusion
from edunet.clinic.proportion import wilson_interval
from edunet.clinic.subgroups_gaps import difference_interval, gaps_of


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    # Newcombe, Statistics in Medicine 17 (1998), 873-890, table II, method 10
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_published_intervals(a, b, expected):
    ends = difference_interval(*((hits / n, *wilson_interval(hits, n)) for hits, n in (a, b)))
    assert ends == pytest.approx(expected, abs=1e-4)


A, B, C = Confusion(40, 10, 10, 40), Confusion(30, 20, 20, 30), Confusion(20, 4, 30, 46)
GROUPS = [("a", A, 50.0), ("b", B, 40.0), ("c", C, 80.0)]


@pytest.mark.parametrize(
    ("measure", "highest", "lowest", "difference"),
    [("TPR", "a", "c", 0.4), ("FPR", "b", "c", 0.32), ("PPV", "c", "b", 20 / 24 - 0.6), ("O/E", "b", "c", 0.625)],
)
def test_largest_of_three(measure, highest, lowest, difference):
    gap = next(gap for gap in gaps_of("ward", GROUPS) if gap.measure == measure)
    assert (gap.highest, gap.lowest, gap.comparisons) == (highest, lowest, 3)
    assert float(gap.difference) == pytest.approx(difference)
    assert gap.difference.low < difference < gap.difference.high


def test_two_groups_have_newcombes_interval():
    gap = gaps_of("", GROUPS[:2])[0]
    ends = difference_interval((0.8, *wilson_interval(40, 50)), (0.6, *wilson_interval(30, 50)))
    assert gap.difference.interval == pytest.approx(ends, abs=1e-12)


def test_more_groups_widen_the_interval():
    two, three = (gaps_of("", groups)[0].difference for groups in ([GROUPS[0], GROUPS[2]], GROUPS))
    assert three.low < two.low < two.high < three.high


def test_gaps_of_equal_groups_seldom_exclude_nothing():
    """Of 300 samples in which five groups are equal, about 5 % have an interval without 0."""
    rng = np.random.default_rng(0)
    outside = 0
    for _ in range(300):
        hits = rng.binomial(60, 0.7, 5)
        groups = [(str(k), Confusion(h, 30, 60 - h, 30), 60.0) for k, h in enumerate(hits)]
        outside += gaps_of("", groups)[0].difference.low > 0
    assert outside <= 25


def test_small_groups_are_left_out_and_named():
    gap = gaps_of("sex", [*GROUPS[:2], ("d", Confusion(2, 30, 1, 30), 9.0)])[0]
    assert gap.left_out == ("d",)
    assert str(gap) == "sex, gap in TPR: 0.20 [0.02 to 0.36] (a over b); without d"


def test_one_group_has_no_gap():
    gap = gaps_of("", [GROUPS[0]])[3]
    assert gap.difference.why == "fewer than two groups with 10 patients to count"
    assert gap.comparisons == 0


def test_predictions_of_nothing_but_zero_have_no_ratio():
    gap = gaps_of("", [*GROUPS[:2], ("z", Confusion(0, 0, 10, 40), 0.0)])[3]
    assert gap.left_out == ("z",)
