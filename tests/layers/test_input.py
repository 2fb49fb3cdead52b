import numpy as np
import pytest

import edunet
from edunet import layers
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


def test_a_batch_size_is_accepted_and_not_held_to():
    assert Input(batch_shape=(32, 10, 1)).shape == Input((10, 1), batch_size=32).shape == (None, 10, 1)


@pytest.mark.parametrize("wrong", [{"batch_shape": 5}, {"batch_shape": (2, 3), "shape": (3,)}, {"batch_shape": ()}])
def test_a_batch_shape_that_is_none_is_refused(wrong):
    with pytest.raises(ValueError, match=r"give shape=\(8,\) or batch_shape=\(None, 8\)"):
        Input(**wrong)


def test_as_a_layer_of_older_books():
    for given in ({"input_shape": (4,)}, {"shape": (4,)}, {"batch_shape": (None, 4)}):
        model = edunet.Sequential([edunet.layers.InputLayer(**given, name="blood"), edunet.layers.Dense(2)])
        assert (model.input_names, model.count_params()) == (["blood"], 10)
    with pytest.raises(ValueError, match="InputLayer: give shape or input_shape, not both"):
        edunet.layers.InputLayer((4,), input_shape=(4,))


@pytest.mark.parametrize("said", [{"batch_input_shape": (None, 3)}, {"batch_shape": (None, 3)}])
def test_the_older_way_to_begin_a_sequential(said):
    assert edunet.Sequential([layers.InputLayer(**said), layers.Dense(2)]).count_params() == 8


@pytest.mark.parametrize("said", [{"batch_input_shape": [1, None, 3]}, {"batch_shape": (None, None, 3)}])
def test_the_shape_of_a_first_layer_with_the_batch(said):
    model = edunet.Sequential([layers.LSTM(2, stateful=True, implementation=1, **said)])
    assert model.inputs[0].shape == (None, None, 3)
