"""Gaps between groups: Newcombe's published intervals, the largest of several, groups that are too small."""

import numpy as np
import pytest

from edunet.clinic.estimate import Estimate, undefined
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


def group(name, tp, fp, fn, tn, expected):
    def share(hits, n):
        return Estimate(hits / n, *wilson_interval(hits, n), n) if n else undefined("nobody", 0)

    n, ill = tp + fp + fn + tn, tp + fn
    ratio = Estimate(ill / expected, *(n * end / expected for end in wilson_interval(ill, n)), n)
    return name, {"TPR": share(tp, ill), "FPR": share(fp, fp + tn), "PPV": share(tp, tp + fp), "O/E": ratio}


GROUPS = [group("a", 40, 10, 10, 40, 50), group("b", 30, 20, 20, 30, 40), group("c", 20, 4, 30, 46, 80)]


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
        groups = [group(str(k), h, 30, 60 - h, 30, 60) for k, h in enumerate(hits)]
        outside += gaps_of("", groups)[0].difference.low > 0
    assert outside <= 25


def test_small_groups_are_left_out_and_named():
    gap = gaps_of("sex", [*GROUPS[:2], group("d", 2, 30, 1, 30, 9)])[0]
    assert gap.left_out == ("d",)
    assert str(gap) == "sex, gap in TPR: 0.20 [0.02 to 0.36] (a over b); without d"


def test_one_group_has_no_gap():
    gap = gaps_of("", [GROUPS[0]])[3]
    assert gap.difference.why == "fewer than two groups with 10 to count"
    assert gap.comparisons == 0


def test_groups_without_a_value_are_left_out():
    none = "z", dict.fromkeys(GROUPS[0][1], undefined("all predictions are 0", 50))
    assert gaps_of("", [*GROUPS[:2], none])[3].left_out == ("z",)


def test_what_no_group_has_says_why():
    none = dict.fromkeys(GROUPS[0][1], undefined("no threshold", 50))
    assert gaps_of("", [("y", none), ("z", none)])[0].difference.why == "no threshold"


def test_a_group_in_which_nobody_is_called():
    gap = gaps_of("", [group("a", 0, 0, 20, 50, 20), group("b", 10, 10, 10, 40, 20)])[0]
    assert (gap.highest, float(gap.difference)) == ("b", 0.5)
    ends = difference_interval((0.5, *wilson_interval(10, 20)), (0, *wilson_interval(0, 20)))
    assert gap.difference.interval == pytest.approx(ends)


def test_a_group_in_which_nobody_fell_ill():
    gap = gaps_of("", [group("a", 0, 20, 0, 50, 20), group("b", 10, 10, 10, 40, 20)])[3]
    assert float(gap.difference) == 1
    assert 0 < gap.difference.low < 1 < gap.difference.high
