import numpy as np
import pytest

from edunet.layers import Input


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((28, 28, 1), (None, 28, 28, 1)), (8, (None, 8)), ((None, 4), (None, None, 4)), ((), (None,))],
)
def test_the_batch_axis_is_added(shape, expected):
    assert Input(shape).shape == expected


def test_codes_are_whole_numbers():
    assert Input((5,), dtype="int32").dtype == np.int32


@pytest.mark.parametrize("shape", [None, (0,), (2.5,), "8", (-1, 3)])
def test_what_is_no_shape_is_refused(shape):
    with pytest.raises(ValueError, match="shape is the shape of one example"):
        Input(shape)
