"""drug_order: one layer of causal attention and the loudest alarm; the bag of codes as the wrong model."""

import statistics

import numpy as np
from common import gap, one_cycle, start

from edunet import Model, Sequential, initializers, layers, tensor
from edunet.datasets import drug_order

TASK = "which of two drugs came first? 64 codes; 8,000 records to learn, 20,000 fresh ones to judge"
MUST = "AUC gap <= 0.025, median of three seeds (bag of codes 0.45)"
FILES = ()
SEEDS = 3

CODES, PLACES = 100, 64


def reached(mean, results):
    return statistics.median(result["gap"] for result in results) <= 0.025


class LogMeanExp(layers.Layer):
    """The loudest of the alarms, softly, so that every place has a share of the gradient: (N,T,1) -> (N,1)."""

    def call(self, alarms):
        return tensor.log(tensor.mean(tensor.exp(alarms), axis=1))


def attention():
    """Every place looks back, and sounds an alarm by its own code and by what it found."""
    codes = layers.Input((PLACES,), dtype="int32")
    x = layers.Embedding(CODES, 32, embeddings_initializer=initializers.RandomNormal(stddev=0.3))(codes)
    q, k, v = (layers.Dense(32)(x) for _ in range(3))
    z = layers.Attention()([q, v, k], use_causal_mask=True)
    alarms = layers.Dense(1)(layers.add([x, z]))
    return Model(codes, layers.Activation("sigmoid")(LogMeanExp()(alarms)))


def bag(x):
    """(n,100): how often each code stands in a record."""
    return np.stack([(x == code).sum(1) for code in range(CODES)], axis=1).astype(np.float32)


def run(seed, data):
    learn, judge = drug_order.load(8000, seed=100 + seed), drug_order.load(20_000, seed=900 + seed)
    y, risk = learn.y[:, None], judge.truth["risk"]
    start(seed)
    model = attention()
    seconds = one_cycle(model, learn.x, y, rate=5e-3, epochs=6)
    found = gap(judge.y, model.predict(judge.x), risk)
    found |= {"seconds": seconds, "parameters": model.count_params()}
    for name, hidden in (("linear", []), ("perceptron", [layers.Dense(32, activation="relu")])):
        start(seed)
        wrong = Sequential([layers.Input((CODES,)), *hidden, layers.Dense(1, activation="sigmoid")])
        one_cycle(wrong, bag(learn.x), y, rate=5e-3, epochs=6)
        found[f"bag_{name}_gap"] = gap(judge.y, wrong.predict(bag(judge.x)), risk)["gap"]
    return found
