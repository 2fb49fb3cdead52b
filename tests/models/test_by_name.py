"""Inputs and outputs have names: data and labels may be given by them."""

import numpy as np
import pytest
from data_sources import LABELS, PARTS, X, Y, assert_same, two_by_two

from edunet import layers, models


def test_inputs_and_outputs_have_names():
    made = two_by_two()
    assert (made.input_names, made.output_names) == (["blood", "age"], ["ill", "days"])
    assert models.Sequential([layers.Dense(1, input_shape=(2,))]).input_names[0].startswith("input_layer")


def test_data_by_name():
    x, y = {"age": PARTS[1], "blood": PARTS[0]}, {"days": LABELS[1], "ill": LABELS[0]}
    by_name, by_place = two_by_two(), two_by_two()
    by_name.fit(x, y, verbose=0, shuffle=False, validation_data=(x, y))
    by_place.fit(PARTS, LABELS, verbose=0, shuffle=False, validation_data=(PARTS, LABELS))
    assert_same(by_name, by_place)
    for a, b in zip(by_name.predict(x), by_place.predict(PARTS), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("x", "y", "options", "message"),
    [
        ({"blod": X}, LABELS, {}, r"no input is called 'blod'; there are \['blood', 'age'\]. Did you mean 'blood'"),
        ({"blood": PARTS[0]}, LABELS, {}, r"x: 'age' is missing; expected all of"),
        (PARTS, {"il": Y}, {}, r"no output is called 'il'.*Did you mean 'ill'"),
        (
            PARTS,
            LABELS,
            {"class_weight": {0: 1.0, 1: 2.0}},
            r"say which one is meant, such as {'ill': {0: 1.0, 1: 5.0}}",
        ),
        (PARTS, LABELS, {"sample_weight": {"sick": Y}}, r"sample_weight: no output is called 'sick'"),
        (PARTS, LABELS, {"sample_weight": [Y, Y, Y]}, r"sample_weight: expected 2 arrays"),
    ],
)
def test_names_that_are_not_there(x, y, options, message):
    with pytest.raises(ValueError, match=message):
        two_by_two().fit(x, y, verbose=0, **options)


def test_names_for_inputs_of_a_call_of_ones_own():
    class Own(models.Model):
        def call(self, inputs):
            return inputs

    with pytest.raises(TypeError, match="the inputs of this model have no names.*a, b = inputs"):
        Own().predict({"a": X, "b": X})
