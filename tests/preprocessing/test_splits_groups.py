"""Whose each row is: names that are none are refused, and rows that hold the same are known again."""

import numpy as np
import pytest

from edunet.preprocessing import patient_split, repeats

# ---------------------------------------------------------------- whose rows


@pytest.mark.parametrize(
    ("groups", "received"),
    [
        (["a", np.nan, np.nan, "b"], "nan"),
        (["a", None, None, "b"], "None"),
        (np.array(["a", None, None, "b"], object), "None"),
        (np.array(["a", np.nan, np.nan, "b"]), "'nan'"),
        (np.array(["2020", "NaT", "NaT", "2021"], "datetime64[Y]"), "NaT"),
        (["a", "", " ", "b"], "''"),
        (np.array(["a", "", " ", "b"]), "''"),
        ([1.0, np.nan, np.nan, 2.0], "nan"),
    ],
)
def test_missing_names_are_no_patient(groups, received):
    with pytest.raises(ValueError, match=f"2 of 4 groups are missing, the first in row 1: {received}"):
        patient_split(np.arange(4.0), groups=groups)


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_missing_names_of_pandas(dtype):
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    with pytest.raises(ValueError, match="2 of 4 groups are missing, the first in row 1"):
        patient_split(np.arange(4.0), groups=pandas.Series(["a", None, None, "b"], dtype=dtype))


@pytest.mark.parametrize("groups", [[1, "1", 2, "2"], np.array([1, "1", 2, "2"], object)])
def test_names_of_two_kinds(groups):
    with pytest.raises(TypeError, match=r"groups mixes number, such as 1, and text, such as '1'.*map\(str, "):
        patient_split(np.arange(4.0), groups=groups)


@pytest.mark.parametrize("groups", [[[1], [1, 2], [3]], [{}, {}, {}], [{1}, {2}, {3}]])
def test_names_that_are_none(groups):
    with pytest.raises(TypeError, match=r"groups holds (list|dict|set): expected numbers, texts or dates"):
        patient_split(np.arange(3.0), groups=groups)


def test_a_number_is_one_patient_however_it_is_written():
    groups = np.array([1, 1.0, 2, np.float64(2)], object)
    assert sorted(part.tolist() for part in patient_split(np.arange(4.0), groups=groups)) == [[0, 1], [2, 3]]


def test_lists_and_arrays_are_split_alike():
    names = [f"P{i}" for i in range(30)]
    one, other = patient_split(names, groups=names), patient_split(names, groups=np.array(names))
    np.testing.assert_array_equal(one[1], other[1])


# ---------------------------------------------------------------- who is alike


@pytest.mark.parametrize(
    ("x", "alike"),
    [
        (np.array([[0.0, np.nan], [-0.0, np.nan], [0.0, 1.0]]), [0, 0, 1]),
        (np.array([np.nan, -np.nan, np.copysign(np.nan, -1), 1.0]), [0, 0, 0, 1]),
        (np.array([[np.nan], [-np.nan]], np.float32), [0, 0]),
        (np.array([0j, -0j, complex(0, np.nan), complex(0, -np.nan)]), [0, 0, 1, 1]),
        (np.array(["CCO", "CO", "CCO"]), [0, 1, 0]),
        (np.array([["a", 1], ["b", 1], ["a", 1]], object), [0, 1, 0]),
        (np.array([["a", np.nan], ["a", float("nan")], ["a", None]], object), [0, 0, 1]),
        (np.array([0.0, -0.0, 1, 1.0, "1"], object), [0, 0, 1, 1, 2]),
        ([3, 1, 3, 1], [0, 1, 0, 1]),
        ([[1], [1, 2], [1]], [0, 1, 0]),
        ([np.array([1.0, np.nan]), np.array([2.0]), np.array([1.0, -np.nan])], [0, 1, 0]),
        (np.zeros((2, 2, 2, 1), np.uint8), [0, 0]),
        (np.zeros((3, 0)), [0, 0, 0]),
        (np.array(["2020", "NaT", "NaT"], "datetime64[D]"), [0, 1, 1]),
        ([], []),
    ],
)
def test_rows_that_hold_the_same(x, alike):
    assert repeats(x).tolist() == alike


def test_frames_of_pandas():
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pandas.DataFrame({"age": [61.0, 61.0, None, None], "sex": ["f", "f", pandas.NA, pandas.NA]})
    assert repeats(frame).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("x", [3.0, "CCO", {"a": [1]}, None])
def test_what_has_no_rows(x):
    with pytest.raises(ValueError, match=r"repeats: expected an array with one example per row. Received: \w+"):
        repeats(x)


def test_the_data_that_came_are_left_alone():
    x = np.array([-0.0, -np.nan])
    before = x.tobytes()
    repeats(x)
    assert x.tobytes() == before
