import numpy as np
import pytest

import edunet
from edunet import initializers
from edunet.utils import set_random_seed, to_categorical


@pytest.mark.parametrize(
    "labels", [[0, 2, 1], (0, 2, 1), np.array([0.0, 2.0, 1.0]), np.array([[0], [2], [1]], np.uint8)]
)
def test_one_row_per_label(labels):
    np.testing.assert_array_equal(to_categorical(labels), [[1, 0, 0], [0, 0, 1], [0, 1, 0]])


def test_the_rows_are_float32():
    assert to_categorical([0, 1]).dtype == np.float32


def test_more_classes_than_labels():
    assert to_categorical([0, 1], num_classes=5).shape == (2, 5)


def test_labels_of_several_axes():
    assert to_categorical([[0, 1], [2, 0]]).shape == (2, 2, 3)


def test_a_single_label():
    np.testing.assert_array_equal(to_categorical(1, 3), [0, 1, 0])


def test_no_labels():
    assert to_categorical([], 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 0.5], None, "expected whole numbers. Received dtype float64, values such as 0.5"),
        ([0, np.nan], None, "values such as nan"),
        (["flu"], None, r"values such as 'flu'.*np.unique\(labels, return_inverse=True\)"),
        ([-1, 0], None, "labels run from -1 to 0; expected 0 or more"),
        ([0, 3], 3, "labels run from 0 to 3; expected 0 to 2"),
    ],
)
def test_labels_of_another_kind_are_refused(labels, classes, message):
    with pytest.raises(ValueError, match=message):
        to_categorical(labels, classes)


def test_the_seed_of_utils_is_that_of_edunet():
    set_random_seed(7)
    first = initializers.GlorotUniform()((3, 3))
    edunet.set_random_seed(7)
    np.testing.assert_array_equal(initializers.GlorotUniform()((3, 3)), first)


@pytest.mark.parametrize("seed", [-1, 1.5, True, "7", None])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(ValueError, match="a seed is a whole number >= 0"):
        set_random_seed(seed)
