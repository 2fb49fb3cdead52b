"""Splits: nobody on both sides, shares as asked for, and who does is named."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edunet.preprocessing import check_split, grouped_kfold, patient_split, repeats

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


# ---------------------------------------------------------------- no part is empty


@pytest.mark.parametrize(
    ("groups", "shares"),
    [
        ([1, 1, 2, 2], (0.8, 0.2)),
        ([1, 1, 2, 2, 3, 3], (0.7, 0.15, 0.15)),
        (range(2), (0.8, 0.2)),
        ([1] * 100 + [2, 3, 4, 5], (0.6, 0.1, 0.1, 0.1, 0.1)),
    ],
)
def test_every_part_has_a_patient_where_there_are_as_many(groups, shares):
    parts = patient_split(np.arange(float(len(groups))), groups=groups, shares=shares)
    assert all(map(len, parts))


@given(st.data())
def test_all_rows_once_nobody_crosses_and_no_part_is_empty(data):
    shares = data.draw(st.sampled_from([(0.8, 0.2), (0.7, 0.15, 0.15), (0.25,) * 4, (0.98, 0.01, 0.01)]))
    names = data.draw(st.lists(st.integers(0, 9), min_size=4, max_size=60)) + [90 + k for k in range(len(shares))]
    label = st.sampled_from(data.draw(st.sampled_from([[0, 1], [0.5, 1.25, 2.5, np.nan], ["ill", "well"]])))
    y = data.draw(st.lists(label, min_size=len(names), max_size=len(names)))
    x = np.zeros(len(names))
    parts = patient_split(x, y, names, shares=shares, seed=data.draw(st.integers(0, 9)))
    check_split(*parts, groups=names)  # refuses empty parts
    assert sorted(np.concatenate(parts)) == list(range(len(names)))


def test_too_few_patients_for_the_folds():
    with pytest.raises(ValueError, match=r"grouped_kfold: 5 parts need as many patients. Received: 3"):
        grouped_kfold(np.arange(6.0), groups=list("aabbcc"))


# ---------------------------------------------------------------- data of other kinds


def test_of_sparse_data_only_the_rows_count():
    sparse = pytest.importorskip("scipy.sparse", reason="SciPy is not installed")
    assert len(patient_split(sparse.eye(10).tocsr(), groups=range(10))[1]) == 2
    with pytest.raises(ValueError, match=r"x.toarray\(\)"):
        patient_split(sparse.eye(10).tocsr())


def test_sequences_of_different_lengths():
    assert len(patient_split([[1], [1, 2], [3]], shares=(2 / 3, 1 / 3))[0]) == 2
    with pytest.raises(ValueError, match="1 of 3 rows are there before, such as row 2, the same as row 0"):
        patient_split([[1], [1, 2], [1]])


@pytest.mark.parametrize("x", [np.zeros((0, 2)), []])
def test_no_rows(x):
    with pytest.raises(ValueError, match="patient_split: x has no rows"):
        patient_split(x)


@pytest.mark.parametrize("x", [None, 3.0, "CCO", {"age": [1, 2]}, np.array(1)])
def test_what_has_no_rows(x):
    with pytest.raises(TypeError, match="patient_split: x is an array with one example per row"):
        patient_split(x)


@pytest.mark.parametrize("seed", ["a", 1.5, -1])
def test_a_seed_that_is_none(seed):
    with pytest.raises((TypeError, ValueError), match=r"patient_split: seed is a whole number >= 0.*Received: "):
        patient_split(np.arange(9.0), seed=seed)


@pytest.mark.parametrize("shares", ["ab", None, 0.8, ("a", "b"), (80, 20)])
def test_shares_of_another_kind(shares):
    with pytest.raises(ValueError, match="shares are positive and sum to 1"):
        patient_split(np.arange(9.0), shares=shares)
