"""A split is looked over: who stands on both sides is named, and what is no split is refused."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from edunet.preprocessing import check_split, patient_split

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"


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


# ---------------------------------------------------------------- what is no split


def test_masks_are_rows():
    early = np.array([True, True, False, False])
    assert check_split(early, ~early, groups=list("aabb")) is None
    assert check_split([True, False], [1], groups=list("ab")) is None
    with pytest.raises(ValueError, match="1 patient stands in several parts, such as 'a', rows 0 and 3"):
        check_split([True, False, False, False], [False, False, False, True], groups=list("abca"))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (([True] * 4, [False] * 4), "part 2 has no rows"),
        (([0, 1], []), "part 2 has no rows"),
        (([-1], [0]), r"part 1 holds row -1, but rows are numbered from 0 to 3"),
        (([0], [11]), r"part 2 holds row 11, but rows are numbered from 0 to 3"),
        (([True, False], [2, 3]), r"part 1 is a mask of 2 rows, but there are 4"),
    ],
)
def test_rows_that_are_not_there(parts, message):
    with pytest.raises(ValueError, match=f"check_split: {message}"):
        check_split(*parts, groups=list("abca"))


def test_without_names_rows_count_from_0_too():
    with pytest.raises(ValueError, match="part 1 holds row -1, but rows are numbered from 0"):
        check_split([-1], [0])
    with pytest.raises(ValueError, match="part 2 is a mask of 3 rows, but there are 2"):
        check_split([True, False], [False, True, False])


@pytest.mark.parametrize(
    "part", [np.random.default_rng(0).random((3, 2)), [0.9], np.zeros((2, 2), int), ["a"], [[0], [1, 2]], 3, None]
)
def test_data_in_the_place_of_rows(part):
    with pytest.raises(TypeError, match=r"part 2 is row numbers, whole, or a mask.*check_split\(train, test, groups="):
        check_split([0], part, groups=list("abca"))


def test_a_split_in_one_piece():
    parts = patient_split(np.arange(6.0))
    with pytest.raises(TypeError, match=r"at least two parts. Received: 1. Type check_split\(\*parts"):
        check_split(parts)


def test_names_and_data_of_different_lengths():
    with pytest.raises(ValueError, match=r"whose each of the 3 rows is, \(3,\)"):
        check_split([0], [1], groups=list("ab"), x=np.arange(3.0))
