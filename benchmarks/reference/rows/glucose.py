"""glucose: a perceptron on six hours of sensor and meals, thirty minutes ahead; least squares on the same beside it."""

import time

import numpy as np
from common import start

from edunet import Sequential, layers, optimizers
from edunet.datasets import glucose
from edunet.datasets.oracle import oracle_score

TASK = "the sensor in 30 minutes; 8,000 patients to learn, 20,000 fresh ones to judge"
MUST = "RMSE at least 15 % below the last value carried forward"
FILES = ()
SEEDS = 3


def reached(mean, results):
    return mean["rmse"] <= 0.85 * mean["last_value"]


def look(x):
    """The last hour as it is, six hours coarsely, and the meals."""
    sensor, meal = x[..., 0], x[..., 1]
    recent = (sensor[:, -12:] - sensor[:, -1:]) / 20
    return np.concatenate([recent, (sensor[:, ::4] - 150) / 60, meal / 60], axis=1).astype(np.float32)


def ones(x):
    return np.hstack([x, np.ones((len(x), 1))])


def run(seed, data):
    start(seed)
    learn, judge = glucose.load(8000, seed=100 + seed), glucose.load(20_000, seed=900 + seed)
    hidden = [layers.Dense(64, activation="relu"), layers.Dense(32, activation="relu")]
    model = Sequential([layers.Input((102,)), *hidden, layers.Dense(1)])
    model.compile(optimizers.Adam(2e-3), "mse")
    began = time.perf_counter()
    model.fit(look(learn.x), (learn.y - learn.x[:, -1, 0])[:, None] / 20, epochs=30, batch_size=64, verbose=0)
    seconds = time.perf_counter() - began
    last = judge.x[:, -1, 0]
    answer = model.predict(look(judge.x))[:, 0] * 20 + last

    def rmse(a):
        return float(np.sqrt(np.mean((judge.y - a) ** 2)))

    w = np.linalg.lstsq(ones(look(learn.x)), learn.y - learn.x[:, -1, 0])[0]
    floor = oracle_score(judge.truth).score
    parameters = model.count_params()
    return {
        "rmse": rmse(answer),
        "floor": floor,
        "least_squares": rmse(ones(look(judge.x)) @ w + last),
        "last_value": rmse(last),
        "seconds": seconds,
        "parameters": parameters,
    }
