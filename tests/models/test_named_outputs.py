"""Outputs in a dict, Model(inputs, {"risk": ..., "kind": ...}): every door takes and gives them by those names."""

import copy

import numpy as np
import pytest

import edunet
from edunet import layers, models

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 4)).astype(np.float32)
KIND, RISK = rng.integers(0, 3, 40), X[:, :1] * 2
Y = {"risk": RISK, "kind": KIND}


def drawn(outputs=dict, seed=1):
    """Draw two answers to one patient: in a dict, whose keys are not in order, or as the list that is the same."""
    edunet.set_random_seed(seed)
    x = layers.Input((4,), name="blood")
    h = layers.Dense(8, activation="relu")(x)
    ends = {"risk": layers.Dense(1, name="last")(h), "kind": layers.Dense(3, activation="softmax")(h)}
    return models.Model(x, ends if outputs is dict else [ends["kind"], ends["risk"]])


def compiled(model, **options):
    by_name = {
        "loss": {"risk": "mse", "kind": "sparse_categorical_crossentropy"},
        "metrics": {"kind": ["accuracy"], "risk": ["mae"]},
        "loss_weights": {"risk": 0.5, "kind": 2},
    }
    model.compile(edunet.optimizers.SGD(0.1), **by_name | options)
    return model


def fitted(**options):
    model = compiled(drawn())
    model.fit(X, Y, verbose=0, shuffle=False, epochs=2, **options)
    return model


def test_names_stand_in_the_order_of_the_alphabet_as_in_keras():
    model = drawn()
    assert model.output_names == ["kind", "risk"]
    assert [s.shape for s in model.outputs] == model.output_shape == [(None, 3), (None, 1)]
    assert list(model.output) == ["kind", "risk"]


def test_a_call_gives_a_dict():
    y = drawn()(X)
    assert {key: part.shape for key, part in y.items()} == {"kind": (40, 3), "risk": (40, 1)}


def test_it_learns_as_the_list_does():
    by_name, by_place = fitted(), drawn(list)
    by_place.compile(edunet.optimizers.SGD(0.1), ["sparse_categorical_crossentropy", "mse"], loss_weights=[2, 0.5])
    by_place.fit(X, [KIND, RISK], verbose=0, shuffle=False, epochs=2)
    for a, b in zip(by_name.get_weights(), by_place.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_history_has_the_names():
    history = fitted(validation_split=0.25).history.history
    names = ["loss", "kind_loss", "risk_loss", "kind_accuracy", "risk_mae"]
    assert list(history) == names + [f"val_{name}" for name in names]


def test_predict_gives_arrays_by_name():
    model = drawn()
    for answers in (model.predict(X, batch_size=7), model.predict_on_batch(X)):
        assert list(answers) == ["kind", "risk"]
        for name, y in model(X).items():
            np.testing.assert_allclose(answers[name], y.numpy(), rtol=1e-6)


def test_evaluate_in_the_order_of_metrics_names():
    model = fitted()
    result = model.evaluate(X, Y, return_dict=True, verbose=0)
    assert model.evaluate(X, Y, verbose=0) == list(result.values())
    assert list(result) == model.metrics_names


def test_a_dict_of_one():
    x = layers.Input((4,))
    model = models.Model(x, {"risk": layers.Dense(1)(x)})
    model.compile("sgd", {"risk": "mse"}, metrics={"risk": ["mae"]})
    assert list(model.fit(X, {"risk": RISK}, verbose=0).history) == ["loss", "mae"]
    assert model.predict(X)["risk"].shape == (40, 1)


def test_weights_of_examples_and_classes_by_name():
    model = compiled(drawn())
    model.fit(X, Y, verbose=0, sample_weight={"risk": np.ones(40)}, class_weight={"kind": {0: 1.0, 1: 2.0, 2: 3.0}})
    assert np.isfinite(model.history.history["loss"]).all()


def test_batches_by_name():
    model = compiled(drawn())
    model.fit([(X[:20], {k: v[:20] for k, v in Y.items()}), (X[20:], {k: v[20:] for k, v in Y.items()})].__iter__())
    assert len(model.history.history["kind_loss"]) == 1


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ({"risk": RISK, "sort": KIND}, r"y: no output is called 'sort'; there are \['kind', 'risk'\]"),
        ({"risk": RISK}, r"y: 'kind' is missing; expected all of \['kind', 'risk'\]"),
        ([KIND], r"expected 2 arrays of labels, for \['kind', 'risk'\]"),
    ],
)
def test_labels_that_do_not_fit(y, message):
    with pytest.raises(ValueError, match=message):
        compiled(drawn()).fit(X, y, verbose=0)


def test_a_loss_for_an_output_that_is_not_there():
    with pytest.raises(ValueError, match=r"loss: no output is called 'last'; outputs are \['kind', 'risk'\]"):
        drawn().compile("sgd", {"last": "mse"})


