"""fit, evaluate, predict: they learn, and they report as Keras does."""

import threading

import numpy as np
import pytest
from small_models import X, Y, classifier

import edunet
from edunet import callbacks, layers, models


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


def test_what_predict_returns_is_new_and_may_be_changed():
    model = models.Sequential([layers.Flatten(input_shape=(4,))])
    x = X[:1].copy()
    model.predict(x)[:] = 7
    np.testing.assert_array_equal(x, X[:1])


def test_batch_normalization_and_dropout_know_whether_the_model_learns():
    edunet.set_random_seed(0)
    model = models.Sequential([layers.BatchNormalization(input_shape=(4,)), layers.Dropout(0.5), layers.Dense(1)])
    model.compile("sgd", "mse")
    moving = model.layers[0].moving_mean.data.copy()
    np.testing.assert_array_equal(model.predict(X), model.predict(X))
    np.testing.assert_array_equal(model.layers[0].moving_mean.data, moving)
    model.fit(X + 5, Y, verbose=0)
    assert (model.layers[0].moving_mean.data > moving).all()


def test_raw_grey_values_are_learnt_without_nan():
    edunet.set_random_seed(0)
    x = np.random.default_rng(0).integers(0, 256, size=(400, 8, 8, 1), dtype=np.uint8)
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


def test_fit_works_outside_the_main_thread():
    results = []
    thread = threading.Thread(target=lambda: results.append(classifier().fit(X, Y, verbose=0)))
    thread.start()
    thread.join()
    assert results[0].epoch == [0]


def test_fit_inside_fit_of_the_same_model_is_refused(tmp_path):
    class Again(callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.fit(X, Y, verbose=0)

    model = classifier()
    with pytest.raises(RuntimeError, match=r"a fit of the same model is going on, as from a callback"):
        model.fit(X, Y, epochs=3, verbose=0, callbacks=[Again(), callbacks.Checkpoint(tmp_path / "run.safetensors")])
    assert model.fit(X, Y, epochs=2, verbose=0).epoch == [0, 1]


def test_fit_of_another_model_inside_fit_goes_on():
    other = classifier()
    tell = callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: other.fit(X, Y, verbose=0))
    assert classifier().fit(X, Y, epochs=2, verbose=0, callbacks=tell).epoch == [0, 1]
