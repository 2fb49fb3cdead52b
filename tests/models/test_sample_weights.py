"""How much each example counts: by itself, by its class, for each output."""

import numpy as np
import pytest
from data_sources import LABELS, PARTS, X, Y, assert_same, classifier, fitted, two_by_two

import edunet
from edunet import layers


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


def test_class_weight_is_sample_weight_by_class():
    by_class, by_sample = classifier(), classifier()
    by_class.fit(X, Y, class_weight={0: 1.0, 1: 3.0}, shuffle=False, verbose=0)
    by_sample.fit(X, Y, sample_weight=np.where(Y == 1, 3.0, 1.0), shuffle=False, verbose=0)
    for a, b in zip(by_class.get_weights(), by_sample.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert by_class.history.history == by_sample.history.history


def test_each_output_has_its_weights():
    w = np.linspace(0, 2, len(X))
    ways = [
        {"sample_weight": [np.where(Y, 3.0, 1.0), w]},
        {"sample_weight": {"ill": np.where(Y, 3.0, 1.0), "days": w}},
        {"sample_weight": {"days": w}, "class_weight": {"ill": {0: 1.0, 1: 3.0}}},
    ]
    made = [two_by_two() for _ in ways]
    for one, options in zip(made, ways, strict=True):
        one.fit(PARTS, LABELS, verbose=0, shuffle=False, **options)
        assert_same(one, made[0])
    logged = two_by_two()
    logged.optimizer.learning_rate = 0.0
    days = logged.predict(PARTS)[1][:, 0]
    result = logged.evaluate(PARTS, LABELS, sample_weight=[None, w], return_dict=True, verbose=0, batch_size=50)
    assert result["days_loss"] == pytest.approx((w * (days - X[:, 2]) ** 2).mean(), rel=1e-5)


def test_weighted_metrics_get_the_weights_and_metrics_do_not():
    made = classifier(metrics=["accuracy"], weighted_metrics=["accuracy"])
    right = made.predict(X).argmax(axis=-1) == Y
    w = np.where(right, 1.0, 3.0)
    result = made.evaluate(X, Y, sample_weight=w, return_dict=True, verbose=0)
    assert list(result) == ["loss", "accuracy", "weighted_accuracy"]
    assert result["accuracy"] == pytest.approx(right.mean())
    assert result["weighted_accuracy"] == pytest.approx((w * right).sum() / w.sum())


def test_validation_may_have_weights():
    w = np.linspace(0, 2, len(X))
    made = fitted(X, Y, epochs=1, validation_data=(X, Y, w))
    assert made.history.history["val_loss"] == [made.evaluate(X, Y, sample_weight=w, batch_size=8, verbose=0)]
