"""Windows out of long series. (Padding is tested beside Keras's helpers, tests/test_utils.py.)"""

import numpy as np
import pytest

from edunet.preprocessing import window


def test_no_window_reaches_over_the_end_of_a_patient():
    series = [np.arange(0, 10), np.arange(100, 103), np.arange(200, 204)]
    cut = window(series, length=4, step=3)
    assert cut.x.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9], [200, 201, 202, 203]]
    assert cut.series.tolist() == [0, 0, 0, 2]
    assert cut.start.tolist() == [0, 3, 6, 0]
    assert cut.y is None


def test_what_lies_ahead():
    x = np.random.default_rng(0).normal(size=(3, 20, 2))
    cut = window(x, length=5, ahead=4)
    assert cut.x.shape == (3 * 12, 5, 2)
    for window_, y, n, start in zip(*cut, strict=True):
        np.testing.assert_array_equal(window_, x[n, start : start + 5])
        np.testing.assert_array_equal(y, x[n, start + 5 - 1 + 4])


@pytest.mark.parametrize("options", [{"length": 0}, {"length": 2.0}, {"step": 0}, {"ahead": -1}, {"ahead": True}])
def test_numbers_that_are_none(options):
    with pytest.raises(ValueError, match="is a whole number >= 1"):
        window([np.arange(9)], **{"length": 3, **options})


def test_series_that_are_too_short():
    with pytest.raises(ValueError, match="no series has 7 steps, 5 of a window and 2 ahead; the longest has 6"):
        window([np.arange(6), np.arange(2)], length=5, ahead=2)


def test_steps_of_different_shapes():
    with pytest.raises(ValueError, match="all steps need one shape"):
        window([np.zeros((4, 2)), np.zeros((4, 3))], length=2)


def test_one_series_is_put_in_a_list():
    with pytest.raises(ValueError, match=r"Type \[series\]"):
        window(np.arange(9), length=2)


@pytest.mark.parametrize("series", [3, None])
def test_what_is_no_list_of_series(series):
    with pytest.raises(TypeError, match=r"window: expected a list of series.*Received: (int|NoneType)"):
        window(series, length=2)


def test_a_series_of_different_steps():
    with pytest.raises(ValueError, match="window: series 1 is one array. Received: rows of different lengths"):
        window([[1, 2], [[1], [1, 2]]], length=2)
