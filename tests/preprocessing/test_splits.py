"""Splits: nobody on both sides, shares as asked for, and who does is named."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edunet.preprocessing import check_split, grouped_kfold, patient_split, repeats, temporal_split

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def visits():
    """200 patients with 1 to 9 visits in random order, one in five of them ill."""
    rng = np.random.default_rng(0)
    groups = np.repeat([f"P{i:03d}" for i in range(200)], rng.integers(1, 10, 200))
    groups = rng.permutation(groups)
    ill = {name: i % 5 == 0 for i, name in enumerate(np.unique(groups))}
    y = np.array([ill[name] for name in groups]).astype(int)
    return rng.normal(size=(len(groups), 3)), y, groups


# ---------------------------------------------------------------- by patients


def test_every_row_is_in_one_part_and_every_patient_too(visits):
    x, y, groups = visits
    parts = patient_split(x, y, groups, shares=(0.7, 0.15, 0.15))
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(len(x)))
    names = [set(groups[part]) for part in parts]
    assert sum(map(len, names)) == len(set().union(*names)) == 200


def test_shares_are_kept_in_rows_and_in_ill_rows(visits):
    x, y, groups = visits
    for part, share in zip(patient_split(x, y, groups, shares=(0.7, 0.2, 0.1)), (0.7, 0.2, 0.1), strict=True):
        assert len(part) / len(x) == pytest.approx(share, abs=0.01)
        assert y[part].sum() / y.sum() == pytest.approx(share, abs=0.03)


def test_rows_of_a_part_stay_in_their_order(visits):
    x, y, groups = visits
    assert all((np.diff(part) > 0).all() for part in patient_split(x, y, groups))


def test_the_seed_decides(visits):
    x, y, groups = visits
    one, same, other = (patient_split(x, y, groups, seed=seed)[1].tolist() for seed in (1, 1, 2))
    assert one == same != other


@given(st.lists(st.integers(0, 12), min_size=4, max_size=60), st.integers(0, 3))
def test_no_patient_ever_crosses(groups, seed):
    if len(set(groups)) < 2:
        groups = [*groups, 99]
    parts = patient_split(np.zeros(len(groups)), None, groups, shares=(0.5, 0.5), seed=seed)
    check_split(*parts, groups=groups)
    assert sum(map(len, parts)) == len(groups)


def test_without_groups_rows_are_patients():
    train, test = patient_split(np.arange(100.0), shares=(0.75, 0.25))
    assert (len(train), len(test)) == (75, 25)


def test_repeats_without_groups_are_refused_with_the_reason():
    x = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [3.0, 4.0]])
    with pytest.raises(ValueError, match=r"1 of 4 rows are there before, such as row 3, the same as row 1.*groups="):
        patient_split(x)


def test_what_the_refusal_says_to_type_works():
    x = np.array([[1.0], [3.0], [5.0], [3.0]])
    train, test = patient_split(x, groups=repeats(x), shares=(0.5, 0.5))
    assert ({1, 3} <= set(train.tolist())) != ({1, 3} <= set(test.tolist()))
    assert len(patient_split(x, groups=range(len(x)), shares=(0.5, 0.5))[0]) == 2


def test_repeats_of_wisconsin_are_found():
    path = REAL / "tabular" / "breast-cancer-wisconsin.data"
    if not path.is_file():
        pytest.skip("the folder of real files is not there")
    table = np.array([line.split(",") for line in path.read_text().split()])
    ids = table[:, 0]
    assert len(ids) - len(np.unique(ids)) == 54  # as the manifest says
    with pytest.raises(ValueError, match=r"rows are there before"):
        patient_split(table[:, 1:])
    train, test = patient_split(table[:, 1:], table[:, -1], groups=ids)
    assert not set(ids[train]) & set(ids[test])


@pytest.mark.parametrize("shares", [(0.5, 0.6), (1.0,), (0.5, 0.5, 0.0), (1.2, -0.2), (np.nan, 1)])
def test_shares_that_are_none(shares):
    with pytest.raises(ValueError, match="shares are positive and sum to 1"):
        patient_split(np.arange(9.0), shares=shares)


def test_fewer_patients_than_parts():
    with pytest.raises(ValueError, match="2 parts need as many patients. Received: 1"):
        patient_split(np.arange(3.0), groups=["a", "a", "a"])


@pytest.mark.parametrize("groups", [["a"], [["a"], ["b"], ["c"]]])
def test_groups_of_another_length(groups):
    with pytest.raises(ValueError, match=r"whose each of the 3 rows is, \(3,\)"):
        patient_split(np.arange(3.0), groups=groups)


def test_a_missing_name_is_no_name():
    with pytest.raises(ValueError, match="1 of 3 groups are NaN"):
        patient_split(np.arange(3.0), groups=[1.0, np.nan, 2.0])


def test_labels_of_another_length():
    with pytest.raises(ValueError, match="one label for each of the 3 rows"):
        patient_split(np.arange(3.0), y=[0, 1])


# ---------------------------------------------------------------- folds


def test_every_row_is_tested_once(visits):
    x, y, groups = visits
    tests = []
    for train, test in grouped_kfold(x, y, groups, k=5):
        check_split(train, test, groups=groups)
        assert len(train) + len(test) == len(x)
        assert y[test].mean() == pytest.approx(y.mean(), abs=0.03)
        tests.append(test)
    np.testing.assert_array_equal(np.sort(np.concatenate(tests)), np.arange(len(x)))


@pytest.mark.parametrize("k", [1, 0, 2.0, True, "5"])
def test_a_number_of_folds_that_is_none(k):
    with pytest.raises(ValueError, match="k is a whole number >= 2"):
        grouped_kfold(np.arange(9.0), k=k)


# ---------------------------------------------------------------- by time


def test_time_splits_at_the_cut():
    before, after = temporal_split(np.array([3.0, 1.0, 2.0, 4.0]), 3)
    assert (before.tolist(), after.tolist()) == ([1, 2], [0, 3])


def test_patients_who_cross_the_cut_are_refused():
    with pytest.raises(ValueError, match=r"1 of 2 patients have rows before and after the cut, such as 'a'"):
        temporal_split([1, 2, 3, 1], 2, groups=["a", "a", "b", "a"])


@pytest.mark.parametrize(("crossing", "expected"), [("earlier", ([0, 3, 4], [2])), ("drop", ([4], [2]))])
def test_patients_who_cross_are_left_out_as_wished(crossing, expected):
    before, after = temporal_split([1, 2, 3, 1, 0], 2, groups=["a", "a", "b", "a", "c"], crossing=crossing)
    assert (before.tolist(), after.tolist()) == expected


def test_times_that_are_missing():
    with pytest.raises(ValueError, match="1 of 3 times are missing, the first in row 1"):
        temporal_split(np.array(["2020-01-01", "NaT", "2021-01-01"], "datetime64[D]"), np.datetime64("2020-06-01"))


def test_times_as_text():
    with pytest.raises(ValueError, match=r"np\.array\(text, 'datetime64\[D\]'\)"):
        temporal_split(["2020", "2021"], "2021")


def test_a_cut_beyond_all_times():
    with pytest.raises(ValueError, match="2 rows lie before 9 and 0 from it on.*from 1 to 2"):
        temporal_split([1, 2], 9)


def test_another_way_to_cross():
    with pytest.raises(ValueError, match="crossing is None, 'earlier' or 'drop'"):
        temporal_split([1, 2], 2, crossing="later")


# ---------------------------------------------------------------- looking a split over


def test_a_good_split_is_let_pass():
    assert check_split([0, 1], [2], groups=["a", "a", "b"], x=np.arange(3.0)) is None


def test_rows_in_two_parts():
    with pytest.raises(ValueError, match="1 rows stand in several parts, such as row 1"):
        check_split([0, 1], [1, 2])


def test_patients_in_two_parts():
    with pytest.raises(ValueError, match="2 patients stand in several parts, such as 'a', rows 0 and 2"):
        check_split([0, 1], [2, 3], groups=["a", "b", "a", "b"])


def test_rows_that_are_the_same_in_two_parts():
    with pytest.raises(ValueError, match="1 rows of one part are found again in another, such as rows 0 and 2"):
        check_split([0, 1], [2], groups=["a", "b", "c"], x=np.array([[1.0], [2.0], [1.0]]))


def test_the_duplicate_of_breastmnist_is_found():
    path = REAL / "images" / "breastmnist.npz"
    if not path.is_file():
        pytest.skip("the folder of real files is not there")
    with np.load(path) as arrays:
        images = [arrays[f"{part}_images"] for part in ("train", "val", "test")]
    ends = np.cumsum([0, *map(len, images)])
    with pytest.raises(ValueError, match="1 rows of one part are found again in another"):
        check_split(*(np.arange(a, b) for a, b in itertools.pairwise(ends)), x=np.concatenate(images))


# ---------------------------------------------------------------- who is alike


@pytest.mark.parametrize(
    ("x", "alike"),
    [
        (np.array([[0.0, np.nan], [-0.0, np.nan], [0.0, 1.0]]), [0, 0, 1]),
        (np.array(["CCO", "CO", "CCO"]), [0, 1, 0]),
        (np.array([["a", 1], ["b", 1], ["a", 1]], object), [0, 1, 0]),
        ([3, 1, 3, 1], [0, 1, 0, 1]),
        (np.zeros((2, 2, 2, 1), np.uint8), [0, 0]),
    ],
)
def test_rows_that_hold_the_same(x, alike):
    assert repeats(x).tolist() == alike
