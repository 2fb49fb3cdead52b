"""A small model that the tests of callbacks train."""

import pytest

import edunet
from edunet import layers


@pytest.fixture
def model():
    model = edunet.Sequential([layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    return model
