"""Rows that hold the same are known again, however they are written."""

import numpy as np
import pytest

from edunet.preprocessing import repeats


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
