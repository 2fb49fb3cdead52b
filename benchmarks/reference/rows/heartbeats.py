"""heartbeats: two convolutions along time, and softmax regression on the samples."""

import numpy as np
from common import one_cycle, start

from edunet import Sequential, layers, losses
from edunet.datasets import heartbeats

TASK = "one of four kinds of beat, noise 0.15 mV; 8,000 beats to learn, 20,000 fresh ones to judge"
MUST = "accuracy gap <= 0.015"
FILES = ()
SEEDS = 3


def reached(mean, results):
    return mean["gap"] <= 0.015


def run(seed, data):
    start(seed)
    learn, judge = heartbeats.load(8000, seed=100 + seed), heartbeats.load(20_000, seed=900 + seed)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    body = [layers.Conv1D(32, 11, activation="relu"), layers.MaxPooling1D(2), layers.Conv1D(32, 11)]
    model = Sequential([layers.Input((125, 1)), *body, layers.GlobalMaxPooling1D(), layers.Dense(4)])
    seconds = one_cycle(model, learn.x, learn.y, rate=3e-3, epochs=8, decay=1e-3, loss=loss)
    linear = Sequential([layers.Input((125, 1)), layers.Flatten(), layers.Dense(4)])
    one_cycle(linear, learn.x, learn.y, rate=3e-3, epochs=8, loss=loss)

    def accuracy(answer):
        return float(np.mean(answer.argmax(-1) == judge.y))

    score, best = accuracy(model.predict(judge.x)), accuracy(judge.truth["probability"])
    softmax, parameters = accuracy(linear.predict(judge.x)), model.count_params()
    return {
        "accuracy": score,
        "best": best,
        "gap": best - score,
        "softmax": softmax,
        "seconds": seconds,
        "parameters": parameters,
    }
