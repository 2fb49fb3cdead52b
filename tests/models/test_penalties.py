"""Penalties on activities: a step counts those of its own batch, whatever the model was called on before."""

import gc

import numpy as np
import pytest
from small_models import X, Y

import edunet
from edunet import layers, models
from edunet.tape import Operation


def penalized():
    edunet.set_random_seed(0)
    made = models.Sequential([layers.Dense(8, activity_regularizer="l2", input_shape=(4,)), layers.Dense(1)])
    made.compile("sgd", "mse")
    return made


CALLS = {
    "the model": lambda model: model(X),
    "the model while learning": lambda model: model(X, training=True),
    "a layer": lambda model: model.layers[0](X),
    "another model with the layer": lambda model: models.Model(model.inputs, model.layers[0].output)(X),
    "a loop of one's own": lambda model: edunet.gradients(model(X).sum(), model.trainable_weights),
    "summary": lambda model: model.summary(print_fn=str),
}
STEPS = {
    "test_on_batch": lambda model: model.test_on_batch(X, Y),
    "train_on_batch": lambda model: model.train_on_batch(X, Y),
    "evaluate": lambda model: model.evaluate(X, Y, verbose=0),
    "fit": lambda model: model.fit(X, Y, verbose=0, shuffle=False).history["loss"],
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_calls_before_a_step_do_not_count(call, step):
    clean, called = penalized(), penalized()
    for _ in range(3):
        call(called)
    assert step(called) == step(clean)


def test_a_layer_that_a_step_leaves_out_has_no_penalty():
    class Branch(models.Model):
        def __init__(self):
            super().__init__()
            self.body, self.aside = layers.Dense(1), layers.Dense(1, activity_regularizer="l2")

        def call(self, x):
            return self.body(x)

    clean, called = Branch(), Branch()
    for model in (clean, called):
        model.compile("sgd", "mse")
        model(X)
        model.set_weights([np.ones(w.shape) for w in model.weights])
    called.aside(X)
    assert called.test_on_batch(X, Y) == clean.test_on_batch(X, Y)


def test_a_loop_of_ones_own_gets_the_penalties_of_the_last_call():
    model = penalized()
    found = []
    for _ in range(3):
        model(X, training=True)
        found.append(float(sum(model.losses)))
    assert found[0] > 0
    assert found == [found[0]] * 3


def test_asking_twice_gives_the_same():
    model = penalized()
    model(X)
    assert [float(one) for one in model.losses] == [float(one) for one in model.losses] != []


def test_a_shared_layer_is_punished_for_each_use_in_one_call():
    x = layers.Input((4,))
    shared = layers.Dense(4, activity_regularizer="l2")
    model = models.Model(x, shared(shared(x)))
    for _ in range(2):
        model(X)
        assert len(model.losses) == 2


def test_a_layer_alone_begins_anew_at_each_call():
    layer = layers.Dense(2, activity_regularizer="l2")
    for _ in range(3):
        layer(X)
    assert len(layer.losses) == 1


def test_tapes_of_older_calls_are_let_go():
    model = penalized()

    def tapes():
        gc.collect()
        return sum(isinstance(thing, Operation) for thing in gc.get_objects())

    model(X)
    before = tapes()
    for _ in range(20):
        model(X, training=True)
    assert tapes() <= before


def test_a_failed_call_does_not_stay_the_outermost():
    layer = layers.Dense(2, activity_regularizer="l2")
    layer(X)
    with pytest.raises(ValueError, match="in layer|expects|shape|features"):
        layer(X[:, :2])
    layer(X)
    assert len(layer.losses) == 1
