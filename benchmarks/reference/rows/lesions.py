"""lesions: two small convolutions with their maximum, four large ones with log-mean-exp; pixels as the wrong model."""

from common import gap, one_cycle, start

from edunet import Sequential, layers, ops, tensor
from edunet.datasets import lesions

TASK = "is there a faint blur? 24 x 24 pixels; 8,000 pictures to learn, 20,000 fresh ones to judge"
MUST = "AUC gap <= 0.025 (two convolutions), <= 0.015 (four 9x9 filters)"
FILES = ()
SEEDS = 3


def reached(mean, results):
    return mean["two_gap"] <= 0.025 and mean["four_gap"] <= 0.015


class LogMeanExp(layers.Layer):
    """The mean of e^x over all places, as a score: what the ideal observer does with its matched filter."""

    def call(self, maps):
        top = ops.global_max_pool2d(maps)  # taken out and put back, so that exp stays small
        below = maps - tensor.reshape(top, shape=(top.shape[0], 1, 1, top.shape[1]))
        return top + tensor.log(ops.global_avg_pool2d(tensor.exp(below)))


def run(seed, data):
    learn, judge = lesions.load(8000, seed=100 + seed), lesions.load(20_000, seed=900 + seed)
    y, found = learn.y[:, None], {}
    two = [
        layers.Conv2D(16, 5, activation="relu"),
        layers.Conv2D(16, 5, activation="relu"),
        layers.GlobalMaxPooling2D(),
    ]
    four = [layers.Conv2D(4, 9), LogMeanExp()]
    for name, body, rate in (
        ("two", two, 5e-3),
        ("four", four, 2e-2),
        ("pixels", [layers.Flatten()], 1e-3),
    ):
        start(seed)
        model = Sequential([layers.Input((24, 24, 1)), *body, layers.Dense(1, activation="sigmoid")])
        seconds = one_cycle(model, learn.x, y, rate=rate, epochs=4)
        found[f"{name}_gap"] = gap(judge.y, model.predict(judge.x), judge.truth["risk"])["gap"]
        found[f"{name}_seconds"], found[f"{name}_parameters"] = seconds, model.count_params()
    return found
