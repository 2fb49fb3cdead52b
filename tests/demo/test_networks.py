"""The networks and inputs of the tasks, number by number."""

import numpy as np
import pytest

import edunet
from edunet import demo
from edunet.demo import course, diagnosis, drugs, images
from edunet.demo.one_cycle import one_cycle


def test_log_mean_exp_is_its_formula():
    maps = np.random.default_rng(0).standard_normal((3, 4, 5, 2)).astype(np.float32)
    expected = np.log(np.exp(maps.astype(np.float64)).mean(axis=(1, 2)))
    np.testing.assert_allclose(images.LogMeanExp()(maps), expected, rtol=1e-5)


def test_log_mean_exp_of_large_numbers_is_finite():
    np.testing.assert_allclose(images.LogMeanExp()(np.full((1, 2, 2, 1), 1000.0, np.float32)), [[1000.0]])


def test_log_mean_exp_goes_back_as_a_softmax():
    maps = edunet.Tensor(np.random.default_rng(1).standard_normal((2, 3, 3, 1)))
    layer = images.LogMeanExp(dtype="float64")
    edunet.check_gradients(lambda x: layer(x), maps)


@pytest.mark.parametrize(
    ("network", "weights"),
    [
        (lambda: diagnosis.network(np.eye(6, dtype=np.float32)), 769),
        (images.network, 333),
        (lambda: drugs.network(72, 21), 13_753),
        (lambda: course.network((48, 18)), 5025),
    ],
    ids=demo.TASKS,
)
def test_the_networks_are_small(network, weights):
    assert sum(w.size for w in network().trainable_weights) == weights


def test_a_series_has_value_mask_and_days_since():
    x = np.full((1, 3, 6), np.nan, np.float32)
    x[0, 1] = [90, 20, 37, 80, 95, np.e]
    mean, sd = np.array([80, 20, 37, 80, 95, 0.0]), np.array([10, 1, 1, 1, 1, 2.0])
    seen = course.series(x, mean, sd)
    assert seen.shape == (1, 3, 18)
    np.testing.assert_allclose(seen[0, :, 0], [0, 1, 0])  # heart rate
    np.testing.assert_allclose(seen[0, :, 5], [0, 0.5, 0])  # ln of lactate
    np.testing.assert_allclose(seen[0, :, 6], [0, 1, 0])  # there?
    np.testing.assert_allclose(seen[0, :, 12], [1, 0, 1 / 24])  # days since, 1 if never
    assert np.isnan(x[0, 0]).all(), "the cohort stays as it is"


def test_creatinine_and_crp_are_logged_and_the_cohort_stays_as_it_is():
    x = np.array([[60, 1, 4.2, np.e, 1.0, 120]], np.float32)
    kept = x.copy()
    np.testing.assert_allclose(diagnosis.logged(x)[0], [60, 1, 4.2, 1, 0, 120], rtol=1e-6)
    np.testing.assert_array_equal(x, kept)


def test_the_perceptron_scales_by_the_rows_it_was_given():
    x = np.random.default_rng(0).normal(50, 7, (200, 6)).astype(np.float32)
    scaled = np.asarray(diagnosis.network(x).layers[0](x))
    np.testing.assert_allclose([scaled.mean(0), scaled.std(0)], [[0] * 6, [1] * 6], atol=1e-4)


def test_one_cycle_rises_for_a_fifth_and_falls_to_nothing():
    optimizer, rates = one_cycle(0.01, 100), []
    for step in (0, 10, 20, 60, 100):
        optimizer.iterations = step
        rates.append(optimizer.learning_rate)
    np.testing.assert_allclose(rates, [0, 0.005, 0.01, 0.005, 0], atol=1e-12)


def test_one_cycle_of_few_steps_begins_at_the_top():
    assert one_cycle(0.01, 3).learning_rate == 0.01
