"""What a model is trained for: losses and metrics, of one output or several."""

import numpy as np
import pytest
from small_models import X, Y

import edunet
from edunet import layers, losses, models, ops


def test_a_loss_for_each_example_is_nothing_to_learn_from():
    model = edunet.Sequential([layers.Dense(1, input_shape=(3,))])
    with pytest.raises(ValueError, match="a model learns from one number"):
        model.compile("sgd", edunet.losses.MeanSquaredError(reduction="none"))


def test_loss_is_finite_and_exact_where_softmax_rounds_to_zero():
    model = models.Sequential([layers.Dense(2, activation="softmax", use_bias=False, input_shape=(1,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.set_weights([np.array([[200.0, -200.0]])])
    assert model.predict(np.ones((1, 1)))[0, 1] == 0.0
    assert model.evaluate(np.ones((1, 1)), [1], verbose=0) == pytest.approx(400.0)
    assert model.train_on_batch(np.ones((1, 1)), [1]) == pytest.approx(400.0)
    assert np.isfinite(model.get_weights()[0]).all()


def test_losses_of_compile_may_be_objects():
    model = models.Sequential([layers.Dense(2, input_shape=(4,))])
    model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True))
    z = model.predict(X).astype(np.float64)
    expected = (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(Y)), Y]).mean()
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-5)


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


@pytest.mark.parametrize(
    ("returned", "error", "message"),
    [
        (lambda d: (d**2).mean(), ValueError, r"with sample_weight .* one value per example.*mean\(axis=-1\)"),
        (lambda d: float((d**2).mean()), TypeError, r"returns one value per example.*Received: \d.*no float\(\.\.\.\)"),
        (lambda d: None, TypeError, r"own: a loss returns .*Received: None. Is its return missing\?"),
    ],
    ids=["scalar", "float", "None"],
)
def test_a_loss_function_that_returns_no_values_is_told_what_to_return(returned, error, message):
    def own(y_true, y_pred):
        return returned(y_pred - y_true)

    model = models.Sequential([layers.Dense(1, input_shape=(4,))])
    model.compile("sgd", own)
    with pytest.raises(error, match=message):
        model.fit(X, Y, sample_weight=np.ones(len(X)), verbose=0)


@pytest.mark.parametrize(
    ("value", "message"), [(None, "Received: None. Is its return missing"), ("good", "Received: 'good'")]
)
def test_a_metric_function_that_returns_no_number_is_refused(value, message):
    def own(y_true, y_pred):
        return value

    model = models.Sequential([layers.Dense(1, input_shape=(4,))])
    model.compile("sgd", "mse", metrics=[own])
    with pytest.raises(TypeError, match=f"own: a metric function returns a number.*{message}"):
        model.fit(X, Y, verbose=0)


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


X2, Y2 = np.ones((4, 2), np.float32), np.zeros(4, np.float32)


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


# ---------------------------------------------------------------- labels that can be meant, but seldom are


SEVERAL = np.random.default_rng(1).integers(0, 2, (len(X), 3))


def shares():
    model = edunet.Sequential([layers.Dense(3, activation="softmax", input_shape=(4,))])
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model


DOUBT = "each row of y must be shares that sum to 1. Received a row like .*loss='binary_crossentropy' with a sigmoid"


@pytest.mark.parametrize(
    "act",
    [
        lambda m: m.fit(X, SEVERAL, epochs=2, validation_data=(X, SEVERAL), verbose=0),
        lambda m: m.fit(iter([(X, SEVERAL), (X, SEVERAL[::-1])]), verbose=0),
        lambda m: m.evaluate(X, SEVERAL, verbose=0),
        lambda m: m.train_on_batch(X, SEVERAL),
    ],
    ids=["arrays", "generator", "evaluate", "batch"],
)
def test_rows_that_are_no_shares_are_doubted_once(act):
    with pytest.warns(UserWarning, match=DOUBT) as caught:
        act(shares())
    assert len(caught) == 1


def test_each_training_doubts_anew():
    model = shares()
    for _ in range(2):
        with pytest.warns(UserWarning, match=DOUBT):
            model.fit(X, SEVERAL, verbose=0)


def test_the_loss_of_rows_that_are_no_shares_is_the_formula():
    model = shares()
    with pytest.warns(UserWarning, match=DOUBT):
        found = model.evaluate(X, SEVERAL, verbose=0)[0]
    assert found == pytest.approx(-(SEVERAL * np.log(model.predict(X))).sum(axis=1).mean(), rel=1e-5)
