"""Metrics that a learner writes, as books on Keras write them."""

import numpy as np
import pytest

import edunet
from edunet import layers, metrics
from edunet.metrics.variable import Variable

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(40, 3)), rng.normal(size=(40, 1))


class Root(metrics.Metric):
    """Root of the mean squared error, with its own reset_state."""

    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.mse_sum = self.add_weight(name="mse_sum", initializer="zeros")
        self.total_samples = self.add_weight(name="total_samples", initializer="zeros", dtype="int32")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.mse_sum.assign_add(np.sum((y_true - y_pred) ** 2))
        self.total_samples.assign_add(y_pred.shape[0])

    def result(self):
        return np.sqrt(self.mse_sum / self.total_samples)

    def reset_state(self):
        self.mse_sum.assign(0.0)
        self.total_samples.assign(0)


class HuberMetric(metrics.Metric):
    """A mean of Huber's loss that leaves reset_state to the base class."""

    def __init__(self, threshold=1.0, **kwargs):
        super().__init__(**kwargs)
        self.threshold = threshold
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self.add_variable(shape=(), initializer="zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        error = np.abs(y_true - y_pred)
        values = np.where(error < self.threshold, error**2 / 2, self.threshold * error - self.threshold**2 / 2)
        self.total.assign_add(values.sum())
        self.count.assign_add(values.size)

    def result(self):
        return self.total / self.count

    def get_config(self):
        return {**super().get_config(), "threshold": self.threshold}


class Harmonic(metrics.Metric):
    """F1 of two metrics that are attributes."""

    def __init__(self, name="harmonic"):
        super().__init__(name)
        self.precision, self.recall = metrics.Precision(), metrics.Recall()

    def update_state(self, y_true, y_pred, sample_weight=None):
        for metric in (self.precision, self.recall):
            metric.update_state(y_true, y_pred, sample_weight)

    def result(self):
        p, r = self.precision.result(), self.recall.result()
        return 2 * p * r / (p + r) if p + r else 0.0


def fitted(metric, x=X, y=Y, loss="mse", last=None):
    model = edunet.Sequential([layers.Dense(1, last, input_shape=(3,))])
    model.compile("sgd", loss, metrics=[metric])
    return model, model.fit(x, y, epochs=3, batch_size=16, verbose=0).history


@pytest.mark.parametrize("metric", [Root(), HuberMetric(), HuberMetric(0.5, name="huber", dtype="float32")])
def test_every_epoch_begins_at_zero(metric):
    model, history = fitted(metric)
    last = model.evaluate(X, Y, verbose=0, return_dict=True)[metric.name]
    again = metric(Y, model.predict(X))  # evaluate has left its sums: the mean of the same twice
    assert float(again) == pytest.approx(last, rel=1e-5)
    assert all(np.isfinite(history[metric.name]))


def test_root_agrees_with_ours():
    model, _ = fitted(Root())
    model.compile("sgd", "mse", metrics=[Root(), metrics.RootMeanSquaredError()])
    _, own, ours = model.evaluate(X, Y, batch_size=7, verbose=0)
    assert own == pytest.approx(ours, rel=1e-6)


def test_metrics_that_are_attributes_are_cleared():
    y = (Y > 0).astype(int)
    model, _ = fitted(Harmonic(), y=y, loss="binary_crossentropy", last="sigmoid")
    model.compile("sgd", "binary_crossentropy", metrics=[Harmonic(), metrics.F1Score("micro", threshold=0.5)])
    _, own, ours = model.evaluate(X, y, verbose=0)
    assert own == pytest.approx(ours, rel=1e-6)


def test_a_metric_made_from_mean():
    class MeanError(metrics.Mean):
        def __init__(self, threshold=1.0, name="mean_error", dtype=None):
            self.threshold = threshold
            super().__init__(name=name, dtype=dtype)

        def update_state(self, y_true, y_pred, sample_weight=None):
            super().update_state(np.abs(y_true - y_pred) > self.threshold, sample_weight)

    _, history = fitted(MeanError())
    assert all(0 < value < 1 for value in history["mean_error"])


def test_config_of_an_own_metric():
    metric = HuberMetric(0.5, name="huber")
    assert metric.get_config() == {"name": "huber", "threshold": 0.5}
    assert HuberMetric(**metric.get_config()).threshold == 0.5


def test_an_own_metric_comes_back_from_a_file(tmp_path):
    model, _ = fitted(HuberMetric(0.5))
    model.save(tmp_path / "m.safetensors")
    again = edunet.models.load_model(tmp_path / "m.safetensors", custom_objects={"HuberMetric": HuberMetric})
    assert again.evaluate(X, Y, verbose=0) == pytest.approx(model.evaluate(X, Y, verbose=0))


def test_without_variables_and_reset_state_it_would_never_forget():
    class Forgetful(metrics.Metric):
        def update_state(self, y_true, y_pred, sample_weight=None):
            self.n = len(y_true)

        def result(self):
            return self.n

    with pytest.raises(NotImplementedError, match=r"Forgetful must define reset_state\(\), or keep .* self.add_weight"):
        fitted(Forgetful())


# ---------------------------------------------------------------- the variable


def test_numpy_and_python_calculate_with_a_variable():
    v = Variable(initializer="ones")
    assert (float(v + 1), float(3 - v), float(np.exp(v * 0)), int(v), bool(v), v == 1) == (2, 2, 1, 1, True, True)
    assert f"{float(v):.1f} {v}" == "1.0 Variable(1.0)"
    v.assign(4).assign_add(3).assign_sub(2.0)
    assert float(v.value) == float(v.numpy()) == 5


def test_a_variable_takes_a_tensor():
    assert float(Variable().assign_add((edunet.Tensor([3.0]) ** 2).sum())) == 9


def test_a_variable_may_be_an_array():
    v = Variable((2, 2), dtype="int64")
    v.assign_add(np.eye(2))
    assert (v.shape, v.dtype, v[0].tolist()) == ((2, 2), np.int64, [1, 0])
    v.assign(0)
    assert np.asarray(v).sum() == 0
    with pytest.raises(ValueError, match=r"variable: expected a value of shape \(2, 2\). Received \(3,\)"):
        v.assign([1, 2, 3])
