"""Questions about a model leave no trace: model.doctor and check_causality work on a copy."""

import re

import numpy as np
import pytest

import edunet
from edunet import Model, Sequential, check_causality
from edunet import layers as L

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 9, 2)).astype("f4")
Y = rng.normal(size=(60, 9, 1)).astype("f4")


def compiled(*layers):
    model = Sequential(list(layers))
    model.compile("adam", "mse", metrics=["mae"])
    return model


class Own(Model):
    def __init__(self):
        super().__init__()
        self.read, self.end = L.GRU(4, return_sequences=True), L.Dense(1)

    def call(self, x):
        return self.end(self.read(x))


def own():
    model = Own()
    model.compile("adam", "mse")
    return model


ASK = {"doctor": lambda model, x: model.doctor(x, Y, validation_data=(x, Y)), "check_causality": check_causality}
MODELS = {
    "not built": lambda: compiled(L.Conv1D(4, 3, padding="same"), L.Dropout(0.5), L.Dense(1)),
    "built": lambda: compiled(L.Input((9, 2)), L.Conv1D(4, 3, padding="same"), L.BatchNormalization(), L.Dense(1)),
    "stateful": lambda: compiled(L.LSTM(3, return_sequences=True, stateful=True), L.Dense(1)),
    "of one's own": own,
}


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_a_training_goes_on_as_if_nobody_had_asked(make, ask):
    def trained(asked):
        edunet.set_random_seed(3)
        model = make()
        if asked:
            ask(model, X)
        model.fit(X, Y, epochs=1, verbose=0, batch_size=20)
        if asked:
            ask(model, X)
        model.fit(X, Y, epochs=1, verbose=0, batch_size=20)
        return model

    a, b = trained(True), trained(False)
    for mine, other in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)
    np.testing.assert_array_equal(a.predict(X[:20]), b.predict(X[:20]))
    assert a.history.history == b.history.history


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_a_model_is_not_built_for_data_that_are_wrong(ask):
    model = compiled(L.Conv1D(4, 3, padding="same"), L.Dense(1))
    ask(model, X.repeat(3, axis=2))
    assert not model.built
    assert model.objective is None
    model.fit(X, Y, verbose=0)


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_what_a_stateful_layer_remembers(ask):
    model = compiled(L.Input((9, 2)), L.LSTM(3, return_sequences=True, stateful=True), L.Dense(1))
    model.predict(X[:5])
    before = [state.copy() for state in model.layers[0].states]
    ask(model, X)
    np.testing.assert_array_equal(model.layers[0].states, before)


@pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
def test_names_are_counted_on_as_before(ask):
    def number():
        return int(re.sub(r"\D", "", L.Input((1,)).name) or 0)

    before = number()
    ask(compiled(L.Dense(1)), X)
    assert number() == before + 1


class Holds(L.Layer):
    """A layer that holds what cannot be copied."""

    def __init__(self):
        super().__init__()
        self.module = np

    def call(self, x):
        return x


def test_a_built_model_that_cannot_be_copied():
    model = compiled(L.Input((9, 2)), Holds(), L.LSTM(3, return_sequences=True, stateful=True), L.Dense(1))
    model.predict(X[:5])
    before = [state.copy() for state in model.layers[1].states]
    assert check_causality(model)
    assert not model.doctor(X, Y)
    np.testing.assert_array_equal(model.layers[1].states, before)


def test_a_model_that_is_not_built_and_cannot_be_copied():
    report = compiled(Holds(), L.Dense(1)).doctor(X, Y)
    assert report.names() == ["cannot be tried out"]
    assert "model.predict(x[:1])" in str(report)