def test_back_from_a_file(tmp_path):
    model = fitted()
    model.save(tmp_path / "m.safetensors")
    loaded = models.load_model(tmp_path / "m.safetensors")
    assert loaded.output_names == ["kind", "risk"]
    for name, y in loaded.predict(X).items():
        np.testing.assert_array_equal(y, model.predict(X)[name])
    assert loaded.evaluate(X, Y, verbose=0) == model.evaluate(X, Y, verbose=0)


def test_copies_keep_the_names():
    model = drawn()
    for same in (models.clone_model(model), copy.deepcopy(model), models.Model.from_config(model.get_config())):
        assert list(same.predict(X)) == ["kind", "risk"]


def test_a_training_goes_on_after_a_stop(tmp_path):
    path = tmp_path / "c.safetensors"
    whole = fitted()
    compiled(stopped := drawn())
    stopped.fit(X, Y, verbose=0, shuffle=False, epochs=1, callbacks=[edunet.callbacks.Checkpoint(path)])
    compiled(again := drawn(seed=5))
    again.fit(X, Y, verbose=0, shuffle=False, epochs=2, resume=path)
    for a, b in zip(again.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_layer_of_a_larger_model():
    inner = drawn()
    x = layers.Input((4,))
    y = inner(x)
    assert {name: s.shape for name, s in y.items()} == {"kind": (None, 3), "risk": (None, 1)}
    whole = models.Model(x, layers.Concatenate()([y["risk"], y["kind"]]))
    expected = inner.predict(X)
    np.testing.assert_allclose(whole.predict(X), np.hstack([expected["risk"], expected["kind"]]), rtol=1e-6)


def test_summary_shows_both():
    lines = []
    drawn().summary(print_fn=lines.append)
    assert "last (Dense)" in lines[0]


def test_step_by_step():
    x = layers.Input((None, 2))
    h = layers.GRU(3, return_sequences=True)(x)
    model = models.Model(x, {"now": layers.Dense(1)(h), "both": layers.Dense(2)(h)})
    series = rng.normal(size=(2, 5, 2)).astype(np.float32)
    steps = [model.step(series[:, t]) for t in range(5)]
    for name, y in model.predict(series).items():
        np.testing.assert_allclose(np.stack([step[name] for step in steps], axis=1), y, atol=1e-6)
    assert edunet.check_causality(model)


def test_the_doctor_names_the_labels():
    report = compiled(drawn()).doctor(X, {"risk": np.where(RISK > 2, np.nan, RISK), "kind": KIND})
    assert "y['risk']" in str(report)


def test_subclass_that_returns_a_dict():
    class Net(models.Model):
        def __init__(self):
            super().__init__()
            self.risk, self.kind = layers.Dense(1), layers.Dense(3, activation="softmax")

        def call(self, x):
            return {"risk": self.risk(x), "kind": self.kind(x)}

    model = compiled(Net())
    history = model.fit(X, Y, verbose=0, epochs=20).history
    assert history["kind_loss"][-1] < history["kind_loss"][0]
    assert {name: y.shape for name, y in model.predict(X).items()} == {"kind": (40, 3), "risk": (40, 1)}


def test_a_layer_of_ones_own_may_return_a_dict():
    class Parts(layers.Layer):
        def call(self, x):
            return {"first": x[:, :1], "rest": x[:, 1:]}

    x = layers.Input((4,))
    parts = Parts()(x)
    model = models.Model(x, layers.Concatenate()([parts["rest"], parts["first"]]))
    np.testing.assert_array_equal(model.predict(X), np.roll(X, -1, axis=1))


def test_inputs_in_a_dict_have_its_names():
    a, b = layers.Input((4,), name="first"), layers.Input((1,))
    model = models.Model({"b": b, "a": a}, layers.Concatenate()([a, b]))
    assert model.input_names == ["a", "b"]
    expected = np.hstack([X, RISK])
    for x in ({"a": X, "b": RISK}, {"b": RISK, "a": X}, [X, RISK]):
        np.testing.assert_array_equal(model.predict(x), expected)
    np.testing.assert_array_equal(model({"b": RISK, "a": X}), expected)
    again = models.clone_model(model)
    np.testing.assert_array_equal(again.predict({"b": RISK, "a": X}), expected)
    outer = models.Model([b, a], model({"b": b, "a": a}))
    np.testing.assert_array_equal(outer.predict([RISK, X]), expected)


def test_a_call_with_an_input_missing():
    a, b = layers.Input((4,)), layers.Input((1,))
    model = models.Model({"b": b, "a": a}, layers.Concatenate()([a, b]))
    with pytest.raises(ValueError, match=r"inputs: 'b' is missing; expected all of \['a', 'b'\]"):
        model({"a": X})


@pytest.mark.parametrize("nested", [lambda y: {"a": {"b": y}}, lambda y: [{"b": y}, y], lambda y: {1: y}, lambda y: {}])
def test_what_cannot_be_outputs(nested):
    x = layers.Input((4,))
    with pytest.raises(ValueError, match="one of them, a list, or a dict by name"):
        models.Model(x, nested(layers.Dense(1)(x)))
