"""compile, and one step: the weights that learn, and the optimizer that is this model's own."""

import numpy as np
import pytest
from small_models import X, Y, classifier

from edunet import layers, models, optimizers


def test_gradient_step_is_that_of_the_formula():
    model = models.Sequential([layers.Dense(1, input_shape=(4,))])
    model.compile(optimizers.SGD(0.1), "mse")
    w, b = model.get_weights()
    model.train_on_batch(X[:8], Y[:8])
    error = (X[:8] @ w + b)[:, 0] - Y[:8]
    np.testing.assert_allclose(model.get_weights()[0], w - 0.1 * 2 * X[:8].T @ error[:, None] / 8, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.get_weights()[1], b - 0.1 * 2 * error.mean(keepdims=True), rtol=1e-4, atol=1e-6)


def test_weight_zero_means_not_learnt_from():
    model, other = classifier(), classifier()
    w = np.r_[np.ones(60), np.zeros(60)]
    broken = Y.copy()
    broken[60:] = 1 - broken[60:]
    model.train_on_batch(X, Y, sample_weight=w)
    other.train_on_batch(X, broken, sample_weight=w)
    np.testing.assert_allclose(model.get_weights()[0], other.get_weights()[0], atol=1e-6)


def test_frozen_layers_do_not_move():
    model = classifier()
    model.layers[0].trainable = False
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    frozen = model.layers[0].get_weights()
    np.testing.assert_array_equal(frozen[0], before[0])
    assert not np.array_equal(model.layers[1].get_weights()[0], before[2])


def test_a_model_that_makes_its_layers_when_called_learns_from_the_first_batch_on():
    class Late(models.Model):
        hidden = None

        def call(self, x):
            if self.hidden is None:
                self.hidden, self.last = layers.Dense(4), layers.Dense(2, activation="softmax")
            return self.last(self.hidden(x))

    model = Late()
    model.compile("sgd", "sparse_categorical_crossentropy")
    model(X[:1])
    before = model.get_weights()
    model.fit(X, Y, batch_size=len(X), verbose=0)
    assert all((now != then).any() for now, then in zip(model.get_weights(), before, strict=True))


def test_compile_comes_first():
    model = models.Sequential([layers.Dense(1, input_shape=(4,))])
    with pytest.raises(RuntimeError, match=r"call model.compile\(optimizer, loss\) first"):
        model.fit(X, Y)


def test_before_compile_nothing_is_to_be_read():
    model = models.Sequential([layers.Dense(1)])
    assert (model.loss, model.metrics, model.metrics_names) == (None, [], [])


def test_how_keras_runs_may_be_told_and_changes_nothing():
    model = models.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True, jit_compile=False, steps_per_execution=1, auto_scale_loss=True)
    assert model.loss == "mse"


@pytest.mark.parametrize("step", ["train_step", "test_step", "compute_loss", "compute_metrics"])
def test_a_step_of_ones_own_is_refused_and_not_ignored(step):
    own = type("Vae", (models.Sequential,), {step: lambda self, data: {}})
    with pytest.raises(TypeError, match=rf"compile: Vae defines {step}, which is not called here.*apply_gradients"):
        own([layers.Dense(1)]).compile("sgd")


def test_a_prediction_step_of_ones_own_is_refused():
    own = type("Vae", (models.Sequential,), {"predict_step": lambda self, data: data})
    with pytest.raises(TypeError, match="predict: Vae defines predict_step"):
        own([layers.Dense(1)]).predict(np.zeros((2, 3)))


def _regression(optimizer, *others):
    model = models.Sequential([layers.Dense(1, input_shape=(2,)), *others])
    model.compile(optimizer, "mse")
    return model


X2, Y2 = np.ones((4, 2), np.float32), np.zeros(4, np.float32)


def test_an_optimizer_that_has_learnt_with_another_model_is_refused():
    adam = optimizers.Adam()
    _regression(adam).fit(X2, Y2, verbose=0)
    with pytest.raises(ValueError, match=r"this Adam has taken 1 steps with the weights of another model"):
        _regression(adam)


def test_one_optimizer_of_two_models_is_refused_when_the_second_learns():
    adam = optimizers.Adam()
    first, second = _regression(adam), _regression(adam)
    first.fit(X2, Y2, verbose=0)
    with pytest.raises(ValueError, match="Make a new one for each model"):
        second.fit(X2, Y2, verbose=0)


def test_a_model_that_is_compiled_again_keeps_its_optimizer():
    adam = optimizers.Adam()
    model = _regression(adam)
    model.fit(X2, Y2, verbose=0)
    model.compile(adam, "mae")
    model.fit(X2, Y2, verbose=0)
    assert adam.iterations == 2


def test_layers_that_are_frozen_in_turn_keep_their_optimizer():
    adam = optimizers.Adam()
    model = _regression(adam, layers.Dense(1))
    for first, second in ((True, False), (False, True)):
        model.layers[0].trainable, model.layers[1].trainable = first, second
        model.fit(X2, Y2, verbose=0)
    assert len(adam.state) == 4


def test_models_that_share_layers_may_share_an_optimizer():
    adam = optimizers.Adam()
    judge = _regression(adam)
    judge.fit(X2, Y2, verbose=0)
    both = models.Sequential([layers.Dense(2, input_shape=(2,)), judge])
    both.compile(adam, "mse")
    both.fit(X2, Y2, verbose=0)
    assert adam.iterations == 2
