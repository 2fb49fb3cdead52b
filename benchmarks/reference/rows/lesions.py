"""lesions: two small convolutions with their maximum, four large ones with log-mean-exp; pixels as the wrong model."""

from common import gap, one_cycle, start

from edunet import Sequential, layers
from edunet.datasets import lesions
from edunet.demo import images

TASK = "is there a faint blur? 24 x 24 pixels; 8,000 pictures to learn, 20,000 fresh ones to judge"
MUST = "AUC gap <= 0.025 (two convolutions), <= 0.015 (four 9x9 filters)"
FILES = ()
SEEDS = 3


def reached(mean, results):
    return mean["two_gap"] <= 0.025 and mean["four_gap"] <= 0.015


def answered(*body):
    return Sequential([layers.Input((24, 24, 1)), *body, layers.Dense(1, activation="sigmoid")])


def two():
    convolutions = [layers.Conv2D(16, 5, activation="relu") for _ in range(2)]
    return answered(*convolutions, layers.GlobalMaxPooling2D())


def pixels():
    return answered(layers.Flatten())


def run(seed, data):
    learn, judge = lesions.load(8000, seed=100 + seed), lesions.load(20_000, seed=900 + seed)
    y, found = learn.y[:, None], {}
    for name, network, rate in (("two", two, 5e-3), ("four", images.network, 2e-2), ("pixels", pixels, 1e-3)):
        start(seed)
        model = network()
        seconds = one_cycle(model, learn.x, y, rate=rate, epochs=4)
        found[f"{name}_gap"] = gap(judge.y, model.predict(judge.x), judge.truth["risk"])["gap"]
        found[f"{name}_seconds"], found[f"{name}_parameters"] = seconds, model.count_params()
    return found
