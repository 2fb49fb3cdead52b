"""doses: a GRU, and one linear recurrent unit from whose weight the half-life is read; the total dose beside them."""

import math
import time

from common import gap, one_cycle, start

from edunet import Sequential, layers, optimizers
from edunet.datasets import doses

TASK = "does the drug harm? 72 hours of doses; 8,000 patients to learn, 20,000 fresh ones to judge"
MUST = "AUC gap <= 0.008; weight 0.90 to 0.93 (true 2^(-1/8) = 0.917, 8 h)"
FILES = ()
SEEDS = 3


def reached(mean, results):
    return max(mean["gru_gap"], mean["linear_gap"]) <= 0.008 and all(0.90 <= r["weight"] <= 0.93 for r in results)


def run(seed, data):
    learn, judge = doses.load(8000, seed=100 + seed), doses.load(20_000, seed=900 + seed)
    x, x_new = learn.x / 500, judge.x / 500
    start(seed)
    model = Sequential([layers.Input((72, 1)), layers.GRU(16), layers.Dense(1, activation="sigmoid")])
    gru_seconds = one_cycle(model, x, learn.y[:, None], rate=1e-2, epochs=8)
    start(seed)
    unit = layers.SimpleRNN(1, activation="linear", use_bias=False)
    linear = Sequential([layers.Input((72, 1)), unit, layers.Dense(1, activation="sigmoid")])
    linear.build((None, 72, 1))
    unit.set_weights([[[1.0]], [[0.5]]])  # it forgets half in an hour, at first
    linear.compile(optimizers.Adam(1e-2), "binary_crossentropy")
    began = time.perf_counter()
    linear.fit(x, learn.y[:, None], batch_size=64, epochs=25, verbose=0)
    weight = float(unit.get_weights()[1][0, 0])
    total, total_new = (part.sum((1, 2))[:, None] / 2 - 3 for part in (x, x_new))
    logistic = Sequential([layers.Input((1,)), layers.Dense(1, activation="sigmoid")])
    one_cycle(logistic, total, learn.y[:, None], rate=5e-2, epochs=5)
    return {
        "gru_gap": gap(judge.y, model.predict(x_new), judge.truth["risk"])["gap"],
        "linear_gap": gap(judge.y, linear.predict(x_new), judge.truth["risk"])["gap"],
        "total_dose_gap": gap(judge.y, logistic.predict(total_new), judge.truth["risk"])["gap"],
        "weight": weight,
        "half_life_hours": -math.log(2) / math.log(weight),
        "gru_seconds": gru_seconds,
        "linear_seconds": time.perf_counter() - began,
        "gru_parameters": model.count_params(),
    }
