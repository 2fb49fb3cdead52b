"""Operations are counted by hand here, one layer at a time."""

import pytest

from edunet import layers, models
from edunet.models.operations import STEPS, operations_of

IMAGE, STEPS_OF_SIX = layers.Input((9, 8, 3)), layers.Input((7, 6))
CASES = {
    "dense": (lambda: layers.Dense(5)(layers.Input((6,))), 2 * 6 * 5),
    "dense with activation": (lambda: layers.Dense(5, activation="tanh")(layers.Input((6,))), 2 * 6 * 5 + 5),
    "conv2d": (lambda: layers.Conv2D(4, (3, 2))(IMAGE), 2 * (7 * 7 * 4) * (3 * 2 * 3)),
    "max pooling": (lambda: layers.MaxPooling2D(2)(IMAGE), 4 * 4 * 3),
    "flatten": (lambda: layers.Flatten()(IMAGE), 0),
    "simple rnn": (lambda: layers.SimpleRNN(5)(STEPS_OF_SIX), 2 * 7 * (6 * 5 + 5 * 5)),
    "lstm": (lambda: layers.LSTM(5)(STEPS_OF_SIX), 2 * 7 * 4 * (6 * 5 + 5 * 5)),
    "self-attention": (
        lambda: layers.MultiHeadAttention(2, 4)(STEPS_OF_SIX, STEPS_OF_SIX),
        4 * 2 * 7 * 6 * 8 + 2 * 2 * 2 * 7 * 7 * 4,  # four projections, and for each head scores and mixtures
    ),
    "embedding": (lambda: layers.Embedding(9, 4)(layers.Input((5,), dtype="int32")), 0),
    "any length": (lambda: layers.Dense(5)(layers.Input((None, 6))), STEPS * 2 * 6 * 5),
    "masked": (
        lambda: layers.LSTM(5)(layers.Embedding(9, 6, mask_zero=True)(layers.Input((7,), dtype="int32"))),
        2 * 7 * 4 * (6 * 5 + 5 * 5),
    ),
    "nested": (
        lambda: models.Sequential([layers.Dense(5, input_shape=(6,)), layers.Dense(2)])(layers.Input((6,))),
        2 * 6 * 5 + 2 * 5 * 2,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_operations_of_a_layer(name):
    make, expected = CASES[name]
    assert operations_of(make().node) == expected
