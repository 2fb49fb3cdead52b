"""blood_risk: a perceptron of 32 and 16 units on 8,000 patients, logistic regression beside it."""

from common import gap, one_cycle, start

from edunet import Sequential, layers, metrics
from edunet.datasets import blood_risk
from edunet.demo.diagnosis import logged, network

TASK = "harm from age, sex and four blood tests; 8,000 patients to learn, 20,000 fresh ones to judge"
MUST = "AUC gap <= 0.020"
FILES = ()
SEEDS = 3


def reached(mean, results):
    return mean["gap"] <= 0.020


def run(seed, data):
    start(seed)
    learn, judge = blood_risk.load(8000, seed=100 + seed), blood_risk.load(20_000, seed=900 + seed)
    x, x_new = logged(learn.x), logged(judge.x)
    model = network(x)
    seconds = one_cycle(model, x, learn.y[:, None], rate=1e-2, epochs=20, decay=1e-3)
    scale = model.layers[0]
    linear = Sequential([layers.Input((6,)), scale, layers.Dense(1, activation="sigmoid")])
    one_cycle(linear, x, learn.y[:, None], rate=1e-2, epochs=5)
    return gap(judge.y, model.predict(x_new), judge.truth["risk"]) | {
        "logistic": metrics.roc_auc(judge.y, linear.predict(x_new)[:, 0]),
        "seconds": seconds,
        "parameters": sum(w.size for w in model.trainable_weights),
    }
