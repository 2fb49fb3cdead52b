"""fit, evaluate, predict: they learn, they report as Keras does, and they can be stopped."""

import os
import re
import signal
import sys
import threading

import numpy as np
import pytest

import edunet
from edunet import callbacks, layers, losses, models, ops, optimizers

rng = np.random.default_rng(0)
X = rng.normal(size=(120, 4)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def classifier(**options):
    edunet.set_random_seed(0)
    model = models.Sequential(
        [layers.Dense(16, activation="tanh", input_shape=(4,)), layers.Dense(2, activation="softmax")]
    )
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    return model


def test_it_learns():
    history = classifier().fit(X, Y, epochs=60, verbose=0)
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]
    assert history.history["accuracy"][-1] > 0.9


def test_history_has_keras_keys_and_one_value_per_epoch():
    history = classifier().fit(X, Y, epochs=3, validation_split=0.25, verbose=0)
    assert set(history.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert {len(values) for values in history.history.values()} == {3}
    assert history.epoch == [0, 1, 2]
    assert all(isinstance(v, float) for values in history.history.values() for v in values)


def test_same_seed_same_numbers_on_every_backend(backend):
    first, second = (classifier().fit(X, Y, epochs=3, verbose=0).history for _ in range(2))
    assert first == second


def test_logged_loss_is_the_mean_over_examples_not_over_batches():
    model = classifier()
    model.optimizer.learning_rate = 0.0
    logged = model.fit(X, Y, batch_size=50, verbose=0).history["loss"][0]
    p = model.predict(X)
    assert logged == pytest.approx(-np.log(p[np.arange(len(Y)), Y]).mean(), rel=1e-5)


def test_validation_split_takes_the_last_rows_before_shuffling():
    seen = []

    class Watch(layers.Layer):
        def call(self, x, training=False):
            if not training:
                seen.append(np.asarray(x)[:, 0])
            return x

    model = models.Sequential([Watch(input_shape=(1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    seen.clear()
    model.fit(np.arange(10.0).reshape(-1, 1), np.zeros(10), validation_split=0.3, verbose=0)
    np.testing.assert_array_equal(np.concatenate(seen), [7, 8, 9])


def test_shuffle_visits_every_row_once_in_another_order():
    seen = []

    class Watch(layers.Layer):
        def call(self, x, training=False):
            if training:
                seen.append(np.asarray(x)[:, 0])
            return x

    model = models.Sequential([Watch(input_shape=(1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.arange(40.0).reshape(-1, 1), np.zeros(40), verbose=0)
    visited = np.concatenate(seen)
    assert not np.array_equal(visited, np.arange(40))
    np.testing.assert_array_equal(np.sort(visited), np.arange(40))


def test_gradient_step_is_that_of_the_formula():
    model = models.Sequential([layers.Dense(1, input_shape=(4,))])
    model.compile(optimizers.SGD(0.1), "mse")
    w, b = model.get_weights()
    model.train_on_batch(X[:8], Y[:8])
    error = (X[:8] @ w + b)[:, 0] - Y[:8]
    np.testing.assert_allclose(model.get_weights()[0], w - 0.1 * 2 * X[:8].T @ error[:, None] / 8, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(model.get_weights()[1], b - 0.1 * 2 * error.mean(keepdims=True), rtol=1e-4, atol=1e-6)


def test_class_weight_of_steps():
    model = edunet.Sequential([layers.Dense(2, activation="softmax", input_shape=(4, 3))])
    model.compile(edunet.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    x, y = np.random.default_rng(0).normal(size=(2, 4, 3)), np.array([[0, 1, 1, 0], [1, 0, 0, 0]])
    by_class = model.train_on_batch(x, y, class_weight={0: 1.0, 1: 3.0})
    assert by_class == model.train_on_batch(x, y, sample_weight=np.where(y == 1, 3.0, 1.0))
    assert by_class != model.train_on_batch(x, y)


def test_class_weight_needs_classes():
    model = edunet.Sequential([layers.Dense(4, activation="sigmoid", input_shape=(3,))])
    model.compile("sgd", "binary_crossentropy")
    with pytest.raises(ValueError, match="class_weight: expected labels that are classes"):
        model.fit(np.ones((2, 3)), np.array([[0, 1, 1, 0], [1, 0, 0, 0]]), class_weight={0: 1, 1: 2}, verbose=0)


def test_a_loss_for_each_example_is_nothing_to_learn_from():
    model = edunet.Sequential([layers.Dense(1, input_shape=(3,))])
    with pytest.raises(ValueError, match="a model learns from one number"):
        model.compile("sgd", edunet.losses.MeanSquaredError(reduction="none"))


def test_class_weight_is_sample_weight_by_class():
    by_class, by_sample = classifier(), classifier()
    by_class.fit(X, Y, class_weight={0: 1.0, 1: 3.0}, shuffle=False, verbose=0)
    by_sample.fit(X, Y, sample_weight=np.where(Y == 1, 3.0, 1.0), shuffle=False, verbose=0)
    for a, b in zip(by_class.get_weights(), by_sample.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert by_class.history.history == by_sample.history.history


def test_weight_zero_means_not_learnt_from():
    model, other = classifier(), classifier()
    w = np.r_[np.ones(60), np.zeros(60)]
    broken = Y.copy()
    broken[60:] = 1 - broken[60:]
    model.train_on_batch(X, Y, sample_weight=w)
    other.train_on_batch(X, broken, sample_weight=w)
    np.testing.assert_allclose(model.get_weights()[0], other.get_weights()[0], atol=1e-6)


def test_return_forms():
    model = classifier()
    assert len(model.train_on_batch(X, Y)) == 2
    assert set(model.test_on_batch(X, Y, return_dict=True)) == {"loss", "accuracy"}
    assert set(model.evaluate(X, Y, verbose=0, return_dict=True)) == {"loss", "accuracy"}
    assert model.predict(X).shape == (120, 2)
    assert model.predict(X).dtype == np.float32
    np.testing.assert_allclose(model.predict_on_batch(X[:5]), model.predict(X, batch_size=7)[:5], rtol=1e-5)
    bare = models.Sequential([layers.Dense(1, input_shape=(4,))])
    bare.compile("sgd", "mse")
    assert isinstance(bare.evaluate(X, Y, verbose=0), float)


def test_evaluate_does_not_change_the_model():
    model = classifier()
    before = model.get_weights()
    model.evaluate(X, Y, verbose=0)
    model.predict(X)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_loss_is_finite_and_exact_where_softmax_rounds_to_zero():
    model = models.Sequential([layers.Dense(2, activation="softmax", use_bias=False, input_shape=(1,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.set_weights([np.array([[200.0, -200.0]])])
    assert model.predict(np.ones((1, 1)))[0, 1] == 0.0
    assert model.evaluate(np.ones((1, 1)), [1], verbose=0) == pytest.approx(400.0)
    assert model.train_on_batch(np.ones((1, 1)), [1]) == pytest.approx(400.0)
    assert np.isfinite(model.get_weights()[0]).all()


def test_several_inputs_and_outputs():
    edunet.set_random_seed(0)
    blood, age = layers.Input((4,)), layers.Input((1,))
    h = layers.Concatenate()([layers.Dense(8, activation="relu")(blood), age])
    ill, days = layers.Dense(1, activation="sigmoid", name="ill")(h), layers.Dense(1, name="days")(h)
    model = models.Model([blood, age], [ill, days])
    model.compile(
        "adam", {"ill": "binary_crossentropy", "days": "mse"}, metrics={"ill": ["accuracy"]}, loss_weights={"days": 0.1}
    )
    history = model.fit([X, X[:, :1]], [Y, X[:, 2]], epochs=2, verbose=0).history
    assert set(history) == {"loss", "ill_loss", "days_loss", "ill_accuracy"}
    np.testing.assert_allclose(
        history["loss"], np.array(history["ill_loss"]) + 0.1 * np.array(history["days_loss"]), rtol=1e-5
    )
    assert [p.shape for p in model.predict([X, X[:, :1]])] == [(120, 1), (120, 1)]


@pytest.mark.parametrize("weight", [float("nan"), -1.0, "much", float("inf"), True])
def test_shares_of_outputs_are_numbers(weight):
    model = models.Sequential([layers.Dense(1, input_shape=(2,))])
    with pytest.raises(ValueError, match="loss_weights: the share of an output is a number >= 0"):
        model.compile("sgd", "mse", loss_weights=[weight])


def test_every_output_has_its_weight_in_the_loss():
    edunet.set_random_seed(0)
    x = layers.Input((4,))
    model = models.Model(x, [layers.Dense(1)(x), layers.Dense(1)(x)])
    model.compile("sgd", "mse", loss_weights=[0.5, 2.0])
    a, b = model.predict(X)
    expected = 0.5 * ((a[:, 0] - Y) ** 2).mean() + 2.0 * ((b[:, 0] - X[:, 2]) ** 2).mean()
    assert model.evaluate(X, [Y, X[:, 2]], verbose=0)[0] == pytest.approx(expected, rel=1e-5)


def test_ctrl_c_between_batches_has_its_sentence_too():
    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            raise KeyboardInterrupt

    with pytest.raises(
        KeyboardInterrupt, match=r"stopped in epoch 1. The model keeps the weights of the last finished"
    ):
        classifier().fit(X, Y, verbose=0, callbacks=[Stop()])


def test_history_knows_an_epoch_before_other_callbacks_can_fail():
    class Fails(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("disk full")

    model = classifier()
    with pytest.raises(RuntimeError, match="disk full"):
        model.fit(X, Y, verbose=0, callbacks=[Fails()])
    assert model.history.epoch == [0]


def test_own_loss_and_metric_functions():
    model = models.Sequential([layers.Dense(1, input_shape=(4,))])

    def twice_mse(y_true, y_pred):
        return ops.squared_error(y_pred, target=y_true).mean(axis=-1) * 2.0

    def bias(y_true, y_pred):
        return y_pred - y_true

    model.compile("sgd", twice_mse, metrics=[bias])
    results = model.test_on_batch(X, Y, return_dict=True)
    error = model.predict(X)[:, 0] - Y
    assert results["loss"] == pytest.approx(2 * (error**2).mean(), rel=1e-5)
    assert results["bias"] == pytest.approx(error.mean(), rel=1e-4)


def test_frozen_layers_do_not_move():
    model = classifier()
    model.layers[0].trainable = False
    before = model.get_weights()
    model.fit(X, Y, verbose=0)
    frozen = model.layers[0].get_weights()
    np.testing.assert_array_equal(frozen[0], before[0])
    assert not np.array_equal(model.layers[1].get_weights()[0], before[2])


def test_batch_normalization_and_dropout_know_whether_the_model_learns():
    edunet.set_random_seed(0)
    model = models.Sequential([layers.BatchNormalization(input_shape=(4,)), layers.Dropout(0.5), layers.Dense(1)])
    model.compile("sgd", "mse")
    moving = model.layers[0].moving_mean.data.copy()
    np.testing.assert_array_equal(model.predict(X), model.predict(X))
    np.testing.assert_array_equal(model.layers[0].moving_mean.data, moving)
    model.fit(X + 5, Y, verbose=0)
    assert (model.layers[0].moving_mean.data > moving).all()


def test_initial_epoch_goes_on_counting():
    assert classifier().fit(X, Y, epochs=4, initial_epoch=2, verbose=0).epoch == [2, 3]


def test_raw_grey_values_are_learnt_without_nan():
    edunet.set_random_seed(0)
    x = rng.integers(0, 256, size=(200, 8, 8, 1), dtype=np.uint8)
    y = (x[:, 2:5, 2:5].mean(axis=(1, 2, 3)) > 127).astype(int)
    model = models.Sequential(
        [
            layers.Conv2D(8, 3, activation="relu", input_shape=(8, 8, 1)),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=8, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    assert history["accuracy"][-1] > 0.75


@pytest.mark.parametrize("moment", ["on_epoch_begin", "on_epoch_end", "on_train_batch_end"])
def test_a_callback_may_freeze_and_unfreeze_layers(moment):
    changed = []  # after each batch: did the first layer learn? did the second?

    class Freeze(callbacks.Callback):
        def on_train_begin(self, logs=None):
            self.before = self.model.get_weights()

        def on_train_batch_end(self, batch, logs=None):
            now = self.model.get_weights()
            changed.append(tuple(bool((now[i] != self.before[i]).any()) for i in (0, 2)))
            self.before = now

    def act(self, number, logs=None):
        if moment == "on_train_batch_end":
            Freeze.on_train_batch_end(self, number, logs)
        first, second = self.model.layers
        first.trainable, second.trainable = second.trainable, first.trainable

    model = classifier()
    model.layers[0].trainable = False
    watcher = type("Turns", (Freeze,), {moment: act})()
    model.fit(X, Y, batch_size=60, epochs=3, verbose=0, callbacks=[watcher])
    first, second = (True, False), (False, True)
    assert (
        changed
        == {
            "on_epoch_begin": [first, first, second, second, first, first],
            "on_epoch_end": [second, second, first, first, second, second],
            "on_train_batch_end": [second, first, second, first, second, first],
        }[moment]
    )


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


def test_what_predict_returns_is_new_and_may_be_changed():
    model = models.Sequential([layers.Flatten(input_shape=(4,))])
    x = X[:1].copy()
    model.predict(x)[:] = 7
    np.testing.assert_array_equal(x, X[:1])


def interrupted(at_epoch, at_batch, presses=1):
    """Fit a model that receives SIGINT while it is computing one batch; return it and the interrupt."""

    class CtrlC(layers.Layer):
        batches = -1

        def call(self, x, training=False):
            if training:
                CtrlC.batches += 1
                if CtrlC.batches == at_epoch * 4 + at_batch:
                    for _ in range(presses):
                        os.kill(os.getpid(), signal.SIGINT)
            return x

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is started with it ignored
    edunet.set_random_seed(0)
    model = models.Sequential([CtrlC(input_shape=(4,)), layers.Dense(2, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(KeyboardInterrupt) as caught:
        model.fit(X, Y, epochs=3, verbose=0)
    return model, str(caught.value)


def test_ctrl_c_keeps_the_weights_of_the_last_finished_batch_and_the_finished_epochs():
    stopped, message = interrupted(at_epoch=1, at_batch=2)
    assert stopped.history.epoch == [0]
    assert "stopped in epoch 2 after batch 3" in message
    assert "1 finished epochs" in message
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class _Same(layers.Layer):
    def call(self, x):
        return x


@pytest.mark.parametrize("presses", [1, 3])
def test_ctrl_c_leaves_exactly_the_steps_that_were_finished(presses):
    stopped, _ = interrupted(at_epoch=0, at_batch=1, presses=presses)

    class StopAfter(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                raise StopIteration

    edunet.set_random_seed(0)
    whole = models.Sequential([_Same(input_shape=(4,)), layers.Dense(2, activation="softmax")])
    whole.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(StopIteration):
        whole.fit(X, Y, epochs=3, verbose=0, callbacks=[StopAfter()])
    for a, b in zip(stopped.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert stopped.optimizer.iterations == 2


def test_fit_works_outside_the_main_thread():
    results = []
    thread = threading.Thread(target=lambda: results.append(classifier().fit(X, Y, verbose=0)))
    thread.start()
    thread.join()
    assert results[0].epoch == [0]


def test_fit_prints_one_line_per_epoch_and_nothing_when_silent(capsys):
    classifier().fit(X, Y, epochs=2, validation_split=0.2)
    lines = capsys.readouterr().out.strip().splitlines()
    assert len(lines) == 2
    assert re.match(r"Epoch 1/2 \[\d+ s\]: loss \d", lines[0])
    assert "val_accuracy" in lines[1]
    classifier().fit(X, Y, epochs=2, verbose=0)
    assert capsys.readouterr().out == ""


def test_progress_in_a_terminal_is_one_line_that_is_written_over_and_ends_complete(monkeypatch, capsys):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "30")  # the line that grows is cut to the window, the finished one is not
    classifier().fit(X, Y, epochs=2, validation_split=0.2)
    out = capsys.readouterr().out
    assert out.count("\n") == 2
    growing = [line for line in out.split("\r") if "/3 [" in line]
    assert growing
    assert all(len(line) <= 30 for line in growing)
    for line in out.strip().split("\n"):
        assert re.search(r"Epoch \d/2 \[\d+ s\]: loss .*, val_accuracy \d\.\d+$", line.split("\r")[-1])


def test_progress_in_a_notebook_is_one_line_in_all(monkeypatch):
    shown = []

    class Handle:
        def update(self, line):
            shown.append(repr(line))

    monkeypatch.setattr(callbacks.progress, "_in_notebook", lambda: True)
    monkeypatch.setattr(callbacks.progress._NotebookLine, "__init__", lambda self: setattr(self, "handle", Handle()))
    classifier().fit(X, Y, epochs=2, validation_split=0.2)
    assert re.match(r"Epoch 2/2 6/6 \[00:0\d<00:00\], loss .*, val_accuracy \d\.\d+$", shown[-1])


def test_compile_comes_first():
    model = models.Sequential([layers.Dense(1, input_shape=(4,))])
    with pytest.raises(RuntimeError, match=r"call model.compile\(optimizer, loss\) first"):
        model.fit(X, Y)


def test_losses_of_compile_may_be_objects():
    model = models.Sequential([layers.Dense(2, input_shape=(4,))])
    model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True))
    z = model.predict(X).astype(np.float64)
    expected = (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(Y)), Y]).mean()
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-5)


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


def _two_outputs(loss, **options):
    edunet.set_random_seed(0)
    x = layers.Input((2,))
    model = models.Model(x, [layers.Dense(1, name="a")(x), layers.Dense(1, name="b")(x)])
    model.compile("sgd", loss, **options)
    return model


@pytest.mark.parametrize("loss", [["mse", None], {"a": "mse"}])
def test_an_output_without_a_loss_is_not_learnt_from(loss):
    model = _two_outputs(loss, metrics={"b": ["mae"]})
    before = model.get_layer("b").get_weights()
    history = model.fit(X2, [Y2, Y2], verbose=0).history
    assert list(history) == ["loss", "a_loss", "b_mae"]
    assert history["loss"] == history["a_loss"]
    np.testing.assert_array_equal(model.get_layer("b").get_weights()[0], before[0])


def test_no_loss_at_all_is_refused():
    with pytest.raises(ValueError, match=r"at least one of the outputs \['a', 'b'\] needs a loss"):
        _two_outputs([None, None])


def test_what_was_compiled_can_be_read():
    model = _two_outputs("mse", metrics={"a": ["mae"]}, weighted_metrics={"b": ["mse"]})
    assert model.loss == "mse"
    assert [m.name for m in model.metrics] == ["mae", "mse"]
    assert model.metrics_names == ["loss", "a_loss", "b_loss", "a_mae", "b_mse"]
    assert len(model.evaluate(X2, [Y2, Y2], verbose=0)) == len(model.metrics_names)


def test_before_compile_nothing_is_to_be_read():
    model = models.Sequential([layers.Dense(1)])
    assert (model.loss, model.metrics, model.metrics_names) == (None, [], [])


def test_how_keras_runs_may_be_told_and_changes_nothing():
    model = models.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True, jit_compile=False, steps_per_execution=1, auto_scale_loss=True)
    assert model.loss == "mse"
