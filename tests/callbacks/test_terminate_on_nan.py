"""TerminateOnNaN names the layer where the first value appeared that is no number."""

import numpy as np
import pytest

import edunet
from edunet import layers, models, ops, optimizers
from edunet.callbacks import TerminateOnNaN
from edunet.tensor import log

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(40, 3)).astype(np.float32), np.ones((40, 1), np.float32)


class Logarithm(layers.Layer):
    def call(self, x):
        return log(x)


def stopped(made, x=X, optimizer="sgd", loss="mse", **options):
    made.compile(optimizer, loss)
    watch = TerminateOnNaN()
    with np.errstate(all="ignore"):
        made.fit(x, Y[: len(x)], batch_size=10, epochs=5, verbose=0, callbacks=[watch], **options)
    return watch


def test_the_layer_the_place_and_its_input_are_named(capsys):
    edunet.set_random_seed(0)
    made = models.Sequential(
        [
            layers.Dense(3, activation="relu", input_shape=(3,)),
            Logarithm(name="bare_log"),
            layers.Dense(1),
        ]
    )
    before = made.get_weights()
    message = stopped(made, shuffle=False).message
    assert "the loss of batch 1 is" in message
    assert "The first layer that gave NaN or infinity is 'bare_log' (Logarithm)" in message
    hidden = np.maximum(X[:10] @ before[0] + before[1], 0)
    row, column = np.argwhere(hidden == 0)[0]
    assert f"the first at [{row}, {column}]. Its input was still finite, from 0 to {hidden.max():.4g}." in message
    assert capsys.readouterr().out.strip() == message
    assert made.stop_training
    for a, b in zip(before, made.get_weights(), strict=True):  # the step was not taken
        np.testing.assert_array_equal(a, b)


def test_dropout_is_drawn_as_in_the_step_that_failed():
    class Fragile(layers.Layer):
        seen: list = []  # noqa: RUF012

        def call(self, x):
            Fragile.seen.append(np.array(x.data))
            return log(x)

    edunet.set_random_seed(1)
    made = models.Sequential([layers.Dropout(0.5, input_shape=(3,)), Fragile(), layers.Dense(1)])
    Fragile.seen.clear()
    assert "Fragile" in stopped(made, np.abs(X) + 1).message
    np.testing.assert_array_equal(Fragile.seen[-1], Fragile.seen[-2])


def test_a_weight_that_a_step_has_made_nan_is_named():
    class Root(layers.Layer):
        def build(self, input_shape):
            self.w = self.add_weight((1,), "zeros", name="w")

        def call(self, x):
            return x * ops_root(self.w)

    def ops_root(w):  # finite at 0, its gradient is not
        return (w * w) ** 0.5

    edunet.set_random_seed(0)
    watch = stopped(models.Sequential([Root(name="root", input_shape=(1,))]), X[:, :1])
    assert (
        "the step after batch 1 made 1 of 1 numbers of the weight 'w' of layer 'root' NaN or infinite" in watch.message
    )
    assert "Try a smaller learning_rate" in watch.message


def test_a_training_that_runs_away_is_stopped_at_its_first_layer():
    edunet.set_random_seed(0)
    made = models.Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(1, name="last")])
    watch = stopped(made, X * 100, optimizers.SGD(1e4))
    assert watch.message is not None
    assert all(np.isfinite(w).all() for w in made.get_weights()) or "made" in watch.message


def test_a_loss_alone_can_be_to_blame():
    made = models.Sequential([layers.Dense(1, input_shape=(3,))])
    watch = stopped(made, loss=lambda y, p: log(ops.relu(p * 0.0)).mean(axis=-1))
    assert "Every layer gave numbers: it came from the loss" in watch.message


def test_a_good_training_is_left_alone():
    edunet.set_random_seed(0)
    made, other = (models.Sequential([layers.Dense(1, kernel_initializer="ones", input_shape=(3,))]) for _ in range(2))
    edunet.set_random_seed(0)
    assert stopped(made).message is None
    assert made.sentinel is None
    edunet.set_random_seed(0)
    other.compile("sgd", "mse")
    other.fit(X, Y, batch_size=10, epochs=5, verbose=0)
    np.testing.assert_array_equal(made.get_weights()[0], other.get_weights()[0])


def test_after_an_error_nobody_watches():
    made = models.Sequential([layers.Dense(1, input_shape=(3,))])
    made.compile("sgd", "mse")
    with pytest.raises(ValueError, match="ended after 1 batches"):
        made.fit(iter([(X, Y)]), epochs=1, steps_per_epoch=2, verbose=0, callbacks=[TerminateOnNaN()])
    assert made.sentinel is None
