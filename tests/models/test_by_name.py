"""Inputs and outputs have names: data and labels may be given by them."""

import numpy as np
import pytest
from data_sources import LABELS, PARTS, X, Y, assert_same, two_by_two

import edunet
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


def test_a_dict_of_inputs_goes_by_its_keys_whatever_the_inputs_are_called(tmp_path):
    i, j = layers.Input((4,), name="left"), layers.Input((4,), name="right")
    model = models.Model({"right": i, "left": j}, layers.Subtract()([i, j]))
    data = {"left": X, "right": 3 * X}
    model.save(tmp_path / "m.safetensors")
    for same in (model, models.load_model(tmp_path / "m.safetensors"), models.clone_model(model)):
        np.testing.assert_allclose(same.predict(data), 2 * X, rtol=1e-6)
        np.testing.assert_allclose(same(data), 2 * X, rtol=1e-6)


def test_inputs_without_names_in_a_dict():
    i, j = layers.Input((4,)), layers.Input((4,))
    model = models.Model({"right": i, "left": j}, layers.Subtract()([i, j]))
    np.testing.assert_allclose(model.predict({"left": X, "right": 3 * X}), 2 * X, rtol=1e-6)


def test_a_model_of_a_list_is_called_with_a_dict():
    np.testing.assert_array_equal(two_by_two()({"age": PARTS[1], "blood": PARTS[0]})[0], two_by_two()(PARTS)[0])


@pytest.mark.parametrize(
    ("inputs", "received"),
    [(PARTS[0], "one array"), ([*PARTS, X], "a list of 3 arrays"), (layers.Input((3,)), "one array")],
)
def test_called_with_another_number_of_inputs(inputs, received):
    message = rf"the model has 2 inputs, \['blood', 'age'\]. Received {received}.*in a dict: {{'blood': ..., 'age'"
    with pytest.raises(ValueError, match=message):
        two_by_two()(inputs)


def test_called_with_its_inputs_side_by_side():
    with pytest.raises(TypeError, match=r"several inputs stand in one list.*model\(\[a, b\]\)"):
        two_by_two()(*PARTS)


# ---- a call of one's own that takes its inputs by name


class Tickets(models.Model):
    """Chollet, Deep learning with Python, listing 7.14."""

    def __init__(self):
        super().__init__()
        self.join, self.priority = layers.Concatenate(), layers.Dense(1, activation="sigmoid")

    def call(self, inputs):
        return self.priority(self.join([inputs["title"], inputs["body"]]))


def tickets():
    edunet.set_random_seed(0)
    model = Tickets()
    model.compile("sgd", "mse")
    return model


NAMED = {"title": PARTS[0], "body": PARTS[1]}


def test_a_subclass_learns_from_a_dict():
    model = tickets()
    model.fit(NAMED, Y, validation_data=(NAMED, Y), verbose=0)
    assert model.evaluate(NAMED, Y, verbose=0) == pytest.approx(np.mean((model.predict(NAMED)[:, 0] - Y) ** 2))
    np.testing.assert_allclose(model.predict(NAMED), model(NAMED), rtol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(dict(reversed(NAMED.items()))), model(NAMED), rtol=1e-6)


def test_a_subclass_learns_from_batches_in_dicts():
    one = tickets()
    one.fit(iter([(NAMED, Y)]), verbose=0)
    other = tickets()
    other.train_on_batch(NAMED, Y)
    np.testing.assert_array_equal(one.predict(NAMED), other.predict(NAMED))


def test_a_subclass_keeps_to_the_names_that_it_has_understood():
    model = tickets()
    with pytest.raises(KeyError):
        model.predict({"titel": PARTS[0], "body": PARTS[1]})
    model.predict(NAMED)
    with pytest.raises(ValueError, match=r"no input is called 'titel'.*Did you mean 'title'"):
        model.predict({"titel": PARTS[0], "body": PARTS[1]})
    np.testing.assert_array_equal(model.predict(PARTS), model.predict(NAMED))  # in their order
    with pytest.raises(ValueError, match=r"the model has 2 inputs, \['title', 'body'\]. Received one array"):
        model.predict(X)


def test_the_doctor_takes_the_dict_of_a_subclass():
    assert "names" not in str(tickets().doctor(NAMED, Y))


def test_names_where_none_are_known():
    model = models.Sequential([layers.Dense(1)])
    with pytest.raises(TypeError, match="the inputs of this model have no names; give an array"):
        model.predict({"a": X})
